// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/actor.h"
#include "model/area.h"
#include "model/commitment.h"
#include "model/finding.h"
#include "model/incident.h"

namespace truce {

/// Whom and what incidents and commitments speak of. Requires: outlives what is done with it.
struct Setting {
    const ActorRegister& actors;
    const AreaRegister& areas;
};

/// Holds one incident against one commitment. This is the definition; `adjudicate_all` gives the same for
/// many.
///
/// Seven questions, each answered yes, no or unknown, with bounds of its chance and the fact it rests on:
///
/// - in_force: the share of the incident's window (instants, half-open) within the stretches in force. Where
///   an end is known only within bounds, so is the share.
/// - in_area: the share of the disc, or of the area, within the commitment's area less what is excepted. A
///   place or an area that is not known answers unknown.
/// - actor_bound: whether the attacker is, or acts for, a party that had accepted and neither withdrawn nor
///   suspended. An umbrella name, an ally, a name that the mission does not know, and one that only an
///   opponent names, answer unknown; a known actor that is no party, no.
/// - target_protected: by kind (civilians, a hospital), by being or acting for an adherent, or whoever it is.
/// - not_excluded: neither attacker nor target is of an excluded group, where and while it is excluded. An
///   umbrella name that holds an excluded group answers unknown. Who harms civilians whom the duty protects
///   as such is not excused by an excluded group among them.
/// - act_prohibited: the act is a forbidden one or a kind of it, or fails an obligation. An act broader than
///   the forbidden one answers unknown.
/// - no_exception: an exception is met when the source found so, not ruled out when the one who did it or
///   another party says so, and not met when nobody does. Training fire within the exception's area needs
///   nobody to say so.
///
/// The chance of a breach is P(in force) P(in area) P(bound, protected and not excluded) P(prohibited)
/// P(no exception), taken as independent of one another. The third factor is summed over who did it to whom;
/// what is missing to 1 in the candidates is nobody known and adds its bounds alone. Where the source does
/// not say who began, the bounds hold both readings. Where guarantors have their own areas or lists, they
/// hold all of those.
///
/// Verdicts: `breach` from a lower bound of 1; `breach_likely` from a lower bound of 0.8; `out_of_scope`, or
/// `not_breach` where the act or the exception decides, for an upper bound of 0; `out_of_scope_likely` for an
/// upper bound below 0.2; else `undetermined`. Doubt is never a breach. Bounds within 1e-9 of 0 or 1 are
/// taken as that.
[[nodiscard]] Finding adjudicate(const Incident& incident, IncidentId incident_id,
                                 const Commitment& commitment, CommitmentId commitment_id,
                                 const Setting& setting);

}  // namespace truce
