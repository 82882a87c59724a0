// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/binomial.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cassert>
#include <cmath>

namespace truce::numeric {

namespace {

constexpr double slack_for_ties = 1 + 1e-7;  // R 4.2.2, stats::binom.test

/// P(X = k), X being binomial(trials, p).
double probability_of(std::uint64_t k, std::uint64_t trials, double p) {
    const auto n = static_cast<double>(trials);
    if (k == 0) return std::exp(n * std::log1p(-p));
    if (k == trials) return std::exp(n * std::log(p));
    const auto x = static_cast<double>(k);
    return boost::math::ibeta_derivative(x + 1, n - x + 1, p) / (n + 1);
}

/// P(X <= k).
double at_most(std::uint64_t k, std::uint64_t trials, double p) {
    if (k >= trials) return 1;
    return boost::math::ibetac(static_cast<double>(k) + 1, static_cast<double>(trials - k), p);
}

/// P(X >= k).
double at_least(std::uint64_t k, std::uint64_t trials, double p) {
    if (k == 0) return 1;
    if (k > trials) return 0;
    return boost::math::ibeta(static_cast<double>(k), static_cast<double>(trials - k) + 1, p);
}

/// The first number in [first, end) for which `holds` is true; `end` if there is none. Requires: once true,
/// always true.
template <class Predicate>
std::uint64_t first_that(std::uint64_t first, std::uint64_t end, Predicate holds) {
    while (first < end) {
        const std::uint64_t middle = first + (end - first) / 2;
        if (holds(middle)) {
            end = middle;
        } else {
            first = middle + 1;
        }
    }
    return first;
}

}  // namespace

Interval clopper_pearson(Successes seen, Level level) {
    assert(seen.successes <= seen.trials);
    assert(level.value > 0 && level.value < 1);
    const double tail = (1 - level.value) / 2;
    const auto hits = static_cast<double>(seen.successes);
    const auto misses = static_cast<double>(seen.trials - seen.successes);
    return {.low = hits == 0 ? 0 : boost::math::ibeta_inv(hits, misses + 1, tail),
            .high = misses == 0 ? 1 : boost::math::ibetac_inv(hits + 1, misses, tail)};
}

double two_sided_p(Successes seen, double expected) {
    assert(seen.successes <= seen.trials);
    assert(expected > 0 && expected < 1);
    const std::uint64_t k = seen.successes;
    const std::uint64_t n = seen.trials;
    const double mean = static_cast<double>(n) * expected;
    if (n == 0 || static_cast<double>(k) == mean) return 1;

    const double limit = probability_of(k, n, expected) * slack_for_ties;
    const auto unlikely = [&](std::uint64_t x) { return probability_of(x, n, expected) <= limit; };
    // Beyond the mean the probabilities only fall, so that each side's share of the sum is one tail.
    if (static_cast<double>(k) < mean) {
        const auto beyond = static_cast<std::uint64_t>(std::ceil(mean));
        const std::uint64_t other = first_that(beyond, n + 1, unlikely);
        return std::min(1.0, at_most(k, n, expected) + at_least(other, n, expected));
    }
    const auto below = static_cast<std::uint64_t>(std::floor(mean));
    const std::uint64_t likely = first_that(0, below + 1, [&](std::uint64_t x) { return !unlikely(x); });
    const double lower = likely == 0 ? 0 : at_most(likely - 1, n, expected);
    return std::min(1.0, lower + at_least(k, n, expected));
}

double central_p(Successes seen, double expected) {
    assert(seen.successes <= seen.trials);
    assert(expected > 0 && expected < 1);
    const auto [k, n] = seen;
    return std::min(1.0, 2 * std::min(at_most(k, n, expected), at_least(k, n, expected)));
}

}  // namespace truce::numeric
