// SPDX-License-Identifier: Apache-2.0
#include "assessment/documented_toll.h"

#include <gtest/gtest.h>

#include "assessment/assessment.h"

namespace truce {
namespace {

constexpr sys_days first{std::chrono::year{2016} / 5 / 4};

Actor actor(std::string id) {
    Actor one;
    one.id = std::move(id);
    return one;
}

Account account(int day, std::uint32_t killed, std::vector<std::uint32_t> attackers) {
    Account one;
    const auto start = sys_seconds{first + std::chrono::days{day}};
    one.told.when.window = {start, start + std::chrono::days{1}};
    one.told.toll.killed = CountRange::exactly(killed);
    for (const auto id : attackers) {
        one.told.parties.attacker.candidates.push_back(
            {.actor = ActorId{id}, .probability = 1.0 / static_cast<double>(attackers.size())});
    }
    return one;
}

Dossier dossier(std::vector<Account> accounts) {
    Dossier result;
    result.actors = ActorRegister({actor("government"), actor("opposition")});
    result.accounts = std::move(accounts);
    Source source;
    source.id = "records";
    source.version = "3";
    result.sources = {source};
    return result;
}

TEST(DocumentedToll, SharesOutNothingThatIsUnknown) {
    const auto toll =
        documented_toll(dossier({account(0, 5, {0}), account(0, 70, {}), account(1, 9, {0, 1})}), {});
    ASSERT_TRUE(toll);
    ASSERT_EQ(toll->by_attacker.size(), 2U);
    EXPECT_EQ(toll->by_attacker[0].actor, "");
    EXPECT_EQ(toll->by_attacker[0].all.best, 79U);
    EXPECT_EQ(toll->by_attacker[1].actor, "government");
    EXPECT_EQ(toll->by_attacker[1].all.best, 5U);
}

TEST(DocumentedToll, LeavesAFightOfWhichNobodySaysWhoBeganToNobody) {
    auto fight = account(0, 8, {0});
    fight.told.parties.roles = Roles::unstated;
    EXPECT_EQ(documented_toll(dossier({fight}), {})->by_attacker[0].actor, "");
}

TEST(DocumentedToll, CoversAllDaysOfAnyIncidentWhereNoneAreAsked) {
    const auto toll = documented_toll(dossier({account(0, 5, {}), account(9, 1, {})}), {});
    EXPECT_EQ(toll->count.definition.days, (analysis::Days{first, first + std::chrono::days{10}}));
    EXPECT_EQ(toll->count.definition.sources, (std::vector<std::string>{"records 3"}));
    EXPECT_EQ(toll->running.size(), 10U);
    EXPECT_EQ(toll->running.back().best, 6U);
}

TEST(DocumentedToll, OfNoIncidentIsNothing) {
    EXPECT_FALSE(documented_toll(dossier({}), {}));
}

}  // namespace
}  // namespace truce
