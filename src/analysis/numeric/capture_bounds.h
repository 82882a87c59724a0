// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "analysis/numeric/interval.h"
#include "analysis/numeric/list_counts.h"

namespace truce::numeric {

/// An estimate of a population, with its interval.
struct PopulationEstimate {
    double population = 0;
    Interval interval;
};

/// A lower bound of the population that holds however unequal people's chances of being listed are, as long
/// as lists do not depend on one another: n + f1^2 / (2 f2), f1 and f2 being those on just one list and on
/// just two.
///
/// With nobody on two lists it is n + f1 (f1 - 1) / 2. The interval takes the logarithm of the unseen as
/// normal; it is that of the bound, not of the population. Nothing where nobody is on any list.
/// Chao (1987), Biometrics 43: 783.
std::optional<PopulationEstimate> chao_bound(const ListCounts& counts, Level level = {});

/// Two of the lists.
struct ListPair {
    int first = 0;
    int second = 1;
};

/// The population from two lists that do not depend on one another, everyone having the same chance of being
/// on a list: (n1 + 1)(n2 + 1) / (m + 1) - 1, m being those on both.
///
/// The interval is normal, and kept from falling below those on either. Nobody can test the independence
/// with two lists, so never show it alone. Chapman (1951), Univ. California Publ. Statist. 1: 131; Seber
/// (1970), Biometrika 57: 17.
PopulationEstimate chapman(const ListCounts& counts, ListPair pair, Level level = {});

}  // namespace truce::numeric
