// SPDX-License-Identifier: Apache-2.0
#include "linkage/gather.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace truce::linkage {
namespace {

Actor actor(std::string id) {
    Actor made;
    made.id = std::move(id);
    return made;
}

struct SmallMission {
    ActorRegister actors;
    AreaRegister areas;
    Zone zone = Zone::named("Asia/Damascus").value();
    std::vector<Source> sources;
    std::vector<Account> accounts;

    SmallMission() {
        auto insurgents = actor("insurgents");
        insurgents.relations.push_back({ActorRelation::contains, ActorId{1}, {}});
        actors = ActorRegister({std::move(insurgents), actor("ahrar")});
        Area district;
        district.id = "district";
        district.admin_level = 2;
        district.shape = Shape(Disc{.centre = {.lat = 36, .lon = 37}, .radius = Distance::km(20)});
        Area country;
        country.id = "country";
        country.admin_level = 0;
        country.shape = Shape(Disc{.centre = {.lat = 35, .lon = 38}, .radius = Distance::km(300)});
        areas = AreaRegister({district, country});
        sources.resize(2);
        sources[0].id = "ged";
        sources[1].id = "field";
    }

    Account& add(std::uint32_t source, std::string key) {
        Account account;
        account.source = SourceId{source};
        account.key = std::move(key);
        account.raw = sha256(account.key);
        account.told.when.window = zone.day(sys_days{std::chrono::year{2016} / 5 / 4});
        account.told.place.centre = Point{.lat = 36.2, .lon = 37.1};
        account.told.place.radius = Distance::km(1);
        accounts.push_back(std::move(account));
        return accounts.back();
    }
    [[nodiscard]] Surroundings surroundings() const { return {sources, actors, areas, zone}; }
};

TEST(ToldOf, DaysAreThoseOfTheMissionsZone) {
    SmallMission mission;
    const auto told = told_of(mission.add(0, "1"), mission.surroundings());
    const auto day = sys_days{std::chrono::year{2016} / 5 / 4}.time_since_epoch().count();
    EXPECT_EQ(told.when.first_day, day);
    EXPECT_EQ(told.when.last_day, day);
}

TEST(ToldOf, AnAreaIsTheDiscThatHoldsIt) {
    SmallMission mission;
    auto& account = mission.add(0, "1");
    account.told.place.within = AreaId{0};
    const auto told = told_of(account, mission.surroundings());
    ASSERT_TRUE(told.centre);
    EXPECT_NEAR(told.centre->lat, 36, 1e-6);
    EXPECT_GE(told.radius_km, 20);
    EXPECT_LE(told.radius_km, 30);
}

TEST(ToldOf, APlaceKnownToItsCountryIsNoPlace) {
    SmallMission mission;
    auto& account = mission.add(0, "1");
    account.told.place.within = AreaId{1};
    EXPECT_FALSE(told_of(account, mission.surroundings()).centre);
    account.told.place.within.reset();
    account.told.place.radius = Distance::km(500);
    EXPECT_FALSE(told_of(account, mission.surroundings()).centre);
}

TEST(ToldOf, AnUmbrellaMayBeAnyOfItsMembers) {
    SmallMission mission;
    auto& account = mission.add(0, "1");
    account.told.parties.attacker.candidates.push_back({ActorId{0}, 1.0});
    const auto told = told_of(account, mission.surroundings());
    EXPECT_EQ(told.attacker.may_be, (std::vector{ActorId{0}, ActorId{1}}));
}

TEST(Gather, TakesAccountsOfIncidentsAlone) {
    SmallMission mission;
    mission.add(0, "1");
    mission.add(0, "2").kind = AccountKind::lead;
    mission.add(1, "3");
    const auto gathered = gather(mission.accounts, mission.surroundings(), 2);
    EXPECT_EQ(gathered.accounts, (std::vector{AccountId{0}, AccountId{2}}));
    EXPECT_EQ(gathered.sources, (std::vector<std::uint32_t>{1, 0}));  // in order of their ids
}

TEST(Gather, RanksDoNotHangOnTheOrderOfInput) {
    SmallMission mission;
    mission.add(0, "9");
    mission.add(1, "5");
    mission.add(0, "1");
    const auto gathered = gather(mission.accounts, mission.surroundings(), 1);
    EXPECT_EQ(gathered.ranks, (std::vector<std::uint32_t>{2, 0, 1}));
}

TEST(FindDecisions, FindsAccountsByKeyAndByHash) {
    SmallMission mission;
    mission.add(0, "1");
    mission.add(1, "a");
    const auto gathered = gather(mission.accounts, mission.surroundings(), 1);
    const std::vector<LinkDecision> decisions{
        {.kind = LinkDecision::Kind::split,
         .accounts = {{.source = "ged", .key = "1"}, {.raw = sha256("a").hex().substr(0, 12)}}}};
    const auto found = find_decisions(decisions, gathered, mission.accounts, mission.sources);
    ASSERT_EQ(found.pairs.size(), 1U);
    EXPECT_EQ(found.pairs[0].pair, (Pair{0, 1}));
    EXPECT_EQ(found.pairs[0].kind, HumanDecision::Kind::apart);
    EXPECT_TRUE(found.not_found.empty());
}

TEST(FindDecisions, SaysWhichAccountIsNotThere) {
    SmallMission mission;
    mission.add(0, "1");
    const auto gathered = gather(mission.accounts, mission.surroundings(), 1);
    const std::vector<LinkDecision> decisions{
        {.accounts = {{.source = "ged", .key = "1"}, {.source = "field", .key = "77"}}}};
    const auto found = find_decisions(decisions, gathered, mission.accounts, mission.sources);
    EXPECT_TRUE(found.pairs.empty());
    ASSERT_EQ(found.not_found.size(), 1U);
    EXPECT_NE(found.not_found[0].second.find("'77'"), std::string::npos);
}

std::size_t witnesses_of(const SmallMission& mission) {
    std::vector<const Account*> all;
    for (const auto& account : mission.accounts) all.push_back(&account);
    return witnesses(all, mission.sources);
}

TEST(Witnesses, TwoSourcesThatCiteOneWireStoryAreOne) {
    SmallMission mission;
    mission.add(0, "1").cites = "Reuters; SOHR";
    mission.add(1, "2").cites = "reuters";
    EXPECT_EQ(witnesses_of(mission), 1U);
}

TEST(Witnesses, WhoCitesTheOtherIsNoWitnessBesideIt) {
    SmallMission mission;
    mission.add(0, "1").cites = "field";
    mission.add(1, "2");
    EXPECT_EQ(witnesses_of(mission), 1U);
}

TEST(Witnesses, ATextThatIsTakenOverIsOneWitness) {
    SmallMission mission;
    mission.add(0, "1").summary = "four mortar shells fell on the market of the old town, killing three";
    mission.add(1, "2").summary = "Four mortar shells fell on the market of the old town, killing three.";
    EXPECT_EQ(witnesses_of(mission), 1U);
}

TEST(Witnesses, WhoRestOnDifferentSourcesAreSeveral) {
    SmallMission mission;
    mission.add(0, "1").cites = "SOHR";
    mission.add(1, "2").cites = "White Helmets";
    EXPECT_EQ(witnesses_of(mission), 2U);
}

}  // namespace
}  // namespace truce::linkage
