// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/yaml_fields.h"
#include "model/link_decision.h"

namespace truce::sources {

/// Reads a file of decisions on links (doc/formats/link-decisions.md). Errors go to `problems`: a decision of
/// fewer than two accounts, an account that is not named or named twice, and two decisions that say opposite
/// things of the same two accounts.
[[nodiscard]] std::vector<LinkDecision> read_link_decisions(const YamlNode& root, Problems& problems);

/// What was made of a file of decisions. A file without errors has decisions, be they none.
struct LinkDecisionsReading {
    std::vector<LinkDecision> decisions;
    std::vector<Error> errors;
    std::vector<Error> warnings;
};

/// The same, of a text. `file` names it in messages.
[[nodiscard]] LinkDecisionsReading read_link_decisions(std::string_view yaml, std::string_view file);

}  // namespace truce::sources
