// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "analysis/durability.h"
#include "model/comparable.h"
#include "report/messages.h"

namespace truce::report {

/// What counts as failure: said before any figure. Plain text, as all here.
[[nodiscard]] std::string failure_sentence(const analysis::Durability& durability, const Messages& messages);

/// How many comparables the answer rests on, and from where; empty where there are none.
[[nodiscard]] std::string comparables_sentence(const analysis::Durability& durability,
                                               const std::string& source, const Messages& messages);

/// The plain answer: for the horizon of 30 days (the middle one where there is none of that length), or why
/// there is none.
[[nodiscard]] std::string answer_sentence(const analysis::Durability& durability, const Messages& messages);

/// The warnings that hold, as sentences.
[[nodiscard]] std::vector<std::string> warning_sentences(const analysis::Durability& durability,
                                                         const Messages& messages);

/// The horizon that the plain answer speaks of: 30 days, or the middle one.
[[nodiscard]] std::size_t plain_horizon(const analysis::Durability& durability);

}  // namespace truce::report
