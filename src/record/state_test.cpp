// SPDX-License-Identifier: Apache-2.0
#include "record/state.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "record/test_entries.h"

namespace truce::record {
namespace {

State state_of_two(const TestFeed& a, const TestFeed& b) {
    const std::vector feeds{a.held(), b.held()};
    return state_of(feeds);
}

LinkProposed link(EntryId a, EntryId b) {
    if (b < a) std::swap(a, b);
    return {.accounts = {a, b}, .grounds = "one crater"};
}

Opinion says(Occurrence occurrence) {
    return {.occurrence = occurrence};
}

class TwoMonitors : public ::testing::Test {
protected:
    TestFeed usa{"m.example/usa"};
    TestFeed russia{"m.example/russia"};

    State state() { return state_of_two(usa, russia); }
};

TEST_F(TwoMonitors, LinkedAccountsAreOneIncident) {
    const auto one = usa.account("1");
    const auto two = russia.account("1");
    usa.write(link(one, two));
    const auto s = state();
    ASSERT_EQ(s.incidents.size(), 1U);
    EXPECT_EQ(s.incidents[0].accounts.size(), 2U);
}

TEST_F(TwoMonitors, ALinkThatTheOtherMonitorUndoesIsDisputedAndDoesNotHold) {
    const auto one = usa.account("1");
    const auto two = russia.account("1");
    const auto linked = usa.write(link(one, two));
    russia.write(LinkUndone{.link = linked, .grounds = "two craters"});
    const auto s = state();
    EXPECT_EQ(s.links[0].status, LinkStatus::disputed);
    EXPECT_EQ(s.incidents.size(), 2U);
}

TEST_F(TwoMonitors, ALinkThatItsAuthorUndoesIsWithdrawn) {
    const auto one = usa.account("1");
    const auto two = usa.account("2");
    const auto linked = usa.write(link(one, two));
    usa.write(LinkUndone{.link = linked});
    EXPECT_EQ(state().links[0].status, LinkStatus::withdrawn);
}

TEST_F(TwoMonitors, OneRowThatBothReceivedIsOneIncident) {
    const auto received = [](std::string source, std::string_view row) {
        return AccountReceived{.source = std::move(source), .row = {{"key", "1"}}, .raw = sha256(row)};
    };
    const auto one = usa.write(received("field", "row 1"));
    const auto two = russia.write(received("field", "row 1"));
    usa.write(received("field", "row 2"));
    russia.write(received("other", "row 1"));
    usa.write(OpinionGiven{.account = one, .opinion = says(Occurrence::confirmed)});
    russia.write(OpinionGiven{.account = two, .opinion = says(Occurrence::unverifiable)});
    const auto s = state();
    EXPECT_EQ(s.incidents.size(), 3U);
    ASSERT_NE(s.incident_of(one), nullptr);
    EXPECT_EQ(s.incident_of(one), s.incident_of(two));
    EXPECT_EQ(s.incident_of(one)->joint.overall, JointStatus::divergent);
}

TEST_F(TwoMonitors, OpinionsStandSideBySideAndTheJointStatusFollows) {
    const auto account = usa.account("1");
    usa.write(OpinionGiven{.account = account, .opinion = says(Occurrence::confirmed)});
    EXPECT_EQ(state().incidents[0].joint.overall, JointStatus::one_sided);
    russia.write(OpinionGiven{.account = account, .opinion = says(Occurrence::unverifiable)});
    EXPECT_EQ(state().incidents[0].joint.overall, JointStatus::divergent);
    russia.write(OpinionGiven{.account = account, .opinion = says(Occurrence::confirmed)});
    const auto s = state();
    EXPECT_EQ(s.incidents[0].joint.overall, JointStatus::agreed);
    EXPECT_EQ(s.incidents[0].opinions.at("m.example/russia").replaced, 1U);
}

TEST_F(TwoMonitors, AnOpinionOnOneAccountIsAnOpinionOnTheIncident) {
    const auto one = usa.account("1");
    const auto two = russia.account("1");
    russia.write(OpinionGiven{.account = two, .opinion = says(Occurrence::confirmed)});
    usa.write(link(one, two));
    const auto s = state();
    ASSERT_EQ(s.incidents.size(), 1U);
    EXPECT_TRUE(s.incidents[0].opinions.contains("m.example/russia"));
}

TEST_F(TwoMonitors, AnInquiryRunsFromQuestionToReply) {
    const auto account = usa.account("1");
    const auto asked = usa.write(InquiryOpened{.account = account,
                                               .to = "sy-government",
                                               .question = "Who fired?",
                                               .clock = "response",
                                               .due = at(60)});
    EXPECT_EQ(state().incidents[0].stage, IncidentStage::queried);
    usa.write(InquiryMoved{.inquiry = asked, .stage = InquiryStage::access_denied});
    EXPECT_EQ(state().incidents[0].stage, IncidentStage::access_denied);
    ASSERT_EQ(overdue(state(), at(61), {}).size(), 1U);
    EXPECT_TRUE(overdue(state(), at(60), {}).empty())
        << "a clock has run out when its time is past, not before";
    russia.write_having_seen(
        usa, ReplyReceived{.inquiry = asked, .party = "sy-government", .position = Position::denies});
    const auto s = state();
    EXPECT_EQ(s.incidents[0].stage, IncidentStage::party_replied);
    EXPECT_TRUE(overdue(s, at(61), {}).empty());
}

TEST_F(TwoMonitors, WhatDoesNotFitIsRemarkedAndKept) {
    const auto account = usa.account("1");
    usa.write(StepTaken{.account = account, .step = Step::reopened});
    const auto s = state();
    ASSERT_EQ(s.remarks.size(), 1U);
    EXPECT_EQ(s.remarks[0].what, "it reopens what was not closed");
    EXPECT_EQ(s.incidents[0].stage, IncidentStage::reopened);
}

class ChainOfCommand : public TwoMonitors {
protected:
    EntryId order;

