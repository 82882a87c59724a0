// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace truce::numeric {

/// The places 0 ... n - 1 in their order.
std::vector<std::uint32_t> in_given_order(std::size_t n);

/// `order` sorted by what each place has for a key, the smallest first; places of equal keys stay as they
/// stood, so that sorting by a second key and then by a first sorts by both.
///
/// -0 and 0 are equal. Requires: no NaN; every place in `order` has a key; fewer than 2^32 places.
/// Cost: O(n): one counting pass where the keys are whole numbers in a range not much wider than n (days),
/// else one for each 11 bits in which the keys differ.
std::vector<std::uint32_t> sorted_by(std::vector<std::uint32_t> order, std::span<const double> keys);
std::vector<std::uint32_t> sorted_by(std::vector<std::uint32_t> order, std::span<const std::uint32_t> keys);

}  // namespace truce::numeric
