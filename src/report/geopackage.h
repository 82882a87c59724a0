// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "assessment/assessment.h"
#include "report/licence.h"

namespace truce::report {

/// Writes the assessment as a GeoPackage 1.3 (OGC 12-128r17): layers `incidents` (points, with the times as
/// DATETIME in UTC), `incident_places` (where each incident of a radius over 1 km may have been, as a polygon
/// of 24 corners on the circle), `areas` (the agreements' areas, every version) and the tables `commitments` and
/// `findings`, which name rows by their numbers; QGIS finds its styles in `layer_styles`. The same assessment gives the
/// same bytes.
///
/// SQLite makes the tables; their rows are put behind them page by page (report/sqlite_rows.h). So this output alone
/// goes to a file and not to a sink. Requires: there is no file at `path`. Throws std::runtime_error when the file
/// cannot be written, and leaves what it wrote. Needs 16 MB of memory beyond the largest geometry.
void write_geopackage(const std::filesystem::path& path, const Dossier& dossier, const Assessment& assessment,
                      Readers readers);

}  // namespace truce::report
