// SPDX-License-Identifier: Apache-2.0
#include "model/extra_cells.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace truce {
namespace {

constexpr std::array<std::string_view, 3> names{"Weather", "Crew", "Note"};

TEST(ExtraCells, EmptyValuesAreLeftOut) {
    const std::array<std::string_view, 3> values{"rain", "", "a\nb"};
    const ExtraCells cells(packed(names), values);
    EXPECT_EQ(cells.cells(), (std::vector<ExtraCells::Cell>{{"Weather", "rain"}, {"Note", "a\nb"}}));
}

TEST(ExtraCells, AChangeKeepsEachValueUnderItsName) {
    const std::array<std::string_view, 3> values{"rain", "", "x"};
    const auto changed =
        ExtraCells(packed(names), values).with([](std::string_view text) { return std::string(text) + "!"; });
    EXPECT_EQ(changed.cells()[2], (ExtraCells::Cell{"Note", "x!"}));
}

}  // namespace
}  // namespace truce
