// SPDX-License-Identifier: Apache-2.0
#include "record/witness_protocol.h"

#include <gtest/gtest.h>

#include "record/test_monitor.h"
#include "record/verify.h"

namespace truce::record {
namespace {

using test::Monitor;
using test::policy_of;

constexpr std::chrono::sys_seconds noon{std::chrono::seconds{1'473'706'800}};
const std::string two_monitors = policy_of({"monitor.example/a", "monitor.example/b"});

/// `b` is the witness of `a`, which has said three entries.
class WitnessProtocol : public ::testing::Test {
protected:
    WitnessProtocol() {
        for (const char* entry : {"one", "two", "three"}) a.say(entry);
        head = a.publish();
    }

    WitnessAnswer ask(std::string_view body, std::span<const std::string> forked = {}) {
        return answer_add_checkpoint(b.shelf().policy(), forked, b.witness(), body, noon).value();
    }
    /// What `a` asks with when the witness has cosigned `old_size` entries.
    std::string body_from(std::uint64_t old_size) {
        return add_checkpoint_body(old_size, a.feed().published().prove_from(old_size).value(), head);
    }
    /// The checkpoint of another `a`, with the same key, that said something else.
    static Note fork_of_size(int size) {
        Monitor liar("monitor.example/a", two_monitors);
        for (int i = 0; i < size; ++i) liar.say("something else");
        return liar.publish();
    }

    Monitor a{"monitor.example/a", two_monitors};
    Monitor b{"monitor.example/b", two_monitors};
    Note head;
};

TEST_F(WitnessProtocol, CosignsAFirstCheckpoint) {
    const auto answer = ask(body_from(0));
    ASSERT_EQ(answer.verdict, WitnessVerdict::cosigned) << answer.why;
    const auto verified = verify_signatures(b.shelf().policy(), head.bytes() + answer.body);
    ASSERT_TRUE(verified) << verified.error().text();
    ASSERT_EQ(verified->cosigners.size(), 1U);
    EXPECT_EQ(verified->cosigners.front().name, "monitor.example/b");
}

TEST_F(WitnessProtocol, RemembersOnTheDiskWhatItCosigned) {
    ASSERT_EQ(ask(body_from(0)).verdict, WitnessVerdict::cosigned);
    Monitor again("monitor.example/b", two_monitors, b.take_disk());
    EXPECT_EQ(again.witness().cosigned_size("monitor.example/a").value(), 3U);
}

TEST_F(WitnessProtocol, GoesOnFromWhatItCosigned) {
    ASSERT_EQ(ask(body_from(0)).verdict, WitnessVerdict::cosigned);
    a.say("four");
    head = a.publish();
    EXPECT_EQ(ask(body_from(3)).verdict, WitnessVerdict::cosigned);
}

TEST_F(WitnessProtocol, GivesTheSameCosignatureAgain) {
    const auto first = ask(body_from(0));
    EXPECT_EQ(ask(body_from(3)).body, first.body);
}

TEST_F(WitnessProtocol, TellsTheSizeToOneWhoThinksOfAnother) {
    ASSERT_EQ(ask(body_from(0)).verdict, WitnessVerdict::cosigned);
    const auto answer = ask(body_from(0));
    EXPECT_EQ(answer.verdict, WitnessVerdict::conflict);
    EXPECT_EQ(answer.body, "3\n");
}

TEST_F(WitnessProtocol, NeverCosignsASecondHistoryOfOneSize) {
    ASSERT_EQ(ask(body_from(0)).verdict, WitnessVerdict::cosigned);
    EXPECT_EQ(ask(add_checkpoint_body(3, {}, fork_of_size(3))).verdict, WitnessVerdict::conflict);
}

TEST_F(WitnessProtocol, RefusesAProofThatDoesNotLeadToTheCheckpoint) {
    ASSERT_EQ(ask(body_from(0)).verdict, WitnessVerdict::cosigned);
    EXPECT_EQ(ask(add_checkpoint_body(3, std::vector<Hash>(2), fork_of_size(5))).verdict, WitnessVerdict::wrong_proof);
}

TEST_F(WitnessProtocol, WantsNoProofWhereNothingWasCosigned) {
    EXPECT_EQ(ask(add_checkpoint_body(0, std::vector<Hash>(1), head)).verdict, WitnessVerdict::wrong_proof);
}

TEST_F(WitnessProtocol, RefusesAnOldSizeBeyondTheCheckpoint) {
    EXPECT_EQ(ask(add_checkpoint_body(4, {}, head)).verdict, WitnessVerdict::malformed);
}

TEST_F(WitnessProtocol, KnowsOnlyTheFeedsOfItsPolicy) {
    Monitor stranger("monitor.example/c", policy_of({"monitor.example/c"}));
    stranger.say("one");
    EXPECT_EQ(ask(add_checkpoint_body(0, {}, stranger.publish())).verdict, WitnessVerdict::unknown_origin);
}

TEST_F(WitnessProtocol, RefusesACheckpointThatItsFeedDidNotSign) {
    auto unsigned_head = head;
    unsigned_head.signatures.clear();
    unsigned_head.signatures.push_back(b.feed_key().sign(head.text));
    EXPECT_EQ(ask(add_checkpoint_body(0, {}, unsigned_head)).verdict, WitnessVerdict::not_signed);
}

TEST_F(WitnessProtocol, NeverCosignsAFeedThatIsForked) {
    const std::vector<std::string> forked{"monitor.example/a"};
    EXPECT_EQ(ask(body_from(0), forked).verdict, WitnessVerdict::not_signed);
    EXPECT_EQ(b.witness().cosigned_size("monitor.example/a").value(), 0U);
}

class Malformed : public WitnessProtocol, public ::testing::WithParamInterface<std::string> {};
TEST_P(Malformed, IsToldSo) { EXPECT_EQ(ask(GetParam()).verdict, WitnessVerdict::malformed); }
INSTANTIATE_TEST_SUITE_P(WitnessProtocol, Malformed,
                         ::testing::Values("", "old", "old 0", "old 0\n", "old 0\n\n", "old 00\n\nx", "old +1\n\nx", "old 0\nnothing\n\nx",
                                           "new 0\n\nx", "old 0\r\n\r\nx", "old 0\n\nno checkpoint\n"));

TEST(AddCheckpoint, ReadsWhatItWrites) {
    Monitor a("monitor.example/a", two_monitors);
    a.say("one");
    const auto head = a.publish();
    const std::vector<Hash> proof{leaf_hash("x"), leaf_hash("y")};
    const auto body = add_checkpoint_body(7, proof, head);
    const auto read = parse_add_checkpoint(body);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->old_size, 7U);
    EXPECT_EQ(read->proof, proof);
    EXPECT_EQ(read->checkpoint, head.bytes());
}

TEST(AddCheckpoint, TakesAtMost63Hashes) {
    Monitor a("monitor.example/a", two_monitors);
    EXPECT_TRUE(parse_add_checkpoint(add_checkpoint_body(7, std::vector<Hash>(63), a.publish())));
    EXPECT_FALSE(parse_add_checkpoint(add_checkpoint_body(7, std::vector<Hash>(64), a.publish())));
}

}  // namespace
}  // namespace truce::record
