// SPDX-License-Identifier: Apache-2.0
#include "sources/accounts.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/text.h"
#include "sources/test_mission.h"

namespace truce::sources {
namespace {

std::string why_not(std::string_view text) {
    const auto format = recognise(text);
    return format ? "recognised" : format.error().message;
}

TEST(Recognise, WhatIsNoTableIsSaidToBeWhatItIs) {
    EXPECT_EQ(why_not("").substr(0, 17), "the file is empty");
    EXPECT_NE(why_not("PK\x03\x04 abc").find("ZIP archive"), std::string::npos);
    EXPECT_NE(why_not("  <!DOCTYPE html>\n<html>").find("HTML page"), std::string::npos);
    EXPECT_NE(why_not("<?xml version='1.0'?><x/>").find("XML"), std::string::npos);
    EXPECT_NE(why_not("Invalid API call.\n").find("Invalid API call."), std::string::npos);
    EXPECT_NE(why_not("{\"error\": 401}").find("401"), std::string::npos);
    EXPECT_NE(why_not(std::string_view("a,b\0c,d\n1,2,3\n", 14)).find("NUL"), std::string::npos);
    EXPECT_NE(why_not("\x1F\x8B\x08").find("gzip"), std::string::npos);
}

TEST(Recognise, AnyTableWithAHeaderIsATable) {
    EXPECT_EQ(recognise("when;where\n2016-05-04;Aleppo\n"), Format::table);
}

TEST(Recognise, AnErrorNamesTheFile) {
    const TestMission mission;
    const auto result = mission.read("");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().file, "test.csv");
}

ReadResult read(const std::string& rows) {
    const TestMission mission;
    auto result = mission.read("id,date,place\n" + rows);
    if (!result) throw std::runtime_error(result.error().text());
    return *std::move(result);
}

TEST(CompareReleases, RowsAreAddedChangedGoneOrTheSame) {
    const auto before = read("1,2016-05-04,a\n2,2016-05-04,b\n3,2016-05-04,c\n");
    const auto after = read("4,2016-05-05,d\n3,2016-05-04,c\n2,2016-05-04,B\n");
    const auto change = compare_releases(before, after);
    EXPECT_EQ(change.added, std::vector<std::string>{"4"});
    EXPECT_EQ(change.changed, std::vector<std::string>{"2"});
    EXPECT_EQ(change.gone, std::vector<std::string>{"1"});
    EXPECT_EQ(change.unchanged, 1U);
    EXPECT_FALSE(change.none());
}

TEST(CompareReleases, TheSameRowsInAnotherOrderAreNoChange) {
    EXPECT_TRUE(
        compare_releases(read("1,2016-05-04,a\n2,2016-05-04,b\n"), read("2,2016-05-04,b\n1,2016-05-04,a\n"))
            .none());
}

TEST(CompareReleases, RowsWithoutAKeyCountByTheirContent) {
    const auto change = compare_releases(read(",2016-05-04,a\n"), read(",2016-05-04,a\n,2016-05-04,b\n"));
    EXPECT_EQ(change.added.size(), 1U);
    EXPECT_EQ(change.unchanged, 1U);
}

/// A sound file of every kind, to be spoiled.
std::vector<std::string> sound_files() {
    std::string ged =
        "id,type_of_violence,side_a,side_b,date_start,date_end,date_prec,latitude,longitude,where_prec,best,"
        "high,low,deaths_civilians\n";
    std::string table = "id;date;place;type;killed\n";
    std::string firms = "latitude,longitude,acq_date,acq_time,frp\n";
    std::string acled =
        "event_id_cnty,event_date,event_type,sub_event_type,actor1,actor2,latitude,longitude,notes,"
        "fatalities\n";
    for (int i = 0; i < 30; ++i) {
        ged += fmt::format("{},{},A,B,{}/22/2016 12:00:00 AM,{}/22/2016 12:00:00 AM,1,36.{},37,1,{},9,0,0\n",
                           i, i % 3 + 1, i % 12 + 1, i % 12 + 1, i, i % 9);
        table += fmt::format("{};2016-05-{:02};\"Pl\nace; {}\";air strike;{}\n", i, i % 28 + 1, i, i);
        firms += fmt::format("{}.5,37,2025-08-11,{},0.3\n", i, i * 50 % 60);
        acled += fmt::format(
            "SYR{},2016-05-{:02},Battles,Armed clash,A,B,36,37,\"He said \"\"x\"\",\nand left\",{}\n", i,
            i % 28 + 1, i);
    }
    return {ged, table, firms, acled};
}

TEST(ReadAccounts, EveryRowOfASpoiledFileIsAccountedForOnEveryNumberOfThreads) {
    const TestMission mission;
    const auto files = sound_files();
    const bool holds = rc::check("rows = accounts + rejects", [&] {
        auto text = files[*rc::gen::inRange<std::size_t>(0, files.size())];
        const auto edits = *rc::gen::inRange(0, 12);
        for (int i = 0; i < edits && !text.empty(); ++i) {
            const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
            switch (*rc::gen::inRange(0, 4)) {
                case 0:
                    text[at] = *rc::gen::arbitrary<char>();
                    break;
                case 1:
                    text.insert(at, 1, *rc::gen::element(',', ';', '"', '\n', '\r', '\0', '\xFF', '-'));
                    break;
                case 2:
                    text.erase(at, *rc::gen::inRange<std::size_t>(1, 40));
                    break;
                default:
                    text.insert(at, text.substr(*rc::gen::inRange<std::size_t>(0, text.size()), 60));
            }
        }
        const auto one = mission.read(text, nullptr, 1);
        const auto three = mission.read(text, nullptr, 3);
        RC_ASSERT(one.has_value() == three.has_value());
        if (!one) return;
        RC_ASSERT(one->source.rows == one->accounts.size() + one->rejects.size());
        RC_ASSERT(one->source.rows == one->source.accounts + one->source.rejects);
        RC_ASSERT(three->accounts.size() == one->accounts.size());
        RC_ASSERT(compare_releases(*one, *three).none());
        for (const auto& account : one->accounts) {
            RC_ASSERT(!account.told.when.window.empty());
            RC_ASSERT(is_utf8(account.summary) && is_utf8(account.told.place.name));
        }
        for (const auto& reject : one->rejects)
            RC_ASSERT(!reject.found.empty() && !reject.expected.empty() && reject.line > 0);
    });
    EXPECT_TRUE(holds);
}

TEST(ReadAccounts, AMillionColumnsAreAnErrorAndNoHang) {
    std::string text = "date,place";
    for (int i = 0; i < 1'000'000; ++i) text += ",c";
    const TestMission mission;
    const auto result = mission.read(text + "\n2016-05-04,a\n");
    EXPECT_FALSE(result);
}

TEST(ReadAccounts, ALineWithoutEndIsOneReject) {
    const TestMission mission;
    const auto result = mission.read("id,date,place\n1,2016-05-04,a\n2,2016-05-04," +
                                     std::string(40'000'000, 'x') + "\n3,2016-05-04,b\n");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->accounts.size(), 2U);
    ASSERT_EQ(result->rejects.size(), 1U);
    EXPECT_LE(result->rejects[0].raw.size(), 65536U);
}

}  // namespace
}  // namespace truce::sources
