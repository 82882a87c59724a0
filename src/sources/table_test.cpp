// SPDX-License-Identifier: Apache-2.0
#include "sources/table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sources/test_mission.h"

namespace truce::sources {
namespace {

class TableTest : public testing::Test {
protected:
    static Mapping mapping(std::string_view fields, std::string_view more = "") {
        auto reading = read_mapping(
            fmt::format("trucewatch: 1\nmapping: test\n{}\nfields:\n{}", more, fields), "test.mapping.yaml");
        if (!reading.mapping) throw std::runtime_error(reading.errors[0].text());
        return *reading.mapping;
    }
    ReadResult read(std::string_view text, const Mapping& by) const {
        auto result = mission_.read(text, &by);
        if (!result) throw std::runtime_error(result.error().text());
        return *std::move(result);
    }
    Account only(std::string_view text, const Mapping& by) const {
        auto result = read(text, by);
        if (result.accounts.size() != 1 || !result.rejects.empty())
            throw std::runtime_error(result.rejects.empty()
                                         ? "not one account"
                                         : result.rejects[0].found + "; want " + result.rejects[0].expected);
        return result.accounts[0];
    }
    Reject only_reject(std::string_view text, const Mapping& by) const {
        const auto result = read(text, by);
        if (result.rejects.size() != 1 || !result.accounts.empty())
            throw std::runtime_error("not one reject");
        return result.rejects[0];
    }

