// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sources/mapping.h"
#include "sources/text_table.h"

/// KoBoToolbox CSV exports. `doc/formats/kobo.md`.
namespace truce::sources::kobo {

/// Whether a header has KoBoToolbox's own columns (`_id`, `_uuid`, `_submission_time`: two of them).
[[nodiscard]] bool is_header(const Header& header);

/// The mapping that the form's own columns amount to: by their names, and by the parts of its geopoint.
/// Nothing where no column is a date: then a mapping file must say.
[[nodiscard]] std::optional<Mapping> mapping(const Header& header);

/// Puts the submission's review before `maker`: one that was not approved becomes a reject, one on hold a
/// remark.
[[nodiscard]] RowMaker with_review(const Header& header, RowMaker maker);

}  // namespace truce::sources::kobo
