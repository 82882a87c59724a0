// SPDX-License-Identifier: Apache-2.0
#include "assessment/input_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assessment/assessment.h"

namespace truce {
namespace {

using ::testing::ElementsAre;

/// Two dossiers of accounts named by letters, and assessments that group them as told and hold each group against one duty.
struct Told {
    Dossier dossier;
    Assessment assessment;

    explicit Told(const std::vector<std::string>& incidents) {
        Source source;
        source.id = "field";
        dossier.sources = {source};
        Agreement agreement;
        agreement.id = "truce";
        Duty duty;
        duty.id = "no-attacks";
        agreement.duties = {duty};
        dossier.agreements = {agreement};
        dossier.record.emplace();
        const Commitment commitment{};  // the first duty of the first agreement
        assessment.commitments = {commitment};
        for (const auto& letters : incidents) {
            Incident incident;
            for (const char letter : letters) {
                incident.accounts.push_back(AccountId{static_cast<std::uint32_t>(dossier.accounts.size())});
                Account account;
                account.source = SourceId{0};
                account.key = std::string(1, letter);
                account.raw = sha256(std::string_view(&letter, 1));
                dossier.accounts.push_back(account);
            }
            Finding finding;
            finding.incident = IncidentId{static_cast<std::uint32_t>(assessment.incidents.size())};
            finding.commitment = CommitmentId{0};
            Judged judged;
            judged.first_finding = static_cast<std::uint32_t>(assessment.findings.size());
            judged.finding_count = 1;
            assessment.incidents.push_back(incident);
            assessment.judged.push_back(judged);
            assessment.findings.push_back(finding);
        }
    }
    std::string letters(const std::vector<AccountId>& accounts) const {
        std::string text;
        for (const auto account : accounts) text += dossier.accounts[account.value].key;
        return text;
    }
    void say(std::string monitor, std::string entry, std::uint32_t incident) {
        dossier.record->opinions.push_back({.monitor = std::move(monitor), .entry = std::move(entry), .accounts = {}, .opinion = {}});
        assessment.opinions.push_back({.incident = IncidentId{incident},
                                       .opinions = {static_cast<std::uint32_t>(dossier.record->opinions.size() - 1)}});
    }
};

std::vector<InputChange> changes(const Told& then, const Told& now) {
    return input_changes(then.dossier, then.assessment, now.dossier, now.assessment);
}

TEST(InputChanges, NothingChangesWhereNothingDiffers) {
    EXPECT_TRUE(changes(Told({"ab", "c"}), Told({"ab", "c"})).empty());
}

TEST(InputChanges, AnAccountThatCameInIsSaidToHave) {
    const Told then({"a", "c"});
    const Told now({"ab", "c"});
    const auto found = changes(then, now);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(now.letters(found[0].received), "b");
    EXPECT_TRUE(found[0].joined.empty());
    EXPECT_EQ(found[0].before, Verdict::undetermined);
}

TEST(InputChanges, AnIncidentOfNewAccountsHadNoVerdictBefore) {
    const auto found = changes(Told({"a"}), Told({"a", "b"}));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_FALSE(found[0].before);
}

TEST(InputChanges, AnAccountOfAnotherIncidentThatIsJoinedIsSaidToBe) {
    const Told now({"ab"});
    const auto found = changes(Told({"a", "b"}), now);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(now.letters(found[0].joined), "b");
    EXPECT_TRUE(found[0].received.empty());
}

TEST(InputChanges, AccountsThatPartAreSaidOfBothIncidents) {
    const Told now({"a", "b"});
    const auto found = changes(Told({"ab"}), now);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(now.letters(found[0].parted), "b");
    EXPECT_EQ(now.letters(found[1].parted), "a");
}

TEST(InputChanges, ADecisionThatIsNewIsNamedAndOneThatIsGoneCounted) {
    Told then({"ab"});
    Told now({"ab"});
    LinkDecision decision{.accounts = {{.source = "field", .key = "a"}, {.source = "field", .key = "b"}}, .by = "usa"};
    then.dossier.link_decisions = {decision};
    decision.by = "russia";
    now.dossier.link_decisions = {decision};
    const auto found = changes(then, now);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_THAT(found[0].decisions, ElementsAre(0U));
    EXPECT_EQ(found[0].decisions_gone, 1U);
}

TEST(InputChanges, AnotherTextOfTheAgreementChangesEveryFindingHeldAgainstIt) {
    Told then({"a", "b"});
    Told now({"a", "b"});
    then.dossier.record->agreements = {{.agreement = "truce", .entry = "1", .text = sha256("1")}};
    now.dossier.record->agreements = {{.agreement = "truce", .entry = "2", .text = sha256("2")}};
    const auto found = changes(then, now);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].text, InputChange::Text::other);
}

TEST(InputChanges, ANewOpinionIsToldAndIsNoInput) {
    Told then({"a"});
    Told now({"a"});
    then.say("usa", "entry 1", 0);
    now.say("usa", "entry 2", 0);
    const auto found = changes(then, now);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_THAT(found[0].opinions, ElementsAre("usa"));
    EXPECT_FALSE(found[0].inputs_differ());
}

TEST(InputChanges, OfRowsThatStandTwiceTheFirstIsTheFirst) {
    EXPECT_TRUE(changes(Told({"a", "a"}), Told({"a", "a"})).empty());
}

}  // namespace
}  // namespace truce
