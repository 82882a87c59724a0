// SPDX-License-Identifier: Apache-2.0
#include "report/toll_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "report/toll_outputs.h"

namespace truce::report {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json json_of(const numeric::Interval& interval) {
    return Json::array({number(interval.low), number(interval.high)});
}

Json json_of(const analysis::Overlap& overlap, const std::vector<std::string>& lists) {
    return {{"lists", Json::array({lists[static_cast<std::size_t>(overlap.first)],
                                   lists[static_cast<std::size_t>(overlap.second)]})},
            {"on_both", overlap.shared},
            {"on_each", Json::array({overlap.on_first, overlap.on_second})}};
}

}  // namespace

std::string_view name_of(analysis::Dead whose) {
    using analysis::Dead;
    switch (whose) {
        case Dead::all:
            return "all";
        case Dead::civilians:
            return "civilians";
        case Dead::combatants:
            return "combatants";
        case Dead::unknown_status:
            return "unknown_status";
        case Dead::women:
            return "women";
        case Dead::children:
            return "children";
    }
    return "";
}

Json json_of(const analysis::TollSum& sum) {
    return {{"low", sum.low},
            {"best", sum.best},
            {"high", sum.high},
            {"likely", json_of(sum.likely)},
            {"incidents", sum.incidents},
            {"without_figure", sum.without_figure},
            {"figures_out_of_order", sum.out_of_order}};
}

Json json_of(const analysis::TollDistribution& toll) {
    Json steps = Json::array();
    for (const auto& step : toll.steps) {
        steps.push_back(Json::array({number(step.from), number(step.to), number(step.probability)}));
    }
    return {{"median", number(toll.median)},
            {"mean", number(toll.mean)},
            {"half", json_of(toll.half)},
            {"most", json_of(toll.most)},
            {"low", toll.low},
            {"high", toll.high},
            {"best_over_groupings", Json::array({toll.fewest_best, toll.most_best})},
            {"groupings", toll.groupings},
            {"steps", std::move(steps)}};
}

Json json_of_groups(const analysis::TollCount& count) {
    Json groups = Json::array();
    for (const auto& group : count.by_group) {
        groups.push_back({{"group", name_of(group.whose)}, {"killed", json_of(group.sum)}});
    }
    return groups;
}

Json json_of_acts(const analysis::TollCount& count) {
    Json acts = Json::array();
    for (const auto& act : count.by_act) {
        acts.push_back({{"act", truce::name_of(act.act)},
                        {"incidents", act.incidents},
                        {"killed", json_of(act.all)},
                        {"civilians_killed", json_of(act.civilians)}});
    }
    return acts;
}

Json json_of(const analysis::MultipleSystems& estimate) {
    Json overlaps = Json::array();
    for (const auto& overlap : estimate.overlaps) overlaps.push_back(json_of(overlap, estimate.lists));
    Json methods = Json::array();
    for (const auto& method : estimate.methods) {
        methods.push_back({{"method", name_of(method.method)},
                           {"low", number(method.low)},
                           {"high", number(method.high)},
                           {"interval", json_of(method.interval)}});
    }
    Json models = Json::array();
    constexpr std::size_t most_models = 200;
    const auto lists = static_cast<int>(estimate.lists.size());
    for (std::size_t m = 0; m < std::min(most_models, estimate.models.size()); ++m) {
        const auto& model = estimate.models[m];
        models.push_back({{"model", model.model.name(lists)},
                          {"population", number(model.fit.population())},
                          {"interval", json_of(model.fit.interval())},
                          {"deviance", number(model.fit.deviance)},
                          {"degrees", number(model.fit.degrees)},
                          {"bic", number(model.fit.bic)},
                          {"weight", number(model.weight)},
                          {"in_window", m < estimate.in_window}});
    }
    Json warnings = Json::array();
    for (const auto& warning : estimate.warnings) {
        Json one{{"warning", name_of(warning.kind)}};
        if (warning.overlap) one["overlap"] = json_of(*warning.overlap, estimate.lists);
        warnings.push_back(std::move(one));
    }
    Json object{{"lists", estimate.lists},
                {"on_list", estimate.on_list},
                {"documented", estimate.documented},
                {"documented_over_draws", json_of(estimate.documented_over_draws)},
                {"linkage_draws", estimate.linkage_draws},
                {"overlaps", std::move(overlaps)},
                {"range", nullptr},
                {"refused", nullptr},
                {"methods", std::move(methods)},
                {"models_tried", estimate.models_tried},
                {"models_estimable", estimate.models.size()},
                {"models_in_window", estimate.in_window},
                {"models", std::move(models)},
                {"effective_draws", number(estimate.effective_draws)},
                {"scale_reduction", number(estimate.scale_reduction)},
                {"warnings", std::move(warnings)}};
    if (estimate.range) {
        object["range"] = {{"low", number(estimate.range->low)},
                           {"high", number(estimate.range->high)},
                           {"interval", json_of(estimate.range->interval)}};
    }
    if (estimate.refused) {
        object["refused"] = {{"reason", name_of(estimate.refused->reason)}};
        if (estimate.refused->overlap) {
            object["refused"]["overlap"] = json_of(*estimate.refused->overlap, estimate.lists);
        }
    }
    return object;
}

}  // namespace truce::report
