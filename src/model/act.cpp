// SPDX-License-Identifier: Apache-2.0
#include "model/act.h"

#include <array>
#include <utility>

namespace truce {
namespace {

constexpr std::array names{
    std::pair{Act::attack, std::string_view("attack")},
    std::pair{Act::attack_armed_clash, std::string_view("attack.armed_clash")},
    std::pair{Act::attack_shelling, std::string_view("attack.shelling")},
    std::pair{Act::attack_air_strike, std::string_view("attack.air_strike")},
    std::pair{Act::attack_missile, std::string_view("attack.missile")},
    std::pair{Act::attack_ground_assault, std::string_view("attack.ground_assault")},
    std::pair{Act::attack_explosive, std::string_view("attack.explosive")},
    std::pair{Act::attack_explosive_ied, std::string_view("attack.explosive.ied")},
    std::pair{Act::attack_explosive_mine, std::string_view("attack.explosive.mine")},
    std::pair{Act::attack_suicide_bombing, std::string_view("attack.suicide_bombing")},
    std::pair{Act::attack_sniping, std::string_view("attack.sniping")},
    std::pair{Act::attack_execution, std::string_view("attack.execution")},
    std::pair{Act::attack_abduction, std::string_view("attack.abduction")},
    std::pair{Act::attack_sexual_violence, std::string_view("attack.sexual_violence")},
    std::pair{Act::attack_chemical, std::string_view("attack.chemical")},
    std::pair{Act::attack_cluster_munition, std::string_view("attack.cluster_munition")},
    std::pair{Act::attack_incendiary, std::string_view("attack.incendiary")},
    std::pair{Act::attack_drone, std::string_view("attack.drone")},
    std::pair{Act::territory_acquire, std::string_view("territory.acquire")},
    std::pair{Act::movement_force, std::string_view("movement.force")},
    std::pair{Act::movement_weapons, std::string_view("movement.weapons")},
    std::pair{Act::recon, std::string_view("recon")},
    std::pair{Act::access_deny, std::string_view("access.deny")},
    std::pair{Act::access_allow, std::string_view("access.allow")},
    std::pair{Act::siege, std::string_view("siege")},
    std::pair{Act::detain, std::string_view("detain")},
    std::pair{Act::release, std::string_view("release")},
    std::pair{Act::looting, std::string_view("looting")},
    std::pair{Act::propaganda, std::string_view("propaganda")},
    std::pair{Act::fortify, std::string_view("fortify")},
    std::pair{Act::notify, std::string_view("notify")},
    std::pair{Act::training_fire, std::string_view("training.fire")},
    std::pair{Act::demonstration, std::string_view("demonstration")},
    std::pair{Act::withdraw, std::string_view("withdraw")},
    std::pair{Act::other, std::string_view("other")},
    std::pair{Act::unknown, std::string_view("unknown")},
};

constexpr auto acts_in_order = [] {
    std::array<Act, names.size()> acts{};
    for (std::size_t i = 0; i < names.size(); ++i) acts[i] = names[i].first;
    return acts;
}();

constexpr bool listed_in_enum_order = [] {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (static_cast<std::size_t>(names[i].first) != i) return false;
    }
    return static_cast<std::size_t>(Act::unknown) + 1 == names.size();
}();
static_assert(listed_in_enum_order);

}  // namespace

std::span<const Act> all_acts() {
    return acts_in_order;
}

std::string_view name_of(Act act) {
    return names[static_cast<std::size_t>(act)].second;
}

std::optional<Act> act_named(std::string_view name) {
    for (const auto& [act, text] : names) {
        if (text == name) return act;
    }
    return std::nullopt;
}

bool is_kind_of(Act act, Act broader) {
    if (act == broader) return true;
    const auto narrow = name_of(act);
    const auto wide = name_of(broader);
    return narrow.size() > wide.size() && narrow.starts_with(wide) && narrow[wide.size()] == '.';
}

bool may_be(Act act, Act narrower) {
    return act == Act::unknown || is_kind_of(narrower, act);
}

}  // namespace truce
