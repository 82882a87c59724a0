// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sources/lookup.h"
#include "sources/text_table.h"

/// NASA FIRMS: fires and other heat seen by VIIRS and MODIS. `doc/formats/firms.md`.
namespace truce::sources::firms {

/// Whether a header is that of a FIRMS file.
[[nodiscard]] bool is_header(const Header& header);

/// Makes an account of kind `corroboration` of each row: the minute in UTC, and the disc around the pixel.
/// Requires: `is_header(header)`; header and context outlive the maker.
[[nodiscard]] RowMaker row_maker(const Header& header, const Context& context);

/// What the file is.
[[nodiscard]] Source source();

}  // namespace truce::sources::firms
