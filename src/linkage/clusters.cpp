// SPDX-License-Identifier: Apache-2.0
#include "linkage/clusters.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace truce::linkage {

Clusters::Clusters(std::span<const std::uint32_t> sources, std::span<const std::uint8_t> repeats)
    : sources_(sources),
      repeats_(repeats),
      parent_(sources.size()),
      next_(sources.size()),
      size_(sources.size(), 1) {
    std::iota(parent_.begin(), parent_.end(), 0U);
    std::iota(next_.begin(), next_.end(), 0U);
}

std::uint32_t Clusters::root(std::uint32_t thing) const {
    while (parent_[thing] != thing) {
        parent_[thing] = parent_[parent_[thing]];
        thing = parent_[thing];
    }
    return thing;
}

bool Clusters::together(Pair pair) const {
    return root(pair.a) == root(pair.b);
}

bool Clusters::forbidden(std::uint32_t root_a, std::uint32_t root_b) const {
    return std::ranges::any_of(forbidden_, [&](Pair pair) {
        const auto a = root(pair.a);
        const auto b = root(pair.b);
        return (a == root_a && b == root_b) || (a == root_b && b == root_a);
    });
}

void Clusters::join(std::uint32_t root_a, std::uint32_t root_b) {
    if (size_[root_a] < size_[root_b]) std::swap(root_a, root_b);
    parent_[root_b] = root_a;
    size_[root_a] += size_[root_b];
    std::swap(next_[root_a], next_[root_b]);
}

void Clusters::forbid(Pair pair) {
    forbidden_.push_back(pair);
}

bool Clusters::insist(Pair pair) {
    const auto a = root(pair.a);
    const auto b = root(pair.b);
    if (a == b) return true;
    if (forbidden(a, b)) return false;
    join(a, b);
    return true;
}

bool Clusters::offer(Pair pair, const std::function<bool(std::uint32_t, std::uint32_t)>& fits) {
    const auto a = root(pair.a);
    const auto b = root(pair.b);
    if (a == b) return true;
    if (!forbidden_.empty() && forbidden(a, b)) return false;
    const auto both = static_cast<std::uint64_t>(std::min(a, b)) << 32U | std::max(a, b);
    if (refused_.contains(both)) return false;
    if (!may_be_one(a, b, fits)) {
        refused_.insert(both);
        return false;
    }
    join(a, b);
    return true;
}

bool Clusters::may_be_one(std::uint32_t root_a, std::uint32_t root_b,
                          const std::function<bool(std::uint32_t, std::uint32_t)>& fits) const {
    auto i = root_a;
    do {
        auto j = root_b;
        do {
            if (sources_[i] == sources_[j] && repeats_[sources_[i]] == 0) return false;
            if (!fits(i, j)) return false;
            j = next_[j];
        } while (j != root_b);
        i = next_[i];
    } while (i != root_a);
    return true;
}

std::vector<std::vector<std::uint32_t>> Clusters::groups() const {
    constexpr std::uint32_t none = 0xFFFFFFFF;
    std::vector<std::uint32_t> group_of(parent_.size(), none);
    std::vector<std::vector<std::uint32_t>> groups;
    for (std::uint32_t i = 0; i < parent_.size(); ++i) {
        auto& group = group_of[root(i)];
        if (group == none) {
            group = static_cast<std::uint32_t>(groups.size());
            groups.emplace_back();
        }
        groups[group].push_back(i);
    }
    return groups;
}

}  // namespace truce::linkage
