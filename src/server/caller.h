// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace truce::server {

/// What somebody is on the mission. `permissions.h` says what each may do.
enum class Role : std::uint8_t { viewer, reporter, analyst, monitor, admin };
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::optional<Role> role_named(std::string_view name);

/// Who asks.
struct Caller {
    std::string id{};
    std::string name{};
    Role role = Role::viewer;
    std::string party{};  ///< the actor that a party's liaison stands for; empty for others
    std::string session{};  ///< the id of the session; empty with a token
    sys_seconds expires{};  ///< when the session or token ends
};

}  // namespace truce::server
