// SPDX-License-Identifier: Apache-2.0
#include "report/toll_outputs.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "report/table_writer.h"
#include "report/toll_json.h"

namespace truce::report {
namespace {

using Json = nlohmann::ordered_json;

/// What a number of deaths is a number of, in the words of the tables.
constexpr std::string_view definition_all = "people reported killed";
constexpr std::string_view definition_civilians = "civilians reported killed";

struct DefinitionText {
    std::string area;
    std::string first;
    std::string last;
    std::string sources;
};

DefinitionText text_of(const analysis::TollDefinition& definition) {
    return {.area = definition.area.empty() ? "all areas" : definition.area,
            .first = day_text(definition.days.first),
            .last = day_text(definition.days.end - std::chrono::days{1}),
            .sources = fmt::format("{}", fmt::join(definition.sources, "; "))};
}

void write_sum(TableWriter& table, const DefinitionText& of, std::string_view by, std::string_view value,
               std::string_view counted, const analysis::TollSum& sum, std::uint64_t incidents) {
    table.word(by);
    table.text(value);
    table.word(counted);
    table.number(sum.low);
    table.number(sum.best);
    table.number(sum.high);
    table.number(sum.likely.low, 1);
    table.number(sum.likely.high, 1);
    table.number(incidents);
    table.number(sum.incidents);
    table.number(sum.without_figure);
    table.text(of.area);
    table.word(of.first);
    table.word(of.last);
    table.text(of.sources);
    table.end_row();
}

Json json_of_sites(const analysis::TollCount& count) {
    Json sites = Json::array();
    for (const auto& site : count.by_site) {
        sites.push_back({{"site", truce::name_of(site.kind)},
                         {"incidents", site.incidents},
                         {"killed", report::json_of(site.all)},
                         {"civilians_killed", report::json_of(site.civilians)}});
    }
    return sites;
}

Json json_of(const DocumentedToll& toll) {
    const auto& count = toll.count;
    Json attackers = Json::array();
    for (const auto& one : toll.by_attacker) {
        attackers.push_back({{"attacker", one.actor.empty() ? Json(nullptr) : Json(one.actor)},
                             {"incidents", one.incidents},
                             {"killed", report::json_of(one.all)},
                             {"civilians_killed", report::json_of(one.civilians)}});
    }
    const auto text = text_of(count.definition);
    return {
        {"area", count.definition.area.empty() ? Json(nullptr) : Json(count.definition.area)},
        {"days", {{"first", text.first}, {"last", text.last}}},
        {"sources", count.definition.sources},
        {"killed", report::json_of(count.all)},
        {"civilians_killed", report::json_of(count.civilians)},
        {"by_group", json_of_groups(count)},
        {"by_act", json_of_acts(count)},
        {"protected_sites", json_of_sites(count)},
        {"by_attacker", std::move(attackers)},
        {"distribution",
         {{"killed", report::json_of(toll.killed)}, {"civilians_killed", report::json_of(toll.civilians)}}},
        {"straddling", count.straddling},
        {"outside", count.outside}};
}

}  // namespace

std::string tolls_json(const Tolls& tolls) {
    Json root{{"trucewatch", 1}, {"kind", "toll"}, {"documented", nullptr}, {"undocumented", nullptr}};
    if (tolls.documented != nullptr) root["documented"] = json_of(*tolls.documented);
    if (!tolls.lists_file.empty()) {
        Json strata = Json::array();
        for (const auto& one : tolls.undocumented) {
            Json stratum{{"stratum", one.stratum.empty() ? Json(nullptr) : Json(one.stratum)}};
            stratum.update(report::json_of(one.estimate));
            strata.push_back(std::move(stratum));
        }
        root["undocumented"] = {{"file", tolls.lists_file},
                                {"sha256", tolls.lists_sha256},
                                {"seed", tolls.seed},
                                {"strata", std::move(strata)}};
    }
    root["software"] = tolls.software_version;
    return root.dump(1) + "\n";
}

void write_toll_csv(const Sink& sink, const DocumentedToll& toll, TableForm form) {
    TableWriter table(form, sink);
    static constexpr std::array<std::string_view, 15> columns{
        "by",         "value",       "counted",   "low",         "best",           "high",
        "likely_low", "likely_high", "incidents", "with_figure", "without_figure", "area",
        "first_day",  "last_day",    "sources"};
    table.header(columns);
    const auto& count = toll.count;
    const auto of = text_of(count.definition);
    const auto number = [](const analysis::TollSum& sum) { return sum.incidents + sum.without_figure; };
    const auto both = [&](std::string_view by, std::string_view value, const analysis::TollSum& all,
                          const analysis::TollSum& civilians, std::uint64_t incidents) {
        write_sum(table, of, by, value, definition_all, all, incidents);
        write_sum(table, of, by, value, definition_civilians, civilians, incidents);
    };
    both("all", "", count.all, count.civilians, number(count.all));
    for (const auto& group : count.by_group) {
        write_sum(table, of, "group", name_of(group.whose), definition_all, group.sum, number(group.sum));
    }
    for (const auto& act : count.by_act) {
        both("act", truce::name_of(act.act), act.all, act.civilians, act.incidents);
    }
    for (const auto& site : count.by_site) {
        both("protected_site", truce::name_of(site.kind), site.all, site.civilians, site.incidents);
    }
    for (const auto& one : toll.by_attacker) {
        both("attacker", one.actor.empty() ? "unknown" : one.actor, one.all, one.civilians, one.incidents);
    }
    table.finish();
}

void write_running_toll_csv(const Sink& sink, const DocumentedToll& toll, TableForm form) {
    TableWriter table(form, sink);
    static constexpr std::array<std::string_view, 12> columns{
        "day",     "low",  "best",      "high",     "civilians_low", "civilians_best", "civilians_high",
        "counted", "area", "first_day", "last_day", "sources"};
    table.header(columns);
    const auto of = text_of(toll.count.definition);
    for (std::size_t d = 0; d < toll.running.size(); ++d) {
        const auto& all = toll.running[d];
        const auto& civilians = toll.running_civilians[d];
        const auto day = day_text(all.day);
        table.word(day);
        for (const auto value : {all.low, all.best, all.high, civilians.low, civilians.best, civilians.high})
            table.number(value);
        table.word(definition_all);
        table.text(of.area);
        table.word(of.first);
        table.word(day);
        table.text(of.sources);
        table.end_row();
    }
    table.finish();
}

void write_methods_csv(const Sink& sink, const std::vector<UndocumentedToll>& tolls, TableForm form) {
    TableWriter table(form, sink);
    static constexpr std::array<std::string_view, 8> columns{
        "stratum", "method", "documented", "low", "high", "interval_low", "interval_high", "linkage_draws"};
    table.header(columns);
    for (const auto& one : tolls) {
        const auto row = [&](std::string_view method, double low, double high, numeric::Interval interval) {
            table.text(one.stratum);
            table.word(method);
            table.number(one.estimate.documented);
            table.number(low, 1);
            table.number(high, 1);
            table.number(interval.low, 1);
            table.number(interval.high, 1);
            table.number(static_cast<std::uint64_t>(one.estimate.linkage_draws));
            table.end_row();
        };
        if (one.estimate.range) {
            row("range", one.estimate.range->low, one.estimate.range->high, one.estimate.range->interval);
        }
        for (const auto& method : one.estimate.methods) {
            row(name_of(method.method), method.low, method.high, method.interval);
        }
    }
    table.finish();
}

void write_models_csv(const Sink& sink, const std::vector<UndocumentedToll>& tolls, TableForm form) {
    TableWriter table(form, sink);
    static constexpr std::array<std::string_view, 10> columns{
        "stratum",  "model",   "population", "interval_low", "interval_high",
        "deviance", "degrees", "bic",        "weight",       "in_window"};
    table.header(columns);
    for (const auto& one : tolls) {
        for (std::size_t m = 0; m < one.estimate.models.size(); ++m) {
            const auto& model = one.estimate.models[m];
            const auto interval = model.fit.interval();
            table.text(one.stratum);
            table.word(model.model.name(static_cast<int>(one.estimate.lists.size())));
            table.number(model.fit.population(), 6);
            table.number(interval.low, 6);
            table.number(interval.high, 6);
            table.number(model.fit.deviance, 9);
            table.number(model.fit.degrees, 0);
            table.number(model.fit.bic, 7);
            table.number(model.weight, 9);
            table.word(m < one.estimate.in_window ? "yes" : "no");
            table.end_row();
        }
    }
    table.finish();
}

}  // namespace truce::report
