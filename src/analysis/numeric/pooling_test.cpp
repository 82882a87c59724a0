// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/pooling.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>

namespace truce::numeric {
namespace {

/// Any whole number in [first, end), at every size of the test.
template <class Number>
Number any_in(Number first, Number end) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Number>(first, end));
}

std::vector<Noisy> any_estimates() {
    std::vector<Noisy> estimates;
    const int groups = any_in(2, 12);
    for (int i = 0; i < groups; ++i) {
        estimates.push_back({.value = any_in(-300, 300) / 100.0, .variance = any_in(1, 200) / 100.0});
    }
    return estimates;
}

TEST(Pool, OfTwoEqualVariancesSolvesByHand) {
    // Values 0 and 4, variance 1 each: (4 + 4) / (1 + t) = 1, so t = 7; each keeps 7/8 of its distance to the
    // mean 2.
    const std::vector<Noisy> estimates{{0, 1}, {4, 1}};
    const Pooling pooling = pool(estimates);
    EXPECT_NEAR(pooling.between_variance, 7, 1e-12);
    EXPECT_NEAR(pooling.mean.value, 2, 1e-12);
    EXPECT_NEAR(pooling.mean.variance, 4, 1e-12);
    EXPECT_NEAR(pooling.pooled[0].value, 0.25, 1e-12);
    EXPECT_NEAR(pooling.pooled[1].value, 3.75, 1e-12);
    EXPECT_NEAR(pooling.pooled[0].variance, 7.0 / 8 + 4.0 / 64, 1e-12);
}

TEST(Pool, OfGroupsThatDifferByChanceAloneGivesAllTheMean) {
    const std::vector<Noisy> estimates{{0.9, 1}, {1.0, 1}, {1.1, 1}};
    const Pooling pooling = pool(estimates);
    EXPECT_EQ(pooling.between_variance, 0);
    for (const Noisy& group : pooling.pooled) {
        EXPECT_NEAR(group.value, 1, 1e-14);
        EXPECT_NEAR(group.variance, 1.0 / 3, 1e-14);
    }
}

TEST(Pool, MovesEachGroupTowardsTheMeanAndNotPastIt) {
    EXPECT_TRUE(rc::check([] {
        const auto estimates = any_estimates();
        const Pooling pooling = pool(estimates);
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            const double before = estimates[i].value - pooling.mean.value;
            const double after = pooling.pooled[i].value - pooling.mean.value;
            RC_ASSERT(std::abs(after) <= std::abs(before) + 1e-12);
            RC_ASSERT(before * after >= -1e-12);
        }
    }));
}

TEST(Pool, MovesTheLessCertainOfTwoLikeGroupsMore) {
    const std::vector<Noisy> estimates{{-2, 0.1}, {0, 0.1}, {2, 0.1}, {2, 1}};
    const Pooling pooling = pool(estimates);
    EXPECT_LT(pooling.pooled[3].value, pooling.pooled[2].value);
}

TEST(Pool, SolvesPauleAndMandelsEquation) {
    EXPECT_TRUE(rc::check([] {
        const auto estimates = any_estimates();
        const Pooling pooling = pool(estimates);
        double heterogeneity = 0;
        for (const Noisy& e : estimates) {
            heterogeneity +=
                std::pow(e.value - pooling.mean.value, 2) / (e.variance + pooling.between_variance);
        }
        const auto expected = static_cast<double>(estimates.size() - 1);
        if (pooling.between_variance > 0) {
            RC_ASSERT(std::abs(heterogeneity - expected) < 1e-9 * expected);
        } else {
            RC_ASSERT(heterogeneity <= expected);
        }
    }));
}

TEST(Pool, ShiftsWithItsEstimates) {
    EXPECT_TRUE(rc::check([] {
        const auto estimates = any_estimates();
        auto shifted = estimates;
        for (Noisy& e : shifted) e.value += 5;
        const Pooling here = pool(estimates);
        const Pooling there = pool(shifted);
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            RC_ASSERT(std::abs(there.pooled[i].value - here.pooled[i].value - 5) < 1e-9);
        }
    }));
}

}  // namespace
}  // namespace truce::numeric
