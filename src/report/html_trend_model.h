// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "report/html_page.h"

namespace truce::report {

/// What the models of the daily counts say, within the section of trends: the sentence, the figure, the
/// table, all areas together. Nothing where nothing could be compared at all.
void write_trend_models(Page& page);
/// What a reader must know before quoting the trend; nothing where no warning's condition holds.
void write_trend_warnings(Page& page);

}  // namespace truce::report
