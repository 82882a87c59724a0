// SPDX-License-Identifier: Apache-2.0
#include "model/act.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace truce {
namespace {

TEST(Act, AKindIsAlsoWhatItIsAKindOf) {
    EXPECT_TRUE(is_kind_of(Act::attack_explosive_ied, Act::attack_explosive));
    EXPECT_TRUE(is_kind_of(Act::attack_explosive_ied, Act::attack));
    EXPECT_FALSE(is_kind_of(Act::attack, Act::attack_shelling));
    EXPECT_FALSE(is_kind_of(Act::unknown, Act::attack));
}

TEST(Act, ABroaderActMayBeAnyOfItsKinds) {
    EXPECT_TRUE(may_be(Act::attack, Act::attack_air_strike));
    EXPECT_TRUE(may_be(Act::unknown, Act::access_deny));
    EXPECT_FALSE(may_be(Act::attack_shelling, Act::attack_air_strike));
}

TEST(Act, EveryNameNamesItsAct) {
    EXPECT_TRUE(std::ranges::all_of(all_acts(), [](Act act) { return act_named(name_of(act)) == act; }));
    EXPECT_EQ(act_named("attack.air-strike"), std::nullopt);
}

}  // namespace
}  // namespace truce
