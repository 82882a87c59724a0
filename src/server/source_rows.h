// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sources/accounts.h"

namespace truce::server {

/// A row as entries of the record hold it: cells by column, in the order of the columns' names.
using NamedCells = sources::NamedCells;

/// Rows as one table, its columns those of any of the rows in the order of their names: what a reader can read again.
[[nodiscard]] std::string table_of(std::span<const NamedCells> rows);

/// The source that accounts filed one by one belong to, and the mapping (doc/formats/mapping.md) that their rows are read with.
inline constexpr std::string_view filed_source = "reports";
[[nodiscard]] std::string_view filed_mapping();

}  // namespace truce::server
