// SPDX-License-Identifier: Apache-2.0
#include "analysis/interrupted_series.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <functional>

#include "base/random.h"

namespace truce::analysis {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr sys_days entry{std::chrono::year{2016} / 5 / 4};

TrendSettings ordinary() {
    return {.truce = {.before_end = entry, .first = entry, .end = {}}};
}

/// As many incidents on each day (counted from the truce's first) as `number` says.
Observations by_day(int first, int end, const std::function<std::uint32_t(int)>& number) {
    Observations observations{.outcome = Outcome::incidents,
                              .coverage = {entry + days(first), entry + days(end)},
                              .counts = {},
                              .exposure = {}};
    for (int day = first; day < end; ++day) {
        const std::uint32_t count = number(day);
        if (count > 0)
            observations.counts.push_back(
                {.days = {entry + days(day), entry + days(day + 1)}, .count = count});
    }
    return observations;
}

/// Independent incidents whose daily rate `rate` says.
Observations drawn(std::uint64_t seed, int first, int end, const std::function<double(int)>& rate) {
    return by_day(first, end, [&](int day) {
        return static_cast<std::uint32_t>(
            Random(seed, static_cast<std::uint64_t>(day + 10000)).poisson(rate(day)));
    });
}

ModelTrend model(const Observations& observations, const TrendSettings& settings = ordinary()) {
    return model_trend(observations, settings, did_violence_fall(observations, settings), 1);
}

TEST(ModelTrend, OfARateThatHalvesIsAHalf) {
    const ModelComparison apart =
        model(by_day(-200, 40, [](int day) { return day < 0 ? 4U : 2U; })).set_apart;
    const InterruptedSeries& series = apart.series.value();
    EXPECT_NEAR(series.average.ratio, 0.5, 1e-6);
    EXPECT_NEAR(series.at_start.ratio, 0.5, 1e-6);
    EXPECT_EQ(series.family, numeric::CountFamily::poisson);
    EXPECT_EQ(series.rows, 90U + 40U);
    EXPECT_EQ(apart.change, Change::fell);
    EXPECT_EQ(apart.reporting_change_that_erases_it, series.average.interval.high);
}

TEST(ModelTrend, DoesNotTakeADeclineThatGoesOnForTheTruces) {
    // Down by 2% a day before and after alike: the windows differ, the truce changes nothing.
    const Observations declining = drawn(4, -200, 40, [](int day) { return 3 * std::exp(-0.02 * day); });
    EXPECT_EQ(did_violence_fall(declining, ordinary()).set_apart.change, Change::fell);
    EXPECT_EQ(model(declining).set_apart.change, Change::no_clear_change);
}

TEST(ModelTrend, GivesTheTruceASlopeOnlyFromTheTwentyEighthDay) {
    const auto four = [](int) { return 4U; };
    EXPECT_FALSE(model(by_day(-200, 27, four)).set_apart.series.value().terms.slope);
    EXPECT_TRUE(model(by_day(-200, 28, four)).set_apart.series.value().terms.slope);
}

TEST(ModelTrend, LooksNoFurtherIntoTheTruceThanBack) {
    const auto series = model(by_day(-200, 130, [](int) { return 3U; })).set_apart.series.value();
    EXPECT_EQ(series.under_truce.length(), 90);
    EXPECT_EQ(series.rows, 180U);
}

TEST(ModelTrend, HoldsNoMoreTermsThanTheCountsBear) {
    // 30 counted: a level, the step, and a trend.
    const ModelTerms terms = model(by_day(-200, 40, [](int day) { return day % 4 == 0 ? 1U : 0U; }))
                                 .set_apart.series.value()
                                 .terms;
    EXPECT_TRUE(terms.trend);
    EXPECT_FALSE(terms.slope);
    EXPECT_FALSE(terms.weekday);
    EXPECT_EQ(terms.coefficients, 3);
}

TEST(ModelTrend, SaysThatTooFewWereCounted) {
    const auto apart = model(by_day(-200, 40, [](int day) { return day % 8 == 0 ? 1U : 0U; })).set_apart;
    EXPECT_EQ(apart.why_not, NoModel::too_few_counted);
    EXPECT_EQ(apart.change, Change::cannot_be_estimated);
}

TEST(ModelTrend, DoesNotExtrapolateToATruceWithoutAnyIncident) {
    const auto apart = model(by_day(-200, 40, [](int day) { return day < 0 ? 2U : 0U; })).set_apart;
    EXPECT_EQ(apart.why_not, NoModel::nothing_counted_in_a_window);
}

TEST(ModelTrend, GivesNoWordWhereTheWindowsGiveNone) {
    const auto apart = model(by_day(-200, 10, [](int) { return 3U; })).set_apart;
    EXPECT_EQ(apart.why_not, NoModel::no_comparison);
}

TEST(ModelTrend, LeavesTheFlareBeforeTheTruceOutAndShowsItIncluded) {
    const ModelTrend trend =
        model(drawn(8, -200, 40, [](int day) { return day < -14 || day >= 0 ? 3.0 : 15.0; }));
    EXPECT_EQ(trend.set_apart.change, Change::no_clear_change);
    EXPECT_LT(trend.included.series.value().average.ratio,
              0.7 * trend.set_apart.series.value().average.ratio);
    const auto& shown = trend.set_apart.series.value().days;
    EXPECT_EQ(std::ranges::count(shown, FittedDay::Part::pre_truce, &FittedDay::part), 14);
}

TEST(ModelTrend, TakesLessWatchingForLessExposure) {
    Observations observations = by_day(-200, 40, [](int day) { return day < 0 ? 4U : 2U; });
    observations.exposure.assign(240, 1.0);
    for (std::size_t day = 200; day < 240; ++day) observations.exposure[day] = 0.5;
    const auto apart = model(observations).set_apart;
    EXPECT_NEAR(apart.series.value().average.ratio, 1, 1e-6);
    EXPECT_EQ(apart.change, Change::no_clear_change);
}

TEST(ModelTrend, LeavesOutDaysThatNobodyWatched) {
    Observations observations = by_day(-200, 40, [](int) { return 3U; });
    observations.exposure.assign(240, 1.0);
    observations.exposure[205] = 0;
    EXPECT_EQ(model(observations).set_apart.series.value().rows, 90U + 39U);
}

TEST(ModelTrend, SeesWeekdays) {
    const auto series = model(drawn(3, -200, 60, [](int day) {
                            return (day + 210) % 7 == 0 ? 12.0 : 3.0;
                        })).set_apart.series.value();
    EXPECT_TRUE(series.terms.weekday);
    EXPECT_LT(series.dispersion, 1.4);
}

TEST(ModelTrend, WidensByNeweyAndWestWhereDaysResembleTheirNeighbours) {
    // Weeks of two a day and weeks of eight, at random.
    const auto weekly = by_day(-200, 60, [](int day) {
        return Random(5, static_cast<std::uint64_t>((day + 700) / 7)).uniform() < 0.5 ? 2U : 8U;
    });
    const ModelEffect effect = model(weekly).set_apart.series.value().average;
    EXPECT_GT(effect.robust_error, effect.model_error);
    EXPECT_GT(effect.interval.high / effect.ratio, std::exp(1.95 * effect.robust_error));
}

TEST(ModelTrend, RanksTheTruceAmongEarlierDates) {
    const ModelTrend trend = model(drawn(6, -700, 40, [](int day) { return day < 0 ? 4.0 : 1.0; }));
    const PlaceboRank rank = trend.placebo.value();
    EXPECT_GE(rank.dates, PlaceboRank::least_dates);
    EXPECT_EQ(rank.as_low, 0U);
}

TEST(ModelTrend, SeesThatIncidentsCallForthOthers) {
    // Outbreaks of some five days.
    const auto outbreaks = by_day(-200, 40, [](int day) {
        return Random(9, static_cast<std::uint64_t>((day + 700) / 5)).uniform() < 0.3 ? 6U : 0U;
    });
    const Excitation excited = model(outbreaks).excitation.value();
    EXPECT_TRUE(excited.clear());
    EXPECT_GT(excited.process.error_factor(), 1.5);
    const Excitation alone = model(drawn(2, -200, 40, [](int) { return 2.0; })).excitation.value();
    EXPECT_FALSE(alone.clear());
}

TEST(ModelTrend, FindsWhereTheRateChangedWithoutBeingTold) {
    const RateChanges at_truce =
        model(drawn(2, -200, 60, [](int day) { return day < 0 ? 6.0 : 1.5; })).changes.value();
    ASSERT_TRUE(at_truce.single);
    EXPECT_LE(std::abs((*at_truce.single - entry).count()), 2);
    EXPECT_EQ(at_truce.segments.size(), 2U);
    const RateChanges before =
        model(drawn(2, -200, 60, [](int day) { return day < -50 ? 6.0 : 1.5; })).changes.value();
    EXPECT_LE(std::abs((*before.single - (entry - days(50))).count()), 3);
    EXPECT_FALSE(model(drawn(2, -200, 60, [](int) { return 3.0; })).changes.value().single);
}

TEST(ModelTrend, RaisesAnAlarmWhenFightingResumes) {
    const RateChanges changes =
        model(drawn(5, -200, 90, [](int day) { return day < 0 || day >= 60 ? 8.0 : 1.0; })).changes.value();
    const auto near_relapse = [](sys_days day) { return day >= entry + days(60) && day < entry + days(67); };
    EXPECT_TRUE(std::ranges::any_of(changes.alarms, near_relapse));
}

TEST(ModelTrend, FollowsTheIntervalNeverThePoint) {
    EXPECT_TRUE(rc::check([](std::uint64_t seed) {
        const double after = 0.5 + 0.25 * *rc::gen::inRange(0, 16);
        Observations observations = drawn(seed, -120, 30, [&](int day) { return day < 0 ? 2.0 : after; });
        observations.outcome = Outcome::deaths;  // of which no excitation is estimated, which takes longest
        const auto apart = model(observations).set_apart;
        RC_PRE(apart.series.has_value());
        const numeric::Interval interval = apart.series->average.interval;
        RC_ASSERT((apart.change == Change::fell) == (interval.high < 1));
        RC_ASSERT((apart.change == Change::rose) == (interval.low > 1));
        RC_ASSERT(interval.contains(apart.series->average.ratio));
    }));
}

std::vector<Group> areas(std::uint32_t number, double ratio) {
    std::vector<Group> groups;
    for (std::uint32_t area = 0; area < number; ++area) {
        const double own = 0.5 + 0.3 * area;
        groups.push_back({.name = std::to_string(area),
                          .observations = drawn(50 + area, -150, 40,
                                                [&](int day) { return day < 0 ? own : ratio * own; })});
    }
    return groups;
}

TEST(EffectAcrossAreas, FindsTheEffectThatAllShare) {
    const AcrossAreas across = effect_across_areas(areas(8, 0.4), ordinary(), 1).value();
    EXPECT_EQ(across.areas, 8U);
    EXPECT_EQ(across.errors, AcrossAreas::Errors::wild_bootstrap);
    EXPECT_NEAR(across.effect.ratio, 0.4, 0.1);
    EXPECT_TRUE(across.effect.interval.contains(0.4));
    EXPECT_EQ(across.change, Change::fell);
}

TEST(EffectAcrossAreas, NeedsSixAreas) {
    EXPECT_FALSE(effect_across_areas(areas(5, 0.4), ordinary(), 1));
}

TEST(EffectAcrossAreas, LeavesOutAreasThatTellNothing) {
    auto groups = areas(8, 0.5);
    groups.push_back(
        {.name = "quiet", .observations = by_day(-150, 40, [](int day) { return day == -30 ? 1U : 0U; })});
    const AcrossAreas across = effect_across_areas(groups, ordinary(), 1).value();
    EXPECT_EQ(across.areas, 8U);
    EXPECT_EQ(across.left_out, 1U);
}

TEST(EffectAcrossAreas, SaysNothingInTheFirstTwoWeeks) {
    auto groups = areas(8, 0.5);
    for (Group& group : groups) group.observations.coverage.end = entry + days(13);
    EXPECT_FALSE(effect_across_areas(groups, ordinary(), 1));
}

}  // namespace
}  // namespace truce::analysis
