// SPDX-License-Identifier: Apache-2.0
#include "analysis/trend.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <tuple>
#include <utility>

#include "analysis/numeric/multiplicity.h"
#include "analysis/numeric/normal.h"
#include "analysis/numeric/pooling.h"
#include "analysis/numeric/rate_ratio.h"
#include "analysis/numeric/sum.h"
#include "analysis/windows.h"

namespace truce::analysis {

namespace {

using numeric::Dispersion;
using std::chrono::sys_days;

constexpr numeric::Level bound_level{0.95};
constexpr std::size_t enough_to_pool = 3;

/// The whole counts of a window by day, and how much of each day was watched.
class DaysOfWindow {
public:
    DaysOfWindow(Days days, const Observations& observations)
        : days_(days), counts_(static_cast<std::size_t>(days.length()), 0.0), exposure_(counts_.size(), 1.0) {
        if (observations.exposure.empty() || days.empty()) return;
        const auto start = observations.exposure.begin() + (days.first - observations.coverage.first).count();
        std::copy_n(start, exposure_.size(), exposure_.begin());
    }

    /// Counts `counted` on its middle day, or on the nearest to it in the window; false if nobody watched on
    /// that day.
    bool add(const DatedCount& counted) {
        const sys_days middle =
            std::clamp(middle_day(counted.days), days_.first, days_.end - std::chrono::days(1));
        const auto day = static_cast<std::size_t>((middle - days_.first).count());
        if (exposure_[day] <= 0) return false;
        counts_[day] += counted.count;
        count_ += counted.count;
        return true;
    }

    [[nodiscard]] numeric::Stretch stretch() const { return {.counts = counts_, .exposure = exposure_}; }

