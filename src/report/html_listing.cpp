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
    // Beside one another: a look-up at every comparison would cost more than the sorting.
    std::vector<std::tuple<Verdict, std::int64_t, sys_seconds, std::uint32_t>> by_gravity;
    by_gravity.reserve(listing.incidents.size());
    for (const auto id : listing.incidents) {
        const auto& what = assessment.incidents[id.value].what;
        const auto killed = what.toll.killed ? std::int64_t{what.toll.killed->best} : -1;
        by_gravity.emplace_back(assessment.judged[id.value].verdict, -killed, what.when.window.first,
                                id.value);
    }
    std::ranges::sort(by_gravity);
    for (std::size_t i = 0; i < by_gravity.size(); ++i) listing.incidents[i] = {std::get<3>(by_gravity[i])};
    return listing;
}

}  // namespace truce::report
