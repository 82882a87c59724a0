// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/forecast_scores.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace truce::numeric {
namespace {

/// Forecasts that are as good as their word: what is given a chance of p happens with chance p.
std::vector<Forecast> honest(std::uint64_t seed, std::size_t n) {
    Random random(seed);
    std::vector<Forecast> forecasts;
    for (std::size_t i = 0; i < n; ++i) {
        const double chance = 0.05 + 0.9 * random.uniform();
        forecasts.push_back({.chance = chance, .happened = random.uniform() < chance});
    }
    return forecasts;
}

/// The same with their log odds tripled: too sure of themselves.
std::vector<Forecast> overconfident(std::uint64_t seed, std::size_t n) {
    std::vector<Forecast> forecasts = honest(seed, n);
    for (Forecast& one : forecasts) one.chance = 1 / (1 + std::pow((1 - one.chance) / one.chance, 3));
    return forecasts;
}

TEST(WilsonInterval, HasThePublishedValues) {
    // Newcombe (1998), Statistics in Medicine 17: 857, table I: 81 of 263, 15 of 148, 0 of 20.
    EXPECT_NEAR(wilson_interval(81, 263).low, 0.2553, 5e-5);
    EXPECT_NEAR(wilson_interval(81, 263).high, 0.3662, 5e-5);
    EXPECT_NEAR(wilson_interval(15, 148).low, 0.0624, 5e-5);
    EXPECT_NEAR(wilson_interval(15, 148).high, 0.1605, 5e-5);
    EXPECT_EQ(wilson_interval(0, 20).low, 0);
    EXPECT_NEAR(wilson_interval(0, 20).high, 0.1611, 5e-5);
}

TEST(WilsonInterval, WithoutTrialsIsAnything) {
    EXPECT_EQ(wilson_interval(0, 0), (Interval{0, 1}));
}

TEST(BrierScore, IsTheMeanSquaredError) {
    const std::vector<Forecast> forecasts{{.chance = 0.8, .happened = true},
                                          {.chance = 0.3, .happened = false}};
    EXPECT_NEAR(brier_score(forecasts), (0.04 + 0.09) / 2, 1e-15);
    EXPECT_NEAR(log_score(forecasts), -(std::log(0.8) + std::log(0.7)) / 2, 1e-15);
}

TEST(BrierScore, CountsTheUnknownAmongAllAndTheKnownInTheirPlace) {
    const std::vector<Forecast> forecasts{{.chance = 0.8, .happened = true, .weight = 2},
                                          {.chance = 0.3, .weight = 0}};
    EXPECT_NEAR(brier_score(forecasts), 2 * 0.04 / 2, 1e-15);
}

TEST(SpiegelhalterZ, IsSmallForHonestForecastsAndLargeForOverconfidentOnes) {
    EXPECT_LT(std::abs(spiegelhalter_z(honest(5, 4000)).value()), 3);
    EXPECT_GT(spiegelhalter_z(overconfident(5, 4000)).value(), 10);
}

TEST(SpiegelhalterZ, OfForecastsOfOneHalfSaysNothing) {
    EXPECT_FALSE(spiegelhalter_z(std::vector<Forecast>{{.chance = 0.5, .happened = true}}));
}

TEST(SpiegelhalterZ, HasItsValueByHand) {
    // One forecast of 0.2 that came about: 0.8 * 0.6 / sqrt(0.36 * 0.16) = 2.
    EXPECT_NEAR(spiegelhalter_z(std::vector<Forecast>{{.chance = 0.2, .happened = true}}).value(), 2, 1e-12);
}

TEST(Reliability, HoldsEveryKnownForecastOnce) {
    EXPECT_TRUE(rc::check([](std::uint16_t seed) {
        const auto forecasts = honest(seed, 57);
        const auto bins = reliability(forecasts, 10);
        std::uint32_t all = 0;
        for (const ReliabilityBin& bin : bins) {
            all += bin.forecasts;
            RC_ASSERT(bin.interval.contains(bin.share_happened));
            RC_ASSERT(std::abs(bin.effective - bin.forecasts) < 1e-9);
        }
        RC_ASSERT(all == 57U);
        RC_ASSERT(bins.size() == 10U);
    }));
}

TEST(Reliability, DoesNotPartForecastsOfOneChance) {
    std::vector<Forecast> forecasts(9, {.chance = 0.3, .happened = false});
    forecasts.push_back({.chance = 0.9, .happened = true});
    const auto bins = reliability(forecasts, 5);
    ASSERT_EQ(bins.size(), 2U);
    EXPECT_EQ(bins[0].forecasts, 9U);
    EXPECT_NEAR(bins[0].mean_chance, 0.3, 1e-12);
}

TEST(CalibrationLine, IsTheDiagonalForHonestForecasts) {
    const CalibrationLine line = calibration_line(honest(6, 4000)).value();
    EXPECT_NEAR(line.slope, 1, 4 * line.slope_error);
    EXPECT_NEAR(line.intercept, 0, 4 * line.intercept_error);
}

TEST(CalibrationLine, IsFlatterForForecastsThatAreTooSure) {
    EXPECT_NEAR(calibration_line(overconfident(6, 4000)).value().slope, 1.0 / 3, 0.05);
}

TEST(CalibrationLine, NeedsForecastsThatDiffer) {
    EXPECT_FALSE(calibration_line(
        std::vector<Forecast>{{.chance = 0.5, .happened = true}, {.chance = 0.5, .happened = false}}));
}

}  // namespace
}  // namespace truce::numeric
