// SPDX-License-Identifier: Apache-2.0
#include "record/exchange.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "base/crc32c.h"
#include "base/random.h"
#include "record/test_monitor.h"

namespace truce::record {
namespace {

using test::Monitor;

const std::string us = "us.example/aleppo";
const std::string ru = "ru.example/aleppo";
const std::string un = "un.example/aleppo";
const std::string two = test::policy_of({us, ru});
const std::string three = test::policy_of({us, ru, un});

/// All files of a monitor, to see that nothing changed.
std::map<std::string, std::string> files_of(Monitor& monitor) {
    std::map<std::string, std::string> files;
    for (const auto& path : monitor.disk().files()) files[path] = *monitor.disk().read(path);
    return files;
}

TEST(Exchange, ABundleBringsTheOtherUpToDateAndIsCosigned) {
    Monitor a(us, two);
    Monitor b(ru, two);
    a.say("an incident");
    b.say("another");
    b.say("and one more");
    const auto merged = b.merge(a.bundle());
    ASSERT_TRUE(merged) << merged.error().text();
    ASSERT_EQ(merged->feeds.size(), 1U);
    EXPECT_EQ(merged->feeds[0].after, 1U);
    EXPECT_TRUE(merged->feeds[0].cosigned);
    EXPECT_EQ(b.entries_of(us), (std::vector<std::string>{"an incident"}));
    ASSERT_TRUE(a.merge(b.bundle(a.held())));
    EXPECT_EQ(a.entries_of(ru), (std::vector<std::string>{"another", "and one more"}));
    // B's cosignature of A's feed came back with B's bundle, and A cosigns its own.
    EXPECT_EQ(a.feed().published().checkpoint()->signatures.size(), 3U);
}

TEST(Exchange, TheQuorumIsReachedOnceEverybodyHasSeenEverything) {
    Monitor a(us, three);
    Monitor b(ru, three);
    Monitor c(un, three);
    a.say("an incident");
    for (int round = 0; round < 2; ++round) {
        for (auto* reader : {&a, &b, &c}) {
            for (auto* writer : {&a, &b, &c}) {
                if (reader != writer) {
                    ASSERT_TRUE(reader->merge(writer->bundle(reader->held())));
                }
            }
        }
    }
    const auto feed = *c.shelf().feed(us);
    EXPECT_EQ(feed.checkpoint()->signatures.size(), 4U);
    EXPECT_TRUE(verify_checkpoint(c.shelf().policy(), feed.checkpoint()->bytes()));
}

TEST(Exchange, CosignaturesUnderAnOlderCheckpointAreKeptUntilALargerOneHasThem) {
    Monitor a(us, three);
    Monitor b(ru, three);
    Monitor c(un, three);
    a.say("one");
    const auto first = a.bundle();
    ASSERT_TRUE(b.merge(first));
    a.say("two");
    a.publish();
    // B's cosignature of one entry comes when A has two.
    ASSERT_TRUE(a.merge(b.bundle(a.held())));
    const auto kept = *a.shelf().cosigned(us);
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].head.size, 1U);
    ASSERT_TRUE(b.merge(a.bundle(b.held())));
    ASSERT_TRUE(a.merge(b.bundle(a.held())));
    ASSERT_EQ(a.shelf().cosigned(us)->size(), 1U);
    EXPECT_EQ(a.shelf().cosigned(us)->at(0).head.size, 2U);
    EXPECT_FALSE(*a.shelf().agreed_checkpoint(*a.shelf().feed(us)));
    ASSERT_TRUE(c.merge(a.bundle(c.held())));
    a.say("three");
    ASSERT_TRUE(a.merge(c.bundle(a.held())));
    // Everybody agrees on two entries, although there are three.
    EXPECT_EQ((*a.shelf().agreed_checkpoint(*a.shelf().feed(us)))->head.size, 2U);
}

TEST(Exchange, MergingTwiceChangesNothing) {
    Monitor a(us, two);
    Monitor b(ru, two);
    a.say("an incident");
    const auto bundle = a.bundle();
    ASSERT_TRUE(b.merge(bundle));
    const auto before = files_of(b);
    ASSERT_TRUE(b.merge(bundle));
    EXPECT_EQ(files_of(b), before);
}

