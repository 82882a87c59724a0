// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// The inner loops of `count_regression.h`, once for every instruction set. Not for use outside its files.
///
/// All sets give the same bits: sums go through the same four lanes in the same order, and no product is
/// fused with a sum.
namespace truce::numeric::kernels {

/// Rows that are worked on together: with a dozen columns they stay in the first-level cache.
inline constexpr std::size_t block_rows = 256;
inline constexpr std::size_t lanes = 4;
/// Rows come in multiples of this.
inline constexpr std::size_t row_step = 4 * lanes;

/// A run of rows of counts and what explains them. Requires: `rows` a multiple of `row_step`, at most
/// `block_rows`.
struct CountBlock {
    const double* counts;
    const double* const* columns;
    std::size_t column_count;
    const double* offset;  ///< null: none
    std::size_t rows;
};

/// At which parameters to add up. `theta` infinite: Poisson.
struct CountPoint {
    const double* coefficients;
    double theta;
    /// Which second derivatives: those of the likelihood itself, or their expected values.
    enum class Information : std::uint8_t { observed, expected } information;
};

/// What is added up over rows. mu is the fitted mean, V its variance.
struct CountSums {
    double* gradient;     ///< of the log-likelihood, by coefficient
    double* information;  ///< lower triangle, row by row, packed
    /// The sum of y ln mu - mu (Poisson) or y ln(mu/theta) - (y + theta) ln(1 + mu/theta), the ln theta of
    /// the first term left out.
    double log_likelihood;
    double log_ratio;      ///< of ln(1 + mu/theta)
    double theta_score;    ///< of (mu - y) / (mu + theta)
    double theta_second;   ///< of 1/theta - 2/(mu + theta) + (y + theta)/(mu + theta)^2
    double pearson;        ///< of (y - mu)^2 / V
    double squares;        ///< of (y - mu)^2 - y
    double squared_means;  ///< of mu^2
};

struct CountKernels {
    /// Adds the rows' terms to `sums`; writes the fitted means where `fitted` is not null.
    void (*add)(const CountBlock& block, const CountPoint& point, CountSums& sums, double* fitted);
    /// Adds to `gradient` and `information` the weighted least squares of a first guess: ln m less the
    /// offset, m = (y + mean) / 2, with weights m.
    void (*start)(const CountBlock& block, double mean, double* gradient, double* information);
};

const CountKernels& portable_count_kernels();
const CountKernels& avx2_count_kernels();
/// The fastest that this machine can run.
const CountKernels& best_count_kernels();

}  // namespace truce::numeric::kernels
