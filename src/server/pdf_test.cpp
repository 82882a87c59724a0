// SPDX-License-Identifier: Apache-2.0
#include "server/pdf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

namespace truce::server {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// Programs of the test's own in the place of WeasyPrint, which is given the page and the file to make.
class Pdf : public ::testing::Test {
protected:
    fs::path folder = fs::temp_directory_path() / ("truce-pdf-test-" + std::to_string(::getpid()));

    void SetUp() override { fs::create_directories(folder); }
    void TearDown() override { fs::remove_all(folder); }

    PdfProgram program(const std::string& name, const std::string& script) const {
        const auto path = folder / name;
        std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
        fs::permissions(path, fs::perms::owner_all);
        return {.kind = PdfProgram::Kind::weasyprint, .path = path};
    }
};

TEST_F(Pdf, ChromiumIsTakenBeforeWeasyPrint) {
    program("weasyprint", "");
    program("chromium", "");
    const auto found = find_pdf_program("/nowhere:" + folder.string());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->kind, PdfProgram::Kind::chromium);
    EXPECT_EQ(found->path, folder / "chromium");
}

TEST_F(Pdf, AFileThatCannotBeRunIsNoProgram) {
    std::ofstream(folder / "weasyprint") << "notes";
    EXPECT_FALSE(find_pdf_program(folder.string()));
}

TEST_F(Pdf, AFolderNamedFromWhereWeAreIsNotLookedIn) {
    program("weasyprint", "");
    EXPECT_FALSE(find_pdf_program(fs::relative(folder).string()));
}

TEST_F(Pdf, WhatTheProgramMakesOfThePageIsReturned) {
    const auto made = pdf_of(program("weasyprint", R"((printf '%%PDF-1.7 '; cat "$1") > "$2")"), "<p>a $(page) 'of' mine", 20s);
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_EQ(*made, "%PDF-1.7 <p>a $(page) 'of' mine");
}

TEST_F(Pdf, NothingOfThisProcessIsHandedOn) {
    ::setenv("TRUCE_PDF_TEST", "a secret", 1);
    const auto made = pdf_of(program("weasyprint", R"((printf '%%PDF-'; env; ls /proc/$$/fd | tr '\n' ' ') > "$2")"), "", 20s);
    ::unsetenv("TRUCE_PDF_TEST");
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_THAT(*made, Not(HasSubstr("a secret")));
    EXPECT_THAT(*made, HasSubstr("HOME="));
}

TEST_F(Pdf, AProgramThatDoesNotEndIsEnded) {
    const auto began = std::chrono::steady_clock::now();
    const auto made = pdf_of(program("weasyprint", "sleep 300 & sleep 300"), "", 200ms);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message, HasSubstr("was not done"));
    EXPECT_LT(std::chrono::steady_clock::now() - began, 100s);
}

TEST_F(Pdf, AFailureIsToldInTheProgramsWords) {
    const auto made = pdf_of(program("weasyprint", "echo no fonts here >&2; exit 7"), "", 20s);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message, HasSubstr("status 7"));
    EXPECT_THAT(made.error().message, HasSubstr("no fonts here"));
}

TEST_F(Pdf, WhatIsNoPdfIsNotTakenForOne) {
    EXPECT_FALSE(pdf_of(program("weasyprint", R"(echo '<html>' > "$2")"), "", 20s));
}

TEST_F(Pdf, AProgramThatIsGoneIsSaid) {
    const auto made = pdf_of({.kind = PdfProgram::Kind::weasyprint, .path = folder / "gone"}, "", 20s);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().message, HasSubstr("cannot be started"));
}

TEST_F(Pdf, NoTemporaryFolderIsLeft) {
    const auto count = [] {
        std::size_t n = 0;
        for (const auto& entry : fs::directory_iterator(fs::temp_directory_path())) n += entry.path().filename().string().starts_with("truce-pdf-") ? 1U : 0U;
        return n;
    };
    const auto before = count();
    EXPECT_TRUE(pdf_of(program("weasyprint", R"(printf '%%PDF-' > "$2")"), "", 20s));
    EXPECT_LE(count(), before);
}

}  // namespace
}  // namespace truce::server
