// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "sources/mapping.h"
#include "sources/text_table.h"

namespace truce::sources {

/// How a form tool writes the parts of a geopoint, and where it says what its reviewers thought.
struct FormExport {
    std::string_view key_column;    ///< the submission's own key, as a `header_key`
    std::string_view latitude_end;  ///< what the name of a geopoint's latitude ends in, as a `header_key`
    std::string_view longitude_end;
    std::string_view review_column;  ///< as a `header_key`
    /// Words of the review column (as `name_key`s) for submissions that were refused, and those under
    /// question; empty ones do not count.
    std::array<std::string_view, 3> refused;
    std::array<std::string_view, 3> questioned;
};

/// The mapping that a form's own columns amount to: those by `mapping_by_names`, the tool's key, and the
/// geopoint if there is one only. Places are taken as exact, since the device measured them. Nothing where no
/// column is a date.
[[nodiscard]] std::optional<Mapping> form_mapping(const Header& header, const FormExport& tool);

/// Puts the submission's review before `maker`: a refused one becomes a reject, a questioned one gets a
/// remark. Requires: `header` outlives the maker.
[[nodiscard]] RowMaker with_review(const Header& header, const FormExport& tool, RowMaker maker);

}  // namespace truce::sources
