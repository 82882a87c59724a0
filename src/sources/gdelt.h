// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sources/lookup.h"
#include "sources/text_table.h"

/// GDELT event exports, 1.0 (57 and 58 columns) and 2.0 (61): machine-coded news. `doc/formats/gdelt.md`.
namespace truce::sources::gdelt {

enum class Edition : std::uint8_t { v1, v2 };

/// The edition of a file without a header, by one of its rows: the right number of cells, an id, a day as
/// YYYYMMDD and its month and year beside it.
[[nodiscard]] std::optional<Edition> edition_of_row(std::span<const std::string> cells);
/// Whether a header is GDELT's (rejects files and some copies have one).
[[nodiscard]] bool is_header(const Header& header);
/// The columns of an edition, in their order, as GDELT's own lists name them.
[[nodiscard]] std::vector<std::string> column_names(Edition edition);
/// How few cells a row may have: those of 1.0 have no SOURCEURL before April 2013.
[[nodiscard]] std::size_t fewest_cells(Edition edition);

/// Makes an account of kind `lead` of each row. Requires: the header is GDELT's; header and context outlive
/// the maker.
[[nodiscard]] RowMaker row_maker(const Header& header, const Context& context);

/// What the file is.
[[nodiscard]] Source source();

/// The act that a CAMEO code means; `other` for codes of talk and trade.
[[nodiscard]] Act act_of(std::string_view cameo);

}  // namespace truce::sources::gdelt
