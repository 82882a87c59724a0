// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/linear_program.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

namespace truce::numeric {
namespace {

DenseMatrix matrix(std::size_t rows, std::size_t columns, std::vector<double> values) {
    DenseMatrix a(rows, columns);
    a.values = std::move(values);
    return a;
}

TEST(HasDirectionOfRecession, SeesOneThatRaisesAnEntryAndLowersNone) {
    EXPECT_TRUE(has_direction_of_recession(matrix(2, 2, {1, 0, 0, 1})));
    EXPECT_TRUE(has_direction_of_recession(matrix(3, 2, {1, -1, -1, 1, 1, 1})));
}

TEST(HasDirectionOfRecession, SeesNoneWhereEveryRiseIsPaidFor) {
    EXPECT_FALSE(has_direction_of_recession(matrix(2, 1, {1, -1})));
    EXPECT_FALSE(has_direction_of_recession(matrix(3, 2, {1, 0, 0, 1, -1, -1})));
    EXPECT_FALSE(has_direction_of_recession(matrix(1, 1, {0})));
    EXPECT_FALSE(has_direction_of_recession(DenseMatrix(0, 3)));
}

TEST(NullSpace, IsWhatTheMatrixSendsToZero) {
    EXPECT_TRUE(rc::check([] {
        const auto entry = [] { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 2)); };
        DenseMatrix a(4, 6);
        for (double& value : a.values) value = entry();
        const NullSpace space = null_space(a);
        RC_ASSERT(space.rank <= 4U);
        RC_ASSERT(space.basis.columns == 6 - space.rank);
        for (std::size_t i = 0; i < a.rows; ++i) {
            for (std::size_t j = 0; j < space.basis.columns; ++j) {
                double sum = 0;
                for (std::size_t k = 0; k < a.columns; ++k) sum += a.at(i, k) * space.basis.at(k, j);
                RC_ASSERT(std::abs(sum) < 1e-9);
            }
        }
    }));
}

TEST(NullSpace, CountsTheRank) {
    EXPECT_EQ(null_space(matrix(3, 3, {1, 2, 3, 2, 4, 6, 1, 0, 1})).rank, 2U);
}

}  // namespace
}  // namespace truce::numeric
