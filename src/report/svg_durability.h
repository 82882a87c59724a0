// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/durability.h"
#include "report/messages.h"

namespace truce::report {

/// The survival curve of the comparables with its band, up to a year or to the last failure, and the age of
/// the truce. Time runs from left to right in every language, as in the course. Empty without a curve.
[[nodiscard]] std::string svg_survival(const analysis::Durability& durability, const Messages& messages);

/// Forecast against what came about, by bins, with Wilson intervals and the line of perfect forecasts. Empty
/// without a backtest.
[[nodiscard]] std::string svg_reliability(const analysis::Durability& durability, const Messages& messages);

}  // namespace truce::report
