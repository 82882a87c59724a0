// SPDX-License-Identifier: Apache-2.0
#include "server/gate.h"

#include <fmt/format.h>

#include "base/base64.h"
#include "base/text.h"
#include "server/permissions.h"

namespace truce::server {
namespace {

Response refuse_401(const Request& request, Words why) {
    auto refused = problem(401, say("title.sign_in"), std::move(why));
    const bool ogc = !request.path.empty() && request.path.front() == "ogc";
    refused.headers.add("WWW-Authenticate", ogc ? "Basic realm=\"Trucewatch\", charset=\"UTF-8\"" : "Bearer realm=\"Trucewatch\"");
    return refused;
}

/// A token as it was sent: nothing where none was, empty where what was sent is none.
std::optional<std::string> token_of(const Request& request) {
    const auto field = request.headers.find("Authorization");
    if (!field) return std::nullopt;
    const auto space = field->find(' ');
    const auto scheme = lower_ascii(field->substr(0, space));
    const auto rest = space == std::string_view::npos ? std::string_view() : trimmed(field->substr(space + 1));
    if (request.headers.count("Authorization") > 1) return "";
    if (scheme == "bearer") return std::string(rest);
    if (scheme == "basic" && !request.path.empty() && request.path.front() == "ogc") {
        const auto pair = base64_decoded(rest).value_or("");
        const auto colon = pair.find(':');
        return colon == std::string::npos ? "" : pair.substr(colon + 1);
    }
    return "";
}

}  // namespace

std::optional<std::string> session_of(const Request& request) {
    std::optional<std::string> found;
    for (const auto& [name, value] : request.headers.fields()) {
        if (lower_ascii(name) != "cookie") continue;
        for (const auto one : split(value, ';')) {
            const auto cookie = trimmed(one);
            const auto equals = cookie.find('=');
            if (cookie.substr(0, equals) != session_cookie || equals == std::string_view::npos) continue;
            if (found) return std::nullopt;  // who put the second one there?
            found = std::string(cookie.substr(equals + 1));
        }
    }
    return found;
}

std::string cookie_of(std::string_view secret, std::chrono::seconds longest) {
    return fmt::format("{}={}; Path=/; Max-Age={}; Secure; HttpOnly; SameSite=Strict", session_cookie, secret, longest.count());
}
std::string cookie_gone() { return cookie_of("", std::chrono::seconds(0)); }

std::optional<Response> Gate::operator()(Request& request, const Route& route) const {
    const auto now = clock_();
    const auto cookie = session_of(request);
    const auto token = token_of(request);
    std::optional<People::Known> known;
    if (token) {
        known = people_.by_token(*token, now);
        if (!known) {
            log_.write("token.refused", {{"route", route.pattern}});
            return refuse_401(request, say("token_refused"));
        }
    } else if (cookie && !cookie->empty()) {
        known = people_.by_session(*cookie, now);
    }
    if (const auto why = foreign(request, !token && known)) {
        log_.write("request.foreign", {{"route", route.pattern}, {"person", known ? known->person.id : ""}});
        return problem(403, say("title.refused"), say("foreign", {{"why", *why}}));
    }
    if (known) {
        request.caller = Caller{.id = known->person.id,
                                .name = known->person.name,
                                .role = known->person.role,
                                .party = known->person.party,
                                .session = known->session,
                                .expires = known->expires};
    }
    if (route.right == Right::anyone) return std::nullopt;
    if (!known) return refuse_401(request, cookie ? say("session_ended") : say("needs_session"));
    const bool allowed = may(*request.caller, route.right) && (!token || covers(*known->scopes, route.right, request.method));
    if (!allowed) {
        log_.write("right.refused", {{"person", known->person.id}, {"right", name_of(route.right)}, {"route", route.pattern}});
        return problem(403, say("title.not_allowed"), say(token ? "token_lacks" : "role_lacks", {{"right", name_of(route.right)}}));
    }
    return std::nullopt;
}

}  // namespace truce::server
