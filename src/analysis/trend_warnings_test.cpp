// SPDX-License-Identifier: Apache-2.0
#include "analysis/trend_warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/random.h"

namespace truce::analysis {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr sys_days entry{std::chrono::year{2016} / 5 / 4};

/// The warnings on a series drawn from a daily rate, from 200 days before the truce to `end` after it.
std::vector<TrendWarning> warned(std::uint64_t seed, int end, const std::function<double(int)>& rate,
                                 int first = -200) {
    Observations observations{.outcome = Outcome::incidents,
                              .coverage = {entry + days(first), entry + days(end)},
                              .counts = {},
                              .exposure = {}};
    for (int day = first; day < end; ++day) {
        const auto count = Random(seed, static_cast<std::uint64_t>(day + 10000)).poisson(rate(day));
        if (count > 0) {
            observations.counts.push_back({.days = {entry + days(day), entry + days(day + 1)},
                                           .count = static_cast<std::uint32_t>(count)});
        }
    }
    const TrendSettings settings{.truce = {.before_end = entry, .first = entry, .end = {}}};
    const Trend trend = did_violence_fall(observations, settings);
    return warnings_of(trend, model_trend(observations, settings, trend, 1), settings);
}

/// The warnings on incidents at times in days, the truce being day 379 of 419.
std::vector<TrendWarning> warned_of(const std::vector<double>& times) {
    Observations observations{
        .coverage = {entry - days(379), entry + days(40)}, .counts = {}, .exposure = {}};
    for (const double time : times) {
        const auto day = entry + days(static_cast<int>(time) - 379);
        observations.counts.push_back({.days = {day, day + days(1)}});
    }
    const TrendSettings settings{.truce = {.before_end = entry, .first = entry, .end = {}}};
    const Trend trend = did_violence_fall(observations, settings);
    return warnings_of(trend, model_trend(observations, settings, trend, 1), settings);
}

double fall(int day) {
    return day < 0 ? 5 : 1;
}

TEST(WarningsOf, APlainFallGivesNone) {
    EXPECT_THAT(warned(3, 40, fall), IsEmpty());
}

TEST(WarningsOf, AFlareBeforeTheTruceIsNamed) {
    const auto flare = [](int day) { return day < -14 ? 3.0 : day < 0 ? 20.0 : 3.0; };
    const auto warnings = warned(1, 40, flare);
    EXPECT_THAT(warnings, Contains(TrendWarning::flare_before_truce));
    EXPECT_THAT(warned(3, 40, fall), Not(Contains(TrendWarning::flare_before_truce)));
}

TEST(WarningsOf, AWordThatHangsOnTheWindowIsNamed) {
    Trend trend;
    trend.set_apart.change = Change::no_clear_change;
    trend.included.change = Change::fell;
    EXPECT_THAT(warnings_of(trend, {}, {}), ElementsAre(TrendWarning::window_matters));
    trend.included.change = Change::cannot_be_estimated;
    EXPECT_THAT(warnings_of(trend, {}, {}), IsEmpty());
}

TEST(WarningsOf, ADeclineThatWasUnderWayIsNamed) {
    const auto decline = [](int day) { return 3 * std::exp(-0.02 * day); };
    EXPECT_THAT(warned(4, 40, decline), Contains(TrendWarning::model_disagrees));
}

TEST(WarningsOf, AChangeLongBeforeTheTruceIsNamed) {
    const auto early = [](int day) { return day < -60 ? 8.0 : 2.0; };
    EXPECT_THAT(warned(1, 30, early), Contains(TrendWarning::changed_elsewhere));
}

TEST(WarningsOf, ATruceLongerThanItsBaselineIsNamed) {
    EXPECT_THAT(warned(3, 91, fall), Contains(TrendWarning::truce_outlasts_model));
    EXPECT_THAT(warned(3, 90, fall), Not(Contains(TrendWarning::truce_outlasts_model)));
}

TEST(WarningsOf, FightingThatResumedThisWeekIsNamed) {
    const auto resumed = [](int day) { return day < 0 || day >= 56 ? 8.0 : 1.0; };
    EXPECT_THAT(warned(5, 60, resumed), Contains(TrendWarning::changing_now));
}

TEST(WarningsOf, AFallAsCommonAtOtherDatesIsNamed) {
    Trend trend;
    trend.set_apart.change = Change::fell;
    trend.placebo = PlaceboRank{.dates = 40, .as_low = 2, .as_high = 38};
    EXPECT_THAT(warnings_of(trend, {}, {}), ElementsAre(TrendWarning::placebo_as_extreme));
    trend.placebo->as_low = 1;
    EXPECT_THAT(warnings_of(trend, {}, {}), IsEmpty());
}

TEST(WarningsOf, IncidentsThatCallForthOthersAreNamed) {
    // Each calls forth 0.6 others within some eight days.
    int named = 0;
    int uneven = 0;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        Random random(seed);
        std::vector<double> times;
        for (double time = random.exponential(); time < 419; time += random.exponential())
            times.push_back(time);
        for (std::size_t parent = 0; parent < times.size(); ++parent) {
            for (auto children = random.poisson(0.6); children > 0; --children)
                times.push_back(times[parent] + 8 * random.exponential());
        }
        const auto warnings = warned_of(times);
        named += std::ranges::count(warnings, TrendWarning::self_excited) > 0 ? 1 : 0;
        uneven += std::ranges::count(warnings, TrendWarning::weeks_differ) > 0 ? 1 : 0;
    }
    EXPECT_GE(named, 9);
    EXPECT_GE(uneven, 9);
}

}  // namespace
}  // namespace truce::analysis
