// SPDX-License-Identifier: Apache-2.0
#include "sources/ged.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "sources/test_mission.h"

namespace truce::sources {
namespace {

using namespace std::chrono_literals;

class GedTest : public testing::Test {
protected:
    Result<ReadResult> read(std::string_view text) const { return mission_.read(text); }
    /// The one account of a table with `header` and `row`.
    Account only(std::string_view header, std::string_view row) const {
        const auto result = read(fmt::format("{}\n{}\n", header, row));
        if (!result) throw std::runtime_error(result.error().text());
        if (result->accounts.size() != 1)
            throw std::runtime_error(result->rejects.empty() ? "no account"
                                                             : result->rejects[0].found + "; want " +
                                                                   result->rejects[0].expected);
        return result->accounts[0];
    }
    /// A row of the short layout below with some cells changed.
    static std::string row(const std::map<std::string, std::string>& changed) {
        std::map<std::string, std::string> cells{{"id", "7"},
                                                 {"year", "2016"},
                                                 {"type_of_violence", "1"},
                                                 {"side_a_new_id", "118"},
                                                 {"side_a", "Government of Syria"},
                                                 {"side_b_new_id", "4456"},
                                                 {"side_b", "Syrian insurgents"},
                                                 {"where_prec", "1"},
                                                 {"where_coordinates", "Aleppo city"},
                                                 {"adm_1", "Aleppo Governorate"},
                                                 {"latitude", "36.2"},
                                                 {"longitude", "37.15"},
                                                 {"country", "Syria"},
                                                 {"event_clarity", "1"},
                                                 {"date_prec", "1"},
                                                 {"date_start", "2016-05-04"},
                                                 {"date_end", "2016-05-04"},
                                                 {"deaths_a", "1"},
                                                 {"deaths_b", "2"},
                                                 {"deaths_civilians", "3"},
                                                 {"deaths_unknown", "0"},
                                                 {"best", "6"},
                                                 {"high", "8"},
                                                 {"low", "5"}};
        for (const auto& [column, value] : changed) cells[column] = value;
        std::string line;
        for (const auto& column : columns()) line += cells[column] + ",";
        line.pop_back();
        return line;
    }
    static const std::vector<std::string>& columns() {
        static const std::vector<std::string> all{"id",
                                                  "year",
                                                  "type_of_violence",
                                                  "side_a_new_id",
                                                  "side_a",
                                                  "side_b_new_id",
                                                  "side_b",
                                                  "where_prec",
                                                  "where_coordinates",
                                                  "adm_1",
                                                  "latitude",
                                                  "longitude",
                                                  "country",
                                                  "event_clarity",
                                                  "date_prec",
                                                  "date_start",
                                                  "date_end",
                                                  "deaths_a",
                                                  "deaths_b",
                                                  "deaths_civilians",
                                                  "deaths_unknown",
                                                  "best",
                                                  "high",
                                                  "low"};
        return all;
    }
    static std::string header() { return fmt::format("{}", fmt::join(columns(), ",")); }
    Account account_with(const std::map<std::string, std::string>& changed) const {
        return only(header(), row(changed));
    }
    Reject reject_with(const std::map<std::string, std::string>& changed) const {
        const auto result = read(header() + "\n" + row(changed) + "\n");
        if (!result) throw std::runtime_error(result.error().text());
        if (result->rejects.size() != 1) throw std::runtime_error("no reject");
        return result->rejects[0];
    }

