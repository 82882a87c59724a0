// SPDX-License-Identifier: Apache-2.0
#include "sources/acled.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "sources/test_mission.h"

namespace truce::sources {
namespace {

class AcledTest : public testing::Test {
protected:
    static constexpr std::string_view header =
        "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_"
        "actor_1,inter1,actor2,"
        "assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,"
        "location,latitude,longitude,"
        "geo_precision,source,source_scale,notes,fatalities,tags,timestamp";

    /// An ordinary row with some cells changed.
    static std::string row(const std::map<std::string, std::string>& changed) {
        std::map<std::string, std::string> cells{{"event_id_cnty", "SYR7"},
                                                 {"event_date", "2016-05-04"},
                                                 {"year", "2016"},
                                                 {"time_precision", "1"},
                                                 {"event_type", "Explosions/Remote violence"},
                                                 {"sub_event_type", "Shelling/artillery/missile attack"},
                                                 {"actor1", "Government of Syria"},
                                                 {"inter1", "State forces"},
                                                 {"actor2", "Nusra Front"},
                                                 {"inter2", "Rebel group"},
                                                 {"country", "Syria"},
                                                 {"admin1", "Aleppo"},
                                                 {"location", "Aleppo"},
                                                 {"latitude", "36.2"},
                                                 {"longitude", "37.15"},
                                                 {"geo_precision", "1"},
                                                 {"source", "SOHR; SNHR"},
                                                 {"notes", "\"Shells fell, \"\"many\"\"\nof them.\""},
                                                 {"fatalities", "3"},
                                                 {"timestamp", "1700000000"}};
        for (const auto& [column, value] : changed) cells[column] = value;
        std::string line;
        std::size_t from = 0;
        while (from <= header.size()) {
            const auto end = std::min(header.find(',', from), header.size());
            line += cells[std::string(header.substr(from, end - from))] + ",";
            from = end + 1;
        }
        line.pop_back();
        return line;
    }
    ReadResult read(const std::string& rows) const {
        auto result = mission_.read(fmt::format("{}\n{}\n", header, rows));
        if (!result) throw std::runtime_error(result.error().text());
        return *std::move(result);
    }
    Account only(const std::map<std::string, std::string>& changed) const {
        auto result = read(row(changed));
        if (result.accounts.size() != 1)
            throw std::runtime_error(result.rejects.at(0).found + "; want " + result.rejects.at(0).expected);
        return result.accounts[0];
    }

