// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sources/mapping.h"
#include "sources/text_table.h"

namespace truce::sources {

/// The field that a column's name means, in English, French, Arabic or Russian, as `doc/formats/table.md`
/// lists them; of a name with group paths ("incident/date", "incident-date") the last part counts. Nothing
/// for other names.
[[nodiscard]] std::optional<Field> field_meant(std::string_view column_name);

/// The mapping that a table's own column names amount to, for tables that come without a mapping file. Fields
/// that two columns could be are left out, as are those that no column is. Acts are read by common words in
/// the same four languages; other words are `unknown`. Nothing where the names give no date.
[[nodiscard]] std::optional<Mapping> mapping_by_names(const Header& header);

/// Words for acts in English, French, Arabic and Russian, with the act that each means.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> act_words();

}  // namespace truce::sources
