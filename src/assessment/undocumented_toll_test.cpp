// SPDX-License-Identifier: Apache-2.0
#include "assessment/undocumented_toll.h"

#include <gtest/gtest.h>

namespace truce {
namespace {

/// Three lists of whom each two share `shared`, and each holds `alone` more.
ListedDead::Stratum stratum(std::string name, std::uint64_t shared, std::uint64_t alone) {
    ListedDead::Stratum made{.name = std::move(name),
                             .table = {.lists = {"a", "b", "c"}, .counts = numeric::ListCounts(3)},
                             .draws = {}};
    for (const numeric::ListSet two : {3U, 5U, 6U}) made.table.counts.add(two, shared);
    for (const numeric::ListSet one : {1U, 2U, 4U}) made.table.counts.add(one, alone);
    made.table.counts.add(7, shared);
    return made;
}

TEST(UndocumentedTolls, AreEstimatedStratumByStratum) {
    const auto tolls = undocumented_tolls(
        {.file = "lists.csv", .strata = {stratum("north", 40, 100), stratum("south", 2, 100)}}, 1, 100);
    ASSERT_EQ(tolls.size(), 2U);
    EXPECT_EQ(tolls[0].stratum, "north");
    ASSERT_TRUE(tolls[0].estimate.range);
    EXPECT_GT(tolls[0].estimate.range->low, 460);
    // Lists that hardly overlap: refused, and the reason names the thinnest pair.
    ASSERT_TRUE(tolls[1].estimate.refused);
    EXPECT_EQ(tolls[1].estimate.refused->reason, analysis::MultipleSystemsRefusal::Reason::thin_overlap);
}

TEST(UndocumentedTolls, OfAnOpenPopulationCarryTheWarning) {
    const auto tolls = undocumented_tolls({.file = "lists.csv",
                                           .strata = {stratum("", 40, 100)},
                                           .population = analysis::PopulationIs::open},
                                          1, 100);
    bool warned = false;
    for (const auto& one : tolls[0].estimate.warnings)
        warned = warned || one.kind == analysis::MultipleSystemsWarning::Kind::open_population;
    EXPECT_TRUE(warned);
}

}  // namespace
}  // namespace truce
