// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "base/time.h"
#include "server/http.h"
#include "server/log.h"
#include "server/people.h"
#include "server/router.h"

namespace truce::server {

/// The session's cookie: `__Host-` binds it to this host and path `/`, and to secure connections (browsers take those to the own
/// machine for secure).
inline constexpr std::string_view session_cookie = "__Host-truce";

/// Finds out who asks and whether they may: the router's gate (`Router::set_gate`), so that no route is without it.
///
/// A session comes as cookie, a token as `Authorization: Bearer ...`, or, below `/ogc/`, as the password of basic authentication,
/// since map programs know no other. A request with both, or with one that does not hold, is refused even where anyone may ask:
/// nobody should believe to be signed in who is not. Refusals are logged with the person's id and the route, never with what was
/// asked.
class Gate {
public:
    /// Requires: what is given outlives the gate.
    Gate(People& people, Log& log, std::function<sys_seconds()> clock) : people_(people), log_(log), clock_(std::move(clock)) {}
    [[nodiscard]] std::optional<Response> operator()(Request& request, const Route& route) const;

private:
    People& people_;
    Log& log_;
    std::function<sys_seconds()> clock_;
};

/// The secret in the session cookie of a request; nothing where there is none, or several.
[[nodiscard]] std::optional<std::string> session_of(const Request& request);

/// `Set-Cookie` for a session, and to take it away.
[[nodiscard]] std::string cookie_of(std::string_view secret, std::chrono::seconds longest);
[[nodiscard]] std::string cookie_gone();

}  // namespace truce::server