    TestMission mission_;
};

TEST_F(GedTest, AFightNamesBothSidesAndNotWhoBegan) {
    const auto account = account_with({});
    EXPECT_EQ(account.told.parties.roles, Roles::unstated);
    EXPECT_EQ(account.told.parties.attacker.candidates, (Candidates{Candidate{ActorId{0}, 1.0}}));
    EXPECT_EQ(account.told.parties.target.candidates, (Candidates{Candidate{ActorId{1}, 1.0}}));
    EXPECT_EQ(account.told.parties.target_kinds, TargetKinds{TargetKind::combatant});
    EXPECT_EQ(account.told.act, Act::attack);
}

TEST_F(GedTest, OneSidedViolenceHasAnAttackerAndCivilians) {
    const auto account =
        account_with({{"type_of_violence", "3"}, {"side_b", "Civilians"}, {"side_b_new_id", "9999"}});
    EXPECT_EQ(account.told.parties.roles, Roles::stated);
    EXPECT_EQ(account.told.parties.target_kinds, TargetKinds{TargetKind::civilian});
}

TEST_F(GedTest, ADayRunsBetweenTheZonesMidnights) {
    const auto account = account_with({});
    EXPECT_EQ(utc_text(account.told.when.window.first), "2016-05-03T21:00:00Z");
    EXPECT_EQ(utc_text(account.told.when.window.end), "2016-05-04T21:00:00Z");
    EXPECT_EQ(account.told.when.precision, TimePrecision::day);
}

TEST_F(GedTest, TheTollIsReadByNameNotByPlace) {
    const auto account = account_with({});
    EXPECT_EQ(account.told.toll.killed, (CountRange{5, 6, 8}));
    EXPECT_EQ(account.told.toll.civilians_killed, CountRange::exactly(3));
    EXPECT_EQ(account.told.toll.combatants_killed, CountRange::exactly(3));
    EXPECT_EQ(account.told.toll.unknown_killed, CountRange::exactly(0));
    EXPECT_TRUE(account.remarks.empty());
}

TEST_F(GedTest, LowAboveBestIsKeptAndRemarkedOn) {
    const auto account = account_with({{"low", "7"}});
    EXPECT_EQ(account.told.toll.killed, (CountRange{7, 6, 8}));
    EXPECT_EQ(account.remarks, std::vector<std::string>{"low 7 exceeds best 6: kept as they are"});
}

TEST_F(GedTest, ARegionBecomesTheMissionsArea) {
    const auto account = account_with({{"where_prec", "4"}});
    EXPECT_EQ(account.told.place.within, AreaId{0});
    EXPECT_EQ(account.told.place.precision, PlacePrecision::region);
}

TEST_F(GedTest, ARegionThatTheMissionDoesNotKnowBecomesADisc) {
    const auto account = account_with({{"where_prec", "4"}, {"adm_1", "Homs Governorate"}});
    EXPECT_FALSE(account.told.place.within);
    EXPECT_EQ(account.told.place.radius, Distance::km(100));
}

TEST_F(GedTest, ADayKnownToTheMonthBecomesTheMonth) {
    const auto account = account_with({{"date_prec", "4"}});
    EXPECT_EQ(utc_text(account.told.when.window.first), "2016-04-30T21:00:00Z");
    EXPECT_EQ(utc_text(account.told.when.window.end), "2016-05-31T21:00:00Z");
    EXPECT_EQ(account.remarks.size(), 1U);
}

TEST_F(GedTest, AnEndBeforeTheStartIsRejected) {
    const auto reject = reject_with({{"date_end", "2016-05-03"}});
    EXPECT_EQ(reject.column_name, "date_end");
    EXPECT_EQ(reject.line, 2U);
    EXPECT_EQ(reject.found, "'2016-05-03'");
    EXPECT_EQ(reject.expected, "a day not before date_start, 2016-05-04");
}

TEST_F(GedTest, MissingMarksAreNotNames) {
    const auto account = account_with({{"adm_1", "-"}, {"side_b", "-1"}, {"side_b_new_id", "-1"}});
    EXPECT_EQ(account.told.place.admin1, "");
    EXPECT_TRUE(account.told.parties.target.candidates.empty());
    EXPECT_EQ(account.told.parties.target.basis, Basis::unknown);
}

TEST_F(GedTest, SentinelYearsAreRejected) {
    EXPECT_EQ(reject_with({{"date_end", "9999-12-31"}}).column_name, "date_end");
    EXPECT_EQ(reject_with({{"date_start", "1900-01-01"}}).column_name, "date_start");
}

struct RealFile {
    const char* path;
    std::uint64_t rows;
    std::uint64_t rejects;
};

class RealGed : public GedTest, public testing::WithParamInterface<RealFile> {};

TEST_P(RealGed, EveryRowIsAnAccountOrAReject) {
    const auto text = real_file(GetParam().path);
    if (!text) GTEST_SKIP() << "the real files are not here: " << GetParam().path;
    const auto result = mission_.read(*text, nullptr, 2);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->source.rows, GetParam().rows);
    EXPECT_EQ(result->rejects.size(), GetParam().rejects);
    EXPECT_EQ(result->accounts.size() + result->rejects.size(), result->source.rows);
}

INSTANTIATE_TEST_SUITE_P(Files, RealGed,
                         testing::Values(RealFile{"ucdp-ged-syria-2016/ged_syria_2016_jan_aug.csv", 4079, 0},
                                         RealFile{"ucdp-ged-car/ged231_car.csv", 1848, 0},
                                         RealFile{"ucdp-ged-sample1000/ged231_sample1000.csv", 1000, 0},
                                         RealFile{"ucdp-ged-ukraine/UCDP-Ukraine_2023-02-03.csv", 3000, 0},
                                         RealFile{"ucdp-ged-ukraine/UCDP-Ukraine_2023-05-03.csv", 3883, 0}));

/// What the file's own publisher counts for Aleppo Governorate, 21 April to 4 May 2016 (start days): 61
/// incidents, 531 to 574 deaths, best 542, of them 373 civilians (UCDP GED 19.1).
TEST_F(GedTest, AleppoBeforeTheTruceAddsUpToTheKnownFigures) {
    const auto text = real_file("ucdp-ged-syria-2016/ged_syria_2016_jan_aug.csv");
    if (!text) GTEST_SKIP() << "the real files are not here";
    const auto result = mission_.read(*text);
    ASSERT_TRUE(result);
    const auto first = mission_.zone.day(sys_days{2016y / 4 / 21}).first;
    const auto end = mission_.zone.day(sys_days{2016y / 5 / 4}).end;
    int incidents = 0;
    CountRange killed;
    std::uint32_t civilians = 0;
    for (const auto& account : result->accounts) {
        const auto& told = account.told;
        if (told.place.admin1 != "Aleppo Governorate" || told.when.window.first < first ||
            told.when.window.first >= end)
            continue;
        ++incidents;
        killed.low += told.toll.killed->low;
        killed.best += told.toll.killed->best;
        killed.high += told.toll.killed->high;
        civilians += told.toll.civilians_killed->best;
    }
    EXPECT_EQ(incidents, 61);
    EXPECT_EQ(killed, (CountRange{531, 542, 574}));
    EXPECT_EQ(civilians, 373U);
}

/// One file has the dates of the other in two other forms, mixed: 1/22/2014 12:00:00 AM and 05/02/2014 00:00,
/// which looks day-first and is not.
TEST_F(GedTest, MonthFirstDatesThatLookDayFirstAgreeWithTheOlderRelease) {
    const auto older = real_file("ucdp-ged-ukraine/UCDP-Ukraine_2023-02-03.csv");
    const auto newer = real_file("ucdp-ged-ukraine/UCDP-Ukraine_2023-05-03.csv");
    if (!older || !newer) GTEST_SKIP() << "the real files are not here";
    const auto before = mission_.read(*older);
    const auto after = mission_.read(*newer);
    ASSERT_TRUE(before && after);
    std::map<std::string, Period> windows;
    for (const auto& account : before->accounts) windows.emplace(account.key, account.told.when.window);
    std::size_t same = 0;
    std::size_t other = 0;
    for (const auto& account : after->accounts) {
        const auto found = windows.find(account.key);
        if (found != windows.end()) ++(found->second == account.told.when.window ? same : other);
    }
    EXPECT_GT(same, 2500U);
    EXPECT_LT(other, same / 50);  // revised between the releases
}

TEST_F(GedTest, AFileWithoutAHeaderIsReadByTheOrderOfItsColumns) {
    const auto row =
        "300380,SYR-2013-1-11973-99,2013,1,Clear,1,299,299,Syria: Government,11973,11973,Government of Syria "
        "- Syrian "
        "insurgents,118,118,Government of Syria,4456,4456,Syrian "
        "insurgents,2,article,office,2013-01-03,headline,SOHR; "
        "VDC,1,Rami village,in the village,Idlib governorate,Ariha district,35.763369,36.558974,POINT "
        "(36.558974 "
        "35.763369),181154,Syria,652,Middle East,1,1,2013-01-03,2013-01-03,0,2,0,0,2,4,1,652,\n";
    EXPECT_EQ(recognise(row), Format::ucdp_ged);
    const auto result = read(row);
    ASSERT_TRUE(result);
    ASSERT_EQ(result->accounts.size(), 1U);
    const auto& account = result->accounts[0];
    EXPECT_EQ(account.row, 1U);
    EXPECT_EQ(account.told.toll.killed, (CountRange{1, 2, 4}));  // the file's order is best, high, low
    EXPECT_EQ(account.summary, "headline");
    EXPECT_EQ(account.cites, "SOHR; VDC");
}

TEST_F(GedTest, AnHxlRowAndAPreambleAreNoRows) {
    std::string tags;
    for (const auto& column : columns()) tags += column == "date_start" ? "#date+start," : ",";
    const auto result = read("UCDP data\n" + header() + "\n" + tags + "\n" + row({}) + "\n");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->source.rows, 1U);
    EXPECT_EQ(result->accounts.size(), 1U);
    EXPECT_EQ(result->accounts[0].line, 4U);
}

