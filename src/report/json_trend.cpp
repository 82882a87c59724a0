// SPDX-License-Identifier: Apache-2.0
#include "report/json_trend.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "report/html_wording.h"
#include "report/trend_wording.h"

namespace truce::report {

using Json = nlohmann::ordered_json;

Json json_number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}
Json json_number(const std::optional<double>& value) {
    return value ? json_number(*value) : Json(nullptr);
}

Json json_interval(const numeric::Interval& value) {
    return Json::array({json_number(value.low), json_number(value.high)});
}

Json json_days(const analysis::Days& value) {
    if (value.empty()) return nullptr;
    return {{"first", day_text(value.first)}, {"last", day_text(value.end - std::chrono::days{1})}};
}

namespace {

std::string_view outcome_name(analysis::Outcome outcome) {
    switch (outcome) {
        case analysis::Outcome::incidents:
            return "incidents";
        case analysis::Outcome::deaths:
            return "deaths";
        case analysis::Outcome::civilian_deaths:
            return "civilian_deaths";
    }
    return "";
}

Json window(const analysis::Window& value) {
    return {{"days", json_days(value.days)},
            {"watched_days", value.watched_days},
            {"exposure_days", json_number(value.exposure)},
            {"count", value.count},
            {"rate_per_day", json_number(value.rate)},
            {"bound_of_zero_per_day", json_number(value.bound_of_zero)}};
}

Json estimate(const analysis::Estimate& value) {
    Json object{{"ratio", json_number(value.ratio)},
                {"interval", json_interval(value.widened)},
                {"widened_by", value.widened_by.phi()},
                {"p", json_number(value.p)},
                {"probability_fell", json_number(value.probability_fell)},
                {"exact", nullptr}};
    if (value.exact) {
        object["exact"] = {{"interval", json_interval(value.exact->interval)},
                           {"p", json_number(value.exact->p)},
                           {"probability_fell", json_number(value.exact->probability_fell)}};
    }
    return object;
}

Json comparison(const analysis::Comparison& value) {
    return {{"before", window(value.before)},
            {"after", window(value.after)},
            {"left_out",
             {{"pre_truce", value.left_out.pre_truce},
              {"outside", value.left_out.outside},
              {"undated", value.left_out.undated},
              {"unwatched", value.left_out.unwatched}}},
            {"estimate", value.estimate ? estimate(*value.estimate) : Json(nullptr)},
            {"change", name_of(value.change)},
            {"why_not", value.why_not ? Json(name_of(*value.why_not)) : Json(nullptr)},
            {"reporting_change_that_erases_it", json_number(value.reporting_change_that_erases_it)}};
}

std::string_view family_name(numeric::CountFamily family) {
    return family == numeric::CountFamily::poisson ? "poisson" : "negative_binomial";
}

Json effect(const analysis::ModelEffect& value) {
    return {{"ratio", json_number(value.ratio)},
            {"interval", json_interval(value.interval)},
            {"p", json_number(value.p)},
            {"log_error_model", json_number(value.model_error)},
            {"log_error_robust", json_number(value.robust_error)}};
}

Json model_comparison(const analysis::ModelComparison& value) {
    Json object{{"change", name_of(value.change)},
                {"why_not", value.why_not ? Json(name_of(*value.why_not)) : Json(nullptr)},
                {"reporting_change_that_erases_it", json_number(value.reporting_change_that_erases_it)},
                {"model", nullptr}};
    if (!value.series) return object;
    const auto& series = *value.series;
    object["model"] = {{"average", effect(series.average)},
                       {"at_start", effect(series.at_start)},
                       {"family", family_name(series.family)},
                       {"theta", json_number(series.theta)},
                       {"dispersion", json_number(series.dispersion)},
                       {"log_likelihood", json_number(series.log_likelihood)},
                       {"days_fitted", series.rows},
                       {"under_truce", json_days(series.under_truce)},
                       {"newey_west_lag_days", series.lag},
                       {"terms",
                        {{"trend", series.terms.trend},
                         {"slope", series.terms.slope},
                         {"weekday", series.terms.weekday},
                         {"harmonics", series.terms.harmonics},
                         {"coefficients", series.terms.coefficients}}}};
    return object;
}

Json placebo_json(const std::optional<analysis::PlaceboRank>& rank) {
    if (!rank) return nullptr;
    return {{"dates", rank->dates}, {"as_low", rank->as_low}, {"as_high", rank->as_high}};
}

Json excitation(const analysis::Excitation& value) {
    const auto& fit = value.process.mean;
    return {{"background_per_day", json_number(fit.process.background)},
            {"branching", json_number(fit.process.branching)},
            {"branching_range_over_draws", json_interval(value.process.branching)},
            {"decay_per_day", json_number(fit.process.decay)},
            {"likelihood_ratio", json_number(value.process.likelihood_ratio())},
            {"clear", value.clear()},
            {"error_factor", json_number(value.process.error_factor())},
            {"time_rescaling", {{"distance", json_number(fit.fit.distance)}, {"p", json_number(fit.fit.p)}}},
            {"draws", value.process.draws}};
}

Json unevenness(const analysis::Unevenness& value) {
    return {{"stretch_days", value.stretch_days},
            {"dispersion", json_number(value.dispersion)},
            {"p", json_number(value.p)},
            {"clear", value.clear()}};
}

Json changes(const analysis::RateChanges& value) {
    Json segments = Json::array();
    for (const auto& segment : value.segments) {
        const auto day = [&](std::size_t at) {
            return day_text(value.days.first + std::chrono::days{static_cast<std::int64_t>(at)});
        };
        segments.push_back({{"first", day(segment.first)},
                            {"last", day(segment.end - 1)},
                            {"relative_rate", json_number(segment.rate)}});
    }
    // Rates are relative to the first segment's: counts were divided by a dispersion before.
    const double first = value.segments.empty() ? 0 : value.segments.front().rate;
    for (auto& segment : segments)
        segment["relative_rate"] =
            first > 0 ? json_number(segment["relative_rate"].get<double>() / first) : Json(nullptr);
    Json alarms = Json::array();
    for (const auto day : value.alarms) alarms.push_back(day_text(day));
    return {{"days", json_days(value.days)},
            {"segments", std::move(segments)},
            {"single_change", value.single ? Json(day_text(*value.single)) : Json(nullptr)},
            {"single_change_range", value.single_range ? json_days(*value.single_range) : Json(nullptr)},
            {"alarms", std::move(alarms)},
            {"probability_of_change_in_last_week", json_number(value.recent_change)}};
}

}  // namespace

