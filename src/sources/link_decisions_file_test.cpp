// SPDX-License-Identifier: Apache-2.0
#include "sources/link_decisions_file.h"

#include <gtest/gtest.h>

#include <string>

namespace truce::sources {
namespace {

constexpr std::string_view head = "trucewatch: 1\ndecisions:\n";

LinkDecisionsReading read(const std::string& decisions) {
    return read_link_decisions(std::string(head) + decisions, "link-decisions.yaml");
}

TEST(LinkDecisionsFile, ReadsLinksAndSplits) {
    const auto reading = read(
        "  - link: [{source: ged, key: \"214797\"}, {source: field, key: \"17\"}]\n"
        "    by: a.analyst\n"
        "    date: 2016-05-06\n"
        "    why: same hospital, same hour\n"
        "  - split: [{source: ged, key: \"214797\"}, {raw: 9f86d081884c}]\n");
    ASSERT_TRUE(reading.errors.empty()) << reading.errors.front().text();
    ASSERT_EQ(reading.decisions.size(), 2U);
    EXPECT_EQ(reading.decisions[0].accounts[1], (AccountRef{.source = "field", .key = "17"}));
    EXPECT_EQ(reading.decisions[0].by, "a.analyst");
    EXPECT_EQ(reading.decisions[0].line, 3U);
    EXPECT_EQ(reading.decisions[1].kind, LinkDecision::Kind::split);
    EXPECT_EQ(reading.decisions[1].accounts[1].raw, "9f86d081884c");
}

TEST(LinkDecisionsFile, AnAccountNeedsAName) {
    const auto reading = read("  - link: [{source: ged}, {source: field, key: \"17\"}]\n");
    ASSERT_EQ(reading.errors.size(), 1U);
    EXPECT_NE(reading.errors[0].message.find("source and key"), std::string::npos);
}

TEST(LinkDecisionsFile, AHashHasTwelveDigitsOrMore) {
    EXPECT_EQ(read("  - link: [{raw: 9f86}, {source: field, key: \"17\"}]\n").errors.size(), 1U);
}

TEST(LinkDecisionsFile, ADecisionIsAboutTwoAccountsOrMore) {
    EXPECT_EQ(read("  - link: [{source: ged, key: a}]\n").errors.size(), 1U);
}

TEST(LinkDecisionsFile, ADecisionIsALinkOrASplit) {
    EXPECT_FALSE(read("  - by: me\n").errors.empty());
}

TEST(LinkDecisionsFile, OppositeDecisionsAreAnErrorThatNamesBothLines) {
    const auto reading = read(
        "  - link: [{source: a, key: x}, {source: b, key: z}]\n"
        "  - split: [{source: b, key: z}, {source: a, key: x}]\n");
    ASSERT_EQ(reading.errors.size(), 1U);
    EXPECT_EQ(reading.errors[0].line, 4U);
    EXPECT_NE(reading.errors[0].message.find("line 3"), std::string::npos);
}

TEST(LinkDecisionsFile, AnAccountStandsOnceInADecision) {
    EXPECT_EQ(read("  - link: [{source: a, key: x}, {source: a, key: x}]\n").errors.size(), 1U);
}

}  // namespace
}  // namespace truce::sources
