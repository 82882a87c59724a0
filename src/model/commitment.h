// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/id.h"
#include "model/agreement.h"

namespace truce {

struct Commitment;
using CommitmentId = Id<Commitment>;

/// What ends a stretch of being in force.
enum class Ending : std::uint8_t {
    expiry,        ///< its own end
    suspension,    ///< it may come into force again
    supersession,  ///< another agreement took its place
    termination,   ///< another agreement ended it
};

/// One stretch of being in force, with ends that may be known only within bounds.
struct Force {
    Moment from;
    Moment until;
    Ending ending = Ending::expiry;
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
    /// Acts that the same agreement permits everyone by name; they are no breach even where a broader act is.
    std::vector<Act> permitted_acts;
    TargetKinds against;
    /// Those who must keep it.
    std::vector<Adherent> bound;
    /// Those whom it protects as adherents: all adherents of the agreement.
    std::vector<Adherent> adherents;
    std::vector<Exclusion> excluded;
    std::vector<Exception> exceptions;
    std::optional<AreaClause> area;  ///< nothing: the area is not known
    std::vector<AreaClause> except_areas;
    /// The stretches in force, in order, suspensions and supersession taken out. Never empty: a commitment
    /// that another cut off before it began keeps one stretch of no length.
    std::vector<Force> in_force;
    std::optional<Notification> notification;
    /// When it entered into force: what a notification window counts from.
    Moment entered;
};

/// The commitments of a mission's agreements.
///
/// For each agreement: each of its own duties, and, where it extends (area or time), reaffirms, recommits to
/// or implements another, each of that one's duties that it does not state anew (by duty id). What a child
/// leaves out (adherents, exclusions, exceptions, area and excepted areas, notification) it takes from the
/// first such parent that has it; `annex_of` and `follows` bring nothing. A duty keeps its own area where it
/// has one, also when inherited, unless the child extends the area.
///
/// A child's period is its own: that a child lapses does nothing to its parent, and the other way round. A
/// period that is renewed automatically goes on until another agreement ends it. An agreement that is
/// superseded or terminated by another is in force until then, and one that is suspended is in force outside
/// the suspension: from the time that the relation names, else from the other's entry into force; a
/// suspension lasts as long as the agreement that suspends. Ends that are known only within bounds keep them.
///
/// A duty's own dates stand in place of the agreement's, so that a duty can bind before the rest does; of an
/// inherited duty they only narrow the child's period.
///
/// Bound are the signatories and adherents (of whom a duty may name some), not guarantors, monitors or
/// witnesses as such. Permissions are no commitments of their own: see `permitted_acts`. Cycles in the
/// lineage are cut where they close: `truce check` reports them. Order: by agreement, then its own duties,
/// then inherited ones, parent after parent.
[[nodiscard]] std::vector<Commitment> commitments_of(std::span<const Agreement> agreements);

}  // namespace truce