    TestMission mission_;
    Mapping dates_ = mapping("  date: Date\n");
    Mapping day_first_ = mapping("  date: {column: Date, form: day-first}\n");
};

TEST_F(TableTest, DayAndMonthAreNeverGuessed) {
    const auto reject = only_reject("Date,x\n03/04/2016,1\n", dates_);
    EXPECT_EQ(reject.column, 1U);
    EXPECT_EQ(reject.column_name, "Date");
    EXPECT_EQ(reject.found, "'03/04/2016'");
}

TEST_F(TableTest, TheMappingSaysWhichNumberIsTheDay) {
    const auto account = only("Date,x\n03/04/2016,1\n", day_first_);
    EXPECT_EQ(utc_text(account.told.when.window.first), "2016-04-02T21:00:00Z");
}

TEST_F(TableTest, ADateThatContradictsTheMappingIsRejected) {
    EXPECT_EQ(only_reject("Date,x\n04/23/2016,1\n", day_first_).expected,
              "a day-first date, as the others of this file are: month 23 does not exist");
}

TEST_F(TableTest, AnExcuseIsTheWordOfWhoDidItUnlessTheRowSaysOtherwise) {
    const auto by = mapping("  date: Date\n  excuse: Why\n  excuse_basis: Whose\n");
    using Excuse = std::pair<ExceptionKind, Basis>;
    EXPECT_EQ(only("Date,Why,Whose\n2016-05-04,self_defence,\n", by).told.excuses,
              (std::vector{Excuse{ExceptionKind::self_defence, Basis::claimed}}));
    EXPECT_EQ(only("Date,Why,Whose\n2016-05-04,self_defence,assessed\n", by).told.excuses,
              (std::vector{Excuse{ExceptionKind::self_defence, Basis::assessed}}));
    EXPECT_TRUE(only("Date,Why,Whose\n2016-05-04,,\n", by).told.excuses.empty());
    EXPECT_EQ(only_reject("Date,Why,Whose\n2016-05-04,because,\n", by).column_name, "Why");
}

TEST_F(TableTest, AMonthIsTheWholeMonth) {
    const auto account = only("Date,x\n2016-05,1\n", dates_);
    EXPECT_EQ(account.told.when.precision, TimePrecision::month);
    EXPECT_EQ(utc_text(account.told.when.window.end), "2016-05-31T21:00:00Z");
}

TEST_F(TableTest, ATimeIsTakenInTheMappingsZone) {
    const auto by = mapping("  date: Date\n  time: Time\n", "zone: Europe/Kyiv");
    const auto account = only("Date,Time\n2016-05-04,14:30\n", by);
    EXPECT_EQ(utc_text(account.told.when.window.first), "2016-05-04T11:30:00Z");
    EXPECT_EQ(utc_text(account.told.when.window.end), "2016-05-04T11:31:00Z");
    EXPECT_EQ(account.told.when.precision, TimePrecision::minute);
}

TEST_F(TableTest, AnHourThatTheClocksRepeatIsBothHours) {
    const auto by = mapping("  date: Date\n", "zone: Europe/Kyiv");
    const auto account = only("Date,x\n2016-10-30 03:30,1\n", by);
    EXPECT_EQ(utc_text(account.told.when.window.first), "2016-10-30T00:30:00Z");
    EXPECT_EQ(utc_text(account.told.when.window.end), "2016-10-30T01:31:00Z");
}

TEST_F(TableTest, AnOffsetInTheCellGoesBeforeTheZone) {
    const auto account = only("Date,x\n2016-05-04T14:30:00+02:00,1\n", dates_);
    EXPECT_EQ(utc_text(account.told.when.window.first), "2016-05-04T12:30:00Z");
}

TEST_F(TableTest, ATimeRangeRunsFromStartToEnd) {
    const auto by = mapping("  date: Date\n  time: From\n  time_end: To\n");
    const auto account = only("Date,From,To\n2016-05-04,14:00,15:30\n", by);
    EXPECT_EQ(utc_text(account.told.when.window.first), "2016-05-04T11:00:00Z");
    EXPECT_EQ(utc_text(account.told.when.window.end), "2016-05-04T12:31:00Z");
}

TEST_F(TableTest, WordsAreMappedToActs) {
    const auto by = mapping("  date: Date\n  act: {column: Type, values: {Air strike: attack.air_strike}}\n");
    const auto account = only("Date,Type\n2016-05-04,AIR STRIKE\n", by);
    EXPECT_EQ(account.told.act, Act::attack_air_strike);
    EXPECT_EQ(account.act_as_told, "AIR STRIKE");
}

TEST_F(TableTest, AnActWithoutAMappingIsRejected) {
    const auto by = mapping("  date: Date\n  act: {column: Type, values: {Air strike: attack.air_strike}}\n");
    EXPECT_EQ(only_reject("Date,Type\n2016-05-04,attack.shellin\n", by).expected,
              "an act, or a word that the mapping's values explain; did you mean 'attack.shelling'?");
}

TEST_F(TableTest, OtherwiseStandsForEveryOtherWord) {
    const auto by =
        mapping("  date: Date\n  act: {column: Type, values: {Raid: attack}, otherwise: unknown}\n");
    EXPECT_EQ(only("Date,Type\n2016-05-04,Something\n", by).told.act, Act::unknown);
}

TEST_F(TableTest, ConstantsFillWhatTheTableLeavesOut) {
    const auto by = mapping(
        "  date: Date\n  attacker: Who\n  attacker_basis: {constant: alleged}\n  country: {constant: "
        "Syria}\n");
    const auto account = only("Date,Who\n2016-05-04,Nusra Front\n", by);
    EXPECT_EQ(account.told.parties.attacker.basis, Basis::alleged);
    EXPECT_EQ(account.told.place.country, "Syria");
}

TEST_F(TableTest, SeveralNamesAreGivenNoSharesThatNobodyStated) {
    const auto by = mapping("  date: Date\n  attacker: {column: Who, separator: \";\"}\n");
    const auto account = only("Date,Who\n2016-05-04,Nusra Front; Government of Syria\n", by);
    EXPECT_EQ(account.told.parties.attacker.candidates,
              (Candidates{Candidate{ActorId{2}, 0.0}, Candidate{ActorId{0}, 0.0}}));
}

TEST_F(TableTest, ADecimalCommaNeedsTheMappingsWord) {
    const auto text = "Date;Lat;Lon\n2016-05-04;36,2;37,15\n";
    const auto with = only(text, mapping("  date: Date\n  lat: Lat\n  lon: Lon\n", "decimal: comma"));
    EXPECT_EQ(with.told.place.centre, (Point{36.2, 37.15}));
    EXPECT_EQ(only_reject(text, mapping("  date: Date\n  lat: Lat\n  lon: Lon\n")).column_name, "Lat");
}

TEST_F(TableTest, CoordinatesMayStandInOneColumnInAnyNotation) {
    const auto by = mapping("  date: Date\n  coordinates: Where\n  radius_km: {constant: \"0.1\"}\n");
    const auto account = only("Date,Where\n2016-05-04,\"36°12'0\"\"N 37°09'36\"\"E\"\n", by);
    ASSERT_TRUE(account.told.place.centre);
    EXPECT_NEAR(account.told.place.centre->lat, 36.2, 1e-9);
    EXPECT_NEAR(account.told.place.centre->lon, 37.16, 1e-9);
    EXPECT_EQ(account.told.place.radius, Distance::km(0.1));
}

TEST_F(TableTest, ANotationThatIsCoarserThanTheRadiusWidensIt) {
    const auto by = mapping("  date: Date\n  coordinates: Where\n  radius_km: {constant: \"0.1\"}\n");
    const auto account = only("Date,Where\n2016-05-04,37SDA30\n", by);
    EXPECT_GT(account.told.place.radius, Distance::km(5));
}

TEST_F(TableTest, ALatitudeBeyondThePoleIsRejected) {
    const auto by = mapping("  date: Date\n  lat: Lat\n  lon: Lon\n");
    EXPECT_EQ(only_reject("Date,Lat,Lon\n2016-05-04,137.15,36.2\n", by).column_name, "Lat");
}

TEST_F(TableTest, NullIslandIsNoPlace) {
    const auto by = mapping("  date: Date\n  lat: Lat\n  lon: Lon\n");
    const auto account = only("Date,Lat,Lon\n2016-05-04,0,0\n", by);
    EXPECT_FALSE(account.told.place.centre);
    EXPECT_EQ(account.remarks, std::vector<std::string>{"coordinates 0, 0 are taken as not known"});
}

TEST_F(TableTest, AMissingMarkIsNotANumber) {
    const auto by = mapping("  date: Date\n  killed_best: Dead\n", "missing: [\"n.k.\", \"-\"]");
    EXPECT_FALSE(only("Date,Dead\n2016-05-04,n.k.\n", by).told.toll.killed);
}

TEST_F(TableTest, NoFigureIsNotZero) {
    const auto by = mapping("  date: Date\n  killed_best: Dead\n");
    EXPECT_FALSE(only("Date,Dead\n2016-05-04,\n", by).told.toll.killed);
    EXPECT_EQ(only("Date,Dead\n2016-05-04,0\n", by).told.toll.killed, CountRange::exactly(0));
}

TEST_F(TableTest, WhoTheDeadWereIsReadWhereItIsSaid) {
    const auto by = mapping(
        "  date: Date\n  killed_best: Dead\n  women_killed: Women\n  children_killed: Children\n  "
        "combatants_killed: Fighters\n");
    const auto toll = only("Date,Dead,Women,Children,Fighters\n2016-05-04,9,2,0,\n", by).told.toll;
    EXPECT_EQ(toll.women_killed, CountRange::exactly(2));
    EXPECT_EQ(toll.children_killed, CountRange::exactly(0));
    EXPECT_FALSE(toll.combatants_killed);
    EXPECT_FALSE(toll.unknown_killed);
}

TEST_F(TableTest, ANegativeTollIsRejected) {
    const auto by = mapping("  date: Date\n  killed_best: Dead\n");
    EXPECT_EQ(only_reject("Date,Dead\n2016-05-04,-5\n", by).expected, "a whole number of people, 0 or more");
}

TEST_F(TableTest, AColumnThatIsNotThereIsAnErrorOfTheMapping) {
    const auto result = mission_.read("Dat,x\n2016-05-04,1\n", &dates_);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().text(),
              "test.mapping.yaml:5: date is to come from column 'Date', which the table does not have; did "
              "you mean 'Dat'?");
}

TEST_F(TableTest, AColumnThatIsThereTwiceIsAnErrorOfTheMapping) {
    const auto result = mission_.read("Date,Date\n2016-05-04,1\n", &dates_);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("2 times"), std::string::npos);
}

