// SPDX-License-Identifier: Apache-2.0
#include "assessment/documented_toll.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <map>

#include "assessment/assessment.h"
#include "assessment/linkage_draws.h"
#include "assessment/linking.h"

namespace truce {

namespace {

using analysis::Days;
using analysis::Dead;

std::vector<std::string> source_names(const Dossier& dossier) {
    std::vector<std::string> names;
    for (const auto& source : dossier.sources) {
        names.push_back(source.version.empty() ? source.id : fmt::format("{} {}", source.id, source.version));
    }
    return names;
}

}  // namespace

analysis::IncidentToll toll_of(const Happening& what, Days days) {
    return {.days = days,
            .killed = what.toll.killed,
            .civilians_killed = what.toll.civilians_killed,
            .targets = what.parties.target_kinds,
            .act = what.act,
            .combatants_killed = what.toll.combatants_killed,
            .unknown_killed = what.toll.unknown_killed,
            .women_killed = what.toll.women_killed,
            .children_killed = what.toll.children_killed};
}

std::string_view attacker_of(const Dossier& dossier, const Happening& what) {
    const auto& candidates = what.parties.attacker.candidates;
    if (what.parties.roles != Roles::stated || candidates.size() != 1) return {};
    const auto& actor = candidates.front().actor;
    return actor ? std::string_view(dossier.actors[*actor].id) : std::string_view();
}

DocumentedToll documented_toll(std::span<const analysis::IncidentToll> tolls,
                               std::span<const std::string_view> attackers,
                               std::span<const std::vector<analysis::IncidentToll>> groupings,
                               const analysis::TollDefinition& definition) {
    assert(tolls.size() == attackers.size());
    const Days counted = definition.days;
    std::vector<std::vector<analysis::IncidentToll>> as_they_are;
    if (groupings.empty()) {
        as_they_are.emplace_back(tolls.begin(), tolls.end());
        groupings = as_they_are;
    }
    DocumentedToll result{.count = analysis::count_toll(tolls, definition),
                          .killed = analysis::toll_distribution(groupings, counted, Dead::all),
                          .civilians = analysis::toll_distribution(groupings, counted, Dead::civilians),
                          .running = analysis::running_toll(tolls, counted, Dead::all),
                          .running_civilians = analysis::running_toll(tolls, counted, Dead::civilians),
                          .by_attacker = {}};
    std::map<std::string_view, std::vector<std::size_t>> by_attacker;
    for (std::size_t i = 0; i < tolls.size(); ++i) by_attacker[attackers[i]].push_back(i);
    std::vector<analysis::IncidentToll> of_actor;
    for (const auto& [actor, members] : by_attacker) {
        of_actor.clear();
        of_actor.reserve(members.size());
        for (const auto i : members) of_actor.push_back(tolls[i]);
        const auto count = analysis::count_toll(of_actor, definition);
        const auto number = of_actor.size() - count.outside;
        if (number == 0) continue;
        result.by_attacker.push_back({.actor = std::string(actor),
                                      .incidents = number,
                                      .all = count.all,
                                      .civilians = count.civilians});
    }
    return result;
}

std::optional<DocumentedToll> documented_toll(const Dossier& dossier, std::optional<DayRange> days,
                                              int threads) {
    linkage::LinkSettings settings;
    settings.threads = static_cast<unsigned>(std::max(1, threads));
    const auto linked = link_accounts(dossier, settings);
    std::vector<IncidentId> all(linked.incidents.size());
    for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = IncidentId{i};
    std::vector<analysis::IncidentToll> tolls;
    std::vector<std::string_view> attackers;
    for (const auto& incident : linked.incidents) {
        tolls.push_back(
            toll_of(incident.what, analysis::local_days(incident.what.when.window, dossier.mission.zone)));
        attackers.push_back(attacker_of(dossier, incident.what));
    }
    if (!days) {
        if (tolls.empty()) return std::nullopt;
        const auto first =
            std::ranges::min_element(tolls, {}, [](const auto& one) { return one.days.first; });
        const auto last = std::ranges::max_element(tolls, {}, [](const auto& one) { return one.days.end; });
        days = DayRange{first->days.first, last->days.end - std::chrono::days{1}};
    }
    return documented_toll(
        tolls, attackers,
        linkage_draws(dossier, linked.incidents, linked.linkage, all, groupings_drawn, dossier.mission.seed),
        {.area = {},
         .days = {days->first, days->last + std::chrono::days{1}},
         .sources = source_names(dossier),
         .who = {}});
}

}  // namespace truce
