// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/numeric/dispersion.h"
#include "analysis/numeric/interval.h"

namespace truce::numeric {

/// So many counted during so much watching (days, where every day was fully watched). Requires: exposure
/// positive and finite.
struct Counted {
    std::uint64_t count = 0;
    double exposure = 0;

    [[nodiscard]] double rate() const { return static_cast<double>(count) / exposure; }
};

/// What was counted before a date and after it. Ratios are of the rate after to the rate before.
struct BeforeAfter {
    Counted before;
    Counted after;
};

/// The rate after over the rate before: 0 with nothing after; nothing where nothing was counted before.
std::optional<double> rate_ratio(const BeforeAfter& counts);

/// What the exact conditional test says of a rate ratio.
struct RatioTest {
    Interval interval;  ///< [0, x] with nothing counted after, [x, infinity] with nothing before
    double p = 1;       ///< two-sided, of the hypothesis that the rates are equal
};

/// Compares two rates of Poisson processes, exactly: given their sum, the count after is binomial.
///
/// Agrees with R's poisson.test(c(after, before), c(exposure after, exposure before)): `p` sums the outcomes
/// that are not more likely than the one seen; the interval is Clopper and Pearson's. With nothing counted at
/// all, the interval is [0, infinity] and p is 1. Conflict incidents cluster, so this is the narrowest
/// interval anyone should believe.
///
/// Przyborowski, Wilenski (1940), Biometrika 31: 313.
RatioTest exact_rate_ratio(const BeforeAfter& counts, Level level = {});

/// The interval of the rate ratio by the normal approximation on the log scale, the variance multiplied by
/// `dispersion`. Nothing where either count is 0.
std::optional<Interval> log_wald_interval(const BeforeAfter& counts, Dispersion dispersion, Level level = {});

/// The interval of the rate ratio that allows for dispersion; never narrower than the exact interval.
///
/// It is the hull of exact_rate_ratio's interval and of log_wald_interval's. With nothing counted on one
/// side, it is Clopper and Pearson's interval of the other side's count divided by phi (the number of
/// independent clusters it amounts to); the bound is then 0 or infinite on the empty side. [0, infinity] with
/// nothing counted at all.
Interval widened_interval(const BeforeAfter& counts, Dispersion dispersion, Level level = {});

/// The two-sided p that goes with widened_interval: below 1 - level just when that interval leaves out 1.
double widened_p(const BeforeAfter& counts, Dispersion dispersion);

/// The probability that the rate fell, under Jeffreys' prior (Gamma(1/2, 0) on either rate), both counts
/// divided by phi.
///
/// With dispersion 1 it is I_x(after + 1/2, before + 1/2), x being the share of the exposure after. With
/// nothing counted it depends on the exposures alone: do not show it then.
double probability_fell(const BeforeAfter& counts, Dispersion dispersion = {});

/// The largest rate that the count does not rule out, one-sided and exact: -ln(0.05) / exposure for a count
/// of 0 at 95%. It assumes a Poisson process.
double rate_upper_bound(Counted counted, Level one_sided = {});

}  // namespace truce::numeric
