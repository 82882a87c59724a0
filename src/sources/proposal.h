// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace truce::sources {

/// A first mapping file for a table, from its columns' names and the values of its first 2,000 rows: YAML,
/// with a comment over each field that says what it rests on, and `CHECK` wherever somebody must decide (day
/// or month first, the zone, words for acts, the licence). What cannot be told is left out, not guessed. The
/// text is a valid mapping file unless no column holds dates. `file` names the file in the first line. Fails
/// for what is no table.
[[nodiscard]] Result<std::string> proposed_mapping(std::string_view text, std::string_view file);

}  // namespace truce::sources
