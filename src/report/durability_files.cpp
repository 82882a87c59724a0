// SPDX-License-Identifier: Apache-2.0
#include "report/durability_files.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "report/table_writer.h"

namespace truce::report {

namespace {

using analysis::Durability;
using Json = nlohmann::ordered_json;

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}
Json number(const std::optional<double>& value) {
    return value ? number(*value) : Json(nullptr);
}

template <class Reason>
Json name_or_null(const std::optional<Reason>& reason) {
    return reason ? Json(std::string(name_of(*reason))) : Json(nullptr);
}

Json interval(const numeric::Interval& value) {
    return Json::array({number(value.low), number(value.high)});
}

Json holds(const std::optional<analysis::Holds>& value) {
    if (!value) return nullptr;
    return {{"chance", number(value->chance)}, {"interval", interval(value->interval)}};
}

Json forecasts_of(const std::vector<std::optional<analysis::Holds>>& by_horizon,
                  const std::vector<int>& horizons) {
    Json list = Json::array();
    for (std::size_t h = 0; h < by_horizon.size(); ++h)
        list.push_back({{"days", horizons[h]}, {"holds", holds(by_horizon[h])}});
    return list;
}

Json failure(const Durability& durability) {
    Json ends = Json::array();
    for (const TruceEnd end : durability.failure.ends) ends.push_back(std::string(name_of(end)));
    return {{"ends_of_comparables", ends},
            {"deaths_under_truce", number(durability.failure.deaths)},
            {"within_days", durability.failure.within.count()}};
}

Json truce(const Durability& durability) {
    if (!durability.truce) return nullptr;
    const analysis::CurrentTruce& truce = *durability.truce;
    return {{"name", truce.name},
            {"conflict", truce.conflict},
            {"kind", truce.kind},
            {"age_days", number(truce.age)},
            {"ended", truce.ended ? Json(day_text(*truce.ended)) : Json(nullptr)}};
}

Json used(const Durability& durability, const Comparables& comparables) {
    Json ends = Json::object();
    for (std::size_t end = 0; end < truce_end_count; ++end)
        ends[std::string(name_of(static_cast<TruceEnd>(end)))] = durability.ends.at(end);
    return {{"source", comparables.source},
            {"file", comparables.file},
            {"rows", comparables.rows},
            {"rejects", comparables.rejects},
            {"without_beginning", comparables.without_beginning},
            {"used", durability.comparables},
            {"failures", durability.failures},
            {"conflicts", durability.conflicts},
            {"ends_not_known", durability.ends_not_known},
            {"days_drawn", durability.drawn},
            {"ends", ends},
            {"observed_until",
             comparables.observed_until ? Json(day_text(*comparables.observed_until)) : Json(nullptr)}};
}

Json curve(const Durability& durability) {
    Json list = Json::array();
    for (const analysis::CurvePoint& point : durability.curve) {
        list.push_back({{"days", number(point.days)},
                        {"holds", number(point.holds)},
                        {"interval", interval(point.interval)},
                        {"at_risk", point.at_risk}});
    }
    return list;
}

Json end_shares(const Durability& durability) {
    Json list = Json::array();
    for (const analysis::EndShares& one : durability.end_shares) {
        Json shares = Json::array();
        for (std::size_t h = 0; h < one.by_horizon.size(); ++h) {
            shares.push_back({{"days", durability.horizons[h]},
                              {"share", number(one.by_horizon[h].value)},
                              {"interval", interval(one.by_horizon[h].interval)}});
        }
        list.push_back({{"end", std::string(name_of(one.end))}, {"number", one.number}, {"by_days", shares}});
    }
    return list;
}

Json models(const Durability& durability) {
    Json list = Json::array();
    for (const analysis::ModelForecast& one : durability.models) {
        list.push_back({{"model", std::string(name_of(one.model))},
                        {"why_not", name_or_null(one.why_not)},
                        {"forecasts", forecasts_of(one.holds, durability.horizons)}});
    }
    return list;
}

Json answer(const Durability& durability) {
    Json list = Json::array();
    for (const analysis::HorizonForecast& one : durability.answer) {
        list.push_back(
            {{"days", one.days}, {"holds", holds(one.holds)}, {"over_models", interval(one.over_models)}});
    }
    return list;
}

Json effects(const Durability& durability) {
    Json list = Json::array();
    for (const analysis::CovariateEffect& one : durability.effects) {
        list.push_back({{"covariate", one.name},
                        {"hazard_ratio", number(one.hazard_ratio)},
                        {"interval", interval(one.interval)},
                        {"p", number(one.p)},
                        {"p_proportional", number(one.p_proportional)}});
    }
    return list;
}

Json backtest(const Durability& durability) {
    if (!durability.backtest) return nullptr;
    const analysis::Backtest& test = *durability.backtest;
    Json scores = Json::array();
    for (const analysis::HorizonScore& one : test.scores) {
        Json line = nullptr;
        if (one.line) {
            line = {{"intercept", number(one.line->intercept)},
                    {"slope", number(one.line->slope)},
                    {"intercept_error", number(one.line->intercept_error)},
                    {"slope_error", number(one.line->slope_error)}};
        }
        scores.push_back({{"model", std::string(name_of(one.model))},
                          {"days", one.days},
                          {"forecasts", one.forecasts},
                          {"known", one.known},
                          {"failures", one.failures},
                          {"brier", number(one.brier)},
                          {"skill", number(one.skill)},
                          {"log_score", number(one.log_score)},
                          {"spiegelhalter_z", number(one.spiegelhalter_z)},
                          {"calibration", line}});
    }
    Json concordance = Json::array();
    for (const analysis::ModelConcordance& one : test.concordance) {
        concordance.push_back({{"model", std::string(name_of(one.model))},
                               {"harrell", number(one.harrell)},
                               {"uno", number(one.uno)}});
    }
    Json reliability = Json::array();
    for (const numeric::ReliabilityBin& one : test.reliability) {
        reliability.push_back({{"mean_forecast", number(one.mean_chance)},
                               {"share_failed", number(one.share_happened)},
                               {"interval", interval(one.interval)},
                               {"effective_number", number(one.effective)},
                               {"forecasts", one.forecasts}});
    }
    return {{"truces", test.truces},
            {"conflicts", test.conflicts},
            {"origin", test.origin == analysis::Backtest::Origin::rolling ? "rolling" : "by_conflict_only"},
            {"scores", scores},
            {"concordance", concordance},
            {"reliability_days", test.reliability_days},
            {"reliability", reliability}};
}

Json cure(const Durability& durability) {
    if (!durability.cure) return nullptr;
    return {{"never_fails", number(durability.cure->cured)},
            {"interval", interval(durability.cure->cured_interval)}};
}

void write_holds(TableWriter& table, std::string_view model, int days,
                 const std::optional<analysis::Holds>& value, std::string_view why_not) {
    constexpr int decimals = 6;
    table.word(model);
    table.number(static_cast<std::uint64_t>(days));
    if (value) {
        if (std::isfinite(value->chance)) {
            table.number(value->chance, decimals);
        } else {
            table.missing();
        }
        table.number(value->interval.low, decimals);
        table.number(value->interval.high, decimals);
    } else {
        for (int i = 0; i < 3; ++i) table.missing();
    }
    table.word(why_not);
    table.end_row();
}

}  // namespace

