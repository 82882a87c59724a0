// SPDX-License-Identifier: Apache-2.0
#include "analysis/trend.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/numeric/rate_ratio.h"

namespace truce::analysis {
namespace {

/// Any whole number in [first, end), at every size of the test.
template <class Number>
Number any_in(Number first, Number end) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Number>(first, end));
}

using std::chrono::days;
using std::chrono::sys_days;

constexpr sys_days entry{std::chrono::year{2016} / 5 / 4};

/// The day that lies so many days after the truce's first; negative: before.
Days on(int day) {
    return {entry + days(day), entry + days(day + 1)};
}

TrendSettings ordinary() {
    return {.truce = {.before_end = entry, .first = entry, .end = {}}};
}

/// A year before the truce and four weeks of it, nothing counted yet.
Observations quiet() {
    return {.outcome = Outcome::incidents,
            .coverage = {entry - days(365), entry + days(28)},
            .counts = {},
            .exposure = {}};
}

/// `number` incidents, as evenly as whole numbers allow over the days from `first` up to `end`.
void add_evenly(Observations& observations, int number, int first, int end) {
    for (int i = 0; i < number; ++i) {
        observations.counts.push_back({.days = on(first + i * (end - first) / number)});
    }
}

/// 120 incidents in the 90 days of the baseline and 14 in the 28 days of the truce.
Observations fallen() {
    Observations observations = quiet();
    add_evenly(observations, 120, -104, -14);
    add_evenly(observations, 14, 0, 28);
    return observations;
}

Observations any_observations() {
    Observations observations = quiet();
    observations.outcome = *rc::gen::element(Outcome::incidents, Outcome::deaths, Outcome::civilian_deaths);
    const int number = any_in(0, 150);
    for (int i = 0; i < number; ++i) {
        const int first = any_in(-150, 40);
        const int length = *rc::gen::weightedElement<int>({{8, 1}, {1, 3}, {1, 7}, {1, 31}});
        observations.counts.push_back(
            {.days = {on(first).first, on(first + length - 1).end}, .count = any_in<std::uint32_t>(0, 9)});
    }
    return observations;
}

std::uint64_t total(const Observations& observations) {
    std::uint64_t sum = 0;
    for (const DatedCount& counted : observations.counts) sum += counted.count;
    return sum;
}

std::uint64_t accounted_for(const Comparison& comparison) {
    const LeftOut& out = comparison.left_out;
    return comparison.before.count + comparison.after.count + out.pre_truce + out.outside + out.undated +
           out.unwatched;
}

TEST(DidViolenceFall, OfATruceOf28DaysGivesTheReferenceFigures) {
    // R 4.2.2: poisson.test(c(14, 120), c(28, 90)).
    const Comparison comparison = did_violence_fall(fallen(), ordinary()).set_apart;
    EXPECT_EQ(comparison.before.count, 120U);
    EXPECT_EQ(comparison.before.watched_days, 90);
    EXPECT_EQ(comparison.after.count, 14U);
    EXPECT_EQ(comparison.after.watched_days, 28);
    const Estimate& estimate = comparison.estimate.value();
    EXPECT_NEAR(estimate.ratio.value(), 0.375, 1e-12);
    EXPECT_NEAR(estimate.exact.value().interval.low, 0.199020430344, 1e-9);
    EXPECT_NEAR(estimate.exact.value().interval.high, 0.654062491558, 1e-9);
    EXPECT_NEAR(estimate.exact.value().p, 1.45092842e-4, 1e-10);
    EXPECT_NEAR(estimate.exact.value().probability_fell, 0.999956075651, 1e-11);
    EXPECT_EQ(comparison.change, Change::fell);
    EXPECT_NEAR(comparison.reporting_change_that_erases_it.value(), 0.654062491558, 1e-9);
}

