// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "assessment/assessment.h"

namespace truce::report {

/// As of when the accounts go: the last local day on which anything they tell of may have happened; empty
/// without any.
[[nodiscard]] std::string cut_off_text(const Dossier& dossier, const Assessment& assessment);

}  // namespace truce::report
