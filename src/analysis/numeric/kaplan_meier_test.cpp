// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/kaplan_meier.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <vector>

#include "analysis/numeric/test_survival.h"

namespace truce::numeric {
namespace {

constexpr double sixth = 1e-6;  // relative: six digits

TEST(KaplanMeier, IsTheProductOfTheSharesThatRemain) {
    // By hand: 5 at risk, one fails at 1; 4 at risk, one of them is last seen at 2, as is one that fails
    // (3/4 remain); 2 at risk, one fails at 4 (1/2); the last is last seen at 6.
    const std::vector<double> stop{1, 2, 2, 4, 6};
    const std::vector<std::uint8_t> failed{1, 1, 0, 1, 0};
    const SurvivalCurve curve = kaplan_meier(Spells{.stop = stop, .failed = failed});
    EXPECT_DOUBLE_EQ(curve.at(0.5).value, 1);
    EXPECT_DOUBLE_EQ(curve.at(1).value, 0.8);
    EXPECT_DOUBLE_EQ(curve.at(3).value, 0.6);
    EXPECT_DOUBLE_EQ(curve.at(4).value, 0.3);
    EXPECT_DOUBLE_EQ(curve.steps.back().greenwood, 1.0 / 20 + 1.0 / 12 + 1.0 / 2);
    EXPECT_EQ(curve.at_risk_after(2), 2U);
    EXPECT_EQ(curve.at_risk_after(6), 0U);
    EXPECT_EQ(curve.failures, 3U);
    EXPECT_EQ(curve.quantile(0.5), 4);
    EXPECT_FALSE(curve.quantile(0.2));
    // 1 + 0.8 + 2 * 0.6 + 0.3 up to 5.
    EXPECT_DOUBLE_EQ(curve.restricted_mean(5).value, 3.3);
}

TEST(KaplanMeier, OfNoSpellsStaysAtOne) {
    const SurvivalCurve curve = kaplan_meier(Spells{});
    EXPECT_EQ(curve.at(10).value, 1);
    EXPECT_FALSE(curve.quantile(0.5));
    EXPECT_EQ(curve.last_seen(), 0);
}

TEST(KaplanMeier, CountsOnlyThoseUnderObservation) {
    // The second comes under observation at 3: at 2 one is at risk, at 5 two.
    const std::vector<double> start{0, 3, 0};
    const std::vector<double> stop{5, 6, 2};
    const std::vector<std::uint8_t> failed{1, 0, 1};
    const SurvivalCurve curve = kaplan_meier(Spells{.start = start, .stop = stop, .failed = failed});
    EXPECT_EQ(curve.steps[0].at_risk, 2U);
    EXPECT_EQ(curve.steps[1].at_risk, 2U);
    EXPECT_DOUBLE_EQ(curve.at(5).value, 0.25);
}

TEST(KaplanMeier, ReproducesTheReferenceOnLungD4) {
    const auto lung = testing::lung(testing::LungRows::all);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    const SurvivalCurve curve = kaplan_meier(lung->spells());
    EXPECT_NEAR(curve.at(30).value, .956140350877, sixth);
    EXPECT_NEAR(curve.at(180).value, .72167065341, sixth);
    EXPECT_NEAR(curve.at(365).value, .40924162446, sixth);
    EXPECT_NEAR(curve.at(30).standard_error, .013562070, 1e-8);
    EXPECT_NEAR(curve.at(180).standard_error, .029812419, 1e-8);
    EXPECT_NEAR(curve.at(365).standard_error, .035823638, 1e-8);
    EXPECT_EQ(curve.quantile(0.5), 310);
    // The reference's band is that of R's default, symmetric on the scale of log S.
    EXPECT_EQ(curve.quantile_interval(0.5, {}, Band::log), (Interval{285, 363}));
    EXPECT_NEAR(curve.restricted_mean(365).value, 263.221866482, 263 * sixth);
    EXPECT_NEAR(curve.restricted_mean(365).standard_error, 7.798859086, 7 * sixth);
}

TEST(KaplanMeier, ReproducesTheConditionalReferenceOnLungD7) {
    const auto lung = testing::lung(testing::LungRows::all);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    const Estimated held = kaplan_meier(lung->spells()).conditional(180, 210).value();
    EXPECT_NEAR(held.value, .903077100097, sixth);
    EXPECT_NEAR(held.standard_error, .0238008348, 1e-8);
    EXPECT_NEAR(held.interval.low, .844331196, sixth);
    EXPECT_NEAR(held.interval.high, .940426199, sixth);
}

TEST(KaplanMeier, AgreesWithRSurvivalOnLateEntries) {
    // R 4.2.2, survival 3.5-3: summary(survfit(Surv(start, stop, event) ~ 1, heart), times = c(30, 100,
    // 500)).
    const auto heart = testing::reference_table("heart.csv");
    if (!heart) GTEST_SKIP() << "needs ../shared";
    const std::vector<double>& events = heart->at("event");
    const std::vector<std::uint8_t> failed(events.begin(), events.end());
    const SurvivalCurve curve =
        kaplan_meier(Spells{.start = heart->at("start"), .stop = heart->at("stop"), .failed = failed});
    EXPECT_NEAR(curve.at(30).value, 0.775608159703, 1e-11);
    EXPECT_NEAR(curve.at(100).value, 0.494008259840, 1e-11);
    EXPECT_NEAR(curve.at(500).standard_error, 0.0477296189246, 1e-11);
}

struct AnySpells {
    std::vector<double> stop;
    std::vector<std::uint8_t> failed;
    std::vector<std::uint32_t> group;
    [[nodiscard]] Spells spells() const { return {.start = {}, .stop = stop, .failed = failed}; }
};
AnySpells any_spells() {
    AnySpells any;
    const auto n = *rc::gen::inRange<std::size_t>(1, 60);
    for (std::size_t i = 0; i < n; ++i) {
        any.stop.push_back(*rc::gen::inRange(1, 30));
        any.failed.push_back(static_cast<std::uint8_t>(*rc::gen::inRange(0, 2)));
        any.group.push_back(static_cast<std::uint32_t>(*rc::gen::inRange(0, 3)));
    }
    return any;
}

TEST(KaplanMeier, OfEachGroupIsTheCurveOfItsOwnSpells) {
    EXPECT_TRUE(rc::check([] {
        const AnySpells any = any_spells();
        const auto curves = kaplan_meier(any.spells(), any.group, 3);
        AnySpells own;
        for (std::size_t i = 0; i < any.stop.size(); ++i) {
            if (any.group[i] != 1) continue;
            own.stop.push_back(any.stop[i]);
            own.failed.push_back(any.failed[i]);
        }
        const SurvivalCurve alone = kaplan_meier(own.spells());
        RC_ASSERT(curves[1].steps.size() == alone.steps.size());
        for (std::size_t i = 0; i < alone.steps.size(); ++i)
            RC_ASSERT(curves[1].steps[i].survival == alone.steps[i].survival);
    }));
}

TEST(KaplanMeier, HoldsTheEstimateInItsInterval) {
    EXPECT_TRUE(rc::check([] {
        const AnySpells any = any_spells();
        const SurvivalCurve curve = kaplan_meier(any.spells());
        for (const SurvivalStep& step : curve.steps) {
            for (const Band band : {Band::log_log, Band::log}) {
                const Estimated at = curve.at(step.time, {}, band);
                RC_ASSERT(at.interval.low <= at.value && at.value <= at.interval.high);
                RC_ASSERT(at.interval.low >= 0 && at.interval.high <= 1);
            }
        }
    }));
}

TEST(KaplanMeier, HoldsThroughTwoStretchesAsThroughOne) {
    EXPECT_TRUE(rc::check([] {
        const AnySpells any = any_spells();
        const SurvivalCurve curve = kaplan_meier(any.spells());
        const auto first = curve.conditional(0, 10);
        const auto second = curve.conditional(10, 20);
        RC_PRE(second.has_value());
        RC_ASSERT(std::abs(first->value * second->value - curve.at(20).value) < 1e-12);
    }));
}

TEST(LogRank, ReproducesTheReferenceOnLungD6) {
    const auto lung = testing::lung(testing::LungRows::all);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    std::vector<std::uint32_t> group;
    for (const double sex : lung->sex) group.push_back(sex == 1 ? 0 : 1);
    const LogRank test = log_rank(lung->spells(), group, 2);
    EXPECT_NEAR(test.chi_squared, 10.3267419549, 10 * sixth);
    EXPECT_NEAR(test.groups[0].expected, 91.5817390296, 91 * sixth);
    EXPECT_EQ(test.groups[0].observed, 112);
    EXPECT_EQ(test.degrees, 1U);
}

TEST(LogRank, AgreesWithRSurvivalOnFourGroups) {
    // R 4.2.2, survival 3.5-3: survdiff(Surv(time, status) ~ ph.ecog, lung)$chisq.
    const auto lung = testing::lung(testing::LungRows::complete);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    const std::vector<std::uint32_t> group(lung->ecog.begin(), lung->ecog.end());
    const LogRank test = log_rank(lung->spells(), group, 4);
    EXPECT_NEAR(test.chi_squared, 21.9621316825, 1e-8);
    EXPECT_NEAR(test.p, 6.64254e-05, 1e-9);
}

TEST(LogRank, OfOneGroupComparesNothing) {
    const std::vector<double> stop{1, 2, 3};
    const std::vector<std::uint8_t> failed{1, 1, 1};
    const std::vector<std::uint32_t> group{0, 0, 0};
    const LogRank test = log_rank(Spells{.stop = stop, .failed = failed}, group, 2);
    EXPECT_EQ(test.degrees, 0U);
    EXPECT_EQ(test.p, 1);
}

TEST(LogRank, ExpectsAsManyFailuresAsThereWere) {
    EXPECT_TRUE(rc::check([] {
        const AnySpells any = any_spells();
        const LogRank test = log_rank(any.spells(), any.group, 3);
        double observed = 0;
        double expected = 0;
        for (const GroupFailures& group : test.groups) {
            observed += group.observed;
            expected += group.expected;
        }
        RC_ASSERT(std::abs(observed - expected) < 1e-9);
    }));
}

}  // namespace
}  // namespace truce::numeric
