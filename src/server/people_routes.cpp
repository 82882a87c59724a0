// SPDX-License-Identifier: Apache-2.0
#include "server/people_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "server/form.h"
#include "server/gate.h"
#include "server/permissions.h"

namespace truce::server {
namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }
Json time_or_null(const std::optional<sys_seconds>& time) { return time ? Json(utc_text(*time)) : Json(); }

Json me_json(const Caller& me) {
    return {{"id", me.id},
            {"name", me.name},
            {"role", name_of(me.role)},
            {"party", text_or_null(me.party)},
            {"rights", rights_of(me)},
            {"expires", utc_text(me.expires)}};
}

Json person_json(const Person& person) {
    return {{"id", person.id},
            {"name", person.name},
            {"role", name_of(person.role)},
            {"party", text_or_null(person.party)},
            {"disabled", person.disabled},
            {"last_seen", time_or_null(person.last_seen)}};
}

Json token_json(const Token& token) {
    Json scopes = Json::array();
    const auto text = text_of(token.scopes);
    for (const auto word : split(text, ' ')) scopes.push_back(word);
    return {{"id", token.id},
            {"label", token.label},
            {"scopes", std::move(scopes)},
            {"expires", utc_text(token.expires)},
            {"last_used", time_or_null(token.last_used)}};
}

Json listed(Json rows) {
    const auto total = rows.size();
    return {{"total", total}, {"rows", std::move(rows)}};
}

Response refused(const People::Denial& denial) {
    switch (denial.why) {
        case People::Denied::wrong:
            return problem(401, say("title.not_signed_in"), say("wrong_password"));
        case People::Denied::disabled:
            return problem(401, say("title.not_signed_in"), say("disabled"));
        case People::Denied::too_often: {
            auto wait = problem(429, say("title.too_many_tries"), say("wait", {{"seconds", denial.wait.count()}}));
            wait.headers.add("Retry-After", fmt::format("{}", denial.wait.count()));
            return wait;
        }
    }
    return problem(401, say("title.not_signed_in"));
}

/// The routes' handlers, which share the desk.
class Handlers {
public:
    explicit Handlers(PeopleDesk desk) : desk_(std::move(desk)) {}

    Response who_am_i(const Request& request) const { return json_response(dumped(me_json(*request.caller))); }

    Response sign_in(const Request& request) const {
        auto form = Form::of(request, {"name", "password"});
        if (!form) return form.error();
        const auto name = form->text("name");
        const auto password = form->secret("password");
        if (auto wrong = form->wrong()) return *wrong;
        const auto in = desk_.people.sign_in(name, password, request.peer, desk_.clock());
        if (!in) {
            desk_.log.write("sign_in.refused", {{"why", in.error().why == People::Denied::too_often  ? "too often"
                                                        : in.error().why == People::Denied::disabled ? "disabled"
                                                                                                     : "wrong"}});
            return refused(in.error());
        }
        end_old(request);
        return begun(*in);
    }

    Response sessions(const Request& request) const {
        Json rows = Json::array();
        for (const auto& session : desk_.people.sessions_of(request.caller->id, desk_.clock())) {
            rows.push_back({{"id", session.id},
                            {"created", utc_text(session.created)},
                            {"last_seen", utc_text(session.last_seen)},
                            {"current", session.id == request.caller->session}});
        }
        return json_response(dumped({{"rows", std::move(rows)}}));
    }

    Response sign_out(const Request& request) const {
        const bool everywhere = request.query.find("everywhere") == "1";
        if (everywhere) {
            desk_.people.sign_out_everywhere(request.caller->id);
        } else {
            desk_.people.end_session(request.caller->session);
        }
        desk_.log.write(everywhere ? "session.ended_everywhere" : "session.ended", {{"person", request.caller->id}});
        Response out;
        out.status = 204;
        out.headers.add("Set-Cookie", cookie_gone());
        // Not the storage: accounts that wait there to be sent would be lost.
        out.headers.add("Clear-Site-Data", "\"cache\"");
        return out;
    }

    Response is_first_wanted(const Request&) const {
        return json_response(dumped({{"wanted", desk_.people.wants_first_admin()}}));
    }

