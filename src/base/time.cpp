// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <date/date.h>
#include <date/tz.h>
#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iterator>

#include "base/text.h"

namespace truce {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr int first_year = 1;
constexpr int last_year = 9999;

date::local_seconds wall_clock(const LocalTime& local) {
    const auto days = sys_days{local.day}.time_since_epoch();
    return date::local_seconds{days} + std::chrono::hours{local.hour} + minutes{local.minute} +
           seconds{local.second};
}

std::string wall_text(const LocalTime& local) {
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", static_cast<int>(local.day.year()),
                       static_cast<unsigned>(local.day.month()), static_cast<unsigned>(local.day.day()),
                       local.hour, local.minute);
}

/// Takes exactly `digits` digits from the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

Error malformed(std::string_view what, std::string_view text, std::string_view want) {
    return {.message = fmt::format("{} '{}' is not understood; want {}", what, clipped(text, 40), want)};
}

Result<std::chrono::year_month_day> take_day(std::string_view& rest, std::string_view whole) {
    const auto year = take_number(rest, 4);
    if (!year || !take(rest, '-')) return failure(malformed("date", whole, "YYYY-MM-DD"));
    const auto month = take_number(rest, 2);
    if (!month || !take(rest, '-')) return failure(malformed("date", whole, "YYYY-MM-DD"));
    const auto day = take_number(rest, 2);
    if (!day) return failure(malformed("date", whole, "YYYY-MM-DD"));
    if (*month < 1 || *month > 12) {
        return failure(
            {.message = fmt::format("date '{}' has month {}; want 01 to 12", clipped(whole, 40), *month)});
    }
    if (*year < first_year) {
        return failure(
            {.message = fmt::format("date '{}' has year 0; want 0001 to 9999", clipped(whole, 40))});
    }
    const std::chrono::year_month_day ymd{std::chrono::year{*year},
                                          std::chrono::month{static_cast<unsigned>(*month)},
                                          std::chrono::day{static_cast<unsigned>(*day)}};
    if (!ymd.ok()) {
        return failure({.message = fmt::format("date '{}' has day {}, which that month does not have",
                                               clipped(whole, 40), *day)});
    }
    return ymd;
}

/// Two digits. Dates are written for every row of every table, hence without a format's parsing.
void append_two(std::string& out, std::int64_t value) {
    out += static_cast<char>('0' + value / 10);
    out += static_cast<char>('0' + value % 10);
}

void append_day(std::string& out, sys_days day) {
    const std::chrono::year_month_day ymd{day};
    const int year = static_cast<int>(ymd.year());
    if (year < 0 || year > 9999) {
        fmt::format_to(std::back_inserter(out), "{:04}", year);
    } else {
        append_two(out, year / 100);
        append_two(out, year % 100);
    }
    out += '-';
    append_two(out, static_cast<unsigned>(ymd.month()));
    out += '-';
    append_two(out, static_cast<unsigned>(ymd.day()));
}

}  // namespace

Result<Zone> Zone::named(std::string_view name) {
    try {
        return Zone(date::locate_zone(std::string(name)));
    } catch (const std::runtime_error&) {
        // the database says no by an exception; we go on by saying what is nearest
    }
    std::vector<std::string_view> names;
    for (const auto& zone : date::get_tzdb().zones) names.push_back(zone.name());
    return failure({.message = fmt::format("time zone '{}' is not in the IANA database{}", clipped(name, 60),
                                           did_you_mean(name, names))});
}

Zone Zone::utc() {
    return Zone(date::locate_zone("UTC"));
}

std::string_view Zone::name() const {
    return zone_->name();
}

Result<sys_seconds> Zone::instant(const LocalTime& local) const {
    const auto wall = wall_clock(local);
    if (local.utc_offset_minutes)
        return sys_seconds{wall.time_since_epoch()} - minutes{*local.utc_offset_minutes};
    const auto info = zone_->get_info(wall);
    switch (info.result) {
        case date::local_info::unique:
            return sys_seconds{wall.time_since_epoch()} - info.first.offset;
        case date::local_info::nonexistent:
            return failure(
                {.message = fmt::format(
                     "{} does not exist in {}: the clocks were put forward over it; give a time that exists, "
                     "or add the offset from UTC",
                     wall_text(local), name())});
        case date::local_info::ambiguous:
            return failure({.message = fmt::format("{} happened twice in {}: the clocks were put back; add "
                                                   "the offset from UTC, as in +02:00",
                                                   wall_text(local), name())});
        default:
            return failure({.message = fmt::format("{} has no meaning in {}", wall_text(local), name())});
    }
}

