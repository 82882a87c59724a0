// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/rate_ratio.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

namespace truce::numeric {
namespace {

/// Any whole number in [first, end), at every size of the test.
template <class Number>
Number any_in(Number first, Number end) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Number>(first, end));
}

void expect_relative(double value, double expected, double tolerance = 1e-6) {
    EXPECT_NEAR(value, expected, std::abs(expected) * tolerance);
}

// R 4.2.2: poisson.test(c(11, 21), c(800, 3011)), the example of its help page.
const BeforeAfter help_page{.before = {21, 3011}, .after = {11, 800}};
// R 4.2.2: poisson.test(c(14, 120), c(28, 90)).
const BeforeAfter truce_of_28_days{.before = {120, 90}, .after = {14, 28}};

BeforeAfter any_counts() {
    return {.before = {any_in<std::uint64_t>(0, 300), any_in(1, 200) / 2.0},
            .after = {any_in<std::uint64_t>(0, 300), any_in(1, 200) / 2.0}};
}

Dispersion any_dispersion() {
    return Dispersion::at_least_one(any_in(2, 60) / 4.0);
}

TEST(ExactRateRatio, AgreesWithTheExampleOfR) {
    const RatioTest test = exact_rate_ratio(help_page);
    expect_relative(rate_ratio(help_page).value(), 1.97148809524);
    expect_relative(test.interval.low, 0.858426403392);
    expect_relative(test.interval.high, 4.27726594365);
    expect_relative(test.p, 0.0796686330333);
}

TEST(ExactRateRatio, AgreesWithRForATruceOf28Days) {
    const RatioTest test = exact_rate_ratio(truce_of_28_days);
    expect_relative(rate_ratio(truce_of_28_days).value(), 0.375);
    expect_relative(test.interval.low, 0.199020430344);
    expect_relative(test.interval.high, 0.654062491558);
    expect_relative(test.p, 1.45092842e-4);
}

TEST(LogWaldInterval, OfATruceOf28DaysWidensUntilTheEffectVanishes) {
    const auto interval = [](double phi) {
        return log_wald_interval(truce_of_28_days, Dispersion::at_least_one(phi)).value();
    };
    expect_relative(interval(1).low, 0.215593, 3e-6);  // six digits are given
    expect_relative(interval(1).high, 0.652272, 3e-6);
    expect_relative(interval(2).low, 0.171419, 3e-6);
    expect_relative(interval(2).high, 0.820361, 3e-6);
    expect_relative(interval(4).low, 0.123947, 5e-6);
    expect_relative(interval(4).high, 1.134557, 3e-6);
}

TEST(LogWaldInterval, NeedsACountOnEitherSide) {
    EXPECT_FALSE(log_wald_interval({.before = {120, 90}, .after = {0, 28}}, {}));
    EXPECT_FALSE(log_wald_interval({.before = {0, 90}, .after = {14, 28}}, {}));
}

TEST(ProbabilityFell, OfATruceOf28DaysIsNearlyOne) {
    expect_relative(probability_fell(truce_of_28_days), 0.999956075651, 1e-11);
}

TEST(ProbabilityFell, OfEqualCountsInEqualTimesIsAHalf) {
    EXPECT_NEAR(probability_fell({.before = {7, 30}, .after = {7, 30}}), 0.5, 1e-14);
}

TEST(ProbabilityFell, ComesNearerToAHalfAsDispersionGrows) {
    const double poisson = probability_fell(truce_of_28_days);
    const double clustered = probability_fell(truce_of_28_days, Dispersion::at_least_one(4));
    EXPECT_GT(poisson, clustered);
    EXPECT_GT(clustered, 0.5);
}

TEST(RateUpperBound, OfNothingInFourteenDaysIs214PerThousandDays) {
    expect_relative(rate_upper_bound({0, 14}), -std::log(0.05) / 14, 1e-12);
    EXPECT_NEAR(rate_upper_bound({0, 14}), 0.214, 5e-4);
}

TEST(RateUpperBound, OfFourIsTheTabledPoissonBound) {
    EXPECT_NEAR(rate_upper_bound({4, 1}), 9.1535,
                1e-4);  // Ulm (1990), Am. J. Epidemiol. 131: 373: chi2(.95, 10) / 2
}

