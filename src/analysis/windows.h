// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "analysis/days.h"
#include "analysis/trend.h"

namespace truce::analysis {

/// Where a comparison's windows lie, as far as they are covered. `pre_truce` is empty where it counts as
/// before.
struct Windows {
    Days before;
    Days pre_truce;
    Days after;
};

/// The windows of TrendSettings: the days before the truce set apart, or counted as before.
Windows windows_set_apart(const TrendSettings& settings, Days coverage);
Windows windows_included(const TrendSettings& settings, Days coverage);

/// The windows moved back by so many days; nothing is set apart.
Windows earlier(const Windows& windows, std::chrono::days by);

enum class Where : std::uint8_t { before, pre_truce, after, outside, undated };

/// The window that holds at least half of `days`, if no other holds as much.
Where where(Days days, const Windows& windows);

}  // namespace truce::analysis
