// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/rate_ratio.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

#include "analysis/numeric/binomial.h"
#include "analysis/numeric/normal.h"

namespace truce::numeric {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void check(const BeforeAfter& counts) {
    assert(counts.before.exposure > 0 && std::isfinite(counts.before.exposure));
    assert(counts.after.exposure > 0 && std::isfinite(counts.after.exposure));
}

/// The share of all counts that falls after the date if the rates are equal.
double share_after(const BeforeAfter& counts) {
    return counts.after.exposure / (counts.before.exposure + counts.after.exposure);
}

Successes after_of_all(const BeforeAfter& counts) {
    return {.successes = counts.after.count, .trials = counts.before.count + counts.after.count};
}

/// Turns the share of counts after the date into the ratio of rates.
double ratio_of_share(double share, const BeforeAfter& counts) {
    if (share >= 1) return infinity;
    return share / (1 - share) * (counts.before.exposure / counts.after.exposure);
}

double log_standard_error(const BeforeAfter& counts, Dispersion dispersion) {
    return std::sqrt(dispersion.phi() * (1 / static_cast<double>(counts.before.count) +
                                         1 / static_cast<double>(counts.after.count)));
}

}  // namespace

std::optional<double> rate_ratio(const BeforeAfter& counts) {
    check(counts);
    if (counts.before.count == 0) return std::nullopt;
    return counts.after.rate() / counts.before.rate();
}

RatioTest exact_rate_ratio(const BeforeAfter& counts, Level level) {
    check(counts);
    const Successes seen = after_of_all(counts);
    const Interval share = clopper_pearson(seen, level);
    return {.interval = {ratio_of_share(share.low, counts), ratio_of_share(share.high, counts)},
            .p = two_sided_p(seen, share_after(counts))};
}

std::optional<Interval> log_wald_interval(const BeforeAfter& counts, Dispersion dispersion, Level level) {
    check(counts);
    if (counts.before.count == 0 || counts.after.count == 0) return std::nullopt;
    const double ratio = counts.after.rate() / counts.before.rate();
    const double reach = std::exp(normal_reach(level) * log_standard_error(counts, dispersion));
    return Interval{ratio / reach, ratio * reach};
}

Interval widened_interval(const BeforeAfter& counts, Dispersion dispersion, Level level) {
    const Interval exact = exact_rate_ratio(counts, level).interval;
    if (const auto wald = log_wald_interval(counts, dispersion, level)) return hull(exact, *wald);

    const double tail = (1 - level.value) / 2;
    const double exposures = counts.before.exposure / counts.after.exposure;
    // Clopper and Pearson's bound of 0 out of n is 1 - tail^(1/n), whose odds are tail^(-1/n) - 1; n need not
    // be whole.
    const auto odds = [&](std::uint64_t count) {
        return std::expm1(-std::log(tail) * dispersion.phi() / static_cast<double>(count));
    };
    if (counts.before.count > 0) return hull(exact, {0, odds(counts.before.count) * exposures});
    if (counts.after.count > 0) return hull(exact, {exposures / odds(counts.after.count), infinity});
    return {0, infinity};
}

double widened_p(const BeforeAfter& counts, Dispersion dispersion) {
    check(counts);
    const auto ratio = rate_ratio(counts);
    const double share = share_after(counts);
    const double exact = central_p(after_of_all(counts), share);
    if (ratio && *ratio > 0) {
        const double z = std::abs(std::log(*ratio)) / log_standard_error(counts, dispersion);
        return std::max(exact, std::erfc(z / std::numbers::sqrt2));
    }
    // One side is empty: the probability that all of the other's clusters fell where they did, doubled.
    const double clusters = static_cast<double>(counts.before.count + counts.after.count) / dispersion.phi();
    const double seen_there = counts.after.count > 0 ? std::log(share) : std::log1p(-share);
    return std::max(exact, std::min(1.0, 2 * std::exp(clusters * seen_there)));
}

double probability_fell(const BeforeAfter& counts, Dispersion dispersion) {
    check(counts);
    return boost::math::ibeta(static_cast<double>(counts.after.count) / dispersion.phi() + 0.5,
                              static_cast<double>(counts.before.count) / dispersion.phi() + 0.5,
                              share_after(counts));
}

double rate_upper_bound(Counted counted, Level one_sided) {
    assert(counted.exposure > 0 && std::isfinite(counted.exposure));
    assert(one_sided.value > 0 && one_sided.value < 1);
    return boost::math::gamma_p_inv(static_cast<double>(counted.count) + 1, one_sided.value) /
           counted.exposure;
}

}  // namespace truce::numeric
