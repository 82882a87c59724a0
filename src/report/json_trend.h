// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "assessment/assessment.h"

namespace truce::report {

/// A number; null where it is infinite or missing.
[[nodiscard]] nlohmann::ordered_json json_number(double value);
[[nodiscard]] nlohmann::ordered_json json_number(const std::optional<double>& value);
/// An interval; an end without a bound is null.
[[nodiscard]] nlohmann::ordered_json json_interval(const numeric::Interval& value);
/// The first day and the last; null where there is none.
[[nodiscard]] nlohmann::ordered_json json_days(const analysis::Days& value);

// The parts of assessment.json (doc/formats/assessment.schema.json) that tell of trends; `truce trend` writes
// the same.

[[nodiscard]] nlohmann::ordered_json trend_json(const analysis::Trend& value);
[[nodiscard]] nlohmann::ordered_json group_trend_json(const analysis::GroupTrend& value);
[[nodiscard]] nlohmann::ordered_json model_trend_json(const analysis::ModelTrend& value);
[[nodiscard]] nlohmann::ordered_json trend_models_json(const TrendModels& models);

[[nodiscard]] std::string_view name_of(analysis::TrendWarning warning);

}  // namespace truce::report
