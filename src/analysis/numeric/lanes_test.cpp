// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/lanes.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

namespace truce::numeric {
namespace {

TEST(Exponential, AgreesWithTheLibrarysToFourUnitsInTheLastPlace) {
    EXPECT_TRUE(rc::check([] {
        const auto any = [] {
            return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(-70000000, 70000000)) * 1e-5;
        };
        const Lanes x = {any(), any()};
        const Lanes y = exponential(x);
        RC_ASSERT(std::abs(y[0] / std::exp(x[0]) - 1) < 4 * 0x1p-52);
        RC_ASSERT(std::abs(y[1] / std::exp(x[1]) - 1) < 4 * 0x1p-52);
    }));
}

TEST(Exponential, OfNothingIsOne) {
    EXPECT_EQ(exponential(Lanes{0, 0})[0], 1);
}

}  // namespace
}  // namespace truce::numeric
