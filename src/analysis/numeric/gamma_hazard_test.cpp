// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/gamma_hazard.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace truce::numeric {
namespace {

TEST(GammaHazard, ReproducesTheReferenceD12) {
    const GammaHazard prior{.failures = 2, .exposure = 60};
    EXPECT_NEAR(prior.after(5, 900).holds(30), .806217589567, 1e-12);
    EXPECT_NEAR(prior.after(5, 900).holds(30), std::pow(960.0 / 990.0, 7), 1e-15);
}

TEST(GammaHazard, OfMuchDataIsAnExponential) {
    const GammaHazard sure{.failures = 1e9, .exposure = 1e11};
    EXPECT_NEAR(sure.holds(30), std::exp(-0.3), 1e-8);
    EXPECT_NEAR(sure.holds_interval(30).low, std::exp(-0.3), 1e-4);
}

TEST(GammaHazard, HasAnIntervalByTheQuantilesOfTheHazard) {
    // Gamma(1, 1) is exponential: its quantiles are -log(1 - p).
    const Interval interval = GammaHazard{.failures = 1, .exposure = 1}.holds_interval(1);
    EXPECT_NEAR(interval.low, 0.025, 1e-12);
    EXPECT_NEAR(interval.high, 0.975, 1e-12);
}

TEST(GammaHazard, HoldsLessTheLonger) {
    EXPECT_TRUE(rc::check([] {
        const GammaHazard hazard{.failures = *rc::gen::inRange(1, 50) / 2.0,
                                 .exposure = *rc::gen::inRange(1, 900) / 1.0};
        const double days = *rc::gen::inRange(0, 100);
        RC_ASSERT(hazard.holds(days + 1) < hazard.holds(days));
        RC_ASSERT(hazard.after(1, 0).holds(days + 1) < hazard.holds(days + 1));
        RC_ASSERT(hazard.after(0, 10).holds(days + 1) > hazard.holds(days + 1));
    }));
}

TEST(FitGammaHazard, FindsHowHazardsVary) {
    // Hazards drawn from Gamma(2, 60), each watched for 300 days.
    Random random(11);
    std::vector<FailuresSeen> groups;
    for (int i = 0; i < 4000; ++i) {
        const double hazard = random.gamma(2) / 60;
        groups.push_back({.failures = static_cast<double>(random.poisson(hazard * 300)), .exposure = 300});
    }
    const GammaHazard fitted = fit_gamma_hazard(groups).value();
    EXPECT_NEAR(fitted.failures, 2, 0.2);
    EXPECT_NEAR(fitted.exposure, 60, 6);
}

TEST(FitGammaHazard, OfGroupsThatAreAlikeIsNarrowAboutTheirRate) {
    const std::vector<FailuresSeen> groups(50, {.failures = 3, .exposure = 100});
    const GammaHazard fitted = fit_gamma_hazard(groups).value();
    EXPECT_GT(fitted.failures, 900);
    EXPECT_NEAR(fitted.failures / fitted.exposure, 0.03, 1e-6);
}

TEST(FitGammaHazard, NeedsAFailure) {
    EXPECT_FALSE(fit_gamma_hazard(std::vector<FailuresSeen>{{.failures = 0, .exposure = 10}}));
    EXPECT_FALSE(fit_gamma_hazard({}));
}

TEST(BelievedHazard, OfMuchSeenByEachGroupIsThatOfItsOwn) {
    std::vector<FailuresSeen> groups;
    for (int i = 1; i <= 20; ++i) groups.push_back({.failures = 100.0 * i, .exposure = 10000});
    const GammaHazard belief = believed_hazard(groups, groups[4]).value();
    EXPECT_NEAR(belief.failures / belief.exposure, 0.05, 5e-4);
    EXPECT_NEAR(belief.failures, 500, 20);
}

TEST(BelievedHazard, HoldsTheTruthOfGroupsThatSawLittle) {
    // Thirty groups whose hazards vary by a half, watched for as long as brings one failure: what a fitted
    // distribution would say of the first one's hazard holds in two of three draws.
    int inside = 0;
    int inside_fitted = 0;
    constexpr int draws = 400;
    for (int draw = 0; draw < draws; ++draw) {
        Random random(17, static_cast<std::uint64_t>(draw));
        std::vector<FailuresSeen> groups;
        double first = 0;
        for (int i = 0; i < 30; ++i) {
            const double hazard = random.gamma(2) / 2;
            if (i == 0) first = hazard;
            groups.push_back({.failures = static_cast<double>(random.poisson(hazard)), .exposure = 1});
        }
        const Interval interval = believed_hazard(groups, groups[0]).value().holds_interval(1);
        inside += interval.contains(std::exp(-first)) ? 1 : 0;
        const GammaHazard fitted = fit_gamma_hazard(groups).value().after(groups[0].failures, 1);
        inside_fitted += fitted.holds_interval(1).contains(std::exp(-first)) ? 1 : 0;
    }
    EXPECT_GE(inside, draws * 92 / 100);
    EXPECT_LE(inside, draws * 99 / 100);
    EXPECT_LT(inside_fitted, inside);
}

TEST(BelievedHazard, IsNothingWithoutAFailure) {
    const std::vector<FailuresSeen> groups(3, {.failures = 0, .exposure = 10});
    EXPECT_FALSE(believed_hazard(groups, groups[0]));
}

}  // namespace
}  // namespace truce::numeric
