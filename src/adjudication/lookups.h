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

/// The share of one of the setting's areas in another: `Lookups::share_of`, worked out afresh.
[[nodiscard]] Chance share_between(const AreaRegister& areas, AreaId part, AreaId whole);

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

/// Whether and how far the incident's window lies in the time in force: the first element by itself.
[[nodiscard]] ElementAnswer check_in_force(const When& when, const Commitment& commitment);

/// Whether what happened lay between others: whichever of them began, the attacker is known to be no party and to act for
/// none, or the one hit is, and the duty does not protect it either; and neither is of a group that the commitment
/// excludes. Such a pair is out of scope (or no breach, where the act says so first), whatever the time and the place.
///
/// Never where a name is unknown, alleged, an umbrella's or an ally's, nor where a party had withdrawn, had suspended its
/// adherence or had not accepted yet: these say more than that it was somebody else.
[[nodiscard]] bool lies_between_others(const Incident& incident, const Commitment& commitment, const Lookups& lookups);

/// The share of a place in one area: of its disc, or of the area that it lies somewhere in.
[[nodiscard]] Chance share_of_place(const Place& place, AreaId area, const Lookups& lookups);

/// Whether the place is a disc that shares can be taken of.
[[nodiscard]] bool is_usable_disc(const Place& place);

/// How near to 0 or 1 a computed chance must be to be taken as that: shares of area are exact to 1e-6 where
/// they are neither, and exact where they are either.
inline constexpr double chance_rounding = 1e-9;

/// Calls `visit` with every area clause that the commitment speaks of.
template <class Visit>
void for_each_clause(const Commitment& commitment, Visit&& visit) {
    if (commitment.area) visit(*commitment.area);
    for (const auto& except : commitment.except_areas) visit(except);
    for (const auto& exception : commitment.exceptions) {
        if (exception.area) visit(*exception.area);
    }
    for (const auto& exclusion : commitment.excluded) {
        if (exclusion.delineated) visit(*exclusion.delineated);
    }
}

}  // namespace truce
