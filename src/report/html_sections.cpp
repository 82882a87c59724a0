// SPDX-License-Identifier: Apache-2.0
#include "report/html_sections.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "report/html_deaths.h"
#include "report/html_linkage.h"
#include "report/html_opinions.h"
#include "report/html_trend_model.h"
#include "report/html_wording.h"
#include "report/svg_course.h"

namespace truce::report {
namespace {

constexpr std::array verdicts{Verdict::breach,       Verdict::breach_likely,
                              Verdict::undetermined, Verdict::out_of_scope_likely,
                              Verdict::not_breach,   Verdict::out_of_scope};
constexpr std::size_t most_examples = 6;

std::uint64_t sum(const VerdictCounts& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::uint64_t breaches(const VerdictCounts& counts) {
    return counts[static_cast<std::size_t>(Verdict::breach)] +
           counts[static_cast<std::size_t>(Verdict::breach_likely)];
}

Argument::Bare bare_number(const Page& page, std::uint64_t value) {
    return {page.messages.number(value)};
}

/// low, best and high of a sum, and what is not in it.
std::string toll_text(const Page& page, const analysis::TollSum& toll) {
    // Where no incident has a figure the sum of none is not 0 deaths.
    auto text = toll.incidents == 0 && toll.without_figure > 0
                    ? page.messages.text("none")
                    : page.messages.text("toll.range", {{"low", bare_number(page, toll.low)},
                                                        {"best", bare_number(page, toll.best)},
                                                        {"high", bare_number(page, toll.high)}});
    if (toll.without_figure > 0) {
        text += page.messages.text("toll.without", {{"n", static_cast<std::int64_t>(toll.without_figure)}});
    }
    return text;
}

void write_figure_of_note(Page& page, std::string_view value, std::string_view label) {
    page.put(R"(<div class="note-figure"><dt>{}</dt><dd>{}</dd></div>)", label, value);
}

std::string rate_text(const Page& page, const analysis::Window& window) {
    return window.rate ? page.decimal(*window.rate, *window.rate < 10 ? 2 : 1) : page.say("none");
}

void write_key_figures(Page& page) {
    const auto& assessment = page.assessment;
    const auto& comparison = assessment.trends.incidents.set_apart;
    page.raw(R"(<dl class="key-figures">)");
    if (comparison.before.rate && comparison.after.rate) {
        write_figure_of_note(
            page,
            page.say("key.rates_value", {{"before", Argument::Bare{rate_text(page, comparison.before)}},
                                         {"after", Argument::Bare{rate_text(page, comparison.after)}}}),
            page.say("key.rates"));
    }
    const auto total = sum(assessment.since_truce_verdicts);
    write_figure_of_note(
        page,
        page.say("key.of", {{"n", bare_number(page, breaches(assessment.since_truce_verdicts))},
                            {"total", bare_number(page, total)}}),
        page.say("key.breaches"));
    const auto undetermined =
        assessment.since_truce_verdicts[static_cast<std::size_t>(Verdict::undetermined)];
    write_figure_of_note(
        page,
        page.say("key.of", {{"n", bare_number(page, undetermined)}, {"total", bare_number(page, total)}}),
        page.say("key.undetermined"));
    const auto& toll = assessment.toll_since.all;
    auto deaths = toll.low == toll.high ? page.say("key.deaths_undisputed")
                                        : page.say("key.deaths", {{"low", bare_number(page, toll.low)},
                                                                  {"high", bare_number(page, toll.high)}});
    if (toll.without_figure > 0) {
        deaths += page.say("toll.without", {{"n", static_cast<std::int64_t>(toll.without_figure)}});
    }
    write_figure_of_note(page, page.number(toll.best), deaths);
    page.raw("</dl>");
}

/// Links to the first of `incidents` that are written out.
std::string example_links(const Page& page, std::span<const IncidentId> incidents, const Shown& shown) {
    std::string out;
    std::size_t given = 0;
    const auto written = std::span(shown.listing.incidents).first(shown.in_full);
    for (const auto id : written) {
        if (given == most_examples) break;
        if (!std::ranges::binary_search(incidents, id)) continue;
        out += fmt::format(R"( <a href="#{}">{}</a>)", page.id(fmt::format("i{}", id.value)),
                           escaped_message(page.messages.day(page.dossier.mission.zone.local_day(
                               page.assessment.incidents[id.value].what.when.window.first))));
        ++given;
    }
    return out;
}

void write_tally_head(Page& page, std::string_view first_key) {
    page.put(R"(<thead><tr><th scope="col">{}</th><th scope="col" class="n">{}</th>)", page.say(first_key),
             page.say("incidents"));
    for (const auto verdict : verdicts) {
        page.put(R"(<th scope="col" class="n">{}</th>)", verdict_badge(page, verdict));
    }
    page.put(R"(<th scope="col">{}</th></tr></thead><tbody>)", page.say("deaths.low_best_high"));
}

void write_tally(Page& page, const Tally& tally, std::string_view name) {
    page.put(R"(<tr><th scope="row">{}</th><td class="n">{}</td>)", name, page.number(tally.incidents));
    for (const auto count : tally.verdicts) {
        page.put(R"(<td class="n{}">{}</td>)", count == 0 ? " zero" : "", page.number(count));
    }
    page.put("<td>{}</td></tr>", escaped_message(toll_text(page, tally.toll)));
}

/// More groups than this no reader of a page takes in.
constexpr std::size_t most_groups = 40;

/// The positions of the `most_groups` largest of `groups`, in their own order; ties go to the earlier.
template <class Group, class Size>
std::vector<std::size_t> largest(std::span<const Group> groups, Size size) {
    std::vector<std::size_t> kept(groups.size());
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    std::ranges::stable_sort(kept, std::ranges::greater{}, [&](std::size_t i) { return size(groups[i]); });
    kept.resize(std::min(kept.size(), most_groups));
    std::ranges::sort(kept);
    return kept;
}

void say_what_is_left_out(Page& page, std::size_t groups) {
    if (groups <= most_groups) return;
    page.paragraph(page.say("groups.more", {{"n", static_cast<std::int64_t>(groups - most_groups)}}), "note");
}

using TallyName = std::string (*)(const Page&, const Tally&);

void write_tally_table(Page& page, std::span<const Tally> tallies, std::string_view heading_key,
                       std::string_view first_key, TallyName name) {
    page.put("<h3>{}</h3>", page.say(heading_key));
    if (tallies.empty()) {
        page.paragraph(page.say("none_in_period"));
        return;
    }
    page.begin_table(heading_key, "tally");
    write_tally_head(page, first_key);
    for (const auto i : largest(tallies, [](const Tally& tally) { return tally.incidents; }))
        write_tally(page, tallies[i], name(page, tallies[i]));
    page.raw("</tbody>");
    page.end_table();
    say_what_is_left_out(page, tallies.size());
}

std::string localised_name(const Page& page, const Tally& tally) {
    return isolated(tally.name.in(page.messages.language(), tally.id));
}
std::string party_tally_name(const Page& page, const Tally& tally) {
    return tally.id.empty() ? page.say("party.unknown") : localised_name(page, tally);
}
std::string area_tally_name(const Page& page, const Tally& tally) {
    return tally.id.empty() ? page.say("area.unknown") : localised_name(page, tally);
}
std::string act_tally_name(const Page& page, const Tally& tally) {
    const auto key = fmt::format("act.{}", tally.id);
    return page.messages.has(key) ? page.say(key) : localised_name(page, tally);
}
std::string site_tally_name(const Page& page, const Tally& tally) {
    const auto key = fmt::format("target.{}", tally.id);
    return page.messages.has(key) ? page.say(key) : localised_name(page, tally);
}

std::string interval_text(const Page& page, const numeric::Interval& interval) {
    const auto digits = [](double value) { return value < 10 ? 2 : 0; };
    const auto low = page.messages.decimal(interval.low, digits(interval.low));
    if (std::isinf(interval.high)) return page.say("interval.open", {{"low", Argument::Bare{low}}});
    return page.say("interval",
                    {{"low", Argument::Bare{low}},
                     {"high", Argument::Bare{page.messages.decimal(interval.high, digits(interval.high))}}});
}

std::string window_text(const Page& page, const analysis::Window& window) {
    auto text = page.say("window", {{"count", bare_number(page, window.count)}, {"n", window.watched_days}});
    if (window.rate)
        text +=
            " " + page.say("window.rate", {{"rate", Argument::Bare{page.messages.decimal(*window.rate, 2)}}});
    if (window.bound_of_zero) {
        text += " " + page.say("window.bound",
                               {{"rate", Argument::Bare{page.messages.decimal(*window.bound_of_zero, 3)}}});
    }
    return text;
}

std::string word_badge(const Page& page, const analysis::Comparison& comparison) {
    const auto word = word_of(comparison);
    return fmt::format(R"(<span class="word w-{}">{}</span>)", name_of(word),
                       page.say(fmt::format("word.{}", name_of(word))));
}

void write_comparison(Page& page, std::string_view row_key, const analysis::Comparison& comparison) {
    page.put(R"(<tr><th scope="row">{}</th><td>{}</td><td>{}</td>)", page.say(row_key),
             window_text(page, comparison.before), window_text(page, comparison.after));
    if (comparison.estimate) {
        const auto& estimate = *comparison.estimate;
        page.put(R"(<td class="n">{}</td><td>{}</td><td>{}</td>)",
                 estimate.ratio ? page.decimal(*estimate.ratio, 2) : page.say("none"),
                 estimate.exact ? interval_text(page, estimate.exact->interval) : page.say("trend.no_exact"),
                 interval_text(page, estimate.widened));
    } else {
        page.put(R"(<td class="n">{0}</td><td>{0}</td><td>{0}</td>)", page.say("none"));
    }
    auto word = word_badge(page, comparison);
    const auto& headline = page.assessment.trends.incidents.set_apart;
    // A reason that holds for the whole table is given in its first row alone.
    const bool said = &comparison != &headline && comparison.why_not == headline.why_not;
    if (comparison.why_not && !said && word_of(comparison) == Word::cannot_be_estimated) {
        word += " " + page.say(fmt::format("no_verdict.{}", name_of(*comparison.why_not)));
    }
    if (const auto reporting = reporting_sentence(comparison, page.messages); !reporting.empty()) {
        word += fmt::format(R"( <span class="note">{}</span>)", escaped_message(reporting));
    }
    page.put("<td>{}</td></tr>", word);
}

void write_trend_rows(Page& page, const analysis::Trend& trend, std::string_view outcome_key) {
    page.put(R"(<tbody><tr class="group"><th scope="rowgroup" colspan="7">{}</th></tr>)",
             page.say(outcome_key));
    write_comparison(page, "trend.set_apart", trend.set_apart);
    write_comparison(page, "trend.included", trend.included);
    page.raw("</tbody>");
}

void write_trend_table(Page& page) {
    page.begin_table("trend.table", "trends");
    page.raw("<thead><tr>");
    for (const auto* key : {"trend.window", "trend.before", "trend.after", "trend.ratio", "trend.exact",
                            "trend.widened", "trend.word"}) {
        page.put(R"(<th scope="col">{}</th>)", page.say(key));
    }
    page.raw("</tr></thead>");
    const auto& trends = page.assessment.trends;
    write_trend_rows(page, trends.incidents, "outcome.incidents");
    write_trend_rows(page, trends.deaths, "outcome.deaths");
    write_trend_rows(page, trends.civilian_deaths, "outcome.civilian_deaths");
    page.end_table();
    if (const auto& placebo = trends.incidents.placebo) {
        const auto& estimate = trends.incidents.set_apart.estimate;
        const bool low = !estimate || estimate->ratio.value_or(1) <= 1;
        page.paragraph(page.say(low ? "trend.placebo_low" : "trend.placebo_high",
                                {{"dates", std::int64_t{placebo->dates}},
                                 {"n", bare_number(page, low ? placebo->as_low : placebo->as_high)}}));
    }
    const auto& out = trends.incidents.set_apart.left_out;
    page.paragraph(page.say("trend.left_out", {{"apart", bare_number(page, out.pre_truce)},
                                               {"outside", bare_number(page, out.outside)},
                                               {"undated", bare_number(page, out.undated)},
                                               {"unwatched", bare_number(page, out.unwatched)}}),
                   "note");
    if (const auto& estimate = trends.incidents.set_apart.estimate) {
        page.paragraph(
            page.say("trend.dispersion",
                     {{"phi", Argument::Bare{page.messages.decimal(estimate->widened_by.phi(), 1)}}}),
            "note");
    }
}

void write_group_trends(Page& page, std::span<const analysis::GroupTrend> groups,
                        std::string_view heading_key) {
    page.put("<h3>{}</h3>", page.say(heading_key));
    if (groups.empty()) {
        page.paragraph(page.say("none_in_period"));
        return;
    }
    // Numbers of a selection side by side, before and since, would be compared whatever the words beside them.
    if (std::ranges::all_of(groups, [](const analysis::GroupTrend& group) {
            return group.trend.set_apart.why_not == analysis::NoVerdict::selection_only;
        })) {
        page.paragraph(page.say("trend.groups_of_a_selection"));
        return;
    }
    page.begin_table(heading_key, "trends");
    page.raw("<thead><tr>");
    for (const auto* key : {"trend.group", "trend.before", "trend.after", "trend.ratio", "trend.widened",
                            "trend.pooled", "trend.q", "trend.word"}) {
        page.put(R"(<th scope="col">{}</th>)", page.say(key));
    }
    page.raw("</tr></thead><tbody>");
    const auto incidents = [](const analysis::GroupTrend& group) {
        return group.trend.set_apart.before.count + group.trend.set_apart.after.count;
    };
    for (const auto i : largest(groups, incidents)) {
        const auto& group = groups[i];
        const auto& comparison = group.trend.set_apart;
        const auto& estimate = comparison.estimate;
        page.put(
            R"(<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td class="n">{}</td><td>{}</td>)",
            isolated(group.name.empty() ? page.messages.text("party.unknown") : page.name_of_id(group.name)),
            window_text(page, comparison.before), window_text(page, comparison.after),
            estimate && estimate->ratio ? page.decimal(*estimate->ratio, 2) : page.say("none"),
            estimate ? interval_text(page, estimate->widened) : page.say("none"));
        const auto pooled = group.pooled ? page.decimal(group.pooled->ratio, 2) + " (" +
                                               interval_text(page, group.pooled->interval) + ")"
                                         : page.say("none");
        page.put(R"(<td>{}</td><td class="n">{}</td><td>{}</td></tr>)", pooled,
                 group.q ? page.decimal(*group.q, 3) : page.say("none"), word_badge(page, comparison));
    }
    page.raw("</tbody>");
    page.end_table();
    say_what_is_left_out(page, groups.size());
}

/// Agreements in the order in which they are numbered: by when they enter into force, at the earliest.
std::vector<AgreementId> agreements_in_order(const Dossier& dossier) {
    std::vector<AgreementId> order;
    for (std::uint32_t i = 0; i < dossier.agreements.size(); ++i) order.push_back({i});
    std::ranges::stable_sort(
        order, {}, [&dossier](AgreementId id) { return dossier.agreements[id.value].from.earliest; });
    return order;
}

std::string actor_list(const Page& page, const std::vector<ActorId>& actors) {
    std::string out;
    for (const auto actor : actors) out += (out.empty() ? "" : "; ") + isolated(page.actor_name(actor));
    return out.empty() ? page.say("none") : out;
}

void write_agreement_row(Page& page, AgreementId id, int number) {
    const auto& agreement = page.dossier.agreements[id.value];
    std::vector<ActorId> bound;
    std::vector<ActorId> excluded;
    std::vector<ActorId> guarantors;
    for (const auto& commitment : page.assessment.commitments) {
        if (commitment.agreement != id) continue;
        for (const auto& adherent : commitment.adherents) bound.push_back(adherent.actor);
        for (const auto& exclusion : commitment.excluded) excluded.push_back(exclusion.actor);
    }
    for (const auto& guarantor : agreement.guarantors) guarantors.push_back(guarantor.actor);
    for (auto* list : {&bound, &excluded}) {
        std::ranges::sort(*list);
        list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    const auto standing = std::ranges::find(page.assessment.standing, id, &Standing::agreement);
    const auto state =
        standing == page.assessment.standing.end() ? Standing::State::unknown : standing->state;
    page.put(
        R"(<tr><td class="n">{}</td><th scope="row">{}{}</th><td class="when">{}</td><td class="when">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>)",
        number, isolated(page.agreement_title(id)),
        id == page.assessment.truce
            ? fmt::format(R"( <span class="note">{}</span>)", page.say("terms.divides"))
            : "",
        escaped_message(page.moment_text(agreement.from)), escaped_message(page.moment_text(agreement.until)),
        page.say(fmt::format("state.{}", truce::name_of(state))), actor_list(page, guarantors), actor_list(page, bound),
        actor_list(page, excluded));
}

void write_course_table(Page& page) {
    page.put("<details><summary>{}</summary>", page.say("course.table"));
    page.begin_table("course.table");
    page.put(
        R"(<thead><tr><th scope="col">{}</th><th scope="col" class="n">{}</th><th scope="col" class="n">{}</th><th scope="col" class="n">{}</th><th scope="col" class="n">{}</th></tr></thead><tbody>)",
        page.say("day"), page.say("incidents"), page.say("course.breaches"), page.say("outcome.deaths"),
        page.say("outcome.civilian_deaths"));
    for (const auto& column : course_columns(page.assessment.course)) {
        const auto cell = [&page](double value) {
            return page.decimal(value, std::abs(value - std::round(value)) < 1e-9 ? 0 : 2);
        };
        page.put(
            R"(<tr><th scope="row">{}</th><td class="n">{}</td><td class="n">{}</td><td class="n">{}</td><td class="n">{}</td></tr>)",
            escaped_message(page.messages.days(column.first, column.last)), cell(column.incidents),
            cell(column.breaches), cell(column.deaths), cell(column.civilian_deaths));
    }
    page.raw("</tbody>");
    page.end_table();
    page.raw("</details>");
}

std::string source_titles(const Page& page) {
    std::string out;
    for (const auto& source : page.dossier.sources) {
        out +=
            (out.empty() ? "" : page.messages.text("list.and")) +
            page.messages.text("side.name",
                               {{"name", std::string(source.title.in(page.messages.language(), source.id))}});
    }
    return out;
}

void write_toll_row(Page& page, std::string_view label, const analysis::TollSum& toll,
                    const analysis::TollDefinition& what) {
    const auto likely = page.messages.text(
        "toll.likely", {{"low", Argument::Bare{page.messages.decimal(toll.likely.low, 0)}},
                        {"high", Argument::Bare{page.messages.decimal(toll.likely.high, 0)}}});
    const auto last = what.days.empty() ? what.days.first : what.days.end - std::chrono::days{1};
    page.put(
        R"(<tr><th scope="row">{}</th><td class="n">{}</td><td class="n best">{}</td><td class="n">{}</td><td>{}</td><td class="n">{}</td><td class="n">{}</td><td class="definition">{}</td></tr>)",
        label, page.number(toll.low), page.number(toll.best), page.number(toll.high), escaped_message(likely),
        page.number(toll.incidents), page.number(toll.without_figure),
        page.say("toll.definition",
                 {{"area", what.area.empty()                         ? page.messages.text("area.all")
                           : what.area == page.dossier.mission.focus ? page.focus_name()
                                                                     : page.name_of_id(what.area)},
                  {"days", Argument::Bare{page.messages.days(what.days.first, last)}},
                  {"sources", Argument::Bare{source_titles(page)}}}));
}

void write_toll(Page& page, std::string_view label_key, const analysis::TollCount& toll) {
    write_toll_row(page, page.say(label_key), toll.all, toll.definition);
    write_toll_row(page, page.say("deaths.civilians_of"), toll.civilians, toll.definition);
}

void write_comparison_with_earlier(Page& page, const Earlier& earlier) {
    const auto& assessment = page.assessment;
    page.paragraph(
        page.say("changed.since",
                 {{"days", Argument::Bare{page.messages.days(earlier.days.first, earlier.days.last)}}}));
    page.begin_table("changed.heading");
    page.put(
        R"(<thead><tr><th scope="col">{}</th><th scope="col" class="n">{}</th><th scope="col" class="n">{}</th></tr></thead><tbody>)",
        page.say("changed.what"), page.say("changed.then"), page.say("changed.now"));
    const auto row = [&page](std::string_view label, std::string_view then, std::string_view now) {
        page.put(R"(<tr><th scope="row">{}</th><td class="n">{}</td><td class="n">{}</td></tr>)", label, then,
                 now);
    };
    row(page.say("incidents"), page.number(earlier.assessed), page.number(assessment.accounting.assessed));
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        row(verdict_badge(page, verdicts[i]), page.number(earlier.verdicts[i]),
            page.number(assessment.all_verdicts[i]));
    }
    row(page.say("deaths.low_best_high"), escaped_message(page.count_text(earlier.killed)),
        page.say("toll.range", {{"low", bare_number(page, assessment.toll_all.all.low)},
                                {"best", bare_number(page, assessment.toll_all.all.best)},
                                {"high", bare_number(page, assessment.toll_all.all.high)}}));
    const auto word = [&page](analysis::Change change) {
        return page.say(
            fmt::format("word.{}", std::array{"fell", "rose", "no_clear_change",
                                              "cannot_be_estimated"}[static_cast<std::size_t>(change)]));
    };
    row(page.say("trend.word"), word(earlier.change), word(assessment.trends.incidents.set_apart.change));
    page.raw("</tbody>");
    page.end_table();
}

}  // namespace

std::span<const SectionName> section_names() {
    static constexpr std::array names{SectionName{"holding", "holding.heading"},
                                      SectionName{"changed", "changed.heading"},
                                      SectionName{"map", "map.heading"},
                                      SectionName{"course", "course.heading"},
                                      SectionName{"terms", "terms.heading"},
                                      SectionName{"findings", "findings.heading"},
                                      SectionName{"opinions", "opinions.heading"},
                                      SectionName{"deaths", "deaths.heading"},
                                      SectionName{"trends", "trend.heading"},
                                      SectionName{"hotspots", "hotspots.heading"},
                                      SectionName{"durability", "durability.heading"},
                                      SectionName{"undecided", "undecided.heading"},
                                      SectionName{"accounting", "accounting.heading"},
                                      SectionName{"method", "method.heading"},
                                      SectionName{"limits", "limits.heading"}};
    return names;
}

std::vector<CourseMark> course_marks(const Dossier& dossier) {
    std::vector<CourseMark> marks;
    int number = 0;
    for (const auto id : agreements_in_order(dossier)) {
        ++number;
        const auto& from = dossier.agreements[id.value].from;
        if (from.known()) marks.push_back({dossier.mission.zone.local_day(from.earliest), number});
    }
    return marks;
}

void write_holding(Page& page) {
    page.begin_section("holding", "holding.heading");
    const auto& comparison = page.assessment.trends.incidents.set_apart;
    page.put(R"(<p class="answer w-{}">{} {}</p>)", name_of(word_of(comparison)),
             escaped_message(breaches_sentence(page.assessment, page.focus_name(), page.messages)),
             escaped_message(
                 holding_sentence(comparison, page.focus_name(), page.assessment.truce_day, page.messages)));
    if (const auto over = truce_over_sentence(page.assessment, page.messages); !over.empty()) {
        page.paragraph(escaped_message(over));
    }
    if (const auto reporting = reporting_sentence(comparison, page.messages); !reporting.empty()) {
        page.paragraph(escaped_message(reporting), "note");
    }
    write_key_figures(page);
    if (page.assessment.disagreeing > 0) {
        page.paragraph(
            page.say("holding.disagreeing", {{"n", static_cast<std::int64_t>(page.assessment.disagreeing)}}));
    }
    if (page.assessment.focus_unclear > 0) {
        page.paragraph(page.say("holding.focus_unclear",
                                {{"n", static_cast<std::int64_t>(page.assessment.focus_unclear)},
                                 {"area", page.focus_name()}}),
                       "note");
    }
    if (comparison.estimate) page.paragraph(page.say("holding.reported_only"), "note");
    page.end_section();
}

void write_changed(Page& page, const HtmlSettings& settings, const Shown& shown) {
    page.begin_section("changed", "changed.heading");
    if (settings.earlier) {
        write_comparison_with_earlier(page, *settings.earlier);
    } else if (!settings.changes) {
        page.paragraph(page.say("changed.first"));
    }
    if (settings.changes) write_input_changes(page, *settings.changes, shown.listing);
    page.end_section();
}

void write_map(Page& page, const Shown& shown) {
    page.begin_section("map", "map.heading");
    page.put(R"(<div class="map-place" data-lang="{}">)", page.messages.language());
    page.raw(svg_map(shown.picture, page.dossier, page.messages));
    page.raw("</div>");
    if (shown.close) {
        page.put(R"(<h3>{}</h3><div class="map-close">)",
                 page.say("map.close", {{"area", page.focus_name()}}));
        page.raw(svg_map(*shown.close, page.dossier, page.messages));
        page.raw("</div>");
    }
    page.raw(R"(<ul class="legend">)");
    for (const auto verdict : verdicts) page.put("<li>{}</li>", verdict_badge(page, verdict));
    page.raw("</ul>");
    page.paragraph(page.say("map.discs"), "note");
    if (shown.picture.without_place > 0) {
        page.paragraph(
            page.say("map.without_place", {{"n", static_cast<std::int64_t>(shown.picture.without_place)}}),
            "note");
    }
    if (shown.on_map < shown.listing.incidents.size()) {
        page.paragraph(page.say("map.capped", {{"n", static_cast<std::int64_t>(shown.on_map)},
                                               {"total", bare_number(page, shown.listing.incidents.size())}}),
                       "note");
    }
    if (shown.listing.withheld > 0) {
        page.paragraph(page.say("withheld", {{"n", static_cast<std::int64_t>(shown.listing.withheld)}}),
                       "note");
    }
    page.paragraph(page.say("map.boundaries"), "note");
    page.end_section();
}

void write_course(Page& page) {
    page.begin_section("course", "course.heading");
    page.paragraph(page.say("course.where", {{"area", page.focus_name()}}));
    page.put(R"(<div class="course-place" data-lang="{}">)", page.messages.language());
    const auto marks = course_marks(page.dossier);
    page.raw(svg_course(page.assessment.course, page.assessment.truce_day,
                        page.dossier.mission.set_apart_days, marks, page.messages));
    page.raw("</div>");
    page.put(
        R"(<ul class="legend"><li><span class="swatch bar"></span> {}</li><li><span class="swatch v-breach"></span> {}</li><li><span class="swatch civilian"></span> {}</li><li><span class="swatch apart"></span> {}</li></ul>)",
        page.say("course.legend_all"), page.say("course.legend_breaches"),
        page.say("course.legend_civilians"),
        page.say("course.legend_apart", {{"n", std::int64_t{page.dossier.mission.set_apart_days}}}));
    page.paragraph(page.say("course.fractions"), "note");
    write_course_table(page);
    page.end_section();
}

void write_terms(Page& page) {
    page.begin_section("terms", "terms.heading");
    page.paragraph(page.say("terms.zone", {{"zone", std::string(page.dossier.mission.zone.name())}}), "note");
    page.begin_table("terms.heading");
    page.raw("<thead><tr>");
    for (const auto* key : {"terms.number", "terms.agreement", "terms.from", "terms.until", "terms.state",
                            "terms.guarantors", "terms.bound", "terms.excluded"}) {
        page.put(R"(<th scope="col">{}</th>)", page.say(key));
    }
    page.raw("</tr></thead><tbody>");
    int number = 0;
    for (const auto id : agreements_in_order(page.dossier)) write_agreement_row(page, id, ++number);
    page.raw("</tbody>");
    page.end_table();
    page.end_section();
}

void write_tallies(Page& page, const Shown& shown) {
    page.paragraph(page.say("findings.how"));
    page.begin_table("findings.by_verdict", "tally");
    page.put(
        R"(<thead><tr><th scope="col">{}</th><th scope="col" class="n">{}</th><th scope="col" class="n">{}</th><th scope="col">{}</th></tr></thead><tbody>)",
        page.say("verdict"), page.say("findings.since_focus", {{"area", page.focus_name()}}),
        page.say("findings.all"), page.say("verdict.meaning"));
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        page.put(R"(<tr><th scope="row">{}</th><td class="n">{}</td><td class="n">{}</td><td>{}</td></tr>)",
                 verdict_badge(page, verdicts[i]), page.number(page.assessment.since_truce_verdicts[i]),
                 page.number(page.assessment.all_verdicts[i]),
                 page.say(fmt::format("verdict.{}.means", name_of(verdicts[i]))));
    }
    page.put(
        R"(</tbody><tfoot><tr><th scope="row">{}</th><td class="n">{}</td><td class="n">{}</td><td></td></tr></tfoot>)",
        page.say("total"), page.number(sum(page.assessment.since_truce_verdicts)),
        page.number(sum(page.assessment.all_verdicts)));
    page.end_table();
    write_tally_table(page, page.assessment.by_party, "findings.by_party", "party", party_tally_name);
    page.paragraph(page.say("findings.by_party_note"), "note");
    write_tally_table(page, page.assessment.by_area, "findings.by_area", "area", area_tally_name);
    write_tally_table(page, page.assessment.by_act, "findings.by_act", "act", act_tally_name);
    if (shown.listing.withheld > 0) {
        page.paragraph(page.say("withheld", {{"n", static_cast<std::int64_t>(shown.listing.withheld)}}),
                       "note");
    }
}

void write_deaths(Page& page) {
    page.begin_section("deaths", "deaths.heading");
    write_deaths_sentence(page);
    page.begin_table("deaths.heading", "deaths");
    page.raw("<thead><tr>");
    for (const auto* key : {"deaths.when", "deaths.low", "deaths.best", "deaths.high", "deaths.likely",
                            "deaths.incidents", "deaths.without", "deaths.definition"}) {
        page.put(R"(<th scope="col">{}</th>)", page.say(key));
    }
    page.raw("</tr></thead><tbody>");
    const auto& assessment = page.assessment;
    write_toll(page, "deaths.before", assessment.toll_before);
    write_toll(page, "deaths.since", assessment.toll_since);
    write_toll(page, "deaths.all", assessment.toll_all);
    page.raw("</tbody>");
    page.end_table();
    page.paragraph(page.say("deaths.note"), "note");
    if (assessment.toll_since.straddling > 0) {
        page.paragraph(page.say("deaths.straddling",
                                {{"n", static_cast<std::int64_t>(assessment.toll_since.straddling)}}),
                       "note");
    }
    write_tally_table(page, assessment.by_site, "deaths.sites", "site", site_tally_name);
    page.paragraph(page.say("deaths.sites_note"), "note");
    write_deaths_detail(page);
    page.end_section();
}

void write_trends(Page& page) {
    page.begin_section("trends", "trend.heading");
    page.paragraph(
        page.say("trend.how", {{"area", page.focus_name()},
                               {"day", Argument::Bare{page.messages.day(page.assessment.truce_day)}},
                               {"baseline", std::int64_t{page.dossier.mission.baseline_days}},
                               {"apart", std::int64_t{page.dossier.mission.set_apart_days}}}));
    write_trend_table(page);
    write_trend_models(page);
    write_trend_warnings(page);
    write_group_trends(page, page.assessment.trends_by_area, "trend.by_area");
    write_group_trends(page, page.assessment.trends_by_party, "trend.by_party");
    page.paragraph(page.say("trend.groups_note"), "note");
    page.end_section();
}

void write_undecided(Page& page, const Shown& shown) {
    page.begin_section("undecided", "undecided.heading");
    if (page.assessment.undecided.empty()) {
        page.paragraph(page.say("undecided.none"));
    } else {
        page.paragraph(page.say("undecided.how"));
        page.begin_table("undecided.heading");
        page.put(
            R"(<thead><tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col" class="n">{}</th><th scope="col">{}</th></tr></thead><tbody>)",
            page.say("element"), page.say("reason"), page.say("incidents"), page.say("undecided.examples"));
        for (const auto& open : page.assessment.undecided) {
            page.put(R"(<tr><th scope="row">{}</th><td>{}</td><td class="n">{}</td><td>{}</td></tr>)",
                     page.say(fmt::format("element.{}", name_of(open.element))),
                     page.say(fmt::format("reason.{}", name_of(open.reason))),
                     page.number(open.members.size()), example_links(page, open.members, shown));
        }
        page.raw("</tbody>");
        page.end_table();
    }
    page.end_section();
}

