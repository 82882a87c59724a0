// SPDX-License-Identifier: Apache-2.0
#include "report/deaths_wording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "report/assets.h"
#include "report/svg_toll.h"

namespace truce::report {
namespace {

using analysis::Dead;
using testing::HasSubstr;
using testing::Not;

constexpr sys_days truce_day{std::chrono::year{2016} / 5 / 4};

Messages catalogue(std::string_view language) {
    const auto found = std::ranges::find(assets::catalogues(), language, &assets::Catalogue::language);
    return *Messages::parse(found->language, found->json);
}

/// The sentence about incidents with these figures of deaths; nothing: an incident without a figure.
std::string sentence(const std::vector<std::optional<CountRange>>& killed) {
    const analysis::Days days{truce_day, truce_day + std::chrono::days{10}};
    std::vector<std::vector<analysis::IncidentToll>> tolls(1);
    for (const auto& figure : killed) {
        tolls[0].push_back({.days = {truce_day, truce_day + std::chrono::days{1}},
                            .killed = figure,
                            .civilians_killed = {},
                            .targets = {}});
    }
    const auto count =
        analysis::count_toll(tolls[0], {.area = "aleppo", .days = days, .sources = {}, .who = {}});
    return deaths_sentence(count, analysis::toll_distribution(tolls, days, Dead::all), "Aleppo", truce_day,
                           catalogue("en"));
}

analysis::MultipleSystems estimate() {
    analysis::MultipleSystems result;
    result.lists = {"A", "B", "C"};
    result.documented = 4400;
    return result;
}

TEST(DeathsSentence, GivesOneNumberOnlyWhereNothingIsLeftOpen) {
    EXPECT_EQ(sentence({CountRange{3, 3, 3}, CountRange{4, 4, 4}}),
              "Sources report 7 people killed in \u2068Aleppo\u2069 since 4 May 2016.");
    EXPECT_THAT(sentence({CountRange{3, 3, 3}, CountRange{0, 4, 9}}), HasSubstr("between 3 and 12"));
}

TEST(DeathsSentence, NeverTakesNoFigureForZero) {
    EXPECT_THAT(sentence({std::nullopt}), HasSubstr("that is not zero deaths"));
    EXPECT_THAT(sentence({}), HasSubstr("that is not zero deaths"));
}

TEST(DeathsSentence, SaysAtLeastWhereAnIncidentHasNoFigure) {
    EXPECT_THAT(sentence({CountRange{3, 3, 3}, std::nullopt}), HasSubstr("at least"));
    EXPECT_THAT(sentence({CountRange{3, 3, 3}}), Not(HasSubstr("at least")));
}

TEST(UndocumentedSentence, GivesTheRangeAndTheHullOfAllIntervals) {
    auto result = estimate();
    result.range = {.low = 10357, .high = 18393, .interval = {8994, 22242}};
    EXPECT_THAT(undocumented_sentence(result, catalogue("en")),
                HasSubstr("Between 10,357 and 18,393 people died in all"));
    EXPECT_THAT(undocumented_sentence(result, catalogue("en")), HasSubstr("8,994 to 22,242"));
}

TEST(UndocumentedSentence, OfARefusalSaysAtLeastAndWhy) {
    auto result = estimate();
    result.refused = {.reason = analysis::MultipleSystemsRefusal::Reason::thin_overlap,
                      .overlap = analysis::Overlap{.first = 0, .second = 2, .shared = 3}};
    const auto text = undocumented_sentence(result, catalogue("en"));
    EXPECT_THAT(text, HasSubstr("At least 4,400 people died"));
    EXPECT_THAT(text, HasSubstr("only 3 people"));
}

TEST(WarningSentence, IsThereForEveryWarningInEveryLanguage) {
    using Kind = analysis::MultipleSystemsWarning::Kind;
    for (const auto& one : assets::catalogues()) {
        const auto messages = catalogue(one.language);
        for (int kind = 0; kind <= static_cast<int>(Kind::few_linkage_draws); ++kind) {
            const analysis::MultipleSystemsWarning warning{.kind = static_cast<Kind>(kind),
                                                           .overlap = analysis::Overlap{}};
            EXPECT_THAT(warning_sentence(warning, estimate(), messages), Not(HasSubstr("[mse.")));
        }
    }
}

TEST(SvgToll, DrawsABandAndALineThatEndAtTheLastDaysSums) {
    const std::vector<analysis::RunningToll> course{{truce_day, 1, 2, 3},
                                                    {truce_day + std::chrono::days{1}, 10, 20, 40}};
    const auto svg = svg_toll(course, "deaths", catalogue("en"));
    EXPECT_THAT(svg, HasSubstr("toll-band"));
    EXPECT_THAT(svg, HasSubstr("L708.0 14.0"));  // 40, the top of the scale, at the right
    EXPECT_THAT(svg, HasSubstr("L708.0 89.0"));  // 20, half way
    EXPECT_EQ(svg_toll({}, "deaths", catalogue("en")), "");
}

}  // namespace
}  // namespace truce::report
