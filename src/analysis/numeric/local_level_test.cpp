// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/local_level.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "analysis/numeric/test_reference.h"
#include "base/random.h"

namespace truce::numeric {
namespace {

/// The series and its control of the R package CausalImpact's vignette.
struct Vignette {
    std::vector<double> y;
    std::vector<double> x;
    [[nodiscard]] ControlledSeries series() const { return {.series = y, .controls = {x}, .before = 70}; }
};

std::optional<Vignette> vignette() {
    const auto file = reference_table("causalimpact/vignette.csv");
    if (!file) return std::nullopt;
    return Vignette{.y = file->at("y"), .x = file->at("x1")};
}

TEST(Counterfactual, WithAFixedLevelIsTheRegressionsPrediction) {
    // METHODS T9, static: R's lm on the 70 values before, its prediction for the 30 after.
    const auto example = vignette();
    if (!example) GTEST_SKIP() << "the reference files are not here";
    const Counterfactual answer = counterfactual(example->series(), LevelModel::fixed).value();
    EXPECT_NEAR(answer.average_effect, 10.45583048, 1e-8);
    EXPECT_NEAR(answer.average_error, .28644983, 1e-8);
    EXPECT_EQ(answer.drift, 0);
}

TEST(Counterfactual, WithADriftingLevelLiesInTheReferencesBand) {
    // METHODS T9: accept 10.3 to 10.7, half-width .5 to .85.
    const auto example = vignette();
    if (!example) GTEST_SKIP() << "the reference files are not here";
    const Counterfactual answer = counterfactual(example->series()).value();
    EXPECT_GE(answer.average_effect, 10.3);
    EXPECT_LE(answer.average_effect, 10.7);
    const Interval interval = answer.interval_of_average();
    EXPECT_GE((interval.high - interval.low) / 2, .5);
    EXPECT_LE((interval.high - interval.low) / 2, .85);
    EXPECT_NEAR(answer.cumulative_effect, 30 * answer.average_effect, 1e-9);
}

TEST(Counterfactual, OfAControlThatTellsAllFindsTheWholeEffect) {
    std::vector<double> control;
    std::vector<double> series;
    for (int time = 0; time < 40; ++time) {
        control.push_back(std::sin(time) * 3);
        series.push_back(2 * control.back() + 5 - (time >= 30 ? 4 : 0));
    }
    const Counterfactual answer =
        counterfactual({.series = series, .controls = {control}, .before = 30}).value();
    EXPECT_NEAR(answer.average_effect, -4, 1e-9);
    EXPECT_NEAR(answer.control_weights[0], 2, 1e-9);
}

TEST(Counterfactual, WithoutControlsAndDriftIsTheDifferenceOfMeans) {
    const std::vector<double> series{1, 3, 2, 2, 1, 3, 6, 8};
    const Counterfactual answer =
        counterfactual({.series = series, .controls = {}, .before = 6}, LevelModel::fixed).value();
    EXPECT_NEAR(answer.average_effect, 5, 1e-12);
    // Variance before 4/5; of the difference of two means 4/5 (1/6 + 1/2).
    EXPECT_NEAR(answer.average_error, std::sqrt(0.8 * (1.0 / 6 + 1.0 / 2)), 1e-12);
}

TEST(Counterfactual, IsLessSureTheFurtherItLooksAhead) {
    Random random(3);
    std::vector<double> walk{0};
    for (int time = 1; time < 80; ++time) walk.push_back(walk.back() + random.normal());
    const Counterfactual answer = counterfactual({.series = walk, .controls = {}, .before = 60}).value();
    EXPECT_GT(answer.drift, 0.4);
    EXPECT_GT(answer.expected_error.back(), 2 * answer.expected_error.front());
}

TEST(Counterfactual, SaysWhyItCannotBeEstimated) {
    const std::vector<double> series{1, 2, 3, 4, 5, 6};
    EXPECT_FALSE(counterfactual({.series = series, .controls = {series}, .before = 4}));
    EXPECT_EQ(counterfactual({.series = series, .controls = {}, .before = 6}).error().message,
              "no value after to compare with");
    const std::vector<double> twelve{1, 2, 1, 3, 2, 4, 1, 2, 3, 4, 2, 1};
    EXPECT_EQ(counterfactual({.series = twelve, .controls = {twelve, twelve}, .before = 10}).error().message,
              "the controls determine one another");
}

TEST(Counterfactual, ShiftsWithTheSeries) {
    EXPECT_TRUE(rc::check([](std::uint64_t seed) {
        Random random(seed);
        std::vector<double> series;
        std::vector<double> control;
        for (int time = 0; time < 30; ++time) {
            control.push_back(random.normal());
            series.push_back(control.back() + random.normal());
        }
        std::vector<double> shifted = series;
        for (double& value : shifted) value = 3 * value + 100;
        const auto one = counterfactual({.series = series, .controls = {control}, .before = 20});
        const auto other = counterfactual({.series = shifted, .controls = {control}, .before = 20});
        RC_ASSERT(std::abs(3 * one->average_effect - other->average_effect) <
                  1e-4 * (1 + std::abs(other->average_effect)));
        RC_ASSERT(std::abs(3 * one->average_error - other->average_error) < 1e-3 * other->average_error);
    }));
}

}  // namespace
}  // namespace truce::numeric
