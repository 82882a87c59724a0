// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/pooling.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "analysis/numeric/sum.h"

namespace truce::numeric {

namespace {

Noisy weighted_mean(std::span<const Noisy> estimates, double between) {
    CompensatedSum weights;
    CompensatedSum weighted;
    for (const Noisy& estimate : estimates) {
        const double weight = 1 / (estimate.variance + between);
        weights.add(weight);
        weighted.add(weight * estimate.value);
    }
    return {.value = weighted.value() / weights.value(), .variance = 1 / weights.value()};
}

/// How much the estimates vary about their mean, in units of the variance that `between` allows them.
double heterogeneity(std::span<const Noisy> estimates, double between) {
    const double mean = weighted_mean(estimates, between).value;
    CompensatedSum sum;
    for (const Noisy& estimate : estimates) {
        const double residual = estimate.value - mean;
        sum.add(residual * residual / (estimate.variance + between));
    }
    return sum.value();
}

/// The variance between groups at which the heterogeneity is what chance would give; 0 if it never exceeds
/// that.
double between_variance(std::span<const Noisy> estimates) {
    const auto expected = static_cast<double>(estimates.size() - 1);
    if (heterogeneity(estimates, 0) <= expected) return 0;
    double low = 0;
    double high = 1;
    while (heterogeneity(estimates, high) > expected) high *= 2;
    // Heterogeneity falls strictly with the variance; halving stops where doubles no longer tell the ends
    // apart.
    for (double middle = high / 2; low < middle && middle < high; middle = low + (high - low) / 2) {
        (heterogeneity(estimates, middle) > expected ? low : high) = middle;
    }
    return high;
}

}  // namespace

Pooling pool(std::span<const Noisy> estimates) {
    assert(estimates.size() >= 2);
    assert(std::ranges::all_of(estimates, [](const Noisy& estimate) {
        return std::isfinite(estimate.value) && std::isfinite(estimate.variance) && estimate.variance > 0;
    }));
    const double between = between_variance(estimates);
    Pooling result{.mean = weighted_mean(estimates, between), .between_variance = between, .pooled = {}};
    result.pooled.reserve(estimates.size());
    for (const Noisy& estimate : estimates) {
        const double towards_mean = estimate.variance / (estimate.variance + between);
        result.pooled.push_back({.value = std::lerp(estimate.value, result.mean.value, towards_mean),
                                 .variance = estimate.variance * (1 - towards_mean) +
                                             towards_mean * towards_mean * result.mean.variance});
    }
    return result;
}

}  // namespace truce::numeric
