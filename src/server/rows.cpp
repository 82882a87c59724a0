// SPDX-License-Identifier: Apache-2.0
#include "server/rows.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/licence.h"

namespace truce::server {
namespace {

Json json_of(const std::optional<CountRange>& count) {
    if (!count) return nullptr;
    return {{"low", count->low}, {"best", count->best}, {"high", count->high}};
}

Json json_of(const Toll& toll) {
    return {{"killed", json_of(toll.killed)},
            {"civilians_killed", json_of(toll.civilians_killed)},
            {"injured", json_of(toll.injured)}};
}

Json json_of(const Candidates& candidates, const Dossier& dossier) {
    auto list = Json::array();
    for (const auto& candidate : candidates) {
        list.push_back({{"actor", candidate.actor ? Json(dossier.actors[*candidate.actor].id) : Json(nullptr)},
                        // A share of 0 is one of several names between which the source does not choose.
                        {"probability", candidate.probability > 0 ? Json(candidate.probability) : Json(nullptr)}});
    }
    return list;
}

Json json_of(const Side& side, const Dossier& dossier) {
    return {{"name", side.name.view()},
            {"basis", name_of(side.basis)},
            {"candidates", json_of(side.candidates, dossier)}};
}

Json json_of(const When& when, const Zone& zone) {
    return {{"start", utc_text(when.window.first)},
            {"end", utc_text(when.window.end)},
            {"start_local", zone.local_text(when.window.first)},
            {"end_local", zone.local_text(when.window.end)},
            {"precision", name_of(when.precision)}};
}

Json json_of(const Place& place, const Dossier& dossier) {
    const bool known = place.centre.has_value();
    return {{"lat", known ? Json(place.centre->lat) : Json(nullptr)},
            {"lon", known ? Json(place.centre->lon) : Json(nullptr)},
            {"radius_km", known ? Json(place.radius.in_km()) : Json(nullptr)},
            {"within", place.within ? Json(dossier.areas[*place.within].id) : Json(nullptr)},
            {"precision", name_of(place.precision)},
            {"name", place.name.view()},
            {"admin1", place.admin1.view()},
            {"admin2", place.admin2.view()},
            {"country", place.country.view()}};
}

void put_happening(Json& object, const Happening& what, const Dossier& dossier) {
    object["when"] = json_of(what.when, dossier.mission.zone);
    object["place"] = json_of(what.place, dossier);
    object["act"] = name_of(what.act);
    object["roles"] = what.parties.roles == Roles::stated ? "stated" : "unstated";
    object["attacker"] = json_of(what.parties.attacker, dossier);
    object["target"] = json_of(what.parties.target, dossier);
    auto& kinds = object["target_kinds"] = Json::array();
    for (const auto kind : all_target_kinds()) {
        if (what.parties.target_kinds.has(kind)) kinds.push_back(name_of(kind));
    }
    object["toll"] = json_of(what.toll);
}

Json area_clause(const AreaClause& clause, const Dossier& dossier) {
    auto list = Json::array();
    for (const auto& version : clause.versions)
        list.push_back({{"by", version.by}, {"area", dossier.areas[version.area].id}});
    return list;
}

Json acts_json(std::span<const Act> acts) {
    auto list = Json::array();
    for (const auto act : acts) list.push_back(name_of(act));
    return list;
}

Json ends_json(const Period& period) {
    return {{"from", period.first == open_start ? Json(nullptr) : Json(utc_text(period.first))},
            {"until", period.end == open_end ? Json(nullptr) : Json(utc_text(period.end))}};
}

std::string_view position_word(record::Position position) {
    switch (position) {
        case record::Position::admits:
            return "admits";
        case record::Position::denies:
            return "denies";
        case record::Position::justifies:
            return "justifies";
        case record::Position::promises:
            return "promises";
        case record::Position::no_comment:
            return "no_comment";
    }
    return "";
}

std::string_view stage_word(record::InquiryStage stage) {
    switch (stage) {
        case record::InquiryStage::queried:
            return "queried";
        case record::InquiryStage::deescalating:
            return "deescalating";
        case record::InquiryStage::under_verification:
            return "under_verification";
        case record::InquiryStage::access_denied:
            return "access_denied";
        case record::InquiryStage::submitted:
            return "submitted";
        case record::InquiryStage::closed:
            return "closed";
    }
    return "";
}

/// What the record holds about an incident, in merged order.
Json history_json(const Snapshot& snapshot, const record::IncidentState& state) {
    auto list = Json::array();
    const auto& entries = snapshot.record->merged.entries;
    std::vector<record::EntryId> about = state.accounts;
    // One pass: an entry is about the incident when it refers to an account of it, or to what is.
    for (const auto& entry : entries) {
        const auto is_about = [&](const record::EntryId& id) { return std::ranges::find(about, id) != about.end(); };
        const auto references = record::references_of(entry.body);
        if (!is_about(entry.id)) {
            if (std::ranges::none_of(references, is_about)) continue;
            about.push_back(entry.id);
        }
        list.push_back(entry_json(entry));
    }
    return list;
}

}  // namespace

Json json_of(const Localised& text) {
    auto object = Json::object();
    for (const auto& [language, words] : text.by_language) object[language] = words;
    return object;
}

Json json_of(const Moment& moment) {
    const auto end = [](sys_seconds instant) {
        return instant == open_start || instant == open_end ? Json(nullptr) : Json(utc_text(instant));
    };
    return {{"earliest", end(moment.earliest)}, {"latest", end(moment.latest)}, {"known", moment.known()}};
}

Json json_of(const Chance& chance) { return {{"low", chance.low}, {"high", chance.high}}; }

Json instant_or_null(const std::optional<sys_seconds>& instant) {
    return instant ? Json(utc_text(*instant)) : Json(nullptr);
}

JointStatus joint_of(const Snapshot& snapshot, const Incident& incident) {
    const auto* state = snapshot.state_of(incident);
    return state == nullptr ? JointStatus::no_finding : state->joint.overall;
}

Json incident_json(const Snapshot& snapshot, IncidentId id) {
    const auto& dossier = snapshot.dossier();
    const auto& assessment = snapshot.assessment();
    const auto& incident = assessment.incidents[id.value];
    const auto& judged = assessment.judged[id.value];
    Json object{{"id", report::name_of(dossier, incident)}};
    auto& accounts = object["accounts"] = Json::array();
    for (const auto account : incident.accounts)
        accounts.push_back(report::name_of(dossier, dossier.accounts[account.value]));
    object["verdict"] = name_of(judged.verdict);
    if (judged.decisive) {
        const auto& finding = assessment.findings[*judged.decisive];
        object["commitment"] = report::name_of(dossier, assessment.commitments[finding.commitment.value]);
        object["chance"] = json_of(finding.chance);
    } else {
        object["commitment"] = nullptr;
        object["chance"] = json_of(Chance::impossible());
    }
    object["in_focus"] = name_of(judged.in_focus);
    object["side"] = name_of(judged.side);
    object["days"] = judged.days == Judged::Days::assessed ? "assessed" : "outside";
    put_happening(object, incident.what, dossier);
    object["summary"] = dossier.accounts[incident.accounts.front().value].summary.view();
    object["joint"] = name_of(joint_of(snapshot, incident));
    return object;
}

Json account_json(const Snapshot& snapshot, AccountId id) {
    const auto& dossier = snapshot.dossier();
    const auto& account = dossier.accounts[id.value];
    const auto& source = dossier.sources[account.source.value];
    Json object{{"id", report::name_of(dossier, account)},
                {"source", source.id},
                {"kind", name_of(account.kind)},
                {"file", source.file},
                {"row", account.row},
                {"line", account.line},
                {"sha256", account.raw.hex()},
                {"key", account.key}};
    put_happening(object, account.told, dossier);
    object["act_as_told"] = account.act_as_told.view();
    object["summary"] = account.summary.view();
    object["cites"] = account.cites.view();
    object["url"] = account.url.view();
    object["remarks"] = account.remarks;
    const auto& incident = snapshot.assessed->incident_of[id.value];
    object["incident"] =
        incident ? Json(report::name_of(dossier, snapshot.assessment().incidents[incident->value])) : Json(nullptr);
    return object;
}

Json finding_json(const Snapshot& snapshot, const Finding& finding) {
    const auto& dossier = snapshot.dossier();
    const auto& assessment = snapshot.assessment();
    const auto& commitment = assessment.commitments[finding.commitment.value];
    const auto& duty = dossier.agreements[commitment.stated_by.value].duties[commitment.duty];
    Json object{{"incident", report::name_of(dossier, assessment.incidents[finding.incident.value])},
                {"commitment", report::name_of(dossier, commitment)},
                {"agreement", dossier.agreements[commitment.agreement.value].id},
                {"duty", duty.id},
                {"verdict", name_of(finding.verdict)},
                {"chance", json_of(finding.chance)},
                {"reason", name_of(finding.reason())}};
    const auto decided_by = finding.decided_by();
    object["decided_by"] = decided_by ? Json(name_of(*decided_by)) : Json(nullptr);
    auto& elements = object["elements"] = Json::array();
    for (std::size_t e = 0; e < element_count; ++e) {
        const auto& answer = finding.elements[e];
        elements.push_back({{"element", name_of(static_cast<Element>(e))},
                            {"answer", name_of(answer.answer)},
                            {"reason", name_of(answer.reason)},
                            {"chance", json_of(answer.chance)}});
    }
    object["authors"] = json_of(finding.authors, dossier);
    object["order_reached"] = name_of(finding.order_reached);
    auto& versions = object["versions"] = Json::array();
    for (const auto& version : finding.versions) {
        versions.push_back(
            {{"by", version.by}, {"verdict", name_of(version.verdict)}, {"chance", json_of(version.chance)}});
    }
    object["flip"] = nullptr;
    if (finding.flip) {
        const auto& flip = *finding.flip;
        object["flip"] = {{"element", name_of(flip.element)},
                          {"to", name_of(flip.to)},
                          {"then", name_of(flip.then)},
                          {"if_actor", flip.if_actor ? Json(dossier.actors[*flip.if_actor].id) : Json(nullptr)}};
    }
    return object;
}

Json incident_detail_json(const Snapshot& snapshot, IncidentId id) {
    const auto& dossier = snapshot.dossier();
    const auto& assessment = snapshot.assessment();
    const auto& incident = assessment.incidents[id.value];
    const auto& judged = assessment.judged[id.value];
    auto object = incident_json(snapshot, id);
    auto& told = object["told"] = Json::array();
    for (const auto account : incident.accounts) told.push_back(account_json(snapshot, account));
    // A reference to a member does not outlive the adding of the next, so lists that the record adds to are put in when full.
    auto links = Json::array();
    for (const auto place : assessment.linkage.links_of(id)) {
        const auto& link = assessment.linkage.links[place];
        links.push_back({{"accounts",
                          {report::name_of(dossier, dossier.accounts[link.a.value]),
                           report::name_of(dossier, dossier.accounts[link.b.value])}},
                         {"probability", link.chance},
                         {"status", linkage::name_of(link.state)},
                         {"entry", nullptr},
                         {"by", nullptr},
                         {"grounds", ""}});
    }
    auto& findings = object["findings"] = Json::array();
    for (std::uint32_t i = 0; i < judged.finding_count; ++i)
        findings.push_back(finding_json(snapshot, assessment.findings[judged.first_finding + i]));
    const auto* state = snapshot.state_of(incident);
    object["joint_axes"] = joint_json(state == nullptr ? JointOpinion{} : state->joint);
    object["stage"] = state == nullptr ? "" : name_of(state->stage);
    if (state == nullptr) {
        object["links"] = std::move(links);
        for (const auto* list : {"opinions", "inquiries", "history"}) object[list] = Json::array();
        return object;
    }
    auto opinions = Json::array();
    auto inquiries = Json::array();
    for (const auto& [by, opinion] : state->opinions) opinions.push_back(opinion_json(snapshot, *state, by, opinion));
    for (const auto& inquiry : snapshot.record->state.inquiries) {
        if (std::ranges::find(state->inquiries, inquiry.entry) != state->inquiries.end())
            inquiries.push_back(inquiry_json(snapshot, inquiry));
    }
    for (const auto& link : snapshot.record->state.links) {
        const bool touches = std::ranges::any_of(link.accounts, [&](const record::EntryId& account) {
            return std::ranges::find(state->accounts, account) != state->accounts.end();
        });
        if (!touches) continue;
        auto names = Json::array();
        for (const auto& account : link.accounts) names.push_back(account.hex());
        links.push_back({{"accounts", std::move(names)},
                         {"probability", nullptr},
                         {"status", name_of(link.status)},
                         {"entry", link.entry.hex()},
                         {"by", link.by},
                         {"grounds", link.grounds}});
    }
    object["links"] = std::move(links);
    object["opinions"] = std::move(opinions);
    object["inquiries"] = std::move(inquiries);
    object["history"] = history_json(snapshot, *state);
    return object;
}

Json agreement_json(const Snapshot& snapshot, AgreementId id) {
    const auto& dossier = snapshot.dossier();
    const auto& agreement = dossier.agreements[id.value];
    const auto actor = [&](ActorId actor_id) { return dossier.actors[actor_id].id; };
    const auto moment = [](const std::optional<Moment>& at) { return at ? json_of(*at) : Json(nullptr); };
    Json object{{"id", agreement.id},
                {"file", agreement.file},
                {"title", json_of(agreement.title)},
                {"class", name_of(agreement.cls)},
                {"words_used", agreement.words_used},
                {"announced", moment(agreement.announced)},
                {"from", json_of(agreement.from)},
                {"until", json_of(agreement.until)},
                {"renewal", name_of(agreement.renewal)},
                {"standing", "unknown"}};
    for (const auto& standing : snapshot.assessment().standing) {
        if (standing.agreement.value == id.value) object["standing"] = name_of(standing.state);
    }
    auto& lineage = object["lineage"] = Json::array();
    for (const auto& one : agreement.lineage) {
        lineage.push_back(
            {{"relation", name_of(one.relation)}, {"other", dossier.agreements[one.other.value].id}});
    }
    object["area"] = agreement.area ? area_clause(*agreement.area, dossier) : Json(nullptr);
    auto& guarantors = object["guarantors"] = Json::array();
    for (const auto& one : agreement.guarantors) {
        guarantors.push_back({{"actor", actor(one.actor)},
                              {"for", one.on_behalf_of ? Json(actor(*one.on_behalf_of)) : Json(nullptr)}});
    }
    auto& adherents = object["adherents"] = Json::array();
    for (const auto& one : agreement.adherents) {
        adherents.push_back({{"actor", actor(one.actor)},
                             {"capacity", name_of(one.capacity)},
                             {"via", one.via ? Json(actor(*one.via)) : Json(nullptr)},
                             {"accepted", moment(one.accepted)},
                             {"withdrawn", moment(one.withdrawn)},
                             {"reservation", one.reservation}});
    }
    auto& excluded = object["excluded"] = Json::array();
    for (const auto& one : agreement.excluded) {
        const bool whole = one.scope == Exclusion::Scope::actor;
        excluded.push_back({{"actor", actor(one.actor)},
                            {"basis", name_of(one.basis)},
                            {"scope", whole ? "actor" : "actor_in_delineated_area"},
                            {"during", ends_json(one.during)},
                            {"version", one.version}});
    }
    auto& duties = object["duties"] = Json::array();
    for (const auto& duty : agreement.duties) {
        Json against = Json::array();
        for (const auto kind : all_target_kinds()) {
            if (duty.against.has(kind)) against.push_back(name_of(kind));
        }
        Json bound = Json::array();
        for (const auto one : duty.bound) bound.push_back(actor(one));
        duties.push_back({{"id", duty.id},
                          {"deontic", name_of(duty.deontic)},
                          {"acts", acts_json(duty.acts)},
                          {"against", std::move(against)},
                          {"bound", std::move(bound)},
                          {"clause", duty.clause},
                          {"text", json_of(duty.text)}});
    }
    auto& exceptions = object["exceptions"] = Json::array();
    for (const auto& one : agreement.exceptions) {
        exceptions.push_back(
            {{"id", one.id}, {"kind", name_of(one.kind)}, {"test", one.test}, {"text", json_of(one.text)}});
    }
    object["mechanism"] = {{"monitors", agreement.mechanism.monitors},
                           {"decides", agreement.mechanism.decides},
                           {"ladder", agreement.mechanism.ladder}};
    auto& sources = object["sources"] = Json::array();
    for (const auto& one : agreement.sources) {
        sources.push_back(
            {{"title", one.title}, {"publisher", one.publisher}, {"url", one.url}, {"date", one.date}});
    }
    object["notes"] = json_of(agreement.notes);
    return object;
}

Json actor_json(const Dossier& dossier, const Actor& actor) {
    Json object{{"id", actor.id}, {"kind", name_of(actor.kind)}, {"name", json_of(actor.name)}};
    object["spellings"] = actor.spellings;
    auto& relations = object["relations"] = Json::array();
    for (const auto& relation : actor.relations) {
        relations.push_back({{"relation", name_of(relation.relation)},
                             {"other", dossier.actors[relation.other].id},
                             {"during", ends_json(relation.during)}});
    }
    return object;
}

Json source_json(const Source& source) {
    return {{"id", source.id},
            {"file", source.file},
            {"format", source.format},
            {"title", json_of(source.title)},
            {"licence", source.licence},
            {"credit", source.credit},
            {"version", source.version},
            {"republish", name_of(source.republish)},
            {"sha256", source.sha256.hex()},
            {"rows", source.rows},
            {"accounts", source.accounts},
            {"rejects", source.rejects}};
}

Json joint_json(const JointOpinion& joint) {
    return {{"overall", name_of(joint.overall)},
            {"occurrence", name_of(joint.occurrence)},
            {"breach", name_of(joint.breach)},
            {"attribution", name_of(joint.attribution)}};
}

Json opinion_json(const Snapshot& snapshot, const record::IncidentState& of, const std::string& by,
                  const record::StandingOpinion& standing) {
    const auto& opinion = standing.opinion;
    Json object;
    const auto incident = of.accounts.empty() ? std::nullopt : snapshot.incident_of(of.accounts.front());
    object["incident"] =
        incident ? report::name_of(snapshot.dossier(), snapshot.assessment().incidents[incident->value])
                 : of.accounts.front().hex();
    object["by"] = by;
    object["entry"] = standing.entry.hex();
    const auto found = snapshot.record->by_entry.find(standing.entry);
    object["claimed"] = found == snapshot.record->by_entry.end()
                            ? ""
                            : utc_text(snapshot.record->merged.entries[found->second].claimed);
    object["replaced"] = standing.replaced;
    // The record's word for it is `false`, which is another thing in JSON and YAML.
    object["occurrence"] = !opinion.occurrence                             ? Json(nullptr)
                           : *opinion.occurrence == Occurrence::false_report ? Json("false_report")
                                                                           : Json(name_of(*opinion.occurrence));
    object["breach"] = opinion.breach ? Json(name_of(*opinion.breach)) : Json(nullptr);
    object["agreement"] = opinion.agreement;
    object["duty"] = opinion.duty;
    object["reason"] = opinion.reason;
    object["attribution"] = opinion.attribution ? Json(name_of(*opinion.attribution)) : Json(nullptr);
    object["authors"] = opinion.authors;
    object["grounds"] = opinion.grounds;
    object["grade"] = opinion.grade ? Json(text_of(*opinion.grade)) : Json(nullptr);
    object["standard"] = name_of(opinion.standard);
    return object;
}

Json inquiry_json(const Snapshot& snapshot, const record::InquiryState& inquiry) {
    const auto incident = snapshot.incident_of(inquiry.account);
    Json object{
        {"id", inquiry.entry.hex()},
        {"by", inquiry.by},
        {"opened", utc_text(inquiry.opened)},
        {"account", inquiry.account.hex()},
        {"incident", incident ? Json(report::name_of(snapshot.dossier(), snapshot.assessment().incidents[incident->value]))
                              : Json(nullptr)},
        {"to", inquiry.to},
        {"question", inquiry.question},
        {"agreement", inquiry.agreement},
        {"clock", inquiry.clock},
        {"due", instant_or_null(record::due(inquiry, snapshot.dossier().agreements))},
        {"stage", stage_word(inquiry.stage)}};
    auto& replies = object["replies"] = Json::array();
    for (const auto& [entry, reply] : inquiry.replies) {
        replies.push_back({{"party", reply.party},
                           {"position", position_word(reply.position)},
                           {"text", reply.text},
                           {"entry", entry.hex()}});
    }
    return object;
}

Json notice_json(const Snapshot& snapshot, const record::NoticeState& notice, sys_seconds now) {
    const auto& state = snapshot.record->state;
    Json object{{"id", notice.entry.hex()},
                {"by", notice.by},
                {"issued", utc_text(notice.issued)},
                {"agreement", notice.notice.agreement},
                {"from", notice.notice.from},
                {"to", notice.notice.to},
                {"text", notice.notice.text},
                {"level", notice.notice.level},
                {"due", instant_or_null(record::due(notice, snapshot.dossier().agreements))}};
    auto& units = object["units"] = Json::array();
    std::vector<sys_seconds> times;
    for (const auto& unit : record::units_to_reach(state, notice)) {
        const auto found = notice.units.find(unit);
        const auto reached = found == notice.units.end() ? record::NoticeState::Reached{} : found->second;
        units.push_back({{"unit", unit},
                         {"told", instant_or_null(reached.told)},
                         {"acknowledged", instant_or_null(reached.acknowledged)},
                         {"channel", reached.channel}});
        if (reached.told) times.push_back(*reached.told);
        if (reached.acknowledged) times.push_back(*reached.acknowledged);
    }
    const auto reached = record::coverage(state, notice, now);
    object["coverage"] = {
        {"units", reached.units}, {"told", reached.told}, {"acknowledged", reached.acknowledged}};
    std::ranges::sort(times);
    const auto repeated = std::ranges::unique(times);
    times.erase(repeated.begin(), repeated.end());
    auto& course = object["course"] = Json::array();
    for (const auto at : times) {
        const auto then = record::coverage(state, notice, at);
        course.push_back({{"at", utc_text(at)}, {"told", then.told}, {"acknowledged", then.acknowledged}});
    }
    return object;
}

Json entry_json(const record::Entry& entry) {
    return {{"id", entry.id.hex()},
            {"feed", entry.feed},
            {"seq", entry.seq},
            {"kind", record::kind_of(entry.body)},
            {"by", entry.by},
            {"claimed", utc_text(entry.claimed)},
            {"body", Json(record::members_of(entry.body))}};
}

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace truce::server
