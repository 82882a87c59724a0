// SPDX-License-Identifier: Apache-2.0
#include "report/html_wording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "report/assets.h"

namespace truce::report {
namespace {

using analysis::Change;
using analysis::Comparison;
using analysis::NoVerdict;
using testing::HasSubstr;
using testing::Not;

const sys_days truce_day = sys_days{std::chrono::year{2016} / 5 / 4};

Messages english() {
    return *Messages::parse("en", assets::catalogues().front().json);
}

/// A comparison whose widened interval is [low, high] about `ratio`, with the change that analysis would
/// call.
Comparison comparison_of(double ratio, numeric::Interval widened) {
    Comparison comparison;
    comparison.before.watched_days = 60;
    comparison.after.watched_days = 17;
    comparison.estimate.emplace();
    comparison.estimate->ratio = ratio;
    comparison.estimate->widened = widened;
    comparison.change = widened.high < 1  ? Change::fell
                        : widened.low > 1 ? Change::rose
                                          : Change::no_clear_change;
    return comparison;
}

Comparison without_answer(NoVerdict why) {
    Comparison comparison;
    comparison.after.watched_days = 5;
    comparison.change = Change::cannot_be_estimated;
    comparison.why_not = why;
    return comparison;
}

TEST(Wording, FellFollowsFromAnIntervalBelowOne) {
    EXPECT_EQ(word_of(comparison_of(0.4, {0.2, 0.99})), Word::fell);
}

TEST(Wording, RoseFollowsFromAnIntervalAboveOne) {
    EXPECT_EQ(word_of(comparison_of(1.9, {1.01, 3})), Word::rose);
}

TEST(Wording, AnIntervalThatHoldsOneIsNoClearChangeHoweverLowTheRatio) {
    EXPECT_EQ(word_of(comparison_of(0.1, {0.01, 1.0})), Word::no_clear_change);
}

TEST(Wording, TooFewDaysSinceTheTruceIsTooEarly) {
    EXPECT_EQ(word_of(without_answer(NoVerdict::too_early)), Word::too_early);
}

TEST(Wording, AnyOtherLackCannotBeEstimated) {
    EXPECT_EQ(word_of(without_answer(NoVerdict::nothing_counted)), Word::cannot_be_estimated);
    EXPECT_EQ(word_of(without_answer(NoVerdict::baseline_too_short)), Word::cannot_be_estimated);
}

TEST(WordingDeathTest, AFallThatItsIntervalDoesNotShowIsRefused) {
    auto comparison = comparison_of(0.4, {0.2, 1.3});
    comparison.change = Change::fell;
    EXPECT_DEATH((void)word_of(comparison), "widened");
}

TEST(Wording, TheAnswerSaysHowManyBrokeAPromiseBeforeItSpeaksOfRates) {
    Assessment assessment;
    assessment.truce_day = truce_day;
    assessment.since_truce_verdicts = {2, 1, 10, 0, 0, 1};
    const auto counts = "14 incidents, of which 2 broke a promise, 1 likely did, and 10 could not be decided.";
    EXPECT_THAT(breaches_sentence(assessment, "Aleppo", english()), AllOf(HasSubstr(counts), HasSubstr("since")));
    assessment.truce_last_day = truce_day + std::chrono::days(8);
    EXPECT_THAT(breaches_sentence(assessment, "Aleppo", english()), AllOf(HasSubstr(counts), Not(HasSubstr("since"))));
}

TEST(Wording, TheSentenceOfAFallGivesRateAndIntervalAsShares) {
    const auto sentence = holding_sentence(comparison_of(0.4, {0.2, 0.8}), "Aleppo", truce_day, english());
    EXPECT_THAT(sentence, HasSubstr("fell"));
    EXPECT_THAT(sentence, HasSubstr("40%"));
    EXPECT_THAT(sentence, HasSubstr("20%"));
    EXPECT_THAT(sentence, HasSubstr("80%"));
    EXPECT_THAT(sentence, HasSubstr("4 May 2016"));
}

TEST(Wording, TheSentenceOfNoClearChangeNeverSaysFellOrRose) {
    const auto sentence = holding_sentence(comparison_of(0.4, {0.2, 1.8}), "Aleppo", truce_day, english());
    EXPECT_THAT(sentence, HasSubstr("No clear change"));
    EXPECT_THAT(sentence, Not(HasSubstr("fell")));
    EXPECT_THAT(sentence, Not(HasSubstr("rose")));
    EXPECT_THAT(sentence, HasSubstr("0.20"));
    EXPECT_THAT(sentence, HasSubstr("1.80"));
}

TEST(Wording, ARiseFromNothingIsGivenAsAtLeast) {
    auto comparison = comparison_of(0, {1.5, std::numeric_limits<double>::infinity()});
    comparison.estimate->ratio.reset();
    const auto sentence = holding_sentence(comparison, "Aleppo", truce_day, english());
    EXPECT_THAT(sentence, HasSubstr("at least 1.50 times"));
}

TEST(Wording, TooEarlySaysHowManyDaysWereWatched) {
    EXPECT_THAT(holding_sentence(without_answer(NoVerdict::too_early), "Aleppo", truce_day, english()),
                HasSubstr("only 5 days have"));
}

TEST(Wording, WhatCannotBeEstimatedSaysWhy) {
    EXPECT_THAT(holding_sentence(without_answer(NoVerdict::nothing_counted), "Aleppo", truce_day, english()),
                HasSubstr("nothing was reported"));
}

TEST(Wording, EveryWordHasASentenceInEveryCatalogue) {
    for (const auto& catalogue : assets::catalogues()) {
        const auto messages = *Messages::parse(catalogue.language, catalogue.json);
        for (const auto& comparison :
             {comparison_of(0.4, {0.2, 0.8}), comparison_of(2, {1.2, 3}), comparison_of(1, {0.5, 2}),
              without_answer(NoVerdict::too_early), without_answer(NoVerdict::nothing_watched_after),
              without_answer(NoVerdict::nothing_watched_before),
              without_answer(NoVerdict::baseline_too_short), without_answer(NoVerdict::nothing_counted),
              without_answer(NoVerdict::too_few_counted)}) {
            const auto sentence = holding_sentence(comparison, "Aleppo", truce_day, messages);
            EXPECT_THAT(sentence, Not(HasSubstr("["))) << catalogue.language;
            EXPECT_THAT(sentence, Not(HasSubstr("{"))) << catalogue.language;
        }
    }
}

TEST(Wording, ReportingIsNamedOnlyWhereSomethingChanged) {
    auto fell = comparison_of(0.4, {0.2, 0.8});
    fell.reporting_change_that_erases_it = 0.65;
    EXPECT_THAT(reporting_sentence(fell, english()), HasSubstr("65%"));
    EXPECT_EQ(reporting_sentence(comparison_of(1, {0.5, 2}), english()), "");
}

}  // namespace
}  // namespace truce::report
