// SPDX-License-Identifier: Apache-2.0
#include "analysis/days.h"

#include <cassert>

namespace truce::analysis {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

/// A truce from 00:01 covers its first day; one from the evening does not.
constexpr std::chrono::hours negligible{1};

}  // namespace

Days local_days(Period period, const Zone& zone) {
    const sys_days first = zone.local_day(period.first);
    if (period.empty()) return {first, first + days(1)};
    return {first, zone.local_day(period.end - std::chrono::seconds(1)) + days(1)};
}

TruceDays truce_days(Period in_force, const Zone& zone) {
    assert(!in_force.empty());
    const sys_days entry = zone.local_day(in_force.first);
    const Period entry_day = zone.day(entry);
    const auto missed = in_force.first - entry_day.first;
    const auto left = entry_day.end - in_force.first;
    const sys_days next = entry + days(1);
    TruceDays whole{.before_end = left <= negligible ? next : entry,
                    .first = missed <= negligible ? entry : next};
    if (in_force.end == open_end) return whole;

    const sys_days last = zone.local_day(in_force.end - std::chrono::seconds(1));
    const bool is_whole = zone.day(last).end - in_force.end <= negligible;
    whole.end = std::max(whole.first, is_whole ? last + days(1) : last);
    return whole;
}

}  // namespace truce::analysis
