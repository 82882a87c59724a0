// SPDX-License-Identifier: Apache-2.0
// Runs every case of tests/cases/*.case as a test of its own, named after its file and title.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "adjudication/adjudicate.h"
#include "adjudication/case_file.h"
#include "checkout.h"

namespace truce {
namespace {

const std::filesystem::path case_folder = checkout() / "tests" / "cases";

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct CaseOfFile {
    std::string file;
    Case one;
};

std::ostream& operator<<(std::ostream& out, const CaseOfFile& c) {
    return out << c.file << ".case:" << c.one.line << ": " << c.one.name;
}

struct FileOfCases {
    std::string name;
    Result<std::vector<Case>> cases;
};

std::vector<FileOfCases> all_files() {
    std::vector<FileOfCases> files;
    for (const auto& entry : std::filesystem::directory_iterator(case_folder)) {
        if (entry.path().extension() != ".case") continue;
        files.push_back({entry.path().stem().string(), parse_cases(text_of(entry.path()))});
    }
    std::ranges::sort(files, {}, &FileOfCases::name);
    return files;
}

std::vector<CaseOfFile> all_cases() {
    std::vector<CaseOfFile> all;
    for (auto& file : all_files()) {
        if (!file.cases) continue;  // AreAllReadable tells of it
        for (auto& one : *file.cases) all.push_back({file.name, std::move(one)});
    }
    return all;
}

std::string test_name(const testing::TestParamInfo<CaseOfFile>& info) {
    auto name = info.param.file + "_" + info.param.one.name;
    for (auto& c : name) {
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) c = '_';
    }
    return name;
}

class DomainCase : public testing::TestWithParam<CaseOfFile> {};

TEST_P(DomainCase, Holds) {
    const auto& one = GetParam().one;
    std::string text;
    for (const auto& failure : failures_of(one)) text += "\n  " + GetParam().file + ".case: " + failure;
    EXPECT_TRUE(text.empty()) << "The rule: " << one.rule << text;
}

INSTANTIATE_TEST_SUITE_P(Cases, DomainCase, testing::ValuesIn(all_cases()), test_name);

TEST(CaseFiles, AreAllReadable) {
    std::string text;
    for (auto& file : all_files()) {
        if (file.cases) continue;
        auto error = file.cases.error();
        error.file = file.name + ".case";
        text += error.text() + "\n";
    }
    EXPECT_EQ(text, "");
}

TEST(CaseFiles, HoldSixtyCasesOrMore) {
    EXPECT_GE(all_cases().size(), 60U);
}

/// The finding of the one expectation of the case whose title starts with `id`.
Finding finding_of(const std::vector<Case>& cases, const std::string& id) {
    const auto one = std::ranges::find_if(cases, [&](const Case& c) { return c.name.starts_with(id); });
    if (one == cases.end()) return {};
    const auto commitments = commitments_of(one->agreements);
    return adjudicate(one->incidents.front(), {0}, commitments.front(), {0}, {one->actors, one->areas});
}

TEST(CaseFiles, AgreeWithTheAcceptanceFileToSixDecimals) {
    const auto reference =
        checkout() / "../shared/acceptance/adjudication_cases_open.jsonl";
    if (!std::filesystem::exists(reference)) GTEST_SKIP() << "the acceptance file is not on this machine";
    const auto cases = parse_cases(text_of(case_folder / "acceptance.case"));
    ASSERT_TRUE(cases) << cases.error().text();
    std::ifstream lines(reference);
    int compared = 0;
    for (std::string line; std::getline(lines, line);) {
        const auto expected = nlohmann::json::parse(line);
        const auto finding = finding_of(*cases, expected["id"]);
        auto verdict = expected["verdict"].get<std::string>();
        std::ranges::transform(verdict, verdict.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        EXPECT_EQ(name_of(finding.verdict), verdict) << line;
        EXPECT_NEAR(finding.chance.low, expected["P"]["all"].get<double>(), 1e-6) << line;
        EXPECT_NEAR(finding.chance.high, expected["P"]["all"].get<double>(), 1e-6) << line;
        EXPECT_NEAR(finding[Element::in_area].chance.low, expected["P"]["area"].get<double>(), 1e-6) << line;
        EXPECT_NEAR(finding[Element::in_force].chance.low, expected["P"]["time"].get<double>(), 1e-6) << line;
        EXPECT_NEAR(finding[Element::act_prohibited].chance.low, expected["P"]["act"].get<double>(), 1e-6)
            << line;
        ++compared;
    }
    EXPECT_EQ(compared, 8);
}

}  // namespace
}  // namespace truce
