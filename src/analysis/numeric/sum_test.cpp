// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/sum.h"

#include <gtest/gtest.h>

namespace truce::numeric {
namespace {

TEST(CompensatedSum, KeepsWhatAPlainSumLoses) {
    CompensatedSum sum;
    for (const double term : {1.0, 1e100, 1.0, -1e100}) sum.add(term);
    EXPECT_EQ(sum.value(), 2);  // a plain sum gives 0
}

TEST(CompensatedSum, OfAMillionTenthsIsExact) {
    CompensatedSum sum;
    for (int i = 0; i < 1'000'000; ++i) sum.add(0.1);
    EXPECT_EQ(sum.value(), 100'000);  // a plain sum is off by 1.3e-6
}

}  // namespace
}  // namespace truce::numeric