TEST_F(GedTest, DayFirstIsSettledByTheWholeFile) {
    const auto result =
        read(header() + "\n" +
             row({{"date_start", "03/04/2016"}, {"date_end", "04/04/2016"}, {"date_prec", "2"}}) + "\n" +
             row({{"date_start", "27/04/2016"}, {"date_end", "27/04/2016"}}) + "\n");
    ASSERT_TRUE(result);
    ASSERT_EQ(result->accounts.size(), 2U);
    EXPECT_EQ(utc_text(result->accounts[0].told.when.window.first), "2016-04-02T21:00:00Z");
    EXPECT_EQ(result->source.warnings.size(), 1U);
}

TEST_F(GedTest, DatesThatNothingSettlesAreRejected) {
    const auto reject = reject_with({{"date_start", "03/04/2016"}, {"date_end", "03/04/2016"}});
    EXPECT_EQ(reject.column_name, "date_start");
}

TEST_F(GedTest, ColumnsAreFoundByNameInAnyOrderAndCase) {
    const auto result =
        read("BEST,Side A,side-b,DATE_START,date end,type of violence\n4,X,Y,2016-05-04,2016-05-05,2\n");
    ASSERT_TRUE(result);
    ASSERT_EQ(result->accounts.size(), 1U);
    EXPECT_EQ(result->accounts[0].told.toll.killed, CountRange::exactly(4));
    EXPECT_EQ(result->accounts[0].told.when.precision, TimePrecision::days);
}

TEST_F(GedTest, RejectsAreMendedAndReadAgain) {
    const auto text = header() + "\n" + row({{"best", "many"}}) + "\n" + row({}) + "\n";
    const auto result = read(text);
    ASSERT_TRUE(result);
    ASSERT_EQ(result->rejects.size(), 1U);
    auto rejects = rejects_csv(*result, text);
    rejects.replace(rejects.rfind("many"), 4, "6");
    const auto again = read(rejects);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->accounts.size(), 1U);
    EXPECT_EQ(again->accounts[0].raw, result->accounts[0].raw);
}

}  // namespace
}  // namespace truce::sources
