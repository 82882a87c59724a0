// SPDX-License-Identifier: Apache-2.0
#include "server/bound.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "adjudication/adjudicate.h"
#include "base/text.h"
#include "geo/coordinates.h"
#include "report/licence.h"
#include "server/rows.h"

namespace truce::server {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// An incident made up to ask with, and the questions that matter.
struct Question {
    Incident incident;
    std::vector<Element> elements{Element::in_force};
};

tl::unexpected<FieldError> wrong(std::string field, Words message) {
    return tl::unexpected<FieldError>({std::move(field), std::move(message)});
}

tl::expected<ActorId, FieldError> actor_of(std::string_view field, std::string_view text, const Dossier& dossier) {
    if (const auto actor = dossier.actors.meant_by(text, CodeSystem::none)) return *actor;
    std::vector<std::string> names;
    for (const auto& actor : dossier.actors.actors()) names.push_back(actor.id);
    return wrong(std::string(field), say("field.no_actor", {{"name", shown(text, 60)}, {"hint", hint(text, names)}}));
}

tl::expected<Question, FieldError> question_of(const Query& query, const Dossier& dossier) {
    Question question;
    auto& what = question.incident.what;
    const auto at = query.find("at");
    if (!at) return wrong("at", say("field.say_when"));
    const auto local = parse_local_time(*at);
    if (!local) return wrong("at", local.error().message);
    const auto stretch = dossier.mission.zone.instants(*local);
    what.when = {{stretch.first, stretch.end - seconds{1} + minutes{1}}, TimePrecision::minute};
    if (const auto text = query.find("place"); text && !text->empty()) {
        const auto areas = dossier.areas.versions_of(*text);
        if (!areas.empty()) {
            what.place.within = areas.front();
        } else {
            const auto written = parse_written_place(*text);
            if (!written) return wrong("place", written.error().message);
            what.place.centre = written->disc.centre;
        }
        question.elements.push_back(Element::in_area);
    }
    const auto actor = query.find("actor");
    if (actor && !actor->empty()) {
        const auto id = actor_of("actor", *actor, dossier);
        if (!id) return tl::unexpected(id.error());
        what.parties.attacker = {{{*id, 1.0}}, SharedText(*actor), Basis::reported};
        question.elements.push_back(Element::actor_bound);
    }
    const auto target = query.find("target");
    if (target && !target->empty()) {
        if (const auto kind = target_kind_named(*target)) {
            what.parties.target_kinds.add(*kind);
        } else {
            const auto id = actor_of("target", *target, dossier);
            if (!id) return tl::unexpected(id.error());
            what.parties.target = {{{*id, 1.0}}, SharedText(*target), Basis::reported};
        }
        question.elements.push_back(Element::target_protected);
    }
    if ((actor && !actor->empty()) || (target && !target->empty())) question.elements.push_back(Element::not_excluded);
    if (const auto act = query.find("act"); act && !act->empty()) {
        const auto named = act_named(*act);
        if (!named) {
            std::vector<std::string_view> names;
            for (const auto one : all_acts()) names.push_back(name_of(one));
            return wrong("act", fmt::format("'{}' is no act{}", shown(*act, 60), did_you_mean(*act, names)));
        }
        what.act = *named;
        question.elements.push_back(Element::act_prohibited);
        question.elements.push_back(Element::no_exception);
    }
    return question;
}

/// What the elements that were asked for come to: one clear no says no, doubt says unknown.
Answer binds(const Json& elements) {
    auto answer = Answer::yes;
    for (const auto& element : elements) {
        if (element["answer"] == "no") return Answer::no;
        if (element["answer"] == "unknown") answer = Answer::unknown;
    }
    return answer;
}

Response bound(const Context& context, const Request& request) {
    if (auto refused = unknown_parameter(request, {"at", "place", "actor", "act", "target", "lang"}))
        return std::move(*refused);
    const auto snapshot = context.current.get();
    const auto& dossier = snapshot->dossier();
    const auto question = question_of(request.query, dossier);
    if (!question) return bad_parameter(question.error());
    return conditional(request, snapshot->version, [&] {
        const auto& what = question->incident.what;
        Json object{{"at", utc_text(what.when.window.first)},
                    {"at_local", dossier.mission.zone.local_text(what.when.window.first)},
                    {"place", what.place.centre ? Json::array({what.place.centre->lat, what.place.centre->lon}) : Json(nullptr)},
                    {"actor", nullptr},
                    {"act", what.act == Act::unknown ? Json(nullptr) : Json(name_of(what.act))}};
        if (!what.parties.attacker.candidates.empty())
            object["actor"] = dossier.actors[*what.parties.attacker.candidates.front().actor].id;
        auto& rows = object["commitments"] = Json::array();
        const Setting setting{dossier.actors, dossier.areas};
        for (const auto& commitment : snapshot->assessment().commitments) {
            const auto finding = adjudicate(question->incident, {0}, commitment, {0}, setting);
            const auto& duty = dossier.agreements[commitment.stated_by.value].duties[commitment.duty];
            Json elements = Json::array();
            for (const auto element : question->elements) {
                elements.push_back({{"element", name_of(element)},
                                    {"answer", name_of(finding[element].answer)},
                                    {"reason", name_of(finding[element].reason)},
                                    {"chance", json_of(finding[element].chance)}});
            }
            rows.push_back({{"commitment", report::name_of(dossier, commitment)},
                            {"agreement", dossier.agreements[commitment.agreement.value].id},
                            {"duty", duty.id},
                            {"binds", name_of(binds(elements))},
                            {"verdict", name_of(finding.verdict)},
                            {"elements", std::move(elements)}});
        }
        return json_response(dumped(object));
    });
}

}  // namespace

void add_bound(Router& router, const Context& context) {
    router.get("/api/bound", [&context](const Request& request) { return bound(context, request); });
}

}  // namespace truce::server