TEST(DidViolenceFall, LosesTheFallWhenTheSameIncidentsComeInClusters) {
    // As many incidents as in `fallen`, but five on each day that has any: every fifth of the even course's.
    Observations clustered = quiet();
    for (int cluster = 0; cluster < 24; ++cluster) {
        for (int i = 0; i < 5; ++i) clustered.counts.push_back({.days = on(-104 + cluster * 90 / 24)});
    }
    for (int i = 0; i < 14; ++i) clustered.counts.push_back({.days = on(i < 7 ? 3 : 20)});
    const Comparison comparison = did_violence_fall(clustered, ordinary()).set_apart;
    EXPECT_NEAR(comparison.estimate.value().exact.value().p, 1.45092842e-4, 1e-10);
    EXPECT_GT(comparison.estimate.value().widened_by.phi(), 3.5);
    EXPECT_EQ(comparison.change, Change::no_clear_change);
    EXPECT_FALSE(comparison.reporting_change_that_erases_it);
}

TEST(DidViolenceFall, RisesWhenTheWindowsAreExchanged) {
    Observations risen = quiet();
    add_evenly(risen, 14, -104, -14);
    add_evenly(risen, 60, 0, 28);
    const Comparison comparison = did_violence_fall(risen, ordinary()).set_apart;
    EXPECT_EQ(comparison.change, Change::rose);
    EXPECT_EQ(comparison.reporting_change_that_erases_it, comparison.estimate.value().widened.low);
}

TEST(DidViolenceFall, SetsTheFlareBeforeTheTruceApartAndShowsItIncluded) {
    Observations flare = quiet();
    add_evenly(flare, 90, -104, -14);
    add_evenly(flare, 200, -14, 0);
    add_evenly(flare, 28, 0, 28);
    const Trend trend = did_violence_fall(flare, ordinary());
    EXPECT_EQ(trend.set_apart.before.count, 90U);
    EXPECT_EQ(trend.set_apart.left_out.pre_truce, 200U);
    EXPECT_EQ(trend.set_apart.change, Change::no_clear_change);
    EXPECT_EQ(trend.included.before.count, 290U);
    EXPECT_EQ(trend.included.before.watched_days, 104);
    EXPECT_EQ(trend.included.left_out.pre_truce, 0U);
    EXPECT_LT(trend.included.estimate.value().ratio.value(), trend.set_apart.estimate.value().ratio.value());
}

TEST(DidViolenceFall, GivesFiguresButNoWordInTheFirstTwoWeeks) {
    Observations early = fallen();
    early.coverage.end = entry + days(13);
    const Comparison comparison = did_violence_fall(early, ordinary()).set_apart;
    EXPECT_EQ(comparison.change, Change::cannot_be_estimated);
    EXPECT_EQ(comparison.why_not, NoVerdict::too_early);
    EXPECT_TRUE(comparison.estimate);
    EXPECT_FALSE(comparison.reporting_change_that_erases_it);
}

TEST(DidViolenceFall, SpeaksOnTheFourteenthDay) {
    Observations observations = fallen();
    observations.coverage.end = entry + days(14);
    EXPECT_FALSE(did_violence_fall(observations, ordinary()).set_apart.why_not);
}

TEST(DidViolenceFall, GivesNoWordOnAShortBaseline) {
    Observations observations = fallen();
    observations.coverage.first = entry - days(14 + 27);
    const Trend trend = did_violence_fall(observations, ordinary());
    EXPECT_EQ(trend.set_apart.why_not, NoVerdict::baseline_too_short);
    EXPECT_FALSE(trend.included.why_not);
}

TEST(DidViolenceFall, HasNothingToCompareWhenCoverageStartsWithTheTruce) {
    Observations observations = fallen();
    observations.coverage.first = entry;
    const Comparison comparison = did_violence_fall(observations, ordinary()).set_apart;
    EXPECT_EQ(comparison.why_not, NoVerdict::nothing_watched_before);
    EXPECT_FALSE(comparison.estimate);
    EXPECT_FALSE(comparison.before.rate);
    EXPECT_EQ(comparison.after.rate, 0.5);
}

TEST(DidViolenceFall, HasNothingToCompareWhenCoverageEndsBeforeTheTruce) {
    Observations observations = fallen();
    observations.coverage.end = entry - days(2);
    const Comparison comparison = did_violence_fall(observations, ordinary()).set_apart;
    EXPECT_EQ(comparison.why_not, NoVerdict::nothing_watched_after);
    EXPECT_EQ(comparison.left_out.outside, 14U);
}

