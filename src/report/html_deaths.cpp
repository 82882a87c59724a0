// SPDX-License-Identifier: Apache-2.0
#include "report/html_deaths.h"

#include <algorithm>
#include <numeric>

#include "report/deaths_wording.h"
#include "report/svg_toll.h"
#include "report/toll_outputs.h"

namespace truce::report {

namespace {

/// One number where the two read alike.
std::string range_text(const Page& page, double low, double high) {
    if (page.messages.decimal(low, 0) == page.messages.decimal(high, 0)) return page.decimal(low, 0);
    return escaped_message(
        page.messages.text("toll.likely", {{"low", Argument::Bare{page.messages.decimal(low, 0)}},
                                           {"high", Argument::Bare{page.messages.decimal(high, 0)}}}));
}

void begin_sums(Page& page, std::string_view heading_key, std::string_view first_key) {
    page.put("<h3>{}</h3>", page.say(heading_key));
    page.begin_table(heading_key, "deaths");
    page.put(
        R"(<thead><tr><th scope="col">{}</th><th scope="col" class="n">{}</th><th scope="col" class="n">{}</th><th scope="col" class="n">{}</th><th scope="col">{}</th><th scope="col" class="n">{}</th><th scope="col" class="n">{}</th></tr></thead><tbody>)",
        page.say(first_key), page.say("deaths.low"), page.say("deaths.best"), page.say("deaths.high"),
        page.say("deaths.likely"), page.say("deaths.incidents"), page.say("deaths.without"));
}

void write_sum(Page& page, std::string_view escaped_label, const analysis::TollSum& sum) {
    // No figure is not zero.
    if (sum.incidents == 0) {
        page.put(
            R"(<tr><th scope="row">{}</th><td class="n">–</td><td class="n best">–</td><td class="n">–</td><td>–</td><td class="n">{}</td><td class="n">{}</td></tr>)",
            escaped_label, page.number(0), page.number(sum.without_figure));
        return;
    }
    page.put(
        R"(<tr><th scope="row">{}</th><td class="n">{}</td><td class="n best">{}</td><td class="n">{}</td><td>{}</td><td class="n">{}</td><td class="n">{}</td></tr>)",
        escaped_label, page.number(sum.low), page.number(sum.best), page.number(sum.high),
        range_text(page, sum.likely.low, sum.likely.high), page.number(sum.incidents),
        page.number(sum.without_figure));
}

void end_sums(Page& page) {
    page.raw("</tbody>");
    page.end_table();
}

/// The last day of each stretch, so that there are at most some forty rows.
void write_running_table(Page& page, const DocumentedToll& deaths) {
    constexpr std::size_t most_rows = 42;
    const std::size_t every = (deaths.running.size() + most_rows - 1) / most_rows;
    page.put("<details><summary>{}</summary>", page.say("deaths.course_table"));
    page.begin_table("deaths.course_table", "deaths");
    page.put(
        R"(<thead><tr><th scope="col">{}</th><th scope="col" class="n">{}</th><th scope="col" class="n">{}</th><th scope="col" class="n">{}</th><th scope="col" class="n">{}</th></tr></thead><tbody>)",
        page.say("day"), page.say("deaths.low"), page.say("deaths.best"), page.say("deaths.high"),
        page.say("deaths.civilians_of"));
    for (std::size_t d = 0; d < deaths.running.size(); ++d) {
        if ((d + 1) % every != 0 && d + 1 != deaths.running.size()) continue;
        const auto& all = deaths.running[d];
        page.put(
            R"(<tr><th scope="row">{}</th><td class="n">{}</td><td class="n best">{}</td><td class="n">{}</td><td class="n">{}</td></tr>)",
            escaped_message(page.messages.day(all.day)), page.number(all.low), page.number(all.best),
            page.number(all.high), page.number(deaths.running_civilians[d].best));
    }
    end_sums(page);
    page.raw("</details>");
}

void write_distribution_row(Page& page, std::string_view escaped_label,
                            const analysis::TollDistribution& toll) {
    page.put(R"(<tr><th scope="row">{}</th><td class="n best">{}</td><td>{}</td><td>{}</td><td>{}</td></tr>)",
             escaped_label, page.decimal(toll.median, 0), range_text(page, toll.half.low, toll.half.high),
             range_text(page, toll.most.low, toll.most.high),
             range_text(page, static_cast<double>(toll.low), static_cast<double>(toll.high)));
}

void write_distribution(Page& page, const DocumentedToll& deaths) {
    page.put("<h3>{}</h3>", page.say("deaths.distribution"));
    page.begin_table("deaths.distribution", "deaths");
    page.put(
        R"(<thead><tr><th scope="col">{}</th><th scope="col" class="n">{}</th><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th></tr></thead><tbody>)",
        page.say("deaths.killed"), page.say("deaths.median"), page.say("deaths.half"),
        page.say("deaths.most"), page.say("deaths.low") + " – " + page.say("deaths.high"));
    write_distribution_row(page, page.say("deaths.all"), deaths.killed);
    if (deaths.count.civilians.incidents > 0)
        write_distribution_row(page, page.say("deaths.civilians_of"), deaths.civilians);
    end_sums(page);
}

/// The attackers with the most incidents, in their own order; the unknown always among them.
std::vector<std::size_t> attackers_shown(const DocumentedToll& deaths) {
    constexpr std::size_t most_shown = 40;
    std::vector<std::size_t> kept(deaths.by_attacker.size());
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    std::ranges::stable_sort(kept, std::ranges::greater{}, [&](std::size_t i) {
        const auto& one = deaths.by_attacker[i];
        return std::pair(one.actor.empty(), one.incidents);
    });
    kept.resize(std::min(kept.size(), most_shown));
    std::ranges::sort(kept);
    return kept;
}

void write_undocumented_methods(Page& page, const analysis::MultipleSystems& estimate) {
    page.begin_table("mse.methods", "deaths");
    page.put(
        R"(<thead><tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th></tr></thead><tbody>)",
        page.say("mse.method"), page.say("mse.died"), page.say("mse.interval"));
    for (const auto& method : estimate.methods) {
        page.put(R"(<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>)",
                 page.say(fmt::format("mse.method.{}", name_of(method.method))),
                 range_text(page, method.low, method.high),
                 range_text(page, method.interval.low, method.interval.high));
    }
    end_sums(page);
}

void write_undocumented_models(Page& page, const analysis::MultipleSystems& estimate) {
    constexpr std::size_t fewest_shown = 5;
    constexpr std::size_t most_shown = 12;
    const auto shown_models =
        std::min({estimate.models.size(), most_shown, std::max(fewest_shown, estimate.in_window)});
    if (shown_models == 0) return;
    page.put("<details><summary>{}</summary>", page.say("mse.models"));
    page.begin_table("mse.models", "deaths");
    page.put(
        R"(<thead><tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th><th scope="col" class="n">BIC</th><th scope="col" class="n">{}</th></tr></thead><tbody>)",
        page.say("mse.model"), page.say("mse.died"), page.say("mse.interval"), page.say("mse.weight"));
    for (std::size_t m = 0; m < shown_models; ++m) {
        const auto& model = estimate.models[m];
        const auto interval = model.fit.interval();
        page.put(
            R"(<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td class="n">{}</td><td class="n">{}</td></tr>)",
            isolated(model.model.name(static_cast<int>(estimate.lists.size()))),
            page.decimal(model.fit.population(), 0), range_text(page, interval.low, interval.high),
            page.decimal(model.fit.bic, 1), page.decimal(model.weight, 3));
    }
    end_sums(page);
    page.raw("</details>");
}

/// What lists that overlap say of all the dead: the range first, then how it came about.
void write_undocumented(Page& page) {
    if (page.assessment.undocumented.empty()) return;
    page.put("<h3>{}</h3>", page.say("mse.heading"));
    for (const auto& one : page.assessment.undocumented) {
        if (!one.stratum.empty()) page.put("<h4>{}</h4>", isolated(one.stratum));
        page.paragraph(escaped_message(undocumented_sentence(one.estimate, page.messages)), "lead");
        std::vector<std::string> lists;
        for (std::size_t i = 0; i < one.estimate.lists.size(); ++i) {
            lists.push_back(fmt::format("{} {}", one.estimate.lists[i],
                                        page.messages.number(one.estimate.on_list[i])));
        }
        page.paragraph(page.say("mse.on_lists", {{"documented", Argument::Bare{page.messages.number(
                                                                    one.estimate.documented)}},
                                                 {"lists", fmt::format("{}", fmt::join(lists, ", "))}}));
        if (!one.estimate.methods.empty()) write_undocumented_methods(page, one.estimate);
        write_undocumented_models(page, one.estimate);
        if (!one.estimate.warnings.empty()) {
            page.raw(R"(<ul class="warnings">)");
            for (const auto& warning : one.estimate.warnings) {
                page.put("<li>{}</li>",
                         escaped_message(warning_sentence(warning, one.estimate, page.messages)));
            }
            page.raw("</ul>");
        }
    }
    page.paragraph(page.say("mse.note"), "note");
}

}  // namespace

void write_deaths_sentence(Page& page) {
    const auto& deaths = page.assessment.deaths_since;
    page.paragraph(escaped_message(deaths_sentence(deaths.count, deaths.killed, page.focus_name(),
                                                   page.assessment.truce_day, page.messages)),
                   "lead");
}

void write_deaths_detail(Page& page) {
    const auto& deaths = page.assessment.deaths_since;
    if (deaths.count.all.incidents > 0) {
        const auto caption = page.messages.text("deaths.figure", {{"area", page.focus_name()}});
        page.put(R"(<figure>{}<figcaption>{}</figcaption></figure>)",
                 svg_toll(deaths.running, caption, page.messages), escaped_message(caption));
        write_running_table(page, deaths);
        write_distribution(page, deaths);
    }
    if (!deaths.count.by_group.empty()) {
        begin_sums(page, "deaths.who", "deaths.killed");
        if (deaths.count.civilians.incidents > 0)
            write_sum(page, page.say("deaths.civilians_of"), deaths.count.civilians);
        for (const auto& group : deaths.count.by_group) {
            write_sum(page, page.say(fmt::format("deaths.group.{}", name_of(group.whose))), group.sum);
        }
        end_sums(page);
        page.paragraph(page.say("deaths.groups_note"), "note");
    }
    if (!deaths.count.by_act.empty()) {
        begin_sums(page, "deaths.by_act", "act");
        for (const auto& act : deaths.count.by_act) {
            write_sum(page, escaped_message(page.act_name(act.act)), act.all);
        }
        end_sums(page);
    }
    if (!deaths.by_attacker.empty()) {
        begin_sums(page, "deaths.by_attacker", "party");
        for (const auto i : attackers_shown(deaths)) {
            const auto& one = deaths.by_attacker[i];
            write_sum(page,
                      one.actor.empty() ? page.say("deaths.unknown") : isolated(page.name_of_id(one.actor)),
                      one.all);
        }
        end_sums(page);
        page.paragraph(page.say("deaths.attacker_note"), "note");
    }
    page.paragraph(page.say("deaths.method"), "note");
    write_undocumented(page);
}

}  // namespace truce::report
