// SPDX-License-Identifier: Apache-2.0
#include "report/json.h"

#include <nlohmann/json.hpp>

#include "report/durability_files.h"
#include "report/hotspots.h"
#include "report/json_trend.h"
#include "report/links.h"
#include "report/opinion_files.h"
#include "report/toll_json.h"

namespace truce::report {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
    return json_number(value);
}

Json texts(const Localised& text) {
    Json object = Json::object();
    for (const auto& [language, value] : text.by_language) object[language] = value;
    return object;
}

Json by_verdict(const VerdictCounts& counts) {
    Json object = Json::object();
    for (std::size_t v = 0; v < counts.size(); ++v)
        object[std::string(name_of(static_cast<Verdict>(v)))] = counts[v];
    return object;
}

Json toll_sum(const analysis::TollSum& value) {
    return {{"low", value.low},
            {"best", value.best},
            {"high", value.high},
            {"likely", json_interval(value.likely)},
            {"incidents", value.incidents},
            {"without_figure", value.without_figure},
            {"figures_out_of_order", value.out_of_order}};
}

Json toll(const analysis::TollCount& value) {
    Json sites = Json::array();
    for (const auto& site : value.by_site) {
        sites.push_back({{"site", truce::name_of(site.kind)},
                         {"incidents", site.incidents},
                         {"killed", toll_sum(site.all)},
                         {"civilians_killed", toll_sum(site.civilians)}});
    }
    return {{"area", value.definition.area.empty() ? Json(nullptr) : Json(value.definition.area)},
            {"days", json_days(value.definition.days)},
            {"sources", value.definition.sources},
            {"killed", toll_sum(value.all)},
            {"civilians_killed", toll_sum(value.civilians)},
            {"protected_sites", std::move(sites)},
            {"straddling", value.straddling},
            {"outside", value.outside}};
}

/// A toll with what is behind it.
Json deaths(const DocumentedToll& value) {
    Json object = toll(value.count);
    object["by_group"] = json_of_groups(value.count);
    object["by_act"] = json_of_acts(value.count);
    Json attackers = Json::array();
    for (const auto& one : value.by_attacker) {
        attackers.push_back({{"attacker", one.actor.empty() ? Json(nullptr) : Json(one.actor)},
                             {"incidents", one.incidents},
                             {"killed", toll_sum(one.all)},
                             {"civilians_killed", toll_sum(one.civilians)}});
    }
    object["by_attacker"] = std::move(attackers);
    object["distribution"] = {{"killed", json_of(value.killed)},
                              {"civilians_killed", json_of(value.civilians)}};
    Json running = Json::array();
    for (std::size_t d = 0; d < value.running.size(); ++d) {
        const auto& all = value.running[d];
        const auto& civilians = value.running_civilians[d];
        running.push_back({{"day", day_text(all.day)},
                           {"killed", {all.low, all.best, all.high}},
                           {"civilians_killed", {civilians.low, civilians.best, civilians.high}}});
    }
    object["running"] = std::move(running);
    return object;
}

Json tallies(const std::vector<Tally>& list) {
    Json array = Json::array();
    for (const auto& one : list) {
        array.push_back({{"id", one.id},
                         {"name", texts(one.name)},
                         {"incidents", one.incidents},
                         {"verdicts", by_verdict(one.verdicts)},
                         {"killed", toll_sum(one.toll)}});
    }
    return array;
}

Json course(const std::vector<CourseDay>& days) {
    Json array = Json::array();
    for (const auto& day : days) {
        array.push_back({{"day", day_text(day.day)},
                         {"incidents", number(day.incidents)},
                         {"deaths", number(day.deaths)},
                         {"civilian_deaths", number(day.civilian_deaths)},
                         {"breaches", number(day.breaches)}});
    }
    return array;
}

Json sources(const Dossier& dossier) {
    Json array = Json::array();
    for (const auto& source : dossier.sources) {
        array.push_back({{"id", source.id},
                         {"file", source.file},
                         {"format", source.format},
                         {"title", texts(source.title)},
                         {"version", source.version},
                         {"rows", source.rows},
                         {"accounts", source.accounts},
                         {"rejects", source.rejects},
                         {"sha256", source.sha256.hex()},
                         {"licence", source.licence},
                         {"credit", source.credit},
                         {"republish", truce::name_of(source.republish)},
                         {"recording", truce::name_of(source.recording)},
                         {"warnings", source.warnings}});
    }
    return array;
}

Json moment(const Moment& value) {
    const auto end = [](sys_seconds at) {
        return at <= open_start || at >= open_end ? Json(nullptr) : Json(utc_text(at));
    };
    return {{"earliest", end(value.earliest)}, {"latest", end(value.latest)}};
}