std::string durability_json(const Durability& durability, const Comparables& comparables) {
    Json warnings = Json::array();
    for (const analysis::DurabilityWarning warning : durability.warnings)
        warnings.push_back(std::string(name_of(warning)));
    Json unknown = nullptr;
    if (!durability.unknown_ends_held.empty())
        unknown = forecasts_of(durability.unknown_ends_held, durability.horizons);
    Json median = nullptr;
    if (durability.median) {
        median = {{"days", number(*durability.median)}, {"interval", interval(durability.median_interval)}};
    }
    const Json document = {
        {"failure", failure(durability)},
        {"truce", truce(durability)},
        {"comparables", used(durability, comparables)},
        {"why_not", name_or_null(durability.why_not)},
        {"answer", answer(durability)},
        {"models", models(durability)},
        {"unknown_ends_held", unknown},
        {"median", median},
        {"mean_days_of_first_365", durability.comparables > 0
                                       ? Json{{"days", number(durability.mean_of_year.value)},
                                              {"interval", interval(durability.mean_of_year.interval)}}
                                       : Json(nullptr)},
        {"weibull_shape", durability.weibull_shape
                              ? Json{{"shape", number(*durability.weibull_shape)},
                                     {"interval", interval(durability.weibull_shape_interval)}}
                              : Json(nullptr)},
        {"cure", cure(durability)},
        {"effects", effects(durability)},
        {"violence_ratio", durability.violence_ratio ? interval(*durability.violence_ratio) : Json(nullptr)},
        {"ends", end_shares(durability)},
        {"curve", curve(durability)},
        {"backtest", backtest(durability)},
        {"warnings", warnings}};
    return document.dump(1) + "\n";
}

