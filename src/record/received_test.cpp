// SPDX-License-Identifier: Apache-2.0
#include "record/received.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "record/test_entries.h"

namespace truce::record {
namespace {

using ::testing::ElementsAre;

class Received : public ::testing::Test {
protected:
    TestFeed usa{"m.example/usa"};
    TestFeed russia{"m.example/russia"};

    State state() {
        const std::vector feeds{usa.held(), russia.held()};
        return state_of(feeds);
    }
    EntryId receive(TestFeed& feed, std::vector<std::pair<std::string, std::string>> row, std::string_view raw,
                    std::vector<Digest> hidden = {}) {
        AccountReceived account{.source = "field", .row = std::move(row), .hidden = std::move(hidden)};
        if (account.hidden.empty()) account.raw = sha256(raw);
        return feed.write(std::move(account));
    }
    LinkProposed link(std::vector<EntryId> accounts) {
        std::ranges::sort(accounts);
        return {.accounts = std::move(accounts), .grounds = "one crater"};
    }
};

TEST_F(Received, ARowComesOutWithEveryColumnThatAnyRowHas) {
    receive(usa, {{"day", "2016-05-04"}, {"id", "1"}}, "1");
    receive(usa, {{"id", "2"}, {"note", "a \"quoted\", word"}}, "2");
    EXPECT_EQ(table_of(state(), "field").csv,
              "\"day\",\"id\",\"note\"\n\"2016-05-04\",\"1\",\"\"\n\"\",\"2\",\"a \"\"quoted\"\", word\"\n");
}

TEST_F(Received, ARowThatTwoMonitorsReceivedIsOneRowOfTwoEntries) {
    const auto one = receive(usa, {{"id", "1"}}, "1");
    const auto same = receive(russia, {{"id", "1"}}, "1");
    const auto table = table_of(state(), "field");
    ASSERT_EQ(table.rows.size(), 1U);
    EXPECT_THAT(table.rows[0].entries, ::testing::UnorderedElementsAre(one, same));
    EXPECT_EQ(table.rows[0].hash, sha256("1"));
}

TEST_F(Received, RowsOfWhichSomethingIsWithheldAreNeverTakenForOneAnother) {
    const Digest a(43, 'A');
    const Digest b = std::string(42, 'B') + 'A';
    const auto one = receive(usa, {{"id", "1"}}, "", {a});
    receive(russia, {{"id", "1"}}, "", {b});
    const auto table = table_of(state(), "field");
    ASSERT_EQ(table.rows.size(), 2U);
    EXPECT_EQ(table.with_withheld, 2U);
    EXPECT_TRUE(table.rows[0].hash == one || table.rows[1].hash == one);
}

TEST_F(Received, AWantedColumnThatNoRowHasIsThereAndEmpty) {
    receive(usa, {{"id", "1"}}, "1");
    const std::vector<std::string> wanted{"place"};
    EXPECT_EQ(table_of(state(), "field", wanted).csv, "\"id\",\"place\"\n\"1\",\"\"\n");
}

TEST_F(Received, AnotherSourcesRowsAreLeftOut) {
    receive(usa, {{"id", "1"}}, "1");
    EXPECT_TRUE(table_of(state(), "press").rows.empty());
    EXPECT_THAT(sources_of(state()), ElementsAre(std::pair(std::string("field"), std::uint64_t{1})));
}

TEST_F(Received, ALinkThatHoldsIsADecisionThatNamesTheRowsByTheirHashes) {
    const auto one = receive(usa, {{"id", "1"}}, "1");
    const auto two = receive(usa, {{"id", "2"}}, "2");
    usa.write(link({one, two}));
    const auto decisions = link_decisions(state());
    ASSERT_EQ(decisions.size(), 1U);
    EXPECT_EQ(decisions[0].kind, LinkDecision::Kind::link);
    EXPECT_EQ(decisions[0].by, "m.example/usa");
    std::vector<std::string> hashes;
    for (const auto& ref : decisions[0].accounts) hashes.push_back(ref.raw);
    EXPECT_THAT(hashes, ::testing::UnorderedElementsAre(sha256("1").hex(), sha256("2").hex()));
}

TEST_F(Received, ALinkThatTheOtherMonitorUndidKeepsTheAccountsApart) {
    const auto one = receive(usa, {{"id", "1"}}, "1");
    const auto two = receive(usa, {{"id", "2"}}, "2");
    const auto linked = usa.write(link({one, two}));
    russia.write(LinkUndone{.link = linked, .grounds = "two craters"});
    const auto decisions = link_decisions(state());
    ASSERT_EQ(decisions.size(), 1U);
    EXPECT_EQ(decisions[0].kind, LinkDecision::Kind::split);
}

TEST_F(Received, ADuplicateIsLinkedToWhatItRepeatsUnlessAnotherMonitorKeepsIt) {
    const auto one = receive(usa, {{"id", "1"}}, "1");
    const auto two = receive(usa, {{"id", "2"}}, "2");
    usa.write(AccountScoped{.account = two, .scope = Scope::duplicate, .duplicate_of = one});
    EXPECT_EQ(link_decisions(state()).size(), 1U);
    russia.write(AccountScoped{.account = two, .scope = Scope::logged});
    EXPECT_TRUE(link_decisions(state()).empty());
}

TEST_F(Received, ALinkOfTwoEntriesOfOneRowDecidesNothing) {
    const auto one = receive(usa, {{"id", "1"}}, "1");
    const auto same = receive(russia, {{"id", "1"}}, "1");
    usa.write(link({one, same}));
    EXPECT_TRUE(link_decisions(state()).empty());
}

}  // namespace
}  // namespace truce::record
