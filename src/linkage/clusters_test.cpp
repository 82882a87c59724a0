// SPDX-License-Identifier: Apache-2.0
#include "linkage/clusters.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace truce::linkage {
namespace {

using Groups = std::vector<std::vector<std::uint32_t>>;
constexpr auto any = [](std::uint32_t, std::uint32_t) { return true; };

TEST(Clusters, HoldAtMostOneOfEachSource) {
    const std::vector<std::uint32_t> sources{0, 1, 0};
    const std::vector<std::uint8_t> repeats{0, 0};
    Clusters clusters(sources, repeats);
    EXPECT_TRUE(clusters.offer({0, 1}, any));
    EXPECT_FALSE(clusters.offer({1, 2}, any));
    EXPECT_EQ(clusters.groups(), (Groups{{0, 1}, {2}}));
}

TEST(Clusters, HoldSeveralOfASourceThatRepeatsItself) {
    const std::vector<std::uint32_t> sources{0, 1, 0};
    const std::vector<std::uint8_t> repeats{1, 0};
    Clusters clusters(sources, repeats);
    EXPECT_TRUE(clusters.offer({0, 1}, any));
    EXPECT_TRUE(clusters.offer({1, 2}, any));
    EXPECT_EQ(clusters.groups(), (Groups{{0, 1, 2}}));
}

TEST(Clusters, WhatDoesNotFitAnyMemberIsRefused) {
    const std::vector<std::uint32_t> sources{0, 1, 2};
    const std::vector<std::uint8_t> repeats{0, 0, 0};
    Clusters clusters(sources, repeats);
    const auto not_0_and_2 = [](std::uint32_t a, std::uint32_t b) { return a + b != 2 || a == b; };
    EXPECT_TRUE(clusters.offer({0, 1}, not_0_and_2));
    EXPECT_FALSE(clusters.offer({1, 2}, not_0_and_2));
}

// A barrage: hundreds of accounts of one hour, in two groups of which one single pair does not fit.
TEST(Clusters, GroupsThatWereRefusedAreNotHeldAgainstEachOtherForEveryPairOfThem) {
    constexpr std::uint32_t half = 150;
    const std::vector<std::uint32_t> sources(std::size_t{2} * half, 0);
    const std::vector<std::uint8_t> repeats{1};
    Clusters clusters(sources, repeats);
    std::uint64_t asked = 0;
    const auto all_but_one = [&](std::uint32_t a, std::uint32_t b) {
        ++asked;
        return std::min(a, b) != half - 1 || std::max(a, b) != 2 * half - 1;
    };
    for (std::uint32_t i = 1; i < half; ++i) {
        EXPECT_TRUE(clusters.offer({0, i}, all_but_one));
        EXPECT_TRUE(clusters.offer({half, half + i}, all_but_one));
    }
    asked = 0;
    for (std::uint32_t a = 0; a < half; ++a) {
        for (std::uint32_t b = half; b < 2 * half; ++b) EXPECT_FALSE(clusters.offer({a, b}, all_but_one));
    }
    EXPECT_LE(asked, half * half);
    EXPECT_EQ(clusters.groups().size(), 2U);
}

TEST(Clusters, InsistingJoinsTwoOfOneSource) {
    const std::vector<std::uint32_t> sources{0, 0};
    const std::vector<std::uint8_t> repeats{0};
    Clusters clusters(sources, repeats);
    EXPECT_TRUE(clusters.insist({0, 1}));
    EXPECT_TRUE(clusters.together({0, 1}));
}

TEST(Clusters, WhatIsForbiddenStaysApartByWhateverWay) {
    const std::vector<std::uint32_t> sources{0, 1, 2};
    const std::vector<std::uint8_t> repeats{0, 0, 0};
    Clusters clusters(sources, repeats);
    clusters.forbid({0, 2});
    EXPECT_TRUE(clusters.offer({0, 1}, any));
    EXPECT_FALSE(clusters.offer({1, 2}, any));
    EXPECT_FALSE(clusters.insist({1, 2}));
}

}  // namespace
}  // namespace truce::linkage
