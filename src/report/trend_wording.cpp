// SPDX-License-Identifier: Apache-2.0
#include "report/trend_wording.h"

#include <fmt/format.h>

#include <cmath>

#include "report/html_wording.h"

namespace truce::report {
namespace {

using analysis::Change;
using analysis::NoModel;
using analysis::TrendWarning;

Argument text(std::string_view name, std::string value) {
    return {name, Argument::Bare{std::move(value)}};
}

std::string word(Change change, const Messages& messages) {
    return messages.text(fmt::format("word.{}", name_of(change)));
}

}  // namespace

std::string ratio_text(double ratio, const Messages& messages) {
    return messages.decimal(ratio, ratio < 10 ? 2 : 0);
}

std::string interval_text(const numeric::Interval& interval, const Messages& messages) {
    auto low = ratio_text(interval.low, messages);
    if (std::isinf(interval.high)) return messages.text("interval.open", {text("low", std::move(low))});
    return messages.text("interval",
                         {text("low", std::move(low)), text("high", ratio_text(interval.high, messages))});
}

std::string_view name_of(Change change) {
    switch (change) {
        case Change::fell:
            return "fell";
        case Change::rose:
            return "rose";
        case Change::no_clear_change:
            return "no_clear_change";
        case Change::cannot_be_estimated:
            return "cannot_be_estimated";
    }
    return {};
}

std::string_view name_of(NoModel why) {
    switch (why) {
        case NoModel::no_comparison:
            return "no_comparison";
        case NoModel::too_few_counted:
            return "too_few_counted";
        case NoModel::nothing_counted_in_a_window:
            return "nothing_counted_in_a_window";
        case NoModel::not_determined:
            return "not_determined";
    }
    return {};
}

std::string model_sentence(const analysis::ModelComparison& model, const Messages& messages) {
    if (!model.series) return {};
    const auto& average = model.series->average;
    const auto& start = model.series->at_start;
    return messages.text(fmt::format("model.{}", name_of(model.change)),
                         {text("ratio", ratio_text(average.ratio, messages)),
                          text("interval", interval_text(average.interval, messages)),
                          text("start", ratio_text(start.ratio, messages)),
                          text("start_interval", interval_text(start.interval, messages))});
}

std::string model_fit_text(const analysis::InterruptedSeries& series, const Messages& messages) {
    const Argument days{"days", static_cast<std::int64_t>(series.rows)};
    const Argument coefficients{"n", std::int64_t{series.terms.coefficients}};
    if (series.family == numeric::CountFamily::poisson)
        return messages.text("model.poisson", {days, coefficients});
    return messages.text("model.negative_binomial",
                         {days, coefficients, text("theta", ratio_text(series.theta, messages))});
}

std::string model_placebo_sentence(const analysis::ModelTrend& model, const Messages& messages) {
    if (!model.placebo || !model.set_apart.series) return {};
    const bool low = model.set_apart.series->average.ratio <= 1;
    return messages.text(low ? "model.placebo_low" : "model.placebo_high",
                         {{"dates", std::int64_t{model.placebo->dates}},
                          text("n", messages.number(low ? model.placebo->as_low : model.placebo->as_high))});
}

std::string across_areas_sentence(const analysis::AcrossAreas& across, const Messages& messages) {
    const bool wild = across.errors == analysis::AcrossAreas::Errors::wild_bootstrap;
    return messages.text(
        fmt::format("model.across.{}", name_of(across.change)),
        {{"areas", std::int64_t{across.areas}},
         text("ratio", ratio_text(across.effect.ratio, messages)),
         text("interval", interval_text(across.effect.interval, messages)),
         text("errors", messages.text(wild ? "model.across.wild_bootstrap" : "model.across.by_area"))});
}

std::string denied_sentence(const TrendModels::WithoutDenied& denied, const Messages& messages) {
    const Argument days{"n", static_cast<std::int64_t>(denied.days)};
    const auto& estimate = denied.comparison.estimate;
    if (!estimate || !estimate->ratio) return messages.text("model.denied_none", {days});
    return messages.text(
        "model.denied",
        {days, text("ratio", ratio_text(*estimate->ratio, messages)),
         text("interval", interval_text(estimate->widened, messages)),
         text("word", messages.text(fmt::format("word.{}", name_of(word_of(denied.comparison)))))});
}

std::string warning_sentence(TrendWarning warning, const WarnedOf& of, const Messages& messages) {
    const auto& trend = of.trend;
    const auto& model = of.model;
    switch (warning) {
        case TrendWarning::self_excited: {
            const auto& process = model.excitation->process;
            return messages.text(
                "warning.self_excited",
                {text("branching", messages.decimal(process.mean.process.branching, 1)),
                 text("factor", messages.decimal(process.error_factor(), 1)),
                 text("widened",
                      messages.decimal(std::sqrt(trend.set_apart.estimate->widened_by.phi()), 1))});
        }
        case TrendWarning::excitation_does_not_fit:
            return messages.text("warning.excitation_does_not_fit",
                                 {text("p", messages.decimal(model.excitation->process.mean.fit.p, 3))});
        case TrendWarning::weeks_differ:
            return messages.text(
                "warning.weeks_differ",
                {{"n", model.unevenness->stretch_days},
                 text("dispersion", messages.decimal(model.unevenness->dispersion, 1)),
                 text("factor", messages.decimal(model.unevenness->error_factor(), 1)),
                 text("widened",
                      messages.decimal(std::sqrt(trend.set_apart.estimate->widened_by.phi()), 1))});
        case TrendWarning::flare_before_truce:
            return messages.text("warning.flare_before_truce",
                                 {{"n", std::int64_t{of.set_apart_days}},
                                  text("count", messages.number(trend.set_apart.left_out.pre_truce))});
        case TrendWarning::window_matters:
            return messages.text("warning.window_matters",
                                 {text("word", word(trend.included.change, messages))});
        case TrendWarning::model_disagrees:
            return messages.text("warning.model_disagrees",
                                 {text("word", word(model.set_apart.change, messages))});
        case TrendWarning::changed_elsewhere:
            return messages.text("warning.changed_elsewhere",
                                 {text("day", messages.day(model.changes->single.value()))});
        case TrendWarning::placebo_as_extreme: {
            const auto& placebo = trend.placebo.value();
            const bool fell = trend.set_apart.change == Change::fell;
            return messages.text("warning.placebo_as_extreme",
                                 {{"dates", std::int64_t{placebo.dates}},
                                  text("n", messages.number(fell ? placebo.as_low : placebo.as_high))});
        }
        case TrendWarning::truce_outlasts_model:
            return messages.text("warning.truce_outlasts_model",
                                 {{"n", model.set_apart.series->under_truce.length()}});
        case TrendWarning::changing_now:
            return messages.text("warning.changing_now",
                                 {text("p", messages.percent(model.changes->recent_change))});
    }
    return {};
}

}  // namespace truce::report
