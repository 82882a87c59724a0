// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace truce::numeric {

/// A share of a distribution, from 0 to 1, as in "the 0.975 quantile".
struct Share {
    double value = 0;
};

/// The quantile of a sample by linear interpolation between order statistics: type 7, R's default.
///
/// Requires: `sorted` not empty, in rising order, without NaN; the share in [0, 1].
/// Hyndman, Fan (1996), The American Statistician 50: 361.
double sample_quantile(std::span<const double> sorted, Share share);

/// The quantile of a distribution over 0, 1, 2, ...: the first place at which the cumulative weight reaches
/// the share.
///
/// The weights need not sum to 1. Requires: each finite and at least 0, their sum positive; the share in [0,
/// 1]. A share of 0 gives the first place of positive weight, a share of 1 the last.
std::size_t discrete_quantile(std::span<const double> weights, Share share);

}  // namespace truce::numeric
