// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sources/dates.h"
#include "sources/lookup.h"
#include "sources/text_table.h"

/// ACLED's event files: the layout of the API, that of the export tool, those before 2023 and about 2017.
/// `doc/formats/acled.md`.
namespace truce::sources::acled {

/// Whether a header is that of an ACLED event file.
[[nodiscard]] bool is_header(const Header& header);

/// Makes accounts of the rows under `header`. `order` is that of dates that need one. Requires:
/// `is_header(header)`; header and context outlive the maker.
[[nodiscard]] RowMaker row_maker(const Header& header, const Context& context,
                                 std::optional<DateOrder> order);

/// What the table's dates say about their order.
[[nodiscard]] DateOrderEvidence date_order(const TextTable& table);

/// What the file is, as far as that is the same for every ACLED file. Its terms forbid passing rows on.
[[nodiscard]] Source source();

/// The act that ACLED's words mean: by the sub-event type, else by the event type, old names included.
/// Nothing for words that are neither.
[[nodiscard]] std::optional<Act> act_of(std::string_view event_type, std::string_view sub_event_type);

}  // namespace truce::sources::acled
