// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <compare>

namespace truce {

/// A length along the Earth's surface; never negative.
class Distance {
public:
    /// Requires: `m` >= 0 and not a NaN.
    static constexpr Distance metres(double m) { return Distance(m); }
    /// Requires: `km` >= 0 and not a NaN.
    static constexpr Distance km(double km) { return Distance(km * 1000.0); }
    [[nodiscard]] constexpr double in_metres() const { return metres_; }
    [[nodiscard]] constexpr double in_km() const { return metres_ / 1000.0; }
    friend constexpr auto operator<=>(Distance, Distance) = default;

private:
    explicit constexpr Distance(double m) : metres_(m) { assert(m >= 0); }
    double metres_;
};

}  // namespace truce
