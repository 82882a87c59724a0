// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

namespace truce::numeric {

/// An interval of real numbers, both ends in it. `high` is infinite where nothing bounds it from above.
struct Interval {
    double low = 0;
    double high = 0;

    [[nodiscard]] bool contains(double value) const { return low <= value && value <= high; }
    [[nodiscard]] bool contains(Interval inner) const { return low <= inner.low && inner.high <= high; }

    friend bool operator==(const Interval&, const Interval&) = default;
};

/// The smallest interval that holds both.
inline Interval hull(Interval a, Interval b) {
    return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

/// How sure an interval is to be: the share of such intervals that hold the truth. Requires: strictly between
/// 0 and 1.
struct Level {
    double value = 0.95;
};

}  // namespace truce::numeric
