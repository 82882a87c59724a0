// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/toll.h"
#include "assessment/linking.h"

namespace truce {

struct Dossier;

/// Other ways in which some incidents' accounts might be grouped, drawn from what linkage leaves open, and
/// the tolls of the incidents that each makes.
///
/// A link that linkage made by itself holds with its chance, and one that it put before a human likewise;
/// what humans decided always holds. In each draw the surest links are joined first, with at most one
/// account of a source in an incident unless the source repeats itself, as in linkage. Links are taken as
/// independent. Draw i draws from stream i of the seed.
///
/// `made` are all incidents as linkage made them. Only accounts of `incidents` take part: links to others are
/// left out. Empty where no link among them is uncertain, or where there are more than 20,000 accounts: one
/// incident more or less is then no part of the uncertainty that anyone could see, and twenty groupings of
/// all would take longer than all the rest.
std::vector<std::vector<analysis::IncidentToll>> linkage_draws(const Dossier& dossier,
                                                               std::span<const Incident> made,
                                                               const Linkage& linkage,
                                                               std::span<const IncidentId> incidents,
                                                               int draws, std::uint64_t seed);

}  // namespace truce
