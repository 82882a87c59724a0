// SPDX-License-Identifier: Apache-2.0
#include "analysis/daily_hazard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/random.h"

namespace truce::analysis {
namespace {

using ::testing::HasSubstr;

/// Truces whose hazard is 1% a day and doubles with each step of log(1 + violence of the week before).
std::vector<TruceDay> drawn(std::uint64_t seed, int truces = 300) {
    Random random(seed);
    std::vector<TruceDay> days;
    for (int i = 0; i < truces; ++i) {
        const double mean = random.gamma(0.5);
        std::vector<double> violence;
        for (int day = 1; day <= 120; ++day) {
            double week = 0;
            for (std::size_t back = 1; back <= 7 && back <= violence.size(); ++back)
                week += violence[violence.size() - back];
            const double hazard = 0.01 * std::pow(2.0, std::log1p(week));
            const bool failed = random.uniform() < -std::expm1(-hazard);
            violence.push_back(static_cast<double>(random.poisson(mean)));
            days.push_back({.truce = "T" + std::to_string(i),
                            .conflict = "C" + std::to_string(i % 40),
                            .day = day,
                            .violence = violence.back(),
                            .failed = failed});
            if (failed) break;
        }
    }
    return days;
}

TEST(FitDailyHazard, FindsWhatViolenceDoes) {
    const auto hazard = fit_daily_hazard(drawn(1));
    ASSERT_TRUE(hazard);
    EXPECT_TRUE(hazard->violence_ratio().contains(2)) << hazard->fit.coefficients[4];
    EXPECT_LT(hazard->violence_ratio().high, 2.6);
    EXPECT_GT(hazard->violence_ratio().low, 1.6);
}

TEST(FitDailyHazard, NeverSeesTheDayItself) {
    // However violent the day of failure, the fit is the same: it was not known before.
    std::vector<TruceDay> days = drawn(2);
    const auto before = fit_daily_hazard(days);
    for (TruceDay& day : days) {
        if (day.failed) day.violence = 1000;
    }
    const auto after = fit_daily_hazard(days);
    ASSERT_TRUE(before && after);
    EXPECT_EQ(before->fit.coefficients, after->fit.coefficients);
}

TEST(FitDailyHazard, WithALagOfThreeSeesNoneOfTheTwoDaysBeforeEither) {
    std::vector<TruceDay> days = drawn(2);
    const auto before = fit_daily_hazard(days, 3);
    for (std::size_t i = 2; i < days.size(); ++i) {
        if (!days[i].failed) continue;
        for (std::size_t back = 0; back <= 2; ++back) {
            if (days[i - back].truce == days[i].truce) days[i - back].violence = 1000;
        }
    }
    const auto after = fit_daily_hazard(days, 3);
    ASSERT_TRUE(before && after);
    EXPECT_EQ(before->fit.coefficients, after->fit.coefficients);
}

TEST(FitDailyHazard, DoesNotMindTheOrder) {
    std::vector<TruceDay> days = drawn(3, 150);
    const auto fit = fit_daily_hazard(days);
    std::ranges::reverse(days);
    const auto turned = fit_daily_hazard(days);
    ASSERT_TRUE(fit && turned);
    EXPECT_EQ(fit->fit.coefficients, turned->fit.coefficients);
}

TEST(DailyHazard, HoldsLessAfterAViolentWeek) {
    const auto hazard = fit_daily_hazard(drawn(4));
    ASSERT_TRUE(hazard);
    const Holds quiet = hazard->holds(20, 0, 30);
    const Holds violent = hazard->holds(20, 20, 30);
    EXPECT_GT(quiet.chance, violent.chance);
    EXPECT_TRUE(quiet.interval.contains(quiet.chance));
    // 30 days at 1% a day, and at 1% * 2^log(21) a day.
    EXPECT_NEAR(quiet.chance, std::exp(-0.3), 0.12);
    EXPECT_NEAR(violent.chance, std::exp(-0.3 * std::pow(2, std::log(21))), 0.1);
    EXPECT_EQ(hazard->holds(20, 0, 0).chance, 1);
}

TEST(FitDailyHazard, WantsTenFailuresForEachCovariate) {
    const auto hazard = fit_daily_hazard(drawn(5, 20));
    ASSERT_FALSE(hazard);
    EXPECT_THAT(hazard.error().message, HasSubstr("want at least 40"));
}

TEST(FitDailyHazard, RefusesDaysThatAreMissing) {
    std::vector<TruceDay> days = drawn(6);
    days.erase(days.begin() + 1);
    EXPECT_THAT(fit_daily_hazard(days).error().message, HasSubstr("follows day"));
}

}  // namespace
}  // namespace truce::analysis
