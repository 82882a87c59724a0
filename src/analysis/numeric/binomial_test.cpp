// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/binomial.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <vector>

namespace truce::numeric {
namespace {

/// Any whole number in [first, end), at every size of the test.
template <class Number>
Number any_in(Number first, Number end) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Number>(first, end));
}

/// All probabilities of binomial(n, p), by the ratio of neighbours from the most likely outcome outwards:
/// nothing of it is shared with the code under test.
std::vector<double> all_probabilities(std::size_t n, double p) {
    std::vector<double> weight(n + 1, 0.0);
    const auto mode = std::min(n, static_cast<std::size_t>(static_cast<double>(n + 1) * p));
    weight[mode] = 1;
    for (std::size_t k = mode; k < n; ++k) {
        weight[k + 1] = weight[k] * static_cast<double>(n - k) / static_cast<double>(k + 1) * (p / (1 - p));
    }
    for (std::size_t k = mode; k > 0; --k) {
        weight[k - 1] = weight[k] * static_cast<double>(k) / static_cast<double>(n - k + 1) * ((1 - p) / p);
    }
    double sum = 0;
    for (const double w : weight) sum += w;
    for (double& w : weight) w /= sum;
    return weight;
}

double sum_of_unlikely(const std::vector<double>& probability, std::size_t seen) {
    double sum = 0;
    for (const double p : probability) sum += p <= probability[seen] * (1 + 1e-7) ? p : 0;
    return sum;
}

Successes any_successes() {
    const auto trials = any_in<std::uint64_t>(1, 400);
    return {.successes = any_in<std::uint64_t>(0, trials + 1), .trials = trials};
}

TEST(ClopperPearson, OfThreeInTenIsThePublishedInterval) {
    const Interval interval = clopper_pearson({3, 10}, {0.95});  // R 4.2.2: binom.test(3, 10)$conf.int
    EXPECT_NEAR(interval.low, 0.06673951, 1e-8);
    EXPECT_NEAR(interval.high, 0.6524529, 1e-7);
}

TEST(ClopperPearson, OfNoneOrAllHasAClosedForm) {
    EXPECT_EQ(clopper_pearson({0, 14}, {0.95}).low, 0);
    EXPECT_NEAR(clopper_pearson({0, 14}, {0.95}).high, 1 - std::pow(0.025, 1.0 / 14), 1e-14);
    EXPECT_NEAR(clopper_pearson({14, 14}, {0.95}).low, std::pow(0.025, 1.0 / 14), 1e-14);
    EXPECT_EQ(clopper_pearson({14, 14}, {0.95}).high, 1);
}

TEST(ClopperPearson, WithoutTrialsExcludesNothing) {
    EXPECT_EQ(clopper_pearson({0, 0}, {0.95}), (Interval{0, 1}));
}

TEST(ClopperPearson, ContainsTheShareSeen) {
    EXPECT_TRUE(rc::check([] {
        const Successes seen = any_successes();
        const auto level = *rc::gen::element(0.5, 0.8, 0.95, 0.999);
        const auto share = static_cast<double>(seen.successes) / static_cast<double>(seen.trials);
        RC_ASSERT(clopper_pearson(seen, {level}).contains(share));
    }));
}

TEST(ClopperPearson, GrowsWithTheLevel) {
    EXPECT_TRUE(rc::check([] {
        const Successes seen = any_successes();
        RC_ASSERT(clopper_pearson(seen, {0.99}).contains(clopper_pearson(seen, {0.95})));
    }));
}

TEST(TwoSidedP, OfThreeHeadsInTenIsTheSumOfBothTails) {
    EXPECT_NEAR(two_sided_p({3, 10}, 0.5), 2 * (1 + 10 + 45 + 120) / 1024.0, 1e-14);
}

TEST(TwoSidedP, OfTheMeanItselfIsOne) {
    EXPECT_EQ(two_sided_p({5, 10}, 0.5), 1);
}

TEST(TwoSidedP, WithoutTrialsIsOne) {
    EXPECT_EQ(two_sided_p({0, 0}, 0.3), 1);
}

TEST(TwoSidedP, IsTheSumOverAllUnlikelyOutcomes) {
    EXPECT_TRUE(rc::check([] {
        const Successes seen = any_successes();
        const double p = any_in(1, 1000) / 1000.0;
        const auto expected = sum_of_unlikely(all_probabilities(seen.trials, p), seen.successes);
        RC_ASSERT(std::abs(two_sided_p(seen, p) - expected) <= 1e-9 * expected + 1e-300);
    }));
}

TEST(TwoSidedP, OfAMillionTrialsIsNearTheNormalOne) {
    // 500,980 heads in a million lie 1.96 standard deviations from the mean.
    EXPECT_NEAR(two_sided_p({500'980, 1'000'000}, 0.5), 0.05, 2e-4);
}

TEST(CentralP, IsBelowFivePercentJustWhenTheIntervalLeavesTheValueOut) {
    EXPECT_TRUE(rc::check([] {
        const Successes seen = any_successes();
        const double p = any_in(1, 1000) / 1000.0;
        RC_ASSERT((central_p(seen, p) < 0.05) == !clopper_pearson(seen, {0.95}).contains(p));
    }));
}

}  // namespace
}  // namespace truce::numeric
