// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "analysis/numeric/scan_lines.h"

namespace truce::numeric {
namespace {

using testing::ElementsAre;

constexpr std::array models{ScanModel::poisson, ScanModel::space_time_permutation,
                            ScanModel::expectation_based_poisson, ScanModel::bernoulli};

/// Any whole number in [first, end), at every size of the test.
template <class Number>
Number any_in(Number first, Number end) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Number>(first, end));
}

struct Instance {
    ScanTable table;
    std::vector<PlanarPoint> sites;
    Circles circles;
    ScanDesign design;
};

/// Few sites on a grid (many ties), few bins; counts from sparse to large, here and there a raised one.
Instance any_instance(ScanModel model) {
    const auto count = any_in<std::size_t>(1, 9);
    const auto bins = any_in<std::size_t>(1, 14);
    const auto scale = *rc::gen::element<std::uint32_t>(2, 4, 30, 3000);
    std::vector<PlanarPoint> sites;
    for (std::size_t i = 0; i < count; ++i) sites.push_back({any_in(0, 4) * 1.0, any_in(0, 4) * 1.0});
    std::vector<std::uint32_t> cases;
    std::vector<double> base;
    for (std::size_t i = 0; i < count * bins; ++i) {
        const bool raised = any_in(0, 12) == 0;
        cases.push_back(any_in<std::uint32_t>(0, scale) * (raised ? 3 : 1));
        switch (model) {
            case ScanModel::space_time_permutation:
                break;
            case ScanModel::bernoulli:
                base.push_back(cases.back() + any_in<std::uint32_t>(cases.back() == 0 ? 0 : 1, 2 * scale));
                break;
            case ScanModel::poisson:
            case ScanModel::expectation_based_poisson:
                base.push_back(any_in(cases.back() > 0 ? 1U : 0U, 1000U) * scale / 1000.0);
                break;
        }
    }
    if (std::ranges::all_of(cases, [](std::uint32_t n) { return n == 0; })) {
        cases[0] = 1;
        if (!base.empty()) base[0] += 2;
    }
    ScanTable table = ScanTable::make(model, count, bins, cases, base).value();
    Circles circles(sites, table.weights(),
                    {.radius = Distance::km(any_in(1, 6)),
                     .share = *rc::gen::element(0.3, 0.5, 1.0),
                     .ties = *rc::gen::element(Ties::together, Ties::one_by_one)});
    const ScanDesign design{
        .windows = {.end = *rc::gen::element(ScanWindows::End::anywhere, ScanWindows::End::last_bin),
                    .longest = any_in<std::size_t>(1, bins + 2)},
        .least_cases = any_in(0U, 4U)};
    return {.table = table, .sites = sites, .circles = circles, .design = design};
}

class EveryModel : public testing::TestWithParam<ScanModel> {};
INSTANTIATE_TEST_SUITE_P(Scan, EveryModel, testing::ValuesIn(models));

void check_against_plain(const Instance& instance, const scan_kernels::Kernels* kernels) {
    if (kernels == nullptr) return;  // this machine lacks that instruction set
    const auto plain = most_likely_plainly(instance.table, instance.circles, instance.design);
    RC_ASSERT(most_likely(instance.table, instance.circles, instance.design, {}, *kernels) == plain);
    std::vector<char> barred(instance.table.sites(), 0);
    barred[any_in<std::size_t>(0, barred.size())] = 1;
    RC_ASSERT(most_likely(instance.table, instance.circles, instance.design, barred, *kernels) ==
              most_likely_plainly(instance.table, instance.circles, instance.design, barred));
}

TEST_P(EveryModel, GivesTheSameWindowInBothFormsWithEveryInstructionSet) {
    rc::check([&] {
        const Instance instance = any_instance(GetParam());
        check_against_plain(instance, scan_kernels::kernels_for(scan_kernels::InstructionSet::portable));
        check_against_plain(instance, scan_kernels::kernels_for(scan_kernels::InstructionSet::avx2));
    });
}

