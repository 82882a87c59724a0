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

/// As of when the accounts go: the last local day on which anything they tell of may have happened; empty
/// without any.
[[nodiscard]] std::string cut_off_text(const Dossier& dossier, const Assessment& assessment);

/// `text` broken at spaces into lines that a terminal holds, each begun with `indent` spaces.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent);

}  // namespace truce::cli