Json agreements(const Dossier& dossier, const Assessment& assessment) {
    Json array = Json::array();
    for (const auto& standing : assessment.standing) {
        const auto& agreement = dossier.agreements[standing.agreement.value];
        array.push_back({{"id", agreement.id},
                         {"title", texts(agreement.title)},
                         {"class", truce::name_of(agreement.cls)},
                         {"from", moment(agreement.from)},
                         {"until", moment(agreement.until)},
                         {"state_on_last_day", name_of(standing.state)}});
    }
    return array;
}

Json durability(const Dossier& dossier, const Assessment& assessment) {
    if (!assessment.durability) return nullptr;
    return Json::parse(durability_json(*assessment.durability, dossier.comparables.value_or(Comparables{})));
}

Json undecided(const Assessment& assessment) {
    Json array = Json::array();
    for (const auto& one : assessment.undecided) {
        array.push_back({{"element", truce::name_of(one.element)},
                         {"reason", truce::name_of(one.reason)},
                         {"incidents", one.members.size()}});
    }
    return array;
}

}  // namespace

std::string assessment_json(const Dossier& dossier, const Assessment& assessment) {
    const auto& mission = dossier.mission;
    VerdictCounts findings{};
    for (const auto& finding : assessment.findings) ++findings[static_cast<std::size_t>(finding.verdict)];
    const auto& sum = assessment.accounting;
    const Json document{
        {"trucewatch", 1},
        {"version", assessment.software_version},
        {"seed", assessment.seed},
        {"mission", {{"id", mission.id}, {"title", texts(mission.title)}, {"zone", mission.zone.name()}}},
        {"zone_database", assessment.zone_database},
        {"period", {{"first", day_text(assessment.days.first)}, {"last", day_text(assessment.days.last)}}},
        {"truce",
         {{"agreement", dossier.agreements[assessment.truce.value].id},
          {"from", moment(assessment.truce_from)},
          {"day", day_text(assessment.truce_day)},
          {"until", moment(assessment.truce_until)},
          {"last_day", assessment.truce_last_day ? Json(day_text(*assessment.truce_last_day)) : Json(nullptr)}}},
        {"focus", mission.focus.empty() ? Json(nullptr) : Json(mission.focus)},
        {"sources", sources(dossier)},
        {"accounting",
         {{"rows", sum.rows},
          {"rejects", sum.rejects},
          {"leads", sum.leads},
          {"corroborations", sum.corroborations},
          {"aggregates", sum.aggregates},
          {"accounts_of_incidents", sum.told_incidents},
          {"incidents", sum.incidents},
          {"incidents_outside_period", sum.outside_days},
          {"incidents_assessed", sum.assessed}}},
        {"linkage", Json::parse(linkage_json(dossier, {assessment.incidents, assessment.linkage}))},
        {"findings", by_verdict(findings)},
        {"incidents_by_verdict",
         {{"all", by_verdict(assessment.all_verdicts)},
          {"focus_since_truce", by_verdict(assessment.since_truce_verdicts)},
          {"focus_unclear", assessment.focus_unclear},
          {"versions_disagree", assessment.disagreeing}}},
        {"trends",
         {{"incidents", trend_json(assessment.trends.incidents)},
          {"deaths", trend_json(assessment.trends.deaths)},
          {"civilian_deaths", trend_json(assessment.trends.civilian_deaths)}}},
        {"trend_models", trend_models_json(assessment.models)},
        {"trends_by_area",
         [&] {
             Json array = Json::array();
             for (const auto& one : assessment.trends_by_area) array.push_back(group_trend_json(one));
             return array;
         }()},
        {"trends_by_party",
         [&] {
             Json array = Json::array();
             for (const auto& one : assessment.trends_by_party) array.push_back(group_trend_json(one));
             return array;
         }()},
        {"hotspots", hotspot_scans(dossier, assessment.hotspots)},
        {"tolls",
         {{"focus_before", toll(assessment.toll_before)},
          {"focus_since", deaths(assessment.deaths_since)},
          {"all", toll(assessment.toll_all)}}},
        {"undocumented_deaths",
         [&] {
             Json array = Json::array();
             for (const auto& one : assessment.undocumented) {
                 Json object{{"stratum", one.stratum.empty() ? Json(nullptr) : Json(one.stratum)},
                             {"file", dossier.lists->file}};
                 object.update(json_of(one.estimate));
                 array.push_back(std::move(object));
             }
             return array;
         }()},
        {"by_party", tallies(assessment.by_party)},
        {"by_area", tallies(assessment.by_area)},
        {"by_act", tallies(assessment.by_act)},
        {"by_protected_site", tallies(assessment.by_site)},
        {"durability", durability(dossier, assessment)},
        {"undecided", undecided(assessment)},
        {"agreements", agreements(dossier, assessment)},
        {"record", Json::parse(record_json(dossier, assessment))},
        {"course", {{"focus", course(assessment.course)}, {"all", course(assessment.course_all)}}},
    };
    // Broken UTF-8 in a name must not keep the numbers from being written.
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace truce::report
