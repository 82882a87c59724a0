// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/time.h"

namespace truce::sources {

/// Which number of 03/04/2016 is the day.
enum class DateOrder : std::uint8_t { day_first, month_first };

[[nodiscard]] std::string_view name_of(DateOrder order);

/// A date as a cell has it: a day, or the month or year when it says no more, and the clock where it says
/// one.
struct DateCell {
    sys_days first;
    sys_days last;
    /// The wall clock's reading, in seconds since midnight. Nothing for `00:00:00`, which exports write where
    /// they know the day alone; `00:00` is left out with it.
    std::optional<std::chrono::seconds> clock{};
    /// What the clock's reading is known to: a second, a minute, an hour.
    std::chrono::seconds clock_unit{1};
    /// Minutes east of UTC where the cell says so.
    std::optional<int> utc_offset_minutes{};
    friend bool operator==(const DateCell&, const DateCell&) = default;
};

/// Why a date could not be read.
struct DateFault {
    enum class Kind : std::uint8_t {
        malformed,    ///< no date, or one that no calendar has
        needs_order,  ///< 03/04/2016, and nobody said which of the two is the day
        out_of_range  ///< a sentinel such as 9999-12-31 or 1900-01-00
    } kind;
    /// What was expected, fit to be put after "want".
    std::string expected;
};

template <class T>
using DateResult = tl::expected<T, DateFault>;

/// Reads a date in any form that says by itself what it means, or that `order` explains:
///
///     2013-01-03    2013-01-03 00:00:00.000    2014-01-22T00:00:00+02:00    2009/02/20 00:00:00 2014.01.22
///     1/22/2014 12:00:00 AM    27/01/2014    27.01.2014 14:30    27 November 2024    27-Nov-2024    Nov 27,
///     2024 2016-05    2016    May 2016
///
/// Month names in English, French, Russian and Arabic (both sets). Digits of any script. With no `order`,
/// 27/01/2014 and 1/22/2014 are read (one reading exists), 05/05/2014 too (both mean the same), 03/04/2014
/// needs one. With an order, a date that only the other one allows is malformed. Years of two digits are
/// refused.
[[nodiscard]] DateResult<DateCell> read_date(std::string_view text, std::optional<DateOrder> order);

/// Reads `20160504` and nothing else.
[[nodiscard]] DateResult<sys_days> read_compact_day(std::string_view text);

/// Which epoch a spreadsheet's day numbers count from. Excel writes 1900 (with a 29 February 1900 that never
/// was) and, in files begun on a Macintosh, 1904.
enum class SerialEpoch : std::uint8_t { excel_1900, excel_1904 };
/// Reads a spreadsheet's day number, `42494` or `42494.5`; the fraction is the clock.
[[nodiscard]] DateResult<DateCell> read_serial_date(std::string_view text, SerialEpoch epoch);

/// Reads seconds since 1970, UTC.
[[nodiscard]] DateResult<DateCell> read_unix_time(std::string_view text);

/// A wall clock's reading, in seconds since midnight, with what it is known to.
struct ClockCell {
    std::chrono::seconds since_midnight;
    std::chrono::seconds unit;
    friend bool operator==(const ClockCell&, const ClockCell&) = default;
};
/// Reads `04:30`, `4:30:15`, `4:30 PM`, `0430`, `430`, `4h30`. `24:00` is refused: it belongs to the next
/// day.
[[nodiscard]] DateResult<ClockCell> read_clock(std::string_view text);

/// The days within [earliest, latest]; else a fault that says so. Sources write 9999-12-31, 1900-01-01 and
/// their like for "not known".
[[nodiscard]] DateResult<DateCell> within(const DateCell& date, std::chrono::year earliest,
                                          std::chrono::year latest);

/// What a file's own dates say about their order: counts over all its rows.
///
/// A number above 12 settles its own date. Where no date has one, two dates of one row with a stated
/// precision may: "one day" or "two to six days apart" holds under one reading only.
class DateOrderEvidence {
public:
    /// Adds one date cell.
    void add(std::string_view date);
    /// Adds the two ends of what a row says lasted at most `days_at_most` days.
    void add_range(std::string_view start, std::string_view end, int days_at_most);
    void add(const DateOrderEvidence& other);

    /// The order that the evidence allows: that of the dates with a number above 12 if they all agree;
    /// without such dates, that of the ranges, if there are at least five and 95 in 100 of them agree.
    /// Otherwise nothing.
    [[nodiscard]] std::optional<DateOrder> order() const;
    /// The evidence in words, for a message.
    [[nodiscard]] std::string text() const;

private:
    std::uint64_t day_first_ = 0;
    std::uint64_t month_first_ = 0;
    std::uint64_t ranges_day_first_ = 0;
    std::uint64_t ranges_month_first_ = 0;
};

}  // namespace truce::sources
