// SPDX-License-Identifier: Apache-2.0
#include "sources/cell.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace truce::sources {

bool is_missing(std::string_view text) {
    if (text.empty()) return true;
    if (text.size() > 5) return false;
    static constexpr std::array<std::string_view, 8> marks{"-",    "n/a", "na",   "null",
                                                           "none", "nan", "#n/a", "--"};
    if (text.size() == 1) return text == "-";
    return std::ranges::find(marks, lower_ascii(text)) != marks.end();
}

tl::expected<std::optional<std::uint32_t>, std::string> read_count(std::string_view text) {
    const auto refused = [] { return tl::unexpected(std::string("a whole number of people, 0 or more")); };
    if (text == "-1" || is_missing(text)) return std::optional<std::uint32_t>();
    std::uint32_t plain = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), plain);
    if (fault == std::errc() && end == text.data() + text.size() && plain <= most_people)
        return std::optional(plain);
    auto digits = ascii_digits(text);
    if (digits == "-1.0") return std::optional<std::uint32_t>();
    for (const std::string_view space : {" ", "\u00A0", "\u202F"}) {
        // A thousands separator stands between digits, three from the end or from the next.
        for (auto at = digits.find(space); at != std::string::npos; at = digits.find(space)) {
            if (at == 0 || at + space.size() + 3 > digits.size()) return refused();
            digits.erase(at, space.size());
        }
    }
    const auto value = parse_real(digits);
    if (!value || *value < 0 || *value != std::floor(*value) || *value > static_cast<double>(most_people))
        return refused();
    return std::optional(static_cast<std::uint32_t>(*value));
}

tl::expected<std::optional<double>, std::string> read_degrees(std::string_view text, double most) {
    if (is_missing(text)) return std::optional<double>();
    double value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size()) {
        const auto any_script = parse_real(ascii_digits(text));
        if (!any_script) return tl::unexpected(std::string("decimal degrees such as 36.2012"));
        value = *any_script;
    }
    if (!(value >= -most && value <= most))
        return tl::unexpected(
            fmt::format("degrees from -{0} to {0} (are latitude and longitude exchanged?)", most));
    return std::optional(value);
}

tl::expected<std::optional<Point>, RowFault> read_point(const TableRow& row, std::size_t lat_column,
                                                        std::size_t lon_column) {
    const auto lat = read_degrees(text_of(row[lat_column]), 90);
    if (!lat) return tl::unexpected(fault_at(row, lat_column, lat.error()));
    const auto lon = read_degrees(text_of(row[lon_column]), 180);
    if (!lon) return tl::unexpected(fault_at(row, lon_column, lon.error()));
    if (lat->has_value() != lon->has_value()) {
        return tl::unexpected(fault_at(row, lat->has_value() ? lon_column : lat_column,
                                       "a number, since the place's other coordinate is given"));
    }
    if (!*lat) return std::optional<Point>();
    return std::optional(Point{.lat = **lat, .lon = **lon});
}

RowFault fault_at(const TableRow& row, std::size_t column, std::string expected) {
    return {
        .column = column, .found = fmt::format("'{}'", shown(row[column])), .expected = std::move(expected)};
}

RowFault fault_at(const TableRow& row, std::size_t column, const DateFault& fault) {
    auto made = fault_at(row, column, fault.expected);
    if (fault.kind == DateFault::Kind::needs_order) made.kind = RowFault::Kind::needs_date_order;
    return made;
}

ExtraColumns::ExtraColumns(const Header& header, const std::vector<std::size_t>& used) {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (std::ranges::find(used, i) != used.end()) continue;
        columns_.push_back(i);
        names.push_back(header.name(i));
    }
    names_ = packed(names);
    cells_.resize(columns_.size());
}

void ExtraColumns::put(const TableRow& row, Account& account) {
    for (std::size_t i = 0; i < columns_.size(); ++i) cells_[i] = row[columns_[i]];
    if (std::ranges::all_of(cells_, &std::string_view::empty)) return;
    account.extra = ExtraCells(names_, cells_);
}

}  // namespace truce::sources
