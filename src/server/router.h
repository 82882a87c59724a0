// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http.h"

namespace truce::server {

/// What a route asks of whoever calls it; `permissions.h` says which role has which right.
///
/// Everything that is not `anyone` is refused without a session or a token.
enum class Right : std::uint8_t {
    anyone,  ///< signing in, health, the app's own files, catalogues, what is published
    read,
    export_rows,  ///< whole lists as files
    account_write,
    upload,
    opinion_write,
    link_write,
    inquiry_write,
    notice_write,
    notice_acknowledge,
    report_make,
    report_publish,
    exchange,
    metrics_read,
    people_manage,
    self,  ///< one's own sessions, tokens and password: whoever is signed in
};
[[nodiscard]] std::string_view name_of(Right right);

/// One route: a method and a path whose parts are words, `{name}` for any one part that is not empty, or, at
/// the end, `{name...}` for all that follow. A word goes before a `{name}`, whatever the order of adding.
struct Route {
    Method method = Method::get;
    std::string pattern;
    Right right = Right::read;
    Handler handler;
    /// The longest body taken.
    std::uint64_t body_bytes = 64 * 1024;
};

/// Finds the handler of a request. HEAD is answered by GET's handler; the transport leaves the body out.
class Router {
public:
    /// Finds out who asks, puts it into the request's `caller`, and says whether they have the route's right:
    /// nothing where they have, else the answer to give (401, 403).
    using Gate = std::function<std::optional<Response>(Request&, const Route&)>;

    void add(Route route);
    void get(std::string pattern, Handler handler, Right right = Right::read) {
        add({.method = Method::get, .pattern = std::move(pattern), .right = right, .handler = std::move(handler)});
    }
    void set_gate(Gate gate) { gate_ = std::move(gate); }

    /// Answers a request: 404 for no such path, 405 with `Allow` for no such method there. Every answer has the security
    /// headers; an exception becomes 500 without its text, which goes to `on_failure`.
    [[nodiscard]] Response answer(Request request) const;
    /// The longest body that the request with this head may have: 0 where there is no route.
    [[nodiscard]] std::uint64_t body_limit(const Request& head) const;
    [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }
    /// In which language a request's problems are told; English where nothing is set.
    void set_language(std::function<const report::Messages&(const Request&)> language) { language_ = std::move(language); }
    void set_on_failure(std::function<void(const std::string&)> on_failure) { on_failure_ = std::move(on_failure); }

private:
    struct Found {
        const Route* route = nullptr;
        std::vector<std::pair<std::string, std::string>> matched;
        std::string allow;  ///< methods of the path, where the method is not among them
    };
    [[nodiscard]] Found find(const Request& request) const;

    std::vector<Route> routes_;
    std::vector<std::vector<std::string>> patterns_;  // the routes' patterns, in parts
    Gate gate_;
    std::function<const report::Messages&(const Request&)> language_;
    std::function<void(const std::string&)> on_failure_;
};

/// Adds what every answer carries: the content security policy, no sniffing, no referrer, no framing but by
/// the own origin (by anyone for embeds, `embed`), no caching by others, and over TLS, HSTS.
void add_security_headers(Response& response, const Request& request);

}  // namespace truce::server