void write_accounting(Page& page) {
    page.begin_section("accounting", "accounting.heading");
    page.paragraph(page.say("accounting.how"));
    page.begin_table("accounting.heading");
    page.put(
        R"(<thead><tr><th scope="col">{}</th><th scope="col" class="n">{}</th><th scope="col"></th><th scope="col" class="n">{}</th><th scope="col"></th><th scope="col" class="n">{}</th></tr></thead><tbody>)",
        page.say("source"), page.say("accounting.rows"), page.say("accounting.accounts"),
        page.say("accounting.rejects"));
    std::uint64_t rows = 0;
    std::uint64_t accounts = 0;
    std::uint64_t rejects = 0;
    const auto row = [&page](std::string_view label, std::uint64_t r, std::uint64_t a, std::uint64_t j) {
        page.put(
            R"(<tr><th scope="row">{}</th><td class="n">{}</td><td>=</td><td class="n">{}</td><td>+</td><td class="n">{}</td></tr>)",
            label, page.number(r), page.number(a), page.number(j));
    };
    for (const auto& source : page.dossier.sources) {
        row(isolated(source.title.in(page.messages.language(), source.id)), source.rows, source.accounts,
            source.rejects);
        rows += source.rows;
        accounts += source.accounts;
        rejects += source.rejects;
    }
    page.raw("</tbody><tfoot>");
    row(page.say("total"), rows, accounts, rejects);
    page.raw("</tfoot>");
    page.end_table();
    const auto& sum_of = page.assessment.accounting;
    page.raw("<ul>");
    for (const auto& [key, value] :
         {std::pair("accounting.told", sum_of.told_incidents), std::pair("accounting.leads", sum_of.leads),
          std::pair("accounting.corroborations", sum_of.corroborations),
          std::pair("accounting.aggregates", sum_of.aggregates),
          std::pair("accounting.incidents", sum_of.incidents),
          std::pair("accounting.outside", sum_of.outside_days),
          std::pair("accounting.assessed", sum_of.assessed)}) {
        page.put("<li>{}</li>", page.say(key, {{"n", static_cast<std::int64_t>(value)}}));
    }
    page.raw("</ul>");
    write_linkage(page);
    page.end_section();
}

