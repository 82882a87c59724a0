// SPDX-License-Identifier: Apache-2.0
#include "server/permissions.h"

#include <algorithm>
#include <array>

namespace truce::server {
namespace {

using record::FieldClass;

/// The least role that has a right; roles are a ladder. Rights that are not here nobody has.
struct Rung {
    Right right;
    Role least;
};
constexpr std::array rungs{
    Rung{Right::anyone, Role::viewer},
    Rung{Right::self, Role::viewer},
    Rung{Right::read, Role::viewer},
    Rung{Right::account_write, Role::reporter},
    Rung{Right::notice_acknowledge, Role::reporter},
    Rung{Right::export_rows, Role::analyst},
    Rung{Right::upload, Role::analyst},
    Rung{Right::link_write, Role::analyst},
    Rung{Right::report_make, Role::analyst},
    Rung{Right::opinion_write, Role::monitor},
    Rung{Right::inquiry_write, Role::monitor},
    Rung{Right::notice_write, Role::monitor},
    Rung{Right::report_publish, Role::monitor},
    Rung{Right::exchange, Role::monitor},
    Rung{Right::metrics_read, Role::admin},
    Rung{Right::people_manage, Role::admin},
};

/// What a party's liaison may do at most.
constexpr std::array for_liaisons{Right::anyone, Right::self, Right::read, Right::notice_acknowledge};

}  // namespace

bool has(Role role, Right right) {
    const auto* rung = std::ranges::find(rungs, right, &Rung::right);
    return rung != rungs.end() && role >= rung->least;
}

bool may(const Caller& caller, Right right) {
    if (caller.party.empty()) return has(caller.role, right);
    // To acknowledge is what a liaison is there for, as a viewer too.
    return std::ranges::find(for_liaisons, right) != for_liaisons.end();
}

bool covers(Scopes scopes, Right right, Method method) {
    switch (right) {
        case Right::anyone:
            return true;
        case Right::read:
        case Right::export_rows:
        case Right::metrics_read:
            return scopes.read;
        case Right::account_write:
        case Right::upload:
        case Right::opinion_write:
        case Right::link_write:
        case Right::inquiry_write:
        case Right::notice_write:
        case Right::notice_acknowledge:
        case Right::report_make:
            return scopes.write;
        case Right::exchange:
            return scopes.exchange;
        case Right::self:
            return scopes.read && (method == Method::get || method == Method::head);
        case Right::report_publish:
        case Right::people_manage:
            return false;
    }
    return false;
}

bool may_see(const Caller& caller, FieldClass field_class) {
    switch (field_class) {
        case FieldClass::open:
            return true;
        case FieldClass::parties:
            return true;
        case FieldClass::mission:
            return caller.party.empty() && caller.role >= Role::analyst;
        case FieldClass::protected_value:
            return false;
    }
    return false;
}

bool may_open(const Caller& caller) { return caller.party.empty() && caller.role >= Role::monitor; }

bool may_see_rows(const Caller& caller, Republish republish) {
    switch (republish) {
        case Republish::rows:
            return true;
        case Republish::aggregates:
        case Republish::nothing:
            return caller.party.empty();
    }
    return false;
}

std::vector<std::string> rights_of(const Caller& caller) {
    std::vector<std::string> names;
    for (const Right right : all_rights) {
        if (right != Right::anyone && right != Right::self && may(caller, right)) names.emplace_back(name_of(right));
    }
    return names;
}

std::optional<Words> foreign(const Request& request, bool session) {
    if (request.method == Method::get || request.method == Method::head || request.method == Method::options)
        return std::nullopt;
    if (const auto site = request.headers.find("Sec-Fetch-Site"); site && *site != "same-origin" && *site != "none")
        return say("foreign.site");
    if (const auto origin = request.headers.find("Origin")) {
        const auto host = request.headers.find("Host");
        // A proxy in front may speak TLS for us; then the origin is https and the connection here is not.
        const bool own = host && (*origin == "https://" + std::string(*host) ||
                                  (!request.secure && *origin == "http://" + std::string(*host)));
        if (!own) return say("foreign.site");
    }
    if (session && request.headers.find("X-Truce") != "1") return say("foreign.header");
    return std::nullopt;
}

}  // namespace truce::server
