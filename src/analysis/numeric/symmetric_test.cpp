// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/symmetric.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace truce::numeric {
namespace {

Symmetric of(double a, double b, double c) {
    Symmetric matrix(2);
    matrix.set(0, 0, a);
    matrix.set(0, 1, b);
    matrix.set(1, 1, c);
    return matrix;
}

TEST(Symmetric, GivesTheVarianceOfADifference) {
    const Symmetric covariance = of(4, 1, 9);
    EXPECT_EQ(covariance.variance_of_sum(std::vector{1.0, -1.0}), 4 - 2 * 1 + 9);
    EXPECT_EQ(covariance.standard_error(1), 3);
}

TEST(Symmetric, BetweenTwoOfItsLikeIsTheSandwich) {
    const Symmetric sandwich = of(1, 0, 2).between(of(2, 1, 3));  // [[2,1],[1,3]] diag(1,2) [[2,1],[1,3]]
    EXPECT_EQ(sandwich(0, 0), 2 * 2 + 1 * 1 * 2);
    EXPECT_EQ(sandwich(0, 1), 2 * 1 + 1 * 3 * 2);
    EXPECT_EQ(sandwich(1, 1), 1 + 3 * 3 * 2);
}

TEST(Cholesky, SolvesTwoEquations) {
    const auto factor = Cholesky::factor(of(4, 2, 3)).value();
    const std::vector<double> x = factor.solve(std::vector{2.0, 5.0});  // 4x + 2y = 2, 2x + 3y = 5
    EXPECT_NEAR(x[0], -0.5, 1e-15);
    EXPECT_NEAR(x[1], 2, 1e-15);
    EXPECT_NEAR(factor.log_determinant(), std::log(8), 1e-14);
}

TEST(Cholesky, NamesTheFirstColumnThatTheOthersDetermine) {
    EXPECT_FALSE(Cholesky::factor(of(1, 2, 4)));
    EXPECT_EQ(Cholesky::dependent_column(of(1, 2, 4))->column, 1U);
    EXPECT_EQ(Cholesky::dependent_column(of(0, 0, 4))->column, 0U);
    EXPECT_FALSE(Cholesky::dependent_column(of(4, 2, 3)));
}

TEST(Cholesky, IsNotFooledByUnits) {
    // Seconds and years in one matrix: far apart in size, not dependent.
    EXPECT_TRUE(Cholesky::factor(of(1e-9, 0.5, 1e9)));
}

TEST(Cholesky, ItsInverseUndoesTheMatrix) {
    EXPECT_TRUE(rc::check([] {
        const auto entry = [] { return static_cast<double>(*rc::gen::inRange(-50, 50)) / 10; };
        const std::vector<double> a{entry(), entry(), entry()};
        const std::vector<double> b{entry(), entry(), entry()};
        Symmetric matrix(3);
        for (std::size_t i = 0; i < 3; ++i) {
            matrix.add(i, i, 1);
            for (std::size_t j = 0; j <= i; ++j) matrix.add(i, j, a[i] * a[j] + b[i] * b[j]);
        }
        const Symmetric inverse = Cholesky::factor(matrix).value().inverse();
        for (std::size_t i = 0; i < 3; ++i) {
            for (std::size_t j = 0; j < 3; ++j) {
                double sum = 0;
                for (std::size_t k = 0; k < 3; ++k) sum += matrix(i, k) * inverse(k, j);
                RC_ASSERT(std::abs(sum - (i == j ? 1 : 0)) < 1e-10);
            }
        }
    }));
}

}  // namespace
}  // namespace truce::numeric
