// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <unordered_set>
#include <vector>

namespace truce::linkage {

/// Two things that may be one, by their places in a list.
struct Pair {
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    friend constexpr auto operator<=>(Pair, Pair) = default;
};

/// Groups things that are one, pair by pair, in the order in which pairs are offered: offer the best first.
///
/// Plain union-find joins whatever a chain of pairs connects, and so makes one of many that are not; here a
/// pair is refused when what it would join may not be together.
class Clusters {
public:
    /// `sources[i]`: the source of thing i, of which a group holds at most one thing; those of a source that
    /// `repeats` marks (not 0) may be several.
    Clusters(std::span<const std::uint32_t> sources, std::span<const std::uint8_t> repeats);

    /// What the two may never be together for, whatever is offered.
    void forbid(Pair pair);
    /// Joins the groups of the two, whatever their sources, unless that would break a `forbid`: then it does
    /// nothing and says no. Also yes where they are one group already.
    bool insist(Pair pair);
    /// The same, if no source but those that repeat would then be twice in the group, and `fits` says yes of
    /// every two of it that were not together before. Requires: `fits` always says the same of the same two; groups that were
    /// refused once are refused again without asking it, since they only grow.
    bool offer(Pair pair, const std::function<bool(std::uint32_t, std::uint32_t)>& fits);

    [[nodiscard]] bool together(Pair pair) const;
    /// All groups, those of one thing included: each in rising order, groups by their first thing.
    [[nodiscard]] std::vector<std::vector<std::uint32_t>> groups() const;

private:
    [[nodiscard]] std::uint32_t root(std::uint32_t thing) const;
    [[nodiscard]] bool forbidden(std::uint32_t root_a, std::uint32_t root_b) const;
    [[nodiscard]] bool may_be_one(std::uint32_t root_a, std::uint32_t root_b,
                                  const std::function<bool(std::uint32_t, std::uint32_t)>& fits) const;
    void join(std::uint32_t root_a, std::uint32_t root_b);

    std::span<const std::uint32_t> sources_;
    std::span<const std::uint8_t> repeats_;
    mutable std::vector<std::uint32_t> parent_;
    /// A ring through each group: the next thing of the same group.
    std::vector<std::uint32_t> next_;
    std::vector<std::uint32_t> size_;
    std::vector<Pair> forbidden_;
    /// Roots of groups that were refused, the smaller one in the upper half. After a barrage two groups of hundreds are offered
    /// to each other once for each pair of their members.
    std::unordered_set<std::uint64_t> refused_;
};

}  // namespace truce::linkage
