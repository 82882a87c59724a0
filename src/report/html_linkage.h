// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/incident.h"
#include "report/html_page.h"

namespace truce::report {

/// How accounts became incidents: how many, how many links are expected to be wrong or missing, what to bear
/// in mind, and what humans decided.
void write_linkage(Page& page);

/// Why the accounts of one incident are held to tell of one; nothing for an incident of one account.
void write_links_of(Page& page, IncidentId incident);

}  // namespace truce::report