TEST(DidViolenceFall, SaysSoWhenNothingWasCounted) {
    const Comparison comparison = did_violence_fall(quiet(), ordinary()).set_apart;
    EXPECT_EQ(comparison.why_not, NoVerdict::nothing_counted);
    EXPECT_FALSE(comparison.estimate);
}

TEST(DidViolenceFall, BoundsTheRateOfAQuietTruce) {
    Observations observations = quiet();
    observations.coverage.end = entry + days(14);
    add_evenly(observations, 120, -104, -14);
    const Comparison comparison = did_violence_fall(observations, ordinary()).set_apart;
    EXPECT_EQ(comparison.after.rate, 0.0);
    EXPECT_NEAR(comparison.after.bound_of_zero.value(), -std::log(0.05) / 14, 1e-12);
    EXPECT_EQ(comparison.estimate.value().ratio, 0.0);
    EXPECT_EQ(comparison.estimate.value().widened.low, 0);
    EXPECT_EQ(comparison.change, Change::fell);
}

TEST(DidViolenceFall, HasNoRatioWhenNothingWasCountedBefore) {
    Observations observations = quiet();
    add_evenly(observations, 28, 0, 28);
    const Comparison comparison = did_violence_fall(observations, ordinary()).set_apart;
    EXPECT_FALSE(comparison.estimate.value().ratio);
    EXPECT_EQ(comparison.estimate.value().widened.high, std::numeric_limits<double>::infinity());
    EXPECT_EQ(comparison.change, Change::rose);
}

TEST(DidViolenceFall, MakesNoExactTestOfDeaths) {
    Observations observations = fallen();
    observations.outcome = Outcome::deaths;
    const Trend trend = did_violence_fall(observations, ordinary());
    EXPECT_FALSE(trend.set_apart.estimate.value().exact);
    EXPECT_FALSE(trend.included.estimate.value().exact);
}

TEST(DidViolenceFall, PutsNoBoundOnDeathsFromACountOfNone) {
    Observations observations = quiet();
    observations.outcome = Outcome::deaths;
    add_evenly(observations, 120, -104, -14);
    EXPECT_FALSE(did_violence_fall(observations, ordinary()).set_apart.after.bound_of_zero);
}

TEST(DidViolenceFall, TakesACountOfWhichNoDayIsKnown) {
    Observations observations = fallen();
    const sys_days year_1{std::chrono::year{1} / 1 / 1};
    const sys_days year_9999{std::chrono::year{9999} / 12 / 31};
    observations.counts.push_back({.days = {year_1, year_9999}});
    const Comparison comparison = did_violence_fall(observations, ordinary()).set_apart;
    EXPECT_EQ(comparison.left_out.outside, 1U);
    EXPECT_NEAR(daily_series(observations).outside, 1, 2e-4);
}

TEST(DidViolenceFall, WidensForDeathsThatComeManyAtATime) {
    // Ten dead in each incident: ten times the dispersion, the same ratio, and the certainty of the
    // incidents' number.
    Observations deaths = fallen();
    deaths.outcome = Outcome::deaths;
    const Estimate one_each = did_violence_fall(deaths, ordinary()).set_apart.estimate.value();
    for (DatedCount& counted : deaths.counts) counted.count = 10;
    const Estimate ten_each = did_violence_fall(deaths, ordinary()).set_apart.estimate.value();
    EXPECT_NEAR(ten_each.ratio.value(), one_each.ratio.value(), 1e-12);
    EXPECT_NEAR(ten_each.dispersion.daily.phi().value(), 10 * one_each.dispersion.daily.phi().value(), 1e-9);
}

TEST(DidViolenceFall, PutsACountWhereHalfOfItsDaysAre) {
    Observations observations = fallen();
    observations.counts.push_back({.days = {on(-1).first, on(2).end}});  // 1 day before, 3 under the truce
    const Comparison comparison = did_violence_fall(observations, ordinary()).set_apart;
    EXPECT_EQ(comparison.after.count, 15U);
    EXPECT_EQ(comparison.left_out.undated, 0U);
}

TEST(DidViolenceFall, LeavesOutACountThatLiesHalfInEither) {
    Observations observations = fallen();
    observations.counts.push_back({.days = {on(-2).first, on(1).end}});
    const Comparison comparison = did_violence_fall(observations, ordinary()).set_apart;
    EXPECT_EQ(comparison.after.count, 14U);
    EXPECT_EQ(comparison.left_out.undated, 1U);
}

