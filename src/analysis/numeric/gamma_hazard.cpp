// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/gamma_hazard.h"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cassert>
#include <cmath>
#include <vector>

namespace truce::numeric {

double GammaHazard::holds(double days) const {
    assert(failures > 0 && exposure > 0 && days >= 0);
    return std::exp(-failures * std::log1p(days / exposure));
}

Interval GammaHazard::holds_interval(double days, Level level) const {
    assert(failures > 0 && exposure > 0 && days >= 0);
    const double tail = (1 - level.value) / 2;
    const double low = boost::math::gamma_p_inv(failures, tail) / exposure;
    const double high = boost::math::gamma_q_inv(failures, tail) / exposure;
    return {std::exp(-high * days), std::exp(-low * days)};
}

namespace {

/// The exposure that goes best with a shape: the root of the sum of (shape E - d b) / (b + E), which falls as
/// b rises. Newton's method on log b, from where all groups together would have it.
double best_exposure(std::span<const FailuresSeen> groups, double shape, double rate) {
    double b = shape / rate;
    for (int step = 0; step < 50; ++step) {
        double value = 0;
        double slope = 0;
        for (const FailuresSeen& group : groups) {
            const double seen = b + group.exposure;
            value += (shape * group.exposure - group.failures * b) / seen;
            slope -= b * group.exposure * (shape + group.failures) / (seen * seen);
        }
        const double change = std::clamp(-value / slope, -1.0, 1.0);
        b *= std::exp(change);
        if (std::abs(change) < 1e-10) break;
    }
    return b;
}

/// The log-likelihood of a shape with its best exposure, but for what does not depend on it.
double profile(std::span<const FailuresSeen> groups, double shape, double rate) {
    const double exposure = best_exposure(groups, shape, rate);
    double sum = 0;
    for (const FailuresSeen& group : groups) {
        if (group.exposure <= 0) continue;
        for (double k = 0; k < group.failures; ++k) sum += std::log(shape + k);
        sum -= shape * std::log1p(group.exposure / exposure) +
               group.failures * std::log(exposure + group.exposure);
    }
    return sum;
}

}  // namespace

std::optional<GammaHazard> fit_gamma_hazard(std::span<const FailuresSeen> groups) {
    double failures = 0;
    double exposure = 0;
    for (const FailuresSeen& group : groups) {
        if (group.exposure <= 0) continue;
        failures += group.failures;
        exposure += group.exposure;
    }
    if (failures <= 0 || exposure <= 0) return std::nullopt;
    const double rate = failures / exposure;
    // Golden section on the logarithm of the shape.
    constexpr double golden = 0.6180339887498949;
    double low = std::log(0.02);
    double high = std::log(1000.0);
    double left = high - golden * (high - low);
    double right = low + golden * (high - low);
    double at_left = profile(groups, std::exp(left), rate);
    double at_right = profile(groups, std::exp(right), rate);
    while (high - low > 1e-4) {
        if (at_left < at_right) {
            low = left;
            left = right;
            at_left = at_right;
            right = low + golden * (high - low);
            at_right = profile(groups, std::exp(right), rate);
        } else {
            high = right;
            right = left;
            at_right = at_left;
            left = high - golden * (high - low);
            at_left = profile(groups, std::exp(left), rate);
        }
    }
    const double shape = std::exp((low + high) / 2);
    return GammaHazard{.failures = shape, .exposure = best_exposure(groups, shape, rate)};
}

std::optional<GammaHazard> believed_hazard(std::span<const FailuresSeen> groups, FailuresSeen own) {
    constexpr int spreads = 16;
    constexpr double widest = 2;  // the half-normal prior has 5% beyond
    constexpr int means = 17;
    constexpr double reach = 4;  // standard errors of the mean's logarithm
    double failures = 0;
    double exposure = 0;
    double watched = 0;
    for (const FailuresSeen& group : groups) {
        if (group.exposure <= 0) continue;
        failures += group.failures;
        exposure += group.exposure;
        ++watched;
    }
    if (failures <= 0 || exposure <= 0) return std::nullopt;

    struct Part {
        double log_weight;
        GammaHazard hazard;
    };
    std::vector<Part> parts;
    for (int i = 0; i < spreads; ++i) {
        const double spread = (i + 0.5) * widest / spreads;
        const double shape = 1 / (spread * spread);
        const double error = std::sqrt(1 / failures + spread * spread / watched);
        for (int j = 0; j < means; ++j) {
            const double away = reach * (2.0 * j / (means - 1) - 1) * error;
            const double b = shape * exposure / (failures * std::exp(away));
            double sum = std::log(error) - spread * spread / 2;
            for (const FailuresSeen& group : groups) {
                if (group.exposure <= 0) continue;
                for (double k = 0; k < group.failures; ++k) sum += std::log(shape + k);
                sum -= shape * std::log1p(group.exposure / b) + group.failures * std::log(b + group.exposure);
            }
            parts.push_back({.log_weight = sum,
                             .hazard = GammaHazard{shape, b}.after(own.failures, own.exposure)});
        }
    }
    const double most = std::ranges::max_element(parts, {}, &Part::log_weight)->log_weight;
    double weights = 0;
    double first = 0;
    double second = 0;
    for (const Part& part : parts) {
        const double weight = std::exp(part.log_weight - most);
        const double mean = part.hazard.failures / part.hazard.exposure;
        weights += weight;
        first += weight * mean;
        second += weight * mean * (mean + 1 / part.hazard.exposure);
    }
    first /= weights;
    const double variance = second / weights - first * first;
    return GammaHazard{.failures = first * first / variance, .exposure = first / variance};
}

}  // namespace truce::numeric
