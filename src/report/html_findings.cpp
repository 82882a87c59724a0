// SPDX-License-Identifier: Apache-2.0
#include "report/html_findings.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/text.h"
#include "report/html_linkage.h"
#include "report/html_opinions.h"
#include "report/licence.h"

namespace truce::report {
namespace {

constexpr std::size_t most_accounts = 25;
constexpr std::size_t longest_summary = 600;

std::span<const Finding> findings_of(const Page& page, IncidentId incident) {
    const auto& judged = page.assessment.judged[incident.value];
    return std::span(page.assessment.findings).subspan(judged.first_finding, judged.finding_count);
}

std::string side_text(const Page& page, const Side& side) {
    std::string out;
    for (const auto& candidate : side.candidates) {
        if (!out.empty()) out += page.messages.text("list.or");
        auto name = candidate.actor ? page.actor_name(*candidate.actor) : side.name.text();
        if (name.empty()) name = page.messages.text("side.unknown");
        // A share of 0 is one of several names between which the source does not choose.
        out += candidate.probability > 0 && candidate.probability < 1
                   ? page.messages.text(
                         "side.probably",
                         {{"name", std::move(name)},
                          {"share", Argument::Bare{page.messages.percent(candidate.probability)}}})
                   : page.messages.text("side.name", {{"name", std::move(name)}});
    }
    if (out.empty() && !side.name.empty())
        return page.messages.text("side.unregistered", {{"name", side.name.text()}});
    return out.empty() ? page.messages.text("side.unknown") : out;
}

std::string place_text(const Page& page, const Place& place) {
    auto name = place.name.text();
    if (name.empty()) name = !place.admin2.empty() ? place.admin2.text() : place.admin1.text();
    if (name.empty() && place.within) name = page.area_name(*place.within);
    return name.empty() ? page.messages.text("place.unknown") : name;
}

std::string place_in_full(const Page& page, const Place& place) {
    auto text = place_text(page, place);
    if (!place.admin1.empty() && place.admin1 != text) text.append(", ").append(place.admin1);
    if (!place.centre) return page.messages.text("place.in", {{"name", text}});
    const double km = place.radius.in_km();
    return page.messages.text(
        "place.around",
        {{"name", text},
         {"precision",
          Argument::Bare{page.messages.text(fmt::format("precision.{}", name_of(place.precision)))}},
         {"km", Argument::Bare{page.messages.decimal(km, km < 10 ? 1 : 0)}},
         {"at", Argument::Bare{page.messages.range(
                    fmt::format("{:.3f}, {:.3f}", place.centre->lat, place.centre->lon), "")}}});
}

std::string target_kinds(const Page& page, const TargetKinds& kinds) {
    std::string out;
    for (const auto kind : all_target_kinds()) {
        if (!kinds.has(kind)) continue;
        if (!out.empty()) out += page.messages.text("list.and");
        out += page.messages.text(fmt::format("target.{}", name_of(kind)));
    }
    return out;
}

/// What scripts filter by: ids of those who may have attacked, the area, the act's first word.
std::string filter_values(const Page& page, const Incident& incident) {
    std::string parties;
    for (const auto& candidate : incident.what.parties.attacker.candidates) {
        if (candidate.actor)
            parties += (parties.empty() ? "" : " ") + page.dossier.actors[*candidate.actor].id;
    }
    const auto& window = incident.what.when.window;
    const auto& zone = page.dossier.mission.zone;
    return fmt::format(R"(data-party="{}" data-area="{}" data-act="{}" data-first="{}" data-last="{}")",
                       escaped(parties), escaped(incident.what.place.admin1), name_of(incident.what.act),
                       day_text(zone.local_day(window.first)),
                       day_text(zone.local_day(window.end - std::chrono::seconds{1})));
}

void write_summary(Page& page, IncidentId id) {
    const auto& incident = page.assessment.incidents[id.value];
    const auto& what = incident.what;
    page.put(
        R"(<summary>{} <span class="when">{}</span> <span class="where">{}</span> <span class="act">{}</span>)",
        verdict_badge(page, page.assessment.judged[id.value].verdict),
        escaped_message(page.when_text(what.when)), isolated(place_text(page, what.place)),
        escaped_message(page.act_name(what.act)));
    if (what.toll.killed && what.toll.killed->high > 0) {
        page.put(R"( <span class="toll">{}</span>)",
                 page.say("finding.killed", {{"count", Argument::Bare{page.count_text(*what.toll.killed)}}}));
    }
    page.raw("</summary>");
}

void write_row(Page& page, std::string_view label_key, std::string_view plain_text) {
    page.put("<div><dt>{}</dt><dd>{}</dd></div>", page.say(label_key), escaped_message(plain_text));
}

void write_facts(Page& page, const Incident& incident) {
    const auto& what = incident.what;
    page.raw(R"(<dl class="facts">)");
    write_row(page, "finding.when",
              page.messages.text("finding.when_precision",
                                 {{"when", Argument::Bare{page.when_text(what.when)}},
                                  {"precision", Argument::Bare{page.messages.text(fmt::format(
                                                    "time.{}", name_of(what.when.precision)))}}}));
    write_row(page, "finding.where", place_in_full(page, what.place));
    const bool stated = what.parties.roles == Roles::stated;
    write_row(page, stated ? "finding.attacker" : "finding.one_side",
              page.messages.text("finding.side_basis",
                                 {{"side", Argument::Bare{side_text(page, what.parties.attacker)}},
                                  {"basis", Argument::Bare{page.messages.text(fmt::format(
                                                "basis.{}", name_of(what.parties.attacker.basis)))}}}));
    auto target = side_text(page, what.parties.target);
    if (const auto kinds = target_kinds(page, what.parties.target_kinds); !kinds.empty()) {
        target = page.messages.text("finding.target_kinds",
                                    {{"side", Argument::Bare{target}}, {"kinds", Argument::Bare{kinds}}});
    }
    write_row(page, stated ? "finding.target" : "finding.other_side", target);
    if (what.toll.killed) write_row(page, "finding.deaths", page.count_text(*what.toll.killed));
    if (what.toll.civilians_killed)
        write_row(page, "finding.civilian_deaths", page.count_text(*what.toll.civilians_killed));
    if (what.toll.injured) write_row(page, "finding.injured", page.count_text(*what.toll.injured));
    write_row(page, "finding.name", page.messages.range(tamed(name_of(page.dossier, incident)), ""));
    page.raw("</dl>");
}

std::string clause_text(const Page& page, const Commitment& commitment) {
    const auto& stated = page.dossier.agreements[commitment.stated_by.value];
    const auto& duty = stated.duties[commitment.duty];
    return std::string(duty.text.in(page.messages.language(), duty.id));
}

void write_commitment(Page& page, const Commitment& commitment) {
    page.put("<h4>{}</h4>",
             page.say("finding.held_against", {{"agreement", page.agreement_title(commitment.agreement)}}));
    page.paragraph(page.say("finding.duty", {{"duty", clause_text(page, commitment)}}), "clause");
    if (commitment.stated_by != commitment.agreement) {
        page.paragraph(
            page.say("finding.stated_by", {{"agreement", page.agreement_title(commitment.stated_by)}}),
            "note");
    }
}

void write_elements(Page& page, const Finding& finding) {
    page.begin_table("finding.elements", "elements");
    page.put(
        R"(<thead><tr><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th></tr></thead><tbody>)",
        page.say("element"), page.say("answer"), page.say("chance"), page.say("reason"));
    for (std::size_t i = 0; i < element_count; ++i) {
        const auto& element = finding.elements[i];
        const auto answer = std::array{"no", "unknown", "yes"}[static_cast<std::size_t>(element.answer)];
        page.put(R"(<tr class="a-{}"><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>)", answer,
                 page.say(fmt::format("element.{}", name_of(static_cast<Element>(i)))),
                 page.say(fmt::format("answer.{}", answer)),
                 escaped_message(page.chance_text(element.chance)),
                 page.say(fmt::format("reason.{}", name_of(element.reason))));
    }
    page.put(R"(</tbody><tfoot><tr><th scope="row" colspan="2">{}</th><td>{}</td><td>{}</td></tr></tfoot>)",
             page.say("finding.all_hold"), escaped_message(page.chance_text(finding.chance)),
             verdict_badge(page, finding.verdict));
    page.end_table();
}

void write_authors(Page& page, const Finding& finding) {
    if (finding.verdict != Verdict::breach && finding.verdict != Verdict::breach_likely &&
        finding.verdict != Verdict::undetermined) {
        return;
    }
    if (finding.authors.empty()) {
        page.paragraph(page.say("finding.author_unknown"));
        return;
    }
    // Equal shares say only that nothing is known between them: a percentage would look like a measurement.
    const bool shares_known = std::ranges::any_of(finding.authors, [&](const Candidate& author) {
        return std::abs(author.probability - finding.authors.front().probability) > 1e-9;
    });
    std::string names;
    for (const auto& author : finding.authors) {
        if (!names.empty()) names += page.messages.text("list.or");
        auto name = author.actor ? page.actor_name(*author.actor) : page.messages.text("side.unknown");
        names += shares_known ? page.messages.text(
                                    "side.probably",
                                    {{"name", std::move(name)},
                                     {"share", Argument::Bare{page.messages.percent(author.probability)}}})
                              : page.messages.text("side.name", {{"name", std::move(name)}});
    }
    page.paragraph(page.say("finding.authors", {{"names", Argument::Bare{names}}}));
}

void write_flip(Page& page, const Finding& finding) {
    if (!finding.flip) return;
    const auto& flip = *finding.flip;
    const auto then = page.messages.text(fmt::format("verdict.{}", name_of(flip.then)));
    if (flip.if_actor) {
        page.paragraph(page.say("finding.flip_actor", {{"actor", page.actor_name(*flip.if_actor)},
                                                       {"verdict", Argument::Bare{then}}}));
        return;
    }
    const auto answer = std::array{"no", "unknown", "yes"}[static_cast<std::size_t>(flip.to)];
    page.paragraph(page.say(
        "finding.flip",
        {{"element", Argument::Bare{page.messages.text(fmt::format("element.{}", name_of(flip.element)))}},
         {"answer", Argument::Bare{page.messages.text(fmt::format("answer.{}", answer))}},
         {"verdict", Argument::Bare{then}}}));
}

void write_versions(Page& page, const Finding& finding) {
    if (finding.versions.empty()) return;
    page.paragraph(
        page.say(finding.versions_disagree() ? "finding.versions_disagree" : "finding.versions_agree"));
    page.raw(R"(<ul class="versions">)");
    for (const auto& version : finding.versions) {
        page.put("<li>{} {} {}</li>", isolated(page.name_of_id(version.by)),
                 verdict_badge(page, version.verdict), escaped_message(page.chance_text(version.chance)));
    }
    page.raw("</ul>");
}

/// The reason of the first element that is not answered yes: what a commitment stumbles over.
std::string stumbles_over(const Page& page, const Finding& finding) {
    const auto open =
        std::ranges::find_if(finding.elements, [](const auto& e) { return e.answer == Answer::no; });
    const auto found =
        open != finding.elements.end()
            ? open
            : std::ranges::find_if(finding.elements, [](const auto& e) { return e.answer != Answer::yes; });
    if (found == finding.elements.end()) return {};
    return page.messages.text(fmt::format("reason.{}", name_of(found->reason)));
}

void write_other_findings(Page& page, std::span<const Finding> findings, const Finding* decisive) {
    if (findings.size() <= 1) return;
    page.put("<h4>{}</h4><ul>", page.say("finding.others"));
    for (const auto& finding : findings) {
        if (&finding == decisive) continue;
        const auto& commitment = page.assessment.commitments[finding.commitment.value];
        page.put("<li>{} {} <span class=\"note\">{}</span></li>", verdict_badge(page, finding.verdict),
                 page.say("finding.other", {{"agreement", page.agreement_title(commitment.agreement)},
                                            {"duty", clause_text(page, commitment)}}),
                 escaped_message(stumbles_over(page, finding)));
    }
    page.raw("</ul>");
}

void write_passed_over(Page& page, const Judged& judged) {
    const auto& passed = judged.passed_over;
    if (passed.total() == 0) return;
    page.put("<p>{} ", page.say(judged.finding_count == 0 ? "finding.none_near" : "finding.passed_over"));
    const char* separator = "";
    for (const auto& [key, count] :
         {std::pair("passed.before", passed.before), std::pair("passed.after", passed.after),
          std::pair("passed.in_a_pause", passed.in_a_pause), std::pair("passed.outside", passed.outside),
          std::pair("passed.between_others", passed.between_others)}) {
        if (count == 0) continue;
        page.put("{}{}", separator, page.say(key, {{"n", std::int64_t{count}}}));
        separator = "; ";
    }
    page.raw(".</p>");
}

void write_account(Page& page, const Account& account) {
    const auto& source = page.dossier.sources[account.source.value];
    page.raw("<li>");
    if (!account.summary.empty()) {
        page.put(R"(<blockquote dir="auto">{}</blockquote>)",
                 escaped(clipped(account.summary, longest_summary)));
    }
    page.put("<p>{}", page.say("account.where",
                               {{"source", std::string(source.title.in(page.messages.language(), source.id))},
                                {"row", Argument::Bare{page.messages.number(account.row)}},
                                {"line", Argument::Bare{page.messages.number(account.line)}}}));
    if (!account.act_as_told.empty())
        page.put(" {}", page.say("account.act", {{"act", account.act_as_told.text()}}));
    if (!account.cites.empty())
        page.put(" {}", page.say("account.cites", {{"cites", clipped(account.cites, longest_summary)}}));
    if (is_link(account.url)) {
        page.put(R"( <a href="{0}" rel="noreferrer noopener">{0}</a>)", escaped(account.url));
    } else if (!account.url.empty()) {
        page.put(" {}", isolated(account.url));
    }
    for (const auto& remark : account.remarks)
        page.put(" {}", page.say("account.remark", {{"remark", remark}}));
    page.put(R"(</p><p class="hash">SHA-256 <code dir="ltr">{}</code></p></li>)", account.raw.hex());
}

void write_accounts(Page& page, const Incident& incident) {
    page.put("<h4>{}</h4><ul class=\"accounts\">",
             page.say("finding.accounts", {{"n", static_cast<std::int64_t>(incident.accounts.size())}}));
    for (const auto id :
         std::span(incident.accounts).first(std::min(most_accounts, incident.accounts.size()))) {
        write_account(page, page.dossier.accounts[id.value]);
    }
    page.raw("</ul>");
    if (incident.accounts.size() > most_accounts) {
        page.paragraph(
            page.say("finding.more_accounts",
                     {{"n", static_cast<std::int64_t>(incident.accounts.size() - most_accounts)}}));
    }
}

void write_decisive(Page& page, const Finding& finding) {
    write_commitment(page, page.assessment.commitments[finding.commitment.value]);
    write_elements(page, finding);
    write_authors(page, finding);
    write_flip(page, finding);
    write_versions(page, finding);
    if (finding.order_reached != OrderReached::not_required) {
        page.paragraph(page.say(fmt::format("order.{}", name_of(finding.order_reached))));
    }
}

}  // namespace

std::string incident_html(const Dossier& dossier, const Assessment& assessment, const Messages& messages,
                          IncidentId incident) {
    Page page(dossier, assessment, messages);
    const auto& judged = assessment.judged[incident.value];
    page.put(R"(<details class="finding" id="{}" data-incident="{}" data-verdict="{}" {}>)",
             page.id(fmt::format("i{}", incident.value)), incident.value, name_of(judged.verdict),
             filter_values(page, assessment.incidents[incident.value]));
    write_summary(page, incident);
    write_facts(page, assessment.incidents[incident.value]);
    const auto findings = findings_of(page, incident);
    const Finding* decisive = judged.decisive ? &assessment.findings[*judged.decisive] : nullptr;
    if (decisive != nullptr) {
        write_decisive(page, *decisive);
    }
    write_other_findings(page, findings, decisive);
    write_passed_over(page, judged);
    write_opinions_of(page, incident);
    write_accounts(page, assessment.incidents[incident.value]);
    write_links_of(page, incident);
    page.raw("</details>\n");
    return page.take();
}

}  // namespace truce::report
