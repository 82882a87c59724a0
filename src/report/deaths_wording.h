// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/multiple_systems.h"
#include "analysis/toll.h"
#include "report/messages.h"

namespace truce::report {

/// How many sources report killed in an area since a day, by rule: one number only where the sources leave
/// nothing open, "at least" wherever an incident has no figure, and never a zero where none has one. Plain
/// text.
[[nodiscard]] std::string deaths_sentence(const analysis::TollCount& count,
                                          const analysis::TollDistribution& distribution,
                                          std::string_view area, sys_days truce_day,
                                          const Messages& messages);

/// How many died in all, on any list or on none: a range over methods and models, or why there is none. Plain
/// text.
[[nodiscard]] std::string undocumented_sentence(const analysis::MultipleSystems& estimate,
                                                const Messages& messages);

/// What a reader must know beside the estimate. Plain text.
[[nodiscard]] std::string warning_sentence(const analysis::MultipleSystemsWarning& warning,
                                           const analysis::MultipleSystems& estimate,
                                           const Messages& messages);

}  // namespace truce::report
