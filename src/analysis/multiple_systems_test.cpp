// SPDX-License-Identifier: Apache-2.0
#include "analysis/multiple_systems.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/numeric/test_list_tables.h"
#include "base/random.h"

namespace truce::analysis {
namespace {

using Kind = MultipleSystemsWarning::Kind;
using Reason = MultipleSystemsRefusal::Reason;
using numeric::ListCounts;
using numeric::ListSet;

ListTable table(const ListCounts& counts) {
    ListTable result{.lists = {}, .counts = counts};
    for (int j = 0; j < counts.lists(); ++j)
        result.lists.push_back(std::string(1, static_cast<char>('A' + j)));
    return result;
}

MultipleSystemsSettings quick() {
    return {.chains = 2, .burn_in = 300, .draws = 1000, .bootstrap_replicates = 60, .seed = 4};
}

bool warns(const MultipleSystems& result, Kind kind) {
    return std::ranges::any_of(result.warnings, [kind](const auto& warning) { return warning.kind == kind; });
}

const MethodEstimate& of(const MultipleSystems& result, MultipleSystemsMethod method) {
    return *std::ranges::find(result.methods, method, &MethodEstimate::method);
}

TEST(EstimateUndocumented, GivesARangeOverMethodsAndModels) {
    const auto result = estimate_undocumented(table(numeric::kosovo()), {}, quick());
    ASSERT_TRUE(result.range);
    // From the model of Ball and others to the third of those that fit as well.
    EXPECT_NEAR(result.range->low, 10356, 150);
    EXPECT_NEAR(result.range->high, 18393.3, 0.1);
    EXPECT_LT(result.range->interval.low, 9100);
    EXPECT_GT(result.range->interval.high, 22000);
    EXPECT_EQ(result.in_window, 3U);
    EXPECT_TRUE(warns(result, Kind::models_disagree));
    EXPECT_TRUE(warns(result, Kind::heterogeneity));
    EXPECT_TRUE(warns(result, Kind::links_taken_as_certain));
}

TEST(EstimateUndocumented, KeepsBoundsAndIndependenceOutOfTheRange) {
    const auto result = estimate_undocumented(table(numeric::kosovo()), {}, quick());
    EXPECT_NEAR(of(result, MultipleSystemsMethod::independence).low, 7394.6, 0.1);
    EXPECT_NEAR(of(result, MultipleSystemsMethod::chao).low, 10270.5, 0.1);
    EXPECT_GT(result.range->low, 10000);
}

TEST(EstimateUndocumented, RefusesTwoLists) {
    const auto result =
        estimate_undocumented(table(numeric::list_counts(2, {{1, 300}, {2, 200}, {3, 150}})), {}, quick());
    ASSERT_TRUE(result.refused);
    EXPECT_EQ(result.refused->reason, Reason::too_few_lists);
    EXPECT_FALSE(result.range);
    EXPECT_EQ(result.documented, 650U);
}

TEST(EstimateUndocumented, RefusesThinOverlapAndNamesTheThinnest) {
    const auto result = estimate_undocumented(table(numeric::modern_slavery()), {}, quick());
    ASSERT_TRUE(result.refused);
    EXPECT_EQ(result.refused->reason, Reason::thin_overlap);
    ASSERT_TRUE(result.refused->overlap);
    EXPECT_EQ(result.refused->overlap->first, 0);
    EXPECT_EQ(result.refused->overlap->second, 4);
    EXPECT_EQ(result.refused->overlap->shared, 0U);
    EXPECT_FALSE(result.models.empty());
    EXPECT_GT(of(result, MultipleSystemsMethod::chao).low, 2744);
}

TEST(EstimateUndocumented, RefusesFewPeople) {
    ListCounts counts(3);
    for (ListSet set = 1; set < 8; ++set) counts.add(set, 20);
    EXPECT_EQ(estimate_undocumented(table(counts), {}, quick()).refused->reason, Reason::too_few_people);
}

TEST(EstimateUndocumented, OfNobodyHasNothingToSay) {
    const auto result = estimate_undocumented(table(ListCounts(3)), {}, quick());
    EXPECT_EQ(result.refused->reason, Reason::nobody);
    EXPECT_TRUE(result.methods.empty());
}

TEST(EstimateUndocumented, SuspectsAListThatIsNearlyAllOnAnother) {
    const auto counts =
        numeric::list_counts(3, {{1, 100}, {2, 2}, {3, 60}, {4, 80}, {5, 40}, {6, 1}, {7, 30}});
    const auto result = estimate_undocumented(table(counts), {}, quick());
    const auto copied = std::ranges::find(result.warnings, Kind::copied_list, &MultipleSystemsWarning::kind);
    ASSERT_NE(copied, result.warnings.end());
    EXPECT_EQ(copied->overlap->first, 0);
    EXPECT_EQ(copied->overlap->second, 1);
}

TEST(EstimateUndocumented, WarnsWhereThePopulationIsOpen) {
    auto settings = quick();
    settings.population = PopulationIs::open;
    EXPECT_TRUE(warns(estimate_undocumented(table(numeric::kosovo()), {}, settings), Kind::open_population));
}

TEST(EstimateUndocumented, WidensByLinkageDraws) {
    // Each draw breaks or joins some records of people on two lists.
    std::vector<ListCounts> draws;
    for (unsigned i = 0; i < 20; ++i) {
        ListCounts draw = numeric::spina_bifida();
        const std::uint64_t moved = 2ULL * i;
        draw.remove(0b0110, moved);
        draw.add(0b0010, moved);
        draw.add(0b0100, moved);
        draws.push_back(draw);
    }
    auto settings = quick();
    settings.burn_in = 100;
    settings.draws = 400;
    const auto certain = estimate_undocumented(table(numeric::spina_bifida()), {}, settings);
    const auto drawn = estimate_undocumented(table(numeric::spina_bifida()), draws, settings);
    EXPECT_EQ(drawn.linkage_draws, 20);
    EXPECT_FALSE(warns(drawn, Kind::links_taken_as_certain));
    EXPECT_FALSE(warns(drawn, Kind::few_linkage_draws));
    EXPECT_EQ(drawn.documented_over_draws, (numeric::Interval{626, 664}));
    EXPECT_GT(drawn.range->interval.high, certain.range->interval.high);
}

TEST(EstimateUndocumented, FindsTheTruthOfListsThatAreIndependent) {
    // 3,000 people, each on each list with chance 0.4, 0.3, 0.3.
    Random random(6);
    ListCounts counts(3);
    for (int i = 0; i < 3000; ++i) {
        const ListSet set = (random.uniform() < 0.4 ? 1U : 0U) | (random.uniform() < 0.3 ? 2U : 0U) |
                            (random.uniform() < 0.3 ? 4U : 0U);
        if (set != 0) counts.add(set, 1);
    }
    const auto result = estimate_undocumented(table(counts), {}, quick());
    ASSERT_TRUE(result.range);
    EXPECT_TRUE(result.range->interval.contains(3000));
    EXPECT_FALSE(warns(result, Kind::heterogeneity));
}

TEST(EstimateUndocumented, WarnsOfHeterogeneityThatFoolsIndependence) {
    // Half of 4,000 people are listed with chance 0.6 by each, half with 0.1: truth 4,000.
    Random random(7);
    ListCounts counts(3);
    for (int i = 0; i < 4000; ++i) {
        const double chance = i % 2 == 0 ? 0.6 : 0.1;
        ListSet set = 0;
        for (unsigned j = 0; j < 3; ++j) {
            if (random.uniform() < chance) set |= ListSet{1} << j;
        }
        if (set != 0) counts.add(set, 1);
    }
    const auto result = estimate_undocumented(table(counts), {}, quick());
    EXPECT_FALSE(of(result, MultipleSystemsMethod::independence).interval.contains(4000));
    EXPECT_TRUE(warns(result, Kind::heterogeneity));
}

TEST(EstimateUndocumented, DoesNotDependOnTheRun) {
    const auto once = estimate_undocumented(table(numeric::kosovo()), {}, quick());
    const auto again = estimate_undocumented(table(numeric::kosovo()), {}, quick());
    EXPECT_EQ(once.range->interval, again.range->interval);
    EXPECT_EQ(once.effective_draws, again.effective_draws);
}

}  // namespace
}  // namespace truce::analysis
