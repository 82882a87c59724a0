// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace truce::analysis {

/// A run of calendar days in the mission's own zone, half-open: `first` belongs to it, `end` does not. Empty
/// when end <= first.
struct Days {
    std::chrono::sys_days first{};
    std::chrono::sys_days end{};

    [[nodiscard]] constexpr bool empty() const { return end <= first; }
    [[nodiscard]] constexpr std::int64_t length() const { return empty() ? 0 : (end - first).count(); }
    [[nodiscard]] constexpr bool contains(std::chrono::sys_days day) const {
        return first <= day && day < end;
    }

    friend constexpr auto operator<=>(const Days&, const Days&) = default;
};

/// The days that are in both; empty when there are none.
constexpr Days in_both(Days a, Days b) {
    const Days common{std::max(a.first, b.first), std::min(a.end, b.end)};
    return common.empty() ? Days{common.first, common.first} : common;
}

/// The day in the middle, the earlier of two. Requires: not empty.
constexpr std::chrono::sys_days middle_day(Days days) {
    return days.first + std::chrono::days((days.length() - 1) / 2);
}

/// All local days that a period touches. A period of no length is its first instant, and touches one day.
Days local_days(Period period, const Zone& zone);

/// A truce as whole days, for counting by day.
///
/// Days from `before_end` to `first` are part before and part under the truce, and count as neither.
struct TruceDays {
    /// The first day that is no longer wholly before the truce.
    std::chrono::sys_days before_end{};
    /// The first day that is wholly under the truce, and the first that is no longer so (nothing: no end is
    /// set).
    std::chrono::sys_days first{};
    std::optional<std::chrono::sys_days> end{};
};

/// The whole days of a truce that is in force during `in_force`, which ends at `open_end` if no end is set.
///
/// A day of which the truce covers all but an hour at most is a day of the truce, and one of which it covers
/// an hour at most is not touched by it: truces start at one minute past midnight. Requires: `in_force` not
/// empty.
TruceDays truce_days(Period in_force, const Zone& zone);

}  // namespace truce::analysis
