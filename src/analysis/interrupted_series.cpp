// SPDX-License-Identifier: Apache-2.0
#include "analysis/interrupted_series.h"

#include <boost/math/distributions/chi_squared.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "analysis/numeric/normal.h"
#include "analysis/numeric/quantile.h"
#include "analysis/numeric/wild_bootstrap.h"
#include "analysis/windows.h"

namespace truce::analysis {

namespace {

using numeric::CountData;
using numeric::CountFit;
using numeric::Interval;
using numeric::Symmetric;
using std::chrono::sys_days;
using Part = FittedDay::Part;

constexpr std::int64_t days_for_trend = 28;
constexpr std::int64_t days_for_slope = 28;
constexpr std::int64_t days_for_weekdays = 56;
constexpr std::int64_t days_for_season = 730;
constexpr double counted_per_coefficient = 10;
constexpr std::int64_t least_lag = 7;
constexpr double days_of_year = 365.25;

/// One day that was watched, in one of the windows.
struct SeriesDay {
    sys_days day{};
    Part part = Part::before;
    double count = 0;
    double exposure = 1;
};

/// How much of a covered day was watched.
double exposure_on(const Observations& observations, sys_days day) {
    if (observations.exposure.empty()) return 1;
    return observations.exposure[static_cast<std::size_t>((day - observations.coverage.first).count())];
}

/// The days of the windows that anyone watched, with the whole counts of each, in order.
std::vector<SeriesDay> series_of(const Observations& observations, const Windows& windows) {
    std::vector<SeriesDay> days;
    const auto add_days = [&](Days range, Part part) {
        const std::size_t start = days.size();
        for (sys_days day = range.first; day < range.end; day += std::chrono::days(1))
            days.push_back(
                {.day = day, .part = part, .count = 0, .exposure = exposure_on(observations, day)});
        return start;
    };
    const std::size_t before = add_days(windows.before, Part::before);
    const std::size_t pre_truce = add_days(windows.pre_truce, Part::pre_truce);
    const std::size_t after = add_days(windows.after, Part::after);
    for (const DatedCount& counted : observations.counts) {
        const auto into = [&](Days window, std::size_t start) {
            const sys_days day =
                std::clamp(middle_day(counted.days), window.first, window.end - std::chrono::days(1));
            days[start + static_cast<std::size_t>((day - window.first).count())].count += counted.count;
        };
        switch (where(counted.days, windows)) {
            case Where::before:
                into(windows.before, before);
                break;
            case Where::pre_truce:
                into(windows.pre_truce, pre_truce);
                break;
            case Where::after:
                into(windows.after, after);
                break;
            case Where::outside:
            case Where::undated:
                break;
        }
    }
    std::erase_if(days, [](const SeriesDay& day) { return day.exposure <= 0; });
    return days;
}

/// All covered days with each count on its middle day: for many windows of the same observations.
class DailyCounts {
public:
    explicit DailyCounts(const Observations& observations)
        : observations_(observations),
          counts_(static_cast<std::size_t>(observations.coverage.length()), 0.0) {
        for (const DatedCount& counted : observations.counts) {
            const sys_days day = middle_day(counted.days);
            if (observations.coverage.contains(day)) counts_[place(day)] += counted.count;
        }
    }

    /// Requires: the windows within the coverage.
    [[nodiscard]] std::vector<SeriesDay> series(const Windows& windows) const {
        std::vector<SeriesDay> days;
        const auto add = [&](Days range, Part part) {
            for (sys_days day = range.first; day < range.end; day += std::chrono::days(1)) {
                const double exposure = exposure_on(observations_, day);
                if (exposure > 0)
                    days.push_back(
                        {.day = day, .part = part, .count = counts_[place(day)], .exposure = exposure});
            }
        };
        add(windows.before, Part::before);
        add(windows.after, Part::after);
        return days;
    }

private:
    [[nodiscard]] std::size_t place(sys_days day) const {
        return static_cast<std::size_t>((day - observations_.coverage.first).count());
    }

