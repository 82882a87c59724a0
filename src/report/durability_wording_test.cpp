// SPDX-License-Identifier: Apache-2.0
#include "report/durability_wording.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "report/assets.h"
#include "report/durability_files.h"
#include "report/svg_durability.h"

namespace truce::report {
namespace {

using analysis::Durability;
using analysis::DurabilityWarning;
using analysis::ForecastModel;
using analysis::NoForecast;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Messages catalogue(std::string_view language) {
    const auto found = std::ranges::find(assets::catalogues(), language, &assets::Catalogue::language);
    return *Messages::parse(found->language, found->json);
}

std::string english(std::string text) {
    return without_isolates(std::move(text));
}

/// A truce ten days old that holds a month more with a chance of 42%.
Durability ordinary() {
    Durability durability;
    durability.horizons = {3, 7, 14, 30, 90};
    durability.truce = analysis::CurrentTruce{.name = "t", .conflict = {}, .kind = {}, .age = 10};
    durability.comparables = 40;
    durability.conflicts = 12;
    durability.failures = 30;
    durability.curve = {{.days = 0, .holds = 1, .interval = {1, 1}, .at_risk = 40},
                        {.days = 5, .holds = 0.6, .interval = {0.4, 0.7}, .at_risk = 40},
                        {.days = 60, .holds = 0.3, .interval = {0.2, 0.5}, .at_risk = 20}};
    durability.answer = {
        {.days = 30, .holds = {.chance = 0.42, .interval = {0.3, 0.55}}, .over_models = {0.2, 0.6}}};
    return durability;
}

TEST(FailureSentence, SaysWhatCountsForComparablesAndForTheTruce) {
    EXPECT_EQ(
        english(failure_sentence(ordinary(), catalogue("en"))),
        "What counts as failure: for comparable ceasefires, collapse or an end of which the source does not "
        "say the kind; for this truce, 25 reported deaths or more within 30 days.");
}

TEST(AnswerSentence, HasTheIntervalAndTheRangeOverModels) {
    EXPECT_EQ(english(answer_sentence(ordinary(), catalogue("en"))),
              "It has held for 10 days. The chance that it holds 30 days more is 42%, with a 95% interval of "
              "30% to "
              "55%; from model to model it runs from 20% to 60%.");
}

TEST(AnswerSentence, WithoutAnAnswerGivesTheReason) {
    Durability durability = ordinary();
    durability.answer.clear();
    durability.why_not = NoForecast::no_comparables;
    EXPECT_THAT(english(answer_sentence(durability, catalogue("en"))),
                StartsWith("How long it may hold cannot be said: there are no comparable ceasefires"));
}

TEST(AnswerSentence, WithoutATruceSpeaksOfOneThatBegins) {
    Durability durability = ordinary();
    durability.truce.reset();
    EXPECT_THAT(english(answer_sentence(durability, catalogue("en"))),
                StartsWith("A ceasefire that begins holds 30 days with a chance of 42%"));
}

TEST(DurabilityMessages, HaveEveryWordInEveryLanguage) {
    for (const auto& one : assets::catalogues()) {
        const Messages messages = catalogue(one.language);
        for (std::size_t i = 0; i < analysis::forecast_model_count; ++i) {
            const auto key = fmt::format("durability.model.{}", name_of(static_cast<ForecastModel>(i)));
            EXPECT_TRUE(messages.has(key)) << one.language << " " << key;
        }
        for (std::size_t i = 0; i <= static_cast<std::size_t>(NoForecast::not_fitted); ++i) {
            const auto key = fmt::format("durability.why.{}", name_of(static_cast<NoForecast>(i)));
            EXPECT_TRUE(messages.has(key)) << one.language << " " << key;
        }
        for (std::size_t i = 0; i <= static_cast<std::size_t>(DurabilityWarning::publishing_changes_it);
             ++i) {
            const auto key = fmt::format("durability.warning.{}", name_of(static_cast<DurabilityWarning>(i)));
            EXPECT_TRUE(messages.has(key)) << one.language << " " << key;
        }
        for (std::size_t i = 0; i < truce_end_count; ++i) {
            const auto key = fmt::format("durability.end.{}", name_of(static_cast<TruceEnd>(i)));
            EXPECT_TRUE(messages.has(key)) << one.language << " " << key;
        }
        for (const std::string& sentence :
             {failure_sentence(ordinary(), messages), answer_sentence(ordinary(), messages),
              comparables_sentence(ordinary(), "R", messages)}) {
            EXPECT_THAT(sentence, Not(HasSubstr("[durability")));
            EXPECT_THAT(sentence, Not(HasSubstr("{")));
        }
    }
}

TEST(SvgSurvival, DrawsTheStepsTheBandAndTheAge) {
    const std::string svg = svg_survival(ordinary(), catalogue("en"));
    // 640 wide over 60 days, 240 tall: day 5 at 44 + 53.3, 60% at 24 + 96.
    EXPECT_THAT(svg, HasSubstr(R"(class="curve" d="M44.0 24.0H44.0V24.0H97.3V120.0)"));
    EXPECT_THAT(svg, HasSubstr(R"(class="band")"));
    EXPECT_THAT(svg, HasSubstr("this truce"));
    EXPECT_THAT(svg, Not(HasSubstr("nan")));
    EXPECT_EQ(svg_survival(Durability{}, catalogue("en")), "");
}

TEST(SvgReliability, MarksEachBinWithItsInterval) {
    Durability durability = ordinary();
    EXPECT_EQ(svg_reliability(durability, catalogue("en")), "");
    durability.backtest.emplace();
    durability.backtest->reliability = {{.mean_chance = 0.5,
                                         .share_happened = 0.25,
                                         .interval = {0.1, 0.4},
                                         .effective = 20,
                                         .forecasts = 20}};
    EXPECT_THAT(svg_reliability(durability, catalogue("en")),
                HasSubstr(R"(<circle class="bin" cx="184.0" cy="234.0")"));
}

TEST(DurabilityCsv, HasARowForEachModelAndHorizonAndTheAnswer) {
    Durability durability = ordinary();
    durability.models = {{.model = ForecastModel::cure,
                          .holds = std::vector<std::optional<analysis::Holds>>(5),
                          .why_not = NoForecast::no_plateau}};
    std::string csv;
    write_durability_csv([&](std::string_view piece) { csv += piece; }, durability);
    EXPECT_EQ(csv,
              "model,days,holds,low,high,why_not\r\ncure,3,,,,no_plateau\r\ncure,7,,,,no_plateau\r\n"
              "cure,14,,,,no_plateau\r\ncure,30,,,,no_plateau\r\ncure,90,,,,no_plateau\r\n"
              "together,30,0.42,0.3,0.55,\r\nrange_over_models,30,,0.2,0.6,\r\n");
}

}  // namespace
}  // namespace truce::report
