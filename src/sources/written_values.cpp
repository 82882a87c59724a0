// SPDX-License-Identifier: Apache-2.0
#include "sources/written_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace truce::sources {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr std::string_view moment_forms =
    "YYYY-MM-DD, YYYY-MM-DDTHH:MM, a month YYYY-MM, a year YYYY, {earliest: .., latest: ..} or unknown";

bool has_clock(std::string_view text) {
    return text.find(':') != std::string_view::npos || text.find('T') != std::string_view::npos;
}

std::optional<Moment> moment_of_text(const YamlNode& node, std::string_view what, const Zone& zone,
                                     MomentForm form, Problems& problems) {
    if (has_clock(node.text)) {
        const auto local = parse_local_time(node.text);
        if (!local) {
            problems.error(node, fmt::format("{}: {}", what, local.error().message));
            return std::nullopt;
        }
        const auto instant = zone.instant(*local);
        if (!instant) {
            problems.error(node, fmt::format("{}: {}", what, instant.error().message));
            return std::nullopt;
        }
        return Moment::at(*instant);
    }
    const auto range = parse_partial_day(node.text);
    if (!range) {
        const auto& why = range.error().message;
        const bool says_more = why.find("is not understood") == std::string::npos;
        problems.error(node,
                       fmt::format("{} '{}' is not understood{}; want {}", what, shown(node.text, 40),
                                   says_more ? fmt::format(" ({})", why) : std::string(), moment_forms));
        return std::nullopt;
    }
    const auto first = zone.day(range->first);
    const auto last = zone.day(range->last);
    return form.alone == DateAlone::first_instant ? Moment{first.first, last.first}
                                                  : Moment{first.first, last.end - seconds{1}};
}

/// Takes a whole number and the letter after it from the front of `rest`.
struct Part {
    std::int64_t number;
    char letter;
};
std::optional<Part> take_part(std::string_view& rest) {
    const auto end = rest.find_first_not_of("0123456789");
    if (end == std::string_view::npos || end == 0 || end > 6) return std::nullopt;
    const auto number = parse_integer(rest.substr(0, end));
    const Part part{*number, rest[end]};
    rest.remove_prefix(end + 1);
    return part;
}

std::optional<Duration> parse_duration(std::string_view text) {
    if (!text.starts_with('P') || text.size() < 3) return std::nullopt;
    text.remove_prefix(1);
    Duration duration;
    std::string_view order = "WD";
    bool clock = false;
    while (!text.empty()) {
        if (text.front() == 'T') {
            if (clock || text.size() == 1) return std::nullopt;
            clock = true;
            order = "HMS";
            text.remove_prefix(1);
        }
        const auto part = take_part(text);
        if (!part) return std::nullopt;
        const auto place = order.find(part->letter);
        if (place == std::string_view::npos) return std::nullopt;
        order.remove_prefix(place + 1);
        const auto number = part->number;
        switch (part->letter) {
            case 'W':
                duration.days += static_cast<int>(number * 7);
                break;
            case 'D':
                duration.days += static_cast<int>(number);
                break;
            case 'H':
                duration.rest += std::chrono::hours{number};
                break;
            case 'M':
                duration.rest += std::chrono::minutes{number};
                break;
            default:
                duration.rest += seconds{number};
        }
    }
    return duration;
}

sys_seconds days_later(sys_seconds start, int count, const Zone& zone) {
    if (count == 0) return start;
    const auto clock = start + std::chrono::minutes{zone.utc_offset_minutes(start)};
    const auto day = std::chrono::floor<days>(clock);
    const auto of_day = (clock - day).count();
    const LocalTime local{.day = std::chrono::year_month_day{day + days{count}},
                          .hour = static_cast<int>(of_day / 3600),
                          .minute = static_cast<int>(of_day / 60 % 60),
                          .second = static_cast<int>(of_day % 60)};
    // Where that clock reading was skipped or came twice, the first instant that it may mean.
    return zone.instants(local).first;
}

bool is_language_tag(std::string_view text) {
    if (text.size() < 2 || text.size() > 35) return false;
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
}

}  // namespace

std::optional<Moment> moment_of(const YamlNode& node, std::string_view what, const Zone& zone,
                                MomentForm form, Problems& problems) {
    if (is_unknown(node)) return Moment::unknown();
    if (node.is_mapping()) {
        Fields fields(node, what, problems);
        const auto bound = MomentForm{form.alone, false};
        const auto earliest = moment_in(fields, "earliest", zone, bound, problems);
        const auto latest = moment_in(fields, "latest", zone, bound, problems);
        fields.finish();
        const Moment moment{earliest ? earliest->earliest : open_start, latest ? latest->latest : open_end};
        if (moment.earliest <= moment.latest) return moment;
        problems.error(node, fmt::format("{}: earliest lies after latest", what));
        return std::nullopt;
    }
    if (!node.is_scalar()) {
        problems.error(node, fmt::format("{} must be a date or time; found {}", what, node.described()));
        return std::nullopt;
    }
    if (form.open_allowed && node.text == "open") return Moment::at(open_end);
    return moment_of_text(node, what, zone, form, problems);
}

