// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/numeric/interval.h"

namespace truce::numeric {

/// The share of successes, by Wilson's score interval; [0, 1] without trials. Numbers need not be whole:
/// weighted rows count as fewer.
///
/// Wilson (1927), JASA 22: 209.
Interval wilson_interval(double successes, double trials, Level level = {});

/// A forecast that something would happen, and whether it did.
struct Forecast {
    double chance = 0;
    bool happened = false;
    /// 0: it is not known whether it happened (censored before). Above 1: it stands for such as well.
    double weight = 1;
};

/// The mean squared error of the forecasts, over all of them, those of weight 0 too. Requires: not empty.
///
/// Brier (1950), Monthly Weather Review 78: 1; with weights: Graf, Schmoor, Sauerbrei, Schumacher (1999),
/// Statistics in Medicine 18: 2529.
double brier_score(std::span<const Forecast> forecasts);

/// The mean of -log of the chance given to what came about: lower is better, and one certain error makes it
/// infinite. Requires: not empty.
double log_score(std::span<const Forecast> forecasts);

/// How far the forecasts' squared errors lie from what they would be if the chances were right, in standard
/// errors: beyond 2 to either side they are not. Nothing where all chances are 0, 1/2 or 1.
///
/// Spiegelhalter (1986), Statistics in Medicine 5: 421.
std::optional<double> spiegelhalter_z(std::span<const Forecast> forecasts);

/// Forecasts of similar chances, and how often what they foretold came about.
struct ReliabilityBin {
    double mean_chance = 0;
    double share_happened = 0;
    Interval interval;            ///< Wilson's, by the effective number
    double effective = 0;         ///< how many equally weighted forecasts tell as much
    std::uint32_t forecasts = 0;  ///< of weight above 0
};

/// Bins of about equal numbers of forecasts, by rising chance; forecasts of one chance are never parted.
/// Requires: bins > 0. Forecasts of weight 0 are left out.
std::vector<ReliabilityBin> reliability(std::span<const Forecast> forecasts, std::size_t bins,
                                        Level level = {});

/// What the log odds of the forecasts must be multiplied by and what added to make them fit: 1 and 0 of
/// perfect forecasts; a slope below 1 says that they were too sure of themselves.
struct CalibrationLine {
    double intercept = 0;
    double slope = 1;
    double intercept_error = 0;
    double slope_error = 0;
};

/// Nothing where what happened or the chances do not vary, or the line is not determined.
///
/// Cox (1958), Biometrika 45: 562.
std::optional<CalibrationLine> calibration_line(std::span<const Forecast> forecasts);

}  // namespace truce::numeric