TEST(Exchange, ABundleHoldsOnlyWhatTheOtherLacks) {
    Monitor a(us, two);
    Monitor b(ru, two);
    for (int i = 0; i < 100; ++i) a.say(std::string(500, 'x') + std::to_string(i));
    ASSERT_TRUE(b.merge(a.bundle()));
    a.say("the last");
    const auto small = a.bundle(b.held());
    EXPECT_LT(small.size(), 5'000U);
    ASSERT_TRUE(b.merge(small));
    EXPECT_EQ(b.entries_of(us).size(), 101U);
}

TEST(Exchange, AGapIsSaidAndNothingOfTheFeedIsTaken) {
    Monitor a(us, two);
    Monitor b(ru, two);
    a.say("one");
    a.say("two");
    const std::vector<Shelf::Held> wrong{{us, 1}};
    const auto merged = b.merge(a.bundle(wrong));
    ASSERT_TRUE(merged);
    ASSERT_FALSE(merged->remarks.empty());
    EXPECT_NE(merged->remarks[0].find("exchange again"), std::string::npos);
    EXPECT_TRUE(b.entries_of(us).empty());
}

// "A bad bundle changes nothing and names the entry."
TEST(Exchange, AChangedEntryIsNamedAndNothingChanges) {
    Monitor a(us, two);
    Monitor b(ru, two);
    a.say("first");
    a.say("it was us");
    auto bundle = a.bundle();
    const auto body = bundle.substr(0, bundle.size() - 13);
    auto changed = body;
    changed.replace(changed.find("it was us"), 9, "it was ru");
    changed += fmt::format("end {:08x}\n", crc32c(changed));
    const auto before = files_of(b);
    const auto merged = b.merge(changed);
    ASSERT_FALSE(merged);
    EXPECT_NE(merged.error().message.find("feed 'us.example/aleppo': entry 1 is not what was signed"),
              std::string::npos)
        << merged.error().message;
    EXPECT_EQ(files_of(b), before);
}

TEST(Exchange, ABundleCutAtAnyByteOrWithAnyByteChangedChangesNothing) {
    Monitor a(us, two);
    Monitor b(ru, two);
    a.say("first");
    a.say("second");
    const auto bundle = a.bundle();
    const auto before = files_of(b);
    for (std::size_t at = 0; at < bundle.size(); ++at) {
        EXPECT_FALSE(parse_bundle_file(bundle.substr(0, at))) << at;
        // A changed byte with the checksum made to fit: what counts is hashes and signatures.
        auto changed = bundle.substr(0, bundle.size() - 13);
        if (at >= changed.size()) continue;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        changed += fmt::format("end {:08x}\n", crc32c(changed));
        const auto read = parse_bundle_file(changed);
        if (!read) continue;
        Monitor c(ru, two);
        const auto merged = c.merge(changed);
        const auto entries = c.entries_of(us);
        EXPECT_TRUE(entries.empty() || entries == (std::vector<std::string>{"first", "second"})) << at;
    }
    EXPECT_EQ(files_of(b), before);
}

TEST(Exchange, AFeedThatThePolicyDoesNotNameIsPassedOver) {
    Monitor a(us, two);
    Monitor stranger("x.example", test::policy_of({"x.example"}));
    stranger.say("believe me");
    const auto merged = a.merge(stranger.bundle());
    ASSERT_TRUE(merged);
    EXPECT_TRUE(merged->feeds.empty());
    EXPECT_FALSE(merged->remarks.empty());
}

/// Two disks of one monitor with one key, that part after `common` entries: what a dishonest monitor has.
struct TwoFaced {
    Monitor one;
    Monitor other;
    TwoFaced(const std::string& name, const std::string& policy, int common, int more_one, int more_other)
        : one(name, policy), other(name, policy) {
        for (int i = 0; i < common; ++i)
            one.say("common " + std::to_string(i)), other.say("common " + std::to_string(i));
        for (int i = 0; i < more_one; ++i) one.say("to you " + std::to_string(i));
        for (int i = 0; i < more_other; ++i) other.say("to them " + std::to_string(i));
    }
};

// R10, the shapes of a fork: of one size, the longer one second, the shorter one second.
TEST(Exchange, AForkIsFoundAtTheFirstExchangeAndProvedToAnyone) {
    for (const auto& [common, one, other] : std::vector<std::tuple<int, int, int>>{
             {0, 1, 1}, {1, 1, 1}, {2, 1, 3}, {2, 3, 1}, {4, 4, 4}, {3, 300, 5}, {7, 5, 300}, {256, 1, 2}}) {
        TwoFaced liar(us, three, common, one, other);
        Monitor b(ru, three);
        Monitor c(un, three);
        ASSERT_TRUE(b.merge(liar.one.bundle()));
        ASSERT_TRUE(c.merge(liar.other.bundle()));
        const auto before = b.entries_of(us);
        const auto merged = b.merge(c.bundle(b.held()));
        ASSERT_TRUE(merged) << merged.error().text();
        ASSERT_EQ(merged->forked, std::vector<std::string>{us}) << common << one << other;
        EXPECT_EQ(b.entries_of(us), before);
        const auto forks = *b.shelf().forks();
        ASSERT_EQ(forks.size(), 1U);
        const auto policy = parse_policy(three);
        EXPECT_EQ(*verify_fork(*policy, *parse_fork(forks[0].fork.bytes())), us);
        // It is shown to everyone, and no longer cosigned by anyone who knows.
        const auto shown = c.merge(b.bundle(c.held()));
        ASSERT_TRUE(shown);
        EXPECT_EQ(c.shelf().forks()->size(), 1U);
    }
}

TEST(Exchange, AForkedFeedIsNeverCosignedAgain) {
    TwoFaced liar(us, three, 1, 1, 1);
    Monitor b(ru, three);
    Monitor c(un, three);
    ASSERT_TRUE(b.merge(liar.one.bundle()));
    ASSERT_TRUE(c.merge(liar.other.bundle()));
    ASSERT_TRUE(b.merge(c.bundle(b.held())));
    liar.one.say("go on as if nothing were");
    const auto merged = b.merge(liar.one.bundle(b.held()));
    ASSERT_TRUE(merged);
    EXPECT_FALSE(merged->feeds.at(0).cosigned);
    EXPECT_EQ(b.entries_of(us).size(), 3U) << "what it says is still kept";
    EXPECT_EQ(b.shelf().feed(us)->checkpoint()->signatures.size(), 1U);
}

TEST(Exchange, AProofOfAForkWithAChangedByteIsNotBelieved) {
    TwoFaced liar(us, three, 2, 1, 2);
    Monitor b(ru, three);
    ASSERT_TRUE(b.merge(liar.one.bundle()));
    ASSERT_TRUE(b.merge(liar.other.bundle()));
    const auto bytes = b.shelf().forks()->at(0).fork.bytes();
    const auto policy = parse_policy(three);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        auto changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        const auto fork = parse_fork(changed);
        EXPECT_TRUE(!fork || !verify_fork(*policy, *fork)) << at << ": " << changed.substr(at, 20);
    }
    // Nor is a monitor accused by two checkpoints of its one history.
    const auto honest = liar.one.bundle();
    EXPECT_TRUE(b.merge(honest)->forked.empty());
}