TEST(DidViolenceFall, CountsADayThatTheTruceSplitsForNeitherSide) {
    Observations observations = fallen();
    observations.counts.push_back({.days = on(-1)});
    TrendSettings settings = ordinary();
    settings.truce.before_end = entry - days(1);
    const Comparison comparison = did_violence_fall(observations, settings).set_apart;
    EXPECT_EQ(comparison.after.count, 14U);
    EXPECT_EQ(comparison.left_out.outside, 1U);
}

TEST(DidViolenceFall, StopsWhereTheTruceEnds) {
    TrendSettings settings = ordinary();
    settings.truce.end = entry + days(14);
    const Comparison comparison = did_violence_fall(fallen(), settings).set_apart;
    EXPECT_EQ(comparison.after.watched_days, 14);
    EXPECT_EQ(comparison.after.count, 7U);
    EXPECT_EQ(comparison.left_out.outside, 7U);
}

TEST(DidViolenceFall, ADayThatNobodyWatchedIsNotADayOfPeace) {
    Observations observations = fallen();
    observations.exposure.assign(393, 1.0);
    std::fill_n(observations.exposure.begin() + 365, 14, 0.0);
    const Comparison comparison = did_violence_fall(observations, ordinary()).set_apart;
    EXPECT_EQ(comparison.after.watched_days, 14);
    EXPECT_EQ(comparison.after.exposure, 14);
    EXPECT_EQ(comparison.after.count, 7U);
    EXPECT_EQ(comparison.after.rate, 0.5);
    EXPECT_EQ(comparison.left_out.unwatched, 7U);
}

TEST(DidViolenceFall, HalfTheWatchingWithHalfTheCountsIsTheSameRate) {
    Observations observations = fallen();
    observations.exposure.assign(393, 1.0);
    std::fill_n(observations.exposure.begin() + 365, 28, 0.5);
    const Comparison comparison = did_violence_fall(observations, ordinary()).set_apart;
    EXPECT_EQ(comparison.after.rate, 1.0);
    EXPECT_NEAR(comparison.estimate.value().ratio.value(), 0.75, 1e-12);
}

TEST(DidViolenceFall, AccountsForAllThatWasGiven) {
    EXPECT_TRUE(rc::check([] {
        Observations observations = any_observations();
        for (std::int64_t day = 0; day < observations.coverage.length(); ++day) {
            observations.exposure.push_back(*rc::gen::element(0.0, 1.0, 1.0, 0.5));
        }
        const Trend trend = did_violence_fall(observations, ordinary());
        RC_ASSERT(accounted_for(trend.set_apart) == total(observations));
        RC_ASSERT(accounted_for(trend.included) == total(observations));
    }));
}

TEST(DidViolenceFall, DoesNotDependOnTheDate) {
    EXPECT_TRUE(rc::check([] {
        const Observations here = any_observations();
        const days shift{any_in(-20'000, 20'000)};
        Observations there = here;
        there.coverage = {here.coverage.first + shift, here.coverage.end + shift};
        for (DatedCount& counted : there.counts) {
            counted.days = {counted.days.first + shift, counted.days.end + shift};
        }
        TrendSettings settings = ordinary();
        settings.truce.before_end += shift;
        settings.truce.first += shift;
        const Comparison a = did_violence_fall(here, ordinary()).set_apart;
        const Comparison b = did_violence_fall(there, settings).set_apart;
        RC_ASSERT(a.change == b.change);
        RC_ASSERT(a.estimate.has_value() == b.estimate.has_value());
        if (a.estimate) RC_ASSERT(a.estimate->widened == b.estimate->widened);
    }));
}

TEST(DidViolenceFall, DoesNotDependOnTheOrderOfCounts) {
    EXPECT_TRUE(rc::check([] {
        Observations observations = any_observations();
        const Comparison a = did_violence_fall(observations, ordinary()).set_apart;
        std::ranges::reverse(observations.counts);
        const Comparison b = did_violence_fall(observations, ordinary()).set_apart;
        RC_ASSERT(a.estimate.has_value() == b.estimate.has_value());
        if (a.estimate) {
            RC_ASSERT(a.estimate->widened == b.estimate->widened);
            RC_ASSERT(a.estimate->p == b.estimate->p);
        }
    }));
}

