// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/gamma_hazard.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

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

}  // namespace
}  // namespace truce::numeric
