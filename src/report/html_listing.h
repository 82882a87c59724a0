// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "assessment/assessment.h"
#include "report/licence.h"

namespace truce::report {

/// Which incidents a report may show one by one.
struct Listing {
    /// Those that may be shown to the readers (report/licence.h), within the days assessed, the gravest
    /// first: by verdict, then by best count of killed, then by time, then by id.
    std::vector<IncidentId> incidents;
    /// Within the days assessed, and withheld because a source forbids that its rows are passed on.
    std::uint64_t withheld = 0;
};

[[nodiscard]] Listing listing_of(const Dossier& dossier, const Assessment& assessment, Readers readers);

}  // namespace truce::report
