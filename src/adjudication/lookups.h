// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "adjudication/adjudicate.h"

namespace truce {

/// How an actor stands to a party, for as long as a period lasts.
enum class Standing : std::uint8_t {
    itself,     ///< the party, or another name of it
    commanded,  ///< a part of it, or under its orders
    ally,       ///< allied or associated with it
    umbrella,   ///< a name that may mean one of those whom the party answers for
    changes,    ///< not the same throughout the period
    none,
};

/// How `actor` stands to `party` at one instant.
[[nodiscard]] Standing standing_at(const ActorRegister& actors, ActorId actor, ActorId party,
                                   sys_seconds when);
/// The instants at which some relation of the register begins or ends, in order, each once.
[[nodiscard]] std::vector<sys_seconds> relation_changes(const ActorRegister& actors);
/// What two standings in one period make together.
[[nodiscard]] Standing together(Standing a, Standing b);

/// What judging one pair must look up. The plain form works everything out afresh, the bulk form remembers.
class Lookups {
public:
    explicit Lookups(const Setting& setting) : setting_(setting) {}
    Lookups(const Lookups&) = delete;
    Lookups& operator=(const Lookups&) = delete;
    virtual ~Lookups() = default;

    /// How `actor` stands to `party` throughout `during`.
    [[nodiscard]] virtual Standing standing(ActorId actor, ActorId party, Period during) const = 0;
    /// The share of `disc` in the area.
    [[nodiscard]] virtual double share_in(const Disc& disc, AreaId area) const = 0;
    /// The share of one area in another; bounds 0 and 1 where a shape does not allow to say.
    [[nodiscard]] virtual Chance share_of(AreaId part, AreaId whole) const = 0;

    [[nodiscard]] const Setting& setting() const { return setting_; }

private:
    Setting setting_;
};

/// The lookups of the definition.
class PlainLookups : public Lookups {
public:
    using Lookups::Lookups;
    [[nodiscard]] Standing standing(ActorId actor, ActorId party, Period during) const override;
    [[nodiscard]] double share_in(const Disc& disc, AreaId area) const override;
    [[nodiscard]] Chance share_of(AreaId part, AreaId whole) const override;
};

/// `adjudicate` on given lookups.
[[nodiscard]] Finding judge(const Incident& incident, IncidentId incident_id, const Commitment& commitment,
                            CommitmentId commitment_id, const Lookups& lookups);

/// The first two elements alone, for those who only ask whether a pair can have to do with one another.
[[nodiscard]] ElementAnswer check_in_force(const When& when, const Commitment& commitment);

/// Whether the place is a disc that shares can be taken of.
[[nodiscard]] bool is_usable_disc(const Place& place);

}  // namespace truce
