// SPDX-License-Identifier: Apache-2.0
#include "server/mission.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "geo/geojson.h"
#include "report/alerts.h"
#include "report/assets.h"
#include "report/cut_off.h"
#include "report/deaths_wording.h"
#include "report/html.h"
#include "report/html_page.h"
#include "report/html_wording.h"
#include "server/rows.h"

namespace truce::server {
namespace {

constexpr std::size_t newest_entries = 20;
constexpr std::size_t latest_incidents = 10;

Json view_json(const Assessment& assessment) {
    std::optional<std::array<double, 4>> box;
    for (const auto& incident : assessment.incidents) {
        if (!incident.what.place.centre) continue;
        const auto [lat, lon] = *incident.what.place.centre;
        if (!box) box = {lon, lat, lon, lat};
        *box = {std::min((*box)[0], lon), std::min((*box)[1], lat), std::max((*box)[2], lon), std::max((*box)[3], lat)};
    }
    return box ? Json(*box) : Json::array();
}

Response mission(const Context& context, const Request& request) {
    if (auto refused = unknown_parameter(request, {})) return std::move(*refused);
    const auto snapshot = context.current.get();
    return conditional(request, snapshot->version, [&] {
        const auto& dossier = snapshot->dossier();
        const auto& assessment = snapshot->assessment();
        const auto& about = dossier.mission;
        Json object{{"id", about.id},
                    {"title", json_of(about.title)},
                    {"zone", about.zone.name()},
                    {"languages", about.languages}};
        auto& monitors = object["monitors"] = Json::array();
        for (const auto& monitor : about.monitors) monitors.push_back({{"id", monitor.id}, {"name", json_of(monitor.name)}});
        auto& sources = object["sources"] = Json::array();
        for (const auto& source : dossier.sources) sources.push_back(source_json(source));
        object["agreements"] = dossier.agreements.size();
        object["truce"] = {{"agreement", dossier.agreements[assessment.truce.value].id},
                           {"day", day_text(assessment.truce_day)}};
        object["focus"] = about.focus.empty() ? Json(nullptr) : Json(about.focus);
        if (!about.focus_version.empty()) object["focus_version"] = about.focus_version;
        object["days"] = {{"first", day_text(assessment.days.first)}, {"last", day_text(assessment.days.last)}};
        object["incidents"] = assessment.incidents.size();
        object["accounts"] = dossier.accounts.size();
        object["software_version"] = assessment.software_version;
        object["as_of"] = utc_text(snapshot->assessed->as_of);
        object["version"] = snapshot->version;
        object["record"] = {{"held", snapshot->record != nullptr}, {"writable", !context.own_feed.empty()}};
        if (!context.own_feed.empty()) object["record"]["feed"] = context.own_feed;
        object["view"] = view_json(assessment);
        auto& warnings = object["warnings"] = Json::array();
        for (const auto& warning : snapshot->assessed->warnings) warnings.push_back(warning.text());
        return json_response(dumped(object));
    });
}

Json alert_json(const report::Alert& alert) {
    constexpr std::array about{"reply_overdue", "acknowledgement_overdue", "next_step"};
    return {{"id", alert.id},
            {"about", about[static_cast<std::size_t>(alert.about)]},
            {"headline", alert.headline},
            {"description", alert.description},
            {"who", alert.who},
            {"area", alert.area},
            {"due", instant_or_null(alert.due)}};
}

Json day_json(const CourseDay& day) {
    return {{"incidents", day.incidents}, {"breaches", day.breaches}, {"deaths", day.deaths}};
}

Json now_json(const Snapshot& snapshot, const report::Messages& messages, sys_seconds now) {
    const auto& dossier = snapshot.dossier();
    const auto& assessment = snapshot.assessment();
    const report::Page page(dossier, assessment, messages);
    const auto area = page.focus_name();
    const auto& comparison = assessment.trends.incidents.set_apart;
    Json object{
        {"sentence", report::holding_sentence(comparison, area, assessment.truce_day, messages)},
        {"breaches", report::breaches_sentence(assessment, area, messages)},
        {"deaths", report::deaths_sentence(assessment.deaths_since.count, assessment.deaths_since.killed, area,
                                           assessment.truce_day, messages)},
        {"word", report::name_of(report::word_of(comparison))},
        {"area", area},
        {"truce_day", day_text(assessment.truce_day)},
        {"ratio", nullptr},
        {"interval", nullptr}};
    auto& caveats = object["caveats"] = Json::array();
    if (auto reporting = report::reporting_sentence(comparison, messages); !reporting.empty())
        caveats.push_back(std::move(reporting));
    if (assessment.disagreeing > 0) {
        caveats.push_back(
            messages.text("holding.disagreeing", {{"n", static_cast<std::int64_t>(assessment.disagreeing)}}));
    }
    if (assessment.focus_unclear > 0) {
        caveats.push_back(messages.text(
            "holding.focus_unclear", {{"n", static_cast<std::int64_t>(assessment.focus_unclear)}, {"area", area}}));
    }
    if (comparison.estimate) {
        caveats.push_back(messages.text("holding.reported_only"));
        const auto& estimate = *comparison.estimate;
        const auto finite = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
        if (estimate.ratio) object["ratio"] = finite(*estimate.ratio);
        object["interval"] = {{"low", finite(estimate.widened.low)}, {"high", finite(estimate.widened.high)}};
    }
    auto& since = object["since_truce"] = Json::object();
    for (std::size_t i = 0; i < assessment.since_truce_verdicts.size(); ++i)
        since[std::string(name_of(static_cast<Verdict>(i)))] = assessment.since_truce_verdicts[i];
    object["yesterday"] = nullptr;
    if (const auto& course = assessment.course; !course.empty()) {
        auto& yesterday = object["yesterday"] = day_json(course.back());
        yesterday["day"] = day_text(course.back().day);
        yesterday["before"] = day_json(course.size() > 1 ? course[course.size() - 2] : CourseDay{});
    }
    // A reference to a member does not outlive the adding of the next, so lists that are filled together are put in when full.
    auto overdue = Json::array();
    auto steps = Json::array();
    auto came_in = Json::array();
    if (snapshot.record) {
        for (const auto& alert : report::alerts(snapshot.record->state, now, dossier.agreements, dossier.mission.zone, messages))
            (alert.about == report::Alert::About::next_step ? steps : overdue).push_back(alert_json(alert));
        const auto& entries = snapshot.record->merged.entries;
        for (std::size_t i = 0; i < std::min(newest_entries, entries.size()); ++i)
            came_in.push_back(entry_json(entries[entries.size() - 1 - i]));
    }
    object["overdue"] = std::move(overdue);
    object["next_steps"] = std::move(steps);
    object["came_in"] = std::move(came_in);
    auto& latest = object["latest"] = Json::array();
    List::Question question;
    question.chosen.resize(snapshot.assessed->incidents.dimensions().size());
    question.order = List::Question::Order::start_down;
    question.limit = latest_incidents;
    for (const auto row : snapshot.assessed->incidents.answer(question).rows) latest.push_back(incident_json(snapshot, {row}));
    auto& course = object["course"] = Json::array();
    for (const auto& day : assessment.course) {
        auto one = day_json(day);
        one["day"] = day_text(day.day);
        one["civilian_deaths"] = day.civilian_deaths;
        course.push_back(std::move(one));
    }
    object["as_of"] = utc_text(snapshot.assessed->as_of);
    return object;
}

/// The version, and the minute: what is overdue depends on the time.
std::string by_minute(const Snapshot& snapshot, sys_seconds now) {
    return fmt::format("{}@{}", snapshot.version, now.time_since_epoch().count() / 60);
}

Response now_page(const Context& context, const Request& request) {
    if (auto refused = unknown_parameter(request, {"lang"})) return std::move(*refused);
    const auto snapshot = context.current.get();
    const auto now = context.now();
    return conditional(request, by_minute(*snapshot, now), [&] {
        const auto& messages = context.catalogues.of(request, snapshot->dossier().mission);
        auto response = json_response(dumped(now_json(*snapshot, messages, now)));
        response.headers.add("Content-Language", messages.language());
        return response;
    });
}

Response assessment_file(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    return conditional(request, snapshot->assessed->version, [&] { return json_response(snapshot->assessed->json); });
}

Response report_file(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    return conditional(request, snapshot->assessed->version, [&] {
        auto html = report_html(*snapshot, {});
        if (!html) return problem(500, say("title.report_impossible"), html.error().text());
        return report_response(std::move(*html));
    });
}

Response catalogue(const Context& /*context*/, const Request& request) {
    for (const auto& one : assets::catalogues()) {
        if (one.language != request.part("lang")) continue;
        return conditional(request, sha256(one.json).hex(), [&] {
            auto response = json_response(std::string(one.json));
            response.headers.add("Cache-Control", "no-cache");
            return response;
        });
    }
    return not_found("language", request.part("lang"));
}

/// Notices need alerts too.
Response notices(const Context& context, const Request& request) {
    if (auto refused = unknown_parameter(request, {"lang"})) return std::move(*refused);
    const auto snapshot = context.current.get();
    const auto now = context.now();
    return conditional(request, by_minute(*snapshot, now), [&] {
        const auto& messages = context.catalogues.of(request, snapshot->dossier().mission);
        auto rows = Json::array();
        auto units = Json::array();
        auto overdue = Json::array();
        auto steps = Json::array();
        if (snapshot->record) {
            const auto& state = snapshot->record->state;
            for (const auto& notice : state.notices) rows.push_back(notice_json(*snapshot, notice, now));
            for (const auto& [id, unit] : state.units) {
                units.push_back({{"id", id},
                                 {"name", unit.name},
                                 {"under", unit.under.empty() ? Json(nullptr) : Json(unit.under)},
                                 {"party", unit.party},
                                 {"area", unit.area}});
            }
            const auto& dossier = snapshot->dossier();
            for (const auto& alert : report::alerts(state, now, dossier.agreements, dossier.mission.zone, messages))
                (alert.about == report::Alert::About::next_step ? steps : overdue).push_back(alert_json(alert));
        }
        const auto total = rows.size();
        return json_response(dumped({{"total", total},
                                     {"rows", std::move(rows)},
                                     {"units", std::move(units)},
                                     {"overdue", std::move(overdue)},
                                     {"next_steps", std::move(steps)}}));
    });
}

}  // namespace

Response report_response(std::string html) {
    auto response = text_response("text/html; charset=utf-8", std::move(html));
    // The report carries its scripts within itself and asks nobody for anything: it may run them, alone.
    response.headers.add("Content-Security-Policy",
                         "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
                         "worker-src blob:; sandbox allow-scripts allow-popups allow-downloads; frame-ancestors 'self'");
    return response;
}

Result<std::string> report_html(const Snapshot& snapshot, const std::vector<std::string>& languages,
                                std::optional<report::Earlier> earlier) {
    static const auto countries = country_shapes(assets::countries_10m());
    if (!countries) return tl::unexpected(countries.error());
    auto wanted = languages.empty() ? snapshot.dossier().mission.languages : languages;
    if (wanted.empty()) wanted = {"en", "ar"};
    std::vector<report::Messages> found;
    for (const auto& language : wanted) {
        const auto one = std::ranges::find(assets::catalogues(), language, &assets::Catalogue::language);
        if (one == assets::catalogues().end()) continue;
        if (std::ranges::any_of(found, [&](const auto& had) { return had.language() == language; })) continue;
        auto messages = report::Messages::parse(one->language, one->json);
        if (!messages) return tl::unexpected(messages.error());
        found.push_back(std::move(*messages));
    }
    if (found.empty()) return failure({.message = "there is no message catalogue for any of the languages"});
    const auto& dossier = snapshot.dossier();
    return report::html(dossier, snapshot.assessment(),
                        {.languages = found,
                         .script = assets::report_js(),
                         .style = assets::report_css(),
                         .countries = *countries,
                         .earlier = std::move(earlier),
                         .cut_off = report::cut_off_text(dossier, snapshot.assessment())});
}

void add_mission(Router& router, const Context& context) {
    router.get("/api/mission", answering(context, mission));
    router.get("/api/now", answering(context, now_page));
    router.get("/api/assessment", answering(context, assessment_file));
    router.get("/api/report.html", answering(context, report_file), Right::export_rows);
    router.get("/api/messages/{lang}", answering(context, catalogue), Right::anyone);
    router.get("/api/notices", answering(context, notices));
}

}  // namespace truce::server
