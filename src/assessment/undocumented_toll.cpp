// SPDX-License-Identifier: Apache-2.0
#include "assessment/undocumented_toll.h"

namespace truce {

std::vector<UndocumentedToll> undocumented_tolls(const ListedDead& lists, std::uint64_t seed,
                                                 int bootstrap_replicates) {
    std::vector<UndocumentedToll> tolls;
    for (const ListedDead::Stratum& stratum : lists.strata) {
        tolls.push_back({.stratum = stratum.name,
                         .estimate = analysis::estimate_undocumented(
                             stratum.table, stratum.draws,
                             {.population = lists.population,
                              .bootstrap_replicates = bootstrap_replicates,
                              .seed = seed})});
    }
    return tolls;
}

}  // namespace truce
