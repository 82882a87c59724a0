// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "assessment/assessment.h"
#include "assessment/hotspot_scan.h"
#include "report/sink.h"
#include "report/tables.h"

namespace truce::report {

[[nodiscard]] std::string_view name_of(numeric::ScanModel model);
[[nodiscard]] std::string_view name_of(analysis::HotspotSettings::When when);
[[nodiscard]] std::string_view name_of(analysis::Evidence evidence);
[[nodiscard]] std::string_view name_of(analysis::NoScan reason);
[[nodiscard]] std::string_view name_of(analysis::ScanWarning warning);
[[nodiscard]] std::string_view name_of(HotspotInTruce::Force force);

/// The circle that a hotspot is drawn as: its own, but never smaller than a kilometre, so that a hotspot at
/// one place can be seen.
[[nodiscard]] Disc drawn(const analysis::Hotspot& hotspot);

/// Scans as they stand in `assessment.json` and in `hotspots.json`; `doc/formats/hotspots.md` says what is
/// what.
[[nodiscard]] nlohmann::ordered_json hotspot_scans(const Dossier& dossier,
                                                   std::span<const HotspotScan> scans);
/// The same as a document of its own.
[[nodiscard]] std::string hotspots_json(const Dossier& dossier, std::span<const HotspotScan> scans,
                                        std::string_view software_version);
/// One row for each hotspot.
void write_hotspots_csv(const Sink& sink, const Dossier& dossier, std::span<const HotspotScan> scans,
                        TableForm form = TableForm::plain);
/// One feature for each hotspot: its circle as a polygon of 64 corners.
void write_hotspots_geojson(const Sink& sink, const Dossier& dossier, std::span<const HotspotScan> scans);

}  // namespace truce::report
