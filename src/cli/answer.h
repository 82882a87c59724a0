// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "assessment/assessment.h"
#include "cli/dossier.h"
#include "report/messages.h"

namespace truce::cli {

/// The answer as a terminal shows it, in under a screen: is it holding, what became of the incidents, how
/// many died, what could not be decided, how the rows add up, and where the report lies.
[[nodiscard]] std::string answer_text(const ReadDossier& read, const Assessment& assessment,
                                      const report::Messages& messages, const std::string& folder,
                                      std::size_t files);

/// The focus area's name: that of the version that counts, where the mission says which; "all areas" without one.
[[nodiscard]] std::string focus_name(const Dossier& dossier, std::string_view language);

}  // namespace truce::cli