TEST_P(EveryModel, GivesTheGreatestOfEachReplicateAsThePlainFormWould) {
    rc::check([&] {
        const Instance instance = any_instance(GetParam());
        const Replicate replicate = single_cases(instance.table, any_in<std::uint64_t>(0, 1000));
        std::vector<double> plain;
        std::vector<double> whole_base;
        for (std::size_t site = 0; site < instance.table.sites(); ++site) {
            const auto base = instance.table.base(site);
            whole_base.insert(whole_base.end(), base.begin(), base.end());
        }
        for (std::uint64_t r = 0; r < 5; ++r) {
            const auto simulated = ScanTable::make(GetParam(), instance.table.sites(), instance.table.bins(),
                                                   replicate(r), whole_base);
            const auto best =
                simulated ? most_likely_plainly(*simulated, instance.circles, instance.design) : std::nullopt;
            plain.push_back(best ? best->statistic : 0);
        }
        const auto fast = greatest_of_replicates(instance.table, instance.circles, instance.design, replicate,
                                                 {.replicates = 5, .threads = 2});
        RC_ASSERT(fast.size() == plain.size());
        // Scaling the base anew may change its last bit.
        for (std::size_t r = 0; r < 5; ++r) RC_ASSERT(std::abs(fast[r] - plain[r]) <= 1e-9 * (1 + plain[r]));
    });
}

TEST_P(EveryModel, ReplicatesKeepWhatTheModelHoldsFast) {
    rc::check([&] {
        const Instance instance = any_instance(GetParam());
        const ScanTable& table = instance.table;
        const auto cases = single_cases(table, 7)(any_in<std::uint64_t>(0, 100));
        RC_ASSERT(cases.size() == table.cases().size());
        for (std::size_t site = 0; site < table.sites(); ++site) {
            for (std::size_t bin = 0; bin < table.bins(); ++bin) {
                const double count = cases[site * table.bins() + bin];
                if (table.base(site).empty() || count == 0) continue;
                const double base = table.base(site)[bin];
                RC_ASSERT(base >= (GetParam() == ScanModel::bernoulli ? count : 1e-300));
            }
        }
        if (GetParam() != ScanModel::expectation_based_poisson) {
            RC_ASSERT(std::accumulate(cases.begin(), cases.end(), std::uint64_t{0}) == table.all_cases());
        }
    });
}

TEST_P(EveryModel, EveryWindowBeyondALevelLiesAboveALine) {
    rc::check([&] {
        const double all_cases = any_in(2, 5000);
        const double all_base = GetParam() == ScanModel::bernoulli ? all_cases * any_in(2, 9)
                                : GetParam() == ScanModel::expectation_based_poisson ? any_in(1, 5000)
                                                                                     : all_cases;
        const ScanStatistic statistic(GetParam(), all_cases, all_base);
        const double level = any_in(0, 2000) / 100.0;
        const bool whole = GetParam() == ScanModel::bernoulli;
        const double least = whole ? 1 : any_in(1, 1000) * all_base / 1e5;
        const double most = any_in(1, 1001) * (all_base - least) / 1000 + least;
        const scan_kernels::Lines lines = lines_above(
            statistic, level, 1, {.least = least, .most = most, .zone = most, .most_cases = all_cases});
        const double base = whole ? std::floor(any_in(0, 1001) * (most - least) / 1000 + least)
                                  : any_in(0, 1001) * (most - least) / 1000 + least;
        const double cases = std::min<double>(any_in(1, 5000), whole ? std::min(base, all_cases) : all_cases);
        RC_PRE(cases >= 1 && statistic(cases, base) > level);
        bool above = false;
        for (std::size_t i = 0; i < 8; ++i) {
            above = above ||
                    static_cast<float>(cases) - lines.slope[i] * static_cast<float>(base) > lines.limit[i];
        }
        RC_ASSERT(above);
    });
}

