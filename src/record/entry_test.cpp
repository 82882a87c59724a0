// SPDX-License-Identifier: Apache-2.0
#include "record/entry.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "record/merkle.h"
#include "record/test_entries.h"

namespace truce::record {
namespace {

using nlohmann::json;

const std::string id_a(64, 'a');
const std::string id_b(64, 'b');

/// What reading a body of that kind complains of; empty where it is read.
std::string complaint(std::string_view kind, const char* members) {
    const auto body = body_from(kind, json::parse(members));
    return body ? "" : body.error().message;
}

TEST(Entry, ReadsBackAsItWasWritten) {
    const Entry entry{.id = {},
                      .feed = "monitor.example/usa",
                      .seq = 7,
                      .by = "watch officer",
                      .claimed = at(61),
                      .body = OpinionGiven{.account = sha256("an account"),
                                           .opinion = {.occurrence = Occurrence::confirmed,
                                                       .breach = BreachOpinion::violation,
                                                       .agreement = "sy-2016-05-04-aleppo",
                                                       .duty = "no-attacks",
                                                       .attribution = AttributionLevel::party,
                                                       .authors = {"sy-government"},
                                                       .grounds = "crater analysis",
                                                       .grade = Grade{.reliability = 'B', .credibility = 2},
                                                       .standard = StandardOfProof::reasonable_grounds}}};
    const auto bytes = entry_bytes(entry);
    ASSERT_TRUE(bytes);
    const auto read = parse_entry(*bytes);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->feed, entry.feed);
    EXPECT_EQ(read->seq, 7U);
    EXPECT_EQ(read->claimed, at(61));
    EXPECT_EQ(read->id, leaf_hash(*bytes));
    EXPECT_EQ(std::get<OpinionGiven>(read->body).opinion, std::get<OpinionGiven>(entry.body).opinion);
    EXPECT_EQ(entry_bytes(*read).value(), *bytes);
}

TEST(Entry, HasOneSpelling) {
    const std::string bytes =
        R"({"body":{"place":"Castello road","restriction":"denied"},"by":"p","claimed":"2016-05-04T00:01:00Z",)"
        R"("feed":"m.example/a","kind":"movement.restricted","seq":0,"v":1})";
    ASSERT_TRUE(parse_entry(bytes)) << parse_entry(bytes).error().message;
    EXPECT_FALSE(parse_entry(bytes + "\n"));
    EXPECT_FALSE(parse_entry(" " + bytes));
    std::string other_time = bytes;
    other_time.replace(other_time.find("00:01:00Z"), 9, "00:01Z");
    EXPECT_EQ(parse_entry(other_time).error().message,
              "'claimed' must be an instant like 2016-05-04T00:01:00Z");
}

TEST(Entry, AMemberTooManyIsNamed) {
    EXPECT_EQ(complaint("movement.restricted", R"({"place":"x","restriction":"denied","txt":"y"})"),
              "movement.restricted: 'txt' is no member of this kind; did you mean 'text'?");
}

TEST(Entry, AMissingMemberIsNamed) {
    EXPECT_EQ(complaint("movement.restricted", R"({"restriction":"denied"})"),
              "movement.restricted: 'place' is missing");
}

TEST(Entry, AWordThatIsNotKnownIsToldThoseThatAre) {
    EXPECT_EQ(complaint("movement.restricted", R"({"place":"x","restriction":"refused"})"),
              "movement.restricted: 'restriction' is \"refused\"; want one of denied, delayed, conditional, "
              "jammed");
}

TEST(Entry, AKindThatIsNotKnownIsKeptWhenReadAndRefusedWhenWritten) {
    const auto entry =
        parse_entry(R"({"body":{"x":1},"by":"p","claimed":"2016-05-04T00:01:00Z","feed":"m.example/a",)"
                    R"("kind":"weather.noted","seq":0,"v":1})");
    ASSERT_TRUE(entry);
    EXPECT_EQ(kind_of(entry->body), "weather.noted");
    EXPECT_EQ(complaint("weather.noted", "{}"), "there is no kind of entry 'weather.noted'");
}

TEST(Entry, AnOpinionMustAnswerSomething) {
    EXPECT_EQ(complaint("opinion.given", (R"({"account":")" + id_a + R"(","grounds":"none"})").c_str()),
              "opinion.given: an opinion answers at least one of 'occurrence', 'breach' and 'attribution'");
}

TEST(Entry, AuthorsGoWithAnAttribution) {
    EXPECT_EQ(complaint("opinion.given",
                        (R"({"account":")" + id_a + R"(","breach":"violation","authors":["x"]})").c_str()),
              "opinion.given: 'authors' go with an attribution to someone, and with no other");
}

TEST(Entry, ALinkNeedsTwoAccounts) {
    EXPECT_EQ(complaint("link.proposed", (R"({"accounts":[")" + id_a + R"("]})").c_str()),
              "link.proposed: a link needs two accounts or more");
}

TEST(Entry, AListIsInOrderSoThatItHasOneSpelling) {
    EXPECT_EQ(complaint("link.proposed", (R"({"accounts":[")" + id_b + R"(",")" + id_a + R"("]})").c_str()),
              "link.proposed: 'accounts' must be in order, no element twice");
}

TEST(Entry, TheRowsOwnHashMustNotStandBesideHiddenCells) {
    const std::string members = R"({"source":"field","row":{"day":"2016-05-04"},"raw":")" + id_a +
                                R"(","_sd":["0000000000000000000000000000000000000000000"]})";
    EXPECT_EQ(complaint("account.received", members.c_str()),
              "account.received: 'raw' must not stand beside '_sd': what is hidden could be guessed from it");
}

