// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/monitor_agreement.h"
#include "model/finding.h"
#include "model/incident.h"
#include "model/opinion.h"

namespace truce {

struct Dossier;

/// What the monitors say of one incident, and what that comes to together.
struct IncidentOpinions {
    IncidentId incident;
    /// Places in the record's opinions, one of each monitor that has spoken, by monitor. Where linkage joins what the record
    /// holds apart and a monitor has spoken of both parts, its last word.
    std::vector<std::uint32_t> opinions{};
    JointOpinion joint{};
};

/// The opinions on those of `incidents` of which some monitor has spoken; by incident. Empty without a record.
[[nodiscard]] std::vector<IncidentOpinions> opinions_on(const Dossier& dossier, std::span<const Incident> incidents);

/// The opinions on one incident out of those of all; nothing where nobody has spoken of it.
[[nodiscard]] const IncidentOpinions* opinions_of(std::span<const IncidentOpinions> all, IncidentId incident);

/// What an opinion says to one commitment: where it names another agreement or another duty, its answer on the breach is none on
/// this one.
[[nodiscard]] Opinion as_held_against(Opinion opinion, std::string_view agreement, std::string_view duty);

/// Whether monitors agree, over all incidents that they have spoken of.
[[nodiscard]] std::vector<analysis::AxisAgreement> agreement_of_monitors(const Dossier& dossier,
                                                                         std::span<const IncidentOpinions> opinions);

}  // namespace truce
