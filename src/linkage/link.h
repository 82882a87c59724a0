// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "linkage/clusters.h"
#include "linkage/compare.h"
#include "linkage/fellegi_sunter.h"
#include "linkage/window.h"

namespace truce::linkage {

struct Comparands;

/// How two accounts are held against each other.
enum class Method : std::uint8_t {
    fellegi_sunter,  ///< by the weight of evidence, learned from the accounts themselves
    taxonomy,        ///< by how fine their categories agree, within a window of space and time (MELTT)
};

struct LinkSettings {
    Method method = Method::fellegi_sunter;
    Window window{};
    /// Linked by itself from this chance on.
    double link_from = 0.95;
    /// Put before a human from this chance on.
    double review_from = 0.5;
    /// The most that all fields together count, in bits either way: they are not independent witnesses.
    double weight_cap = 20;
    /// With the taxonomy method: linked up to this score (0 the finest categories agree, 1 only the
    /// broadest).
    double score_up_to = 1;
    /// Pairs are compared once, and remembered, as long as no more than so many lie in the window; beyond that twice, for the same
    /// links. 24 bytes each.
    std::size_t most_remembered = 2'000'000;
    unsigned threads = 1;
};

/// What a human decided of two accounts.
struct HumanDecision {
    Pair pair;
    enum class Kind : std::uint8_t { together, apart } kind = Kind::together;
};

/// Accounts to be linked, as columns of one length, and whose they are.
struct LinkInput {
    const Comparands& told;
    std::span<const std::uint32_t> sources;
    /// By source: not 0 where it may tell of one incident in several accounts.
    std::span<const std::uint8_t> repeats;
    /// Each account's place in an order that does not hang on the order of input (by source, key and hash).
    /// Requires: all different. The order of sources must not hang on the order of input either.
    std::span<const std::uint32_t> ranks;
    /// Accounts of different parts are never compared; empty: one part.
    std::span<const std::uint32_t> parts{};
    /// In the order in which they are to be heeded.
    std::span<const HumanDecision> decisions{};
};

/// What became of two accounts.
enum class LinkState : std::uint8_t {
    linked,            ///< of one incident
    review,            ///< perhaps: a human should look
    kept_apart,        ///< alike enough, but one of them is linked to a better one
    decided_together,  ///< of one incident, as a human says
    decided_apart,     ///< not of one incident, as a human says
    not_heeded,        ///< a human's decision that an earlier one contradicts
};
[[nodiscard]] std::string_view name_of(LinkState state);

/// Two accounts that are linked, or nearly, and why.
struct Link {
    Pair pair;  ///< `a` is the one of lower rank
    LinkState state = LinkState::review;
    Pattern pattern;    ///< the levels of `compared_fields`
    double km = 0;      ///< between their places; 0 where either has none
    double weight = 0;  ///< in bits
    double chance = 0;  ///< that they tell of one incident
    double score = 1;   ///< by MELTT's taxonomies: see `category_score`
};

/// Where the model's chances come from.
enum class Learned : std::uint8_t {
    from_accounts,  ///< from the pairs compared
    from_few,       ///< from so few pairs that the weights stay near the usual ones
    not_learned,    ///< the usual weights: there was nothing to learn from, or learning failed
};

/// What linkage found.
struct Linked {
    /// Accounts by incident, each in rising order, incidents by their first account.
    std::vector<std::vector<std::uint32_t>> incidents;
    /// All that are linked, nearly linked or decided, by rank.
    std::vector<Link> links;

    std::uint64_t compared = 0;  ///< pairs within the window
    /// About how many of them the window holds by chance: counted where accounts of different sources are
    /// moved against each other in time. Nothing where the accounts span too short a time for that.
    std::optional<double> by_chance;
    FittedModel fit;
    Learned learned = Learned::not_learned;
    std::string why_not_learned{};

    std::uint64_t linked = 0;  ///< pairs in state `linked`
    std::uint64_t review = 0;
    std::uint64_t kept_apart = 0;
    /// Of the pairs linked without a human, how many are expected not to be the same: the sum of 1 - chance.
    double expected_false = 0;
    /// Of the pairs compared and not linked, how many are expected to be the same. Pairs that no window held
    /// are not in it.
    double expected_missed = 0;
    std::uint64_t without_place = 0;  ///< accounts that are compared with nothing, since no place is known
    std::uint64_t mixed = 0;          ///< links of an account of several days with one of a single day
};

/// Makes one incident of the accounts that tell of one.
///
/// Pairs within the window are compared field by field; the weight of what agrees and disagrees is learned
/// from all of them by expectation and maximisation, with what agrees by chance learned from accounts moved
/// in time, which cannot be the same. Best pairs are joined first, with at most one account of each source
/// in an incident, unless the source repeats itself, and only if any two accounts of it lie in one window.
/// What humans decided comes before all else.
///
/// The same incidents for any order of accounts and any number of threads. Memory: grows with the number
/// of pairs compared up to `most_remembered`, beyond that only with those kept. Cost: O(n log n) at a fixed density of accounts.
[[nodiscard]] Linked link(const LinkInput& input, const LinkSettings& settings);

/// MELTT's score of two accounts by act and party: 0 where the finest categories agree, 1 where only the
/// broadest do; nothing where some category does not agree at all. See `category_score`.
[[nodiscard]] std::optional<double> taxonomy_score(Pattern pattern);

}  // namespace truce::linkage
