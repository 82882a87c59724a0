// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/interrupted_series.h"
#include "report/messages.h"

namespace truce::report {

/// The fitted days: what was reported, the fitted course, and what was expected without the truce with its
/// range.
///
/// Time runs from left to right in every language, as in the course. Ranges that reach beyond twice the
/// greatest count are cut off there: they are shown, not drawn to scale. Empty without days.
[[nodiscard]] std::string svg_trend(const analysis::InterruptedSeries& series, const Messages& messages);

}  // namespace truce::report
