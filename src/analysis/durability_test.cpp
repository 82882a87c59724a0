// SPDX-License-Identifier: Apache-2.0
#include "analysis/durability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"

namespace truce::analysis {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;
using ::testing::Contains;
using ::testing::Not;

const sys_days first_day{year{1990} / 1 / 1};

/// A ceasefire of known days.
Comparable ceasefire(const std::string& conflict, int began, double lasted, TruceEnd end = TruceEnd::ended) {
    Comparable one;
    one.name = conflict + " " + std::to_string(began);
    one.conflict = conflict;
    one.kind = "preliminary";
    one.began = DayRange{first_day + days(began), first_day + days(began)};
    one.at_least = one.at_most = lasted;
    one.end = end;
    return one;
}

/// Forty ceasefires, each of a conflict of its own, that lasted 1, 2, ... 40 days.
Comparables forty() {
    Comparables comparables;
    for (int i = 1; i <= 40; ++i) comparables.list.push_back(ceasefire("c" + std::to_string(i), 10 * i, i));
    return comparables;
}

/// Ceasefires of conflicts whose hazards differ, over thirty years.
Comparables drawn(std::uint64_t seed, int conflicts = 30, int each = 12) {
    Random random(seed);
    Comparables comparables;
    comparables.covariates = {"several_parties"};
    comparables.observed_until = sys_days{year{2020} / 12 / 31};
    for (int c = 0; c < conflicts; ++c) {
        const double hazard = random.gamma(2) / 120;
        for (int i = 0; i < each; ++i) {
            const double several = random.below(2) == 0 ? 0 : 1;
            const double life = std::floor(random.exponential() / (hazard * std::exp(-0.7 * several)));
            const int began = static_cast<int>(random.below(10000));
            const bool seen = began + life < 11300;
            Comparable one = ceasefire("c" + std::to_string(c), began, seen ? life : 11300 - began,
                                       seen ? TruceEnd::ended : TruceEnd::still_held);
            one.covariates = {several};
            comparables.list.push_back(std::move(one));
        }
    }
    return comparables;
}

DurabilitySettings quick() {
    DurabilitySettings settings;
    settings.backtest = DurabilitySettings::Backtest::skip;
    return settings;
}

CurrentTruce of_age(double age) {
    CurrentTruce truce;
    truce.age = age;
    return truce;
}

const Holds& said(const Durability& durability, ForecastModel model, int horizon) {
    const auto found = std::ranges::find(durability.models, model, &ModelForecast::model);
    const auto at = std::ranges::find(durability.horizons, horizon) - durability.horizons.begin();
    return found->holds[static_cast<std::size_t>(at)].value();
}

TEST(HowLongMayItHold, SaysTheShareOfComparablesThatHeldOn) {
    // By hand: 37 of 40 outlived day 3; of the 20 that outlived day 20, 6 outlived day 34.
    const Durability answer = how_long_may_it_hold(forty(), of_age(0), quick());
    EXPECT_NEAR(said(answer, ForecastModel::kaplan_meier, 3).chance, 37.0 / 40, 1e-12);
    const Durability later = how_long_may_it_hold(forty(), of_age(20), quick());
    EXPECT_NEAR(said(later, ForecastModel::kaplan_meier, 14).chance, 6.0 / 20, 1e-12);
    EXPECT_EQ(answer.comparables, 40U);
    EXPECT_EQ(answer.failures, 40U);
    EXPECT_EQ(answer.conflicts, 40U);
    EXPECT_EQ(answer.median, 20.5);
}

TEST(HowLongMayItHold, OfATruceThatHasEndedForecastsNothingAndShowsTheComparables) {
    CurrentTruce truce = of_age(8);
    truce.ended = sys_days{year{2016} / 5 / 12};
    const Durability answer = how_long_may_it_hold(forty(), truce, quick());
    EXPECT_EQ(answer.why_not, NoForecast::ended_already);
    EXPECT_TRUE(answer.answer.empty());
    EXPECT_TRUE(answer.models.empty());
    EXPECT_EQ(answer.median, 20.5);
    EXPECT_FALSE(answer.curve.empty());
    EXPECT_EQ(how_long_may_it_hold({}, truce, quick()).why_not, NoForecast::ended_already);
}

TEST(HowLongMayItHold, SaysNothingOfAHorizonPastTheComparables) {
    const Durability answer = how_long_may_it_hold(forty(), of_age(0), quick());
    const auto curve = std::ranges::find(answer.models, ForecastModel::kaplan_meier, &ModelForecast::model);
    EXPECT_TRUE(curve->holds[3].has_value());   // 30 days
    EXPECT_FALSE(curve->holds[4].has_value());  // 90 days: the last was seen on day 40
}

TEST(HowLongMayItHold, IsNoSurerThanIsAllowed) {
    Comparables sturdy = forty();
    for (int i = 0; i < 2000; ++i)
        sturdy.list.push_back(ceasefire("s" + std::to_string(i), 0, 5000, TruceEnd::still_held));
    const Durability answer = how_long_may_it_hold(sturdy, of_age(0), quick());
    EXPECT_GT(said(answer, ForecastModel::kaplan_meier, 3).chance, 0.99);
    EXPECT_EQ(answer.answer.front().holds.chance, 0.98);
    EXPECT_LE(answer.answer.front().holds.interval.high, 0.98);
}

TEST(HowLongMayItHold, NeverHoldsLongerMoreLikely) {
    EXPECT_TRUE(rc::check([](std::uint16_t seed) {
        const Durability answer = how_long_may_it_hold(drawn(seed, 10, 6), of_age(seed % 50), quick());
        for (std::size_t h = 1; h < answer.answer.size(); ++h)
            RC_ASSERT(answer.answer[h].holds.chance <= answer.answer[h - 1].holds.chance);
        for (const HorizonForecast& one : answer.answer) {
            RC_ASSERT(one.holds.interval.contains(one.holds.chance));
            RC_ASSERT(one.over_models.contains(one.holds.chance));
        }
    }));
}

TEST(HowLongMayItHold, WithoutComparablesSaysSo) {
    const Durability answer = how_long_may_it_hold({}, of_age(5), quick());
    EXPECT_EQ(answer.why_not, NoForecast::no_comparables);
    EXPECT_TRUE(answer.answer.empty());
}

TEST(HowLongMayItHold, WithFewerThanTwentyFailuresSaysSo) {
    Comparables few = forty();
    for (std::size_t i = 19; i < few.list.size(); ++i) few.list[i].end = TruceEnd::still_held;
    const Durability answer = how_long_may_it_hold(few, of_age(0), quick());
    EXPECT_EQ(answer.failures, 19U);
    EXPECT_EQ(answer.why_not, NoForecast::too_few_failures);
    EXPECT_TRUE(answer.answer.empty());
    EXPECT_FALSE(answer.curve.empty());
}

TEST(HowLongMayItHold, WithFewerThanTenFailuresForACovariateFitsNoCox) {
    Comparables comparables = forty();
    comparables.covariates = {"a", "b", "c", "d", "e"};
    Random random(3);
    for (Comparable& one : comparables.list) {
        one.covariates.clear();
        for (int c = 0; c < 5; ++c) one.covariates.push_back(random.normal());
    }
    CurrentTruce truce = of_age(0);
    truce.covariates = {0, 0, 0, 0, 0};
    const Durability answer = how_long_may_it_hold(comparables, truce, quick());
    const auto cox = std::ranges::find(answer.models, ForecastModel::cox, &ModelForecast::model);
    EXPECT_EQ(cox->why_not, NoForecast::too_few_per_covariate);
    EXPECT_TRUE(answer.effects.empty());
}

TEST(HowLongMayItHold, FindsTheEffectThatWasPutIn) {
    const Durability answer = how_long_may_it_hold(drawn(7, 60, 20), std::nullopt, quick());
    ASSERT_EQ(answer.effects.size(), 1U);
    // Conflicts differ beside, which draws any one ratio towards 1.
    EXPECT_LT(answer.effects[0].hazard_ratio, std::exp(-0.3));
    EXPECT_GT(answer.effects[0].hazard_ratio, std::exp(-0.9));
    EXPECT_LT(answer.effects[0].p, 0.001);
}

TEST(HowLongMayItHold, BelievesAConflictsOwnHistory) {
    // Two conflicts in three fail within days, one in three holds.
    Comparables comparables;
    for (int c = 0; c < 30; ++c) {
        for (int i = 0; i < 10; ++i)
            comparables.list.push_back(
                ceasefire("c" + std::to_string(c), 100 * i, c % 3 == 0 ? 400 + i : 2 + i));
    }
    CurrentTruce truce = of_age(0);
    truce.conflict = "c0";
    const double holding =
        said(how_long_may_it_hold(comparables, truce, quick()), ForecastModel::shrunk_hazard, 30).chance;
    truce.conflict = "c1";
    const double failing =
        said(how_long_may_it_hold(comparables, truce, quick()), ForecastModel::shrunk_hazard, 30).chance;
    truce.conflict = "another";
    const double unknown =
        said(how_long_may_it_hold(comparables, truce, quick()), ForecastModel::shrunk_hazard, 30).chance;
    EXPECT_GT(holding, 0.8);
    EXPECT_LT(failing, 0.2);
    EXPECT_LT(failing, unknown);
    EXPECT_LT(unknown, holding);
}

TEST(HowLongMayItHold, CountsOnlyTheEndsThatAreDefinedAsFailure) {
    Comparables comparables = forty();
    for (std::size_t i = 0; i < 10; ++i) comparables.list[i].end = TruceEnd::expired;
    const Durability answer = how_long_may_it_hold(comparables, of_age(0), quick());
    EXPECT_EQ(answer.failures, 30U);
    EXPECT_NEAR(said(answer, ForecastModel::kaplan_meier, 7).chance, 1, 1e-12);
    ASSERT_EQ(answer.end_shares.size(), 2U);
    EXPECT_EQ(answer.end_shares[1].end, TruceEnd::expired);
    EXPECT_NEAR(answer.end_shares[1].by_horizon[1].value, 7.0 / 40, 1e-12);
    EXPECT_THAT(answer.warnings, Contains(DurabilityWarning::informative_censoring));
    DurabilitySettings settings = quick();
    settings.failure.ends = {TruceEnd::ended, TruceEnd::expired};
    EXPECT_EQ(how_long_may_it_hold(comparables, of_age(0), settings).failures, 40U);
}

TEST(HowLongMayItHold, LeavesOutThoseOfUnknownEndAndShowsThemHeld) {
    Comparables comparables = drawn(2);
    for (std::size_t i = 0; i < 60; ++i) comparables.list[i].end = TruceEnd::not_known;
    const Durability answer = how_long_may_it_hold(comparables, of_age(0), quick());
    EXPECT_EQ(answer.ends_not_known, 60U);
    EXPECT_EQ(answer.comparables, comparables.list.size() - 60);
    ASSERT_EQ(answer.unknown_ends_held.size(), 5U);
    EXPECT_GT(answer.unknown_ends_held[3]->chance, said(answer, ForecastModel::shrunk_hazard, 30).chance);
    EXPECT_THAT(answer.warnings, Contains(DurabilityWarning::ends_not_known));
}

TEST(HowLongMayItHold, WidensItsIntervalsForDaysKnownOnlyWithinBounds) {
    Comparables exact = drawn(4);
    Comparables vague = exact;
    for (Comparable& one : vague.list) {
        one.at_least = one.at_most * 0.2;
        one.at_most = one.at_most * 1.8 + 1;
    }
    const Durability of_exact = how_long_may_it_hold(exact, of_age(10), quick());
    const Durability of_vague = how_long_may_it_hold(vague, of_age(10), quick());
    EXPECT_EQ(of_vague.drawn, vague.list.size());
    EXPECT_THAT(of_vague.warnings, Contains(DurabilityWarning::days_drawn));
    EXPECT_THAT(of_exact.warnings, Not(Contains(DurabilityWarning::days_drawn)));
    EXPECT_NEAR(said(of_vague, ForecastModel::kaplan_meier, 30).chance,
                said(of_exact, ForecastModel::kaplan_meier, 30).chance, 0.1);
    // The same seed draws the same days.
    EXPECT_EQ(said(how_long_may_it_hold(vague, of_age(10), quick()), ForecastModel::weibull, 30).chance,
              said(of_vague, ForecastModel::weibull, 30).chance);
}

TEST(HowLongMayItHold, WarnsOfTrucesThatFollowOneAnother) {
    Comparables comparables;
    for (int i = 0; i < 40; ++i) comparables.list.push_back(ceasefire("c", 10 * i, 9));
    EXPECT_THAT(how_long_may_it_hold(comparables, of_age(0), quick()).warnings,
                Contains(DurabilityWarning::renewals));
    EXPECT_THAT(how_long_may_it_hold(forty(), of_age(0), quick()).warnings,
                Not(Contains(DurabilityWarning::renewals)));
}

TEST(HowLongMayItHold, WarnsThatTheOldAreSturdy) {
    // Hazards that differ look like one hazard that falls with age.
    Comparables comparables = drawn(9, 60, 20);
    EXPECT_THAT(how_long_may_it_hold(comparables, of_age(0), quick()).warnings,
                Contains(DurabilityWarning::duration_dependence));
}

TEST(Backtest, NeverLearnsFromTheConflictThatItForecasts) {
    Comparables comparables = drawn(5);
    const Durability before = how_long_may_it_hold(comparables, std::nullopt, {});
    ASSERT_TRUE(before.backtest);
    for (Comparable& one : comparables.list) {
        if (one.conflict == "c3") one.at_least = one.at_most = 1;
    }
    const Durability after = how_long_may_it_hold(comparables, std::nullopt, {});
    ASSERT_EQ(before.backtest->forecasts.size(), after.backtest->forecasts.size());
    std::size_t compared = 0;
    for (std::size_t i = 0; i < before.backtest->forecasts.size(); ++i) {
        if (before.backtest->forecasts[i].conflict != "c3") continue;
        EXPECT_EQ(before.backtest->forecasts[i].fails, after.backtest->forecasts[i].fails);
        ++compared;
    }
    EXPECT_GT(compared, 20U);
}

TEST(Backtest, NeverLearnsFromTheFuture) {
    Comparables comparables = drawn(5);
    const sys_days later{year{2005} / 1 / 1};
    const Durability before = how_long_may_it_hold(comparables, std::nullopt, {});
    for (Comparable& one : comparables.list) {
        if (one.began->first >= later) one.at_least = one.at_most = 1;
    }
    const Durability after = how_long_may_it_hold(comparables, std::nullopt, {});
    std::map<std::string, double> told;
    for (const PastForecast& one : before.backtest->forecasts) {
        if (one.days == 30 && one.model == ForecastModel::weibull) told[one.truce] = one.fails;
    }
    std::size_t compared = 0;
    for (const PastForecast& one : after.backtest->forecasts) {
        if (one.days != 30 || one.model != ForecastModel::weibull || *one.issued >= later) continue;
        EXPECT_EQ(one.fails, told.at(one.truce));
        ++compared;
    }
    EXPECT_GT(compared, 50U);
}

TEST(Backtest, OfForecastsFromLikeConflictsIsCalibrated) {
    const Durability answer = how_long_may_it_hold(drawn(12, 80, 8), std::nullopt, {});
    ASSERT_TRUE(answer.backtest);
    EXPECT_EQ(answer.backtest->origin, Backtest::Origin::rolling);
    for (const HorizonScore& score : answer.backtest->scores) {
        if (score.model != ForecastModel::cox || score.days != 30) continue;
        EXPECT_LT(std::abs(score.spiegelhalter_z.value()), 3);
        EXPECT_GT(score.skill, 0);
    }
    std::uint32_t in_bins = 0;
    for (const numeric::ReliabilityBin& bin : answer.backtest->reliability) in_bins += bin.forecasts;
    EXPECT_GT(in_bins, 300U);
}

TEST(Backtest, WithoutDaysIsByConflictOnly) {
    Comparables comparables = drawn(6);
    for (Comparable& one : comparables.list) one.began.reset();
    const Durability answer = how_long_may_it_hold(comparables, std::nullopt, {});
    ASSERT_TRUE(answer.backtest);
    EXPECT_EQ(answer.backtest->origin, Backtest::Origin::by_conflict_only);
    EXPECT_EQ(answer.backtest->truces, comparables.list.size());
}

const std::vector<int> horizons{3, 7, 14, 30, 90};

ModelForecast foretell(std::vector<double> deaths,
                       OwnViolence::Counted counted = OwnViolence::Counted::all_reported) {
    return own_violence_forecast({.deaths = std::move(deaths), .counted = counted}, FailureDefinition{},
                                 horizons, 1);
}

TEST(OwnViolenceForecast, OfAQuietTruceIsNoSurerThanItsDaysAllow) {
    const ModelForecast forecast = foretell(std::vector<double>(60, 0.0));
    ASSERT_FALSE(forecast.why_not);
    // Gamma(1/2, 60): (60 / 90)^(1/2).
    EXPECT_NEAR(forecast.holds[3]->chance, std::sqrt(60.0 / 90), 1e-12);
}

TEST(OwnViolenceForecast, OfDeathsNearTheThresholdHoldsNotLong) {
    // 0.8 a day is 24 in 30 days: one more and it has failed.
    std::vector<double> deaths;
    for (int day = 0; day < 100; ++day) deaths.push_back(day % 5 == 0 ? 4 : 0);
    const ModelForecast forecast = foretell(deaths);
    ASSERT_FALSE(forecast.why_not);
    EXPECT_LT(forecast.holds[4]->chance, 0.2);
    EXPECT_GT(forecast.holds[0]->chance, forecast.holds[4]->chance);
}

TEST(OwnViolenceForecast, SaysThatItHasFailedAlready) {
    std::vector<double> deaths(40, 0.0);
    deaths[20] = 25;
    EXPECT_EQ(foretell(deaths).why_not, NoForecast::failed_already);
    deaths[20] = 24;
    EXPECT_FALSE(foretell(deaths).why_not);
}

TEST(OwnViolenceForecast, NeedsTwoWeeksAndNoSelection) {
    EXPECT_EQ(foretell(std::vector<double>(13, 0.0)).why_not, NoForecast::too_early);
    EXPECT_EQ(foretell(std::vector<double>(60, 0.0), OwnViolence::Counted::selection).why_not,
              NoForecast::selection_only);
}

TEST(OwnViolenceForecast, DrawsTheAnswerTowardsItself) {
    CurrentTruce truce = of_age(60);
    const double alone = how_long_may_it_hold(drawn(8), truce, quick()).answer[3].holds.chance;
    std::vector<double> deaths;
    for (int day = 0; day < 60; ++day) deaths.push_back(day % 10 == 0 ? 7 : 0);
    truce.violence = OwnViolence{.deaths = deaths};
    const Durability with = how_long_may_it_hold(drawn(8), truce, quick());
    EXPECT_LT(with.answer[3].holds.chance, alone);
    EXPECT_THAT(with.warnings, Contains(DurabilityWarning::definitions_differ));
}

}  // namespace
}  // namespace truce::analysis
