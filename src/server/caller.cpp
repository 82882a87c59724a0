// SPDX-License-Identifier: Apache-2.0
#include "server/caller.h"

namespace truce::server {

std::string_view name_of(Role role) {
    switch (role) {
        case Role::viewer:
            return "viewer";
        case Role::reporter:
            return "reporter";
        case Role::analyst:
            return "analyst";
        case Role::monitor:
            return "monitor";
        case Role::admin:
            return "admin";
    }
    return "";
}

std::optional<Role> role_named(std::string_view name) {
    for (const auto role : {Role::viewer, Role::reporter, Role::analyst, Role::monitor, Role::admin}) {
        if (name_of(role) == name) return role;
    }
    return std::nullopt;
}

}  // namespace truce::server
