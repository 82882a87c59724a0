// SPDX-License-Identifier: Apache-2.0
#include "sources/list_table.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/mapped_file.h"
#include "checkout.h"

namespace truce::sources {
namespace {

ListTable read(std::string_view text, const ListColumns& columns = {}) {
    auto table = read_list_table(text, "lists.csv", columns);
    EXPECT_TRUE(table) << (table ? "" : table.error().front().text());
    return table ? std::move(*table) : ListTable{};
}

std::vector<std::string> faults(std::string_view text, const ListColumns& columns = {}) {
    const auto table = read_list_table(text, "lists.csv", columns);
    std::vector<std::string> texts;
    if (!table) {
        for (const auto& error : table.error()) texts.push_back(error.text());
    }
    return texts;
}

TEST(ReadListTable, TakesCountsOfCombinations) {
    const auto table = read("A,B,C,n\n1,0,0,40\n1,1,0,6\n0,0,0,0\n");
    EXPECT_EQ(table.lists, (std::vector<std::string>{"A", "B", "C"}));
    ASSERT_EQ(table.strata.size(), 1U);
    EXPECT_EQ(table.strata[0].listed, (ListedPeople{{0b001, 40}, {0b011, 6}}));
    EXPECT_TRUE(table.strata[0].draws.empty());
    EXPECT_EQ(table.rows, 3U);
}

TEST(ReadListTable, CountsRowsWhereEachIsOnePerson) {
    const auto table = read("person,A,B\np1,x,\np2,x,x\np3,,yes\np4,1,0\n");
    EXPECT_EQ(table.strata[0].listed, (ListedPeople{{0b01, 2}, {0b10, 1}, {0b11, 1}}));
}

TEST(ReadListTable, JoinsRecordsOfOnePerson) {
    const auto table = read("person,list\np1,OSCE\np1,HRW\np2,HRW\np2,HRW\n");
    EXPECT_EQ(table.lists, (std::vector<std::string>{"HRW", "OSCE"}));
    EXPECT_EQ(table.strata[0].listed, (ListedPeople{{0b01, 1}, {0b11, 1}}));
}

TEST(ReadListTable, KeepsStrataApartAndDrawsBesideWhatWasDecided) {
    const auto table =
        read("where,draw,A,B,count\nnorth,,1,0,4\nnorth,1,1,0,5\nnorth,2,1,1,3\nsouth,,0,1,7\n",
             {.lists = {"A", "B"}, .count = {}, .stratum = "where"});
    ASSERT_EQ(table.strata.size(), 2U);
    EXPECT_EQ(table.strata[0].name, "north");
    EXPECT_EQ(table.strata[0].listed, (ListedPeople{{0b01, 4}}));
    ASSERT_EQ(table.strata[0].draws.size(), 2U);
    EXPECT_EQ(table.strata[0].draws[1], (ListedPeople{{0b11, 3}}));
    EXPECT_EQ(table.strata[1].listed, (ListedPeople{{0b10, 7}}));
}

TEST(ReadListTable, SaysWhereACellIsNoMembership) {
    const auto texts = faults("A,B,n\n1,0,5\n1,maybe,6\n");
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_TRUE(texts[0].starts_with("lists.csv:3: B: found 'maybe', expected 1 or 0")) << texts[0];
}

TEST(ReadListTable, RefusesPeopleOnNoList) {
    EXPECT_EQ(faults("A,B,n\n0,0,5\n").size(), 1U);
}

TEST(ReadListTable, RefusesACombinationGivenTwice) {
    EXPECT_EQ(faults("A,B,n\n1,0,5\n1,0,6\n").size(), 1U);
}

TEST(ReadListTable, RefusesOneListAndThirteen) {
    EXPECT_EQ(faults("A,n\n1,5\n").size(), 1U);
    EXPECT_EQ(faults("a,b,c,d,e,f,g,h,i,j,k,l,m\n1,0,0,0,0,0,0,0,0,0,0,0,0\n").size(), 1U);
}

TEST(ReadListTable, NamesTheColumnThatIsNotThere) {
    const auto texts = faults("A,B,n\n1,0,5\n", {.lists = {}, .count = "number", .stratum = {}});
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_NE(texts[0].find("there is no column 'number'"), std::string::npos) << texts[0];
}

TEST(ReadListTable, ReadsTheReferenceTables) {
    const std::filesystem::path folder = checkout() / "../shared/acceptance/mse";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "needs " << folder;
    const auto total = [&](const char* name) {
        const auto file = map_file(folder / name);
        const ListTable table = read(file->text());
        std::uint64_t people = 0;
        for (const auto& [set, n] : table.strata.at(0).listed) people += n;
        return people;
    };
    EXPECT_EQ(total("kosovo_cells.csv"), 4400U);
    EXPECT_EQ(total("UKdat_5.csv"), 2744U);
    EXPECT_EQ(total("rcapture_HIV.csv"), 1896U);
    EXPECT_EQ(total("madigan_york_3list.csv"), 626U);
    EXPECT_EQ(total("Artificial_3.csv"), 96U);
}

}  // namespace
}  // namespace truce::sources
