// SPDX-License-Identifier: Apache-2.0
#include "report/html_opinions.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/text.h"
#include "report/html_text.h"
#include "report/licence.h"

namespace truce::report {
namespace {

/// What is written out here; the files beside the report have the others.
constexpr std::size_t most_rows = 100;
constexpr std::size_t longest_grounds = 600;

std::int64_t count(std::size_t n) {
    return static_cast<std::int64_t>(n);
}

std::string value_key(std::string_view axis, std::string_view value) {
    return fmt::format("opinion.{}_{}", axis, value);
}

/// The answers of one opinion, axis after axis, escaped.
std::string answers_text(const Page& page, const Opinion& opinion) {
    std::string out;
    const auto add = [&](std::string_view axis, const std::string& value) {
        if (!out.empty()) out += page.say("list.then");
        out += page.say("opinion.on_axis", {{"axis", Argument::Bare{page.messages.text(fmt::format("opinion.{}", axis))}},
                                            {"answer", Argument::Bare{value}}});
    };
    if (opinion.occurrence)
        add("occurrence", page.messages.text(value_key("occurrence", truce::name_of(*opinion.occurrence))));
    if (opinion.breach) {
        auto value = page.messages.text(value_key("breach", truce::name_of(*opinion.breach)));
        if (!opinion.agreement.empty()) {
            value = page.messages.text("opinion.of_agreement",
                                       {{"answer", Argument::Bare{value}},
                                        {"agreement", opinion.duty.empty() ? opinion.agreement
                                                                            : opinion.agreement + "/" + opinion.duty}});
        }
        add("breach", value);
    }
    if (opinion.attribution) {
        auto value = page.messages.text(value_key("attribution", truce::name_of(*opinion.attribution)));
        std::string authors;
        for (const auto& author : opinion.authors) authors += (authors.empty() ? "" : ", ") + page.name_of_id(author);
        if (!authors.empty())
            value = page.messages.text("opinion.of_authors", {{"level", Argument::Bare{value}}, {"authors", authors}});
        add("attribution", value);
    }
    return out.empty() ? page.say("opinion.no_answer") : out;
}

std::string joint_text(const Page& page, JointStatus status) {
    return page.say(value_key("joint", truce::name_of(status)));
}

std::set<std::uint32_t> shown_in(const Listing& listing) {
    std::set<std::uint32_t> shown;
    for (const auto incident : listing.incidents) shown.insert(incident.value);
    return shown;
}

std::string link_to(const Page& page, IncidentId incident) {
    return fmt::format(R"(<a href="#{}">{}</a>)", page.id(fmt::format("i{}", incident.value)),
                       isolated(name_of(page.dossier, page.assessment.incidents[incident.value])));
}

void write_opinion_rows(Page& page, const Listing& listing) {
    const auto shown = shown_in(listing);
    page.begin_table("opinions.heading", "opinions");
    page.raw("<thead><tr>");
    for (const auto* key : {"opinions.incident", "opinions.computed", "opinions.said", "opinions.joint"})
        page.put(R"(<th scope="col">{}</th>)", page.say(key));
    page.raw("</tr></thead><tbody>");
    std::size_t written = 0;
    for (const auto& one : page.assessment.opinions) {
        if (!shown.contains(one.incident.value) || written == most_rows) continue;
        ++written;
        page.put(R"(<tr><th scope="row">{}</th><td>{}</td><td><ul>)", link_to(page, one.incident),
                 verdict_badge(page, page.assessment.judged[one.incident.value].verdict));
        for (const auto place : one.opinions) {
            const auto& recorded = page.dossier.record->opinions[place];
            page.put("<li>{}: {}</li>", isolated(recorded.monitor), answers_text(page, recorded.opinion));
        }
        page.put("</ul></td><td>{}</td></tr>", joint_text(page, one.joint.overall));
    }
    page.raw("</tbody>");
    page.end_table();
    if (written < page.assessment.opinions.size()) {
        page.paragraph(page.say("opinions.more", {{"n", count(page.assessment.opinions.size() - written)}}), "note");
    }
}

void write_agreement(Page& page, const analysis::AxisAgreement& agreement) {
    const auto axis = page.messages.text(fmt::format("opinion.{}", analysis::name_of(agreement.axis)));
    page.raw("<li>");
    if (agreement.alpha) {
        page.raw(page.say("opinions.alpha", {{"axis", Argument::Bare{axis}},
                                             {"alpha", Argument::Bare{page.messages.decimal(*agreement.alpha, 2)}},
                                             {"n", count(agreement.incidents)}}));
    } else {
        page.raw(page.say("opinions.no_alpha", {{"axis", Argument::Bare{axis}}, {"n", count(agreement.incidents)}}));
    }
    page.raw("<ul>");
    for (const auto& one : agreement.reliability) {
        page.put("<li>{}</li>", page.say("opinions.right", {{"monitor", one.monitor},
                                                            {"share", Argument::Bare{page.messages.percent(one.right)}},
                                                            {"n", count(one.answers)}}));
    }
    for (const auto warning : agreement.warnings)
        page.put("<li>{}</li>", page.say(fmt::format("opinions.warn_{}", analysis::name_of(warning))));
    page.raw("</ul></li>");
}

/// One thing that changed, as a list item.
void write_item(Page& page, const std::string& escaped_text) {
    page.put("<li>{}</li>", escaped_text);
}

std::string names_of(const Page& page, const std::vector<AccountId>& accounts) {
    constexpr std::size_t most = 10;
    std::string names;
    for (std::size_t i = 0; i < std::min(most, accounts.size()); ++i) {
        if (!names.empty()) names += ", ";
        append_name(names, page.dossier, page.dossier.accounts[accounts[i].value]);
    }
    return accounts.size() > most ? names + ", …" : names;
}

void write_what_changed(Page& page, const InputChange& change) {
    page.raw("<ul>");
    const auto accounts = [&](std::string_view key, const std::vector<AccountId>& list) {
        if (!list.empty()) write_item(page, page.say(key, {{"n", count(list.size())}, {"names", names_of(page, list)}}));
    };
    accounts("changes.received", change.received);
    accounts("changes.joined", change.joined);
    accounts("changes.parted", change.parted);
    for (const auto place : change.decisions) {
        const auto& decision = page.dossier.link_decisions[place];
        const bool link = decision.kind == LinkDecision::Kind::link;
        write_item(page, page.say(link ? "changes.linked" : "changes.split", {{"by", decision.by}, {"why", decision.why}}));
    }
    if (change.decisions_gone > 0) write_item(page, page.say("changes.decisions_gone", {{"n", count(change.decisions_gone)}}));
    if (change.text == InputChange::Text::other) write_item(page, page.say("changes.text"));
    std::string monitors;
    for (const auto& monitor : change.opinions) monitors += (monitors.empty() ? "" : ", ") + monitor;
    if (!monitors.empty()) write_item(page, page.say("changes.opinions", {{"monitors", monitors}}));
    page.raw("</ul>");
}

}  // namespace

void write_opinions(Page& page, const Listing& listing) {
    if (!page.dossier.record) return;
    const auto& record = *page.dossier.record;
    page.begin_section("opinions", "opinions.heading");
    std::uint64_t entries = 0;
    for (const auto& [origin, size] : record.sizes) entries += size;
    page.paragraph(page.say("opinions.record", {{"feeds", count(record.sizes.size())},
                                                {"entries", Argument::Bare{page.messages.number(entries)}}}));
    page.put(R"(<p class="hash">SHA-256 <code dir="ltr">{}</code></p>)", record.state.hex());
    if (page.assessment.opinions.empty()) {
        page.paragraph(page.say("opinions.none"));
    } else {
        page.paragraph(page.say("opinions.beside"));
        write_opinion_rows(page, listing);
        page.put("<h3>{}</h3><ul>", page.say("opinions.agreement"));
        for (const auto& agreement : page.assessment.monitor_agreement) write_agreement(page, agreement);
        page.raw("</ul>");
        page.paragraph(page.say("opinions.not_truth"), "note");
    }
    page.end_section();
}

void write_opinions_of(Page& page, IncidentId incident) {
    const auto* opinions = opinions_of(page.assessment.opinions, incident);
    if (opinions == nullptr) return;
    page.put("<h4>{}</h4><ul>", page.say("opinions.heading"));
    for (const auto place : opinions->opinions) {
        const auto& recorded = page.dossier.record->opinions[place];
        page.put("<li>{}: {}.", isolated(recorded.monitor), answers_text(page, recorded.opinion));
        if (!recorded.opinion.grounds.empty())
            page.put(" {}", page.say("opinion.grounds", {{"grounds", clipped(recorded.opinion.grounds, longest_grounds)}}));
        if (recorded.opinion.grade)
            page.put(" {}", page.say("opinion.grade", {{"grade", text_of(*recorded.opinion.grade)}}));
        if (recorded.opinion.standard != StandardOfProof::not_stated)
            page.put(" {}", page.say(value_key("standard", truce::name_of(recorded.opinion.standard))));
        page.raw("</li>");
    }
    page.raw("</ul>");
    const auto& joint = opinions->joint;
    page.paragraph(page.say("opinion.together",
                            {{"occurrence", Argument::Bare{page.messages.text(value_key("joint", truce::name_of(joint.occurrence)))}},
                             {"breach", Argument::Bare{page.messages.text(value_key("joint", truce::name_of(joint.breach)))}},
                             {"attribution",
                              Argument::Bare{page.messages.text(value_key("joint", truce::name_of(joint.attribution)))}}}));
}

void write_input_changes(Page& page, const ChangesSince& changes, const Listing& listing) {
    page.put("<h3>{}</h3>", page.say("changes.heading"));
    page.put(R"(<p class="note">{} <code dir="ltr">{}</code></p>)", page.say("changes.since"), escaped(changes.since));
    const auto shown = shown_in(listing);
    // Of each incident the finding that decides, and those whose verdict is another one now; the table beside the report has all.
    std::vector<const InputChange*> rows;
    std::size_t others = 0;
    for (const auto& change : changes.changes) {
        const auto& finding = page.assessment.findings[change.finding];
        if (!shown.contains(finding.incident.value)) continue;
        const bool decides = page.assessment.judged[finding.incident.value].decisive == change.finding;
        if (decides || (change.before && *change.before != finding.verdict)) {
            rows.push_back(&change);
        } else {
            ++others;
        }
    }
    if (rows.empty()) {
        page.paragraph(page.say("changes.none"));
        return;
    }
    page.begin_table("changes.heading", "changes");
    page.raw("<thead><tr>");
    for (const auto* key : {"opinions.incident", "changes.commitment", "changed.then", "changed.now", "changes.what"})
        page.put(R"(<th scope="col">{}</th>)", page.say(key));
    page.raw("</tr></thead><tbody>");
    for (std::size_t i = 0; i < std::min(most_rows, rows.size()); ++i) {
        const auto& finding = page.assessment.findings[rows[i]->finding];
        page.put(R"(<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td><td>)", link_to(page, finding.incident),
                 isolated(name_of(page.dossier, page.assessment.commitments[finding.commitment.value])),
                 rows[i]->before ? verdict_badge(page, *rows[i]->before) : page.say("changes.not_there"),
                 verdict_badge(page, finding.verdict));
        write_what_changed(page, *rows[i]);
        page.raw("</td></tr>");
    }
    page.raw("</tbody>");
    page.end_table();
    if (rows.size() > most_rows) others += rows.size() - most_rows;
    if (others > 0) page.paragraph(page.say("changes.more", {{"n", count(others)}}), "note");
}

}  // namespace truce::report
