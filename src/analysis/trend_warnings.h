// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/interrupted_series.h"
#include "analysis/trend.h"

namespace truce::analysis {

/// What a reader of a trend must be told, since it bears on how far the interval or the word can be trusted.
enum class TrendWarning : std::uint8_t {
    /// Incidents call forth others: intervals that take them for independent are too narrow, and the widened
    /// one may be.
    self_excited,
    /// They cluster in a way that the self-exciting process does not describe either.
    excitation_does_not_fit,
    /// Weeks of the year before differ by clearly more than independent incidents would let them: waves, or a
    /// level that drifts. The interval may be too narrow.
    weeks_differ,
    /// Clearly more was counted in the days set apart than before them.
    flare_before_truce,
    /// With the days set apart counted as before, the word is another.
    window_matters,
    /// The model's word is another than that of the comparison of windows.
    model_disagrees,
    /// The likeliest single change of the rate lies more than two weeks from the truce.
    changed_elsewhere,
    /// A ratio as extreme as the truce's is found at one in twenty earlier dates or more.
    placebo_as_extreme,
    /// The truce is longer than the days before: the model tells of its first days alone.
    truce_outlasts_model,
    /// The rate seems to have changed within the last week: the figures for the truce as a whole may be out
    /// of date.
    changing_now,
};

/// The warnings whose conditions hold, in the order of the enumeration.
std::vector<TrendWarning> warnings_of(const Trend& trend, const ModelTrend& model,
                                      const TrendSettings& settings);

}  // namespace truce::analysis
