// SPDX-License-Identifier: Apache-2.0
#include "server/pen.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "record/merge.h"
#include "record/test_monitor.h"

namespace truce::server {
namespace {

using record::AccountReceived;
using record::Body;
using record::test::Monitor;
using record::test::policy_of;
using record::test::secret_of;

const std::vector<std::string> names{"monitor.example/a", "monitor.example/b"};
const sys_seconds noon = sys_days(std::chrono::year(2016) / 5 / 4) + std::chrono::hours(12);

std::vector<Body> account(const std::string& key) {
    std::vector<Body> bodies;
    bodies.emplace_back(AccountReceived{.source = "reports", .row = {{"key", key}}});
    return bodies;
}

/// A monitor's record in memory, with a feed, and what a pen needs of it.
struct Office {
    record::MemoryDisk disk;
    record::MonitorSecret secret = secret_of(names[0]);
    record::SigningKey feed_key = secret.feed_key();
    record::SigningKey witness_key = secret.witness_key();
    std::unique_ptr<record::SubStorage> feeds;
    std::unique_ptr<record::SubStorage> signed_heads;
    std::unique_ptr<record::HeadMemory> memory;
    std::unique_ptr<record::Witness> witness;
    std::unique_ptr<record::Shelf> shelf;

    explicit Office(record::MemoryDisk held = Monitor(names[0], policy_of(names)).take_disk()) : disk(std::move(held)) {
        feeds = std::make_unique<record::SubStorage>(disk, "feeds");
        signed_heads = std::make_unique<record::SubStorage>(disk, "memory");
        memory = std::make_unique<record::HeadMemory>(
            *signed_heads, std::vector<record::VerifierKey>{feed_key.verifier(), witness_key.verifier()});
        witness = std::make_unique<record::Witness>(witness_key, *memory);
        shelf = std::make_unique<record::Shelf>(record::Shelf::open(*feeds).value());
    }
    [[nodiscard]] Result<std::unique_ptr<Pen>> pen(Pen::Settings settings = {}) {
        if (!settings.clock) settings.clock = [] { return noon; };
        return Pen::open(*shelf, {.secret = secret, .feed = feed_key, .memory = *memory, .witness = *witness}, std::move(settings));
    }
};

TEST(Pen, GivesEntriesTheirPlacesAndIds) {
    Office office;
    const auto pen = office.pen().value();
    const auto one = pen->write("duty officer", account("1"));
    const auto two = pen->write("duty officer", account("2"));
    ASSERT_TRUE(one && two);
    EXPECT_EQ(one->front().seq, 0U);
    EXPECT_EQ(two->front().seq, 1U);
    EXPECT_NE(one->front().id, two->front().id);
}

TEST(Pen, WaitsUntilPublishedWhereThatIsAskedFor) {
    Office office;
    const auto pen = office.pen().value();
    std::atomic<std::uint64_t> told{0};
    pen->on_published([&](std::uint64_t size) { told = size; });
    ASSERT_TRUE(pen->write("duty officer", account("1"), Pen::Until::published));
    EXPECT_EQ(told, 1U);
    EXPECT_EQ(office.shelf->feed(names[0])->size(), 1U);
}

TEST(Pen, PublishesWhatIsLeftWhenItGoes) {
    Office office;
    {
        const auto pen = office.pen().value();
        ASSERT_TRUE(pen->write("duty officer", account("1"), Pen::Until::published));
        ASSERT_TRUE(pen->write("duty officer", account("2")));
    }
    EXPECT_EQ(office.shelf->feed(names[0])->size(), 2U);
}

TEST(Pen, OfManyThreadsWritesEachEntryOnceAndSharesSyncs) {
    Office office;
    const auto pen = office.pen().value();
    constexpr int threads = 8;
    constexpr int each = 50;
    std::vector<std::thread> writing;
    std::mutex mutex;
    std::set<std::uint64_t> places;
    for (int t = 0; t < threads; ++t) {
        writing.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) {
                const auto written = pen->write("officer " + std::to_string(t), account(std::to_string(t * each + i)));
                const std::lock_guard lock(mutex);
                places.insert(written.value().front().seq);
            }
        });
    }
    for (auto& thread : writing) thread.join();
    EXPECT_EQ(places.size(), std::size_t{threads * each});
    EXPECT_EQ(*places.rbegin(), std::uint64_t{threads * each - 1});
    EXPECT_EQ(pen->counts().entries, std::uint64_t{threads * each});
    EXPECT_LE(pen->counts().syncs, pen->counts().entries);
}

TEST(Pen, RefusesABodyThatMakesNoEntryAndStillServesTheNext) {
    Office office;
    const auto pen = office.pen().value();
    EXPECT_FALSE(pen->write("duty officer", account(std::string(70'000, 'x'))));
    EXPECT_FALSE(pen->write("duty officer", account("\xff")));
    EXPECT_EQ(pen->write("duty officer", account("1"))->front().seq, 0U);
}

TEST(Pen, WritesAllOfSeveralOrNone) {
    Office office;
    const auto pen = office.pen().value();
    auto bodies = account("1");
    bodies.emplace_back(AccountReceived{.source = "reports", .row = {{"key", "\xff"}}});
    EXPECT_FALSE(pen->write("duty officer", std::move(bodies)));
    EXPECT_EQ(pen->size(), 0U);
}

TEST(Pen, SaysOnceHowFarItHasSeenOthers) {
    Monitor other(names[1], policy_of(names));
    other.say(record::entry_bytes({.id = {},
                                   .feed = names[1],
                                   .seq = 0,
                                   .by = "theirs",
                                   .claimed = noon,
                                   .seen = {},
                                   .body = AccountReceived{.source = "field", .row = {{"key", "b"}}}})
                  .value());
    Monitor mine(names[0], policy_of(names));
    ASSERT_TRUE(mine.merge(other.bundle()));
    Office office(mine.take_disk());
    const auto pen = office.pen().value();
    ASSERT_TRUE(pen->write("duty officer", account("1")));
    ASSERT_TRUE(pen->write("duty officer", account("2"), Pen::Until::published));
    const auto feed = office.shelf->feed(names[0]).value();
    const auto first = record::parse_entry(feed.entry(0).value()).value();
    const auto second = record::parse_entry(feed.entry(1).value()).value();
    EXPECT_EQ(first.seen, (std::vector<std::pair<std::string, std::uint64_t>>{{names[1], 1}}));
    EXPECT_TRUE(second.seen.empty());
}

TEST(Pen, LetsAnExchangeChangeTheRecordAndGoesOn) {
    Office office;
    const auto pen = office.pen().value();
    ASSERT_TRUE(pen->write("duty officer", account("1")));
    std::uint64_t size = 0;
    const auto used = pen->exclusively([&](record::Shelf& shelf) -> Result<void> {
        size = shelf.feed(names[0])->size();
        return {};
    });
    ASSERT_TRUE(used);
    EXPECT_EQ(size, 1U) << "what was acknowledged is published before";
    EXPECT_EQ(pen->write("duty officer", account("2"))->front().seq, 1U);
}

}  // namespace
}  // namespace truce::server
