// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/normal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace truce::numeric {
namespace {

TEST(NormalReach, OfNinetyFivePercentIsTheWellKnownNumber) {
    EXPECT_NEAR(normal_reach({0.95}), 1.959963984540054, 1e-14);
}

TEST(NormalReach, TurnsBackIntoItsLevel) {
    for (const double level : {0.01, 0.5, 0.9, 0.999}) {
        EXPECT_NEAR(std::erf(normal_reach({level}) / std::numbers::sqrt2), level, 1e-14);
    }
}

}  // namespace
}  // namespace truce::numeric
