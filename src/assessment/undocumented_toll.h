// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/multiple_systems.h"

namespace truce {

/// Lists of the dead, as a mission gives them: who is on which, in counts.
struct ListedDead {
    struct Stratum {
        std::string name;  ///< empty where people are not kept apart
        analysis::ListTable table;
        /// The same under other decisions of which records are one person.
        std::vector<numeric::ListCounts> draws;
    };
    std::string file;
    std::vector<Stratum> strata;
    analysis::PopulationIs population = analysis::PopulationIs::closed;
};

/// What the lists of one stratum say of all the dead. `stratum` empty: people are not kept apart.
struct UndocumentedToll {
    std::string stratum;
    analysis::MultipleSystems estimate;
};

/// Estimates each stratum by itself, in their order: a range over methods and models, or the reason why there
/// is none. Strata are never added up, since their errors are not independent where lists are the same.
[[nodiscard]] std::vector<UndocumentedToll> undocumented_tolls(const ListedDead& lists, std::uint64_t seed,
                                                               int bootstrap_replicates = 1000);

}  // namespace truce
