// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace truce::server {

/// What somebody is on the mission. `permissions.h` says what each may do.
enum class Role : std::uint8_t { viewer, reporter, analyst, monitor, admin };
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::optional<Role> role_named(std::string_view name);

/// Who asks.
struct Caller {
    std::string id;
    std::string name;
    Role role = Role::viewer;
    std::string party;  ///< the actor that a party's liaison stands for; empty for others
};

}  // namespace truce::server