TEST(DidViolenceFall, KeepsTheRatioWhenWatchingAndCountsDouble) {
    EXPECT_TRUE(rc::check([] {
        Observations observations = any_observations();
        const Comparison once = did_violence_fall(observations, ordinary()).set_apart;
        for (DatedCount& counted : observations.counts) counted.count *= 2;
        observations.exposure.assign(393, 2.0);
        const Comparison twice = did_violence_fall(observations, ordinary()).set_apart;
        RC_ASSERT(once.estimate.has_value() == twice.estimate.has_value());
        if (once.estimate) RC_ASSERT(once.estimate->ratio == twice.estimate->ratio);
        RC_ASSERT(once.before.rate == twice.before.rate);
    }));
}

TEST(DidViolenceFall, TakesItsWordFromTheWidenedInterval) {
    EXPECT_TRUE(rc::check([] {
        const Comparison comparison = did_violence_fall(any_observations(), ordinary()).set_apart;
        RC_PRE(comparison.change != Change::cannot_be_estimated);
        const numeric::Interval interval = comparison.estimate.value().widened;
        RC_ASSERT((comparison.change == Change::fell) == (interval.high < 1));
        RC_ASSERT((comparison.change == Change::rose) == (interval.low > 1));
        RC_ASSERT((comparison.change == Change::no_clear_change) == interval.contains(1));
    }));
}

TEST(DidViolenceFall, WidensTheExactIntervalAndTheNormalOne) {
    EXPECT_TRUE(rc::check([] {
        const Comparison comparison = did_violence_fall(any_observations(), ordinary()).set_apart;
        RC_PRE(comparison.estimate.has_value());
        const Estimate& estimate = *comparison.estimate;
        if (estimate.exact) RC_ASSERT(estimate.widened.contains(estimate.exact->interval));
        const auto wald =
            numeric::log_wald_interval({.before = {comparison.before.count, comparison.before.exposure},
                                        .after = {comparison.after.count, comparison.after.exposure}},
                                       estimate.widened_by);
        if (wald) RC_ASSERT(estimate.widened.contains(*wald));
        if (estimate.ratio) RC_ASSERT(estimate.widened.contains(*estimate.ratio));
    }));
}

TEST(PlaceboRank, OfAFallInASteadyYearIsFirst) {
    Observations observations = quiet();
    add_evenly(observations, 365, -365, 0);
    add_evenly(observations, 14, 0, 28);
    const PlaceboRank rank = did_violence_fall(observations, ordinary()).placebo.value();
    // The windows take 90 + 14 + 28 of the 351 days before the pre-truce window, so that 32 dates a week
    // apart fit.
    EXPECT_EQ(rank.dates, 32U);
    EXPECT_EQ(rank.as_low, 0U);
    EXPECT_EQ(rank.as_high, 32U);
}

TEST(PlaceboRank, OfNoChangeInASteadyYearIsTiedWithAll) {
    Observations observations = quiet();
    add_evenly(observations, 393, -365, 28);
    const PlaceboRank rank = did_violence_fall(observations, ordinary()).placebo.value();
    EXPECT_EQ(rank.as_low, rank.dates);
    EXPECT_EQ(rank.as_high, rank.dates);
}

TEST(PlaceboRank, SeesThatSuchFallsComeAndGo) {
    // Four weeks of fighting, four weeks of peace, all the year, and a truce in what would be a quiet month
    // anyway.
    Observations observations = quiet();
    for (int day = -365; day < 28; ++day) {
        if ((day + 448) % 56 >= 28) observations.counts.push_back({.days = on(day), .count = 3});
    }
    const PlaceboRank rank = did_violence_fall(observations, ordinary()).placebo.value();
    EXPECT_GE(rank.as_low, rank.dates / 10);
}