TEST(ExactRateRatio, OfNothingAfterIsBoundedAbove) {
    const BeforeAfter counts{.before = {20, 90}, .after = {0, 14}};
    EXPECT_EQ(rate_ratio(counts), 0.0);
    const RatioTest test = exact_rate_ratio(counts);
    EXPECT_EQ(test.interval.low, 0);
    expect_relative(test.interval.high, (std::pow(0.025, -1.0 / 20) - 1) * 90 / 14, 1e-12);
}

TEST(ExactRateRatio, OfNothingBeforeIsBoundedBelowOnly) {
    const BeforeAfter counts{.before = {0, 90}, .after = {20, 14}};
    EXPECT_FALSE(rate_ratio(counts));
    const RatioTest test = exact_rate_ratio(counts);
    expect_relative(test.interval.low, 90 / 14.0 / (std::pow(0.025, -1.0 / 20) - 1), 1e-12);
    EXPECT_EQ(test.interval.high, std::numeric_limits<double>::infinity());
}

TEST(ExactRateRatio, OfNothingAtAllExcludesNothing) {
    const RatioTest test = exact_rate_ratio({.before = {0, 90}, .after = {0, 14}});
    EXPECT_EQ(test.interval, (Interval{0, std::numeric_limits<double>::infinity()}));
    EXPECT_EQ(test.p, 1);
}

TEST(ExactRateRatio, ContainsTheRatio) {
    EXPECT_TRUE(rc::check([] {
        const BeforeAfter counts = any_counts();
        const auto ratio = rate_ratio(counts);
        RC_PRE(ratio.has_value());
        RC_ASSERT(exact_rate_ratio(counts).interval.contains(*ratio));
    }));
}

TEST(ExactRateRatio, DependsOnTheExposuresOnlyByTheirRatio) {
    EXPECT_TRUE(rc::check([] {
        const BeforeAfter once = any_counts();
        BeforeAfter twice = once;
        twice.before.exposure *= 2;
        twice.after.exposure *= 2;
        RC_ASSERT(exact_rate_ratio(once).interval == exact_rate_ratio(twice).interval);
        RC_ASSERT(exact_rate_ratio(once).p == exact_rate_ratio(twice).p);
    }));
}

TEST(ExactRateRatio, TurnsRoundWithItsWindows) {
    EXPECT_TRUE(rc::check([] {
        const BeforeAfter counts = any_counts();
        RC_PRE(counts.before.count > 0 && counts.after.count > 0);
        const RatioTest there = exact_rate_ratio(counts);
        const RatioTest back = exact_rate_ratio({.before = counts.after, .after = counts.before});
        RC_ASSERT(std::abs(there.interval.low * back.interval.high - 1) < 1e-9);
        RC_ASSERT(std::abs(there.interval.high * back.interval.low - 1) < 1e-9);
        RC_ASSERT(std::abs(there.p - back.p) < 1e-9);
    }));
}

TEST(WidenedInterval, ContainsTheExactOneAndTheLogWaldOne) {
    EXPECT_TRUE(rc::check([] {
        const BeforeAfter counts = any_counts();
        const Dispersion dispersion = any_dispersion();
        const Interval widened = widened_interval(counts, dispersion);
        RC_ASSERT(widened.contains(exact_rate_ratio(counts).interval));
        const auto wald = log_wald_interval(counts, dispersion);
        if (wald) RC_ASSERT(widened.contains(*wald));
    }));
}

TEST(WidenedInterval, GrowsWithTheDispersion) {
    EXPECT_TRUE(rc::check([] {
        const BeforeAfter counts = any_counts();
        const Dispersion less = any_dispersion();
        const Dispersion more = Dispersion::at_least_one(less.phi() * 1.5);
        RC_ASSERT(widened_interval(counts, more).contains(widened_interval(counts, less)));
    }));
}

TEST(WidenedInterval, OfNothingAfterTreatsClustersAsOneCount) {
    const BeforeAfter clustered{.before = {40, 90}, .after = {0, 30}};
    const BeforeAfter single{.before = {10, 90}, .after = {0, 30}};
    expect_relative(widened_interval(clustered, Dispersion::at_least_one(4)).high,
                    exact_rate_ratio(single).interval.high, 1e-12);
}

TEST(WidenedP, IsBelowFivePercentJustWhenTheIntervalLeavesOneOut) {
    EXPECT_TRUE(rc::check([] {
        const BeforeAfter counts = any_counts();
        const Dispersion dispersion = any_dispersion();
        const bool left_out = !widened_interval(counts, dispersion).contains(1);
        RC_ASSERT((widened_p(counts, dispersion) < 0.05) == left_out);
    }));
}

}  // namespace
}  // namespace truce::numeric
