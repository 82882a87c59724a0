// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace truce {

/// What kind of person or thing was aimed at, or is protected.
enum class TargetKind : std::uint8_t {
    adherent,   ///< the forces of a party to the agreement (in commitments only)
    combatant,  ///< somebody's forces
    civilian,
    humanitarian,
    medical,
    school,
    water,
    worship,
    market,
    camp,  ///< people displaced, and where they live
    monitor,
    infrastructure,
    anyone,  ///< whoever it is (in commitments only)
};

[[nodiscard]] std::span<const TargetKind> all_target_kinds();
[[nodiscard]] std::string_view name_of(TargetKind kind);
[[nodiscard]] std::optional<TargetKind> target_kind_named(std::string_view name);

/// Whether the law of war protects the kind as civilian: all but adherents, combatants and `anyone`.
[[nodiscard]] bool is_civilian(TargetKind kind);
/// Whether a site of the kind is listed apart in reports: medical, school, water, worship, humanitarian.
[[nodiscard]] bool is_protected_site(TargetKind kind);

/// A set of kinds.
class TargetKinds {
public:
    constexpr TargetKinds() = default;
    constexpr TargetKinds(std::initializer_list<TargetKind> kinds) {
        for (const auto kind : kinds) add(kind);
    }
    constexpr void add(TargetKind kind) { bits_ = static_cast<std::uint16_t>(bits_ | bit(kind)); }
    [[nodiscard]] constexpr bool has(TargetKind kind) const { return (bits_ & bit(kind)) != 0; }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    /// Whether any kind in the set is civilian.
    [[nodiscard]] bool any_civilian() const;
    friend constexpr bool operator==(TargetKinds, TargetKinds) = default;

private:
    static constexpr std::uint16_t bit(TargetKind kind) {
        return static_cast<std::uint16_t>(1U << static_cast<unsigned>(kind));
    }
    std::uint16_t bits_ = 0;
};

}  // namespace truce