TEST(PlaceboRank, NeedsTwentyDates) {
    Observations observations = quiet();
    add_evenly(observations, 365, -365, 0);
    // The windows of 20 dates take 90 + 14 + 28 days and 19 weeks before the pre-truce window.
    observations.coverage.first = entry - days(14 + 132 + 19 * 7);
    EXPECT_EQ(did_violence_fall(observations, ordinary()).placebo.value().dates, 20U);
    observations.coverage.first += days(1);
    EXPECT_FALSE(did_violence_fall(observations, ordinary()).placebo);
}

TEST(PlaceboRank, RanksEachDateBelowOrAboveOrBoth) {
    EXPECT_TRUE(rc::check([] {
        Observations observations = any_observations();
        observations.coverage.first = entry - days(900);
        for (int i = 0; i < 300; ++i) observations.counts.push_back({.days = on(any_in(-900, 28))});
        const PlaceboRank rank = did_violence_fall(observations, ordinary()).placebo.value();
        RC_ASSERT(rank.dates == 52U);
        RC_ASSERT(rank.as_low + rank.as_high >= rank.dates);
        RC_ASSERT(rank.as_low <= rank.dates && rank.as_high <= rank.dates);
    }));
}

TEST(DailySeries, SpreadsACountOverItsDays) {
    Observations observations = quiet();
    observations.counts = {{.days = on(-365)}, {.days = {on(-364).first, on(-361).end}, .count = 2}};
    const DailySeries series = daily_series(observations);
    EXPECT_EQ(series.first, entry - days(365));
    EXPECT_EQ(std::vector(series.counts.begin(), series.counts.begin() + 6),
              (std::vector{1.0, 0.5, 0.5, 0.5, 0.5, 0.0}));
    EXPECT_EQ(series.outside, 0);
}

TEST(DailySeries, PutsOutsideWhatFallsOutsideTheCoverage) {
    Observations observations = quiet();
    observations.counts = {{.days = {on(27).first, on(30).end}, .count = 4}};
    const DailySeries series = daily_series(observations);
    EXPECT_EQ(series.counts.back(), 1);
    EXPECT_EQ(series.outside, 3);
}

TEST(DailySeries, AddsUpToAllCounts) {
    EXPECT_TRUE(rc::check([] {
        const Observations observations = any_observations();
        const DailySeries series = daily_series(observations);
        const double sum = std::accumulate(series.counts.begin(), series.counts.end(), series.outside);
        RC_ASSERT(std::abs(sum - static_cast<double>(total(observations))) < 1e-9);
        RC_ASSERT(std::ranges::all_of(series.counts, [](double count) { return count >= 0; }));
    }));
}

Group group(std::string name, int before, int after) {
    Group one{.name = std::move(name), .observations = quiet()};
    add_evenly(one.observations, before, -104, -14);
    add_evenly(one.observations, after, 0, 28);
    return one;
}

TEST(TrendsByGroup, KeepsTheOrderGiven) {
    const std::vector groups{group("Idlib", 90, 28), group("Aleppo", 120, 14), group("Homs", 60, 20)};
    const auto trends = trends_by_group(groups, ordinary());
    ASSERT_EQ(trends.size(), 3U);
    EXPECT_EQ(trends[0].name, "Idlib");
    EXPECT_EQ(trends[1].name, "Aleppo");
    EXPECT_EQ(trends[2].name, "Homs");
}

TEST(TrendsByGroup, OfNoGroupsIsEmpty) {
    EXPECT_TRUE(trends_by_group({}, ordinary()).empty());
}

TEST(TrendsByGroup, SaysNothingOfAGroupWithTooFewCounts) {
    const auto trends =
        trends_by_group(std::vector{group("Aleppo", 120, 14), group("Afrin", 4, 0)}, ordinary());
    EXPECT_EQ(trends[1].trend.set_apart.change, Change::cannot_be_estimated);
    EXPECT_EQ(trends[1].trend.set_apart.why_not, NoVerdict::too_few_counted);
    EXPECT_FALSE(trends[1].q);
    EXPECT_FALSE(trends[1].pooled);
    EXPECT_EQ(trends[0].trend.set_apart.change, Change::fell);
}

