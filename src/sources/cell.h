// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/text.h"
#include "geo/point.h"
#include "model/toll.h"
#include "sources/dates.h"
#include "sources/text_table.h"

namespace truce::sources {

/// A cell's text, without white space at its ends.
[[nodiscard]] inline std::string_view text_of(std::string_view cell) {
    const auto plain = [](char c) { return c > ' ' && static_cast<unsigned char>(c) < 0x80; };
    if (cell.empty() || (plain(cell.front()) && plain(cell.back()))) return cell;
    return trimmed(cell);
}

/// Whether a cell's text stands for "no value": empty, `-`, `N/A`, `NA`, `NULL`, `None`, `nan`, `#N/A`.
[[nodiscard]] bool is_missing(std::string_view text);

/// The most people that any account may speak of; above that a number is no count.
inline constexpr long long most_people = 100'000'000;

/// A count of people: nothing where it is missing or -1 (the datasets' mark for "not known"). Whole numbers,
/// also written `12.0`, `1 200` or in digits of any script. Fails for negative, fractional and impossible
/// numbers.
[[nodiscard]] tl::expected<std::optional<std::uint32_t>, std::string> read_count(std::string_view text);

/// One of a coordinate's numbers: nothing where it is missing. Fails, saying what was expected, for anything
/// that is not a number within [-most, most].
[[nodiscard]] tl::expected<std::optional<double>, std::string> read_degrees(std::string_view text,
                                                                            double most);

/// Latitude and longitude of a row in decimal degrees. Nothing where both are missing.
[[nodiscard]] tl::expected<std::optional<Point>, RowFault> read_point(const TableRow& row,
                                                                      std::size_t lat_column,
                                                                      std::size_t lon_column);

/// The fault of a cell.
[[nodiscard]] RowFault fault_at(const TableRow& row, std::size_t column, std::string expected);
[[nodiscard]] RowFault fault_at(const TableRow& row, std::size_t column, const DateFault& fault);

/// The cells of columns that a reader has no place for.
class ExtraColumns {
public:
    /// All columns of `header` but those in `used`.
    ExtraColumns(const Header& header, const std::vector<std::size_t>& used);
    /// Puts the row's cells into the account's `extra`; empty ones are left out.
    void put(const TableRow& row, Account& account);

private:
    std::vector<std::size_t> columns_;
    SharedText names_;  // packed
    std::vector<std::string_view> cells_;
};

}  // namespace truce::sources
