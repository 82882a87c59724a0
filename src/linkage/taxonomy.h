// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "linkage/candidates.h"
#include "linkage/clusters.h"

/// Matching by taxonomies, as in MELTT: accounts near in space and time are the same when their categories
/// agree at some level, and the better the finer that level.
///
/// Donnay, Dunford, McGrath, Backer, Cunningham (2019), "Integrating Conflict Event Data", Journal of
/// Conflict Resolution 63: 1337-1364.
namespace truce::linkage {

/// One way of sorting accounts: for each, its categories from the finest level to the broadest.
struct Taxonomy {
    /// The category where a source has none.
    static constexpr std::uint32_t no_category = 0;

    std::size_t depth = 1;
    std::vector<std::uint32_t> categories;  ///< `depth` of each account, one account after another
    double weight = 1;
};

/// The score of two accounts: the mean over taxonomies of the finest level at which their categories agree, 0
/// being the finest and 1 the broadest, each times its weight. Nothing where some taxonomy has no level at
/// which they agree.
[[nodiscard]] std::optional<double> category_score(std::span<const Taxonomy> taxonomies, Pair pair);

/// Two accounts that may be the same, and their score: the lower the better.
struct ScoredPair {
    Pair pair;
    double score = 0;
};

/// How near accounts must be: first days and last days each at most `days` apart, places at most `km`.
struct MelttWindow {
    double km = 25;
    int days = 2;
};

/// All pairs of accounts of different sources within the window that have a score, either both of one day or
/// both of several; best first, then by place in the lists. MELTT counts 111.111 km to the degree, and so
/// does this.
[[nodiscard]] std::vector<ScoredPair> meltt_pairs(const Spots& spots, std::span<const std::uint32_t> sources,
                                                  std::span<const Taxonomy> taxonomies, MelttWindow window);

/// Groups of accounts that are the same, best pairs first, at most one of each source in a group. Single
/// accounts are groups too; groups by their first account.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> meltt_groups(std::span<const ScoredPair> pairs,
                                                                   std::span<const std::uint32_t> sources);

/// The groups that the package `meltt` for R finds: it takes sources one after another, by their number, and
/// compares what is new only with the first account of each group made so far; best pairs first. It differs
/// from `meltt_groups` where a group's first account is far from what its second one is near to.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> meltt_groups_one_by_one(
    std::span<const ScoredPair> pairs, std::span<const std::uint32_t> sources);

}  // namespace truce::linkage
