// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/numeric/symmetric.h"
#include "base/result.h"

namespace truce::numeric {

/// Counts and what explains them, by columns: ln of the mean is the sum of the columns, each times its
/// coefficient, plus the offset.
///
/// A constant is a column of ones like any other. The columns are read where they lie, so they must outlive
/// what is done with them. Requires: counts whole and at least 0; all columns as long as the counts, and
/// finite; the offset empty (none) or as long, and finite.
struct CountData {
    std::span<const double> counts;
    std::vector<std::span<const double>> columns;
    /// ln of what a row's mean is in proportion to: its exposure.
    std::span<const double> offset{};

    [[nodiscard]] std::size_t rows() const { return counts.size(); }
};

/// How counts vary about their mean mu. Negative binomial: by mu + mu^2 / theta (NB2).
enum class CountFamily : std::uint8_t { poisson, negative_binomial };

/// A regression of counts, fitted by maximum likelihood.
struct CountFit {
    CountFamily family = CountFamily::poisson;
    std::vector<double> coefficients;
    double theta = 0;           ///< infinite for Poisson
    double theta_error = 0;     ///< its standard error, from the observed information; 0 for Poisson
    double log_likelihood = 0;  ///< with all constants
    double deviance = 0;
    double pearson = 0;  ///< Pearson's chi-squared over its degrees of freedom, about this family's variance
    /// Of the Poisson fit of the same rows; what the choice of the family rests on.
    double poisson_pearson = 0;
    std::vector<double> fitted;  ///< the mean of each row
    /// Of the coefficients, if the family is right and rows are independent: the inverse of the expected
    /// information, theta taken as known.
    Symmetric covariance;
    int passes = 0;  ///< over the rows
};

/// Fits a Poisson regression.
///
/// Cannot be estimated, with the reason: fewer rows than coefficients and one, nothing counted, a column that
/// is a combination of those before it, or counts that do not determine a coefficient (a group that counted
/// nothing at all). Newton's method with step halving; stops when the next step is worth less than 1e-9 of
/// log-likelihood, so that coefficients are right to about 1e-8 of their standard errors. Deterministic, and
/// the same bits on every machine. Cost: rows * columns^2 / 2 for each of some eight passes.
///
/// McCullagh, Nelder (1989), Generalized Linear Models, 2nd ed., chapter 6.
[[nodiscard]] Result<CountFit> fit_poisson(const CountData& data);

/// Fits a negative binomial regression (NB2) where counts vary more than Poisson's, else a Poisson
/// regression: where Pearson's dispersion of the Poisson fit is below 1, or theta would exceed 1e5.
///
/// As fit_poisson; coefficients by Newton's method on the likelihood, ln theta by Newton's method beside
/// them. Lawless (1987), Canadian J. Statist. 15: 209; Venables, Ripley (2002), Modern Applied Statistics
/// with S, 7.4.
[[nodiscard]] Result<CountFit> fit_counts(const CountData& data);

/// The covariances of the coefficients where rows are independent, whatever their variances: White's HC0.
///
/// White (1980), Econometrica 48: 817. Requires, here and below: `fit` is of `data`.
Symmetric hc0(const CountData& data, const CountFit& fit);

/// The covariances of the coefficients where rows near in time resemble one another: Newey and West's,
/// Bartlett weights up to `lag` units of time, no prewhitening and no correction for few rows.
///
/// Requires: `times` rising strictly, one for each row; a pair of rows counts by how far apart its times are.
/// Newey, West (1987), Econometrica 55: 703.
Symmetric newey_west(const CountData& data, const CountFit& fit, std::span<const std::int64_t> times,
                     std::int64_t lag);

/// The lag for newey_west by the rule 4 (n/100)^(2/9), rounded up. Newey, West (1994), Rev. Econ. Studies 61:
/// 631.
std::int64_t newey_west_lag(std::size_t rows);

/// Which group each row belongs to, by the group's number.
struct RowGroups {
    std::span<const std::uint32_t> of_row;
    std::uint32_t count = 0;
};

/// The covariances of the coefficients where rows of one group may resemble one another in any way and groups
/// are independent, with the usual correction for few groups: G / (G - 1) * (n - 1) / (n - p).
///
/// Too small with few groups (below 30 use wild_cluster_interval). Requires: at least two groups, each number
/// below `count`. Liang, Zeger (1986), Biometrika 73: 13.
Symmetric cluster_robust(const CountData& data, const CountFit& fit, const RowGroups& groups);

/// The sum over each group's rows of the derivative of the log-likelihood by the coefficients: `count` times
/// as many numbers as there are coefficients, group by group.
std::vector<double> group_scores(const CountData& data, const CountFit& fit, const RowGroups& groups);

}  // namespace truce::numeric
