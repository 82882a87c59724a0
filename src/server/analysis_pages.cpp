// SPDX-License-Identifier: Apache-2.0
#include "server/analysis_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/deaths_wording.h"
#include "report/durability_files.h"
#include "report/durability_wording.h"
#include "report/hotspots.h"
#include "report/html_page.h"
#include "report/html_wording.h"
#include "report/svg_course.h"
#include "report/svg_durability.h"
#include "report/svg_toll.h"
#include "report/svg_trend.h"
#include "report/table_writer.h"
#include "report/toll_outputs.h"
#include "report/trend_tables.h"
#include "report/trend_wording.h"
#include "server/rows.h"

namespace truce::server {
namespace {

using report::Messages;
using report::Page;
using report::Sink;

/// What one kind of analysis says: its part of assessment.json and its sentences.
struct Part {
    std::vector<std::string> keys;
    std::function<Json(const Snapshot&, const Messages&)> sentences;
};

std::string area_of(const Snapshot& snapshot, const Messages& messages) {
    return Page(snapshot.dossier(), snapshot.assessment(), messages).focus_name();
}

/// Sentences, without those that there are none of.
Json said(std::initializer_list<std::string> sentences) {
    auto list = Json::array();
    for (const auto& sentence : sentences) {
        if (!sentence.empty()) list.push_back(sentence);
    }
    return list;
}

Json trend_sentences(const Snapshot& snapshot, const Messages& messages) {
    const auto& assessment = snapshot.assessment();
    const auto& comparison = assessment.trends.incidents.set_apart;
    const auto& model = assessment.models.incidents;
    auto list = said({report::holding_sentence(comparison, area_of(snapshot, messages), assessment.truce_day, messages),
                      report::reporting_sentence(comparison, messages), report::model_placebo_sentence(model, messages)});
    for (const auto warning : assessment.models.warnings) {
        list.push_back(report::warning_sentence(
            warning, {assessment.trends.incidents, model, snapshot.dossier().mission.set_apart_days}, messages));
    }
    if (comparison.estimate) list.push_back(messages.text("holding.reported_only"));
    return list;
}

Json deaths_sentences(const Snapshot& snapshot, const Messages& messages) {
    const auto& deaths = snapshot.assessment().deaths_since;
    return said({report::deaths_sentence(deaths.count, deaths.killed, area_of(snapshot, messages),
                                         snapshot.assessment().truce_day, messages)});
}

Json durability_sentences(const Snapshot& snapshot, const Messages& messages) {
    const auto& durability = snapshot.assessment().durability;
    if (!durability) return Json::array();
    auto list = said({report::failure_sentence(*durability, messages), report::answer_sentence(*durability, messages)});
    for (auto& sentence : report::warning_sentences(*durability, messages)) list.push_back(std::move(sentence));
    return list;
}

Response part_of(const Context& context, const Request& request, const Part& part) {
    if (auto refused = unknown_parameter(request, {"lang"})) return std::move(*refused);
    const auto snapshot = context.current.get();
    return conditional(request, snapshot->assessed->version, [&] {
        const auto& messages = context.catalogues.of(request, snapshot->dossier().mission);
        Json object{{"sentences", part.sentences(*snapshot, messages)}};
        const auto whole = Json::parse(snapshot->assessed->json);
        for (const auto& key : part.keys) {
            if (whole.contains(key)) object[key] = whole[key];
        }
        return json_response(dumped(object));
    });
}

/// A file of counts, which anybody on the mission may have whatever the sources' licences are.
Response file(const Context& context, const Request& request, std::string_view type, std::string_view name,
              const std::function<void(const Snapshot&, const Sink&)>& write) {
    if (auto refused = unknown_parameter(request, {})) return std::move(*refused);
    const auto snapshot = context.current.get();
    return conditional(request, snapshot->assessed->version, [&] {
        std::string out;
        write(*snapshot, [&](std::string_view piece) { out += piece; });
        auto response = text_response(type, std::move(out));
        response.headers.add("Content-Disposition", fmt::format("attachment; filename=\"{}\"", name));
        return response;
    });
}

constexpr std::string_view csv = "text/csv; charset=utf-8";

// Charts.

std::string course_svg(const Snapshot& snapshot, const Messages& messages) {
    const auto& dossier = snapshot.dossier();
    const auto& assessment = snapshot.assessment();
    std::vector<AgreementId> order;
    for (std::uint32_t i = 0; i < dossier.agreements.size(); ++i) order.push_back({i});
    std::ranges::stable_sort(order, {}, [&](AgreementId id) { return dossier.agreements[id.value].from.earliest; });
    std::vector<report::CourseMark> marks;
    int number = 0;
    for (const auto id : order) {
        ++number;
        const auto& from = dossier.agreements[id.value].from;
        if (from.known()) marks.push_back({dossier.mission.zone.local_day(from.earliest), number});
    }
    return report::svg_course(assessment.course, assessment.truce_day, dossier.mission.set_apart_days, marks, messages);
}

std::string trend_svg(const Snapshot& snapshot, const Messages& messages) {
    const auto& series = snapshot.assessment().models.incidents.set_apart.series;
    return series ? report::svg_trend(*series, messages) : std::string();
}

std::string deaths_svg(const Snapshot& snapshot, const Messages& messages) {
    const auto caption = messages.text("deaths.figure", {{"area", area_of(snapshot, messages)}});
    return report::svg_toll(snapshot.assessment().deaths_since.running, caption, messages);
}

std::string survival_svg(const Snapshot& snapshot, const Messages& messages) {
    const auto& durability = snapshot.assessment().durability;
    return durability ? report::svg_survival(*durability, messages) : std::string();
}

std::string reliability_svg(const Snapshot& snapshot, const Messages& messages) {
    const auto& durability = snapshot.assessment().durability;
    return durability ? report::svg_reliability(*durability, messages) : std::string();
}

/// A figure that stands alone: with the name space that a file needs, and its own style, since no page gives
/// it one.
std::string standing_alone(std::string svg) {
    constexpr std::string_view begin = "<svg ";
    constexpr std::string_view name_space = "xmlns=\"http://www.w3.org/2000/svg\" ";
    const auto at = svg.find(begin);
    if (at == std::string::npos) return svg;
    if (svg.find("xmlns=", at) == std::string::npos || svg.find("xmlns=", at) > svg.find('>', at))
        svg.insert(at + begin.size(), name_space);
    return svg;
}

Response chart(const Context& context, const Request& request,
               const std::function<std::string(const Snapshot&, const Messages&)>& draw) {
    if (auto refused = unknown_parameter(request, {"lang", "embed"})) return std::move(*refused);
    const auto snapshot = context.current.get();
    return conditional(request, snapshot->assessed->version, [&] {
        auto svg = draw(*snapshot, context.catalogues.of(request, snapshot->dossier().mission));
        if (svg.empty()) return problem(404, say("title.no_figure"), say("nothing_to_draw"));
        auto response = text_response("image/svg+xml; charset=utf-8", standing_alone(std::move(svg)));
        response.headers.add("Content-Security-Policy", fmt::format("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors {}",
                                                                    request.query.find("embed") == "1" ? "*" : "'self'"));
        return response;
    });
}

void write_course_csv(const Snapshot& snapshot, const Sink& sink) {
    report::TableWriter table(report::TableForm::plain, sink);
    constexpr auto names = std::to_array<std::string_view>({"day", "incidents", "breaches", "deaths", "civilian_deaths"});
    table.header(names);
    for (const auto& day : snapshot.assessment().course) {
        table.word(day_text(day.day));
        for (const auto value : {day.incidents, day.breaches, day.deaths, day.civilian_deaths}) table.number(value, 6);
        table.end_row();
    }
    table.finish();
}

}  // namespace

void add_analysis(Router& router, const Context& context) {
    const auto add_part = [&](std::string name, Part part) {
        router.get("/api/analysis/" + name, [&context, part = std::move(part)](const Request& request) {
            return part_of(context, request, part);
        });
    };
    add_part("trend", {{"period", "truce", "focus", "trends", "trend_models", "trends_by_area", "trends_by_party", "course"},
                       trend_sentences});
    add_part("hotspots", {{"hotspots"}, [](const Snapshot&, const Messages&) { return Json::array(); }});
    add_part("deaths", {{"tolls", "by_protected_site"}, deaths_sentences});
    add_part("durability", {{"durability"}, durability_sentences});

    const auto add_file = [&](std::string path, std::string_view type, std::string name,
                              std::function<void(const Snapshot&, const Sink&)> write) {
        router.get(std::move(path), [&context, type, name = std::move(name), write = std::move(write)](const Request& request) {
            return file(context, request, type, name, write);
        });
    };
    add_file("/api/analysis/trend.csv", csv, "trends.csv",
             [](const Snapshot& from, const Sink& sink) { report::write_trends_csv(sink, from.assessment()); });
    add_file("/api/charts/trend-days.csv", csv, "trend-days.csv",
             [](const Snapshot& from, const Sink& sink) { report::write_trend_days_csv(sink, from.assessment()); });
    add_file("/api/charts/course.csv", csv, "course.csv", write_course_csv);
    add_file("/api/analysis/hotspots.csv", csv, "hotspots.csv", [](const Snapshot& from, const Sink& sink) {
        report::write_hotspots_csv(sink, from.dossier(), from.assessment().hotspots);
    });
    add_file("/api/analysis/hotspots.geojson", "application/geo+json", "hotspots.geojson",
             [](const Snapshot& from, const Sink& sink) {
                 report::write_hotspots_geojson(sink, from.dossier(), from.assessment().hotspots);
             });
    add_file("/api/analysis/deaths.csv", csv, "toll.csv", [](const Snapshot& from, const Sink& sink) {
        report::write_toll_csv(sink, from.assessment().deaths_since);
    });
    add_file("/api/charts/deaths.csv", csv, "toll-days.csv", [](const Snapshot& from, const Sink& sink) {
        report::write_running_toll_csv(sink, from.assessment().deaths_since);
    });
    add_file("/api/analysis/durability.csv", csv, "durability.csv", [](const Snapshot& from, const Sink& sink) {
        if (from.assessment().durability) report::write_durability_csv(sink, *from.assessment().durability);
    });

    const auto add_chart = [&](std::string name, std::function<std::string(const Snapshot&, const Messages&)> draw) {
        router.get("/api/charts/" + name, [&context, draw = std::move(draw)](const Request& request) {
            return chart(context, request, draw);
        });
    };
    add_chart("course.svg", course_svg);
    add_chart("trend.svg", trend_svg);
    add_chart("deaths.svg", deaths_svg);
    add_chart("survival.svg", survival_svg);
    add_chart("reliability.svg", reliability_svg);
}

}  // namespace truce::server