    const Observations& observations_;
    std::vector<double> counts_;
};

/// The windows, the truce's cut to its first days where it is longer than the days before: a trend is carried
/// on no further than it was watched.
Windows within_reach(Windows windows) {
    windows.after.end =
        std::min(windows.after.end, windows.after.first + std::chrono::days(windows.before.length()));
    return windows;
}

/// What of a series decides which terms its model can hold.
struct Extent {
    std::int64_t before = 0;
    std::int64_t after = 0;
    double counted_before = 0;
    double counted_after = 0;
    bool every_weekday = false;
    [[nodiscard]] double counted() const { return counted_before + counted_after; }
};

Extent extent_of(std::span<const SeriesDay> days) {
    Extent extent;
    std::array<double, 7> by_weekday{};
    for (const SeriesDay& day : days) {
        if (day.part == Part::pre_truce) continue;
        (day.part == Part::after ? extent.after : extent.before) += 1;
        (day.part == Part::after ? extent.counted_after : extent.counted_before) += day.count;
        by_weekday[std::chrono::weekday(day.day).c_encoding()] += day.count;
    }
    extent.every_weekday = std::ranges::all_of(by_weekday, [](double count) { return count > 0; });
    return extent;
}

ModelTerms terms_for(const Extent& extent) {
    ModelTerms terms{.coefficients = 2};
    const auto fits = [&](int more) {
        return extent.counted() >= counted_per_coefficient * (terms.coefficients + more);
    };
    if (extent.before >= days_for_trend && fits(1)) {
        terms.trend = true;
        ++terms.coefficients;
    }
    if (terms.trend && extent.after >= days_for_slope && fits(1)) {
        terms.slope = true;
        ++terms.coefficients;
    }
    while (extent.before >= days_for_season && terms.harmonics < 2 && fits(2)) {
        ++terms.harmonics;
        terms.coefficients += 2;
    }
    if (extent.before + extent.after >= days_for_weekdays && extent.every_weekday && fits(6)) {
        terms.weekday = true;
        terms.coefficients += 6;
    }
    return terms;
}

/// The explaining columns of one day. `under_truce` need not be what the day was.
std::vector<double> predictor(sys_days day, sys_days truce, bool under_truce, const ModelTerms& terms) {
    std::vector<double> x;
    x.reserve(static_cast<std::size_t>(terms.coefficients));
    x.push_back(1);
    const auto t = static_cast<double>((day - truce).count());
    const double d = under_truce ? 1 : 0;
    if (terms.trend) x.push_back(t);
    x.push_back(d);
    if (terms.slope) x.push_back(d * t);
    for (int wave = 1; wave <= terms.harmonics; ++wave) {
        const double angle =
            2 * std::numbers::pi * wave * static_cast<double>(day.time_since_epoch().count()) / days_of_year;
        x.push_back(std::sin(angle));
        x.push_back(std::cos(angle));
    }
    if (terms.weekday) {
        const unsigned weekday = std::chrono::weekday(day).c_encoding();
        for (unsigned other = 1; other < 7; ++other) x.push_back(weekday == other ? 1 : 0);
    }
    return x;
}

std::size_t place_of_step(const ModelTerms& terms) {
    return terms.trend ? 2 : 1;
}

/// Columns that own their numbers.
struct Columns {
    std::vector<double> counts;
    std::vector<double> offset;
    std::vector<std::vector<double>> columns;

    void add(double count, double exposure, std::span<const double> x) {
        columns.resize(x.size());
        counts.push_back(count);
        offset.push_back(std::log(exposure));
        for (std::size_t j = 0; j < x.size(); ++j) columns[j].push_back(x[j]);
    }
    [[nodiscard]] CountData data() const {
        CountData data{.counts = counts, .columns = {}, .offset = offset};
        for (const auto& column : columns) data.columns.emplace_back(column);
        return data;
    }
};

double normal_p(double z) {
    return std::erfc(std::abs(z) / std::numbers::sqrt2);
}

/// The covariances of the coefficients, both ways.
struct Errors {
    Symmetric model;
    Symmetric robust;

