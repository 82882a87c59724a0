// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/competing_risks.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <vector>

#include "analysis/numeric/test_survival.h"

namespace truce::numeric {
namespace {

TEST(AalenJohansen, AddsUpByHand) {
    // Four: one collapses at 1 (1/4), one expires at 2 (3/4 * 1/3), one is last seen at 3, one collapses
    // at 4.
    const std::vector<double> stop{1, 2, 3, 4};
    const std::vector<std::uint8_t> cause{1, 2, 0, 1};
    const CompetingRisks risks = aalen_johansen({.stop = stop, .cause = cause}, 2);
    EXPECT_DOUBLE_EQ(risks.at(1, 1).value, 0.25);
    EXPECT_DOUBLE_EQ(risks.at(2, 2).value, 0.25);
    EXPECT_DOUBLE_EQ(risks.at(1, 3).value, 0.25);
    EXPECT_DOUBLE_EQ(risks.at(1, 4).value, 0.75);
    EXPECT_DOUBLE_EQ(risks.survival_at(2), 0.5);
    EXPECT_DOUBLE_EQ(risks.survival_at(4), 0);
    EXPECT_EQ(risks.at(1, 0.5).value, 0);
}

TEST(AalenJohansen, AgreesWithRSurvivalOnLung) {
    // R 4.2.2, survival 3.5-3: survfit(Surv(time, factor(cause)) ~ 1), the cause being the sex of who died.
    const auto lung = testing::lung(testing::LungRows::all);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    std::vector<std::uint8_t> cause;
    for (std::size_t i = 0; i < lung->time.size(); ++i)
        cause.push_back(lung->died[i] != 0 ? static_cast<std::uint8_t>(lung->sex[i]) : 0);
    const CompetingRisks risks = aalen_johansen({.stop = lung->time, .cause = cause}, 2);
    EXPECT_NEAR(risks.at(1, 180).value, 0.216590465896, 1e-11);
    EXPECT_NEAR(risks.at(2, 365).value, 0.1812939210036, 1e-11);
    // Its standard errors are infinitesimal jackknifes, which agree with the delta method but for a little.
    EXPECT_NEAR(risks.at(1, 180).standard_error, 0.0274038861895, 1e-4);
    EXPECT_NEAR(risks.at(2, 365).standard_error, 0.0277230142704, 1e-4);
}

struct AnyEnds {
    std::vector<double> stop;
    std::vector<std::uint8_t> cause;
};
AnyEnds any_ends(int causes) {
    AnyEnds any;
    const auto n = *rc::gen::inRange<std::size_t>(1, 60);
    for (std::size_t i = 0; i < n; ++i) {
        any.stop.push_back(*rc::gen::inRange(1, 30));
        any.cause.push_back(static_cast<std::uint8_t>(*rc::gen::inRange(0, causes + 1)));
    }
    return any;
}

TEST(AalenJohansen, AccountsForEverySpell) {
    EXPECT_TRUE(rc::check([] {
        const AnyEnds any = any_ends(3);
        const CompetingRisks risks = aalen_johansen({.stop = any.stop, .cause = any.cause}, 3);
        for (const double time : risks.times) {
            double sum = risks.survival_at(time);
            for (std::size_t cause = 1; cause <= 3; ++cause) sum += risks.at(cause, time).value;
            RC_ASSERT(std::abs(sum - 1) < 1e-12);
        }
    }));
}

TEST(AalenJohansen, OfOneCauseIsKaplanAndMeiersWithGreenwoodsError) {
    EXPECT_TRUE(rc::check([] {
        const AnyEnds any = any_ends(1);
        const CompetingRisks risks = aalen_johansen({.stop = any.stop, .cause = any.cause}, 1);
        const SurvivalCurve curve = kaplan_meier({.stop = any.stop, .failed = any.cause});
        for (const double time : risks.times) {
            const Estimated alive = curve.at(time);
            RC_ASSERT(std::abs(risks.at(1, time).value - (1 - alive.value)) < 1e-12);
            if (alive.value > 0)
                RC_ASSERT(std::abs(risks.at(1, time).standard_error - alive.standard_error) < 1e-6);
        }
    }));
}

}  // namespace
}  // namespace truce::numeric
