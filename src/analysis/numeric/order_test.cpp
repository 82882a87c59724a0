// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/order.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

namespace truce::numeric {
namespace {

std::vector<std::uint32_t> by_comparison(const std::vector<double>& keys) {
    auto order = in_given_order(keys.size());
    std::ranges::stable_sort(order, {}, [&](std::uint32_t place) { return keys[place]; });
    return order;
}

TEST(SortedBy, KeepsTheOrderOfEqualKeys) {
    EXPECT_EQ(sorted_by(in_given_order(5), std::vector{2.0, 1.0, 2.0, 1.0, 0.0}),
              (std::vector<std::uint32_t>{4, 1, 3, 0, 2}));
}

TEST(SortedBy, TakesNegativeZeroForZero) {
    EXPECT_EQ(sorted_by(in_given_order(3), std::vector{0.0, -0.0, -0.5}),
              (std::vector<std::uint32_t>{2, 0, 1}));
}

TEST(SortedBy, SortsWholeNumbersAsComparisonDoes) {
    EXPECT_TRUE(rc::check([](const std::vector<std::int16_t>& values) {
        const std::vector<double> keys(values.begin(), values.end());
        RC_ASSERT(sorted_by(in_given_order(keys.size()), keys) == by_comparison(keys));
    }));
}

TEST(SortedBy, SortsAnyNumbersAsComparisonDoes) {
    EXPECT_TRUE(rc::check([](std::vector<double> keys) {
        std::erase_if(keys, [](double key) { return key != key; });
        RC_ASSERT(sorted_by(in_given_order(keys.size()), keys) == by_comparison(keys));
    }));
}

TEST(SortedBy, SortsWideWholeNumbersToo) {
    EXPECT_TRUE(rc::check([](const std::vector<std::uint32_t>& keys) {
        auto expected = in_given_order(keys.size());
        std::ranges::stable_sort(expected, {}, [&](std::uint32_t place) { return keys[place]; });
        RC_ASSERT(sorted_by(in_given_order(keys.size()), std::span(keys)) == expected);
    }));
}

}  // namespace
}  // namespace truce::numeric