TEST(ScanStatistic, OfThePoissonModelIsTheRatioWorkedByHand) {
    const ScanStatistic statistic(ScanModel::poisson, 100, 100);
    EXPECT_DOUBLE_EQ(statistic(20, 10), 20 * std::log(2) + 80 * std::log(80.0 / 90));
    EXPECT_EQ(statistic(10, 10), 0);
    EXPECT_EQ(statistic(5, 10), 0);
}

TEST(ScanStatistic, OfTheExpectationBasedModelDoesNotLookOutside) {
    const ScanStatistic statistic(ScanModel::expectation_based_poisson, 1000, 3);
    EXPECT_DOUBLE_EQ(statistic(20, 10), 20 * std::log(2) - 10);
}

TEST(ScanStatistic, OfTheBernoulliModelComparesTwoShares) {
    const ScanStatistic statistic(ScanModel::bernoulli, 10, 20);
    // 6 of 8 inside, 4 of 12 outside, 10 of 20 in all.
    EXPECT_NEAR(statistic(6, 8),
                6 * std::log(0.75) + 2 * std::log(0.25) + 4 * std::log(1.0 / 3) + 8 * std::log(2.0 / 3) +
                    20 * std::log(2),
                1e-12);
    EXPECT_EQ(statistic(4, 8), 0);
    EXPECT_EQ(statistic(3, 8), 0);
}

TEST(ScanTable, RefusesCasesWhereNoneCanBeExpected) {
    EXPECT_FALSE(ScanTable::make(ScanModel::poisson, 1, 2, {1, 1}, {1.0, 0.0}).has_value());
    EXPECT_TRUE(ScanTable::make(ScanModel::poisson, 1, 2, {1, 0}, {1.0, 0.0}).has_value());
}

TEST(ScanTable, RefusesTrialsThatAreFewerThanTheirCases) {
    EXPECT_FALSE(ScanTable::make(ScanModel::bernoulli, 1, 2, {3, 1}, {2.0, 5.0}).has_value());
    EXPECT_FALSE(ScanTable::make(ScanModel::bernoulli, 1, 2, {1, 1}, {2.5, 5.0}).has_value());
}

TEST(ScanTable, RefusesATableWithoutCases) {
    EXPECT_FALSE(ScanTable::make(ScanModel::space_time_permutation, 2, 1, {0, 0}, {}).has_value());
    EXPECT_FALSE(ScanTable::make(ScanModel::space_time_permutation, 0, 0, {}, {}).has_value());
}

TEST(ScanTable, RefusesMoreCasesThanSinglePrecisionCounts) {
    EXPECT_FALSE(
        ScanTable::make(ScanModel::space_time_permutation, 1, 2, {1U << 23U, 1U << 23U}, {}).has_value());
}

/// Three sites in a row; the third has cases on the last two days only.
ScanTable three_sites() {
    return ScanTable::make(ScanModel::space_time_permutation, 3, 4,
                           {
                               2, 2, 2, 2,  //
                               2, 2, 2, 2,  //
                               0, 0, 4, 4,  //
                           },
                           {})
        .value();
}

const std::vector<PlanarPoint> in_a_row{{0, 0}, {1, 0}, {3, 0}};

TEST(MostLikely, IsTheSiteWhoseCasesGatherInTime) {
    const ScanTable table = three_sites();
    const Circles circles(in_a_row, table.weights(), {});
    const auto best = most_likely(table, circles, {.windows = {.longest = 2}});
    ASSERT_TRUE(best.has_value());
    EXPECT_EQ(best->centre, 2U);
    EXPECT_EQ(best->members, 1U);
    EXPECT_EQ(best->first_bin, 2U);
    EXPECT_EQ(best->end_bin, 4U);
    EXPECT_EQ(best->cases, 8U);
    EXPECT_DOUBLE_EQ(best->expected, 8 * 16 / 24.0);
    EXPECT_DOUBLE_EQ(best->statistic, 8 * std::log(8 / (128 / 24.0)) + 16 * std::log(16 / (24 - 128 / 24.0)));
}

