// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/numeric/change_points.h"
#include "analysis/numeric/count_regression.h"
#include "analysis/numeric/hawkes.h"
#include "analysis/trend.h"

namespace truce::analysis {

/// What the model of a daily series holds beside a level and the truce's step.
struct ModelTerms {
    bool trend = false;    ///< a steady change before the truce
    bool slope = false;    ///< and another under it
    bool weekday = false;  ///< six: a level for each day of the week
    int harmonics = 0;     ///< waves of a year and its parts
    int coefficients = 0;  ///< in all
};

/// A ratio of rates, under the truce over what the days before lead one to expect.
struct ModelEffect {
    double ratio = 1;
    numeric::Interval interval;
    double p = 1;             ///< two-sided, of the hypothesis that the ratio is 1
    double model_error = 0;   ///< standard errors of the ratio's logarithm: if days are independent,
    double robust_error = 0;  ///< and Newey and West's; the interval takes the larger one
};

/// One day of the series that was fitted, or of the window set apart.
struct FittedDay {
    std::chrono::sys_days day{};
    enum class Part : std::uint8_t { before, pre_truce, after } part = Part::before;
    double count = 0;
    double exposure = 1;
    double fitted = 0;                ///< expected by the model; of a day set apart, as one of those before
    double expected_without = 0;      ///< without the truce: the same as `fitted` before it
    numeric::Interval without_range;  ///< of `expected_without`, its error alone
};

/// Why there is no model. The first that applies.
enum class NoModel : std::uint8_t {
    no_comparison,    ///< there is no verdict on the windows themselves: Comparison::why_not says why
    too_few_counted,  ///< fewer than least_for_model in both windows together
    nothing_counted_in_a_window,
    not_determined,  ///< the fit does not settle
};

/// With fewer counted no regression is tried.
inline constexpr std::uint64_t least_for_model = 30;

/// One interrupted time series.
struct InterruptedSeries {
    ModelTerms terms;
    numeric::CountFamily family = numeric::CountFamily::poisson;
    double theta = 0;       ///< infinite for Poisson
    double dispersion = 1;  ///< Pearson's, of the Poisson fit
    double log_likelihood = 0;
    std::uint64_t rows = 0;  ///< days fitted
    std::int64_t lag = 0;    ///< of Newey and West's errors, in days
    ModelEffect at_start;    ///< on the truce's first day
    Days under_truce;       ///< that were fitted: no more than there are before
    ModelEffect average;    ///< over these: of all counted over all expected
    std::vector<FittedDay> days;
};

/// One model with its word.
struct ModelComparison {
    std::optional<InterruptedSeries> series;
    std::optional<NoModel> why_not;                         ///< just when there is no series
    Change change = Change::cannot_be_estimated;            ///< by `average`
    std::optional<double> reporting_change_that_erases_it;  ///< as in Comparison
};

/// What the year before the truce looks like, those days left out that are set apart, if each incident calls
/// forth others.
struct Excitation {
    numeric::DailyHawkes process;
    /// The excited process is clearly likelier than a constant one (likelihood ratio above 5.99).
    [[nodiscard]] bool clear() const { return process.likelihood_ratio() > clearly; }
    static constexpr double clearly = 5.99;
};

/// How much more stretches of days of the year before the truce differ than independent incidents would let
/// them, those days left out that are set apart: because fighting comes in waves, or since its level drifts.
/// Of stretches of one, two and four weeks, that which departs most clearly.
struct Unevenness {
    std::int64_t stretch_days = 7;
    double dispersion = 1;  ///< Pearson's, of the stretches' counts
    double p = 1;           ///< of at least so much by chance, for these stretches alone
    /// One year in nine of independent incidents is called so: doc/methods/validity.md.
    [[nodiscard]] bool clear() const { return p < 0.05; }
    /// By what errors that take incidents for independent are to be multiplied.
    [[nodiscard]] double error_factor() const { return std::sqrt(std::max(1.0, dispersion)); }
};

/// Where the rate changed, whatever one knows of the truce. Counts are first divided by how much more
/// successive weeks differ than independent incidents would let them, so that clusters are not taken for
/// changes.
struct RateChanges {
    Days days;
    std::vector<numeric::RateSegment> segments;  ///< days counted from days.first; by PELT with MBIC
    /// The likeliest single change, if one is clearly better than none by MBIC: the first day of the new
    /// rate.
    std::optional<std::chrono::sys_days> single;
    std::optional<Days> single_range;  ///< 95%
    /// The first days under the truce on which an observer who follows day by day believes, by more than
    /// half, that the rate changed within the last week; one for each run of such days.
    std::vector<std::chrono::sys_days> alarms;
    double recent_change = 0;  ///< that belief on the last day
};

/// Whether violence fell, by a model of the daily counts: beside Trend, never in its place.
struct ModelTrend {
    ModelComparison set_apart;  ///< the pre-truce window left out: the one to quote
    ModelComparison included;
    /// As Trend::placebo, of the model's average ratio.
    std::optional<PlaceboRank> placebo;
    /// For incidents only; nothing where they are too few.
    std::optional<Excitation> excitation;
    std::optional<Unevenness> unevenness;  ///< likewise
    std::optional<RateChanges> changes;
};

/// Fits an interrupted time series to the same windows as did_violence_fall and with the same whole counts.
///
///   ln mean = level + trend * t + step * D + slope * t * D + weekday + season + ln exposure,
///
/// t in days from the truce's first day, D 1 under it. Counts are negative binomial, or Poisson where they
/// vary no more than that (numeric::fit_counts). The trend takes 28 days before, the slope 28 days under the
/// truce, weekdays eight weeks, the season two years before; and none goes in for which fewer than ten were
/// counted for each coefficient. Errors are Newey and West's, times n / (n - p), lag of at least seven days;
/// where they are smaller than the model's own, those.
///
/// The counterfactual is the trend before, carried on: the further, the less it means. It is carried no
/// further than there are days before: of a longer truce only the first days are fitted. `comparison` is the
/// verdict on the windows: no word is given where it gives none. Deterministic for a seed. Cost: a few
/// milliseconds for a year.
///
/// Bernal, Cummins, Gasparrini (2017), Int. J. Epidemiology 46: 348; Newey, West (1987), Econometrica 55:
/// 703; Lewis, Mohler, Brantingham, Bertozzi (2012), Security J. 25: 244 (excitation in Iraq).
ModelTrend model_trend(const Observations& observations, const TrendSettings& settings,
                       const Trend& comparison, std::uint64_t seed);

/// One effect of the truce over several areas, each with its own level.
struct AcrossAreas {
    std::uint32_t areas = 0;
    /// Areas with too few counted to tell anything (TrendSettings::least_count), or beyond the `most_areas`
    /// with most.
    std::uint32_t left_out = 0;
    enum class Errors : std::uint8_t { by_area, wild_bootstrap } errors = Errors::by_area;
    ModelEffect
        effect;  ///< the ratio in the middle of the truce; model_error and robust_error of its logarithm
    numeric::CountFamily family = numeric::CountFamily::poisson;
    double theta = 0;
    Change change = Change::no_clear_change;
};

inline constexpr std::uint32_t least_areas = 6;
inline constexpr std::uint32_t enough_areas_for_clusters = 30;
inline constexpr std::uint32_t most_areas = 60;

/// Fits one negative binomial model to all areas' days: a level for each area, one trend, one step at the
/// truce.
///
/// Errors are clustered by area; with fewer than 30 areas the interval is the wild bootstrap's
/// (numeric::wild_cluster_interval). Nothing with fewer than six areas, where a window is too short for a
/// verdict, or nothing was counted in one. Areas that share incidents or fight one fight are not independent:
/// the interval is then too narrow. Counts no place twice. Cost: a second or so with thirty areas.
std::optional<AcrossAreas> effect_across_areas(std::span<const Group> areas, const TrendSettings& settings,
                                               std::uint64_t seed);

}  // namespace truce::analysis
