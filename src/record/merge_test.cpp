// SPDX-License-Identifier: Apache-2.0
#include "record/merge.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "record/test_entries.h"

namespace truce::record {
namespace {

std::vector<std::string> places(const Merged& merged) {
    std::vector<std::string> out;
    for (const Entry& entry : merged.entries)
        out.push_back(entry.feed.substr(entry.feed.size() - 1) + std::to_string(entry.seq));
    return out;
}

TEST(Merge, WhatWasWrittenInAnswerComesAfterWhatItAnswers) {
    TestFeed a("m.example/a");
    TestFeed b("m.example/b");
    b.account("1");
    b.account("2");
    const EntryId third = b.account("3");
    a.write(OpinionGiven{.account = third, .opinion = {.occurrence = Occurrence::confirmed}});
    const std::vector feeds{a.held(), b.held()};
    EXPECT_EQ(places(merge(feeds)), (std::vector<std::string>{"b0", "b1", "b2", "a0"}));
}

TEST(Merge, WhatItsAuthorHadSeenComesBeforeIt) {
    TestFeed a("m.example/a");
    TestFeed b("m.example/b");
    for (int i = 0; i < 3; ++i) b.account(std::to_string(i));
    a.write_having_seen(b, UnitNamed{.unit = "u", .name = "n", .party = "p"});
    const std::vector feeds{a.held(), b.held()};
    EXPECT_EQ(places(merge(feeds)), (std::vector<std::string>{"b0", "b1", "b2", "a0"}));
    const std::vector held_in_part{a.held(), b.held(2)};
    EXPECT_EQ(places(merge(held_in_part)), (std::vector<std::string>{"b0", "b1", "a0"}));
}

TEST(Merge, WhoClaimsToHaveSeenTheFutureStopsNobody) {
    TestFeed a("m.example/a");
    TestFeed b("m.example/b");
    a.write(UnitNamed{.unit = "u", .name = "n", .party = "p"}, at(0),
            {{"m.example/b", 9}, {"m.example/nobody", 3}});
    b.write_having_seen(a, UnitNamed{.unit = "v", .name = "n", .party = "p"});
    const std::vector feeds{a.held(), b.held()};
    const Merged merged = merge(feeds);
    EXPECT_EQ(merged.entries.size(), 2U);
    EXPECT_EQ(merged.irregular.size(), 1U);
}

TEST(Merge, AnAuthorsClockMovesNothing) {
    TestFeed a("m.example/a");
    TestFeed b("m.example/b");
    a.write(UnitNamed{.unit = "u", .name = "n", .party = "p"}, at(1'000'000));
    b.write(UnitNamed{.unit = "v", .name = "n", .party = "p"}, at(-1'000'000));
    const std::vector feeds{b.held(), a.held()};
    EXPECT_EQ(places(merge(feeds)), (std::vector<std::string>{"a0", "b0"}));
}

TEST(Merge, AnEntryOfAnotherFeedOrPlaceHasNoEffect) {
    TestFeed a("m.example/a");
    TestFeed b("m.example/b");
    a.account("1");
    b.write_bytes(std::string(a.held().entries[0]));
    b.write_bytes("not an entry");
    const std::vector feeds{a.held(), b.held()};
    const Merged merged = merge(feeds);
    EXPECT_EQ(places(merged), (std::vector<std::string>{"a0"}));
    ASSERT_EQ(merged.irregular.size(), 2U);
    EXPECT_EQ(merged.irregular[0].what, "it says that it belongs to the feed 'm.example/a'");
}

TEST(Merge, AReferenceToWhatIsNotHeldIsListed) {
    TestFeed a("m.example/a");
    a.write(LinkUndone{.link = sha256("nowhere")});
    const std::vector feeds{a.held()};
    const Merged merged = merge(feeds);
    ASSERT_EQ(merged.dangling.size(), 1U);
    EXPECT_EQ(merged.dangling[0].to, sha256("nowhere"));
}

/// The bytes of an entry that stands at `seq`, without writing it.
std::string entry_at(std::string origin, std::uint64_t seq, Body body) {
    return entry_bytes({.id = {},
                        .feed = std::move(origin),
                        .seq = seq,
                        .by = "x",
                        .claimed = at(0),
                        .body = std::move(body)})
        .value();
}

TEST(Merge, WhoRefersInACircleIsShownAndStopsNobody) {
    // Who makes an entry first knows its id, and can refer to it from before it.
    const std::string a1 =
        entry_at("m.example/a", 1, StepTaken{.account = sha256("q"), .step = Step::closed});
    const std::string b1 =
        entry_at("m.example/b", 1, StepTaken{.account = sha256("q"), .step = Step::closed});
    TestFeed a("m.example/a");
    TestFeed b("m.example/b");
    TestFeed c("m.example/c");
    a.write(LinkUndone{.link = parse_entry(b1)->id});
    a.write_bytes(a1);
    b.write(LinkUndone{.link = parse_entry(a1)->id});
    b.write_bytes(b1);
    c.write(LinkUndone{.link = parse_entry(b1)->id});
    const std::vector feeds{a.held(), b.held(), c.held()};
    const Merged merged = merge(feeds);
    EXPECT_EQ(merged.entries.size(), 5U);
    ASSERT_EQ(merged.irregular.size(), 1U);
    EXPECT_EQ(merged.irregular[0].feed, "m.example/a");
    const std::vector other_way{c.held(), b.held(), a.held()};
    EXPECT_EQ(places(merge(other_way)), places(merged));
}

TEST(Merge, AnEntryThatRefersToTheNextOfItsOwnFeedStopsNothing) {
    const std::string next = entry_at("m.example/a", 1, LinkUndone{.link = sha256("q")});
    TestFeed a("m.example/a");
    a.write(LinkUndone{.link = parse_entry(next)->id});
    a.write_bytes(next);
    const std::vector feeds{a.held()};
    EXPECT_EQ(merge(feeds).entries.size(), 2U);
    EXPECT_EQ(merge(feeds).irregular.size(), 1U);
}

TEST(Merge, TheSizeAsOfAnInstantGoesByTheClaims) {
    TestFeed a("m.example/a");
    for (const int minute : {10, 20, 15, 30}) {
        a.write(UnitNamed{.unit = "u", .name = "n", .party = "p"}, at(minute));
    }
    EXPECT_EQ(size_as_of(a.held(), at(9)), 0U);
    EXPECT_EQ(size_as_of(a.held(), at(19)), 1U) << "what follows a later claim was not there either";
    EXPECT_EQ(size_as_of(a.held(), at(20)), 3U);
}

/// Monitors who write accounts, and entries that refer to anything held anywhere.
std::vector<TestFeed> random_history() {
    std::vector<TestFeed> feeds;
    const int monitors = *rc::gen::inRange(1, 5);
    for (int i = 0; i < monitors; ++i)
        feeds.emplace_back("m.example/" + std::string(1, static_cast<char>('a' + i)));
    std::vector<EntryId> known;
    const int steps = *rc::gen::inRange(0, 40);
    for (int i = 0; i < steps; ++i) {
        TestFeed& feed = feeds[*rc::gen::inRange<std::size_t>(0, feeds.size())];
        if (known.empty() || *rc::gen::arbitrary<bool>()) {
            known.push_back(feed.account(std::to_string(i)));
        } else {
            const EntryId& other = known[*rc::gen::inRange<std::size_t>(0, known.size())];
            const TestFeed& met = feeds[*rc::gen::inRange<std::size_t>(0, feeds.size())];
            std::vector<std::pair<std::string, std::uint64_t>> seen;
            if (met.size() > 0) seen.emplace_back(met.held().origin, met.size());
            known.push_back(feed.write(LinkUndone{.link = other, .grounds = std::to_string(i)},
                                       at(*rc::gen::inRange(-1000, 1000)), seen));
        }
    }
    return feeds;
}

RC_GTEST_PROP(Merge, TheOrderOfArrivalAndTheThreadsLeaveNoTrace, ()) {
    const auto history = random_history();
    std::vector<HeldFeed> feeds;
    for (const TestFeed& feed : history) feeds.push_back(feed.held());
    const auto once = places(merge(feeds));
    std::ranges::rotate(feeds, feeds.begin() + *rc::gen::inRange<std::ptrdiff_t>(
                                                   0, static_cast<std::ptrdiff_t>(feeds.size())));
    RC_ASSERT(places(merge(feeds, 2)) == once);
}

RC_GTEST_PROP(Merge, WhatCouldBeKnownStaysInOrderWhenMoreComesIn, ()) {
    const auto history = random_history();
    std::vector<HeldFeed> part;
    std::vector<HeldFeed> whole;
    for (const TestFeed& feed : history) {
        whole.push_back(feed.held());
        part.push_back(feed.held(*rc::gen::inRange<std::size_t>(0, feed.size() + 1)));
    }
    const Merged merged = merge(whole);
    std::map<EntryId, std::size_t> place;
    for (std::size_t i = 0; i < merged.entries.size(); ++i) place[merged.entries[i].id] = i;
    RC_ASSERT(place.size() == merged.entries.size());
    for (const Entry& entry : merged.entries) {
        for (const EntryId& other : references_of(entry.body))
            RC_ASSERT(place.at(other) < place.at(entry.id));
    }
    for (const Entry& entry : merge(part).entries) RC_ASSERT(place.contains(entry.id));
}

}  // namespace
}  // namespace truce::record