    Response make_first(const Request& request) const {
        auto form = Form::of(request, {"code", "name", "password"});
        if (!form) return form.error();
        const auto code = form->text("code", 40);
        const auto name = form->text("name");
        const auto password = form->secret("password");
        if (auto wrong = form->wrong()) return *wrong;
        const auto made = desk_.people.make_first_admin(code, name, password, request.peer, desk_.clock());
        if (!made) {
            if (const auto* wrong = std::get_if<FieldError>(&made.error())) return wrong_field(*wrong);
            desk_.log.write("first_admin.refused");
            const auto& denial = std::get<People::Denial>(made.error());
            if (denial.why == People::Denied::too_often) return refused(denial);
            return problem(403, say("title.refused"), say("first_admin"));
        }
        desk_.log.write("first_admin.made", {{"person", made->id}});
        return begun(desk_.people.begin_session(*made, desk_.clock()));
    }

    Response everybody(const Request&) const {
        Json rows = Json::array();
        for (const auto& person : desk_.people.all()) rows.push_back(person_json(person));
        return json_response(dumped(listed(std::move(rows))));
    }

    Response add(const Request& request) const {
        auto form = Form::of(request, {"name", "role", "party", "password"});
        if (!form) return form.error();
        const auto name = form->text("name");
        const auto role = form->word("role", role_named, "viewer, reporter, analyst, monitor or admin");
        if (!form->has("role")) form->complain("role", say("field.missing"));
        const auto party = form->text_or_none("party");
        if (!party.empty() && std::ranges::find(desk_.actors, party) == desk_.actors.end())
            form->complain("party", say("field.no_actor", {{"name", shown(party)}, {"hint", hint(party, desk_.actors)}}));
        if (!party.empty() && role && *role != Role::viewer)
            form->complain("role", say("field.liaison"));
        const auto password = form->secret("password");
        if (auto wrong = form->wrong()) return *wrong;
        const auto made = desk_.people.add(name, *role, party, password, desk_.clock());
        if (!made) return wrong_field(made.error());
        desk_.log.write("person.added", {{"person", made->id}, {"by", request.caller->id}, {"role", name_of(made->role)}});
        auto response = json_response(dumped(person_json(*made)), 201);
        response.headers.add("Location", "/api/people/" + made->id);
        return response;
    }

    /// Anyone may change their own password, knowing the old one; all else is for those who manage people.
    Response change(const Request& request) const {
        auto form = Form::of(request, {"role", "disabled", "password", "old_password"});
        if (!form) return form.error();
        const auto& id = request.part("id");
        const auto& me = *request.caller;
        const bool own = id == me.id;
        const bool manages = may(me, Right::people_manage) && !me.session.empty();
        if (!manages && (!own || form->has("role") || form->has("disabled"))) {
            desk_.log.write("right.refused", {{"person", me.id}, {"right", name_of(Right::people_manage)}});
            return problem(403, say("title.not_allowed"), say("role_lacks", {{"right", name_of(Right::people_manage)}}));
        }
        People::Change change;
        change.role = form->word("role", role_named, "viewer, reporter, analyst, monitor or admin");
        change.disabled = form->yes_or_no("disabled");
        if (form->has("password")) change.password = form->secret("password");
        const auto old = own && change.password ? form->secret("old_password") : "";
        const auto person = desk_.people.find(id);
        if (!person) return problem(404, say("title.not_found"), say("no_person"));
        if (change.role && !person->party.empty() && *change.role != Role::viewer)
            form->complain("role", say("field.liaison"));
        if (auto wrong = form->wrong()) return *wrong;
        if (own && change.password) {
            const auto right = desk_.people.check_password(id, old, request.peer, desk_.clock());
            if (!right && right.error().why == People::Denied::too_often) return refused(right.error());
            if (!right) return wrong_field({"old_password", say("field.old_password")});
        }
        const auto changed = desk_.people.change(id, change, own ? me.session : "");
        if (!changed) return wrong_field(changed.error());
        desk_.log.write("person.changed", {{"person", id},
                                           {"by", me.id},
                                           {"role", change.role ? name_of(*change.role) : ""},
                                           {"disabled", !change.disabled ? "" : *change.disabled ? "yes" : "no"},
                                           {"password", change.password ? "new" : ""}});
        return json_response(dumped(person_json(*changed)));
    }

