// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace truce {

/// What was done, in the words that agreements and sources use; kinds of a broader act carry its name before
/// the dot
/// (`attack.shelling` is an `attack`). `doc/glossary.md` says what each covers.
enum class Act : std::uint8_t {
    attack,
    attack_armed_clash,
    attack_shelling,
    attack_air_strike,
    attack_missile,
    attack_ground_assault,
    attack_explosive,
    attack_explosive_ied,
    attack_explosive_mine,
    attack_suicide_bombing,
    attack_sniping,
    attack_execution,
    attack_abduction,
    attack_sexual_violence,
    attack_chemical,
    attack_cluster_munition,
    attack_incendiary,
    attack_drone,
    territory_acquire,
    movement_force,
    movement_weapons,
    recon,
    access_deny,
    access_allow,
    siege,
    detain,
    release,
    looting,
    propaganda,
    fortify,
    notify,
    training_fire,
    demonstration,
    withdraw,
    other,
    unknown,
};

/// Every act, broader ones before their kinds.
[[nodiscard]] std::span<const Act> all_acts();
/// The act's name as agreement files and exports write it: `attack.air_strike`.
[[nodiscard]] std::string_view name_of(Act act);
/// The act of that exact name, or nothing.
[[nodiscard]] std::optional<Act> act_named(std::string_view name);
/// Whether `act` is `broader` or one of its kinds. `unknown` is a kind of nothing but itself.
[[nodiscard]] bool is_kind_of(Act act, Act broader);
/// Whether `act` might turn out to be `narrower`: it is `unknown`, or a broader act of which `narrower` is a
/// kind.
[[nodiscard]] bool may_be(Act act, Act narrower);

}  // namespace truce
