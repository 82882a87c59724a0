// SPDX-License-Identifier: Apache-2.0
#include "server/opinion_routes.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "server/permissions.h"

namespace truce::server {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t longest_text = 8000;

/// By its name in a list of names, the value at the same place.
template <class Value, std::size_t n>
std::optional<Value> named(std::string_view text, const std::pair<std::string_view, Value> (&names)[n]) {
    for (const auto& [name, value] : names) {
        if (name == text) return value;
    }
    return std::nullopt;
}

using record::InquiryStage;
using record::Position;
using record::Step;

std::optional<Position> position_named(std::string_view text) {
    constexpr std::pair<std::string_view, Position> names[] = {{"admits", Position::admits},
                               {"denies", Position::denies},
                               {"justifies", Position::justifies},
                               {"promises", Position::promises},
                               {"no_comment", Position::no_comment}};
    return named(text, names);
}
std::optional<InquiryStage> stage_named(std::string_view text) {
    constexpr std::pair<std::string_view, InquiryStage> names[] = {{"queried", InquiryStage::queried},
                               {"deescalating", InquiryStage::deescalating},
                               {"under_verification", InquiryStage::under_verification},
                               {"access_denied", InquiryStage::access_denied},
                               {"submitted", InquiryStage::submitted},
                               {"closed", InquiryStage::closed}};
    return named(text, names);
}
std::optional<Step> step_named(std::string_view text) {
    constexpr std::pair<std::string_view, Step> names[] = {{"deescalation_call", Step::deescalation_call},
                               {"remedied", Step::remedied},
                               {"referred", Step::referred},
                               {"escalated", Step::escalated},
                               {"closed", Step::closed},
                               {"reopened", Step::reopened}};
    return named(text, names);
}

/// The agreement of that id; complains where a name is given and there is none.
const Agreement* agreement_of(Form& form, const Dossier& dossier, const std::string& field, const std::string& id) {
    if (id.empty()) return nullptr;
    std::vector<std::string> ids;
    for (const auto& agreement : dossier.agreements) {
        if (agreement.id == id) return &agreement;
        ids.push_back(agreement.id);
    }
    form.complain(field, say("field.no_agreement", {{"name", shown(id)}, {"hint", hint(id, ids)}}));
    return nullptr;
}

void check_actor(Form& form, const Dossier& dossier, const std::string& field, const std::string& id) {
    if (id.empty() || dossier.actors.with_id(id)) return;
    std::vector<std::string> ids;
    for (const auto& actor : dossier.actors.actors()) ids.push_back(actor.id);
    form.complain(field, say("field.no_actor", {{"name", shown(id)}, {"hint", hint(id, ids)}}));
}

Opinion opinion_in(Form& form, const Dossier& dossier) {
    Opinion opinion;
    opinion.occurrence = form.word(
        "occurrence", [](std::string_view word) { return occurrence_named(word == "false_report" ? "false" : word); },
        "confirmed, not_confirmed, unverifiable or false_report");
    opinion.breach = form.word("breach", breach_opinion_named, "violation, not_violation or undetermined");
    opinion.agreement = form.text_or_none("agreement");
    opinion.duty = form.text_or_none("duty");
    opinion.reason = form.text_or_none("reason", longest_text);
    opinion.attribution = form.word("attribution", attribution_level_named, "unattributed, party, unit or individual");
    opinion.authors = form.texts("authors", 0);
    std::ranges::sort(opinion.authors);
    opinion.grounds = form.text_or_none("grounds", longest_text);
    opinion.standard = form.word("standard", standard_of_proof_named,
                                 "reasonable_suspicion, reasonable_grounds, balance_of_probabilities, clear_and_convincing or "
                                 "beyond_reasonable_doubt")
                           .value_or(StandardOfProof::not_stated);
    opinion.grade = form.word("grade", parse_grade, "A1 to F6");
    if (!opinion.occurrence && !opinion.breach && !opinion.attribution)
        form.complain("occurrence", say("field.one_axis"));
    const auto* agreement = agreement_of(form, dossier, "agreement", opinion.agreement);
    if (!opinion.duty.empty() && opinion.agreement.empty()) form.complain("duty", say("field.duty_needs_agreement"));
    if (agreement != nullptr && !opinion.duty.empty() &&
        std::ranges::none_of(agreement->duties, [&](const auto& duty) { return duty.id == opinion.duty; }))
        form.complain("duty", say("field.no_duty", {{"agreement", opinion.agreement}, {"name", shown(opinion.duty)}}));
    for (const auto& author : opinion.authors) check_actor(form, dossier, "authors", author);
    const bool attributed = opinion.attribution && *opinion.attribution != AttributionLevel::unattributed;
    if (attributed && opinion.authors.empty()) form.complain("authors", say("field.say_authors"));
    if (!attributed && !opinion.authors.empty()) form.complain("attribution", say("field.say_attribution"));
    return opinion;
}

Json joint_of(const JointOpinion& joint) {
    return {{"overall", name_of(joint.overall)},
            {"occurrence", name_of(joint.occurrence)},
            {"breach", name_of(joint.breach)},
            {"attribution", name_of(joint.attribution)}};
}

Response give_opinion(const Writing& writing, const Request& request) {
    auto form = Form::of(request, {"incident", "occurrence", "breach", "agreement", "duty", "reason", "attribution", "authors", "grounds",
                                   "grade", "standard"});
    if (!form) return form.error();
    const auto incident = form->text("incident");
    auto opinion = opinion_in(*form, writing.snapshot()->dossier());
    if (auto wrong = form->wrong()) return *wrong;
    const auto account = writing.account_meant(request, "incident", incident);
    if (!account) return account.error();
    return writing.write(request, record::OpinionGiven{.account = *account, .opinion = std::move(opinion)},
                         [&](Json& answer, const Pen::Written&) {
                             const auto after = writing.snapshot();
                             const auto* state = after->record ? after->record->state.incident_of(*account) : nullptr;
                             if (state != nullptr) answer["joint"] = joint_of(state->joint);
                         });
}

Response propose_link(const Writing& writing, const Request& request) {
    auto form = Form::of(request, {"accounts", "undo", "grounds"});
    if (!form) return form.error();
    const auto names = form->texts("accounts", 0, 200);
    const auto undo = form->text_or_none("undo", 64);
    const auto grounds = form->text_or_none("grounds", longest_text);
    if (undo.empty() && names.size() < 2) form->complain("accounts", say("field.link_two"));
    if (!undo.empty() && !names.empty()) form->complain("undo", say("field.link_either"));
    std::optional<record::EntryId> link;
    if (!undo.empty()) {
        link = entry_named(undo);
        const auto snapshot = writing.snapshot();
        const bool held = link && snapshot->record && std::ranges::any_of(snapshot->record->state.links, [&](const auto& one) { return one.entry == *link; });
        if (!held) form->complain("undo", say("field.no_link"));
    }
    if (auto wrong = form->wrong()) return *wrong;
    if (link) return writing.write(request, record::LinkUndone{.link = *link, .grounds = grounds});
    std::vector<record::EntryId> accounts;
    for (const auto& name : names) {
        const auto account = writing.account_meant(request, "accounts", name);
        if (!account) return account.error();
        accounts.push_back(*account);
    }
    std::ranges::sort(accounts);
    const auto repeated = std::ranges::unique(accounts);
    accounts.erase(repeated.begin(), repeated.end());
    if (accounts.size() < 2) return wrong_field({"accounts", say("field.same_account")});
    return writing.write(request, record::LinkProposed{.accounts = std::move(accounts), .grounds = grounds});
}

Response open_inquiry(const Writing& writing, const Request& request) {
    auto form = Form::of(request, {"account", "to", "question", "agreement", "clock", "due"});
    if (!form) return form.error();
    const auto snapshot = writing.snapshot();
    const auto& dossier = snapshot->dossier();
    const auto about = form->text("account");
    record::InquiryOpened opened{.account = {},
                                 .to = form->text("to"),
                                 .question = form->text("question", longest_text),
                                 .agreement = form->text_or_none("agreement"),
                                 .clock = form->text_or_none("clock"),
                                 .due = form->instant("due", dossier.mission.zone)};
    const auto* agreement = agreement_of(*form, dossier, "agreement", opened.agreement);
    if (!opened.clock.empty() && opened.agreement.empty()) form->complain("clock", say("field.clock_needs_agreement"));
    if (agreement != nullptr && !opened.clock.empty() &&
        std::ranges::none_of(agreement->mechanism.clocks, [&](const auto& clock) { return clock.first == opened.clock; }))
        form->complain("clock", say("field.no_clock", {{"agreement", opened.agreement}, {"name", shown(opened.clock)}}));
    if (opened.due && *opened.due <= writing.now()) form->complain("due", say("field.past"));
    if (auto wrong = form->wrong()) return *wrong;
    const auto account = writing.account_meant(request, "account", about);
    if (!account) return account.error();
    opened.account = *account;
    return writing.write(request, std::move(opened));
}

const record::InquiryState* inquiry_of(const Snapshot& snapshot, const Request& request) {
    const auto id = entry_named(request.part("id"));
    if (!id || !snapshot.record) return nullptr;
    const auto& all = snapshot.record->state.inquiries;
    const auto found = std::ranges::find(all, *id, &record::InquiryState::entry);
    return found == all.end() ? nullptr : &*found;
}

/// Given in by a monitor who heard it, or by the party's own liaison, who answers for that party and no other.
Response give_reply(const Writing& writing, const Request& request) {
    auto form = Form::of(request, {"party", "position", "text"});
    if (!form) return form.error();
    const auto snapshot = writing.snapshot();
    const auto* inquiry = inquiry_of(*snapshot, request);
    const auto& me = *request.caller;
    const bool for_party = !me.party.empty();
    if (!for_party && !may(me, Right::inquiry_write))
        return problem(403, say("title.not_allowed"), say("role_lacks", {{"right", name_of(Right::inquiry_write)}}));
    if (inquiry == nullptr || (for_party && inquiry->to != me.party))
        return problem(404, say("title.not_found"), say("no_inquiry"));
    const auto party = for_party ? form->text_or_none("party") : form->text("party");
    if (for_party && !party.empty() && party != me.party) form->complain("party", say("field.answer_for", {{"party", me.party}}));
    check_actor(*form, snapshot->dossier(), "party", party);
    const auto position = form->word("position", position_named, "admits, denies, justifies, promises or no_comment");
    if (!form->has("position")) form->complain("position", say("field.missing"));
    auto text = form->text_or_none("text", longest_text);
    if (auto wrong = form->wrong()) return *wrong;
    return writing.write(request, record::ReplyReceived{.inquiry = inquiry->entry,
                                                        .party = for_party ? me.party : party,
                                                        .position = *position,
                                                        .text = std::move(text)});
}

Response move_inquiry(const Writing& writing, const Request& request) {
    auto form = Form::of(request, {"stage", "text"});
    if (!form) return form.error();
    const auto snapshot = writing.snapshot();
    const auto* inquiry = inquiry_of(*snapshot, request);
    if (inquiry == nullptr) return problem(404, say("title.not_found"), say("no_inquiry"));
    const auto stage = form->word("stage", stage_named, "queried, deescalating, under_verification, access_denied, submitted or closed");
    if (!form->has("stage")) form->complain("stage", say("field.missing"));
    auto text = form->text_or_none("text", longest_text);
    if (auto wrong = form->wrong()) return *wrong;
    return writing.write(request, record::InquiryMoved{.inquiry = inquiry->entry, .stage = *stage, .text = std::move(text)});
}

Response take_step(const Writing& writing, const Request& request) {
    auto form = Form::of(request, {"step", "ladder", "text"});
    if (!form) return form.error();
    const auto step = form->word("step", step_named, "deescalation_call, remedied, referred, escalated, closed or reopened");
    if (!form->has("step")) form->complain("step", say("field.missing"));
    auto ladder = form->text_or_none("ladder");
    auto text = form->text_or_none("text", longest_text);
    if (auto wrong = form->wrong()) return *wrong;
    const auto account = writing.account_meant(request, "id", request.part("id"));
    if (!account) return account.error();
    return writing.write(request, record::StepTaken{.account = *account, .step = *step, .ladder = std::move(ladder), .by = {}, .text = std::move(text)});
}

}  // namespace

void add_opinion_routes(Router& router, const std::shared_ptr<const Writing>& writing) {
    const auto add = [&](std::string pattern, Right right, Response (*answer)(const Writing&, const Request&)) {
        router.add({.method = Method::post, .pattern = std::move(pattern), .right = right, .handler = writer(writing, answer)});
    };
    add("/api/opinions", Right::opinion_write, give_opinion);
    add("/api/links", Right::link_write, propose_link);
    add("/api/inquiries", Right::inquiry_write, open_inquiry);
    add("/api/inquiries/{id}/replies", Right::notice_acknowledge, give_reply);  // liaisons have it; others are asked for more
    add("/api/inquiries/{id}/moves", Right::inquiry_write, move_inquiry);
    add("/api/incidents/{id}/steps", Right::inquiry_write, take_step);
}

}  // namespace truce::server