Period Zone::instants(const LocalTime& local) const {
    const auto wall = wall_clock(local);
    if (local.utc_offset_minutes) {
        const auto at = sys_seconds{wall.time_since_epoch()} - minutes{*local.utc_offset_minutes};
        return {at, at + seconds{1}};
    }
    const auto info = zone_->get_info(wall);
    const auto first = sys_seconds{wall.time_since_epoch()} - info.first.offset;
    if (info.result == date::local_info::unique) return {first, first + seconds{1}};
    const auto second = sys_seconds{wall.time_since_epoch()} - info.second.offset;
    if (info.result == date::local_info::ambiguous) return {first, second + seconds{1}};
    // Put forward: somebody's clock had not been changed yet, or had been changed too early.
    return {second, first + seconds{1}};
}

Period Zone::day(sys_days local_day) const {
    return days(local_day, local_day);
}

Period Zone::days(sys_days first_local_day, sys_days last_local_day) const {
    const auto start_of = [this](sys_days day) {
        const date::local_seconds midnight{date::local_days{day.time_since_epoch()}};
        const auto info = zone_->get_info(midnight);
        // Where midnight was skipped, the day starts at the jump; where it came twice, at the first of the
        // two.
        if (info.result == date::local_info::nonexistent)
            return sys_seconds{info.first.end.time_since_epoch()};
        return sys_seconds{midnight.time_since_epoch()} - info.first.offset;
    };
    return {start_of(first_local_day), start_of(last_local_day + std::chrono::days{1})};
}

sys_days Zone::local_day(sys_seconds instant) const {
    const auto local = zone_->to_local(instant);
    return sys_days{std::chrono::floor<std::chrono::days>(local.time_since_epoch())};
}

std::string Zone::local_text(sys_seconds instant) const {
    std::string text;
    LocalClock(*this).append_text(text, instant);
    return text;
}

sys_seconds LocalClock::shown(sys_seconds instant) {
    if (!season_.contains(instant)) {
        const auto info = zone_.zone_->get_info(instant);
        season_ = {sys_seconds{info.begin.time_since_epoch()}, sys_seconds{info.end.time_since_epoch()}};
        offset_ = info.offset;
    }
    return instant + offset_;
}

void LocalClock::append_text(std::string& out, sys_seconds instant) {
    const auto local = shown(instant);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const auto second_of_day = (local - day).count();
    append_day(out, day);
    out += ' ';
    append_two(out, second_of_day / 3600);
    out += ':';
    append_two(out, second_of_day / 60 % 60);
    if (second_of_day % 60 == 0) return;
    out += ':';
    append_two(out, second_of_day % 60);
}

sys_days LocalClock::day(sys_seconds instant) {
    return std::chrono::floor<std::chrono::days>(shown(instant));
}

int Zone::utc_offset_minutes(sys_seconds instant) const {
    return static_cast<int>(std::chrono::duration_cast<minutes>(zone_->get_info(instant).offset).count());
}

std::string utc_text(sys_seconds instant) {
    std::string text;
    append_utc_text(text, instant);
    return text;
}

void append_utc_text(std::string& out, sys_seconds instant) {
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const auto second_of_day = (instant - day).count();
    append_day(out, day);
    out += 'T';
    append_two(out, second_of_day / 3600);
    out += ':';
    append_two(out, second_of_day / 60 % 60);
    out += ':';
    append_two(out, second_of_day % 60);
    out += 'Z';
}

std::string day_text(sys_days day) {
    std::string text;
    append_day(text, day);
    return text;
}