TEST(TrendsByGroup, DoesNotCallAChangeThatTheNumberOfGroupsExplains) {
    // 60 to 9 over 90 and 28 days: p is near 0.03 alone, and one of forty groups shows as much by chance.
    std::vector groups{group("Aleppo", 60, 9)};
    ASSERT_EQ(trends_by_group(groups, ordinary())[0].trend.set_apart.change, Change::fell);
    for (int i = 0; i < 39; ++i) groups.push_back(group("quiet " + std::to_string(i), 90, 28));
    const auto trends = trends_by_group(groups, ordinary());
    EXPECT_LT(trends[0].trend.set_apart.estimate.value().p, 0.05);
    EXPECT_GT(trends[0].q.value(), 0.05);
    EXPECT_EQ(trends[0].trend.set_apart.change, Change::no_clear_change);
}

TEST(TrendsByGroup, DrawsTheSmallGroupTowardsTheOthers) {
    const std::vector groups{group("Aleppo", 900, 140), group("Idlib", 900, 150), group("Homs", 900, 130),
                             group("Afrin", 9, 0)};
    const auto trends = trends_by_group(groups, ordinary());
    const PooledRatio afrin = trends[3].pooled.value();
    EXPECT_EQ(trends[3].trend.set_apart.estimate.value().ratio, 0.0);
    EXPECT_GT(afrin.ratio, 0.4);
    EXPECT_LT(afrin.ratio, 0.6);
    EXPECT_TRUE(afrin.interval.contains(afrin.ratio));
}

TEST(TrendsByGroup, DoesNotPoolTwoGroups) {
    const auto trends =
        trends_by_group(std::vector{group("Aleppo", 120, 14), group("Idlib", 90, 28)}, ordinary());
    EXPECT_FALSE(trends[0].pooled);
    EXPECT_TRUE(trends[0].q);
}

TEST(TrendsByGroup, LendsTheDispersionOfAllToAGroupTooSmallToShowIt) {
    Group clustered = group("Aleppo", 0, 0);
    for (int i = 0; i < 200; ++i) clustered.observations.counts.push_back({.days = on(-104 + i / 10 * 4)});
    const auto trends = trends_by_group(std::vector{clustered, group("Afrin", 9, 2)}, ordinary());
    const Estimate& afrin = trends[1].trend.set_apart.estimate.value();
    EXPECT_GT(afrin.widened_by, afrin.dispersion.used());
}

TEST(TrendsByGroup, NeverCallsWhatItsOwnIntervalDoesNot) {
    EXPECT_TRUE(rc::check([] {
        std::vector<Group> groups;
        const int number = any_in(0, 6);
        for (int i = 0; i < number; ++i) groups.push_back({.name = {}, .observations = any_observations()});
        for (const GroupTrend& group : trends_by_group(groups, ordinary())) {
            const Comparison& comparison = group.trend.set_apart;
            const bool called = comparison.change == Change::fell || comparison.change == Change::rose;
            if (called) RC_ASSERT(!comparison.estimate.value().widened.contains(1));
            if (called) RC_ASSERT(group.q.value() <= 0.05);
            RC_ASSERT((comparison.change == Change::cannot_be_estimated) == comparison.why_not.has_value());
        }
    }));
}

TEST(DidViolenceFall, NothingIsEstimatedFromASelection) {
    Observations chosen = fallen();
    chosen.recording = Recording::selection;
    const Trend trend = did_violence_fall(chosen, ordinary());
    EXPECT_EQ(trend.set_apart.why_not, NoVerdict::selection_only);
    EXPECT_FALSE(trend.set_apart.estimate);
    EXPECT_FALSE(trend.placebo);
}

TEST(TrendsByGroup, GivesEachGroupWhatItGetsInAnotherOrder) {
    EXPECT_TRUE(rc::check([] {
        std::vector<Group> groups;
        for (int i = 0; i < 4; ++i) groups.push_back({.name = {}, .observations = any_observations()});
        const auto forwards = trends_by_group(groups, ordinary());
        std::ranges::reverse(groups);
        auto backwards = trends_by_group(groups, ordinary());
        std::ranges::reverse(backwards);
        for (std::size_t i = 0; i < groups.size(); ++i) {
            RC_ASSERT(forwards[i].trend.set_apart.change == backwards[i].trend.set_apart.change);
            RC_ASSERT(forwards[i].q.has_value() == backwards[i].q.has_value());
        }
    }));
}

}  // namespace
}  // namespace truce::analysis
