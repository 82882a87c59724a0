// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/change_points.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/numeric/test_reference.h"

namespace truce::numeric {
namespace {

std::vector<std::size_t> starts(const std::vector<RateSegment>& segments) {
    std::vector<std::size_t> first;
    for (const RateSegment& segment : segments) first.push_back(segment.first);
    return first;
}

/// The least cost of any way to cut, tried one by one over all last segments: O(n^2) without pruning.
double least_cost(const std::vector<double>& counts, ChangePenalty penalty, std::size_t least_days) {
    const std::size_t n = counts.size();
    const double log_n = std::log(static_cast<double>(n));
    const bool mbic = penalty == ChangePenalty::mbic;
    std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
    best[0] = 0;
    for (std::size_t end = least_days; end <= n; ++end) {
        for (std::size_t first = 0; first + least_days <= end; ++first) {
            const double sum = std::accumulate(counts.begin() + static_cast<std::ptrdiff_t>(first),
                                               counts.begin() + static_cast<std::ptrdiff_t>(end), 0.0);
            const auto length = static_cast<double>(end - first);
            const double cost = (sum > 0 ? 2 * sum * (std::log(length) - std::log(sum)) : 0) +
                                (mbic ? std::log(length) : 0) + (first > 0 ? (mbic ? 3 : 2) * log_n : 0);
            best[end] = std::min(best[end], best[first] + cost);
        }
    }
    return best[n];
}

double cost_of(const std::vector<RateSegment>& segments, const std::vector<double>& counts,
               ChangePenalty penalty) {
    const bool mbic = penalty == ChangePenalty::mbic;
    double cost = 0;
    for (const RateSegment& segment : segments) {
        const auto length = static_cast<double>(segment.end - segment.first);
        const double sum = segment.rate * length;
        if (sum > 0) cost += 2 * sum * (std::log(length) - std::log(sum));
        if (mbic) cost += std::log(length);
        if (segment.first > 0) cost += (mbic ? 3 : 2) * std::log(static_cast<double>(counts.size()));
    }
    return cost;
}

TEST(Pelt, OfCoalMiningDisastersCutsAsTheReferenceDoes) {
    // METHODS T6; R's changepoint::cpt.meanvar(test.stat = "Poisson", method = "PELT", minseglen = 2).
    const std::vector<double> counts = coal_disasters();
    EXPECT_EQ(starts(pelt({.counts = counts}, ChangePenalty::mbic)), (std::vector<std::size_t>{0, 41}));
    const auto segments = pelt({.counts = counts}, ChangePenalty::sic);
    EXPECT_EQ(starts(segments), (std::vector<std::size_t>{0, 41, 97}));
    EXPECT_NEAR(segments[0].rate, 3.09756, 5e-6);
    EXPECT_NEAR(segments[1].rate, 1.07143, 5e-6);
    EXPECT_NEAR(segments[2].rate, .266667, 5e-7);
}

TEST(Pelt, LeavesAConstantSeriesWhole) {
    const std::vector<double> counts(60, 3.0);
    EXPECT_EQ(starts(pelt({.counts = counts}, ChangePenalty::sic)), std::vector<std::size_t>{0});
}

TEST(Pelt, TakesLessWatchingForLessExposureNotForAChange) {
    std::vector<double> counts(80, 8.0);
    std::vector<double> exposure(80, 1.0);
    for (std::size_t day = 40; day < 80; ++day) {
        counts[day] = 2;
        exposure[day] = 0.25;
    }
    EXPECT_EQ(pelt({.counts = counts, .exposure = exposure}, ChangePenalty::sic).size(), 1U);
    EXPECT_EQ(starts(pelt({.counts = counts}, ChangePenalty::sic)), (std::vector<std::size_t>{0, 40}));
}

TEST(Pelt, OfNothingIsNothingAndOfADayIsOneSegment) {
    EXPECT_TRUE(pelt({}, ChangePenalty::sic).empty());
    EXPECT_EQ(pelt({.counts = std::vector{2.0}}, ChangePenalty::sic).size(), 1U);
}

TEST(Pelt, FindsTheBestOfAllWaysToCut) {
    EXPECT_TRUE(rc::check([] {
        const auto counts = *rc::gen::container<std::vector<double>>(
            *rc::gen::inRange<std::size_t>(8, 40),
            rc::gen::map(rc::gen::inRange(0, 12), [](int n) { return double(n); }));
        const auto penalty = *rc::gen::element(ChangePenalty::sic, ChangePenalty::mbic);
        const auto least = *rc::gen::inRange<std::size_t>(1, 5);
        const auto segments = pelt({.counts = counts}, penalty, least);
        RC_ASSERT(std::abs(cost_of(segments, counts, penalty) - least_cost(counts, penalty, least)) < 1e-8);
        for (const RateSegment& segment : segments) RC_ASSERT(segment.end - segment.first >= least);
    }));
}

TEST(SingleChange, OfCoalMiningDisastersGivesTheReferenceFigures) {
    // METHODS T5.
    const std::vector<double> counts = coal_disasters();
    const SingleChange change = single_change({.counts = counts}).value();
    EXPECT_EQ(change.after, 41U);  // 1891 is the last year before
    EXPECT_NEAR(change.rate_before, 3.09756098, 5e-9);
    EXPECT_NEAR(change.rate_after, .901408451, 5e-10);
    EXPECT_NEAR(change.log_likelihood, -168.575997, 5e-7);
    EXPECT_NEAR(change.log_likelihood_without, -203.570170, 5e-7);
    EXPECT_NEAR(change.probability[40], .245020172, 5e-10);
    EXPECT_EQ(change.interval().first, 36U);  // 1886
    EXPECT_EQ(change.interval().last, 46U);   // 1896
}

TEST(SingleChange, NeedsTwoDays) {
    EXPECT_FALSE(single_change({.counts = std::vector{3.0}}));
}

std::vector<double> steps(double before, double after, std::size_t change, std::size_t days) {
    std::vector<double> counts(days, after);
    std::fill_n(counts.begin(), change, before);
    return counts;
}

TEST(FollowChanges, RaisesItsProbabilityWithinDaysOfAChangeAndLowersItAfter) {
    const std::vector<double> counts = steps(2, 12, 60, 100);
    const auto states = follow_changes({.counts = counts}, {});
    EXPECT_LT(states[58].recent_change, 0.3);
    EXPECT_GT(states[63].recent_change, 0.95);
    EXPECT_LT(states[90].recent_change, 0.3);
    EXPECT_NEAR(states[99].rate, 12, 0.5);
    EXPECT_GT(states[66].rate_ratio.value(), 4);
}

TEST(FollowChanges, KnowsNothingInTheFirstDays) {
    const auto states = follow_changes({.counts = std::vector<double>(10, 3.0)}, {});
    EXPECT_NEAR(states[5].recent_change, 1, 1e-12);
    EXPECT_FALSE(states[5].rate_ratio);
}

TEST(FollowChanges, LearnsNothingOnADayThatNobodyWatched) {
    const std::vector<double> counts{3, 3, 3, 0, 0, 0};
    const std::vector<double> exposure{1, 1, 1, 0, 0, 0};
    const auto states = follow_changes({.counts = counts, .exposure = exposure}, {.mean_run = 1e9});
    EXPECT_NEAR(states[5].rate, states[2].rate, 1e-6);
}

TEST(FollowChanges, LooksNeverAhead) {
    EXPECT_TRUE(rc::check([] {
        const auto counts = *rc::gen::container<std::vector<double>>(
            30, rc::gen::map(rc::gen::inRange(0, 9), [](int n) { return double(n); }));
        const auto all = follow_changes({.counts = counts}, {});
        const auto half = follow_changes({.counts = std::span(counts).first(15)}, {});
        RC_ASSERT(all[14].rate == half[14].rate);
        RC_ASSERT(all[14].recent_change == half[14].recent_change);
    }));
}

TEST(FollowChanges, OfAnEvenGammaPriorPredictsNegativeBinomially) {
    // One day, no change yet possible: the rate's posterior is Gamma(a + y, b + 1).
    const auto states = follow_changes({.counts = std::vector{4.0}}, {.prior_count = 3, .prior_exposure = 2});
    EXPECT_NEAR(states[0].rate, (3.0 + 4) / (2 + 1), 1e-14);
}

}  // namespace
}  // namespace truce::numeric
