// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "model/incident.h"
#include "report/html_page.h"

namespace truce::report {

/// One incident as a `<details>` that opens to its chain of reasons and its accounts. Requires: the incident
/// may be shown (see listing_of).
[[nodiscard]] std::string incident_html(const Dossier& dossier, const Assessment& assessment,
                                        const Messages& messages, IncidentId incident);

}  // namespace truce::report
