// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"
#include "report/html.h"

namespace truce::report {

/// Reads from an earlier run's assessment.json what the report says has changed since. Fails, saying what is
/// missing, for a text that is no such file.
[[nodiscard]] Result<Earlier> parse_earlier(std::string_view assessment_json);

}  // namespace truce::report