TEST(MostLikely, LeavesOutBarredSites) {
    const ScanTable table = three_sites();
    const Circles circles(in_a_row, table.weights(), {});
    const std::array<char, 3> barred{0, 0, 1};
    const auto best = most_likely(table, circles, {.windows = {.longest = 2}}, barred);
    ASSERT_TRUE(best.has_value());
    EXPECT_NE(best->centre, 2U);
}

TEST_P(EveryModel, FindsWindowsApartOneAfterTheOther) {
    rc::check([&] {
        const Instance instance = any_instance(GetParam());
        std::vector<char> barred(instance.table.sites(), 0);
        for (const ScanWindow& window :
             most_likely_apart(instance.table, instance.circles, instance.design, 3)) {
            RC_ASSERT(window ==
                      most_likely_plainly(instance.table, instance.circles, instance.design, barred));
            for (const auto site : instance.circles.members(window.centre).first(window.members)) {
                barred[site] = 1;
            }
        }
    });
}

TEST(MostLikely, IsNothingWhereAllIsAsExpected) {
    const auto table = ScanTable::make(ScanModel::space_time_permutation, 2, 2, {3, 3, 3, 3}, {}).value();
    const Circles circles(std::vector<PlanarPoint>{{0, 0}, {1, 0}}, table.weights(), {});
    EXPECT_FALSE(most_likely(table, circles, {.windows = {.longest = 2}}).has_value());
}

TEST(MostLikely, OfWhatStillGoesOnEndsInTheLastBin) {
    const auto table = ScanTable::make(ScanModel::space_time_permutation, 2, 6,
                                       {
                                           1, 9, 1, 1, 1, 2,  //
                                           2, 2, 2, 2, 2, 2,  //
                                       },
                                       {})
                           .value();
    const Circles circles(std::vector<PlanarPoint>{{0, 0}, {1, 0}}, table.weights(), {.share = 1});
    const auto anywhere = most_likely(table, circles, {.windows = {.longest = 3}});
    const auto now = most_likely(
        table, circles, {.windows = {.end = ScanWindows::End::last_bin, .longest = 3}, .least_cases = 1});
    ASSERT_TRUE(anywhere.has_value() && now.has_value());
    EXPECT_EQ(anywhere->first_bin, 1U);
    EXPECT_EQ(now->end_bin, 6U);
    EXPECT_GE(now->first_bin, 3U);
}

TEST(Replicates, AreTheSameForEveryNumberOfThreads) {
    const ScanTable table = three_sites();
    const Circles circles(in_a_row, table.weights(), {});
    const ScanDesign design{.windows = {.longest = 2}};
    const Replicate replicate = single_cases(table, 42);
    const auto one =
        greatest_of_replicates(table, circles, design, replicate, {.replicates = 99, .threads = 1});
    const auto four =
        greatest_of_replicates(table, circles, design, replicate, {.replicates = 99, .threads = 4});
    EXPECT_EQ(one.size(), 99U);
    EXPECT_EQ(one, four);
}

TEST(Replicates, StopWhenToldTo) {
    const ScanTable table = three_sites();
    const Circles circles(in_a_row, table.weights(), {});
    const auto some =
        greatest_of_replicates(table, circles, {.windows = {.longest = 2}}, single_cases(table, 1),
                               {.replicates = 99}, [](std::size_t done) { return done < 10; });
    EXPECT_EQ(some.size(), 10U);
}

TEST(SingleCases, OfThePermutationKeepBothMargins) {
    const ScanTable table = three_sites();
    const auto cases = single_cases(table, 3)(0);
    std::array<std::uint32_t, 3> by_site{};
    std::array<std::uint32_t, 4> by_bin{};
    for (std::size_t i = 0; i < cases.size(); ++i) {
        by_site[i / 4] += cases[i];
        by_bin[i % 4] += cases[i];
    }
    EXPECT_THAT(by_site, ElementsAre(8, 8, 8));
    EXPECT_THAT(by_bin, ElementsAre(4, 4, 8, 8));
}

