// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "report/html_page.h"

namespace truce::report {

/// The section on deaths begins with one sentence by rule.
void write_deaths_sentence(Page& page);

/// What follows its table of sums: the toll as it grew, what the figures leave open, who the dead were, by
/// act and by attacker, and the method.
void write_deaths_detail(Page& page);

}  // namespace truce::report
