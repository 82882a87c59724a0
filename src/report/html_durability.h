// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "report/html_page.h"

namespace truce::report {

/// The section "How long may it hold?": what counts as failure, the plain answer, the models, the curve, how
/// comparables ended, the backtest and the warnings; without comparables, what would be needed.
void write_durability(Page& page);

}  // namespace truce::report