TEST_F(TableTest, ColumnsWithoutAFieldAreKept) {
    const auto account = only("Date,Weather\n2016-05-04,rain\n", dates_);
    EXPECT_EQ(account.extra.cells(), (std::vector<ExtraCells::Cell>{{"Weather", "rain"}}));
}

TEST_F(TableTest, APreambleIsPassedOver) {
    const auto result = read("Exported by someone\n\nDate,x\n2016-05-04,1\n", dates_);
    EXPECT_EQ(result.accounts.size(), 1U);
    EXPECT_EQ(result.accounts[0].line, 4U);
    EXPECT_EQ(result.accounts[0].row, 1U);
}

TEST_F(TableTest, ATableWithoutAHeaderIsReadByTheMappingsNames) {
    const auto by = mapping("  date: Date\n  key: Id\n", "file: {column_names: [Id, Date]}");
    const auto result = read("a,2016-05-04\nb,2016-05-05\n", by);
    EXPECT_EQ(result.accounts.size(), 2U);
    EXPECT_EQ(result.accounts[1].key, "b");
}

TEST_F(TableTest, AByteOrderMarkAndCrlfDoNotMatter) {
    const auto account = only(
        "\xEF\xBB\xBF"
        "Date,x\r\n2016-05-04,1\r\n",
        dates_);
    EXPECT_EQ(account.raw, sha256("2016-05-04,1"));
}

