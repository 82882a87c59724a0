// SPDX-License-Identifier: Apache-2.0
#include "report/html_durability.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "report/durability_wording.h"
#include "report/svg_durability.h"

namespace truce::report {
namespace {

using analysis::Durability;

Argument::Bare percent(const Page& page, double share) {
    return {page.messages.percent(share)};
}

std::string share_text(const Page& page, double share, const numeric::Interval& interval) {
    return fmt::format(
        "{} <span class=\"note\">({})</span>", escaped_message(page.messages.percent(share)),
        page.say("interval", {{"low", percent(page, interval.low)}, {"high", percent(page, interval.high)}}));
}

std::string model_name(const Page& page, analysis::ForecastModel model) {
    return page.say(fmt::format("durability.model.{}", name_of(model)));
}

void write_horizons(Page& page, std::string_view first_key, const std::vector<int>& horizons) {
    page.put(R"(<thead><tr><th scope="col">{}</th>)", page.say(first_key));
    for (const int days : horizons)
        page.put(R"(<th scope="col">{}</th>)", page.say("durability.of_days", {{"n", std::int64_t{days}}}));
    page.raw("</tr></thead><tbody>");
}

void write_row(Page& page, std::string_view name, const std::vector<std::optional<analysis::Holds>>& holds) {
    page.put(R"(<tr><th scope="row">{}</th>)", name);
    for (const auto& one : holds)
        page.put("<td>{}</td>", one ? share_text(page, one->chance, one->interval) : page.say("none"));
    page.raw("</tr>");
}

void write_models(Page& page, const Durability& durability) {
    page.begin_table("durability.table", "durability");
    write_horizons(page, "durability.of_model", durability.horizons);
    for (const analysis::ModelForecast& one : durability.models) {
        if (one.why_not) {
            page.put(R"(<tr><th scope="row">{}</th><td colspan="{}" class="note">{}</td></tr>)",
                     model_name(page, one.model), durability.horizons.size(),
                     page.say(fmt::format("durability.why.{}", name_of(*one.why_not))));
        } else {
            write_row(page, model_name(page, one.model), one.holds);
        }
    }
    if (!durability.unknown_ends_held.empty())
        write_row(page, page.say("durability.unknown_held"), durability.unknown_ends_held);
    if (!durability.answer.empty()) {
        page.put(R"(<tr class="best"><th scope="row">{}</th>)", page.say("durability.together"));
        const auto cells = [&](auto text) {
            for (const int days : durability.horizons) {
                const auto one = std::ranges::find(durability.answer, days, &analysis::HorizonForecast::days);
                page.put("<td>{}</td>", one == durability.answer.end() ? page.say("none") : text(*one));
            }
            page.raw("</tr>");
        };
        cells([&](const analysis::HorizonForecast& one) {
            return share_text(page, one.holds.chance, one.holds.interval);
        });
        page.put(R"(<tr><th scope="row">{}</th>)", page.say("durability.over_models"));
        cells([&](const analysis::HorizonForecast& one) {
            return page.say("interval", {{"low", percent(page, one.over_models.low)},
                                         {"high", percent(page, one.over_models.high)}});
        });
    }
    page.raw("</tbody>");
    page.end_table();
}

void write_figure(Page& page, const std::string& svg, std::string_view caption) {
    if (svg.empty()) return;
    page.put("<figure>{}<figcaption>{}</figcaption></figure>", svg, caption);
}

std::string day_count(const Page& page, double days) {
    return std::isfinite(days) ? page.messages.decimal(days, 0) : page.messages.text("none");
}

void write_curve(Page& page, const Durability& durability) {
    write_figure(page, svg_survival(durability, page.messages), page.say("durability.curve"));
    if (durability.median) {
        page.paragraph(
            page.say("durability.median",
                     {{"median", Argument::Bare{day_count(page, *durability.median)}},
                      {"low", Argument::Bare{day_count(page, durability.median_interval.low)}},
                      {"high", Argument::Bare{day_count(page, durability.median_interval.high)}}}));
    } else if (!durability.curve.empty()) {
        page.paragraph(page.say("durability.median_none"));
    }
}

void write_ends(Page& page, const Durability& durability) {
    if (durability.end_shares.size() < 2) return;  // of one kind alone the curve tells all
    page.put("<h3>{}</h3>", page.say("durability.ends"));
    page.begin_table("durability.ends", "durability");
    write_horizons(page, "durability.of_end", durability.horizons);
    for (const analysis::EndShares& one : durability.end_shares) {
        page.put(R"(<tr><th scope="row">{} ({})</th>)",
                 page.say(fmt::format("durability.end.{}", name_of(one.end))), page.number(one.number));
        for (const numeric::Estimated& share : one.by_horizon)
            page.put("<td>{}</td>", share_text(page, share.value, share.interval));
        page.raw("</tr>");
    }
    page.raw("</tbody>");
    page.end_table();
}

void write_effects(Page& page, const Durability& durability) {
    if (durability.effects.empty()) return;
    page.put("<h3>{}</h3>", page.say("durability.effects"));
    page.begin_table("durability.effects", "durability");
    page.raw("<thead><tr>");
    for (const auto* key : {"durability.of_covariate", "durability.of_ratio", "durability.of_interval",
                            "durability.of_proportional"}) {
        page.put(R"(<th scope="col">{}</th>)", page.say(key));
    }
    page.raw("</tr></thead><tbody>");
    for (const analysis::CovariateEffect& one : durability.effects) {
        const auto key = fmt::format("durability.covariate.{}", one.name);
        page.put(
            R"(<tr><th scope="row">{}</th><td class="n">{}</td><td>{}</td><td class="n">{}</td></tr>)",
            page.messages.has(key) ? page.say(key) : isolated(one.name), page.decimal(one.hazard_ratio, 2),
            page.say("interval", {{"low", Argument::Bare{page.messages.decimal(one.interval.low, 2)}},
                                  {"high", Argument::Bare{page.messages.decimal(one.interval.high, 2)}}}),
            page.decimal(one.p_proportional, 3));
    }
    page.raw("</tbody>");
    page.end_table();
}

void write_scores(Page& page, const analysis::Backtest& test) {
    page.begin_table("durability.scores", "durability");
    page.raw("<thead><tr>");
    for (const auto* key :
         {"durability.of_model", "durability.of_horizon", "durability.of_forecasts", "durability.of_brier",
          "durability.of_skill", "durability.of_log_score", "durability.of_z", "durability.of_slope"}) {
        page.put(R"(<th scope="col">{}</th>)", page.say(key));
    }
    page.raw("</tr></thead><tbody>");
    for (const analysis::HorizonScore& one : test.scores) {
        page.put(R"(<tr><th scope="row">{}</th><td class="n">{}</td><td class="n">{}</td>)",
                 model_name(page, one.model), page.number(static_cast<std::uint64_t>(one.days)),
                 page.number(one.known));
        page.put(R"(<td class="n">{}</td><td class="n">{}</td><td class="n">{}</td>)",
                 page.decimal(one.brier, 3), page.decimal(one.skill, 3), page.decimal(one.log_score, 3));
        page.put(R"(<td class="n">{}</td><td class="n">{}</td></tr>)",
                 one.spiegelhalter_z ? page.decimal(*one.spiegelhalter_z, 1) : page.say("none"),
                 one.line ? page.decimal(one.line->slope, 2) : page.say("none"));
    }
    page.raw("</tbody>");
    page.end_table();
}

void write_backtest(Page& page, const Durability& durability) {
    if (!durability.backtest) return;
    const analysis::Backtest& test = *durability.backtest;
    page.put("<h3>{}</h3>", page.say("durability.backtest"));
    page.paragraph(page.say(test.origin == analysis::Backtest::Origin::rolling
                                ? "durability.backtest_rolling"
                                : "durability.backtest_by_conflict",
                            {{"n", std::int64_t{test.truces}}, {"conflicts", std::int64_t{test.conflicts}}}));
    write_figure(page, svg_reliability(durability, page.messages),
                 page.say("durability.reliability", {{"days", std::int64_t{test.reliability_days}}}));
    write_scores(page, test);
    std::string list;
    for (const analysis::ModelConcordance& one : test.concordance) {
        if (!list.empty()) list += "; ";
        list += fmt::format("{}: {}, {}",
                            page.messages.text(fmt::format("durability.model.{}", name_of(one.model))),
                            page.messages.decimal(one.harrell, 2), page.messages.decimal(one.uno, 2));
    }
    if (!list.empty())
        page.paragraph(page.say("durability.concordance", {{"list", Argument::Bare{list}}}), "note");
}

}  // namespace

void write_durability(Page& page) {
    if (!page.assessment.durability) return;
    const Durability& durability = *page.assessment.durability;
    page.begin_section("durability", "durability.heading");
    page.paragraph(escaped_message(failure_sentence(durability, page.messages)));
    page.paragraph(escaped_message(answer_sentence(durability, page.messages)), "answer");
    const auto& comparables = page.dossier.comparables;
    const auto rests =
        comparables_sentence(durability, comparables ? comparables->source : std::string(), page.messages);
    if (!rests.empty()) page.paragraph(escaped_message(rests));
    if (durability.why_not == analysis::NoForecast::no_comparables ||
        durability.why_not == analysis::NoForecast::too_few_failures) {
        page.paragraph(page.say("durability.needed",
                                {{"n", std::int64_t{analysis::DurabilitySettings{}.least_failures}}}));
    }
    if (!durability.models.empty()) write_models(page, durability);
    if (!durability.warnings.empty()) {
        page.put(R"(<h3>{}</h3><ul class="warnings">)", page.say("durability.warnings"));
        for (const std::string& warning : warning_sentences(durability, page.messages))
            page.put("<li>{}</li>", escaped_message(warning));
        page.raw("</ul>");
    }
    write_curve(page, durability);
    write_ends(page, durability);
    write_effects(page, durability);
    write_backtest(page, durability);
    page.end_section();
}

}  // namespace truce::report