    [[nodiscard]] Window summary(Outcome outcome) const {
        numeric::CompensatedSum exposure;
        for (const double day : exposure_) exposure.add(day);
        Window window{.days = days_,
                      .watched_days = std::ranges::count_if(exposure_, [](double day) { return day > 0; }),
                      .exposure = exposure.value(),
                      .count = count_,
                      .rate = {},
                      .bound_of_zero = {}};
        if (window.exposure > 0) {
            const numeric::Counted counted{.count = count_, .exposure = window.exposure};
            window.rate = counted.rate();
            if (count_ == 0 && outcome == Outcome::incidents)
                window.bound_of_zero = numeric::rate_upper_bound(counted, bound_level);
        }
        return window;
    }

private:
    Days days_;
    std::vector<double> counts_;
    std::vector<double> exposure_;
    std::uint64_t count_ = 0;
};

numeric::BeforeAfter counts_of(const Comparison& comparison) {
    return {.before = {.count = comparison.before.count, .exposure = comparison.before.exposure},
            .after = {.count = comparison.after.count, .exposure = comparison.after.exposure}};
}

bool can_be_estimated(const Comparison& comparison) {
    return comparison.before.exposure > 0 && comparison.after.exposure > 0 &&
           comparison.before.count + comparison.after.count > 0;
}

/// `widened_by` and all that follows from it.
void widen(Comparison& comparison, Dispersion by, numeric::Level level) {
    const numeric::BeforeAfter counts = counts_of(comparison);
    Estimate& estimate = comparison.estimate.value();
    estimate.widened_by = by;
    estimate.widened = numeric::widened_interval(counts, by, level);
    estimate.p = numeric::widened_p(counts, by);
    estimate.probability_fell = numeric::probability_fell(counts, by);
}

Estimate estimate_of(const Comparison& comparison, Outcome outcome, const TrendSettings& settings) {
    const numeric::BeforeAfter counts = counts_of(comparison);
    Estimate estimate;
    estimate.ratio = numeric::rate_ratio(counts);
    if (outcome == Outcome::incidents) {
        const numeric::RatioTest test = numeric::exact_rate_ratio(counts, settings.level);
        estimate.exact = ExactTest{
            .interval = test.interval, .p = test.p, .probability_fell = numeric::probability_fell(counts)};
    }
    return estimate;
}

std::optional<NoVerdict> why_no_verdict(const Comparison& comparison, const TrendSettings& settings) {
    if (comparison.after.watched_days == 0) return NoVerdict::nothing_watched_after;
    if (comparison.before.watched_days == 0) return NoVerdict::nothing_watched_before;
    if (comparison.after.watched_days < settings.least_after.count()) return NoVerdict::too_early;
    if (comparison.before.watched_days < settings.least_before.count()) return NoVerdict::baseline_too_short;
    if (comparison.before.count + comparison.after.count == 0) return NoVerdict::nothing_counted;
    return std::nullopt;
}

/// The word by the fixed rule, and what follows from the word.
void judge(Comparison& comparison) {
    comparison.reporting_change_that_erases_it.reset();
    if (comparison.why_not) {
        comparison.change = Change::cannot_be_estimated;
        return;
    }
    const numeric::Interval interval = comparison.estimate.value().widened;
    if (interval.high < 1) {
        comparison.change = Change::fell;
        comparison.reporting_change_that_erases_it = interval.high;
    } else if (interval.low > 1) {
        comparison.change = Change::rose;
        comparison.reporting_change_that_erases_it = interval.low;
    } else {
        comparison.change = Change::no_clear_change;
    }
}

Comparison compare(const Observations& observations, const Windows& windows, const TrendSettings& settings) {
    DaysOfWindow before(windows.before, observations);
    DaysOfWindow after(windows.after, observations);
    LeftOut left_out;
    for (const DatedCount& counted : observations.counts) {
        assert(!counted.days.empty());
        switch (where(counted.days, windows)) {
            case Where::before:
                if (!before.add(counted)) left_out.unwatched += counted.count;
                break;
            case Where::after:
                if (!after.add(counted)) left_out.unwatched += counted.count;
                break;
            case Where::pre_truce:
                left_out.pre_truce += counted.count;
                break;
            case Where::outside:
                left_out.outside += counted.count;
                break;
            case Where::undated:
                left_out.undated += counted.count;
                break;
        }
    }

    Comparison comparison;
    comparison.before = before.summary(observations.outcome);
    comparison.after = after.summary(observations.outcome);
    comparison.left_out = left_out;
    comparison.why_not = why_no_verdict(comparison, settings);
    const bool selection = observations.recording == Recording::selection;
    if (selection) {
        comparison.why_not = NoVerdict::selection_only;
        for (Window* window : {&comparison.before, &comparison.after}) {
            window->rate.reset();
            window->bound_of_zero.reset();
        }
    }
    if (!selection && can_be_estimated(comparison)) {
        comparison.estimate = estimate_of(comparison, observations.outcome, settings);
        comparison.estimate->dispersion = numeric::measure_dispersion(before.stretch(), after.stretch());
        widen(comparison, comparison.estimate->dispersion.used(), settings.level);
    }
    judge(comparison);
    return comparison;
}

/// Counts and exposure added up from the first covered day on, each count on its middle day.
class RunningSums {
public:
    explicit RunningSums(const Observations& observations)
        : coverage_(observations.coverage),
          counts_(static_cast<std::size_t>(coverage_.length()) + 1, 0),
          exposure_(counts_.size(), 0.0) {
        for (const DatedCount& counted : observations.counts) {
            const sys_days day = middle_day(counted.days);
            if (coverage_.contains(day)) counts_[place(day) + 1] += counted.count;
        }
        numeric::CompensatedSum exposure;
        for (std::size_t day = 0; day + 1 < counts_.size(); ++day) {
            const double watched = observations.exposure.empty() ? 1.0 : observations.exposure[day];
            exposure.add(watched);
            exposure_[day + 1] = exposure.value();
            counts_[day + 1] = counts_[day] + (watched > 0 ? counts_[day + 1] : 0);
        }
    }

    /// Requires: `days` within the coverage.
    [[nodiscard]] double count(Days days) const {
        return static_cast<double>(counts_[place(days.end)] - counts_[place(days.first)]);
    }
    [[nodiscard]] double exposure(Days days) const {
        return exposure_[place(days.end)] - exposure_[place(days.first)];
    }

private:
    [[nodiscard]] std::size_t place(sys_days day) const {
        return static_cast<std::size_t>((day - coverage_.first).count());
    }

