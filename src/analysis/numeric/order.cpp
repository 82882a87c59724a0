// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

namespace truce::numeric {

namespace {

/// A key whose bits count upwards as the double does, and the place that has it.
struct Keyed {
    std::uint64_t bits;
    std::uint32_t place;
};

std::uint64_t rising_bits(double key) {
    constexpr std::uint64_t sign = std::uint64_t{1} << 63U;
    const auto bits = std::bit_cast<std::uint64_t>(key + 0.0);  // -0 becomes 0
    return (bits & sign) != 0 ? ~bits : bits | sign;
}

/// One stable pass that puts places into their classes, `class_of(place)` being below `classes`.
template <class Class>
std::vector<std::uint32_t> counted(const std::vector<std::uint32_t>& order, std::size_t classes,
                                   Class class_of) {
    std::vector<std::uint32_t> next(classes + 1, 0);
    for (const std::uint32_t place : order) ++next[class_of(place) + 1];
    for (std::size_t i = 1; i <= classes; ++i) next[i] += next[i - 1];
    std::vector<std::uint32_t> sorted(order.size());
    for (const std::uint32_t place : order) sorted[next[class_of(place)]++] = place;
    return sorted;
}

/// Whole numbers [low, low + classes) that hold all keys, where that is not much more than there are keys.
struct WholeRange {
    double low;
    std::size_t classes;
};
std::optional<WholeRange> whole_range(std::span<const double> keys) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    bool whole = true;
    for (const double key : keys) {
        assert(!std::isnan(key));
        low = std::min(low, key);
        high = std::max(high, key);
        // Below 2^31 a conversion and back finds a fraction faster than a call to floor.
        whole = whole && std::abs(key) < 0x1p31 && static_cast<double>(static_cast<std::int64_t>(key)) == key;
    }
    if (!whole || high - low > 2 * static_cast<double>(keys.size()) + 4096) return std::nullopt;
    return WholeRange{low, static_cast<std::size_t>(high - low) + 1};
}

std::vector<std::uint32_t> radix_sorted(const std::vector<std::uint32_t>& order,
                                        std::span<const double> keys) {
    constexpr unsigned digit_bits = 11;
    constexpr std::size_t digits = std::size_t{1} << digit_bits;
    std::vector<Keyed> from(order.size());
    std::uint64_t differ = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        from[i] = {rising_bits(keys[order[i]]), order[i]};
        differ |= from[i].bits ^ from.front().bits;
    }
    std::vector<Keyed> to(order.size());
    for (unsigned shift = 0; shift < 64; shift += digit_bits) {
        if (((differ >> shift) & (digits - 1)) == 0) continue;
        std::array<std::uint32_t, digits + 1> next{};
        for (const Keyed& one : from) ++next[((one.bits >> shift) & (digits - 1)) + 1];
        std::partial_sum(next.begin(), next.end(), next.begin());
        for (const Keyed& one : from) to[next[(one.bits >> shift) & (digits - 1)]++] = one;
        from.swap(to);
    }
    std::vector<std::uint32_t> sorted(order.size());
    std::ranges::transform(from, sorted.begin(), &Keyed::place);
    return sorted;
}

}  // namespace

std::vector<std::uint32_t> in_given_order(std::size_t n) {
    assert(n < std::numeric_limits<std::uint32_t>::max());
    std::vector<std::uint32_t> order(n);
    std::iota(order.begin(), order.end(), 0U);
    return order;
}

std::vector<std::uint32_t> sorted_by(std::vector<std::uint32_t> order, std::span<const double> keys) {
    if (order.size() < 2) return order;
    if (const auto range = whole_range(keys)) {
        return counted(order, range->classes, [&](std::uint32_t place) {
            return static_cast<std::size_t>(keys[place] - range->low);
        });
    }
    return radix_sorted(order, keys);
}

std::vector<std::uint32_t> sorted_by(std::vector<std::uint32_t> order, std::span<const std::uint32_t> keys) {
    if (order.size() < 2) return order;
    const std::size_t classes = std::size_t{*std::ranges::max_element(keys)} + 1;
    if (classes <= 2 * keys.size() + 4096) {
        return counted(order, classes, [&](std::uint32_t place) { return std::size_t{keys[place]}; });
    }
    std::vector<double> wide(keys.begin(), keys.end());
    return radix_sorted(order, wide);
}

}  // namespace truce::numeric
