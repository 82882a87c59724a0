// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "assessment/assessment.h"

namespace truce::report {

/// The assessment's numbers as JSON, as `doc/formats/assessment.schema.json` says: sources with their counts,
/// licences and hashes, findings by verdict, trends, tolls, groups, what could not be decided. It holds
/// counts and no rows, so it may be published whatever the sources' licences are. The same assessment gives
/// the same bytes.
[[nodiscard]] std::string assessment_json(const Dossier& dossier, const Assessment& assessment);

}  // namespace truce::report
