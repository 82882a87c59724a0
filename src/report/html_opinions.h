// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/incident.h"
#include "report/html_page.h"
#include "report/opinion_files.h"

namespace truce::report {

/// What the monitors say, beside what was computed: the state's name, their opinions with the joint status, how far they agree.
/// Nothing without a record. `listing` says which incidents may be shown.
void write_opinions(Page& page, const Listing& listing);

/// What the monitors say of one incident, with grounds; nothing where nobody has spoken of it.
void write_opinions_of(Page& page, IncidentId incident);

/// The findings whose inputs changed, and what changed of each.
void write_input_changes(Page& page, const ChangesSince& changes, const Listing& listing);

}  // namespace truce::report