TEST(Exchange, AnOwnFeedThatWasLostComesBackFromTheOther) {
    Monitor b(ru, two);
    MemoryDisk old;
    {
        Monitor a(us, two);
        a.say("one");
        a.publish();
        old = a.disk().after_power_cut([](std::size_t) { return true; });
        a.say("two");
        a.say("three");
        ASSERT_TRUE(b.merge(a.bundle()));
    }
    // The whole disk was brought back, so that not even the memory of what was signed knows better.
    Monitor a(us, two, std::move(old));
    ASSERT_TRUE(a.has_feed());
    ASSERT_EQ(a.feed().size(), 1U);
    ASSERT_TRUE(a.merge(b.bundle()));
    ASSERT_TRUE(a.has_feed());
    EXPECT_EQ(a.entries_of(us), (std::vector<std::string>{"one", "two", "three"}));
    a.say("four");
    a.publish();
    EXPECT_TRUE(b.merge(a.bundle(b.held()))->forked.empty());
}

TEST(Exchange, AnOwnFeedThatWasBroughtBackAndWrittenOnIsNotMergedOver) {
    Monitor b(ru, two);
    MemoryDisk old;
    {
        Monitor a(us, two);
        a.say("one");
        a.publish();
        old = a.disk().after_power_cut([](std::size_t) { return true; });
        a.say("two");
        ASSERT_TRUE(b.merge(a.bundle()));
    }
    Monitor a(us, two, std::move(old));
    a.say("another two");
    const auto merged = a.merge(b.bundle());
    ASSERT_FALSE(merged);
    EXPECT_NE(merged.error().message.find("an old copy was brought back and written on"), std::string::npos)
        << merged.error().message;
    EXPECT_EQ(a.feed().size(), 2U);
}

