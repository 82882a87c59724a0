// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/multiplicity.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <numeric>

namespace truce::numeric {

std::vector<double> benjamini_hochberg(std::span<const double> p_values) {
    assert(std::ranges::all_of(p_values, [](double p) { return p >= 0 && p <= 1; }));
    std::vector<std::size_t> by_p(p_values.size());
    std::iota(by_p.begin(), by_p.end(), std::size_t{0});
    std::ranges::stable_sort(by_p, {}, [&](std::size_t i) { return p_values[i]; });

    std::vector<double> q(p_values.size());
    const auto tests = static_cast<double>(p_values.size());
    double smallest = 1;
    for (std::size_t rank = by_p.size(); rank > 0; --rank) {
        const std::size_t i = by_p[rank - 1];
        smallest = std::min(smallest, p_values[i] * (tests / static_cast<double>(rank)));
        q[i] = smallest;
    }
    return q;
}

}  // namespace truce::numeric
