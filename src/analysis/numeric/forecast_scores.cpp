// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/forecast_scores.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "analysis/numeric/binary_regression.h"
#include "analysis/numeric/normal.h"
#include "analysis/numeric/sum.h"

namespace truce::numeric {

Interval wilson_interval(double successes, double trials, Level level) {
    assert(successes >= 0 && successes <= trials * (1 + 1e-9));
    if (trials <= 0) return {0, 1};
    const double z = normal_reach(level);
    const double share = std::min(1.0, successes / trials);
    const double middle = (share + z * z / (2 * trials)) / (1 + z * z / trials);
    const double reach =
        z * std::sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / (1 + z * z / trials);
    // Rounding must not part the share from its interval where it is 0 or 1.
    return {std::clamp(middle - reach, 0.0, share), std::clamp(middle + reach, share, 1.0)};
}

double brier_score(std::span<const Forecast> forecasts) {
    assert(!forecasts.empty());
    CompensatedSum sum;
    for (const Forecast& one : forecasts) {
        const double error = one.chance - (one.happened ? 1 : 0);
        sum.add(one.weight * error * error);
    }
    return sum.value() / static_cast<double>(forecasts.size());
}

double log_score(std::span<const Forecast> forecasts) {
    assert(!forecasts.empty());
    CompensatedSum sum;
    for (const Forecast& one : forecasts) {
        if (one.weight <= 0) continue;
        sum.add(-one.weight * (one.happened ? std::log(one.chance) : std::log1p(-one.chance)));
    }
    return sum.value() / static_cast<double>(forecasts.size());
}

std::optional<double> spiegelhalter_z(std::span<const Forecast> forecasts) {
    CompensatedSum excess;
    CompensatedSum variance;
    for (const Forecast& one : forecasts) {
        const double lean = one.weight * (1 - 2 * one.chance);
        excess.add(lean * ((one.happened ? 1 : 0) - one.chance));
        variance.add(lean * lean * one.chance * (1 - one.chance));
    }
    if (variance.value() <= 0) return std::nullopt;
    return excess.value() / std::sqrt(variance.value());
}

std::vector<ReliabilityBin> reliability(std::span<const Forecast> forecasts, std::size_t bins, Level level) {
    assert(bins > 0);
    std::vector<Forecast> known;
    std::ranges::copy_if(forecasts, std::back_inserter(known),
                         [](const Forecast& one) { return one.weight > 0; });
    std::ranges::stable_sort(known, {}, &Forecast::chance);
    std::vector<ReliabilityBin> answer;
    for (std::size_t first = 0; first < known.size();) {
        // As many as are left for each bin that is left, and then all of the last one's chance.
        const std::size_t bins_left = std::max<std::size_t>(1, bins - answer.size());
        std::size_t end = first + (known.size() - first + bins_left - 1) / bins_left;
        while (end < known.size() && known[end].chance == known[end - 1].chance) ++end;
        double weight = 0;
        double squares = 0;
        double happened = 0;
        ReliabilityBin bin;
        for (std::size_t i = first; i < end; ++i) {
            weight += known[i].weight;
            squares += known[i].weight * known[i].weight;
            happened += known[i].happened ? known[i].weight : 0;
            bin.mean_chance += known[i].weight * known[i].chance;
        }
        bin.mean_chance /= weight;
        bin.share_happened = happened / weight;
        bin.effective = weight * weight / squares;
        bin.interval = wilson_interval(bin.share_happened * bin.effective, bin.effective, level);
        bin.forecasts = static_cast<std::uint32_t>(end - first);
        answer.push_back(bin);
        first = end;
    }
    return answer;
}

std::optional<CalibrationLine> calibration_line(std::span<const Forecast> forecasts) {
    std::vector<std::uint8_t> yes;
    std::vector<double> log_odds;
    std::vector<double> weights;
    for (const Forecast& one : forecasts) {
        if (one.weight <= 0 || one.chance <= 0 || one.chance >= 1) continue;
        yes.push_back(one.happened ? 1 : 0);
        log_odds.push_back(std::log(one.chance / (1 - one.chance)));
        weights.push_back(one.weight);
    }
    const std::array<std::span<const double>, 1> columns{log_odds};
    const auto fit =
        fit_binary({.yes = yes, .covariates = columns, .weights = weights, .cluster = {}}, Link::logit);
    if (!fit || !fit->unbounded.empty()) return std::nullopt;
    return CalibrationLine{.intercept = fit->coefficients[0],
                           .slope = fit->coefficients[1],
                           .intercept_error = fit->standard_error(0),
                           .slope_error = fit->standard_error(1)};
}

}  // namespace truce::numeric
