// SPDX-License-Identifier: Apache-2.0
#include "cli/folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace truce::cli {
namespace {

namespace fs = std::filesystem;

/// A folder of its own for each test, gone afterwards.
class Folder : public testing::Test {
protected:
    Folder() {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        root_ = fs::temp_directory_path() /
                ("truce-folder-" + std::string(test->name()) + std::to_string(::getpid()));
        fs::remove_all(root_);
        fs::create_directories(root_ / "mission");
    }
    ~Folder() override { fs::remove_all(root_); }

    void put(const std::string& path, const std::string& text) {
        const auto whole = root_ / path;
        fs::create_directories(whole.parent_path());
        std::ofstream(whole, std::ios::binary) << text;
    }
    [[nodiscard]] fs::path at(const std::string& path) const { return root_ / path; }
    [[nodiscard]] auto read() const { return read_mission_folder(root_ / "mission"); }

private:
    fs::path root_;
};

TEST_F(Folder, TextsAreReadAndAccountsListed) {
    put("mission/mission.yaml", "m");
    put("mission/agreements/a.yaml", "a");
    put("mission/areas/x.geojson", "x");
    put("mission/accounts/ged.csv", "g");
    put("mission/notes.txt", "n");
    const auto folder = read();
    ASSERT_TRUE(folder);
    EXPECT_EQ(folder->files.texts.size(), 3U);
    EXPECT_EQ(folder->files.texts.at("agreements/a.yaml"), "a");
    EXPECT_TRUE(folder->files.others.contains("accounts/ged.csv"));
    ASSERT_EQ(folder->warnings.size(), 1U);
    EXPECT_EQ(folder->warnings.front().text(),
              "notes.txt: this is none of a mission's files, and is not read");
}

TEST_F(Folder, ALinkThatLeadsOutIsRefused) {
    put("secret.yaml", "s");
    put("mission/mission.yaml", "m");
    fs::create_directories(at("mission/agreements"));
    fs::create_symlink(at("secret.yaml"), at("mission/agreements/a.yaml"));
    const auto folder = read();
    ASSERT_FALSE(folder);
    ASSERT_EQ(folder.error().size(), 1U);
    EXPECT_EQ(folder.error().front().text(),
              "agreements/a.yaml: this link leads out of the mission folder; copy the file into it");
}

TEST_F(Folder, ALinkWithinTheFolderIsFollowed) {
    put("mission/agreements/a.yaml", "a");
    fs::create_symlink(at("mission/agreements/a.yaml"), at("mission/agreements/b.yaml"));
    const auto folder = read();
    ASSERT_TRUE(folder);
    EXPECT_EQ(folder->files.texts.at("agreements/b.yaml"), "a");
}

TEST_F(Folder, ABrokenLinkIsTold) {
    fs::create_symlink(at("nowhere"), at("mission/actors.yaml"));
    const auto folder = read();
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().front().file, "actors.yaml");
}

TEST_F(Folder, WhatIsNoFolderIsRefused) {
    put("mission/mission.yaml", "m");
    const auto folder = read_mission_folder(at("mission/mission.yaml"));
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().front().message, "this is no folder; give the folder that holds mission.yaml");
    EXPECT_FALSE(read_mission_folder(at("nowhere")));
}

TEST_F(Folder, AFileLongerThanTheLimitIsRefused) {
    put("long", "12345");
    EXPECT_EQ(read_file(at("long"), 5), "12345");
    const auto refused = read_file(at("long"), 4);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "the file is longer than 4 bytes, which is as much as is read");
}

TEST_F(Folder, AFolderIsNoFile) {
    const auto refused = read_file(at("mission"), 100);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message, "this is no ordinary file");
}

}  // namespace
}  // namespace truce::cli
