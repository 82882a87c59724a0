// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/quantile.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

namespace truce::numeric {
namespace {

TEST(SampleQuantile, InterpolatesBetweenOrderStatistics) {
    // R 4.2.2: quantile(c(1, 2, 4, 8), c(.1, .25, .5, .9)).
    const std::vector<double> sample{1, 2, 4, 8};
    EXPECT_NEAR(sample_quantile(sample, {.1}), 1.3, 1e-14);
    EXPECT_NEAR(sample_quantile(sample, {.25}), 1.75, 1e-14);
    EXPECT_NEAR(sample_quantile(sample, {.5}), 3, 1e-14);
    EXPECT_NEAR(sample_quantile(sample, {.9}), 6.8, 1e-14);
}

TEST(SampleQuantile, AtTheEndsIsTheSmallestAndTheLargest) {
    EXPECT_TRUE(rc::check([] {
        auto sample = *rc::gen::nonEmpty<std::vector<double>>();
        std::ranges::sort(sample);
        RC_ASSERT(sample_quantile(sample, {0}) == sample.front());
        RC_ASSERT(sample_quantile(sample, {1}) == sample.back());
    }));
}

TEST(DiscreteQuantile, IsTheFirstPlaceThatReachesTheShare) {
    const std::vector<double> weights{1, 2, 0, 1};
    EXPECT_EQ(discrete_quantile(weights, {.25}), 0U);
    EXPECT_EQ(discrete_quantile(weights, {.26}), 1U);
    EXPECT_EQ(discrete_quantile(weights, {.75}), 1U);
    EXPECT_EQ(discrete_quantile(weights, {.76}), 3U);
}

TEST(DiscreteQuantile, NeverLandsOnAPlaceOfNoWeight) {
    const std::vector<double> weights{0, 1, 0};
    EXPECT_EQ(discrete_quantile(weights, {0}), 1U);
    EXPECT_EQ(discrete_quantile(weights, {1}), 1U);
}

}  // namespace
}  // namespace truce::numeric
