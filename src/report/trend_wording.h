// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "analysis/interrupted_series.h"
#include "analysis/trend.h"
#include "analysis/trend_warnings.h"
#include "assessment/assessment.h"
#include "report/messages.h"

namespace truce::report {

// Plain text in the language of `messages`. The words fell, rose and no clear change follow from the
// intervals alone.

/// A ratio: two decimals, or none from ten on.
[[nodiscard]] std::string ratio_text(double ratio, const Messages& messages);
/// "0.35 to 0.62", or "2.10 or more".
[[nodiscard]] std::string interval_text(const numeric::Interval& interval, const Messages& messages);
/// The part of a message key that names the word: "fell".
[[nodiscard]] std::string_view name_of(analysis::Change change);
/// Likewise for the reason why there is no model: "too_few_counted".
[[nodiscard]] std::string_view name_of(analysis::NoModel why);

/// What the model says of incidents; empty where there is none.
[[nodiscard]] std::string model_sentence(const analysis::ModelComparison& model, const Messages& messages);
/// What the model's fit is: its family, its days, its coefficients.
[[nodiscard]] std::string model_fit_text(const analysis::InterruptedSeries& series, const Messages& messages);
/// The rank of the model's ratio among those at earlier dates; empty where there is none.
[[nodiscard]] std::string model_placebo_sentence(const analysis::ModelTrend& model, const Messages& messages);
[[nodiscard]] std::string across_areas_sentence(const analysis::AcrossAreas& across,
                                                const Messages& messages);
[[nodiscard]] std::string denied_sentence(const TrendModels::WithoutDenied& denied, const Messages& messages);

/// What a warning's figures are.
struct WarnedOf {
    const analysis::Trend& trend;
    const analysis::ModelTrend& model;
    int set_apart_days = 0;
};
[[nodiscard]] std::string warning_sentence(analysis::TrendWarning warning, const WarnedOf& of,
                                           const Messages& messages);

}  // namespace truce::report
