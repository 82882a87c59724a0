// SPDX-License-Identifier: Apache-2.0
// Holds every #include of src/ to the architecture written in src/CMakeLists.txt.
#include "checkout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path source_folder = truce::checkout() / "src";

/// Each module with the modules that it USES.
std::map<std::string, std::set<std::string>> written_architecture() {
    std::ifstream file(source_folder / "CMakeLists.txt");
    std::map<std::string, std::set<std::string>> uses;
    const std::regex declaration(R"(^module\((\w+) USES ([\w ]*?)\s*(?:LIBS.*)?\)\s*$)");
    for (std::string line; std::getline(file, line);) {
        std::smatch match;
        if (!std::regex_match(line, match, declaration)) continue;
        std::istringstream names(match[2]);
        auto& used = uses[match[1]];
        for (std::string name; names >> name;) used.insert(name);
    }
    return uses;
}

struct Include {
    fs::path file;
    std::size_t line;
    std::string from;
    std::string to;
};

std::vector<Include> includes_between_modules() {
    std::vector<Include> found;
    const std::regex include(R"(^\s*#\s*include\s*"(\w+)/.*)");
    for (const auto& entry : fs::recursive_directory_iterator(source_folder)) {
        const auto extension = entry.path().extension();
        if (extension != ".h" && extension != ".cpp") continue;
        const auto module = (*fs::relative(entry.path(), source_folder).begin()).string();
        std::ifstream file(entry.path());
        std::size_t number = 0;
        for (std::string line; std::getline(file, line);) {
            ++number;
            std::smatch match;
            if (std::regex_match(line, match, include) && match[1] != module) {
                found.push_back({entry.path(), number, module, match[1]});
            }
        }
    }
    return found;
}

TEST(Layers, EveryFolderIsWrittenDown) {
    const auto uses = written_architecture();
    for (const auto& entry : fs::directory_iterator(source_folder)) {
        if (!entry.is_directory()) continue;
        EXPECT_TRUE(uses.contains(entry.path().filename().string())) << entry.path() << " is no module of src/CMakeLists.txt";
    }
}

TEST(Layers, AFolderIncludesOnlyWhatItUses) {
    const auto uses = written_architecture();
    for (const auto& include : includes_between_modules()) {
        EXPECT_TRUE(uses.at(include.from).contains(include.to))
            << include.file << ":" << include.line << ": " << include.from << " may not include " << include.to;
    }
}

/// So a header that leans on what its readers happen to include does not compile; src/CMakeLists.txt counts on it.
TEST(Layers, ASourceFileIncludesItsOwnHeaderFirst) {
    std::size_t with_header = 0;
    for (const auto& entry : fs::recursive_directory_iterator(source_folder)) {
        if (entry.path().extension() != ".cpp") continue;
        const auto header = fs::path{entry.path()}.replace_extension(".h");
        if (!fs::exists(header)) continue;
        ++with_header;
        std::ifstream file(entry.path());
        std::string line;
        while (std::getline(file, line) && !line.starts_with("#include")) {}
        EXPECT_EQ(line, "#include \"" + fs::relative(header, source_folder).string() + "\"") << entry.path();
    }
    EXPECT_GE(with_header, 200U);
}

TEST(Layers, LinkageAdjudicationAndAnalysisNeverMeet) {
    const auto uses = written_architecture();
    const std::set<std::string> apart{"linkage", "adjudication", "analysis"};
    for (const auto& one : apart) {
        for (const auto& other : apart) EXPECT_FALSE(uses.at(one).contains(other)) << one << " uses " << other;
    }
}

TEST(Layers, TheArchitectureHasNoCycle) {
    const auto uses = written_architecture();
    ASSERT_GE(uses.size(), 9U);
    std::set<std::string> settled;
    for (bool progress = true; progress;) {
        progress = false;
        for (const auto& [module, used] : uses) {
            if (settled.contains(module)) continue;
            const bool ready = std::ranges::all_of(used, [&](const std::string& u) { return settled.contains(u); });
            if (ready) progress = settled.insert(module).second;
        }
    }
    EXPECT_EQ(settled.size(), uses.size());
}

}  // namespace
