// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "linkage/comparands.h"
#include "linkage/link.h"
#include "model/account.h"
#include "model/actor.h"
#include "model/area.h"
#include "model/link_decision.h"

namespace truce::linkage {

/// What linkage needs of a mission beside its accounts. Requires: all outlive the calls that take it.
struct Surroundings {
    std::span<const Source> sources;
    const ActorRegister& actors;
    const AreaRegister& areas;
    /// Whose days count.
    const Zone& zone;
};

/// What of an account is compared. Places known to their country at best, and sides that nobody names, count
/// as not known; an umbrella stands for those it contained at the time; an area is taken as the disc that
/// holds it.
[[nodiscard]] Told told_of(const Account& account, const Surroundings& surroundings);

/// The accounts of a mission that tell of incidents, as columns.
struct Gathered {
    Comparands told;
    std::vector<AccountId> accounts;     ///< of each row of the columns
    std::vector<std::uint32_t> sources;  ///< the source's place among all, in order of their ids
    std::vector<std::uint8_t> repeats;   ///< by such a place
    std::vector<std::uint32_t> ranks;

    [[nodiscard]] LinkInput input(std::span<const HumanDecision> decisions) const {
        return {told, sources, repeats, ranks, {}, decisions};
    }
};

/// Takes up the accounts that tell of incidents, in their order. Leads, sensor readings and aggregates are
/// left out. The same for any number of threads.
[[nodiscard]] Gathered gather(std::span<const Account> accounts, const Surroundings& surroundings,
                              unsigned threads);

/// Decisions as pairs of rows of `gathered`, and those that name an account that is not there.
struct FoundDecisions {
    std::vector<HumanDecision> pairs;
    std::vector<std::size_t> of;  ///< which decision each pair comes from
    /// By decision: what of it was not found, in words; decisions of which all was found are not in it.
    std::vector<std::pair<std::size_t, std::string>> not_found;
};

/// Looks up the accounts that decisions speak of. Rows with the same key or hash are all meant.
[[nodiscard]] FoundDecisions find_decisions(std::span<const LinkDecision> decisions, const Gathered& gathered,
                                            std::span<const Account> accounts,
                                            std::span<const Source> sources);

/// How many independent witnesses accounts of one incident come to: those that rest on a common source (both
/// cite one agency, or one cites the other's) are one witness, as are those whose texts share most of their
/// words. At least 1 for any accounts; requires one.
[[nodiscard]] std::size_t witnesses(std::span<const Account* const> accounts,
                                    std::span<const Source> sources);

}  // namespace truce::linkage
