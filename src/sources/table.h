// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sources/lookup.h"
#include "sources/mapping.h"
#include "sources/text_table.h"

/// Any table, read by a mapping. `doc/formats/table.md`.
namespace truce::sources::table {

/// Which of the table's first rows is its header under `mapping`, and whether the header has every column
/// that the mapping names: the table with its header set, or what is missing.
[[nodiscard]] Result<TextTable> with_header(TextTable table, const Mapping& mapping);

/// The columns that `mapping` names, as columns of `header`: by exact name, else by `header_key`, else by
/// `name_key`. Fails for a column that is not there (with the nearest name) or is there twice.
[[nodiscard]] Result<void> check_columns(const Header& header, const Mapping& mapping);

/// Makes accounts of rows under `header` by `mapping`. Requires: `check_columns(header, mapping)` holds; all
/// three outlive the maker.
[[nodiscard]] RowMaker row_maker(const Header& header, const Mapping& mapping, const Context& context);

/// What the mapping says of its source.
[[nodiscard]] Source source(const Mapping& mapping);
/// What a reader of the result should know of the mapping as a whole: no precision stated, no act mapped.
[[nodiscard]] std::vector<std::string> warnings(const Mapping& mapping);

}  // namespace truce::sources::table
