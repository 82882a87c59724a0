// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "analysis/numeric/count_regression.h"
#include "analysis/numeric/interval.h"

namespace truce::numeric {

struct WildSettings {
    std::uint32_t replications = 999;
    std::uint64_t seed = 1;
    Level level{};
};

/// A coefficient of a count regression, its error found by resampling whole groups.
struct WildInterval {
    Interval interval;  ///< of the coefficient; an end that could not be found is infinite
    double p = 1;       ///< two-sided, of the hypothesis that the coefficient is 0
};

/// The interval of one coefficient where groups of rows are few: cluster_robust's errors are too small then.
///
/// For each value of the coefficient that is tried, the model is fitted with the coefficient held at that
/// value, and the groups' scores are given random signs (Rademacher's; with fewer than 12 groups Webb's six
/// weights); after one Newton step, the t statistics of the replicates are compared with the one seen. `p` is
/// the share of replicates at least as far from 0; the interval holds the values of which p is at least 1 -
/// level. The same seed gives the same answer. Fails where the model cannot be fitted. Cost: some forty fits,
/// and replications * groups * columns for each.
///
/// Kline, Santos (2012), J. Econometric Methods 1: 23; MacKinnon, Nielsen, Webb (2023), J. Econometrics 232:
/// 272; Webb (2023), Canadian J. Economics 56: 839.
[[nodiscard]] Result<WildInterval> wild_cluster_interval(const CountData& data, const RowGroups& groups,
                                                         std::size_t column, const WildSettings& settings);

}  // namespace truce::numeric
