// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sources/dates.h"
#include "sources/lookup.h"
#include "sources/text_table.h"

/// UCDP's Georeferenced Event Dataset: every layout from 17 to 26.1, and candidate files.
/// `doc/formats/ucdp-ged.md`.
namespace truce::sources::ged {

/// Whether a header is that of a GED file.
[[nodiscard]] bool is_header(const Header& header);
/// Whether a first row is that of a GED file that was published without a header: 49 cells of the right
/// kinds.
[[nodiscard]] bool is_first_row(std::span<const std::string> cells);
/// The 49 columns of GED 23.1 to 26.1, in their order.
[[nodiscard]] std::vector<std::string> column_names();

/// Makes accounts of the rows under `header`. `order` is that of dates that need one. Requires:
/// `is_header(header)`; header and context outlive the maker.
[[nodiscard]] RowMaker row_maker(const Header& header, const Context& context,
                                 std::optional<DateOrder> order);

/// What the table's dates say about their order.
[[nodiscard]] DateOrderEvidence date_order(const TextTable& table);

/// What the file is, as far as that is the same for every GED file.
[[nodiscard]] Source source();

}  // namespace truce::sources::ged
