// SPDX-License-Identifier: Apache-2.0
#include "report/links.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/table_writer.h"

namespace truce::report {
namespace {

using Json = nlohmann::ordered_json;
using linkage::Compared;

constexpr int chance_decimals = 6;
constexpr int bit_decimals = 3;
constexpr int km_decimals = 3;
/// An expected share of false links that a reader must be told of.
constexpr double many_false = 0.05;

std::string_view name_of(linkage::Learned learned) {
    switch (learned) {
        case linkage::Learned::from_accounts:
            return "from_accounts";
        case linkage::Learned::from_few:
            return "from_few";
        case linkage::Learned::not_learned:
            return "not_learned";
    }
    return "";
}

std::string_view name_of(linkage::Method method) {
    switch (method) {
        case linkage::Method::fellegi_sunter:
            return "fellegi_sunter";
        case linkage::Method::taxonomy:
            return "taxonomy";
    }
    return "";
}

std::string_view name_of(DecisionOutcome::State state) {
    switch (state) {
        case DecisionOutcome::State::heeded:
            return "heeded";
        case DecisionOutcome::State::contradicted:
            return "contradicted";
        case DecisionOutcome::State::not_found:
            return "not_found";
    }
    return "";
}

Json rounded(double value, double unit = 1e-6) {
    return std::isfinite(value) ? Json(std::round(value / unit) * unit) : Json(nullptr);
}

Json settings_of(const linkage::LinkSettings& settings) {
    Json window{{"km", settings.window.km},
                {"km_coarse", settings.window.coarse_km},
                {"days", settings.window.days},
                {"days_episode", settings.window.episode_days}};
    return {{"method", name_of(settings.method)},
            {"window", std::move(window)},
            {"link_from", settings.link_from},
            {"review_from", settings.review_from},
            {"weight_cap_bits", settings.weight_cap}};
}

Json model_of(const linkage::Linked& found) {
    const auto& model = found.fit.model;
    Json fields = Json::array();
    for (std::size_t k = 0; k < linkage::compared_count && k < model.m.size(); ++k) {
        Json levels = Json::array();
        for (std::uint8_t l = 0; l < linkage::compared_fields()[k].levels; ++l) {
            levels.push_back({{"level", linkage::level_in_words(static_cast<Compared>(k), l)},
                              {"m", rounded(model.m[k][l])},
                              {"u", rounded(model.u[k][l])},
                              {"bits", rounded(model.weight(k, l), 1e-3)}});
        }
        fields.push_back(
            {{"field", linkage::name_of(static_cast<Compared>(k))}, {"levels", std::move(levels)}});
    }
    return {{"learned", name_of(found.learned)},
            {"why_not", found.why_not_learned.empty() ? Json(nullptr) : Json(found.why_not_learned)},
            {"share_of_pairs_that_are_one", rounded(model.share)},
            {"fields", std::move(fields)}};
}

std::string name_of(const AccountRef& ref) {
    return ref.raw.empty() ? fmt::format("{}:{}", ref.source, ref.key) : "raw:" + ref.raw;
}

Json decisions_of(const Dossier& dossier, const Linkage& linkage) {
    Json all = Json::array();
    for (std::size_t i = 0; i < dossier.link_decisions.size(); ++i) {
        const auto& decision = dossier.link_decisions[i];
        Json accounts = Json::array();
        for (const auto& ref : decision.accounts) accounts.push_back(name_of(ref));
        const auto& outcome = linkage.decisions[i];
        all.push_back({{"decision", decision.kind == LinkDecision::Kind::link ? "link" : "split"},
                       {"accounts", std::move(accounts)},
                       {"by", decision.by},
                       {"date", decision.on ? Json(day_text(*decision.on)) : Json(nullptr)},
                       {"why", decision.why},
                       {"state", name_of(outcome.state)},
                       {"not_found", outcome.not_found.empty() ? Json(nullptr) : Json(outcome.not_found)},
                       {"file", decision.file},
                       {"line", decision.line}});
    }
    return all;
}

void write_fields(TableWriter& table, const linkage::LinkModel& model, linkage::Pattern pattern) {
    for (std::size_t k = 0; k < linkage::compared_count; ++k) {
        const auto level = pattern.level(k);
        if (!level) {
            table.missing();
            table.missing();
            continue;
        }
        table.word(linkage::level_in_words(static_cast<Compared>(k), *level));
        table.number(model.weight(k, *level), bit_decimals);
    }
}

}  // namespace

void write_links_csv(const Sink& sink, const Dossier& dossier, const LinksToShow& linked, Readers readers,
                     TableForm form) {
    std::vector<std::string> names{"account_a",  "account_b",  "state",       "chance",        "weight_bits",
                                   "incident_a", "incident_b", "distance_km", "taxonomy_score"};
    for (std::size_t k = 0; k < linkage::compared_count; ++k) {
        const auto name = linkage::name_of(static_cast<Compared>(k));
        names.emplace_back(name);
        names.push_back(fmt::format("{}_bits", name));
    }
    const std::vector<std::string_view> header(names.begin(), names.end());
    TableWriter table(form, sink);
    table.header(header);
    for (const auto& link : linked.linkage.links) {
        const auto& a = dossier.accounts[link.a.value];
        const auto& b = dossier.accounts[link.b.value];
        if (!may_show(dossier, a, readers) || !may_show(dossier, b, readers)) continue;
        table.text(name_of(dossier, a));
        table.text(name_of(dossier, b));
        table.word(linkage::name_of(link.state));
        table.number(link.chance, chance_decimals);
        table.number(link.weight, bit_decimals);
        table.text(name_of(dossier, linked.incidents[link.incident_a.value]));
        table.text(name_of(dossier, linked.incidents[link.incident_b.value]));
        const bool placed = link.pattern.level(static_cast<std::size_t>(Compared::place)).has_value();
        table.number(placed ? std::optional(link.km) : std::nullopt, km_decimals);
        table.number(std::isfinite(link.score) ? std::optional(link.score) : std::nullopt, bit_decimals);
        write_fields(table, linked.linkage.found.fit.model, link.pattern);
        table.end_row();
    }
    table.finish();
}

void write_account_incidents_csv(const Sink& sink, const Dossier& dossier, const LinksToShow& linked,
                                 Readers readers, TableForm form) {
    constexpr auto header = std::to_array<std::string_view>(
        {"account", "source", "row", "incident", "accounts_of_incident", "witnesses_of_incident"});
    TableWriter table(form, sink);
    table.header(header);
    for (std::size_t i = 0; i < linked.incidents.size(); ++i) {
        const auto& incident = linked.incidents[i];
        for (const auto id : incident.accounts) {
            const auto& account = dossier.accounts[id.value];
            if (!may_show(dossier, account, readers)) continue;
            table.text(name_of(dossier, account));
            table.text(dossier.sources[account.source.value].id);
            table.number(account.row);
            table.text(name_of(dossier, incident));
            table.number(std::uint64_t{incident.accounts.size()});
            table.number(std::uint64_t{linked.linkage.witnesses[i]});
            table.end_row();
        }
    }
    table.finish();
}

std::string linkage_json(const Dossier& dossier, const LinksToShow& linked) {
    const auto& linkage = linked.linkage;
    const auto& found = linkage.found;
    std::uint64_t witnesses = 0;
    for (const auto of_incident : linkage.witnesses) witnesses += of_incident;
    Json document{
        {"accounts", linkage.accounts},
        {"incidents", linkage.incidents},
        {"incidents_of_several_accounts", linkage.joined},
        {"independent_witnesses", witnesses},
        {"compared", linkage.compared},
        {"pairs_compared", found.compared},
        {"pairs_expected_by_chance", found.by_chance ? rounded(*found.by_chance, 1) : Json(nullptr)},
        {"links", found.linked},
        {"expected_false_links", rounded(found.expected_false, 1e-3)},
        {"expected_missed_links", rounded(found.expected_missed, 1e-3)},
        {"for_review", found.review},
        {"kept_apart", found.kept_apart},
        {"accounts_without_place", found.without_place},
        {"links_of_a_day_with_several_days", found.mixed},
        {"settings", settings_of(linkage.settings)},
        {"model", linkage.compared ? model_of(found) : Json(nullptr)},
        {"decisions", decisions_of(dossier, linkage)},
        {"warnings", linkage_warnings(dossier, linked)},
    };
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<std::string> linkage_warnings(const Dossier& dossier, const LinksToShow& linked) {
    const auto& linkage = linked.linkage;
    const auto& found = linkage.found;
    std::vector<std::string> all;
    if (!linkage.compared) return all;
    if (found.learned == linkage::Learned::not_learned) {
        all.push_back(fmt::format("the weights are the usual ones, not learned from these accounts: {}",
                                  found.why_not_learned));
    } else if (found.learned == linkage::Learned::from_few) {
        all.push_back(
            fmt::format("only {} pairs of accounts lie in one window: the weights are near the usual ones",
                        found.compared));
    }
    for (const auto k : found.fit.model.silenced) {
        all.push_back(fmt::format("'{}' does not tell pairs that are one from others, and is left out",
                                  linkage::name_of(static_cast<Compared>(k))));
    }
    if (found.linked > 0 && found.expected_false > many_false * static_cast<double>(found.linked)) {
        all.push_back(fmt::format("of {} links about {:.0f} are expected to be false", found.linked,
                                  found.expected_false));
    }
    if (found.mixed > 0) {
        all.push_back(
            fmt::format("{} links join an account of one day with one of several days: the latter may tell "
                        "of more than the one incident",
                        found.mixed));
    }
    if (found.without_place > 0) {
        all.push_back(fmt::format("{} accounts have no place finer than a country and are linked to none",
                                  found.without_place));
    }
    std::uint64_t accounts = 0;
    std::uint64_t witnesses = 0;
    for (std::size_t i = 0; i < linked.incidents.size(); ++i) {
        accounts += linked.incidents[i].accounts.size();
        witnesses += linkage.witnesses[i];
    }
    if (witnesses < accounts) {
        all.push_back(
            fmt::format("{} accounts repeat a source that another account of the same incident rests on: "
                        "they are no witnesses of their own",
                        accounts - witnesses));
    }
    for (std::size_t i = 0; i < linkage.decisions.size(); ++i) {
        const auto& decision = dossier.link_decisions[i];
        const auto& outcome = linkage.decisions[i];
        if (outcome.state == DecisionOutcome::State::not_found) {
            all.push_back(fmt::format("{}:{}: the decision speaks of {}, which was not read", decision.file,
                                      decision.line, outcome.not_found));
        } else if (outcome.state == DecisionOutcome::State::contradicted) {
            all.push_back(fmt::format("{}:{}: the decision contradicts earlier ones and is not heeded",
                                      decision.file, decision.line));
        }
    }
    return all;
}

}  // namespace truce::report
