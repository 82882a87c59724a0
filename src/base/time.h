// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace date {
class time_zone;
}

namespace truce {

using std::chrono::sys_days;
using std::chrono::sys_seconds;

/// The first and the last instant that the program speaks of: 0001-01-01 and 9999-12-31, UTC. They stand for
/// "no start known" and "no end set".
inline constexpr sys_seconds open_start{std::chrono::seconds{-62135596800}};
inline constexpr sys_seconds open_end{std::chrono::seconds{253402214400}};

/// A stretch of time, half-open: `first` belongs to it, `end` does not. Empty when end <= first.
struct Period {
    sys_seconds first = open_start;
    sys_seconds end = open_end;

    [[nodiscard]] constexpr bool contains(sys_seconds instant) const {
        return first <= instant && instant < end;
    }
    [[nodiscard]] constexpr bool empty() const { return end <= first; }
    [[nodiscard]] constexpr std::chrono::seconds length() const {
        return empty() ? std::chrono::seconds{0} : end - first;
    }

    friend constexpr auto operator<=>(const Period&, const Period&) = default;
};

/// What two periods have in common; empty when they do not meet.
[[nodiscard]] constexpr Period overlap(Period a, Period b) {
    const Period common{a.first < b.first ? b.first : a.first, a.end < b.end ? a.end : b.end};
    return common.empty() ? Period{common.first, common.first} : common;
}

/// The share of `window` that lies in `period`, in [0, 1]: the chance that an instant, of which only the
/// window is known, falls into the period. A window of no length is the instant `window.first`.
[[nodiscard]] constexpr double share_within(Period window, Period period) {
    if (window.empty()) return period.contains(window.first) ? 1.0 : 0.0;
    return static_cast<double>(overlap(window, period).length().count()) /
           static_cast<double>(window.length().count());
}

/// A wall clock's reading, with no zone. `hour` to `second` are 0 where the text gave none.
struct LocalTime {
    std::chrono::year_month_day day{};
    int hour = 0;
    int minute = 0;
    int second = 0;
    /// Minutes east of UTC, when the text itself says so (`Z`, `+03:00`).
    std::optional<int> utc_offset_minutes{};
};

/// A time zone of the IANA database.
class Zone {
public:
    /// The zone of that name ("Asia/Damascus", "UTC"). Fails with the nearest known name.
    [[nodiscard]] static Result<Zone> named(std::string_view name);
    /// Coordinated universal time.
    [[nodiscard]] static Zone utc();

    [[nodiscard]] std::string_view name() const;

    /// The instant of a wall clock's reading. Fails where the clock was put forward over it (no such time)
    /// and where it was put back (two such times); a reading with its own offset never fails so.
    [[nodiscard]] Result<sys_seconds> instant(const LocalTime& local) const;
    /// As `instant`, but a reading that does not exist, or exists twice, gives the whole stretch that it may
    /// mean: one second long for a clear reading.
    [[nodiscard]] Period instants(const LocalTime& local) const;
    /// The local day `day` as instants: from its first to the next day's first, be that 23, 24 or 25 hours.
    [[nodiscard]] Period day(sys_days local_day) const;
    /// The local days from `first` to `last`, both included.
    [[nodiscard]] Period days(sys_days first_local_day, sys_days last_local_day) const;
    /// The local day on which an instant falls.
    [[nodiscard]] sys_days local_day(sys_seconds instant) const;
    /// An instant as the zone's clocks show it: `2016-05-04 00:01`, with seconds only where they are not 0.
    [[nodiscard]] std::string local_text(sys_seconds instant) const;
    /// Minutes east of UTC at an instant.
    [[nodiscard]] int utc_offset_minutes(sys_seconds instant) const;

    friend bool operator==(const Zone&, const Zone&) = default;

private:
    friend class LocalClock;
    explicit Zone(const date::time_zone* zone) : zone_(zone) {}
    const date::time_zone* zone_;  // lives as long as the program, in the zone database
};

/// Tells instants as a zone's clocks show them, many times over: it remembers the offset that holds, so that
/// instants of one season need no look into the zone's history. Not for two threads at a time.
class LocalClock {
public:
    explicit LocalClock(Zone zone) : zone_(zone) {}
    /// As Zone::local_text, Zone::local_day.
    void append_text(std::string& out, sys_seconds instant);
    [[nodiscard]] sys_days day(sys_seconds instant);

private:
    [[nodiscard]] sys_seconds shown(sys_seconds instant);

    Zone zone_;
    Period season_{open_start, open_start};
    std::chrono::seconds offset_{0};
};

/// An instant as `2016-05-03T22:01:00Z`.
[[nodiscard]] std::string utc_text(sys_seconds instant);
void append_utc_text(std::string& out, sys_seconds instant);
/// A day as `2016-05-04`.
[[nodiscard]] std::string day_text(sys_days day);

/// Reads `2016-05-04`, `2016-05-04T00:01`, `2016-05-04 00:01:30`, with an optional `Z` or `+03:00`; the hour
/// may be 24 only as `24:00`, which is the next day's 00:00. Digits of any script that ICU knows are not
/// accepted here.
[[nodiscard]] Result<LocalTime> parse_local_time(std::string_view text);
/// Reads exactly `YYYY-MM-DD`, a day that exists, in the years 1 to 9999.
[[nodiscard]] Result<sys_days> parse_day(std::string_view text);
/// Reads `2016`, `2016-05` or `2016-05-04`: the first and the last day that the text may mean.
struct DayRange {
    sys_days first;
    sys_days last;
    friend bool operator==(const DayRange&, const DayRange&) = default;
};
[[nodiscard]] Result<DayRange> parse_partial_day(std::string_view text);

/// The version of the time zone database in use, as its own files name it ("2026f"), or "unknown".
[[nodiscard]] std::string zone_database_version();

}  // namespace truce
