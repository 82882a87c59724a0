// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/capture_bounds.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/numeric/capture_bootstrap.h"
#include "analysis/numeric/log_linear.h"
#include "analysis/numeric/test_list_tables.h"

namespace truce::numeric {
namespace {

// METHODS M4.
TEST(ChaoBound, GivesThePublishedValueForKosovo) {
    EXPECT_NEAR(chao_bound(kosovo())->population, 10270.478458, 1e-6 * 10270);
}

TEST(ChaoBound, IsWorkedByHand) {
    // 10 once, 5 twice, 1 thrice: 16 + 100 / 10.
    const auto bound = chao_bound(list_counts(3, {{1, 4}, {2, 6}, {3, 5}, {7, 1}}));
    EXPECT_NEAR(bound->population, 26, 1e-12);
    EXPECT_LT(bound->interval.low, 26);
    EXPECT_GT(bound->interval.high, 26);
    EXPECT_GE(bound->interval.low, 16);
}

TEST(ChaoBound, OfNobodyOnTwoListsUsesThoseOnOne) {
    EXPECT_NEAR(chao_bound(list_counts(2, {{1, 3}, {2, 2}}))->population, 5 + 10, 1e-12);
}

TEST(ChaoBound, OfEverybodyOnAllListsIsTheirNumber) {
    const auto bound = chao_bound(list_counts(3, {{7, 12}}));
    EXPECT_EQ(bound->population, 12);
    EXPECT_EQ(bound->interval, (Interval{12, 12}));
}

TEST(ChaoBound, OfNobodyIsNothing) {
    EXPECT_FALSE(chao_bound(ListCounts(3)));
}

// METHODS M4.
TEST(Chapman, GivesThePublishedValueForKosovo) {
    EXPECT_NEAR(chapman(kosovo(), {.first = 0, .second = 1}).population, 7231.472772, 1e-6 * 7231);
}

TEST(Chapman, NeverFallsBelowThosePeopleSeen) {
    const auto estimate = chapman(list_counts(2, {{1, 1}, {2, 1}, {3, 30}}), {.first = 0, .second = 1});
    EXPECT_GE(estimate.interval.low, 32);
}

// The interval is SparseMSE's but for chance: 8,785 to 14,701 by its own 1,000 replicates.
TEST(BootstrapWithChoice, GivesSparseMsesPointEstimateAndLikeInterval) {
    const auto result = bootstrap_with_choice(modern_slavery(), {.replicates = 1000, .seed = 1});
    ASSERT_TRUE(result);
    EXPECT_NEAR(result->population, 11312.990289, 1e-6 * 11313);
    EXPECT_NEAR(result->interval.low, 8785, 900);
    EXPECT_NEAR(result->interval.high, 14701, 900);
}

TEST(BootstrapWithChoice, IsWiderThanTheIntervalOfTheModelChosen) {
    const auto result =
        bootstrap_with_choice(kosovo(), {.choice = ModelChoice::lowest_bic, .replicates = 200, .seed = 1});
    ASSERT_TRUE(result);
    const auto of_model = rank_models(kosovo())[0].fit.interval();
    EXPECT_LT(result->interval.low, of_model.low);
    EXPECT_GT(result->interval.high, of_model.high);
}

TEST(BootstrapWithChoice, OfCountsWithoutAnEstimateIsNothing) {
    EXPECT_FALSE(bootstrap_with_choice(list_counts(2, {{1, 3}, {2, 2}}), {}));
    EXPECT_FALSE(bootstrap_with_choice(ListCounts(3), {}));
}

}  // namespace
}  // namespace truce::numeric
