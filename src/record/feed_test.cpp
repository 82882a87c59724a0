// SPDX-License-Identifier: Apache-2.0
#include "record/feed.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

#include "base/random.h"
#include "record/memory_disk.h"
#include "record/test_vectors.h"

namespace truce::record {
namespace {

using test::WholeTree;

/// A monitor's disk with what a feed needs on it.
struct Bench {
    MemoryDisk disk;
    SigningKey key = test::log_key();
    SubStorage feed_folder{disk, "feed"};
    SubStorage head_folder{disk, "heads"};
    HeadMemory memory{head_folder, {key.verifier()}};

    explicit Bench(MemoryDisk started = {}) : disk(std::move(started)) {}
    void make_folders() {
        DurableWriter(disk).make_folders("feed"), DurableWriter(disk).make_folders("heads");
    }
    FeedSettings settings(std::uint64_t journal_bytes = 1 << 20) {
        return {.journal_bytes = journal_bytes, .fresh_salt = [count = 0]() mutable {
                    return Journal::Salt{'s', 'a', 'l', 't',
                                         '-', '-', '-', static_cast<char>('0' + count++ % 64)};
                }};
    }
    Result<Feed> create() { return Feed::create(feed_folder, key, memory, settings()); }
    Result<Feed> open() {
        return Feed::open(feed_folder, key.verifier().name, {key.verifier()}, memory, settings());
    }
};

std::vector<std::string> numbered(std::size_t first, std::size_t count) {
    std::vector<std::string> entries;
    for (std::size_t i = first; i < first + count; ++i) entries.push_back(fmt::format("entry {}", i));
    return entries;
}

TEST(Feed, ANewFeedIsEmptyAndSigned) {
    Bench bench;
    bench.make_folders();
    const auto feed = bench.create();
    ASSERT_TRUE(feed) << feed.error().text();
    EXPECT_EQ(feed->size(), 0U);
    EXPECT_EQ(feed->published().head().root, empty_root());
    EXPECT_FALSE(bench.create());
}

TEST(Feed, TheWorkedExampleHasItsFilesToTheByte) {
    Bench bench;
    bench.make_folders();
    auto feed = *bench.create();
    ASSERT_EQ(*feed.append(test::example_entries()), 0U);
    const auto note = feed.publish(bench.key, bench.memory);
    ASSERT_TRUE(note);
    EXPECT_TRUE(note->text.ends_with("\n5\nGHL1jG1i2uRto5Bolbt683xIHdrmOzvt/LbYa2idKGY=\n"));
    EXPECT_EQ(sha256(*bench.disk.read("feed/tile/0/000.p/5")).hex(),
              "c42739d73c239b7ad1ee279f1578faa3506b0f3aca86f9c99d39ec2139d56de0");
    EXPECT_EQ(sha256(*bench.disk.read("feed/tile/entries/000.p/5")).hex(),
              "64754bec0b4e7a198b75a5d612c0dbe84fb80ef50f323a1707ef6dc5d47f1be0");
    EXPECT_EQ(*bench.disk.read("feed/checkpoint"), note->bytes());
}

TEST(Feed, WhatIsAcknowledgedIsThereAfterAPowerCutWithoutASignature) {
    Bench bench;
    bench.make_folders();
    auto feed = *bench.create();
    ASSERT_TRUE(feed.append(numbered(0, 3)));
    Bench after(bench.disk.after_power_cut([](std::size_t) { return false; }));
    auto again = after.open();
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->size(), 3U);
    EXPECT_EQ(*again->entry(2), "entry 2");
    ASSERT_EQ(again->remarks().size(), 1U);
    ASSERT_TRUE(again->publish(after.key, after.memory));
    EXPECT_EQ(again->published().head().root, WholeTree(numbered(0, 3)).root(3));
}

TEST(Feed, GrowsTileByTileAndLeavesNoPartialTileBesideAFullOne) {
    Bench bench;
    bench.make_folders();
    auto feed = *bench.create();
    for (const std::size_t count : {1U, 200U, 54U, 1U, 1U, 255U, 256U, 300U}) {
        ASSERT_TRUE(feed.append(numbered(feed.size(), count)));
        ASSERT_TRUE(feed.publish(bench.key, bench.memory));
        const auto size = feed.size();
        EXPECT_EQ(feed.published().head().root, WholeTree(numbered(0, size)).root(size)) << size;
        EXPECT_EQ(feed.published().check().sound_entries, size);
    }
    for (const auto& path : bench.disk.files()) {
        const auto named = parse_tile_path(path.substr(path.find('/') + 1));
        if (!named || named->tile.width == tile_width) continue;
        EXPECT_FALSE(bench.disk.read(path.substr(0, path.find(".p/")))) << path;
    }
    EXPECT_EQ(*feed.entry(700), "entry 700");
    EXPECT_FALSE(feed.entry(feed.size()));
}

TEST(Feed, AnEntryThatIsTooLongIsRefusedAndNothingIsAdded) {
    Bench bench;
    bench.make_folders();
    auto feed = *bench.create();
    EXPECT_TRUE(feed.append(std::string(65'535, 'x')));
    EXPECT_FALSE(feed.append(std::vector<std::string>{"short", std::string(65'536, 'x')}));
    EXPECT_EQ(feed.size(), 1U);
}

TEST(Feed, APublishedEntryHasAProofThatOthersCanCheck) {
    Bench bench;
    bench.make_folders();
    auto feed = *bench.create();
    ASSERT_TRUE(feed.append(numbered(0, 300)));
    ASSERT_TRUE(feed.publish(bench.key, bench.memory));
    const auto proof = feed.published().prove(299);
    ASSERT_TRUE(proof);
    const auto policy = parse_policy(fmt::format("log {}\nquorum none\n", bench.key.verifier().text()));
    EXPECT_TRUE(verify_entry(*policy, *parse_proof(proof->bytes()), "entry 299"));
    EXPECT_FALSE(verify_entry(*policy, *proof, "entry 298"));
}

TEST(Feed, AnOldCopyThatWasBroughtBackIsRefused) {
    Bench bench;
    bench.make_folders();
    auto feed = *bench.create();
    ASSERT_TRUE(feed.append(numbered(0, 2)));
    ASSERT_TRUE(feed.publish(bench.key, bench.memory));
    std::map<std::string, std::string> old_copy;
    for (const auto& path : bench.disk.files()) {
        if (path.starts_with("feed/")) old_copy[path] = *bench.disk.read(path);
    }
    ASSERT_TRUE(feed.append(numbered(2, 2)));
    ASSERT_TRUE(feed.publish(bench.key, bench.memory));
    for (const auto& path : bench.disk.files()) {
        if (path.starts_with("feed/")) bench.disk.remove(path);
    }
    DurableWriter writer(bench.disk);
    for (const auto& [path, bytes] : old_copy) writer.write(path, bytes);
    const auto again = bench.open();
    ASSERT_FALSE(again);
    EXPECT_NE(again.error().message.find("an old copy was brought back"), std::string::npos)
        << again.error().message;
}

TEST(Feed, AHistoryThatContradictsWhatWasSignedIsNeverSigned) {
    Bench bench;
    bench.make_folders();
    {
        auto feed = *bench.create();
        ASSERT_TRUE(feed.append(numbered(0, 2)));
        ASSERT_TRUE(feed.publish(bench.key, bench.memory));
    }
    // The same key, another folder, other entries: as if the feed had been made anew from an old backup.
    Bench other;
    other.make_folders();
    auto fork = *other.create();
    ASSERT_TRUE(fork.append(numbered(10, 3)));
    EXPECT_FALSE(fork.publish(other.key, bench.memory));
    EXPECT_EQ(fork.published().size(), 0U);
}

TEST(Feed, AFailedSyncEndsAllWritingUntilTheFeedIsOpenedAgain) {
    Bench bench;
    bench.make_folders();
    auto feed = *bench.create();
    ASSERT_TRUE(feed.append("first"));
    // The next append makes two calls: a write and a sync.
    bench.disk.fail_at(bench.disk.calls() + 1, MemoryDisk::Fault::broken);
    EXPECT_THROW((void)feed.append("second"), StorageFailure);
    EXPECT_FALSE(feed.is_writable());
    EXPECT_FALSE(feed.append("third"));
    EXPECT_FALSE(feed.publish(bench.key, bench.memory));
    auto again = bench.open();
    ASSERT_TRUE(again);
    EXPECT_EQ(*again->entry(0), "first");
    EXPECT_TRUE(again->append("third"));
}

TEST(Feed, AFullDiskRefusesAnEntryAndTakesTheNextOneOnceThereIsRoom) {
    Bench bench;
    bench.make_folders();
    auto feed = *bench.create();
    ASSERT_TRUE(feed.append("first"));
    bench.disk.fail_at(bench.disk.calls(), MemoryDisk::Fault::full);
    EXPECT_THROW((void)feed.append("second"), StorageFailure);
    EXPECT_TRUE(feed.is_writable());
    EXPECT_EQ(*feed.append("third"), 1U);
    EXPECT_EQ(*Bench(bench.disk.after_power_cut([](std::size_t) { return false; })).open()->entry(1),
              "third");
}

TEST(Feed, ADamagedEntryBeforeTheTailIsNotCutButReported) {
    Bench bench;
    bench.make_folders();
    auto feed = *bench.create();
    ASSERT_TRUE(feed.append("first entry"));
    ASSERT_TRUE(feed.append("second entry"));
    const auto path = bench.disk.files().at(1);
    ASSERT_EQ(path, "feed/journal/000001");
    bench.disk.flip(path, bench.disk.read(path)->find("first entry") * 8);
    const auto again = bench.open();
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().file, "journal/000001");
}

// R3: every truncation of the journal's tail.
TEST(Feed, ATornTailIsCutBackToTheLastAcknowledgedEntryAtEveryByte) {
    Bench bench;
    bench.make_folders();
    auto feed = *bench.create();
    const std::string path = "feed/journal/000001";
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < 4; ++i) {
        ASSERT_TRUE(feed.append(numbered(3 * i, 3)));
        ends.push_back(bench.disk.read(path)->size());
    }
    const std::size_t head = 33;
    for (std::size_t size = head; size <= ends.back(); ++size) {
        Bench torn(bench.disk.after_power_cut([](std::size_t) { return true; }));
        torn.disk.cut(path, size);
        auto again = torn.open();
        ASSERT_TRUE(again) << size << again.error().text();
        const auto whole = std::ranges::upper_bound(ends, size) - ends.begin();
        ASSERT_EQ(again->size(), static_cast<std::size_t>(whole) * 3) << size;
        const bool is_torn = size != head && std::ranges::find(ends, size) == ends.end();
        ASSERT_EQ(torn.disk.read("feed/journal/torn-000001").has_value(), is_torn) << size;
        ASSERT_TRUE(again->append("afterwards"));
        ASSERT_EQ(*Bench(torn.disk.after_power_cut([](std::size_t) { return false; }))
                       .open()
                       ->entry(again->size() - 1),
                  "afterwards");
    }
}

// R4: every bit of a feed of five entries, published and not.
TEST(Feed, NoFlippedBitIsEverServed) {
    for (const bool published : {true, false}) {
        Bench bench;
        bench.make_folders();
        auto feed = *bench.create();
        ASSERT_TRUE(feed.append(test::example_entries()));
        if (published) {
            ASSERT_TRUE(feed.publish(bench.key, bench.memory));
        }
        std::size_t found = 0;
        for (const auto& path : bench.disk.files()) {
            const auto bits = bench.disk.read(path)->size() * 8;
            for (std::size_t bit = 0; bit < bits; ++bit) {
                bench.disk.flip(path, bit);
                {
                    Bench copy(bench.disk.after_power_cut([](std::size_t) { return true; }));
                    const auto again = copy.open();
                    // Found, remarked on, or harmless: every entry that is served is the one that was
                    // received.
                    const std::size_t size = again ? again->size() : 0;
                    for (std::size_t i = 0; i < size; ++i) {
                        const auto entry = again->entry(i);
                        ASSERT_TRUE(!entry || *entry == test::example_entries()[i]) << path << " bit " << bit;
                    }
                    const bool said =
                        !again || !again->remarks().empty() || !again->published().check().faults.empty();
                    ASSERT_TRUE(said || size == 5) << path << " bit " << bit;
                    found += said ? 1 : 0;
                }
                bench.disk.flip(path, bit);
            }
        }
        EXPECT_GT(found, 7000U);
    }
}

/// A short life of a feed, and what it promised to the outside on the way.
struct Life {
    std::vector<std::string> acknowledged;
    /// What may be in the feed after the acknowledged ones: an append that was under way.
    std::vector<std::string> under_way;
    std::vector<Checkpoint> signed_heads;

    void append(Feed& feed, std::vector<std::string> entries) {
        under_way = entries;
        if (!feed.append(entries)) return;
        acknowledged.insert(acknowledged.end(), entries.begin(), entries.end());
        under_way.clear();
    }
    void publish(Feed& feed, Bench& bench) {
        if (const auto note = feed.publish(bench.key, bench.memory)) {
            signed_heads.push_back(*parse_checkpoint(note->text));
        }
    }
    /// Throws what the disk throws.
    void live(Bench& bench) {
        bench.make_folders();
        auto created = bench.create();
        if (!created) return;
        append(*created, numbered(0, 1));
        append(*created, numbered(1, 2));
        publish(*created, bench);
        append(*created, numbered(3, 2));
        auto opened = bench.open();
        if (!opened) return;
        append(*opened, numbered(5, 252));
        publish(*opened, bench);
        append(*opened, numbered(257, 1));
        publish(*opened, bench);
    }
    /// Publishes so much at once that its files are synced together.
    void live_much(Bench& bench) {
        bench.make_folders();
        auto created = bench.create();
        if (!created) return;
        append(*created, numbered(0, 1100));
        publish(*created, bench);
    }
};

/// Everything that must hold of what a power cut or a fault left.
void expect_kept(const Life& life, MemoryDisk left, const std::string& where) {
    Bench bench(std::move(left));
    if (life.acknowledged.empty() && life.signed_heads.empty()) {
        bench.make_folders();
        if (!bench.open()) {
            ASSERT_TRUE(bench.create()) << where;
        }
        return;
    }
    auto feed = bench.open();
    ASSERT_TRUE(feed) << where << ": " << feed.error().text();
    ASSERT_GE(feed->size(), life.acknowledged.size()) << where;
    auto expected = life.acknowledged;
    expected.insert(expected.end(), life.under_way.begin(), life.under_way.end());
    ASSERT_LE(feed->size(), expected.size()) << where;
    ASSERT_TRUE(feed->append("afterwards")) << where;
    const auto note = feed->publish(bench.key, bench.memory);
    ASSERT_TRUE(note) << where << ": " << note.error().text();
    const auto size = feed->size();
    expected.resize(size - 1);
    expected.emplace_back("afterwards");
    std::vector<std::string> read;
    const auto visited =
        feed->published().visit(0, size, [&](std::uint64_t, std::string_view entry) -> Result<void> {
            read.emplace_back(entry);
            return {};
        });
    ASSERT_TRUE(visited) << where << ": " << visited.error().text();
    ASSERT_EQ(read, expected) << where;
    for (const auto& head : life.signed_heads) {
        ASSERT_EQ(*feed->published().root_at(head.size), head.root) << where << ": a fork was signed";
    }
}

std::size_t calls_of_a_life() {
    Bench bench;
    Life life;
    life.live(bench);
    EXPECT_EQ(life.acknowledged.size(), 258U);
    EXPECT_EQ(life.signed_heads.size(), 3U);
    return bench.disk.calls();
}

// R1, R3: the power goes at every call, before and midway, and whatever subset of the unsynced changes is
// left.
TEST(Feed, APowerCutAtAnyCallLosesNothingAcknowledgedAndForksNothing) {
    const auto calls = calls_of_a_life();
    std::size_t states = 0;
    for (std::size_t call = 0; call < calls; ++call) {
        for (const auto fault : {MemoryDisk::Fault::power_cut, MemoryDisk::Fault::power_cut_midway}) {
            Bench bench;
            Life life;
            bench.disk.fail_at(call, fault);
            try {
                life.live(bench);
            } catch (const PowerCut&) {  // and so we look at what is left
            }
            const auto unsynced = bench.disk.unsynced();
            constexpr std::size_t exhaustive = 8;
            Random random(call);
            const std::size_t subsets = std::size_t{1} << std::min(unsynced, exhaustive);
            for (std::size_t subset = 0; subset < subsets; ++subset) {
                const auto bits = unsynced <= exhaustive ? subset : random();
                auto left = bench.disk.after_power_cut(
                    [&](std::size_t change) { return (bits >> change % 64 & 1U) != 0; });
                expect_kept(life, std::move(left),
                            fmt::format("call {}, subset {:b} of {}", call, bits, unsynced));
                if (HasFatalFailure()) return;
                ++states;
            }
        }
    }
    RecordProperty("states", static_cast<int>(states));
    EXPECT_GT(states, 1000U);
}

TEST(Feed, APowerCutWhileManyFilesAreSyncedTogetherLosesNothing) {
    std::size_t calls = 0;
    {
        Bench bench;
        Life life;
        life.live_much(bench);
        ASSERT_EQ(life.signed_heads.size(), 1U);
        calls = bench.disk.calls();
    }
    for (std::size_t call = 0; call < calls; call += 2) {
        Bench bench;
        Life life;
        bench.disk.fail_at(call, MemoryDisk::Fault::power_cut_midway);
        try {
            life.live_much(bench);
        } catch (const PowerCut&) {  // and so we look at what is left
        }
        Random random(call);
        const auto any = random.below(3);
        auto left = bench.disk.after_power_cut(
            [&](std::size_t) { return any == 2 ? random.below(2) == 0 : any == 1; });
        expect_kept(life, std::move(left), fmt::format("call {}, {}", call, any));
        if (HasFatalFailure()) return;
    }
}

// R2, R6: every call fails once, the device broken or full; then the program goes on, and later the power
// goes.
TEST(Feed, AFailureOfAnyCallLosesNothingAcknowledgedAndForksNothing) {
    const auto calls = calls_of_a_life();
    for (std::size_t call = 0; call < calls; ++call) {
        for (const auto fault : {MemoryDisk::Fault::broken, MemoryDisk::Fault::full}) {
            Bench bench;
            Life life;
            bench.disk.fail_at(call, fault);
            try {
                life.live(bench);
            } catch (const StorageFailure&) {  // and so we look at what is left
            }
            for (const bool kept : {true, false}) {
                auto left = bench.disk.after_power_cut([&](std::size_t) { return kept; });
                expect_kept(life, std::move(left), fmt::format("call {} fails, {}", call, kept));
                if (HasFatalFailure()) return;
            }
        }
    }
}

}  // namespace
}  // namespace truce::record