    [[nodiscard]] double larger_error(std::span<const double> weights) const {
        return std::sqrt(std::max(model.variance_of_sum(weights), robust.variance_of_sum(weights)));
    }
};

ModelEffect effect_of(double log_ratio, std::span<const double> gradient, const Errors& errors,
                      numeric::Level level) {
    ModelEffect effect{.ratio = std::exp(log_ratio), .interval = {}};
    effect.model_error = std::sqrt(errors.model.variance_of_sum(gradient));
    effect.robust_error = std::sqrt(errors.robust.variance_of_sum(gradient));
    const double error = std::max(effect.model_error, effect.robust_error);
    const double reach = numeric::normal_reach(level) * error;
    effect.interval = {std::exp(log_ratio - reach), std::exp(log_ratio + reach)};
    effect.p = normal_p(log_ratio / error);
    return effect;
}

double linear(std::span<const double> x, std::span<const double> coefficients) {
    return std::inner_product(x.begin(), x.end(), coefficients.begin(), 0.0);
}

/// A sum of means that depend on the coefficients, and the derivatives of its logarithm.
class SumOfMeans {
public:
    explicit SumOfMeans(std::size_t coefficients) : gradient_(coefficients, 0.0) {}
    void add(double mean, std::span<const double> x) {
        sum_ += mean;
        for (std::size_t j = 0; j < x.size(); ++j) gradient_[j] += mean * x[j];
    }
    [[nodiscard]] double log() const { return std::log(sum_); }
    [[nodiscard]] double gradient(std::size_t j) const { return gradient_[j] / sum_; }

private:
    double sum_ = 0;
    std::vector<double> gradient_;
};

/// The fit of one series: the coefficients, and what was fitted.
struct Fitted {
    CountFit fit;
    Columns columns;
    std::vector<std::int64_t> times;
};

Result<Fitted> fit_series(std::span<const SeriesDay> days, sys_days truce, const ModelTerms& terms) {
    Fitted fitted;
    for (const SeriesDay& day : days) {
        if (day.part == Part::pre_truce) continue;
        fitted.columns.add(day.count, day.exposure,
                           predictor(day.day, truce, day.part == Part::after, terms));
        fitted.times.push_back((day.day - truce).count());
    }
    auto fit = numeric::fit_counts(fitted.columns.data());
    if (!fit) return tl::unexpected(fit.error());
    fitted.fit = std::move(*fit);
    return fitted;
}

/// The logarithm of the ratio of all expected under the truce, with it and without, and its derivatives.
std::pair<double, std::vector<double>> log_average(std::span<const SeriesDay> days, sys_days truce,
                                                   const ModelTerms& terms,
                                                   std::span<const double> coefficients) {
    SumOfMeans with(coefficients.size());
    SumOfMeans without(coefficients.size());
    for (const SeriesDay& day : days) {
        if (day.part != Part::after) continue;
        const auto x = predictor(day.day, truce, true, terms);
        const auto x_without = predictor(day.day, truce, false, terms);
        with.add(day.exposure * std::exp(linear(x, coefficients)), x);
        without.add(day.exposure * std::exp(linear(x_without, coefficients)), x_without);
    }
    std::vector<double> gradient(coefficients.size());
    for (std::size_t j = 0; j < gradient.size(); ++j) gradient[j] = with.gradient(j) - without.gradient(j);
    return {with.log() - without.log(), std::move(gradient)};
}

InterruptedSeries describe(const Fitted& fitted, std::span<const SeriesDay> days, sys_days truce,
                           const ModelTerms& terms, numeric::Level level) {
    const CountFit& fit = fitted.fit;
    const CountData data = fitted.columns.data();
    InterruptedSeries series{.terms = terms,
                             .family = fit.family,
                             .theta = fit.theta,
                             .dispersion = fit.poisson_pearson,
                             .log_likelihood = fit.log_likelihood,
                             .rows = data.rows(),
                             .lag = std::max(least_lag, numeric::newey_west_lag(data.rows())),
                             .at_start = {},
                             .under_truce = {truce, days.back().day + std::chrono::days(1)},
                             .average = {},
                             .days = {}};
    const auto rows = static_cast<double>(data.rows());
    const Errors errors{.model = fit.covariance,
                        .robust = numeric::newey_west(data, fit, fitted.times, series.lag)
                                      .times(rows / (rows - static_cast<double>(terms.coefficients)))};
    std::vector<double> step(fit.coefficients.size(), 0.0);
    step[place_of_step(terms)] = 1;
    series.at_start = effect_of(fit.coefficients[place_of_step(terms)], step, errors, level);
    const auto [log_ratio, gradient] = log_average(days, truce, terms, fit.coefficients);
    series.average = effect_of(log_ratio, gradient, errors, level);

    const double reach = numeric::normal_reach(level);
    for (const SeriesDay& day : days) {
        const bool under = day.part == Part::after;
        const auto x = predictor(day.day, truce, false, terms);
        const double log_without = linear(x, fit.coefficients);
        const double without = day.exposure * std::exp(log_without);
        const double spread = std::exp(reach * errors.larger_error(x));
        const double with =
            under ? day.exposure * std::exp(linear(predictor(day.day, truce, true, terms), fit.coefficients))
                  : without;
        series.days.push_back({.day = day.day,
                               .part = day.part,
                               .count = day.count,
                               .exposure = day.exposure,
                               .fitted = with,
                               .expected_without = without,
                               .without_range = {without / spread, without * spread}});
    }
    return series;
}

/// The word by the fixed rule.
Change change_by(Interval interval) {
    if (interval.high < 1) return Change::fell;
    if (interval.low > 1) return Change::rose;
    return Change::no_clear_change;
}

ModelComparison compare(const Observations& observations, const Windows& windows,
                        const TrendSettings& settings, const Comparison& comparison) {
    ModelComparison answer;
    if (comparison.why_not) {
        answer.why_not = NoModel::no_comparison;
        return answer;
    }
    const std::vector<SeriesDay> days = series_of(observations, within_reach(windows));
    const Extent extent = extent_of(days);
    if (extent.counted() < static_cast<double>(least_for_model)) {
        answer.why_not = NoModel::too_few_counted;
        return answer;
    }
    if (extent.counted_before <= 0 || extent.counted_after <= 0) {
        answer.why_not = NoModel::nothing_counted_in_a_window;
        return answer;
    }
    const ModelTerms terms = terms_for(extent);
    const sys_days truce = settings.truce.first;
    const auto fitted = fit_series(days, truce, terms);
    if (!fitted) {
        answer.why_not = NoModel::not_determined;
        return answer;
    }
    answer.series = describe(*fitted, days, truce, terms, settings.level);
    const Interval interval = answer.series->average.interval;
    answer.change = change_by(interval);
    if (answer.change == Change::fell) answer.reporting_change_that_erases_it = interval.high;
    if (answer.change == Change::rose) answer.reporting_change_that_erases_it = interval.low;
    return answer;
}

std::optional<PlaceboRank> placebo_rank(const Observations& observations, const TrendSettings& settings,
                                        const InterruptedSeries& series) {
    const Windows truce = within_reach(windows_set_apart(settings, observations.coverage));
    const DailyCounts daily(observations);
    PlaceboRank rank;
    const auto free_of_the_flare = truce.after.end - (settings.truce.before_end - settings.pre_truce);
    for (auto by = free_of_the_flare; rank.dates < settings.placebo_dates; by += std::chrono::weeks(1)) {
        const Windows placebo = earlier(truce, by);
        if (placebo.before.first < observations.coverage.first) break;
        const std::vector<SeriesDay> days = daily.series(placebo);
        const Extent extent = extent_of(days);
        if (extent.counted_before <= 0) continue;
        double ratio = 0;
        if (extent.counted_after > 0) {
            // The same terms as at the truce, as far as this stretch of days carries them.
            ModelTerms terms = series.terms;
            if (terms.weekday && !extent.every_weekday) {
                terms.weekday = false;
                terms.coefficients -= 6;
            }
            const sys_days date = settings.truce.first - by;
            const auto fitted = fit_series(days, date, terms);
            if (!fitted) continue;
            ratio = std::exp(log_average(days, date, terms, fitted->fit.coefficients).first);
        }
        ++rank.dates;
        if (ratio <= series.average.ratio) ++rank.as_low;
        if (ratio >= series.average.ratio) ++rank.as_high;
    }
    if (rank.dates < PlaceboRank::least_dates) return std::nullopt;
    return rank;
}

/// The watched days before those set apart, at most a year of them: the longer the history, the more surely
/// clusters are seen.
std::vector<SeriesDay> year_before(const Observations& observations, const Windows& windows) {
    constexpr std::chrono::days longest{365};
    return DailyCounts(observations)
        .series({.before = {std::max(observations.coverage.first, windows.before.end - longest),
                            windows.before.end},
                 .pre_truce = {},
                 .after = {}});
}

std::optional<Excitation> excitation_before(std::span<const SeriesDay> days, std::uint64_t seed) {
    std::vector<double> counts;
    for (const SeriesDay& day : days) counts.push_back(day.count);
    // The hours are drawn fewer times where there are many incidents: their own number averages.
    constexpr double many = 2000;
    const double counted = std::accumulate(counts.begin(), counts.end(), 0.0);
    const auto fit = numeric::fit_daily_hawkes(counts, {.draws = counted > many ? 5U : 20U, .seed = seed});
    if (!fit) return std::nullopt;
    return Excitation{*fit};
}

std::optional<Unevenness> unevenness_before(std::span<const SeriesDay> days) {
    std::vector<double> counts;
    std::vector<double> exposure;
    for (const SeriesDay& day : days) {
        counts.push_back(day.count);
        exposure.push_back(day.exposure);
    }
    const auto measured = numeric::measure_dispersion({.counts = counts, .exposure = exposure}, {});
    std::optional<Unevenness> most;
    for (std::size_t i = 0; i < measured.blocks.size(); ++i) {
        const numeric::PearsonSum& sum = measured.blocks[i];
        if (sum.degrees < numeric::MeasuredDispersion::enough_blocks) continue;
        const double p = boost::math::cdf(
            boost::math::complement(boost::math::chi_squared(sum.degrees), std::max(0.0, sum.chi_squared)));
        if (most && p >= most->p) continue;
        most = Unevenness{
            .stretch_days = static_cast<std::int64_t>(numeric::MeasuredDispersion::block_days[i]),
            .dispersion = *sum.phi(),
            .p = p};
    }
    return most;
}

/// How many times more successive weeks differ than those of a Poisson process; at least 1. The median of all
/// pairs, so that a change or two of the rate are not taken for dispersion.
double weekly_dispersion(std::span<const double> counts, std::span<const double> exposure) {
    constexpr std::size_t week = 7;
    std::vector<double> squares;
    for (std::size_t at = 0; at + 2 * week <= counts.size(); at += week) {
        const auto sum = [](std::span<const double> of) {
            return std::accumulate(of.begin(), of.end(), 0.0);
        };
        const double first = sum(counts.subspan(at, week));
        const double second = sum(counts.subspan(at + week, week));
        const double first_watched = sum(exposure.subspan(at, week));
        const double second_watched = sum(exposure.subspan(at + week, week));
        if (first + second <= 0 || first_watched <= 0 || second_watched <= 0) continue;
        const double rate = (first + second) / (first_watched + second_watched);
        const double apart = first / first_watched - second / second_watched;
        squares.push_back(apart * apart / (rate / first_watched + rate / second_watched));
    }
    constexpr std::size_t enough = 5;
    if (squares.size() < enough) return 1;
    std::ranges::sort(squares);
    constexpr double median_of_chi_squared = 0.454936423119573;
    return std::max(1.0, numeric::sample_quantile(squares, {0.5}) / median_of_chi_squared);
}

std::optional<RateChanges> changes_of(const Observations& observations, const Windows& windows,
                                      const Comparison& comparison) {
    const Days days{windows.before.first, windows.after.end};
    std::vector<double> counts(static_cast<std::size_t>(days.length()), 0.0);
    // A day that the truce splits belongs to no window, and is passed over like one that nobody watched.
    std::vector<double> exposure(counts.size(), 0.0);
    for (const SeriesDay& day : series_of(observations, windows)) {
        const auto at = static_cast<std::size_t>((day.day - days.first).count());
        counts[at] = day.count;
        exposure[at] = day.exposure;
    }
    const double phi = weekly_dispersion(counts, exposure);
    for (double& count : counts) count /= phi;
    const numeric::RateSeries series{.counts = counts, .exposure = exposure};
    RateChanges changes{.days = days,
                        .segments = numeric::pelt(series, numeric::ChangePenalty::mbic, 7),
                        .single = {},
                        .single_range = {},
                        .alarms = {}};
    if (const auto single = numeric::single_change(series)) {
        const double gain = 2 * (single->log_likelihood - single->log_likelihood_without);
        if (gain > 3 * std::log(static_cast<double>(counts.size()))) {
            const auto range = single->interval();
            const auto day = [&](std::size_t after) {
                return days.first + std::chrono::days(static_cast<std::int64_t>(after));
            };
            changes.single = day(single->after);
            changes.single_range = Days{day(range.first), day(range.last) + std::chrono::days(1)};
        }
    }
    const double rate = std::max(comparison.before.rate.value_or(0) / phi, 1e-3);
    const auto states =
        numeric::follow_changes(series, {.prior_count = 1, .prior_exposure = 1 / rate, .mean_run = 100});
    constexpr double alarm = 0.5;
    bool alarmed = false;
    for (std::size_t at = 0; at < states.size(); ++at) {
        const sys_days day = days.first + std::chrono::days(static_cast<std::int64_t>(at));
        const bool now = at > 7 && states[at].recent_change > alarm;
        if (now && !alarmed && windows.after.contains(day)) changes.alarms.push_back(day);
        alarmed = now;
    }
    if (!states.empty()) changes.recent_change = states.back().recent_change;
    return changes;
}

}  // namespace

ModelTrend model_trend(const Observations& observations, const TrendSettings& settings,
                       const Trend& comparison, std::uint64_t seed) {
    const Windows apart = windows_set_apart(settings, observations.coverage);
    ModelTrend trend{.set_apart = compare(observations, apart, settings, comparison.set_apart),
                     .included = compare(observations, windows_included(settings, observations.coverage),
                                         settings, comparison.included),
                     .placebo = {},
                     .excitation = {},
                     .unevenness = {},
                     .changes = {}};
    if (trend.set_apart.series) trend.placebo = placebo_rank(observations, settings, *trend.set_apart.series);
    if (comparison.set_apart.estimate) {
        if (observations.outcome == Outcome::incidents) {
            const auto year = year_before(observations, apart);
            trend.excitation = excitation_before(year, seed);
            trend.unevenness = unevenness_before(year);
        }
        trend.changes = changes_of(observations, apart, comparison.set_apart);
    }
    return trend;
}

std::optional<AcrossAreas> effect_across_areas(std::span<const Group> areas, const TrendSettings& settings,
                                               std::uint64_t seed) {
    struct Area {
        double counted;
        std::size_t place;
        std::vector<SeriesDay> days;
    };
    std::vector<Area> kept;
    std::uint32_t left_out = 0;
    for (std::size_t i = 0; i < areas.size(); ++i) {
        const Observations& observations = areas[i].observations;
        if (observations.recording == Recording::selection) return std::nullopt;
        auto days = series_of(observations, within_reach(windows_set_apart(settings, observations.coverage)));
        const double counted = extent_of(days).counted();
        if (counted < static_cast<double>(settings.least_count)) {
            ++left_out;
            continue;
        }
        kept.push_back({.counted = counted, .place = i, .days = std::move(days)});
    }
    std::ranges::stable_sort(kept, std::ranges::greater{}, &Area::counted);
    if (kept.size() > most_areas) {
        left_out += static_cast<std::uint32_t>(kept.size() - most_areas);
        kept.resize(most_areas);
    }
    if (kept.size() < least_areas) return std::nullopt;
    std::ranges::sort(kept, {}, &Area::place);

    Extent all;
    std::int64_t last = 0;
    for (const Area& area : kept) {
        const Extent own = extent_of(area.days);
        all.before = std::max(all.before, own.before);
        all.after = std::max(all.after, own.after);
        all.counted_before += own.counted_before;
        all.counted_after += own.counted_after;
        for (const SeriesDay& day : area.days)
            last = std::max(last, (day.day - settings.truce.first).count());
    }
    if (all.after < settings.least_after.count() || all.before < settings.least_before.count() ||
        all.counted_before <= 0 || all.counted_after <= 0) {
        return std::nullopt;
    }

    const bool slope = all.after >= days_for_slope;
    const double middle = static_cast<double>(last) / 2;
    Columns columns;
    std::vector<std::uint32_t> area_of_row;
    for (std::uint32_t a = 0; a < kept.size(); ++a) {
        for (const SeriesDay& day : kept[a].days) {
            if (day.part == Part::pre_truce) continue;
            const auto t = static_cast<double>((day.day - settings.truce.first).count());
            const double d = day.part == Part::after ? 1 : 0;
            std::vector<double> x{d, t};
            if (slope) x.push_back(d * (t - middle));
            const std::size_t levels = x.size();
            x.resize(levels + kept.size(), 0.0);
            x[levels + a] = 1;
            columns.add(day.count, day.exposure, x);
            area_of_row.push_back(a);
        }
    }
    const CountData data = columns.data();
    const numeric::RowGroups groups{.of_row = area_of_row, .count = static_cast<std::uint32_t>(kept.size())};
    const auto fit = numeric::fit_counts(data);
    if (!fit) return std::nullopt;
    AcrossAreas across{.areas = groups.count,
                       .left_out = left_out,
                       .errors = AcrossAreas::Errors::by_area,
                       .effect = {},
                       .family = fit->family,
                       .theta = fit->theta};
    const Errors errors{.model = fit->covariance, .robust = numeric::cluster_robust(data, *fit, groups)};
    std::vector<double> step(data.columns.size(), 0.0);
    step[0] = 1;
    across.effect = effect_of(fit->coefficients[0], step, errors, settings.level);
    if (groups.count < enough_areas_for_clusters) {
        const auto wild =
            numeric::wild_cluster_interval(data, groups, 0, {.seed = seed, .level = settings.level});
        if (!wild) return std::nullopt;
        across.errors = AcrossAreas::Errors::wild_bootstrap;
        across.effect.interval = {std::exp(wild->interval.low), std::exp(wild->interval.high)};
        across.effect.p = wild->p;
    }
    across.change = change_by(across.effect.interval);
    return across;
}

}  // namespace truce::analysis
