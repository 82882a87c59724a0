// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace truce::numeric {

/// The q-value of each p-value, in the order given: calling all tests with q <= x keeps the expected share of
/// false calls at or below x, for independent or positively dependent tests.
///
/// Equal p-values get equal q-values; none exceeds 1. Requires: each p in [0, 1].
/// Benjamini, Hochberg (1995), J. R. Statist. Soc. B 57: 289.
std::vector<double> benjamini_hochberg(std::span<const double> p_values);

}  // namespace truce::numeric