Result<LocalTime> parse_local_time(std::string_view text) {
    constexpr std::string_view want =
        "YYYY-MM-DD, YYYY-MM-DDTHH:MM or YYYY-MM-DDTHH:MM:SS, with Z or +HH:MM if known";
    auto rest = text;
    const auto day = take_day(rest, text);
    if (!day) return tl::unexpected(day.error());
    LocalTime local{.day = *day};
    if (rest.empty()) return local;
    if (!take(rest, 'T') && !take(rest, ' ')) return failure(malformed("time", text, want));
    const auto hour = take_number(rest, 2);
    if (!hour || !take(rest, ':')) return failure(malformed("time", text, want));
    const auto minute = take_number(rest, 2);
    if (!minute) return failure(malformed("time", text, want));
    int second = 0;
    if (take(rest, ':')) {
        const auto taken = take_number(rest, 2);
        if (!taken) return failure(malformed("time", text, want));
        second = *taken;
        if (take(rest, '.')) {
            if (rest.empty() || rest.front() < '0' || rest.front() > '9')
                return failure(malformed("time", text, want));
            while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') rest.remove_prefix(1);
        }
    }
    if (take(rest, 'Z')) {
        local.utc_offset_minutes = 0;
    } else if (!rest.empty() && (rest.front() == '+' || rest.front() == '-')) {
        const int sign = rest.front() == '-' ? -1 : 1;
        rest.remove_prefix(1);
        const auto offset_hours = take_number(rest, 2);
        const bool colon = take(rest, ':');
        const auto offset_minutes = rest.empty() && !colon ? std::optional(0) : take_number(rest, 2);
        if (!offset_hours || !offset_minutes || *offset_hours > 18 || *offset_minutes > 59) {
            return failure(malformed("time", text, want));
        }
        local.utc_offset_minutes = sign * (*offset_hours * 60 + *offset_minutes);
    }
    if (!rest.empty()) return failure(malformed("time", text, want));
    const bool end_of_day = *hour == 24 && *minute == 0 && second == 0;
    if ((*hour > 23 && !end_of_day) || *minute > 59 || second > 59) {
        return failure(
            {.message = fmt::format("time '{}' is past the end of a day, hour or minute; want 00:00:00 to "
                                    "23:59:59, or 24:00",
                                    clipped(text, 40))});
    }
    if (end_of_day) {
        local.day = sys_days{local.day} + std::chrono::days{1};
    } else {
        local.hour = *hour;
    }
    local.minute = *minute;
    local.second = second;
    return local;
}

Result<sys_days> parse_day(std::string_view text) {
    auto rest = text;
    const auto day = take_day(rest, text);
    if (!day) return tl::unexpected(day.error());
    if (!rest.empty()) return failure(malformed("date", text, "YYYY-MM-DD"));
    return sys_days{*day};
}

Result<DayRange> parse_partial_day(std::string_view text) {
    using namespace std::chrono;
    constexpr std::string_view want = "YYYY, YYYY-MM or YYYY-MM-DD";
    if (text.size() > 7) {
        const auto day = parse_day(text);
        if (!day) return tl::unexpected(day.error());
        return DayRange{*day, *day};
    }
    auto rest = text;
    const auto y = take_number(rest, 4);
    if (!y || *y < first_year || *y > last_year) return failure(malformed("date", text, want));
    if (rest.empty()) return DayRange{sys_days{year{*y} / 1 / 1}, sys_days{year{*y} / 12 / 31}};
    if (!take(rest, '-')) return failure(malformed("date", text, want));
    const auto m = take_number(rest, 2);
    if (!m || !rest.empty()) return failure(malformed("date", text, want));
    if (*m < 1 || *m > 12) {
        return failure({.message = fmt::format("date '{}' has month {}; want 01 to 12", text, *m)});
    }
    const auto in_month = year{*y} / month{static_cast<unsigned>(*m)};
    return DayRange{sys_days{in_month / 1}, sys_days{in_month / last}};
}

std::string zone_database_version() {
    std::ifstream rules("/usr/share/zoneinfo/tzdata.zi");
    std::string line;
    std::getline(rules, line);
    constexpr std::string_view mark = "# version ";
    return line.starts_with(mark) ? line.substr(mark.size()) : "unknown";
}

}  // namespace truce
