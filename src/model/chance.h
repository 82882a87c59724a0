// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

namespace truce {

/// A probability of which only bounds may be known: [low, high] within [0, 1].
///
/// What nobody knows is not given a number: an unnamed attacker is bound with a chance between 0 and 1, and
/// only what was measured (the share of a disc inside a polygon) or stated (a source's "70%") narrows it.
struct Chance {
    double low = 0.0;
    double high = 1.0;

    static constexpr Chance certain() { return {1.0, 1.0}; }
    static constexpr Chance impossible() { return {0.0, 0.0}; }
    static constexpr Chance unknown() { return {0.0, 1.0}; }
    static constexpr Chance exactly(double p) { return {p, p}; }

    friend constexpr bool operator==(const Chance&, const Chance&) = default;
};

/// The chance that both hold, when knowing one says nothing of the other.
constexpr Chance both(Chance a, Chance b) {
    return {a.low * b.low, a.high * b.high};
}
/// The chance of the opposite.
constexpr Chance opposite(Chance a) {
    return {1.0 - a.high, 1.0 - a.low};
}
/// The smallest bounds that hold either chance: for when it is not known which of the two applies.
constexpr Chance hull(Chance a, Chance b) {
    return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

}  // namespace truce
