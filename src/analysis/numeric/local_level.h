// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analysis/numeric/interval.h"
#include "base/result.h"

namespace truce::numeric {

/// A series that something happened to, and series that it did not happen to.
///
/// Requires: each control as long as `series`; all finite; `before` the number of values before it happened.
struct ControlledSeries {
    std::span<const double> series;
    std::vector<std::span<const double>> controls;
    std::size_t before = 0;
};

/// What the series would have been, and how far it was from that.
struct Counterfactual {
    double average_effect = 0;  ///< per time, over all times after
    double average_error = 0;   ///< its standard error
    double cumulative_effect = 0;
    double cumulative_error = 0;
    std::vector<double> expected;         ///< for each time after
    std::vector<double> expected_error;   ///< of one observation there about it
    std::vector<double> control_weights;  ///< coefficients of the controls
    double noise = 0;                     ///< standard deviation of an observation about the level
    double drift = 0;                     ///< standard deviation of a step of the level; 0: the level stays

    [[nodiscard]] Interval interval_of_average(Level level = {}) const;
    [[nodiscard]] Interval interval_of_cumulative(Level level = {}) const;
};

/// How the level of the series may move: as a random walk whose step is estimated, or not at all (an ordinary
/// regression).
enum class LevelModel { drifting, fixed };

/// Predicts the series after from the controls and a level learnt before: a local-level model with
/// regression, the level and the coefficients diffuse, the variances by restricted maximum likelihood.
///
/// It answers what would have happened only if the controls were not touched by what happened, and keep their
/// relation to the series. Cannot be estimated with fewer values before than coefficients and three, without
/// a value after, or from controls that determine one another. Intervals are normal and take the variances as
/// known, so they are somewhat too narrow for short series. Cost: O(values * controls^2) for each of some
/// eighty likelihoods.
///
/// Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter; de Jong (1991), Ann.
/// Statist. 19: 1073; Brodersen, Gallusser, Koehler, Remy, Scott (2015), Ann. Appl. Statist. 9: 247.
[[nodiscard]] Result<Counterfactual> counterfactual(const ControlledSeries& series,
                                                    LevelModel model = LevelModel::drifting);

}  // namespace truce::numeric