TEST_F(TableTest, Utf16IsReadByItsMark) {
    std::string text = "\xFF\xFE";
    for (const char c : std::string("Date,x\n2016-05-04,1\n")) {
        text += c;
        text += '\0';
    }
    EXPECT_EQ(read(text, dates_).accounts.size(), 1U);
}

TEST_F(TableTest, Windows1251IsReadWhenTheMappingSaysSo) {
    const auto by = mapping("  date: Date\n  place: Place\n", "file: {encoding: windows-1251}");
    const auto account = only("Date,Place\n2016-05-04,\xC4\xEE\xED\xE5\xF6\xEA\n", by);
    EXPECT_EQ(account.told.place.name, "Донецк");
}

TEST_F(TableTest, BytesThatAreNotUtf8InAPlaceAreRejected) {
    const auto by = mapping("  date: Date\n  place: Place\n");
    const auto reject = only_reject("Date,Place\n2016-05-04,\xC4\xEE\xED\xE5\xF6\xEA\n", by);
    EXPECT_EQ(reject.column_name, "Place");
    EXPECT_EQ(reject.found.substr(0, 40), "byte 1 of the cell is 0xc4, which is not");
}

TEST_F(TableTest, BytesThatAreNotUtf8InASummaryAreMarked) {
    const auto by = mapping("  date: Date\n  summary: Note\n");
    const auto account = only("Date,Note\n2016-05-04,Ukraine\x92s east\n", by);
    EXPECT_EQ(account.summary, "Ukraine\uFFFDs east");
    EXPECT_EQ(account.remarks.size(), 1U);
}

TEST_F(TableTest, AnHxlRowIsNoRow) {
    const auto result = read("Date,x\n#date,#meta+x\n2016-05-04,1\n", dates_);
    EXPECT_EQ(result.source.rows, 1U);
    EXPECT_EQ(result.accounts.size(), 1U);
}

TEST_F(TableTest, RaggedAndEmptyRowsAreRejected) {
    const auto result = read("Date,x\n2016-05-04\n2016-05-04,1,2\n,\n2016-05-04,1,\n", dates_);
    EXPECT_EQ(result.source.rows, 4U);
    EXPECT_EQ(result.rejects.size(), 3U);
    EXPECT_EQ(result.accounts.size(), 1U);  // an empty cell beyond the header is nothing lost
}

TEST_F(TableTest, RejectsAreMendedAndReadAgain) {
    const auto text = "Date,Place\n2016-05-04,a\n2016-13-04,\"b, c\"\n";
    const auto first = read(text, dates_);
    auto rejects = rejects_csv(first, text, &dates_);
    EXPECT_EQ(rejects,
              "truce_line,truce_found,truce_expected,Date,Place\n"
              "3,column 1 Date: '2016-13-04',\"a month from 1 to 12, not 13\",2016-13-04,\"b, c\"\n");
    rejects.replace(rejects.rfind("2016-13-04"), 10, "2016-12-04");
    const auto account = only(rejects, dates_);
    EXPECT_EQ(account.raw, sha256("2016-12-04,\"b, c\""));
}

TEST_F(TableTest, TheSameResultForEveryNumberOfThreads) {
    std::string text = "Date,Place,Dead\n";
    for (int i = 0; i < 60000; ++i)
        text += fmt::format("2016-{:02}-{:02},\"Pl\nace {}\",{}\n", i % 13 + 1, i % 28 + 1, i % 50, i % 7);
    const auto by = mapping("  date: Date\n  place: Place\n  killed_best: Dead\n");
    const auto one = mission_.read(text, &by, 1).value();
    const auto four = mission_.read(text, &by, 4).value();
    ASSERT_EQ(one.accounts.size(), four.accounts.size());
    EXPECT_EQ(one.accounts.size() + one.rejects.size(), 60000U);
    EXPECT_EQ(one.rejects.size(), 60000U / 13);
    EXPECT_EQ(compare_releases(one, four).unchanged, 60000U);
    EXPECT_EQ(one.accounts.back().line, four.accounts.back().line);
    EXPECT_EQ(one.rejects.back().row, four.rejects.back().row);
}

}  // namespace
}  // namespace truce::sources
