// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/multiplicity.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace truce::numeric {
namespace {

std::vector<double> any_p_values() {
    const auto thousandths = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1001));
    std::vector<double> p;
    for (const int t : thousandths) p.push_back(t / 1000.0);
    return p;
}

TEST(BenjaminiHochberg, AgreesWithRForTenTests) {
    // R 4.2.2: p.adjust(p, "BH").
    const std::vector p{.001, .008, .039, .041, .042, .06, .074, .205, .212, .216};
    const std::vector expected{.01, .04, .084, .084, .084, .1, .105714286, .216, .216, .216};
    const std::vector q = benjamini_hochberg(p);
    ASSERT_EQ(q.size(), expected.size());
    for (std::size_t i = 0; i < q.size(); ++i) EXPECT_NEAR(q[i], expected[i], expected[i] * 1e-6) << i;
}

TEST(BenjaminiHochberg, OfOneTestIsItsP) {
    EXPECT_EQ(benjamini_hochberg(std::vector{0.03}).at(0), 0.03);
}

TEST(BenjaminiHochberg, OfNoTestsIsEmpty) {
    EXPECT_TRUE(benjamini_hochberg({}).empty());
}

TEST(BenjaminiHochberg, NeverFallsBelowPOrExceedsOne) {
    EXPECT_TRUE(rc::check([] {
        const auto p = any_p_values();
        const auto q = benjamini_hochberg(p);
        for (std::size_t i = 0; i < p.size(); ++i) RC_ASSERT(p[i] <= q[i] && q[i] <= 1);
    }));
}

TEST(BenjaminiHochberg, DoesNotDependOnTheOrderOfTests) {
    EXPECT_TRUE(rc::check([] {
        auto p = any_p_values();
        auto q = benjamini_hochberg(p);
        std::ranges::reverse(p);
        std::ranges::reverse(q);
        RC_ASSERT(benjamini_hochberg(p) == q);
    }));
}

TEST(BenjaminiHochberg, KeepsTheOrderOfPValues) {
    EXPECT_TRUE(rc::check([] {
        const auto p = any_p_values();
        const auto q = benjamini_hochberg(p);
        for (std::size_t i = 1; i < p.size(); ++i) RC_ASSERT(p[i - 1] > p[i] || q[i - 1] <= q[i]);
    }));
}

}  // namespace
}  // namespace truce::numeric