    Days coverage_;
    std::vector<std::uint64_t> counts_;
    std::vector<double> exposure_;
};

/// The log of the rate after over the rate before; infinite with nothing on one side. Nothing with nothing on
/// either.
std::optional<double> log_ratio(const RunningSums& sums, const Windows& windows) {
    const double before = sums.count(windows.before) * sums.exposure(windows.after);
    const double after = sums.count(windows.after) * sums.exposure(windows.before);
    if (before <= 0 && after <= 0) return std::nullopt;
    return std::log(after) - std::log(before);
}

std::optional<PlaceboRank> placebo_rank(const Observations& observations, const TrendSettings& settings) {
    const Windows truce = windows_set_apart(settings, observations.coverage);
    if (truce.before.empty() || truce.after.empty()) return std::nullopt;
    const RunningSums sums(observations);
    const auto at_truce = log_ratio(sums, truce);
    if (!at_truce) return std::nullopt;

    PlaceboRank rank;
    const auto free_of_the_flare = truce.after.end - (settings.truce.before_end - settings.pre_truce);
    for (auto by = free_of_the_flare; rank.dates < settings.placebo_dates; by += std::chrono::weeks(1)) {
        const Windows placebo = earlier(truce, by);
        if (placebo.before.first < observations.coverage.first) break;
        const auto ratio = log_ratio(sums, placebo);
        if (!ratio) continue;
        ++rank.dates;
        // Rounding must not part ratios that are equal.
        constexpr double slack = 1e-9;
        if (*ratio <= *at_truce + slack) ++rank.as_low;
        if (*ratio >= *at_truce - slack) ++rank.as_high;
    }
    if (rank.dates < PlaceboRank::least_dates) return std::nullopt;
    return rank;
}

void check([[maybe_unused]] const Observations& observations,
           [[maybe_unused]] const TrendSettings& settings) {
    assert(observations.exposure.empty() ||
           observations.exposure.size() == static_cast<std::size_t>(observations.coverage.length()));
    assert(std::ranges::all_of(observations.exposure,
                               [](double day) { return day >= 0 && std::isfinite(day); }));
    assert(settings.truce.before_end <= settings.truce.first);
    assert(settings.baseline.count() >= 0 && settings.pre_truce.count() >= 0);
}

/// Widens each group's interval by the dispersion among all of them where that is more than its own.
void widen_together(std::span<Comparison* const> comparisons, numeric::Level level) {
    numeric::MeasuredDispersion together;
    for (const Comparison* comparison : comparisons) {
        if (comparison->estimate) together += comparison->estimate->dispersion;
    }
    for (Comparison* comparison : comparisons) {
        if (!comparison->estimate) continue;
        widen(*comparison, std::max(together.used(), comparison->estimate->dispersion.used()), level);
        judge(*comparison);
    }
}

/// The q-value of each comparison; takes back the words that the number of comparisons does not allow.
std::vector<std::optional<double>> allow_for_number(std::span<Comparison* const> comparisons,
                                                    const TrendSettings& settings) {
    std::vector<std::size_t> judged;
    std::vector<double> p_values;
    for (std::size_t i = 0; i < comparisons.size(); ++i) {
        Comparison& comparison = *comparisons[i];
        if (!comparison.why_not && comparison.before.count + comparison.after.count < settings.least_count) {
            comparison.why_not = NoVerdict::too_few_counted;
            judge(comparison);
        }
        if (comparison.why_not) continue;
        judged.push_back(i);
        p_values.push_back(comparison.estimate.value().p);
    }

    const std::vector<double> q_values = numeric::benjamini_hochberg(p_values);
    std::vector<std::optional<double>> answer(comparisons.size());
    for (std::size_t j = 0; j < judged.size(); ++j) {
        answer[judged[j]] = q_values[j];
        Comparison& comparison = *comparisons[judged[j]];
        if (q_values[j] > 1 - settings.level.value) {
            comparison.change = Change::no_clear_change;
            comparison.reporting_change_that_erases_it.reset();
        }
    }
    return answer;
}

/// The log ratio with 1/2 added to both counts, so that it exists when one of them is 0 (Haldane 1956, Ann.
/// Hum. Genet. 20: 309).
numeric::Noisy log_ratio(const Comparison& comparison) {
    const double before = static_cast<double>(comparison.before.count) + 0.5;
    const double after = static_cast<double>(comparison.after.count) + 0.5;
    return {
        .value = std::log(after / comparison.after.exposure) - std::log(before / comparison.before.exposure),
        .variance = comparison.estimate.value().widened_by.phi() * (1 / before + 1 / after)};
}

void pool_ratios(std::span<GroupTrend> groups, numeric::Level level) {
    std::vector<GroupTrend*> estimated;
    std::vector<numeric::Noisy> log_ratios;
    for (GroupTrend& group : groups) {
        if (group.trend.set_apart.why_not) continue;
        estimated.push_back(&group);
        log_ratios.push_back(log_ratio(group.trend.set_apart));
    }
    if (estimated.size() < enough_to_pool) return;

    const numeric::Pooling pooling = numeric::pool(log_ratios);
    for (std::size_t i = 0; i < estimated.size(); ++i) {
        const auto [value, variance] = pooling.pooled[i];
        const double reach = normal_reach(level) * std::sqrt(variance);
        estimated[i]->pooled = PooledRatio{.ratio = std::exp(value),
                                           .interval = {std::exp(value - reach), std::exp(value + reach)}};
    }
}

}  // namespace

DailySeries daily_series(const Observations& observations) {
    const Days coverage = observations.coverage;
    const auto covered = static_cast<std::size_t>(coverage.length());
    DailySeries series{.first = coverage.first, .counts = std::vector<double>(covered, 0.0), .outside = 0};

    // In a fixed order, so that the sums do not depend on the order given.
    std::vector<DatedCount> counts = observations.counts;
    std::ranges::sort(counts, {}, [](const DatedCount& c) { return std::tuple(c.days, c.count); });

    // What begins and ends on each day, so that a count known to the century costs no more than one known to
    // the day.
    std::vector<double> change(covered + 1, 0.0);
    std::vector<std::int64_t> opened(covered + 1, 0);
    numeric::CompensatedSum outside;
    for (const DatedCount& counted : counts) {
        assert(!counted.days.empty());
        const Days inside = in_both(counted.days, coverage);
        const double per_day = counted.count / static_cast<double>(counted.days.length());
        outside.add(per_day * static_cast<double>(counted.days.length() - inside.length()));
        if (inside.empty() || counted.count == 0) continue;
        const auto first = static_cast<std::size_t>((inside.first - coverage.first).count());
        const auto end = static_cast<std::size_t>((inside.end - coverage.first).count());
        if (counted.days.length() == 1) {
            series.counts[first] += counted.count;
            continue;
        }
        change[first] += per_day;
        change[end] -= per_day;
        ++opened[first];
        --opened[end];
    }
    numeric::CompensatedSum spread;
    std::int64_t open = 0;
    for (std::size_t day = 0; day < covered; ++day) {
        spread.add(change[day]);
        open += opened[day];
        // Rounding leaves a trace where all spread counts have ended; such a day holds nothing.
        if (open > 0) series.counts[day] += spread.value();
    }
    series.outside = outside.value();
    return series;
}

Trend did_violence_fall(const Observations& observations, const TrendSettings& settings) {
    check(observations, settings);
    return {.outcome = observations.outcome,
            .set_apart = compare(observations, windows_set_apart(settings, observations.coverage), settings),
            .included = compare(observations, windows_included(settings, observations.coverage), settings),
            .placebo = observations.recording == Recording::selection ? std::nullopt
                                                                      : placebo_rank(observations, settings)};
}

std::vector<GroupTrend> trends_by_group(std::span<const Group> groups, const TrendSettings& settings) {
    std::vector<GroupTrend> trends;
    trends.reserve(groups.size());
    for (const Group& group : groups) {
        trends.push_back({.name = group.name,
                          .trend = did_violence_fall(group.observations, settings),
                          .pooled = {},
                          .q = {}});
    }
    std::vector<Comparison*> set_apart;
    std::vector<Comparison*> included;
    for (GroupTrend& group : trends) {
        set_apart.push_back(&group.trend.set_apart);
        included.push_back(&group.trend.included);
    }
    widen_together(set_apart, settings.level);
    widen_together(included, settings.level);
    const auto q_values = allow_for_number(set_apart, settings);
    allow_for_number(included, settings);
    for (std::size_t i = 0; i < trends.size(); ++i) trends[i].q = q_values[i];
    pool_ratios(trends, settings.level);
    return trends;
}

}  // namespace truce::analysis
