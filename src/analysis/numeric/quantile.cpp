// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/quantile.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "analysis/numeric/sum.h"

namespace truce::numeric {

double sample_quantile(std::span<const double> sorted, Share share) {
    assert(!sorted.empty() && std::ranges::is_sorted(sorted));
    assert(share.value >= 0 && share.value <= 1);
    const double place = static_cast<double>(sorted.size() - 1) * share.value;
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

std::size_t discrete_quantile(std::span<const double> weights, Share share) {
    assert(share.value >= 0 && share.value <= 1);
    CompensatedSum total;
    std::size_t last = weights.size();
    for (std::size_t i = 0; i < weights.size(); ++i) {
        assert(weights[i] >= 0 && std::isfinite(weights[i]));
        total.add(weights[i]);
        if (weights[i] > 0) last = i;
    }
    assert(total.value() > 0);

    const double wanted = share.value * total.value();
    CompensatedSum so_far;
    for (std::size_t i = 0; i < last; ++i) {
        so_far.add(weights[i]);
        if (weights[i] > 0 && so_far.value() >= wanted) return i;
    }
    return last;
}

}  // namespace truce::numeric