TEST(ClusteredCases, MoveAsWholesWithinTheirSites) {
    const ScanTable table = three_sites();
    std::vector<CaseCluster> clusters{{.cases = {{2, 2, 4}, {2, 3, 4}}}};
    for (std::uint32_t site = 0; site < 2; ++site) {
        for (std::uint32_t bin = 0; bin < 4; ++bin) clusters.push_back({.cases = {{site, bin, 2}}});
    }
    const Replicate replicate = clustered_cases(table, clusters, 5);
    for (std::uint64_t r = 0; r < 20; ++r) {
        const auto cases = replicate(r);
        const std::vector<std::uint32_t> third(cases.begin() + 8, cases.end());
        // The eight of the third site still lie four and four on two successive days.
        EXPECT_THAT(
            third, testing::AnyOf(ElementsAre(4, 4, 0, 0), ElementsAre(0, 4, 4, 0), ElementsAre(0, 0, 4, 4)));
    }
}

TEST(ClusteredCases, OfThePoissonModelFallTogether) {
    const auto table = ScanTable::make(ScanModel::poisson, 2, 2, {10, 0, 0, 0}, {1, 1, 1, 1}).value();
    const Replicate replicate = clustered_cases(table, {{.cases = {{0, 0, 10}}}}, 5);
    auto cases = replicate(0);
    std::ranges::sort(cases);
    EXPECT_THAT(cases, ElementsAre(0, 0, 0, 10));
}

TEST(RankP, CountsTheReplicatesAtLeastAsGreat) {
    const std::array<double, 4> greatest{1, 2, 3, 4};
    EXPECT_DOUBLE_EQ(rank_p(3, greatest), 3.0 / 5);
    EXPECT_DOUBLE_EQ(rank_p(5, greatest), 1.0 / 5);
}

TEST(GumbelP, IsNothingWithFewReplicates) {
    const std::array<double, 4> greatest{1, 2, 3, 4};
    EXPECT_FALSE(gumbel_p(3, greatest).has_value());
}

TEST(GumbelP, AgreesWithTheDistributionItWasDrawnFrom) {
    // The quantiles of a Gumbel distribution of location 5 and scale 2 stand for a sample of it.
    std::vector<double> sample;
    sample.reserve(9999);
    for (int i = 0; i < 9999; ++i) sample.push_back(5 - 2 * std::log(-std::log((i + 0.5) / 9999)));
    const double at_15 = -std::expm1(-std::exp(-(15.0 - 5) / 2));
    EXPECT_NEAR(gumbel_p(15, sample).value(), at_15, 0.02 * at_15);
}

TEST(Circles, TakeInEqualDistancesTogether) {
    const std::vector<PlanarPoint> sites{{0, 0}, {1, 0}, {-1, 0}, {5, 0}};
    const Circles circles(sites, std::vector<double>{1, 1, 1, 1}, {.share = 1});
    EXPECT_THAT(circles.zones(0), ElementsAre(1, 3, 4));
    EXPECT_THAT(circles.members(0), ElementsAre(0, 1, 2, 3));
}

TEST(Circles, StopBeforeTheirShareIsPassed) {
    const std::vector<PlanarPoint> sites{{0, 0}, {1, 0}, {-1, 0}, {5, 0}};
    const Circles circles(sites, std::vector<double>{1, 1, 1, 1}, {.share = 0.5});
    EXPECT_THAT(circles.zones(0), ElementsAre(1));
    EXPECT_THAT(circles.zones(1), ElementsAre(1, 2));
}

TEST(Circles, StopAtTheirRadius) {
    const std::vector<Point> sites{{0, 179.9}, {0, -179.9}, {0, 170}};
    const Circles circles(sites, std::vector<double>{1, 1, 1}, {.radius = Distance::km(30), .share = 1});
    EXPECT_THAT(circles.members(0), ElementsAre(0, 1));
    EXPECT_NEAR(circles.radius(0, 2), distance(sites[0], sites[1]).in_km(), 1e-3);
}

}  // namespace
}  // namespace truce::numeric
