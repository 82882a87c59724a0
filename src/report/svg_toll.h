// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "analysis/toll.h"
#include "report/messages.h"

namespace truce::report {

/// The toll as it grew: a band from the low to the high sums and a line of the best ones. Time runs from left
/// to right in every language. `alt` says what it shows, in plain text. Empty without days.
[[nodiscard]] std::string svg_toll(std::span<const analysis::RunningToll> course, std::string_view alt,
                                   const Messages& messages);

}  // namespace truce::report
