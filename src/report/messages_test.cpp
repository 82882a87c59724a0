// SPDX-License-Identifier: Apache-2.0
#include "report/messages.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <initializer_list>
#include <set>

#include "model/act.h"
#include "model/finding.h"
#include "model/parties.h"
#include "model/place.h"
#include "model/target_kind.h"
#include "model/when.h"
#include "report/assets.h"

namespace truce::report {
namespace {

using testing::HasSubstr;

Messages catalogue(std::string_view language) {
    for (const auto& one : assets::catalogues()) {
        if (one.language == language) return *Messages::parse(language, one.json);
    }
    ADD_FAILURE() << "no catalogue of " << language;
    return *Messages::parse(language, "{}");
}

/// The keys that `messages` lacks of `prefix` and the name of each enumerator from the first to `last`.
template <class Enum>
std::vector<std::string> lacking(const Messages& messages, std::string_view prefix, Enum last) {
    std::vector<std::string> out;
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        auto key = fmt::format("{}.{}", prefix, name_of(static_cast<Enum>(i)));
        if (!messages.has(key)) out.push_back(std::move(key));
    }
    return out;
}

TEST(Messages, CataloguesHaveTheSameKeys) {
    const auto english = catalogue("en").keys();
    for (const auto& one : assets::catalogues()) {
        EXPECT_EQ(catalogue(one.language).keys(), english) << one.language;
    }
}

TEST(Messages, EveryEnumeratorThatAReportNamesHasAMessage) {
    const auto english = catalogue("en");
    const testing::Matcher<std::vector<std::string>> none = testing::IsEmpty();
    EXPECT_THAT(lacking(english, "reason", Reason::exception_not_ruled_out), none);
    EXPECT_THAT(lacking(english, "element", Element::no_exception), none);
    EXPECT_THAT(lacking(english, "verdict", Verdict::out_of_scope), none);
    EXPECT_THAT(lacking(english, "order", OrderReached::unknown), none);
    EXPECT_THAT(lacking(english, "act", Act::unknown), none);
    EXPECT_THAT(lacking(english, "target", TargetKind::anyone), none);
    EXPECT_THAT(lacking(english, "precision", PlacePrecision::unknown), none);
    EXPECT_THAT(lacking(english, "time", TimePrecision::unknown), none);
    EXPECT_THAT(lacking(english, "basis", Basis::unknown), none);
    EXPECT_THAT(lacking(english, "republish", Republish::nothing), none);
}

TEST(Messages, NoMessageOfAnotherLanguageIsLeftInEnglish) {
    const auto english = catalogue("en");
    // What is the same in several languages: names, signs, and words that are written alike.
    const std::set<std::string> alike{"none",           "interval",           "source.sha256",
                                      "trend.q",        "side.name",          "count.range",
                                      "chance.between", "date.day",           "finding.other",
                                      "key.of",         "key.rates_value",    "toll.range",
                                      "list.or",        "finding.side_basis", "finding.target_kinds",
                                      "side.probably",  "toll.likely"};
    for (const auto& one : assets::catalogues()) {
        if (one.language == "en") continue;
        const auto messages = catalogue(one.language);
        std::size_t same = 0;
        for (const auto& key : english.keys()) {
            if (!alike.contains(key) &&
                messages.text(key, {{"n", std::int64_t{3}}}) == english.text(key, {{"n", std::int64_t{3}}}))
                ++same;
        }
        EXPECT_LE(same * 20, english.keys().size()) << one.language;
    }
}

TEST(Messages, ArabicHasItsSixPlurals) {
    const auto arabic = catalogue("ar");
    std::set<std::string> forms;
    for (const std::int64_t n : {1, 2, 3, 11, 100})
        forms.insert(arabic.text("accounting.assessed", {{"n", n}}));
    EXPECT_EQ(forms.size(), 5U);
    EXPECT_THAT(arabic.text("accounting.assessed", {{"n", std::int64_t{2}}}), HasSubstr("حادثين"));
}

TEST(Messages, DigitsAreWesternInEveryLanguage) {
    for (const auto& one : assets::catalogues()) {
        EXPECT_THAT(catalogue(one.language).text("accounting.assessed", {{"n", std::int64_t{57}}}),
                    HasSubstr("57"));
    }
}

TEST(Messages, ATextIsTamedAndIsolated) {
    const auto messages = *Messages::parse("en", R"({"hello": "Hello {name}!"})");
    EXPECT_EQ(messages.text("hello", {{"name", std::string("a\u202Eb")}}), "Hello \u2068a[U+202E]b\u2069!");
}

TEST(Messages, AMissingKeyShowsItself) {
    EXPECT_EQ(Messages::parse("en", "{}")->text("no.such"), "[no.such]");
}

TEST(Messages, ABrokenMessageIsNamed) {
    const auto broken = Messages::parse("en", R"({"good": "a", "bad": "{n, plural, one {x}"})");
    ASSERT_FALSE(broken);
    EXPECT_THAT(broken.error().message, HasSubstr("'bad'"));
}

TEST(Messages, NoProbabilityIsRoundedToCertainty) {
    const auto english = catalogue("en");
    EXPECT_THAT(english.percent(0.001), HasSubstr("<1%"));
    EXPECT_THAT(english.percent(0.9999), HasSubstr(">99%"));
    EXPECT_THAT(english.percent(1.0), HasSubstr("100%"));
    EXPECT_THAT(english.percent(0.0), HasSubstr("0%"));
}

TEST(Messages, WhatRoundsToNothingHasNoSign) {
    const auto english = catalogue("en");
    EXPECT_EQ(english.decimal(-0.0004, 3), "0.000");
    EXPECT_EQ(english.decimal(-0.0006, 3), catalogue("en").decimal(-0.001, 3));
    EXPECT_EQ(english.decimal(-0.0, 1), "0.0");
}

TEST(Messages, AnArabicMonthHasBothItsNames) {
    EXPECT_EQ(catalogue("ar").day(sys_days{std::chrono::year{2016} / 5 / 4}), "4 أيار/مايو 2016");
}

}  // namespace
}  // namespace truce::report
