// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <utility>

#include "analysis/numeric/list_counts.h"

namespace truce::numeric {

inline ListCounts list_counts(int lists, std::initializer_list<std::pair<ListSet, unsigned>> cells) {
    ListCounts counts(lists);
    for (const auto& [set, people] : cells) counts.add(set, people);
    return counts;
}

/// Killings in Kosovo, 1999: exhumations, American Bar Association, OSCE, Human Rights Watch. Ball, Betts,
/// Scheuren, Dudukovich, Asher (2002), "Killings and refugee flow in Kosovo", as R's LCMCR has them.
inline ListCounts kosovo() {
    return list_counts(4, {{1, 1131},
                           {2, 845},
                           {3, 177},
                           {4, 936},
                           {5, 228},
                           {6, 217},
                           {7, 181},
                           {8, 306},
                           {9, 106},
                           {10, 31},
                           {11, 18},
                           {12, 123},
                           {13, 42},
                           {14, 32},
                           {15, 27}});
}

/// Victims of modern slavery in the United Kingdom, 2013, five lists. Silverman (2014), as R's SparseMSE has
/// them (UKdat_5).
inline ListCounts modern_slavery() {
    return list_counts(5, {{1, 54},
                           {2, 463},
                           {4, 995},
                           {8, 695},
                           {16, 316},
                           {3, 15},
                           {5, 19},
                           {9, 3},
                           {6, 62},
                           {10, 19},
                           {18, 1},
                           {12, 76},
                           {20, 11},
                           {24, 8},
                           {7, 1},
                           {11, 1},
                           {14, 4},
                           {15, 1}});
}

/// Three lists with two empty overlaps: Chan, Silverman, Vincent (2021), as R's SparseMSE has them
/// (Artificial_3).
inline ListCounts empty_overlaps() {
    return list_counts(3, {{1, 40}, {2, 30}, {4, 20}, {3, 6}});
}

/// People with HIV in Rome, 1990, four sources: Abeni, Brancato, Perucci (1994), as R's Rcapture has them.
inline ListCounts hiv() {
    return list_counts(4, {{0b0111, 3},
                           {0b1011, 1},
                           {0b0011, 33},
                           {0b0101, 20},
                           {0b1001, 6},
                           {0b0001, 403},
                           {0b1110, 3},
                           {0b0110, 35},
                           {0b1010, 10},
                           {0b0010, 545},
                           {0b1100, 11},
                           {0b0100, 621},
                           {0b1000, 205}});
}

/// Children with spina bifida in upstate New York, three lists: Hook, Albright, Cross (1980), as Madigan and
/// York (1997) use them.
inline ListCounts spina_bifida() {
    return list_counts(3, {{1, 60}, {2, 49}, {3, 4}, {4, 247}, {5, 112}, {6, 142}, {7, 12}});
}

}  // namespace truce::numeric