    TestMission mission_;
};

TEST_F(AcledTest, TheLayoutOfTheApiIsKnown) {
    EXPECT_EQ(recognise(fmt::format("\xEF\xBB\xBF{}\n{}\n", header, row({}))), Format::acled);
    const auto account = only({});
    EXPECT_EQ(account.key, "SYR7");
    EXPECT_EQ(account.told.act, Act::attack_shelling);
    EXPECT_EQ(account.told.parties.roles, Roles::stated);
    EXPECT_EQ(account.told.parties.attacker.candidates, (Candidates{Candidate{ActorId{0}, 1.0}}));
    EXPECT_EQ(account.told.toll.killed, CountRange::exactly(3));
    EXPECT_EQ(account.summary, "Shells fell, \"many\"\nof them.");
    EXPECT_EQ(account.cites, "SOHR; SNHR");
}

TEST_F(AcledTest, AClashDoesNotSayWhoBegan) {
    const auto account = only({{"event_type", "Battles"}, {"sub_event_type", "Armed clash"}});
    EXPECT_EQ(account.told.act, Act::attack_armed_clash);
    EXPECT_EQ(account.told.parties.roles, Roles::unstated);
    EXPECT_EQ(account.told.parties.target_kinds, TargetKinds{TargetKind::combatant});
}

TEST_F(AcledTest, WhoeverGainedGroundIsTheOneWhoTookIt) {
    const auto account = only({{"event_type", "Battles"},
                               {"sub_event_type", "Government regains territory"},
                               {"actor1", "Nusra Front"},
                               {"inter1", "2"},
                               {"actor2", "Government of Syria"},
                               {"inter2", "1"}});
    EXPECT_EQ(account.told.act, Act::territory_acquire);
    EXPECT_EQ(account.told.parties.roles, Roles::stated);
    EXPECT_EQ(account.told.parties.attacker.name, "Government of Syria");
}

TEST_F(AcledTest, CiviliansAreKnownByCodeByFlagAndByName) {
    EXPECT_TRUE(only({{"actor2", "Civilians (Syria)"}, {"inter2", "7"}})
                    .told.parties.target_kinds.has(TargetKind::civilian));
    EXPECT_TRUE(only({{"civilian_targeting", "Civilian targeting"}, {"actor2", ""}, {"inter2", ""}})
                    .told.parties.target_kinds.has(TargetKind::civilian));
    EXPECT_TRUE(only({{"actor2", "Civilians (Syria)"},
                      {"inter2", ""},
                      {"assoc_actor_2", "Health Workers (Syria); Women (Syria)"}})
                    .told.parties.target_kinds.has(TargetKind::medical));
}

TEST_F(AcledTest, NoughtMeansThatNoDeathWasReported) {
    EXPECT_FALSE(only({{"fatalities", "0"}}).told.toll.killed);
}

TEST_F(AcledTest, AWeekIsWidenedFromSaturdayToFriday) {
    const auto account = only({{"time_precision", "2"}});  // 4 May 2016 is a Wednesday
    EXPECT_EQ(account.told.when.precision, TimePrecision::week);
    EXPECT_EQ(utc_text(account.told.when.window.first), "2016-04-29T21:00:00Z");
    EXPECT_EQ(utc_text(account.told.when.window.end), "2016-05-06T21:00:00Z");
}

TEST_F(AcledTest, AMonthIsWidenedToTheMonth) {
    const auto account = only({{"time_precision", "3"}});
    EXPECT_EQ(utc_text(account.told.when.window.first), "2016-04-30T21:00:00Z");
    EXPECT_EQ(utc_text(account.told.when.window.end), "2016-05-31T21:00:00Z");
}

TEST_F(AcledTest, ARegionIsTheMissionsArea) {
    const auto account = only({{"geo_precision", "3"}});
    EXPECT_EQ(account.told.place.within, AreaId{0});
}

TEST_F(AcledTest, TheExportToolsDatesAreRead) {
    EXPECT_EQ(utc_text(only({{"event_date", "04 May 2016"}}).told.when.window.first), "2016-05-03T21:00:00Z");
}

TEST_F(AcledTest, AnUnknownTypeIsAnUnknownActAndSaysSo) {
    const auto account = only({{"event_type", "Novelty"}, {"sub_event_type", "Something new"}});
    EXPECT_EQ(account.told.act, Act::unknown);
    EXPECT_EQ(account.remarks.size(), 1U);
}

TEST_F(AcledTest, AnUnidentifiedGroupIsNobody) {
    EXPECT_TRUE(
        only({{"actor1", "Unidentified Armed Group (Syria)"}}).told.parties.attacker.candidates.empty());
}

TEST_F(AcledTest, RowsMayNotBePassedOn) {
    const auto result = read(row({}));
    EXPECT_EQ(result.source.republish, Republish::aggregates);
    EXPECT_NE(result.source.credit.find("ACLED"), std::string::npos);
}

TEST_F(AcledTest, TheLayoutOf2017IsReadWithItsDayFirstDates) {
    const auto result = mission_.read(
        "GWNO,EVENT_ID_CNTY,EVENT_ID_NO_CNTY,EVENT_DATE,YEAR,TIME_PRECISION,EVENT_TYPE,ACTOR1,ALLY_ACTOR_1,"
        "INTER1,ACTOR2,ALLY_ACTOR_2,"
        "INTER2,INTERACTION,COUNTRY,ADMIN1,ADMIN2,ADMIN3,LOCATION,LATITUDE,LONGITUDE,GEO_PRECISION,SOURCE,"
        "NOTES,FATALITIES\n"
        "615,1416RTA,1,18/04/2001,2001,1,Violence against civilians,Police Forces of Algeria "
        "(1999-),,1,Civilians (Algeria),Berber Ethnic "
        "Group,7,17,Algeria,Tizi Ouzou,Beni-Douala,,Beni Douala,36.61954,4.08282,1,Associated Press,A "
        "student was shot.,1\n"
        "615,2229RTA,2,04/05/2001,2001,1,Riots/Protests,Rioters (Algeria),,5,,,0,50,Algeria,Tizi "
        "Ouzou,,,Tizi Ouzou,36.7,4.05,1,AP,,0\n");
    ASSERT_TRUE(result);
    ASSERT_EQ(result->accounts.size(), 2U);
    EXPECT_EQ(result->accounts[0].key, "1416RTA");
    EXPECT_EQ(result->accounts[0].told.act, Act::attack);
    EXPECT_EQ(utc_text(result->accounts[1].told.when.window.first), "2001-05-03T21:00:00Z");
    EXPECT_EQ(result->accounts[1].told.act, Act::demonstration);
}

TEST(AcledAggregated, ARowIsACountOverAWeekAndARegion) {
    const TestMission mission;
    const std::string text =
        "WEEK,REGION,COUNTRY,ADMIN1,EVENT_TYPE,SUB_EVENT_TYPE,EVENTS,FATALITIES,POPULATION_EXPOSURE,DISORDER_"
        "TYPE,CENTROID_LATITUDE,"
        "CENTROID_LONGITUDE\n30-April-2016,Middle East,Syria,Aleppo,Battles,Armed clash,12,40,,Political "
        "violence,36.2,37.2\n";
    EXPECT_EQ(recognise(text), Format::acled_aggregated);
    const auto result = mission.read(text);
    ASSERT_TRUE(result);
    ASSERT_EQ(result->accounts.size(), 1U);
    const auto& account = result->accounts[0];
    EXPECT_EQ(account.kind, AccountKind::aggregate);
    EXPECT_EQ(account.told.place.within, AreaId{0});
    EXPECT_EQ(account.told.when.window.length(), std::chrono::days{7});
    EXPECT_EQ(account.told.toll.killed, CountRange::exactly(40));
    EXPECT_TRUE(account.remarks.empty());
}

}  // namespace
}  // namespace truce::sources
