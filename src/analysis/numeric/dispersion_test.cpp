// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/dispersion.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <vector>

namespace truce::numeric {
namespace {

/// Any whole number in [first, end), at every size of the test.
template <class Number>
Number any_in(Number first, Number end) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Number>(first, end));
}

/// Daily counts, every day fully watched.
struct Days {
    std::vector<double> counts;
    std::vector<double> exposure = std::vector<double>(counts.size(), 1.0);

    [[nodiscard]] Stretch stretch() const { return {.counts = counts, .exposure = exposure}; }
};

TEST(Dispersion, IsNeverBelowOne) {
    EXPECT_EQ(Dispersion::at_least_one(0.2).phi(), 1);
    EXPECT_EQ(Dispersion::at_least_one(3).phi(), 3);
}

TEST(Pearson, SumsSquaredResidualsOverTheMean) {
    const Days days{.counts = {0, 4, 2, 2}};  // mean 2: (4 + 4 + 0 + 0) / 2
    EXPECT_EQ(pearson(days.stretch()).chi_squared, 4);
    EXPECT_EQ(pearson(days.stretch()).degrees, 3);
}

TEST(Pearson, LeavesOutDaysThatNobodyWatched) {
    Days days{.counts = {0, 4, 9, 2, 2}};
    days.exposure[2] = 0;
    EXPECT_EQ(pearson(days.stretch()).chi_squared, 4);
    EXPECT_EQ(pearson(days.stretch()).degrees, 3);
}

TEST(Pearson, ExpectsMoreOnDaysWatchedMore) {
    const Days days{.counts = {1, 2, 3}, .exposure = {1, 2, 3}};
    EXPECT_EQ(pearson(days.stretch()).chi_squared, 0);
}

TEST(Pearson, OfNothingCountedTellsNothing) {
    const Days days{.counts = {0, 0, 0}};
    EXPECT_FALSE(pearson(days.stretch()).phi());
}

TEST(MeasureDispersion, DoesNotTakeAChangeOfTheRateForDispersion) {
    const Days before{.counts = std::vector<double>(28, 10.0)};
    const Days after{.counts = std::vector<double>(28, 1.0)};
    const MeasuredDispersion measured = measure_dispersion(before.stretch(), after.stretch());
    EXPECT_EQ(measured.daily.chi_squared, 0);
    EXPECT_EQ(measured.daily.degrees, 54);
    EXPECT_EQ(measured.blocks[0].degrees, 6);
    EXPECT_EQ(measured.used(), Dispersion{});
}

TEST(MeasureDispersion, SeesByWeekWhatRunsOfLikeDaysHideByDay) {
    // Weeks of nothing and weeks of two a day: by day (1 + 1) / 2 per day, by week 7 times as much.
    std::vector<double> counts;
    for (int day = 0; day < 56; ++day) counts.push_back(day / 7 % 2 == 0 ? 2 : 0);
    const Days before{.counts = counts};
    const Days after{.counts = {}};
    const MeasuredDispersion measured = measure_dispersion(before.stretch(), after.stretch());
    EXPECT_NEAR(measured.daily.phi().value(), 56 / 55.0, 1e-14);
    EXPECT_NEAR(measured.blocks[0].phi().value(), 8 * 7 / 7.0, 1e-14);
    EXPECT_NEAR(measured.used().phi(), 8, 1e-14);
}

TEST(MeasureDispersion, DoesNotBelieveTooFewWeeks) {
    std::vector<double> counts;
    for (int day = 0; day < 35; ++day) counts.push_back(day / 7 % 2 == 0 ? 2 : 0);
    const Days before{.counts = counts};  // five weeks, four degrees of freedom
    EXPECT_LT(measure_dispersion(before.stretch(), {}).used().phi(), 1.1);
}

TEST(MeasureDispersion, CountsWeeksAwayFromTheDividingDate) {
    // 15 days before: the first is in no whole week, so its burst is not in the weekly sum.
    std::vector<double> counts(15, 1.0);
    counts[0] = 50;
    const Days before{.counts = counts};
    EXPECT_EQ(measure_dispersion(before.stretch(), {}).blocks[0].chi_squared, 0);
}

TEST(MeasureDispersion, GrowsInProportionWhenEachIncidentIsCountedSeveralTimes) {
    EXPECT_TRUE(rc::check([] {
        std::vector<double> counts;
        for (int day = 0; day < 40; ++day) counts.push_back(any_in(0, 6));
        std::vector<double> threefold = counts;
        for (double& count : threefold) count *= 3;
        const Days once{.counts = counts};
        const Days thrice{.counts = threefold};
        const double expected = 3 * pearson(once.stretch()).chi_squared;
        RC_ASSERT(std::abs(pearson(thrice.stretch()).chi_squared - expected) <= 1e-12 * expected);
    }));
}

}  // namespace
}  // namespace truce::numeric
