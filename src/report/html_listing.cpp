// SPDX-License-Identifier: Apache-2.0
#include "report/html_listing.h"

#include <algorithm>
#include <tuple>

namespace truce::report {
Listing listing_of(const Dossier& dossier, const Assessment& assessment, Readers readers) {
    Listing listing;
    for (std::uint32_t i = 0; i < assessment.incidents.size(); ++i) {
        if (assessment.judged[i].days != Judged::Days::assessed) continue;
        if (may_show(dossier, assessment.incidents[i], readers)) {
            listing.incidents.push_back({i});
        } else {
            ++listing.withheld;
        }
    }
    const auto gravity = [&assessment](IncidentId id) {
        const auto& what = assessment.incidents[id.value].what;
        const auto killed = what.toll.killed ? std::int64_t{what.toll.killed->best} : -1;
        return std::tuple(assessment.judged[id.value].verdict, -killed, what.when.window.first, id.value);
    };
    std::ranges::sort(listing.incidents, {}, gravity);
    return listing;
}

}  // namespace truce::report
