// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace truce::sources {

/// How much watching there was on one day, in the file's own unit (patrols, observers, hours).
struct EffortOnDay {
    sys_days day;
    double watched = 0;
};

/// Reads a table of watching by day: columns `date` (YYYY-MM-DD) and `watched`, others passed over; in any
/// order.
///
/// Fails at the first row that is wrong, with its line: a date or number that cannot be read, a number below
/// 0 or not finite, a day given twice; and where a column is missing, or no day was watched at all. `file`
/// names it in messages.
[[nodiscard]] Result<std::vector<EffortOnDay>> read_effort(std::string_view text, std::string_view file);

}  // namespace truce::sources
