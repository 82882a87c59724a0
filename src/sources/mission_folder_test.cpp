// SPDX-License-Identifier: Apache-2.0
#include "sources/mission_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace truce::sources {
namespace {

namespace fs = std::filesystem;

/// A world of one country: Syria as a rectangle.
constexpr std::string_view one_country =
    R"({"type":"Topology","objects":{"countries":{"type":"GeometryCollection",
"geometries":[{"type":"Polygon","arcs":[[0]],"id":"760","properties":{"name":"Syria"}}]}},
"arcs":[[[35.7,32.3],[42.4,32.3],[42.4,37.3],[35.7,37.3],[35.7,32.3]]]})";

std::string text_of_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

MissionFiles files_of(const fs::path& folder) {
    MissionFiles files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const auto path = entry.path().lexically_relative(folder).generic_string();
        if (path.starts_with("accounts/")) {
            files.others.insert(path);
        } else {
            files.texts[path] = text_of_file(entry.path());
        }
    }
    return files;
}

std::string all_text(const std::vector<Error>& errors) {
    std::string text;
    for (const auto& error : errors) text += error.text() + "\n";
    return text;
}

TEST(MissionFolder, TheExampleLoadsWithoutErrors) {
    const auto loaded =
        load_mission(files_of(fs::path(TRUCEWATCH_SOURCE_DIR) / "examples/aleppo-2016"), one_country);
    ASSERT_TRUE(loaded) << all_text(loaded.error().errors);
    EXPECT_EQ(loaded->agreements.size(), 10U);
    std::cout << all_text(loaded->warnings);
}

}  // namespace
}  // namespace truce::sources
