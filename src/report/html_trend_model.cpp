// SPDX-License-Identifier: Apache-2.0
#include "report/html_trend_model.h"

#include <utility>

#include "report/html_wording.h"
#include "report/svg_trend.h"
#include "report/trend_wording.h"

namespace truce::report {
namespace {

using analysis::ModelComparison;
using analysis::ModelTrend;

std::string effect_text(const Page& page, const analysis::ModelEffect& effect) {
    return escaped_message(fmt::format("{} ({})", ratio_text(effect.ratio, page.messages),
                                       interval_text(effect.interval, page.messages)));
}

void write_model(Page& page, std::string_view row_key, const ModelComparison& model) {
    page.put(R"(<tr><th scope="row">{}</th>)", page.say(row_key));
    if (model.series) {
        page.put("<td>{}</td><td>{}</td><td>{}</td>", effect_text(page, model.series->average),
                 effect_text(page, model.series->at_start),
                 escaped_message(model_fit_text(*model.series, page.messages)));
        page.put(R"(<td><span class="word w-{0}">{1}</span></td></tr>)", name_of(model.change),
                 page.say(fmt::format("word.{}", name_of(model.change))));
        return;
    }
    page.put(R"(<td>{0}</td><td>{0}</td><td colspan="2">{1}</td></tr>)", page.say("none"),
             page.say(fmt::format("model.none.{}", name_of(model.why_not.value()))));
}

void write_models(Page& page, std::string_view outcome_key, const ModelTrend& models) {
    page.put(R"(<tbody><tr class="group"><th scope="rowgroup" colspan="5">{}</th></tr>)",
             page.say(outcome_key));
    write_model(page, "trend.set_apart", models.set_apart);
    write_model(page, "trend.included", models.included);
    page.raw("</tbody>");
}

void write_table(Page& page) {
    page.begin_table("model.table", "trends");
    page.raw("<thead><tr>");
    for (const auto* key : {"trend.window", "model.average", "model.at_start", "model.fitted", "trend.word"})
        page.put(R"(<th scope="col">{}</th>)", page.say(key));
    page.raw("</tr></thead>");
    const auto& models = page.assessment.models;
    write_models(page, "outcome.incidents", models.incidents);
    write_models(page, "outcome.deaths", models.deaths);
    write_models(page, "outcome.civilian_deaths", models.civilian_deaths);
    page.end_table();
}

void write_figure(Page& page, const analysis::InterruptedSeries& series) {
    page.raw(R"(<div class="trend-place">)");
    page.raw(svg_trend(series, page.messages));
    page.put(
        R"(</div><ul class="legend"><li><span class="swatch bar"></span> {}</li><li><span class="swatch fitted"></span> {}</li><li><span class="swatch without"></span> {}</li></ul>)",
        page.say("model.legend.observed"), page.say("model.legend.fitted"), page.say("model.legend.without"));
}

void say(Page& page, const std::string& sentence, std::string_view kind = {}) {
    if (!sentence.empty()) page.paragraph(escaped_message(sentence), kind);
}

}  // namespace

void write_trend_models(Page& page) {
    const auto& models = page.assessment.models;
    if (!page.assessment.trends.incidents.set_apart.estimate) return;
    page.put("<h3>{}</h3>", page.say("model.heading"));
    page.paragraph(page.say("model.how"));
    say(page, model_sentence(models.incidents.set_apart, page.messages));
    if (const auto& series = models.incidents.set_apart.series) write_figure(page, *series);
    write_table(page);
    say(page, model_placebo_sentence(models.incidents, page.messages));
    if (models.across_areas) say(page, across_areas_sentence(*models.across_areas, page.messages));
    if (models.without_denied) say(page, denied_sentence(*models.without_denied, page.messages));
    if (const auto& series = models.incidents.set_apart.series)
        page.paragraph(page.say("model.errors", {{"lag", series->lag}}), "note");
}

void write_trend_warnings(Page& page) {
    const auto& models = page.assessment.models;
    if (models.warnings.empty()) return;
    page.put("<h3>{}</h3><ul>", page.say("warning.heading"));
    for (const auto warning : models.warnings) {
        page.put("<li>{}</li>",
                 escaped_message(warning_sentence(warning,
                                                  {.trend = page.assessment.trends.incidents,
                                                   .model = models.incidents,
                                                   .set_apart_days = page.dossier.mission.set_apart_days},
                                                  page.messages)));
    }
    page.raw("</ul>");
}

}  // namespace truce::report
