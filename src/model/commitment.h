// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "base/id.h"
#include "model/agreement.h"

namespace truce {

struct Commitment;
using CommitmentId = Id<Commitment>;

/// One stretch of being in force, with ends that may be known only within bounds.
struct Force {
    Moment from;
    Moment until;
    friend bool operator==(const Force&, const Force&) = default;
};

/// One duty of one agreement, with all that lineage brings to it: who is bound, where, when, except whom. The
/// unit that an incident is held against.
struct Commitment {
    AgreementId agreement;
    /// The duty's place in the list of the agreement that states it, and that agreement: a child that
    /// reaffirms its parent has its parent's duties.
    AgreementId stated_by;
    std::uint32_t duty = 0;

    Deontic deontic = Deontic::prohibited;
    /// Acts that breach it (for an obligation: those that fail it).
    std::vector<Act> breaching_acts;
    TargetKinds against;
    /// Those who must keep it.
    std::vector<Adherent> bound;
    /// Those whom it protects as adherents: all adherents of the agreement.
    std::vector<Adherent> adherents;
    std::vector<Exclusion> excluded;
    std::vector<Exception> exceptions;
    std::optional<AreaClause> area;  ///< nothing: the area is not known
    std::vector<AreaClause> except_areas;
    /// The stretches in force, in order, suspensions and supersession taken out.
    std::vector<Force> in_force;
    std::optional<Notification> notification;
    /// When it entered into force: what a notification window counts from.
    Moment entered;
};

/// The commitments of a mission's agreements: for each agreement, each of its own duties, and, where it
/// extends, reaffirms, recommits to or implements another, each of that one's duties that it does not state
/// anew (by duty id); what a child leaves out (adherents, exclusions, exceptions, area, notification) it
/// takes from the first such parent that has it. A child's period is its own; that a child lapses does
/// nothing to its parent. An agreement that is superseded, suspended or terminated by another is in force
/// until then (or outside the suspension). Cycles in the lineage are cut where they close: `truce check`
/// reports them. Order: by agreement, then by duty.
[[nodiscard]] std::vector<Commitment> commitments_of(std::span<const Agreement> agreements);

}  // namespace truce
