// SPDX-License-Identifier: Apache-2.0
#include "server/router.h"

#include <algorithm>
#include <cassert>
#include <exception>

namespace truce::server {
namespace {

std::vector<std::string> parts_of(std::string_view pattern) {
    assert(!pattern.empty() && pattern.front() == '/');
    pattern.remove_prefix(1);
    std::vector<std::string> parts;
    while (true) {
        const auto slash = pattern.find('/');
        parts.emplace_back(pattern.substr(0, slash));
        if (slash == std::string_view::npos) return parts;
        pattern.remove_prefix(slash + 1);
    }
}

bool is_rest(std::string_view part) { return part.starts_with('{') && part.ends_with("...}"); }

/// `{name}`, `{name}.csv`, `incidents.csv`: what stands before and after the name; nothing for a word.
struct Named {
    std::string_view name;
    std::string_view after;
};
std::optional<Named> named(std::string_view part) {
    if (!part.starts_with('{')) return std::nullopt;
    const auto end = part.find('}');
    return Named{part.substr(1, end - 1), part.substr(end + 1)};
}

std::optional<std::vector<std::pair<std::string, std::string>>> matches(
    const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
    std::vector<std::pair<std::string, std::string>> matched;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const std::string_view part = pattern[i];
        if (is_rest(part)) {
            std::string rest;
            for (auto j = i; j < path.size(); ++j) rest += (j == i ? "" : "/") + path[j];
            matched.emplace_back(part.substr(1, part.size() - 5), std::move(rest));
            return matched;
        }
        if (i == path.size()) return std::nullopt;
        const std::string_view given = path[i];
        if (const auto name = named(part)) {
            if (given.size() <= name->after.size() || !given.ends_with(name->after)) return std::nullopt;
            matched.emplace_back(name->name, given.substr(0, given.size() - name->after.size()));
        } else if (given != part) {
            return std::nullopt;
        }
    }
    if (path.size() != pattern.size()) return std::nullopt;
    return matched;
}

/// How exact a pattern is: of two that match, the one whose first differing part is the more exact goes
/// first.
std::vector<int> exactness(const std::vector<std::string>& pattern) {
    std::vector<int> ranks;
    for (const std::string_view part : pattern) {
        const auto name = named(part);
        ranks.push_back(is_rest(part) ? 3 : !name ? 0 : name->after.empty() ? 2 : 1);
    }
    return ranks;
}

Method answering(Method method) { return method == Method::head ? Method::get : method; }

}  // namespace

std::string_view name_of(Right right) {
    switch (right) {
        case Right::anyone:
            return "anyone";
        case Right::read:
            return "read";
        case Right::export_rows:
            return "export";
        case Right::account_write:
            return "account.write";
        case Right::upload:
            return "upload";
        case Right::opinion_write:
            return "opinion.write";
        case Right::link_write:
            return "link.write";
        case Right::inquiry_write:
            return "inquiry.write";
        case Right::notice_write:
            return "notice.write";
        case Right::notice_acknowledge:
            return "notice.acknowledge";
        case Right::report_make:
            return "report.make";
        case Right::report_publish:
            return "report.publish";
        case Right::exchange:
            return "exchange";
        case Right::metrics_read:
            return "metrics.read";
        case Right::people_manage:
            return "people.manage";
        case Right::self:
            return "self";
    }
    return "";
}

void Router::add(Route route) {
    patterns_.push_back(parts_of(route.pattern));
    routes_.push_back(std::move(route));
}

Router::Found Router::find(const Request& request) const {
    Found best;
    std::vector<int> best_rank;
    std::vector<std::string_view> allowed;
    for (std::size_t i = 0; i < routes_.size(); ++i) {
        auto matched = matches(patterns_[i], request.path);
        if (!matched) continue;
        if (routes_[i].method != answering(request.method)) {
            allowed.push_back(name_of(routes_[i].method));
            continue;
        }
        auto rank = exactness(patterns_[i]);
        if (best.route != nullptr && best_rank <= rank) continue;
        best.route = &routes_[i];
        best.matched = std::move(*matched);
        best_rank = std::move(rank);
    }
    if (best.route == nullptr) {
        std::ranges::sort(allowed);
        const auto repeated = std::ranges::unique(allowed);
        allowed.erase(repeated.begin(), repeated.end());
        for (const auto method : allowed) {
            if (!best.allow.empty()) best.allow += ", ";
            best.allow += method;
        }
    }
    return best;
}

std::uint64_t Router::body_limit(const Request& head) const {
    const auto found = find(head);
    return found.route == nullptr ? 0 : found.route->body_bytes;
}

Response Router::answer(Request request) const {
    auto response = [&]() -> Response {
        try {
            auto found = find(request);
            if (found.route == nullptr) {
                if (found.allow.empty()) return problem(404, say("title.not_found"), say("no_path"));
                auto refused = problem(405, say("title.method"), say("path_takes", {{"methods", Words(found.allow)}}));
                refused.headers.add("Allow", found.allow);
                return refused;
            }
            request.matched = std::move(found.matched);
            if (gate_) {
                if (auto refused = gate_(request, *found.route)) return std::move(*refused);
            } else if (found.route->right != Right::anyone) {
                return problem(401, say("title.sign_in"), say("needs_session"));
            }
            return found.route->handler(request);
        } catch (const std::exception& failed) {
            // and so this request is answered, and the server goes on with others
            if (on_failure_) on_failure_(failed.what());
            return problem(500, say("title.failed"), say("failed"));
        }
    }();
    if (language_ && response.problem) in_words_of(response, language_(request));
    add_security_headers(response, request);
    return response;
}

void add_security_headers(Response& response, const Request& request) {
    auto& headers = response.headers;
    const auto put = [&](std::string_view name, std::string_view value) {
        if (!headers.find(name)) headers.add(std::string(name), std::string(value));
    };
    put("Content-Security-Policy",
        "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'");
    put("X-Content-Type-Options", "nosniff");
    put("Referrer-Policy", "no-referrer");
    put("Cross-Origin-Opener-Policy", "same-origin");
    put("Cross-Origin-Resource-Policy", "same-origin");
    put("Permissions-Policy", "camera=(), microphone=(), payment=(), usb=()");
    put("Cache-Control", "no-store");
    if (request.secure) put("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
}

}  // namespace truce::server
