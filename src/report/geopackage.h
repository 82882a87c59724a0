// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "assessment/assessment.h"
#include "report/licence.h"

namespace truce::report {

/// The assessment as a GeoPackage 1.3 (OGC 12-128r17), the bytes of its file: layers `incidents` (points,
/// with the times as DATETIME in UTC), `incident_places` (where each incident of a radius over 1 km may have
/// been), `areas` (the agreements' areas, every version) and the table `findings`; QGIS finds its styles in
/// `layer_styles`. The same assessment gives the same bytes. Needs memory for the whole file.
[[nodiscard]] std::string geopackage(const Dossier& dossier, const Assessment& assessment, Readers readers);

}  // namespace truce::report
