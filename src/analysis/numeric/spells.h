// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace truce::numeric {

/// Spells under observation by columns, one place in each column for one spell.
///
/// A spell is at risk at time t when start < t <= stop, so that what is last seen at t was still at risk of
/// failing at t. Requires: columns of one length; finite times; start < stop, and stop >= 0 where no start is
/// given.
struct Spells {
    /// When each came under observation (left truncation); empty: all from their beginning.
    std::span<const double> start{};
    std::span<const double> stop;
    /// 1: it failed at `stop`. 0: it had not failed when it was last seen (censored).
    std::span<const std::uint8_t> failed;

    [[nodiscard]] std::size_t size() const { return stop.size(); }
    void check() const {
        assert(failed.size() == stop.size());
        assert(start.empty() || start.size() == stop.size());
    }
};

}  // namespace truce::numeric
