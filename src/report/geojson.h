// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "assessment/assessment.h"
#include "report/licence.h"
#include "report/sink.h"

namespace truce::report {

/// Writes the incidents as a GeoJSON FeatureCollection (RFC 7946): a point each, at the centre of where it
/// may have been, with that place's radius, times in UTC, the toll and the verdict as properties. An incident
/// whose place is not known has a null geometry.
void write_incidents_geojson(const Sink& sink, const Dossier& dossier, const Assessment& assessment,
                             Readers readers);

/// Appends one incident as a feature, whoever reads it: whether it may be shown is the caller's to ask.
void append_incident_feature(std::string& out, const Dossier& dossier, const Assessment& assessment, IncidentId id);

}  // namespace truce::report