TEST(Exchange, APowerCutWhileMergingLeavesAMergeThatCanBeDoneAgain) {
    Monitor a(us, two);
    for (int i = 0; i < 300; ++i) a.say("entry " + std::to_string(i));
    const auto bundle = a.bundle();
    std::size_t calls = 0;
    {
        Monitor whole(ru, two);
        const auto before = whole.disk().calls();
        ASSERT_TRUE(whole.merge(bundle));
        calls = whole.disk().calls() - before;
    }
    for (std::size_t call = 0; call < calls; ++call) {
        Monitor b(ru, two);
        b.disk().fail_at(b.disk().calls() + call, MemoryDisk::Fault::power_cut_midway);
        try {
            (void)b.merge(bundle);
        } catch (const PowerCut&) {  // and so we look at what is left
        }
        Random random(call);
        Monitor again(ru, two, b.disk().after_power_cut([&](std::size_t) { return random.below(2) == 1; }));
        ASSERT_TRUE(again.has_feed()) << call << again.why_no_feed();
        const auto merged = again.merge(bundle);
        ASSERT_TRUE(merged) << call << merged.error().text();
        ASSERT_EQ(again.entries_of(us).size(), 300U) << call;
        ASSERT_TRUE(merged->forked.empty()) << call;
    }
}

// A witness that forgot what it signed at a power cut could sign the other side of a fork.
TEST(Witness, NeverCosignsTheOtherSideOfAForkAfterAPowerCutAtAnyCall) {
    TwoFaced liar(us, two, 2, 2, 2);
    const auto one = liar.one.bundle();
    const auto other = liar.other.bundle();
    std::size_t calls = 0;
    {
        Monitor whole(ru, two);
        const auto before = whole.disk().calls();
        ASSERT_TRUE(whole.merge(one));
        calls = whole.disk().calls() - before;
    }
    std::size_t given = 0;
    for (std::size_t call = 0; call < calls; ++call) {
        for (const auto fault : {MemoryDisk::Fault::power_cut, MemoryDisk::Fault::power_cut_midway}) {
            Monitor b(ru, two);
            b.disk().fail_at(b.disk().calls() + call, fault);
            try {
                (void)b.merge(one);
            } catch (const PowerCut&) {  // and so we look at what is left
            }
            // The cosignature may have left when it was in the shown checkpoint, synced or not.
            const auto shown = b.shelf().feed(us).value().checkpoint();
            const bool given_out = shown && shown->signatures.size() > 1;
            given += given_out ? 1 : 0;
            Monitor again(ru, two, b.disk().after_power_cut([&](std::size_t) { return false; }));
            ASSERT_TRUE(again.merge(other));
            const auto now = again.shelf().feed(us).value().checkpoint();
            const bool signs_other = now->signatures.size() > 1 && (!shown || now->text != shown->text);
            ASSERT_FALSE(given_out && signs_other) << call;
        }
    }
    EXPECT_GT(given, 0U);
}

}  // namespace
}  // namespace truce::record
