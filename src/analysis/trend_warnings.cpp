// SPDX-License-Identifier: Apache-2.0
#include "analysis/trend_warnings.h"

#include <algorithm>

#include "analysis/numeric/rate_ratio.h"

namespace truce::analysis {

namespace {

bool self_excited(const ModelTrend& model) {
    return model.excitation && model.excitation->clear();
}

bool excitation_does_not_fit(const ModelTrend& model) {
    constexpr double unlikely = 0.05;
    return self_excited(model) && model.excitation->process.mean.fit.p < unlikely;
}

bool flare_before_truce(const Trend& trend, const TrendSettings& settings) {
    const Comparison& comparison = trend.set_apart;
    const auto apart = static_cast<double>(settings.pre_truce.count());
    if (!comparison.estimate || apart <= 0 || comparison.before.exposure <= 0) return false;
    const numeric::BeforeAfter counts{
        .before = {.count = comparison.before.count, .exposure = comparison.before.exposure},
        .after = {.count = comparison.left_out.pre_truce, .exposure = apart}};
    return numeric::widened_interval(counts, comparison.estimate->widened_by, settings.level).low > 1;
}

bool given(Change change) {
    return change != Change::cannot_be_estimated;
}

bool differ(Change a, Change b) {
    return given(a) && given(b) && a != b;
}

bool changed_elsewhere(const ModelTrend& model, const TrendSettings& settings) {
    if (!model.changes || !model.changes->single) return false;
    constexpr std::chrono::days near{14};
    return *model.changes->single < settings.truce.before_end - near ||
           *model.changes->single > settings.truce.first + near;
}

bool placebo_as_extreme(const Trend& trend) {
    if (!trend.placebo) return false;
    constexpr std::uint32_t one_in = 20;
    const std::uint32_t as_extreme = trend.set_apart.change == Change::fell   ? trend.placebo->as_low
                                     : trend.set_apart.change == Change::rose ? trend.placebo->as_high
                                                                              : 0;
    return as_extreme * one_in >= trend.placebo->dates && as_extreme > 0;
}

bool truce_outlasts_model(const Trend& trend, const ModelTrend& model) {
    return model.set_apart.series && trend.set_apart.after.watched_days > trend.set_apart.before.watched_days;
}

bool changing_now(const ModelTrend& model) {
    constexpr double rather = 0.5;
    return model.changes && model.changes->recent_change > rather;
}

}  // namespace

std::vector<TrendWarning> warnings_of(const Trend& trend, const ModelTrend& model,
                                      const TrendSettings& settings) {
    std::vector<TrendWarning> warnings;
    const auto warn = [&](bool holds, TrendWarning warning) {
        if (holds) warnings.push_back(warning);
    };
    warn(self_excited(model), TrendWarning::self_excited);
    warn(excitation_does_not_fit(model), TrendWarning::excitation_does_not_fit);
    warn(model.unevenness && model.unevenness->clear(), TrendWarning::weeks_differ);
    warn(flare_before_truce(trend, settings), TrendWarning::flare_before_truce);
    warn(differ(trend.set_apart.change, trend.included.change), TrendWarning::window_matters);
    warn(differ(trend.set_apart.change, model.set_apart.change), TrendWarning::model_disagrees);
    warn(changed_elsewhere(model, settings), TrendWarning::changed_elsewhere);
    warn(placebo_as_extreme(trend), TrendWarning::placebo_as_extreme);
    warn(truce_outlasts_model(trend, model), TrendWarning::truce_outlasts_model);
    warn(changing_now(model), TrendWarning::changing_now);
    return warnings;
}

}  // namespace truce::analysis
