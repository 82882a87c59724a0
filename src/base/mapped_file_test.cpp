// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

namespace truce {
namespace {

class MappedFiles : public testing::Test {
protected:
    MappedFiles()
        : path_(std::filesystem::temp_directory_path() / ("mapped_file_test." + std::to_string(getpid()))) {}
    ~MappedFiles() override { std::filesystem::remove(path_); }

    void write(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

TEST_F(MappedFiles, ShowAllBytesOfTheFile) {
    write("one\ntwo");
    const auto file = map_file(path());
    ASSERT_TRUE(file) << file.error().text();
    EXPECT_EQ(file->text(), "one\ntwo");
    EXPECT_EQ(file->path(), path());
    EXPECT_FALSE(file->changed());
}

TEST_F(MappedFiles, AnEmptyFileIsAnEmptyText) {
    write("");
    const auto file = map_file(path());
    ASSERT_TRUE(file) << file.error().text();
    EXPECT_EQ(file->text(), "");
    EXPECT_FALSE(file->changed());
}

TEST_F(MappedFiles, AMissingFileIsAnErrorThatNamesIt) {
    const auto file = map_file("/nowhere/at all");
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().text(), "/nowhere/at all: cannot open the file: No such file or directory");
}

TEST_F(MappedFiles, AFolderIsAnError) {
    const auto file = map_file("/tmp");
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().text(), "/tmp: this is a folder; want a file");
}

TEST_F(MappedFiles, APipeIsReadToItsEnd) {
    const std::string pipe = path() + ".pipe";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    std::thread writer([&] { std::ofstream(pipe) << std::string(300'000, 'x') << "end"; });
    const auto file = map_file(pipe);
    writer.join();
    std::filesystem::remove(pipe);
    ASSERT_TRUE(file) << file.error().text();
    EXPECT_EQ(file->text().size(), 300'003U);
    EXPECT_TRUE(file->text().ends_with("xend"));
}

TEST_F(MappedFiles, AFileWithoutALengthIsReadToItsEnd) {
    const auto file = map_file("/proc/self/status");
    ASSERT_TRUE(file) << file.error().text();
    EXPECT_THAT(std::string(file->text()), testing::HasSubstr("Name:"));
}

TEST_F(MappedFiles, AFileCutShortReadsAsZerosAndHasChanged) {
    write(std::string(1'000'000, 'x'));
    const auto file = map_file(path());
    ASSERT_TRUE(file) << file.error().text();
    std::filesystem::resize_file(path(), 10);
    EXPECT_EQ(std::ranges::count(file->text(), 'x'), 10);
    EXPECT_TRUE(file->changed());
}

TEST_F(MappedFiles, AFileCutShortAndRestoredHasChangedIfTheHoleWasRead) {
    write(std::string(1'000'000, 'x'));
    const auto file = map_file(path());
    ASSERT_TRUE(file) << file.error().text();
    std::filesystem::resize_file(path(), 10);
    EXPECT_EQ(file->text().back(), '\0');
    std::filesystem::resize_file(path(), 1'000'000);
    EXPECT_TRUE(file->changed());
}

TEST_F(MappedFiles, AFileThatGrewHasChanged) {
    write("one");
    const auto file = map_file(path());
    ASSERT_TRUE(file) << file.error().text();
    write("one and more");
    EXPECT_EQ(file->text(), "one");
    EXPECT_TRUE(file->changed());
}

TEST_F(MappedFiles, ReleasedBytesCanBeReadAgain) {
    write(std::string(100'000, 'x'));
    const auto file = map_file(path());
    ASSERT_TRUE(file) << file.error().text();
    EXPECT_EQ(std::ranges::count(file->text(), 'x'), 100'000);
    file->release(0, 100'000);
    EXPECT_EQ(std::ranges::count(file->text(), 'x'), 100'000);
}

TEST_F(MappedFiles, MovingKeepsTheText) {
    write("one");
    auto file = map_file(path());
    ASSERT_TRUE(file) << file.error().text();
    const std::string_view text = file->text();
    const MappedFile moved = *std::move(file);
    EXPECT_EQ(moved.text().data(), text.data());
    EXPECT_EQ(text, "one");
}

}  // namespace
}  // namespace truce