void write_durability_csv(const Sink& sink, const Durability& durability) {
    TableWriter table(TableForm::plain, sink);
    constexpr std::array<std::string_view, 6> header{"model", "days", "holds", "low", "high", "why_not"};
    table.header(header);
    for (const analysis::ModelForecast& one : durability.models) {
        const std::string_view why_not = one.why_not ? name_of(*one.why_not) : std::string_view();
        for (std::size_t h = 0; h < one.holds.size(); ++h)
            write_holds(table, name_of(one.model), durability.horizons[h], one.holds[h], why_not);
    }
    for (std::size_t h = 0; h < durability.unknown_ends_held.size(); ++h) {
        write_holds(table, "shrunk_hazard_unknown_ends_held", durability.horizons[h],
                    durability.unknown_ends_held[h], {});
    }
    for (const analysis::HorizonForecast& one : durability.answer) {
        write_holds(table, "together", one.days, one.holds, {});
        write_holds(table, "range_over_models", one.days, analysis::Holds{NAN, one.over_models}, {});
    }
    table.finish();
}

void write_durability_curve_csv(const Sink& sink, const Durability& durability) {
    constexpr int decimals = 6;
    TableWriter table(TableForm::plain, sink);
    constexpr std::array<std::string_view, 5> header{"days", "holds", "low", "high", "at_risk"};
    table.header(header);
    for (const analysis::CurvePoint& point : durability.curve) {
        table.number(point.days, decimals);
        table.number(point.holds, decimals);
        table.number(point.interval.low, decimals);
        table.number(point.interval.high, decimals);
        table.number(point.at_risk);
        table.end_row();
    }
    table.finish();
}

void write_durability_backtest_csv(const Sink& sink, const Durability& durability) {
    constexpr int decimals = 6;
    TableWriter table(TableForm::plain, sink);
    constexpr std::array<std::string_view, 8> header{"truce", "conflict", "issued", "model",
                                                     "days",  "fails",    "failed", "weight"};
    table.header(header);
    if (durability.backtest) {
        for (const analysis::PastForecast& one : durability.backtest->forecasts) {
            table.text(one.truce);
            table.text(one.conflict);
            if (one.issued) {
                table.word(day_text(*one.issued));
            } else {
                table.missing();
            }
            table.word(name_of(one.model));
            table.number(static_cast<std::uint64_t>(one.days));
            table.number(one.fails, decimals);
            // Of weight 0, what became of it by then is not known.
            if (one.weight > 0) {
                table.number(static_cast<std::uint64_t>(one.failed ? 1 : 0));
            } else {
                table.missing();
            }
            table.number(one.weight, decimals);
            table.end_row();
        }
    }
    table.finish();
}

}  // namespace truce::report