    void SetUp() override {
        const auto unit = [&](const char* id, const char* under, const char* area) {
            usa.write(
                UnitNamed{.unit = id, .name = id, .under = under, .party = "sy-opposition", .area = area});
        };
        unit("hq", "", "");
        unit("b1", "hq", "aleppo");
        unit("b2", "hq", "latakia");
        unit("c1", "b1", "aleppo");
        order = usa.write(NoticeIssued{.agreement = "sy",
                                       .from = "usa",
                                       .to = {"hq"},
                                       .text = "cease fire",
                                       .level = "order",
                                       .written = true,
                                       .due = at(100)});
    }
    Coverage covered(int minute) {
        const auto s = state();
        return coverage(s, s.notices[0], at(minute));
    }
};

TEST_F(ChainOfCommand, AnOrderMustReachAllUnderThoseAddressed) {
    const auto s = state();
    EXPECT_EQ(units_to_reach(s, s.notices[0]), (std::vector<std::string>{"b1", "b2", "c1", "hq"}));
    EXPECT_EQ(coverage(s, s.notices[0], at(0)), (Coverage{.units = 4, .told = 1, .acknowledged = 0}));
}

TEST_F(ChainOfCommand, CoverageGrowsAsTheOrderGoesDown) {
    usa.write(NoticeAcknowledged{.notice = order, .unit = "hq", .at = at(10), .channel = "telephone"});
    usa.write(
        NoticeRelayed{.notice = order, .from = "hq", .to = {"b1", "b2"}, .at = at(20), .channel = "radio"});
    usa.write(NoticeAcknowledged{.notice = order, .unit = "b1", .at = at(30), .channel = "radio"});
    EXPECT_EQ(covered(15), (Coverage{.units = 4, .told = 1, .acknowledged = 1}));
    EXPECT_EQ(covered(25), (Coverage{.units = 4, .told = 3, .acknowledged = 1}));
    EXPECT_EQ(covered(35), (Coverage{.units = 4, .told = 3, .acknowledged = 2}));
    const auto s = state();
    EXPECT_EQ(coverage_by_area(s, s.notices[0], at(35)).at("aleppo"),
              (Coverage{.units = 2, .told = 1, .acknowledged = 1}));
}

TEST_F(ChainOfCommand, WhoHasNotAcknowledgedIsOverdueAfterTheTimeSet) {
    usa.write(NoticeAcknowledged{.notice = order, .unit = "hq", .at = at(10)});
    const auto late = overdue(state(), at(101), {});
    ASSERT_EQ(late.size(), 3U);
    EXPECT_EQ(late[0].who, "b1");
}

TEST_F(TwoMonitors, AClockOfTheAgreementRunsWhereNoTimeWasSet) {
    std::vector<Agreement> agreements(1);
    agreements[0].id = "sy";
    agreements[0].mechanism.clocks = {{"response", std::chrono::hours(48)}, {"inquiry", std::nullopt}};
    const auto account = usa.account("1");
    usa.write(
        InquiryOpened{
            .account = account, .to = "p", .question = "Who?", .agreement = "sy", .clock = "response"},
        at(0));
    usa.write(
        InquiryOpened{
            .account = account, .to = "p", .question = "Who?", .agreement = "sy", .clock = "inquiry"},
        at(0));
    EXPECT_TRUE(overdue(state(), at(48 * 60), agreements).empty());
    EXPECT_EQ(overdue(state(), at(48 * 60 + 1), agreements).size(), 1U)
        << "the clock without a length never runs out";
}

TEST_F(TwoMonitors, TheNextStepIsTheFirstOfTheLadderThatWasNotTaken) {
    std::vector<Agreement> agreements(1);
    agreements[0].id = "sy";
    agreements[0].mechanism.ladder = {"restore compliance", "non-forcible means", "referral"};
    const auto account = usa.account("1");
    EXPECT_TRUE(next_steps(state(), agreements).empty());
    usa.write(
        OpinionGiven{.account = account, .opinion = {.breach = BreachOpinion::violation, .agreement = "sy"}});
    EXPECT_EQ(next_steps(state(), agreements),
              (std::vector{NextStep{
                  .incident = account, .agreement = "sy", .step = "restore compliance", .taken = 0}}));
    usa.write(StepTaken{.account = account, .step = Step::escalated, .ladder = "restore compliance"});
    EXPECT_EQ(next_steps(state(), agreements)[0].step, "non-forcible means");
    usa.write(StepTaken{.account = account, .step = Step::remedied});
    EXPECT_TRUE(next_steps(state(), agreements).empty());
}

TEST_F(ChainOfCommand, AUnitUnderItselfIsReachedOnce) {
    usa.write(UnitNamed{.unit = "hq", .name = "hq", .under = "c1", .party = "p"});
    const auto s = state();
    EXPECT_EQ(units_to_reach(s, s.notices[0]).size(), 4U);
}

TEST_F(ChainOfCommand, AnAcknowledgementWithoutARelayIsRemarked) {
    usa.write(NoticeAcknowledged{.notice = order, .unit = "c1", .at = at(10)});
    EXPECT_EQ(state().remarks.back().what,
              "'c1' acknowledges a notice that nobody is said to have passed to it");
    EXPECT_EQ(covered(10).told, 2U) << "who acknowledges has been told";
}

TEST_F(TwoMonitors, TwoWhoHoldTheSameReadTheSameDigest) {
    const auto account = usa.account("1");
    russia.write(OpinionGiven{.account = account, .opinion = says(Occurrence::confirmed)});
    EXPECT_EQ(state_digest(state_of_two(usa, russia)), state_digest(state_of_two(russia, usa)));
    const auto before = state_digest(state());
    usa.account("2");
    EXPECT_NE(state_digest(state()), before);
}

TEST_F(TwoMonitors, WhatWasKnownThenCanBeHadAgain) {
    const auto account = usa.account("1");
    const auto then = state_digest(state());
    russia.write(OpinionGiven{.account = account, .opinion = says(Occurrence::confirmed)});
    usa.account("2");
    const std::vector as_then{usa.held(1), russia.held(0)};
    EXPECT_EQ(state_digest(state_of(as_then)), then);
}

RC_GTEST_PROP(State, IsTheSameOnEveryMachine, ()) {
    std::vector<TestFeed> history;
    for (const char* origin : {"m.example/a", "m.example/b", "m.example/c"}) history.emplace_back(origin);
    std::vector<EntryId> accounts;
    std::vector<EntryId> links;
    const int steps = *rc::gen::inRange(0, 40);
    for (int i = 0; i < steps; ++i) {
        TestFeed& feed = history[*rc::gen::inRange<std::size_t>(0, 3)];
        const auto any_account = [&] { return accounts[*rc::gen::inRange<std::size_t>(0, accounts.size())]; };
        const int what = accounts.size() < 2 ? 0 : *rc::gen::inRange(0, 4);
        if (what == 0) {
            accounts.push_back(feed.account(std::to_string(i)));
        } else if (what == 1) {
            feed.write(OpinionGiven{.account = any_account(),
                                    .opinion = says(static_cast<Occurrence>(*rc::gen::inRange(0, 4)))});
        } else if (what == 2) {
            const auto a = any_account();
            const auto b = any_account();
            if (a != b) links.push_back(feed.write(link(a, b)));
        } else if (!links.empty()) {
            feed.write(LinkUndone{.link = links[*rc::gen::inRange<std::size_t>(0, links.size())]});
        }
    }
    std::vector<HeldFeed> feeds;
    for (const TestFeed& feed : history) feeds.push_back(feed.held());
    const auto once = state_text(state_of(feeds));
    std::ranges::reverse(feeds);
    RC_ASSERT(state_text(state_of(feeds, 2)) == once);
    std::size_t in_incidents = 0;
    for (const auto& incident : state_of(feeds).incidents) in_incidents += incident.accounts.size();
    RC_ASSERT(in_incidents == accounts.size());
}

}  // namespace
}  // namespace truce::record
