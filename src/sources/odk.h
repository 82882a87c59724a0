// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "sources/mapping.h"
#include "sources/text_table.h"

/// ODK Central's and Briefcase's CSV exports. `doc/formats/odk.md`.
namespace truce::sources::odk {

/// Whether a header has ODK's own columns (`SubmissionDate` and `KEY`).
[[nodiscard]] bool is_header(const Header& header);

/// The mapping that the form's own columns amount to: by their names, and by the parts of its geopoint.
/// Nothing where no column is a date: then a mapping file must say.
[[nodiscard]] std::optional<Mapping> mapping(const Header& header);

/// Puts the submission's review before `maker`: a rejected one becomes a reject, one with issues a remark.
[[nodiscard]] RowMaker with_review(const Header& header, RowMaker maker);

}  // namespace truce::sources::odk
