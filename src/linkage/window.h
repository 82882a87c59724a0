// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

namespace truce::linkage {

/// How near two accounts must be to be compared at all.
struct Window {
    double km = 25;
    double coarse_km = 50;  ///< where either place is known to its district at best
    int days = 2;           ///< between the last day of the one and the first of the other
    /// Accounts of more than a week tell of a stretch of time, not of a moment. Two of them are compared when
    /// their first days, and their last, are at most so far apart; they are never compared with accounts of
    /// moments.
    int episode_days = 7;
    /// Instead of a distance: so many degrees of latitude, and so many of longitude.
    std::optional<double> box_degrees{};
};

}  // namespace truce::linkage
