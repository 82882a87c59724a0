// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sources/dates.h"
#include "sources/lookup.h"
#include "sources/text_table.h"

/// ACLED's aggregated files: counts by week, region and type. `doc/formats/acled.md`.
namespace truce::sources::acled_aggregated {

/// Whether a header is that of an aggregated file.
[[nodiscard]] bool is_header(const Header& header);

/// Makes an account of kind `aggregate` of each row: its window is the week from the Saturday that the row
/// names. The number of events is in its `extra`. Requires: `is_header(header)`; header and context outlive
/// the maker.
[[nodiscard]] RowMaker row_maker(const Header& header, const Context& context,
                                 std::optional<DateOrder> order);

/// What the table's weeks say about the order of day and month.
[[nodiscard]] DateOrderEvidence date_order(const TextTable& table);

/// What the file is.
[[nodiscard]] Source source();

}  // namespace truce::sources::acled_aggregated
