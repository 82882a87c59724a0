// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/hotspots.h"
#include "model/account.h"
#include "model/agreement.h"
#include "model/area.h"
#include "model/commitment.h"
#include "model/incident.h"
#include "model/mission.h"

namespace truce {

/// How one hotspot stands to the area of one local truce: one whose area is no whole country.
struct HotspotInTruce {
    AgreementId agreement;
    std::uint64_t inside = 0;   ///< incidents of the hotspot that lie in every version of its area
    std::uint64_t perhaps = 0;  ///< in some versions only
    /// Whether any of its commitments was in force on any day of the hotspot.
    enum class Force : std::uint8_t { in_force, not_in_force, unknown } force = Force::unknown;
};

/// A hotspot with the incidents in it and the local truces that it touches.
struct PlacedHotspot {
    analysis::Hotspot found;  ///< its members are places in the list of incidents
    /// The place that most of its incidents name, or the district or region; empty where none does.
    std::string place;
    std::vector<HotspotInTruce>
        truces;  ///< with at least one incident inside, perhaps or surely; by agreement
};

/// One scan of a mission's incidents.
struct HotspotScan {
    analysis::Hotspots found;  ///< its hotspots' members likewise; those in `hotspots` are the same
    std::vector<PlacedHotspot> hotspots;
    std::uint64_t selected = 0;  ///< incidents left out since they were selected, not recorded
};

/// Of what a mission is scanned, apart from the incidents themselves.
struct ScanGround {
    const Zone& zone;
    const AreaRegister& areas;
    std::span<const Commitment> commitments;
    std::span<const Source> sources;
    std::span<const Account> accounts;
};

/// The study and the baseline that an assessment scans by default: what happened until `days` end, as far
/// back as a year, and, for `model` expectation_based_poisson, the days since the truce against the baseline
/// before the days set apart. An empty study where that leaves no days.
[[nodiscard]] analysis::HotspotSettings scan_settings(const Mission& mission, numeric::ScanModel model,
                                                      analysis::Days days,
                                                      const std::optional<analysis::TruceDays>& truce);

/// The same settings, bounded so that an assessment stays quick however large its mission is: 400 sites, and
/// fewer replicates, at least 99, with more than 20,000 incidents.
[[nodiscard]] analysis::HotspotSettings bounded_scan_settings(analysis::HotspotSettings settings,
                                                              std::size_t incidents);

/// Scans incidents for hotspots, and holds these against the local truces' areas.
///
/// Incidents that rest on selections alone are left out, for they lie where their makers looked; where there
/// are no others nothing is scanned. `is_case` says for each incident whether it is of the kind asked about;
/// empty: all are. An incident lies in an area if at least half of where it may have been does.
/// Requires: settings.study not empty; `days` has the local days of each incident.
[[nodiscard]] HotspotScan scan_for_hotspots(std::span<const Incident> incidents,
                                            std::span<const analysis::Days> days, const ScanGround& ground,
                                            const analysis::HotspotSettings& settings,
                                            const std::function<bool(const Incident&)>& is_case = {});

}  // namespace truce