std::optional<Moment> moment_in(Fields& fields, std::string_view key, const Zone& zone, MomentForm form,
                                Problems& problems) {
    const bool there = fields.has(key);
    const auto* found = fields.value(key);
    if (found != nullptr) return moment_of(*found, key, zone, form, problems);
    return there ? std::optional(Moment::unknown()) : std::nullopt;
}

Period period_in(Fields& fields, const Zone& zone, Problems& problems) {
    Period period;
    if (const auto from = moment_in(fields, "from", zone, {}, problems)) period.first = from->earliest;
    const auto to = moment_in(fields, "to", zone, {.open_allowed = true}, problems);
    if (to) period.end = to->latest;
    if (period.empty()) {
        const auto* to_node = fields.value("to");
        problems.error(to_node != nullptr ? *to_node : fields.node(),
                       "'to' is not after 'from'; the end is the first instant that no "
                       "longer belongs to the period");
    }
    return period;
}

std::optional<Duration> duration_of(const YamlNode& node, std::string_view what, Problems& problems) {
    if (node.is_scalar()) {
        if (const auto duration = parse_duration(node.text)) return duration;
    }
    problems.error(
        node, fmt::format("{} must be an ISO 8601 duration in days or hours, as P3D or PT48H; found {}", what,
                          node.described()));
    return std::nullopt;
}

std::optional<Duration> duration_in(Fields& fields, std::string_view key, Problems& problems) {
    const auto* found = fields.value(key);
    return found == nullptr ? std::nullopt : duration_of(*found, key, problems);
}

Moment after(Moment start, Duration duration, const Zone& zone) {
    const auto later = [&](sys_seconds instant) {
        if (instant <= open_start || instant >= open_end) return instant;
        const auto end = instant + duration.plain();
        return end >= open_end - days{2} ? open_end
                                         : days_later(instant, duration.days, zone) + duration.rest;
    };
    return {later(start.earliest), later(start.latest)};
}

Localised localised_of(const YamlNode& node, std::string_view what, Problems& problems) {
    Localised text;
    if (node.is_scalar()) {
        text.by_language["en"] = node.text;
        return text;
    }
    if (!node.is_mapping()) {
        problems.error(
            node, fmt::format("{} must be a text, or texts by language as {{en: .., ar: ..}}; found {}", what,
                              node.described()));
        return text;
    }
    for (const auto& member : node.members) {
        if (!is_language_tag(member.key)) {
            problems.error(member.value, fmt::format("{}: '{}' is not a language tag (as en, ar, ru, fr)",
                                                     what, shown(member.key)));
        } else if (auto words = text_of(member.value, fmt::format("{}.{}", what, member.key), problems)) {
            text.by_language[member.key] = *words;
        }
    }
    return text;
}

Localised localised_in(Fields& fields, std::string_view key, Problems& problems) {
    const auto* found = fields.value(key);
    return found == nullptr ? Localised() : localised_of(*found, key, problems);
}

std::optional<std::string> id_of(const YamlNode& node, std::string_view what, Problems& problems) {
    const auto alphanumeric = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const auto allowed = [&](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; };
    const auto text = text_of(node, what, problems);
    if (!text) return std::nullopt;
    if (!text->empty() && text->size() <= 100 && alphanumeric(text->front()) &&
        std::ranges::all_of(*text, allowed)) {
        return std::optional<std::string>(*text);
    }
    problems.error(node,
                   fmt::format("{} '{}' is no id; want up to 100 letters (a to z), digits, '-', '_' and "
                               "'.', the first a letter or digit",
                               what, shown(*text, 40)));
    return std::nullopt;
}

void check_format_version(Fields& fields, Problems& problems) {
    const auto* version = fields.required("trucewatch");
    if (version == nullptr || (version->is_scalar() && version->text == "1")) return;
    problems.error(*version, fmt::format("trucewatch must be 1, the version of the file format that this "
                                         "program reads; found {}",
                                         version->described()));
}

std::string flat_text(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::null:
            return "null";
        case YamlNode::Kind::scalar:
            return node.text;
        case YamlNode::Kind::sequence: {
            std::string text = "[";
            for (const auto& value : node.values) text += (text.size() > 1 ? ", " : "") + flat_text(value);
            return text + "]";
        }
        case YamlNode::Kind::mapping: {
            std::string text = "{";
            for (const auto& member : node.members) {
                text +=
                    fmt::format("{}{}: {}", text.size() > 1 ? ", " : "", member.key, flat_text(member.value));
            }
            return text + "}";
        }
    }
    return {};
}

}  // namespace truce::sources
