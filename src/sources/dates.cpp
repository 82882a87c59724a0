// SPDX-License-Identifier: Apache-2.0
#include "sources/dates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "base/text.h"

namespace truce::sources {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view any_date = "a date such as 2016-05-04, 4 May 2016 or 2016-05-04T14:30";

tl::unexpected<DateFault> malformed(std::string expected) {
    return tl::unexpected(DateFault{DateFault::Kind::malformed, std::move(expected)});
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Reads on in a text from left to right.
class Cursor {
public:
    explicit Cursor(std::string_view text) : rest_(text) {}
    [[nodiscard]] bool done() const { return rest_.empty(); }
    [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
    [[nodiscard]] std::string_view rest() const { return rest_; }
    bool take(char c) {
        if (peek() != c || rest_.empty()) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void skip_spaces() {
        while (peek() == ' ') rest_.remove_prefix(1);
    }
    /// The digits at the front, at most nine, as they stand.
    std::string_view digits() {
        std::size_t n = 0;
        while (n < rest_.size() && n < 9 && is_digit(rest_[n])) ++n;
        const auto taken = rest_.substr(0, n);
        rest_.remove_prefix(n);
        return taken;
    }
    /// Everything up to a space, a digit or one of `-/.,`.
    std::string_view word() {
        std::size_t n = 0;
        while (n < rest_.size() && !is_digit(rest_[n]) &&
               std::string_view(" -/.,").find(rest_[n]) == std::string_view::npos)
            ++n;
        const auto taken = rest_.substr(0, n);
        rest_.remove_prefix(n);
        return taken;
    }

private:
    std::string_view rest_;
};

int number(std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

/// Month names by `name_key`. Abbreviations are those of the exports that we have seen.
int month_named(std::string_view word) {
    static const std::unordered_map<std::string, int> months = [] {
        constexpr std::array<std::string_view, 12> names{
            "january jan janvier janv январь января янв كانون_الثاني يناير جانفي",
            "february feb fevrier fevr февраль февраля фев شباط فبراير فيفري",
            "march mar mars март марта мар آذار مارس",
            "april apr avril avr апрель апреля апр نيسان أبريل ابريل أفريل",
            "may mai май мая أيار مايو ماي",
            "june jun juin июнь июня июн حزيران يونيو جوان",
            "july jul juillet juil июль июля июл تموز يوليو جويلية",
            "august aug aout август августа авг آب أغسطس أوت",
            "september sep sept septembre сентябрь сентября сен أيلول سبتمبر",
            "october oct octobre октябрь октября окт تشرين_الأول أكتوبر",
            "november nov novembre ноябрь ноября ноя تشرين_الثاني نوفمبر",
            "december dec decembre декабрь декабря дек كانون_الأول ديسمبر",
        };
        std::unordered_map<std::string, int> by_key;
        for (std::size_t m = 0; m < names.size(); ++m) {
            for (const auto name : split(names[m], ' '))
                by_key.emplace(name_key(name), static_cast<int>(m) + 1);
        }
        return by_key;
    }();
    const auto found = months.find(name_key(word));
    return found == months.end() ? 0 : found->second;
}

struct Parts {
    int year;
    int month;
    int day;
};

DateResult<sys_days> day_of(const Parts& parts) {
    if (parts.month < 1 || parts.month > 12)
        return malformed(fmt::format("a month from 1 to 12, not {}", parts.month));
    if (parts.year < 1 || parts.year > 9999)
        return malformed(fmt::format("a year from 1 to 9999, not {}", parts.year));
    const std::chrono::year_month_day ymd{std::chrono::year{parts.year},
                                          std::chrono::month{static_cast<unsigned>(parts.month)},
                                          std::chrono::day{static_cast<unsigned>(parts.day)}};
    if (!ymd.ok()) {
        return malformed(
            fmt::format("a day that exists: {}-{:02} has no day {}", parts.year, parts.month, parts.day));
    }
    return sys_days{ymd};
}

DateResult<DateCell> month_or_year(int year, std::optional<int> month) {
    const auto first = day_of({year, month.value_or(1), 1});
    if (!first) return tl::unexpected(first.error());
    const auto last_month =
        std::chrono::year{year} / std::chrono::month{static_cast<unsigned>(month.value_or(12))};
    return DateCell{.first = *first, .last = sys_days{last_month / std::chrono::last}};
}

/// The rest of a date cell after its day: nothing, or a clock's reading with an offset perhaps.
DateResult<DateCell> with_clock(sys_days day, Cursor at) {
    DateCell cell{.first = day, .last = day};
    if (at.done()) return cell;
    // Nearly every date with a clock has this one, and it says nothing.
    if (at.rest() == " 00:00:00.000" || at.rest() == "T00:00:00" || at.rest() == " 00:00:00") return cell;
    if (!at.take('T') && !at.take('t')) {
        at.take(',');
        if (at.peek() != ' ') return malformed(std::string(any_date));
        at.skip_spaces();
    }
    auto text = at.rest();
    if (text.ends_with('Z') || text.ends_with('z')) {
        cell.utc_offset_minutes = 0;
        text.remove_suffix(1);
    } else if (text.ends_with(" UTC") || text.ends_with(" GMT")) {
        cell.utc_offset_minutes = 0;
        text.remove_suffix(4);
    } else if (const auto sign = text.find_last_of("+-"); sign != std::string_view::npos) {
        auto offset = std::string(text.substr(sign + 1));
        std::erase(offset, ':');
        if ((offset.size() != 2 && offset.size() != 4) || !std::ranges::all_of(offset, is_digit))
            return malformed("an offset from UTC such as +03:00");
        const int whole = number(std::string_view(offset).substr(0, 2));
        const int part = offset.size() == 4 ? number(std::string_view(offset).substr(2)) : 0;
        if (whole > 18 || part > 59) return malformed("an offset from UTC such as +03:00");
        cell.utc_offset_minutes = (text[sign] == '-' ? -1 : 1) * (whole * 60 + part);
        text = text.substr(0, sign);
    }
    // A clock in a date cell has its colon: `2016-05-04 0430` could be anything.
    if (text.find(':') == std::string_view::npos) return malformed(std::string(any_date));
    const auto clock = read_clock(text);
    if (!clock) return tl::unexpected(clock.error());
    // Exports that know the day alone write midnight after it.
    if (clock->since_midnight.count() != 0 || cell.utc_offset_minutes) {
        cell.clock = clock->since_midnight;
        cell.clock_unit = clock->unit;
    }
    return cell;
}

/// Two numbers and a year, in either order.
DateResult<sys_days> in_order(int a, int b, int year, std::optional<DateOrder> order) {
    if (!order) {
        if (a > 12 || a == b) {
            order = DateOrder::day_first;
        } else if (b > 12) {
            order = DateOrder::month_first;
        } else {
            return tl::unexpected(DateFault{
                DateFault::Kind::needs_order,
                fmt::format("a date that can be read one way only: is {}/{}/{} the {} of month {} or the {} "
                            "of month {}? "
                            "Write {}-{:02}-{:02} or {}-{:02}-{:02}, or say which in a mapping file",
                            a, b, year, a, b, b, a, year, b, a, year, a, b)});
        }
    }
    const bool day_first = *order == DateOrder::day_first;
    const int month = day_first ? b : a;
    if (month > 12) {
        return malformed(fmt::format("a {} date, as the others of this file are: month {} does not exist",
                                     name_of(*order), month));
    }
    return day_of({year, month, day_first ? a : b});
}

bool is_separator(char c) {
    return c == '-' || c == '/' || c == '.';
}

/// Year first: 2014-01-22, 2009/02/20 00:00:00, 2016-05, 2016.
DateResult<DateCell> from_year(std::string_view year, Cursor at) {
    if (at.done()) return month_or_year(number(year), std::nullopt);
    const char separator = at.peek();
    if (!is_separator(separator)) return malformed(std::string(any_date));
    at.take(separator);
    const auto month = at.digits();
    if (month.empty() || month.size() > 2) return malformed(std::string(any_date));
    if (at.done()) return month_or_year(number(year), number(month));
    if (!at.take(separator)) return malformed(std::string(any_date));
    const auto day = at.digits();
    if (day.empty() || day.size() > 2) return malformed(std::string(any_date));
    const auto read = day_of({number(year), number(month), number(day)});
    if (!read) return tl::unexpected(read.error());
    return with_clock(*read, at);
}

/// A day with the month in words: 27 November 2024, 27-Nov-2024.
DateResult<DateCell> day_month_word(std::string_view day, Cursor at) {
    const auto separates = [&at] {
        while (at.peek() == ' ' || at.peek() == '-' || at.peek() == '.' || at.peek() == ',' ||
               at.peek() == '/')
            at.take(at.peek());
    };
    const auto word = at.word();
    int month = month_named(word);
    if (month == 0) {
        // Two-word months: كانون الثاني
        auto two = at;
        two.skip_spaces();
        month = month_named(std::string(word) + " " + std::string(two.word()));
        if (month != 0) at = two;
    }
    if (month == 0) return malformed(fmt::format("a month's name, not '{}'", shown(word, 20)));
    separates();
    const auto year = at.digits();
    if (year.size() != 4) return malformed("a year of four digits");
    const auto read = day_of({number(year), month, number(day)});
    if (!read) return tl::unexpected(read.error());
    return with_clock(*read, at);
}

/// The month's name first: November 27, 2024; May 2016.
DateResult<DateCell> from_word(Cursor at) {
    const auto word = at.word();
    const int month = month_named(word);
    if (month == 0) return malformed(std::string(any_date));
    at.take('.');
    at.skip_spaces();
    const auto first = at.digits();
    if (first.size() == 4 && at.done()) return month_or_year(number(first), month);
    if (first.empty() || first.size() > 2) return malformed(std::string(any_date));
    at.take(',');
    at.skip_spaces();
    const auto year = at.digits();
    if (year.size() != 4) return malformed("a year of four digits");
    const auto read = day_of({number(year), month, number(first)});
    if (!read) return tl::unexpected(read.error());
    return with_clock(*read, at);
}

/// `2016-05-04` and nothing else: nearly every date there is.
std::optional<Parts> plain_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    for (const std::size_t i : {0U, 1U, 2U, 3U, 5U, 6U, 8U, 9U}) {
        if (!is_digit(text[i])) return std::nullopt;
    }
    return Parts{number(text.substr(0, 4)), number(text.substr(5, 2)), number(text.substr(8, 2))};
}

DateResult<DateCell> read_ascii_date(std::string_view text, std::optional<DateOrder> order) {
    Cursor at(text);
    if (!is_digit(at.peek())) return from_word(at);
    const auto first = at.digits();
    if (first.size() == 4) return from_year(first, at);
    if (first.size() > 2) return malformed(std::string(any_date));
    const char separator = at.peek();
    if (!is_separator(separator) && separator != ' ') return malformed(std::string(any_date));
    at.take(separator);
    if (separator == ' ') at.skip_spaces();
    if (!is_digit(at.peek())) return day_month_word(first, at);
    if (separator == ' ') return malformed(std::string(any_date));
    const auto second = at.digits();
    if (second.size() > 2 || !at.take(separator)) return malformed(std::string(any_date));
    const auto year = at.digits();
    if (year.size() != 4) return malformed("a year of four digits");
    const auto day = in_order(number(first), number(second), number(year), order);
    if (!day) return tl::unexpected(day.error());
    return with_clock(*day, at);
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string_view name_of(DateOrder order) {
    switch (order) {
        case DateOrder::day_first:
            return "day-first";
        case DateOrder::month_first:
            return "month-first";
    }
    return {};
}

DateResult<DateCell> read_date(std::string_view text, std::optional<DateOrder> order) {
    text = trimmed(text);
    if (const auto plain = plain_day(text)) {
        const auto day = day_of(*plain);
        if (!day) return tl::unexpected(day.error());
        return DateCell{.first = *day, .last = *day};
    }
    if (text.empty() || text.size() > 80) return malformed(std::string(any_date));
    if (is_ascii(text)) return read_ascii_date(text, order);
    auto ascii = ascii_digits(text);
    // Marks that turn the direction of writing, and no-break spaces, come with dates copied from pages.
    for (const std::string_view mark :
         {"\u200E", "\u200F", "\u061C", "\u202A", "\u202B", "\u202C", "\u2066", "\u2067", "\u2069"}) {
        for (auto at = ascii.find(mark); at != std::string::npos; at = ascii.find(mark))
            ascii.erase(at, mark.size());
    }
    for (const std::string_view space : {"\u00A0", "\u202F"}) {
        for (auto at = ascii.find(space); at != std::string::npos; at = ascii.find(space))
            ascii.replace(at, space.size(), " ");
    }
    return read_ascii_date(ascii, order);
}

DateResult<sys_days> read_compact_day(std::string_view text) {
    text = trimmed(text);
    if (text.size() != 8 || !std::ranges::all_of(text, is_digit)) return malformed("a day as YYYYMMDD");
    return day_of({number(text.substr(0, 4)), number(text.substr(4, 2)), number(text.substr(6, 2))});
}

DateResult<DateCell> read_serial_date(std::string_view text, SerialEpoch epoch) {
    const auto serial = parse_real(ascii_digits(text));
    // 2,958,465 is 9999-12-31, the last that Excel knows.
    if (!serial || *serial < 1 || *serial >= 2958466)
        return malformed("a spreadsheet's day number from 1 to 2958465");
    const double whole = std::floor(*serial);
    const auto seconds_of_day = static_cast<long>(std::lround((*serial - whole) * 86400.0));
    if (epoch == SerialEpoch::excel_1900 && whole == 60.0)
        return malformed("a day that exists: 60 is 29 February 1900");
    // Excel counts a 29 February 1900; from 1 March on, that makes 30 December 1899 its day 0.
    using namespace std::chrono_literals;
    sys_days zero = sys_days{1904y / 1 / 1};
    if (epoch == SerialEpoch::excel_1900)
        zero = whole > 60 ? sys_days{1899y / 12 / 30} : sys_days{1899y / 12 / 31};
    auto day = zero + days{static_cast<int>(whole)};
    DateCell cell{.first = day, .last = day};
    if (seconds_of_day == 86400) {
        cell.first = cell.last = day + days{1};
    } else if (seconds_of_day != 0) {
        cell.clock = seconds{seconds_of_day};
    }
    return cell;
}

DateResult<DateCell> read_unix_time(std::string_view text) {
    const auto instant = parse_integer(text);
    constexpr long long year_2286 = 10'000'000'000;
    if (!instant || *instant < 0 || *instant >= year_2286)
        return malformed("seconds since 1970, at most ten digits");
    const sys_seconds at{seconds{*instant}};
    const auto day = std::chrono::floor<days>(at);
    return DateCell{.first = day, .last = day, .clock = at - day, .utc_offset_minutes = 0};
}

DateResult<ClockCell> read_clock(std::string_view text) {
    constexpr std::string_view want = "a time such as 04:30, 16:30:15 or 4:30 PM";
    const auto plain = lower_ascii(ascii_digits(trimmed(text)));
    Cursor at(plain);
    auto first = at.digits();
    if (first.empty() || first.size() > 4) return malformed(std::string(want));
    int hour = 0;
    int minute = 0;
    int second = 0;
    seconds unit{60};
    if (first.size() > 2) {
        // 430 and 0430; 112 is 01:12, as files that drop zeros have it
        hour = number(first.substr(0, first.size() - 2));
        minute = number(first.substr(first.size() - 2));
    } else {
        hour = number(first);
        if (at.take(':') || at.take('h') || at.take('.')) {
            const auto m = at.digits();
            if (m.size() != 2 && !(m.empty() && at.done())) return malformed(std::string(want));
            minute = number(m);
            if (m.empty()) unit = hours{1};
        } else {
            unit = hours{1};
        }
    }
    if (at.take(':')) {
        const auto s = at.digits();
        if (s.size() != 2) return malformed(std::string(want));
        second = number(s);
        unit = seconds{1};
        if (at.take('.') && at.digits().empty()) return malformed(std::string(want));
    }
    at.skip_spaces();
    const auto half = std::string(at.rest());
    if (half == "pm" || half == "p.m." || half == "am" || half == "a.m.") {
        if (hour < 1 || hour > 12) return malformed("an hour from 1 to 12 before AM or PM");
        hour = hour % 12 + (half.front() == 'p' ? 12 : 0);
    } else if (!half.empty()) {
        return malformed(std::string(want));
    } else if (unit == hours{1} && first.size() <= 2 && plain.size() <= 2) {
        return malformed(std::string(want));  // a bare 4 is no time of day
    }
    if (hour > 23 || minute > 59 || second > 59) return malformed("a time from 00:00:00 to 23:59:59");
    return ClockCell{hours{hour} + minutes{minute} + seconds{second}, unit};
}

DateResult<DateCell> within(const DateCell& date, std::chrono::year earliest, std::chrono::year latest) {
    const std::chrono::year_month_day first{date.first};
    const std::chrono::year_month_day last{date.last};
    if (first.year() >= earliest && last.year() <= latest) return date;
    return tl::unexpected(
        DateFault{DateFault::Kind::out_of_range,
                  fmt::format("a day from {} to {} (is this the file's mark for \"not known\"?)",
                              static_cast<int>(earliest), static_cast<int>(latest))});
}

void DateOrderEvidence::add(std::string_view date) {
    const bool day_first = read_date(date, DateOrder::day_first).has_value();
    const bool month_first = read_date(date, DateOrder::month_first).has_value();
    if (day_first && !month_first) ++day_first_;
    if (month_first && !day_first) ++month_first_;
}

void DateOrderEvidence::add_range(std::string_view start, std::string_view end, int days_at_most) {
    const auto holds = [&](DateOrder order) {
        const auto first = read_date(start, order);
        const auto last = read_date(end, order);
        if (!first || !last) return false;
        const auto length = (last->last - first->first).count() + 1;
        return length >= 1 && length <= days_at_most;
    };
    const bool day_first = holds(DateOrder::day_first);
    const bool month_first = holds(DateOrder::month_first);
    if (day_first && !month_first) ++ranges_day_first_;
    if (month_first && !day_first) ++ranges_month_first_;
}

void DateOrderEvidence::add(const DateOrderEvidence& other) {
    day_first_ += other.day_first_;
    month_first_ += other.month_first_;
    ranges_day_first_ += other.ranges_day_first_;
    ranges_month_first_ += other.ranges_month_first_;
}

std::optional<DateOrder> DateOrderEvidence::order() const {
    if (day_first_ > 0 && month_first_ == 0) return DateOrder::day_first;
    if (month_first_ > 0 && day_first_ == 0) return DateOrder::month_first;
    if (day_first_ > 0) return std::nullopt;
    constexpr std::uint64_t enough = 5;
    const auto ranges = ranges_day_first_ + ranges_month_first_;
    if (ranges < enough) return std::nullopt;
    if (ranges_day_first_ * 100 >= ranges * 95) return DateOrder::day_first;
    if (ranges_month_first_ * 100 >= ranges * 95) return DateOrder::month_first;
    return std::nullopt;
}

std::string DateOrderEvidence::text() const {
    return fmt::format(
        "{} dates can only be day-first and {} only month-first; {} ranges fit their stated length only "
        "day-first and {} only month-first",
        day_first_, month_first_, ranges_day_first_, ranges_month_first_);
}

}  // namespace truce::sources