void write_method(Page& page, const HtmlSettings& settings) {
    page.begin_section("method", "method.heading");
    for (const auto* key :
         {"method.adjudication", "method.trend", "method.trend_model", "method.hotspots", "method.deaths",
          "method.groups", "method.linkage", "method.durability"})
        page.paragraph(page.say(key));
    page.put("<h3>{}</h3>", page.say("method.sources"));
    for (const auto& source : page.dossier.sources) {
        page.put("<h4>{}</h4><dl class=\"facts\">",
                 isolated(source.title.in(page.messages.language(), source.id)));
        const auto fact = [&page](std::string_view key, std::string_view html) {
            page.put("<div><dt>{}</dt><dd>{}</dd></div>", page.say(key), html);
        };
        const auto stated = [&page](std::string_view text) {
            return text.empty() ? page.say("source.not_stated") : isolated(text);
        };
        fact("source.version", stated(source.version));
        fact("source.licence", stated(source.licence));
        fact("source.credit", stated(source.credit));
        fact("source.recording", page.say(fmt::format("recording.{}", name_of(source.recording))));
        fact("source.republish", page.say(fmt::format("republish.{}", name_of(source.republish))));
        fact("source.file",
             fmt::format(R"(<bdi dir="ltr">{}</bdi> ({})", escaped(source.file), escaped(source.format)) +
                 ")");
        fact("source.sha256", fmt::format(R"(<code dir="ltr">{}</code>)", source.sha256.hex()));
        page.raw("</dl>");
        for (const auto& warning : source.warnings) page.paragraph(escaped(warning), "note");
    }
    page.put("<h3>{}</h3><dl class=\"facts\">", page.say("method.made_with"));
    const auto fact = [&page](std::string_view key, std::string_view html) {
        page.put("<div><dt>{}</dt><dd>{}</dd></div>", page.say(key), html);
    };
    fact("method.software", isolated(page.assessment.software_version));
    fact("method.seed", fmt::format("{}", page.assessment.seed));
    fact("method.zone_database", isolated(page.assessment.zone_database));
    fact("method.basemap", page.say("method.basemap_text"));
    if (!settings.cut_off.empty()) fact("method.cut_off", isolated(settings.cut_off));
    page.raw("</dl>");
    page.end_section();
}

void write_limits(Page& page) {
    page.begin_section("limits", "limits.heading");
    page.raw("<ul>");
    for (const auto* key : {"limits.reported", "limits.linkage", "limits.cause", "limits.doubt",
                            "limits.places"}) {
        page.put("<li>{}</li>", page.say(key));
    }
    page.raw("</ul>");
    page.end_section();
}

}  // namespace truce::report
