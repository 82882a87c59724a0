// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/sha256.h"
#include "record/entry.h"

namespace truce::server {

/// A row as entries of the record hold it: cells by column, in the order of the columns' names.
using NamedCells = std::vector<std::pair<std::string, std::string>>;

/// The rows of delimited text whose bytes have one of the hashes in `wanted`, by that hash.
///
/// `first_line` is the line of the first row that is no header, from 1: the row before it names the columns, unless `column_names`
/// does. Columns without a name are called `column 3`, those with another's name `name (2)`. Rows that are not found, or are no
/// UTF-8, are left out.
[[nodiscard]] std::map<Sha256, NamedCells> rows_by_hash(std::string_view text, const std::set<Sha256>& wanted, std::size_t first_line,
                                                        std::span<const std::string> column_names = {});

/// Rows as one table, its columns those of any of the rows in the order of their names: what a reader can read again.
[[nodiscard]] std::string table_of(std::span<const NamedCells> rows);

/// The source that accounts filed one by one belong to, and the mapping (doc/formats/mapping.md) that their rows are read with.
inline constexpr std::string_view filed_source = "reports";
[[nodiscard]] std::string_view filed_mapping();

}  // namespace truce::server
