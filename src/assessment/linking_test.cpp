// SPDX-License-Identifier: Apache-2.0
#include "assessment/linking.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "assessment/assessment.h"

namespace truce {
namespace {

Actor actor(std::string id) {
    Actor made;
    made.id = std::move(id);
    return made;
}

const ActorRegister& actors() {
    static const ActorRegister all = [] {
        auto insurgents = actor("insurgents");
        insurgents.relations.push_back({ActorRelation::contains, ActorId{1}, {}});
        return ActorRegister({std::move(insurgents), actor("ahrar"), actor("government")});
    }();
    return all;
}

sys_seconds at(int day, int hour = 0) {
    return sys_days{std::chrono::year{2016} / 5 / day} + std::chrono::hours{hour};
}

Account account(int day) {
    Account made;
    made.told.when = {.window = {at(day), at(day + 1)}, .precision = TimePrecision::day};
    made.told.place.centre = Point{.lat = 36.2, .lon = 37.1};
    made.told.place.radius = Distance::km(5);
    made.told.act = Act::attack_shelling;
    made.told.parties.attacker = {
        .candidates = {{ActorId{2}, 1.0}}, .name = "government", .basis = Basis::reported};
    return made;
}

Happening together(const std::vector<Account>& accounts) {
    std::vector<const Account*> all;
    for (const auto& one : accounts) all.push_back(&one);
    return told_together(all, actors());
}

TEST(ToldTogether, ADayAndAnHourOfItAreThatHour) {
    auto exact = account(4);
    exact.told.when = {.window = {at(4, 14), at(4, 15)}, .precision = TimePrecision::hour};
    const auto when = together({account(4), exact}).when;
    EXPECT_EQ(when.window, exact.told.when.window);
    EXPECT_EQ(when.precision, TimePrecision::hour);
}

TEST(ToldTogether, DaysThatDoNotMeetAreAllPossible) {
    const auto when = together({account(4), account(5)}).when;
    EXPECT_EQ(when.window, (Period{at(4), at(6)}));
}

TEST(ToldTogether, TheMostExactPlaceIsTaken) {
    auto exact = account(4);
    exact.told.place.radius = Distance::km(1);
    exact.told.place.centre = Point{.lat = 36.21, .lon = 37.1};
    const auto place = together({account(4), exact}).place;
    EXPECT_EQ(place.centre, exact.told.place.centre);
    EXPECT_NEAR(place.radius.in_km(), 1, 1e-9);
}

TEST(ToldTogether, PlacesThatContradictAreHeldByOneDisc) {
    auto away = account(4);
    away.told.place.centre = Point{.lat = 36.4, .lon = 37.1};
    const auto place = together({account(4), away}).place;
    ASSERT_TRUE(place.centre);
    EXPECT_TRUE(
        contains(Disc{*place.centre, Distance::km(place.radius.in_km() + 0.01)}, {.lat = 36.2, .lon = 37.1}));
    EXPECT_TRUE(
        contains(Disc{*place.centre, Distance::km(place.radius.in_km() + 0.01)}, {.lat = 36.4, .lon = 37.1}));
    EXPECT_NEAR(place.radius.in_km(), (22.2 + 10) / 2, 0.1);
}

TEST(ToldTogether, AnActAndAKindOfItAreTheKind) {
    auto broad = account(4);
    broad.told.act = Act::attack;
    EXPECT_EQ(together({broad, account(4)}).act, Act::attack_shelling);
}

TEST(ToldTogether, KindsOfOneActThatContradictAreThatAct) {
    auto other = account(4);
    other.told.act = Act::attack_air_strike;
    EXPECT_EQ(together({other, account(4)}).act, Act::attack);
    other.told.act = Act::siege;
    EXPECT_EQ(together({other, account(4)}).act, Act::unknown);
}

TEST(ToldTogether, AnUmbrellaGivesWayToItsMember) {
    auto broad = account(4);
    broad.told.parties.attacker.candidates = {{ActorId{0}, 1.0}};
    auto exact = account(4);
    exact.told.parties.attacker.candidates = {{ActorId{1}, 1.0}};
    const auto side = together({broad, exact}).parties.attacker;
    ASSERT_EQ(side.candidates.size(), 1U);
    EXPECT_EQ(side.candidates[0].actor, ActorId{1});
}

TEST(ToldTogether, OfTwoThatAreNamedNoShareIsInvented) {
    auto other = account(4);
    other.told.parties.attacker.candidates = {{ActorId{1}, 1.0}};
    const auto side = together({account(4), other}).parties.attacker;
    ASSERT_EQ(side.candidates.size(), 2U);
    EXPECT_EQ(side.candidates[0].probability, 0);
    EXPECT_EQ(side.candidates[1].probability, 0);
}

TEST(ToldTogether, WhoSaysNothingOfASideTakesNothingFromIt) {
    auto silent = account(4);
    silent.told.parties.attacker = {};
    const auto side = together({silent, account(4)}).parties.attacker;
    ASSERT_EQ(side.candidates.size(), 1U);
    EXPECT_EQ(side.basis, Basis::reported);
}

TEST(ToldTogether, TollsAreARangeAndNeverASum) {
    auto a = account(4);
    a.told.toll.killed = CountRange{3, 5, 8};
    auto b = account(4);
    b.told.toll.killed = CountRange{4, 6, 10};
    const auto killed = together({a, b, account(4)}).toll.killed;
    ASSERT_TRUE(killed);
    EXPECT_EQ(*killed, (CountRange{3, 5, 10}));
}

/// Two sources that tell of the same thing, and one thing more.
Dossier dossier() {
    Dossier made;
    made.actors = actors();
    made.sources.resize(2);
    made.sources[0].id = "ged";
    made.sources[1].id = "field";
    const auto add = [&](std::uint32_t source, const std::string& key, int day, const std::string& summary) {
        auto one = account(day);
        one.source = SourceId{source};
        one.key = key;
        one.raw = sha256(key);
        one.told.toll.killed = CountRange::exactly(7);
        one.told.place.name = "Sarmada";
        one.summary = summary;
        made.accounts.push_back(one);
    };
    add(0, "g1", 4, "shells fell on the market of Sarmada");
    add(0, "g2", 20, "a convoy was hit");
    add(1, "f1", 4, "shells fell on the market of Sarmada at noon");
    return made;
}

TEST(LinkAccounts, TwoSourcesThatTellOfOneShellingMakeOneIncident) {
    const auto made = dossier();
    const auto linked = link_accounts(made, {});
    ASSERT_EQ(linked.incidents.size(), 2U);
    EXPECT_EQ(linked.incidents[0].accounts.size(), 2U);
    EXPECT_EQ(*linked.incidents[0].what.toll.killed, CountRange::exactly(7));
    ASSERT_EQ(linked.linkage.links.size(), 1U);
    EXPECT_EQ(linked.linkage.links[0].state, linkage::LinkState::linked);
    EXPECT_EQ(linked.linkage.links_of(IncidentId{0}), std::vector<std::uint32_t>{0});
    EXPECT_TRUE(linked.linkage.links_of(IncidentId{1}).empty());
}

TEST(LinkAccounts, OneSourceIsLeftAsItIs) {
    auto made = dossier();
    made.accounts.pop_back();
    const auto linked = link_accounts(made, {});
    EXPECT_EQ(linked.incidents.size(), 2U);
    EXPECT_FALSE(linked.linkage.compared);
}

TEST(LinkAccounts, AHumansSplitHoldsAndIsListed) {
    auto made = dossier();
    made.link_decisions.push_back(
        {.kind = LinkDecision::Kind::split,
         .accounts = {{.source = "ged", .key = "g1"}, {.source = "field", .key = "f1"}}});
    made.link_decisions.push_back(
        {.accounts = {{.source = "ged", .key = "g2"}, {.source = "ged", .key = "gone"}}});
    const auto linked = link_accounts(made, {});
    EXPECT_EQ(linked.incidents.size(), 3U);
    EXPECT_EQ(linked.linkage.links[0].state, linkage::LinkState::decided_apart);
    EXPECT_EQ(linked.linkage.decisions[0].state, DecisionOutcome::State::heeded);
    EXPECT_EQ(linked.linkage.decisions[1].state, DecisionOutcome::State::not_found);
}

TEST(LinkAccounts, AHumansLinkJoinsEvenRowsOfOneSource) {
    auto made = dossier();
    made.link_decisions.push_back(
        {.accounts = {{.source = "ged", .key = "g1"}, {.source = "ged", .key = "g2"}}});
    const auto linked = link_accounts(made, {});
    ASSERT_FALSE(linked.incidents.empty());
    EXPECT_GE(linked.incidents[0].accounts.size(), 2U);
    EXPECT_EQ(linked.linkage.decisions[0].state, DecisionOutcome::State::heeded);
}

}  // namespace
}  // namespace truce
