// SPDX-License-Identifier: Apache-2.0
#include "analysis/windows.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace truce::analysis {

using std::chrono::sys_days;

Windows windows_set_apart(const TrendSettings& settings, Days coverage) {
    const sys_days end = settings.truce.before_end;
    const sys_days flare = end - settings.pre_truce;
    return {.before = in_both({flare - settings.baseline, flare}, coverage),
            .pre_truce = in_both({flare, end}, coverage),
            .after = in_both({settings.truce.first, settings.truce.end.value_or(coverage.end)}, coverage)};
}

Windows windows_included(const TrendSettings& settings, Days coverage) {
    const sys_days end = settings.truce.before_end;
    return {.before = in_both({end - settings.pre_truce - settings.baseline, end}, coverage),
            .pre_truce = {end, end},
            .after = in_both({settings.truce.first, settings.truce.end.value_or(coverage.end)}, coverage)};
}

Where where(Days days, const Windows& windows) {
    const std::int64_t all = days.length();
    const std::int64_t before = in_both(days, windows.before).length();
    const std::int64_t pre_truce = in_both(days, windows.pre_truce).length();
    const std::int64_t after = in_both(days, windows.after).length();
    const std::array shares{std::pair{before, Where::before}, std::pair{pre_truce, Where::pre_truce},
                            std::pair{after, Where::after},
                            std::pair{all - before - pre_truce - after, Where::outside}};
    const auto holds_half = [&](const auto& share) { return 2 * share.first >= all; };
    const auto first = std::ranges::find_if(shares, holds_half);
    if (first == shares.end() || std::ranges::count_if(shares, holds_half) > 1) return Where::undated;
    return first->second;
}

Windows earlier(const Windows& windows, std::chrono::days by) {
    const auto moved = [by](Days days) { return Days{days.first - by, days.end - by}; };
    return {.before = moved(windows.before), .pre_truce = {}, .after = moved(windows.after)};
}

}  // namespace truce::analysis
