// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "analysis/durability.h"
#include "model/comparable.h"
#include "report/sink.h"

namespace truce::report {

/// The whole answer as JSON (doc/formats/durability.md): the failure definition first. What is not known is
/// null.
[[nodiscard]] std::string durability_json(const analysis::Durability& durability,
                                          const Comparables& comparables);

/// One row for each model and horizon, and "together" and "range" beside the models.
void write_durability_csv(const Sink& sink, const analysis::Durability& durability);
/// The survival curve of the comparables, one row for each step.
void write_durability_curve_csv(const Sink& sink, const analysis::Durability& durability);
/// The forecasts of the backtest, as they would have been issued; only the header without one.
void write_durability_backtest_csv(const Sink& sink, const analysis::Durability& durability);

}  // namespace truce::report
