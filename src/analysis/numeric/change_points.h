// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/numeric/interval.h"

namespace truce::numeric {

/// What each further change of the rate must gain to be believed, in units of twice the log-likelihood.
enum class ChangePenalty : std::uint8_t {
    sic,   ///< 2 ln n (Schwarz 1978)
    mbic,  ///< 3 ln n, and ln of each segment's length (Zhang and Siegmund 2007)
};

/// Counts of successive days and, unless every day was watched alike, how much of each was watched.
///
/// Requires: `exposure` empty (1 each) or as long as `counts`, each finite and at least 0; counts at least 0.
struct RateSeries {
    std::span<const double> counts;
    std::span<const double> exposure{};
};

/// A run of days of one rate.
struct RateSegment {
    std::size_t first = 0;
    std::size_t end = 0;  ///< half-open
    double rate = 0;      ///< per unit of exposure; 0 without any
};

/// The segments of constant rate into which a series of Poisson counts is best cut.
///
/// Exact: the best of all ways to cut into segments of `least_days` or more. One segment if the series is
/// shorter than two of them; none of an empty series. Counts that cluster are cut too often: take the cuts as
/// places to look at. Cost: between O(days) and O(days^2).
///
/// Killick, Fearnhead, Eckley (2012), JASA 107: 1590 (PELT); Zhang, Siegmund (2007), Biometrics 63: 22.
std::vector<RateSegment> pelt(const RateSeries& series, ChangePenalty penalty, std::size_t least_days = 2);

/// One change of the rate, if there is just one.
struct SingleChange {
    std::size_t after = 0;  ///< the number of days before the likeliest change
    double rate_before = 0;
    double rate_after = 0;
    double log_likelihood = 0;          ///< with the change, all constants in it
    double log_likelihood_without = 0;  ///< of one rate throughout
    /// The probability of each place (index: days before it, less one) under Gamma(1, 1) priors of both rates
    /// and equal chances of all places.
    std::vector<double> probability;

    /// The first and last place (days before the change) of the central interval of that probability.
    struct Places {
        std::size_t first = 0;
        std::size_t last = 0;
    };
    [[nodiscard]] Places interval(Level level = {}) const;
};

/// Where a series of Poisson counts changes its rate, if it does so once. Nothing of fewer than two days, or
/// where nothing was watched.
///
/// Raftery, Akman (1986), Biometrika 73: 85. Cost: O(days).
std::optional<SingleChange> single_change(const RateSeries& series);

/// What an online detector expects before it has seen anything.
struct OnlineSettings {
    double prior_count = 1;     ///< the Gamma prior of each run's rate: its shape
    double prior_exposure = 1;  ///< and its rate, in units of exposure
    double mean_run = 100;      ///< the mean number of days between changes
    std::size_t recent = 7;     ///< a change is recent when it is not longer ago than this
};

/// What the detector knows at the end of one day, from that day and the days before alone.
struct OnlineState {
    /// That the current run began no more than `recent` days ago. Not the probability of a change this very
    /// day, which is 1 / mean_run whatever was seen.
    double recent_change = 1;
    double rate = 0;  ///< expected, per unit of exposure
    /// The expected rate over that of `recent` + 1 days before; nothing in the first days.
    std::optional<double> rate_ratio;
};

/// Follows a series of Poisson counts day by day.
///
/// Run lengths of probability below 1e-8 are dropped. In the first `recent` days every run is recent: no
/// alarm then. Adams, MacKay (2007), "Bayesian online changepoint detection", arXiv:0710.3742. Cost: O(days *
/// run lengths kept).
std::vector<OnlineState> follow_changes(const RateSeries& series, const OnlineSettings& settings);

}  // namespace truce::numeric
