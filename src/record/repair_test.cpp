// SPDX-License-Identifier: Apache-2.0
#include "record/repair.h"

#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "record/test_monitor.h"

namespace truce::record {
namespace {

using test::Monitor;

const std::string us = "us.example/aleppo";
const std::string ru = "ru.example/aleppo";
const std::string two = test::policy_of({us, ru});

std::map<std::string, std::string> files_of(MemoryDisk& disk, const std::string& folder) {
    std::map<std::string, std::string> files;
    for (const auto& path : disk.files()) {
        if (path.starts_with(folder)) files[path] = *disk.read(path);
    }
    return files;
}

// R4: repair from the other monitor's copy is byte-identical.
TEST(Repair, ADamagedFeedIsByteForByteWhatItWas) {
    Monitor a(us, two);
    Monitor b(ru, two);
    for (int i = 0; i < 700; ++i) a.say("entry " + std::to_string(i));
    ASSERT_TRUE(b.merge(a.bundle()));
    ASSERT_TRUE(a.merge(b.bundle(a.held())));
    const auto folder = folder_name_of(us);
    const auto sound = files_of(a.disk(), "feeds/" + folder + "/tile");
    ASSERT_GE(sound.size(), 7U);
    Random random(1);
    for (const auto& [path, bytes] : sound) {
        a.disk().flip(path, static_cast<std::size_t>(random.below(bytes.size() * 8)));
    }
    EXPECT_FALSE(a.shelf().feed(us) && a.shelf().feed(us)->check().faults.empty());
    const auto copy = b.shelf().feed(us);
    const auto mended = repair(a.shelf().feed_storage(us), *copy, a.shelf().keys_of(us));
    ASSERT_TRUE(mended) << mended.error().text();
    EXPECT_EQ(mended->size(), sound.size());
    EXPECT_EQ(files_of(a.disk(), "feeds/" + folder + "/tile"), sound);
    EXPECT_TRUE(a.shelf().feed(us)->check().faults.empty());
    EXPECT_TRUE(repair(a.shelf().feed_storage(us), *copy, a.shelf().keys_of(us))->empty());
}

TEST(Repair, ADamagedCheckpointIsTakenFromTheCopy) {
    Monitor a(us, two);
    Monitor b(ru, two);
    a.say("one");
    ASSERT_TRUE(b.merge(a.bundle()));
    a.disk().flip("feeds/" + folder_name_of(us) + "/checkpoint", 3);
    EXPECT_FALSE(a.shelf().feed(us));
    ASSERT_TRUE(repair(a.shelf().feed_storage(us), *b.shelf().feed(us), a.shelf().keys_of(us)));
    EXPECT_EQ(a.entries_of(us), (std::vector<std::string>{"one"}));
}

TEST(Repair, ACopyOfAnotherHistoryChangesNothing) {
    Monitor a(us, two);
    Monitor other(us, two);
    a.say("one");
    a.publish();
    other.say("another");
    other.publish();
    const auto before = files_of(a.disk(), "feeds/");
    EXPECT_FALSE(repair(a.shelf().feed_storage(us), *other.shelf().feed(us), a.shelf().keys_of(us)));
    EXPECT_EQ(files_of(a.disk(), "feeds/"), before);
}

}  // namespace
}  // namespace truce::record
