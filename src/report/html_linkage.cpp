// SPDX-License-Identifier: Apache-2.0
#include "report/html_linkage.h"

#include <fmt/format.h>

#include <string>

#include "report/html_text.h"
#include "report/licence.h"

namespace truce::report {
namespace {

using linkage::Compared;
using linkage::LinkState;

/// Links that are written out with one incident; links.csv has the others.
constexpr std::size_t most_links = 10;
/// An expected share of wrong links that a reader must be told of.
constexpr double many_wrong = 0.05;

std::int64_t count(std::uint64_t n) {
    return static_cast<std::int64_t>(n);
}

/// Expected numbers are told without decimals from ten on, else with one: no false precision.
Argument::Bare expected(const Page& page, double value) {
    return {page.messages.decimal(value, value < 10 ? 1 : 0)};
}

std::uint64_t repeated_witnesses(const Page& page) {
    std::uint64_t repeated = 0;
    const auto& witnesses = page.assessment.linkage.witnesses;
    for (std::size_t i = 0; i < witnesses.size(); ++i) {
        repeated += page.assessment.incidents[i].accounts.size() - witnesses[i];
    }
    return repeated;
}

void write_warnings(Page& page) {
    const auto& found = page.assessment.linkage.found;
    const auto say = [&](std::string_view key, std::uint64_t n) {
        if (n > 0) page.put("<li>{}</li>", page.say(key, {{"n", count(n)}}));
    };
    page.raw("<ul>");
    say("linkage.review", found.review);
    say("linkage.witnesses", repeated_witnesses(page));
    if (found.learned != linkage::Learned::from_accounts) page.put("<li>{}</li>", page.say("linkage.few"));
    if (found.linked > 0 && found.expected_false > many_wrong * static_cast<double>(found.linked))
        page.put("<li>{}</li>", page.say("linkage.many_wrong"));
    say("linkage.mixed", found.mixed);
    say("linkage.without_place", found.without_place);
    page.raw("</ul>");
}

std::string text_of(const AccountRef& ref) {
    return ref.raw.empty() ? fmt::format("{}:{}", ref.source, ref.key) : ref.raw;
}

std::string_view outcome_key(DecisionOutcome::State state) {
    switch (state) {
        case DecisionOutcome::State::heeded:
            return "linkage.heeded";
        case DecisionOutcome::State::contradicted:
            return "linkage.contradicted";
        case DecisionOutcome::State::not_found:
            return "linkage.not_found";
    }
    return "";
}

void write_decisions(Page& page) {
    const auto& decisions = page.dossier.link_decisions;
    if (decisions.empty()) return;
    page.paragraph(page.say("linkage.decisions"));
    page.begin_table("linkage.decisions");
    page.raw("<thead><tr>");
    for (const auto* key :
         {"linkage.accounts", "linkage.decision", "linkage.by", "linkage.why", "linkage.outcome"})
        page.put(R"(<th scope="col">{}</th>)", page.say(key));
    page.raw("</tr></thead><tbody>");
    for (std::size_t i = 0; i < decisions.size(); ++i) {
        const auto& decision = decisions[i];
        std::string names;
        for (const auto& ref : decision.accounts) names += fmt::format("{} ", isolated(text_of(ref)));
        const bool link = decision.kind == LinkDecision::Kind::link;
        page.put("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>", names,
                 page.say(link ? "linkage.link" : "linkage.split"), isolated(decision.by),
                 isolated(decision.why), page.say(outcome_key(page.assessment.linkage.decisions[i].state)));
    }
    page.raw("</tbody>");
    page.end_table();
}

/// The words of a level; both sides have the attacker's.
std::string level_key(Compared field, std::uint8_t level) {
    const auto of = field == Compared::target ? Compared::attacker : field;
    return fmt::format("linkage.level_{}_{}", linkage::name_of(of), level);
}

void write_link(Page& page, const AccountLink& link) {
    const auto a = name_of(page.dossier, page.dossier.accounts[link.a.value]);
    const auto b = name_of(page.dossier, page.dossier.accounts[link.b.value]);
    if (link.state == LinkState::decided_together) {
        page.put("<li>{}</li>", page.say("linkage.pair_by_human", {{"a", a}, {"b", b}}));
        return;
    }
    page.put("<li>{}<dl class=\"facts\">",
             page.say("linkage.pair", {{"a", a},
                                       {"b", b},
                                       {"chance", Argument::Bare{page.messages.percent(link.chance)}},
                                       {"bits", Argument::Bare{page.messages.decimal(link.weight, 1)}}}));
    for (std::size_t k = 0; k < linkage::compared_count; ++k) {
        const auto level = link.pattern.level(k);
        if (!level) continue;
        const auto field = static_cast<Compared>(k);
        page.put("<div><dt>{}</dt><dd>{}</dd></div>",
                 page.say(fmt::format("linkage.field_{}", linkage::name_of(field))),
                 page.say(level_key(field, *level)));
    }
    page.raw("</dl></li>");
}

}  // namespace

void write_linkage(Page& page) {
    const auto& linkage = page.assessment.linkage;
    page.put("<h3>{}</h3>", page.say("linkage.heading"));
    if (!linkage.compared) {
        page.paragraph(page.say("linkage.not_compared"));
        return;
    }
    const auto& found = linkage.found;
    page.paragraph(page.say("linkage.made", {{"accounts", count(linkage.accounts)},
                                             {"incidents", count(linkage.incidents)},
                                             {"joined", count(linkage.joined)}}));
    page.paragraph(page.say("linkage.expected", {{"links", count(found.linked)},
                                                 {"wrong", expected(page, found.expected_false)},
                                                 {"missed", expected(page, found.expected_missed)}}));
    write_warnings(page);
    write_decisions(page);
}

void write_links_of(Page& page, IncidentId incident) {
    if (page.assessment.incidents[incident.value].accounts.size() < 2) return;
    page.put("<h4>{}</h4><ul class=\"links\">", page.say("linkage.why_linked"));
    std::size_t written = 0;
    for (const auto place : page.assessment.linkage.links_of(incident)) {
        const auto& link = page.assessment.linkage.links[place];
        const bool within = link.incident_a == link.incident_b &&
                            (link.state == LinkState::linked || link.state == LinkState::decided_together);
        if (!within || written == most_links) continue;
        write_link(page, link);
        ++written;
    }
    page.raw("</ul>");
}

}  // namespace truce::report