Json trend_json(const analysis::Trend& value) {
    Json object{{"outcome", outcome_name(value.outcome)},
                {"pre_truce_window_set_apart", comparison(value.set_apart)},
                {"pre_truce_window_included", comparison(value.included)},
                {"placebo", nullptr}};
    if (value.placebo) {
        object["placebo"] = {{"dates", value.placebo->dates},
                             {"as_low", value.placebo->as_low},
                             {"as_high", value.placebo->as_high}};
    }
    return object;
}

Json group_trend_json(const analysis::GroupTrend& value) {
    Json object{{"name", value.name},
                {"trend", trend_json(value.trend)},
                {"pooled", nullptr},
                {"q", json_number(value.q)}};
    if (value.pooled)
        object["pooled"] = {{"ratio", json_number(value.pooled->ratio)},
                            {"interval", json_interval(value.pooled->interval)}};
    return object;
}

std::string_view name_of(analysis::TrendWarning warning) {
    switch (warning) {
        case analysis::TrendWarning::self_excited:
            return "self_excited";
        case analysis::TrendWarning::excitation_does_not_fit:
            return "excitation_does_not_fit";
        case analysis::TrendWarning::weeks_differ:
            return "weeks_differ";
        case analysis::TrendWarning::flare_before_truce:
            return "flare_before_truce";
        case analysis::TrendWarning::window_matters:
            return "window_matters";
        case analysis::TrendWarning::model_disagrees:
            return "model_disagrees";
        case analysis::TrendWarning::changed_elsewhere:
            return "changed_elsewhere";
        case analysis::TrendWarning::placebo_as_extreme:
            return "placebo_as_extreme";
        case analysis::TrendWarning::truce_outlasts_model:
            return "truce_outlasts_model";
        case analysis::TrendWarning::changing_now:
            return "changing_now";
    }
    return "";
}

Json model_trend_json(const analysis::ModelTrend& value) {
    return {{"pre_truce_window_set_apart", model_comparison(value.set_apart)},
            {"pre_truce_window_included", model_comparison(value.included)},
            {"placebo", placebo_json(value.placebo)},
            {"excitation", value.excitation ? excitation(*value.excitation) : Json(nullptr)},
            {"unevenness", value.unevenness ? unevenness(*value.unevenness) : Json(nullptr)},
            {"changes", value.changes ? changes(*value.changes) : Json(nullptr)}};
}

Json trend_models_json(const TrendModels& models) {
    Json warnings = Json::array();
    for (const auto warning : models.warnings) warnings.push_back(name_of(warning));
    Json object{{"incidents", model_trend_json(models.incidents)},
                {"deaths", model_trend_json(models.deaths)},
                {"civilian_deaths", model_trend_json(models.civilian_deaths)},
                {"across_areas", nullptr},
                {"without_days_of_denied_access", nullptr},
                {"warnings", std::move(warnings)}};
    if (const auto& across = models.across_areas) {
        object["across_areas"] = {
            {"areas", across->areas},
            {"left_out", across->left_out},
            {"errors",
             across->errors == analysis::AcrossAreas::Errors::by_area ? "by_area" : "wild_bootstrap"},
            {"effect", effect(across->effect)},
            {"family", family_name(across->family)},
            {"theta", json_number(across->theta)},
            {"change", name_of(across->change)}};
    }
    if (const auto& denied = models.without_denied) {
        object["without_days_of_denied_access"] = {{"days_left_out", denied->days},
                                                   {"comparison", comparison(denied->comparison)}};
    }
    return object;
}

}  // namespace truce::report
