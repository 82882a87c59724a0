// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/hawkes.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/numeric/test_reference.h"
#include "base/random.h"

namespace truce::numeric {
namespace {

/// Incidents of a self-exciting process: those that come by themselves, and the families they call forth.
std::vector<double> drawn(const Hawkes& process, double end, std::uint64_t seed) {
    Random random(seed);
    std::vector<double> times;
    const auto own = random.poisson(process.background * end);
    for (std::uint64_t i = 0; i < own; ++i) times.push_back(end * random.uniform_open());
    for (std::size_t parent = 0; parent < times.size(); ++parent) {
        const auto children = random.poisson(process.branching);
        for (std::uint64_t i = 0; i < children; ++i) {
            const double time = times[parent] + random.exponential() / process.decay;
            if (time < end) times.push_back(time);
        }
    }
    std::ranges::sort(times);
    return times;
}

std::vector<double> by_day(const std::vector<double>& times, std::size_t days) {
    std::vector<double> counts(days, 0.0);
    for (const double time : times) counts[static_cast<std::size_t>(time)] += 1;
    return counts;
}

std::optional<std::vector<double>> coal_dates() {
    auto file = reference_table("timeseries/coal_dates.csv");
    if (!file) return std::nullopt;
    std::vector<double> times = file->at("date");
    for (double& time : times) time -= 1851;
    return times;
}

TEST(HawkesLikelihood, OfTwoIncidentsIsThatWorkedByHand) {
    const Hawkes process{.background = 0.5, .branching = 0.4, .decay = 2};
    const double second = 0.5 + 0.8 * std::exp(-2.0);
    const double expected =
        std::log(0.5) + std::log(second) - 0.5 * 3 - 0.4 * (2 - std::exp(-4.0) - std::exp(-2.0));
    EXPECT_NEAR(log_likelihood(process, std::vector{1.0, 2.0}, 3), expected, 1e-14);
}

TEST(HawkesLikelihood, WithoutBranchingIsPoissons) {
    EXPECT_NEAR(log_likelihood({.background = 2, .branching = 0, .decay = 1}, std::vector{0.5, 0.6, 2.0}, 4),
                3 * std::log(2) - 8, 1e-14);
}

TEST(FitHawkes, OfCoalMiningDisastersGivesTheReferenceFigures) {
    // METHODS T7.
    const auto times = coal_dates();
    if (!times) GTEST_SKIP() << "the reference files are not here";
    const double there = log_likelihood({.background = 1, .branching = .4, .decay = 1}, *times, 112);
    EXPECT_NEAR(there, -70.8131791974, 1e-9);
    const HawkesFit fit = fit_hawkes(*times, 112).value();
    EXPECT_NEAR(fit.process.background, .435219, .435219e-4);
    EXPECT_NEAR(fit.process.branching, .749936, .749936e-4);
    EXPECT_NEAR(fit.process.decay, .376360, .376360e-4);
    EXPECT_NEAR(fit.log_likelihood, -64.5633898456, 1e-8);
    EXPECT_NEAR(fit.poisson_log_likelihood, -89.0490596605, 1e-9);
    EXPECT_FALSE(fit.at_bound);
}

TEST(FitHawkes, FindsTheProcessThatWasDrawn) {
    const std::vector<double> times = drawn({.background = 1, .branching = 0.5, .decay = 0.5}, 1000, 3);
    const HawkesFit fit = fit_hawkes(times, 1000).value();
    EXPECT_NEAR(fit.process.branching, 0.5, 0.1);
    EXPECT_NEAR(fit.process.background, 1, 0.2);
    EXPECT_GT(fit.fit.p, 0.05);
}

TEST(FitHawkes, SaysThatAConstantProcessDoesNotFitClusters) {
    const std::vector<double> times = drawn({.background = 0.5, .branching = 0.7, .decay = 2}, 500, 8);
    const double rate = static_cast<double>(times.size()) / 500;
    EXPECT_LT(time_rescaling({.background = rate, .branching = 0, .decay = 1}, times, 500).p, 1e-4);
    EXPECT_GT(time_rescaling(fit_hawkes(times, 500).value().process, times, 500).p, 0.05);
}

TEST(FitHawkes, NeedsTwentyIncidents) {
    std::vector<double> times;
    for (int i = 0; i < 19; ++i) times.push_back(i + 0.5);
    EXPECT_EQ(fit_hawkes(times, 20).error().message,
              "19 incidents are too few to tell those called forth from others; want 20");
}

TEST(FitHawkes, IsNoLessLikelyThanTheProcessThatWasDrawn) {
    EXPECT_TRUE(rc::check([] {
        const Hawkes process{.background = 0.3 + 0.1 * *rc::gen::inRange(0, 10),
                             .branching = 0.1 * *rc::gen::inRange(0, 8),
                             .decay = 0.1 * *rc::gen::inRange(1, 20)};
        const auto times = drawn(process, 120, *rc::gen::arbitrary<std::uint64_t>());
        RC_PRE(times.size() >= least_incidents_for_hawkes);
        const HawkesFit fit = fit_hawkes(times, 120).value();
        RC_ASSERT(fit.log_likelihood >= log_likelihood(process, times, 120) - 1e-6);
        RC_ASSERT(fit.log_likelihood >= fit.poisson_log_likelihood - 1e-4);
    }));
}

TEST(FitDailyHawkes, SeesSelfExcitationThroughTheDays) {
    const std::vector<double> counts =
        by_day(drawn({.background = 0.5, .branching = 0.6, .decay = 0.15}, 1500, 21), 1500);
    const DailyHawkes fit = fit_daily_hawkes(counts, {.draws = 8, .seed = 4}).value();
    EXPECT_NEAR(fit.mean.process.branching, 0.6, 0.12);
    EXPECT_NEAR(fit.error_factor(), 2.5, 0.8);
    EXPECT_GT(fit.likelihood_ratio(), 10);
    EXPECT_TRUE(fit.branching.contains(fit.mean.process.branching));
}

TEST(FitDailyHawkes, DoesNotTakeTiesForInstantAnswers) {
    // Independent incidents, three a day: as ties they would all seem called forth at once.
    Random random(5);
    std::vector<double> counts;
    for (int day = 0; day < 300; ++day) counts.push_back(static_cast<double>(random.poisson(3)));
    const DailyHawkes fit = fit_daily_hawkes(counts, {.draws = 8, .seed = 4}).value();
    EXPECT_LT(fit.mean.process.branching, 0.25);
    EXPECT_LT(fit.likelihood_ratio(), 6);
}

TEST(FitDailyHawkes, IsTheSameForTheSameSeed) {
    const std::vector<double> counts = coal_disasters();
    const DailyHawkes once = fit_daily_hawkes(counts, {.draws = 3, .seed = 9}).value();
    const DailyHawkes again = fit_daily_hawkes(counts, {.draws = 3, .seed = 9}).value();
    EXPECT_EQ(once.mean.process.branching, again.mean.process.branching);
    EXPECT_EQ(once.mean.log_likelihood, again.mean.log_likelihood);
}

}  // namespace
}  // namespace truce::numeric