TEST(Entry, AnEmptyTextIsNotAWayToSayNothing) {
    EXPECT_EQ(complaint("movement.restricted", R"({"place":"x","restriction":"denied","text":""})"),
              "movement.restricted: 'text' is \"\"; want a text that is not empty");
}

TEST(Entry, AnEntryThatDoesNotFitABundleIsRefusedWithAdvice) {
    const Entry entry{.id = {},
                      .feed = "m.example/a",
                      .seq = 0,
                      .by = "p",
                      .claimed = at(0),
                      .body = MovementRestricted{.place = std::string(70'000, 'x')}};
    ASSERT_FALSE(entry_bytes(entry));
    EXPECT_NE(entry_bytes(entry).error().message.find("put long texts into a file"), std::string::npos);
}

TEST(Entry, EveryKindReadsBackFromItsMembers) {
    const EntryId id = sha256("x");
    const std::vector<Body> bodies = {
        AgreementAdopted{.agreement = "a", .text = "trucewatch: 1\n", .amends = id},
        AccountReceived{.source = "s", .row = {{"a", "1"}, {"b", ""}}, .raw = id},
        AccountScoped{
            .account = id, .scope = Scope::duplicate, .duplicate_of = sha256("y"), .reason = "same shell"},
        LinkProposed{.accounts = {std::min(id, sha256("y")), std::max(id, sha256("y"))},
                     .grounds = "same crater"},
        LinkUndone{.link = id, .grounds = "two craters"},
        OpinionGiven{.account = id, .opinion = {.occurrence = Occurrence::unverifiable}},
        InquiryOpened{.account = id,
                      .to = "sy-government",
                      .question = "Who fired?",
                      .clock = "response",
                      .due = at(5)},
        InquiryMoved{.inquiry = id, .stage = InquiryStage::access_denied, .text = "turned back"},
        ReplyReceived{
            .inquiry = id, .party = "sy-government", .position = Position::denies, .text = "not ours"},
        StepTaken{.account = id, .step = Step::referred, .ladder = "referral", .by = "co-chairs"},
        UnitNamed{.unit = "u1", .name = "1st battalion", .under = "hq", .party = "p", .area = "aleppo"},
        NoticeIssued{.agreement = "a",
                     .from = "hq",
                     .to = {"u1"},
                     .text = "cease fire",
                     .level = "order",
                     .written = true,
                     .due = at(9)},
        NoticeRelayed{.notice = id, .from = "hq", .to = {"u1", "u2"}, .at = at(1), .channel = "radio"},
        NoticeAcknowledged{.notice = id, .unit = "u1", .at = at(2), .channel = "radio"},
        ReleaseMade{.tier = Tier::parties, .what = "report", .sha256 = id, .from = {{"m.example/a", 5}}},
        MovementRestricted{.kind = Restriction::jammed,
                           .place = "x",
                           .by = "p",
                           .from = at(0),
                           .until = at(1),
                           .text = "GPS"},
        EvidenceHandled{.sha256 = id,
                        .step = Custody::derived,
                        .parent = sha256("y"),
                        .by = "lab",
                        .to = "UN",
                        .why = "copy"},
        ValueDestroyed{.digest = std::string(43, 'A'), .why = "consent withdrawn"},
        KeyChanged{.change = KeyChange::rotated, .key = "k2", .replaces = "k1", .why = "laptop lost"},
        FeedForked{.origin = "m.example/a", .proof = "two heads"},
    };
    EXPECT_EQ(bodies.size() + 1, std::variant_size_v<Body>) << "each kind but the unknown one";
    for (const Body& body : bodies) {
        const auto again = body_from(kind_of(body), members_of(body));
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_EQ(members_of(*again), members_of(body)) << kind_of(body);
    }
}

}  // namespace
}  // namespace truce::record
