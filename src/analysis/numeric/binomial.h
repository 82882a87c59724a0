// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "analysis/numeric/interval.h"

namespace truce::numeric {

/// `successes` out of `trials`. Requires: no more successes than trials.
struct Successes {
    std::uint64_t successes = 0;
    std::uint64_t trials = 0;
};

/// The exact interval for the probability of a success.
///
/// Central: at most (1 - level) / 2 of the error lies on either side. Without trials it is [0, 1].
/// Clopper, Pearson (1934), Biometrika 26: 404.
Interval clopper_pearson(Successes seen, Level level);

/// How surprising `seen` is if a success has probability `expected`, on both sides: the sum of the
/// probabilities of all outcomes that are not more likely than `seen`.
///
/// An outcome counts as not more likely when its probability is at most 1 + 1e-7 times that of `seen`, as in
/// R's binom.test, so that rounding does not split ties. 1 without trials. Requires: 0 < expected < 1. Cost:
/// O(log trials).
double two_sided_p(Successes seen, double expected);

/// Twice the probability of the smaller tail that holds `seen`, at most 1. It is below 1 - level just when
/// clopper_pearson leaves `expected` out. Requires: 0 < expected < 1.
double central_p(Successes seen, double expected);

}  // namespace truce::numeric