    Response tokens(const Request& request) const {
        Json rows = Json::array();
        for (const auto& token : desk_.people.tokens_of(request.caller->id, desk_.clock())) rows.push_back(token_json(token));
        return json_response(dumped({{"rows", std::move(rows)}}));
    }

    Response add_token(const Request& request) const {
        auto form = Form::of(request, {"label", "scopes", "expires"});
        if (!form) return form.error();
        const auto label = form->text("label", 80);
        std::string words;
        for (const auto& word : form->texts("scopes", 1)) words += (words.empty() ? "" : " ") + word;
        const auto scopes = scopes_named(words);
        if (!scopes) form->complain("scopes", say("field.scopes"));
        const auto expires = form->instant("expires", Zone::utc());
        if (!form->has("expires")) form->complain("expires", say("field.missing"));
        if (auto wrong = form->wrong()) return *wrong;
        const auto made = desk_.people.add_token(request.caller->id, label, *scopes, *expires, desk_.clock());
        if (!made) return wrong_field(made.error());
        desk_.log.write("token.made", {{"person", request.caller->id}, {"token", made->token.id}, {"scopes", words}});
        auto json = token_json(made->token);
        json["secret"] = made->secret;
        return json_response(dumped(json), 201);
    }

    Response end_token(const Request& request) const {
        if (!desk_.people.end_token(request.caller->id, request.part("id")))
            return problem(404, say("title.not_found"), say("no_token"));
        desk_.log.write("token.ended", {{"person", request.caller->id}, {"token", request.part("id")}});
        Response out;
        out.status = 204;
        return out;
    }

private:
    /// A session that the browser had before ends: each sign-in has its own.
    void end_old(const Request& request) const {
        if (request.caller && !request.caller->session.empty()) desk_.people.end_session(request.caller->session);
    }

    Response begun(const People::SignedIn& in) const {
        desk_.log.write("session.begun", {{"person", in.person.id}});
        auto response = json_response(dumped(me_json({.id = in.person.id,
                                                      .name = in.person.name,
                                                      .role = in.person.role,
                                                      .party = in.person.party,
                                                      .session = in.session.id,
                                                      .expires = in.session.expires})),
                                      201);
        response.headers.add("Set-Cookie", cookie_of(in.secret, desk_.longest_session));
        return response;
    }

    PeopleDesk desk_;
};

}  // namespace

void add_people_routes(Router& router, PeopleDesk desk) {
    const auto handlers = std::make_shared<const Handlers>(std::move(desk));  // shared by the routes
    const auto add = [&](Method method, std::string pattern, Right right, Response (Handlers::*handle)(const Request&) const) {
        router.add({.method = method,
                    .pattern = std::move(pattern),
                    .right = right,
                    .handler = [handlers, handle](const Request& request) { return ((*handlers).*handle)(request); },
                    .body_bytes = 16 * 1024});
    };
    add(Method::get, "/api/session", Right::self, &Handlers::who_am_i);
    add(Method::get, "/api/sessions", Right::self, &Handlers::sessions);
    add(Method::post, "/api/sessions", Right::anyone, &Handlers::sign_in);
    add(Method::delete_, "/api/sessions", Right::self, &Handlers::sign_out);
    add(Method::get, "/api/first-admin", Right::anyone, &Handlers::is_first_wanted);
    add(Method::post, "/api/first-admin", Right::anyone, &Handlers::make_first);
    add(Method::get, "/api/people", Right::people_manage, &Handlers::everybody);
    add(Method::post, "/api/people", Right::people_manage, &Handlers::add);
    add(Method::patch, "/api/people/{id}", Right::self, &Handlers::change);
    add(Method::get, "/api/tokens", Right::self, &Handlers::tokens);
    add(Method::post, "/api/tokens", Right::self, &Handlers::add_token);
    add(Method::delete_, "/api/tokens/{id}", Right::self, &Handlers::end_token);
}

}  // namespace truce::server
