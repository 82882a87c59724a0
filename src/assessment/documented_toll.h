// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/toll.h"
#include "base/time.h"
#include "model/account.h"

namespace truce {

struct Dossier;

/// The dead whom accounts put down to one attacker.
struct AttributedToll {
    /// The actor's id; empty for incidents of which nobody says who attacked, or of whom several may have.
    std::string actor;
    std::uint64_t incidents = 0;
    analysis::TollSum all;
    analysis::TollSum civilians;
};

/// What accounts document of the dead, with everything that a reader may want told apart.
struct DocumentedToll {
    analysis::TollCount count;
    analysis::TollDistribution killed;
    analysis::TollDistribution civilians;
    std::vector<analysis::RunningToll> running;  ///< one for each day
    std::vector<analysis::RunningToll> running_civilians;
    /// By attacker, by id, the unknown first. What is unknown is not shared out among the known: those may
    /// have done none of it or all.
    std::vector<AttributedToll> by_attacker;
};

/// What is known of the dead of one incident, and the days on which it may have happened.
[[nodiscard]] analysis::IncidentToll toll_of(const Happening& what, analysis::Days days);

/// In how many ways accounts are grouped anew where linkage leaves something open.
inline constexpr int groupings_drawn = 24;

/// Adds up incidents, each with the attacker's id as `attacker_of` gives it. Requires: as many of either.
///
/// `groupings` are what the same accounts would make of the incidents under other decisions of linkage
/// (`linkage_draws`); the distributions are over them, or over the incidents as they are where there are
/// none.
[[nodiscard]] DocumentedToll documented_toll(std::span<const analysis::IncidentToll> tolls,
                                             std::span<const std::string_view> attackers,
                                             std::span<const std::vector<analysis::IncidentToll>> groupings,
                                             const analysis::TollDefinition& definition);

/// The one actor of the register whom an incident's accounts hold to have attacked; empty where they name
/// nobody of it, or several, or tell of a fight of which they do not say who began.
[[nodiscard]] std::string_view attacker_of(const Dossier& dossier, const Happening& what);

/// Adds up what the accounts of a dossier document, over all areas. Needs no agreement, so that it serves
/// any table.
///
/// `days` are those to count, else all on which any incident may lie; nothing where there is no incident
/// either. Incidents are made of accounts as in `assess`; the same for any number of threads.
[[nodiscard]] std::optional<DocumentedToll> documented_toll(const Dossier& dossier,
                                                            std::optional<DayRange> days, int threads = 1);

}  // namespace truce
