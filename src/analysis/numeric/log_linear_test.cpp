// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/log_linear.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/numeric/test_list_tables.h"

namespace truce::numeric {
namespace {

/// The tolerance that METHODS calls "6".
void expect_close(double value, double expected) {
    EXPECT_NEAR(value, expected, 1e-6 * std::abs(expected));
}

LogLinearModel model(std::initializer_list<ListSet> generators) {
    return LogLinearModel(std::vector<ListSet>(generators));
}

template <class Number>
Number any_in(Number first, Number end) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Number>(first, end));
}

ListCounts any_counts(int lists, std::uint64_t from) {
    ListCounts counts(lists);
    for (ListSet set = 1; set < counts.cells().size(); ++set) {
        counts.add(set, any_in<std::uint64_t>(from, from + 60));
    }
    return counts;
}

TEST(LogLinearModel, IsKnownByItsLargestSets) {
    EXPECT_EQ(model({0b0111, 0b1001, 0b1100}).name(4), "[123,14,34]");
    EXPECT_EQ(model({}).name(3), "[1,2,3]");
    EXPECT_EQ(model({ListSet{1} << 9U | 1U}).name(10), "[1(10),2,3,4,5,6,7,8,9]");
}

TEST(LogLinearModel, HoldsWhateverLiesWithinItsSets) {
    EXPECT_EQ(model({0b111}).interactions(), (std::vector<ListSet>{0b011, 0b101, 0b110, 0b111}));
    EXPECT_EQ(model({0b011}).with(0b110), model({0b110, 0b011}));
}

TEST(HierarchicalModels, AreAsManyAsPublished) {
    EXPECT_EQ(hierarchical_models(2).size(), 1U);
    EXPECT_EQ(hierarchical_models(3).size(), 8U);
    EXPECT_EQ(hierarchical_models(4).size(), 113U);
    EXPECT_EQ(hierarchical_models(5).size(), 6893U);
}

TEST(LogLinear, OfTwoListsIsLincolnAndPetersen) {
    // 30 * 20 / 10 in all: 20 on the first alone, 10 on the second alone, 10 on both.
    LogLinear fitting(list_counts(2, {{1, 20}, {2, 10}, {3, 10}}));
    const auto fit = fitting.fit({});
    EXPECT_EQ(fit.estimable, Estimable::yes);
    EXPECT_NEAR(fit.population(), 60, 1e-9);
    EXPECT_NEAR(fit.log_unseen_variance, 1.0 / 20 + 1.0 / 10 + 1.0 / 10, 1e-12);
    EXPECT_NEAR(fit.deviance, 0, 1e-9);
}

// METHODS M1. R's glm stops one step early and gives the error 129.625391; at its tolerance 1e-14, this.
TEST(LogLinear, GivesKosovoUnderIndependence) {
    const auto fit = LogLinear(kosovo()).fit({});
    expect_close(fit.population(), 7394.586662);
    expect_close(fit.standard_error(), 129.625973966);
    EXPECT_NEAR(fit.standard_error(), 129.625391, 1e-3);
    expect_close(fit.deviance, 245.9387364);
    expect_close(fit.bic, 389.3095402);
}

// METHODS M2.
TEST(RankModels, PutsBallsModelFirstForKosovo) {
    const auto ranked = rank_models(kosovo());
    ASSERT_EQ(ranked.size(), 113U);
    EXPECT_EQ(ranked[0].model.name(4), "[123,14,34]");
    expect_close(ranked[0].fit.population(), 10356.518957);
    expect_close(ranked[0].fit.standard_error(), 785.902224);
    expect_close(ranked[0].fit.deviance, 9.322670016);
    EXPECT_EQ(ranked[0].fit.degrees, 4);
    expect_close(ranked[0].fit.bic, 203.0296328);
    EXPECT_EQ(ranked[1].model.name(4), "[123,134]");
    expect_close(ranked[1].fit.population(), 12740.967742);
    expect_close(ranked[1].fit.bic, 203.1133770);
    EXPECT_EQ(ranked[2].model.name(4), "[134,12,23]");
    expect_close(ranked[2].fit.population(), 18393.306115);
    expect_close(ranked[2].fit.bic, 203.9572820);
    EXPECT_NEAR(ranked[0].weight, .371110, 1e-6);
    EXPECT_NEAR(ranked[1].weight, .355892, 1e-6);
    EXPECT_NEAR(ranked[2].weight, .233381, 1e-6);
}

TEST(LogLinear, GivesTheWaldIntervalOfKosovosBestModel) {
    const auto interval = LogLinear(kosovo()).fit(model({0b0111, 0b1001, 0b1100})).interval();
    EXPECT_NEAR(interval.low, 9005, 0.5);
    EXPECT_NEAR(interval.high, 12105, 0.5);
}

// METHODS M3.
TEST(LogLinear, ProfilesKosovosMultinomialLikelihood) {
    const auto profile = LogLinear(kosovo()).profile(model({0b0111, 0b1001, 0b1100}));
    ASSERT_TRUE(profile);
    EXPECT_NEAR(profile->population, 10334.496, 1.0);
    EXPECT_NEAR(profile->interval.low, 8994.257, 0.9);
    EXPECT_NEAR(profile->interval.high, 12110.408, 1.2);
}

// METHODS M8.
TEST(Stepwise, GivesSilvermansEstimateOfModernSlavery) {
    const auto result = stepwise(modern_slavery());
    ASSERT_TRUE(result);
    // LA NG PFNCA GO GP: LA:NG, NG:GP, PFNCA:GP, LA:PFNCA, GO:GP, NG:GO, in this order.
    EXPECT_EQ(result->added, (std::vector<ListSet>{0b00011, 0b10010, 0b10100, 0b00101, 0b11000, 0b01010}));
    expect_close(result->fit.population(), 11312.990289);
    expect_close(result->fit.interval().low, 9884.402831);
    expect_close(result->fit.interval().high, 13027.396655);
    expect_close(LogLinear(modern_slavery()).fit({}).population(), 13444.131);
}

// METHODS M9.
TEST(LogLinear, KnowsWhichModelsEmptyOverlapsLeaveWithoutAnEstimate) {
    LogLinear fitting(empty_overlaps());
    const ListSet ab = 0b011;
    const ListSet ac = 0b101;
    const ListSet bc = 0b110;
    EXPECT_EQ(fitting.estimable(model({})), Estimable::yes);
    EXPECT_EQ(fitting.estimable(model({ab})), Estimable::no_maximum);
    EXPECT_EQ(fitting.estimable(model({ac})), Estimable::with_empty_overlaps);
    EXPECT_EQ(fitting.estimable(model({bc})), Estimable::with_empty_overlaps);
    EXPECT_EQ(fitting.estimable(model({ab, ac})), Estimable::no_maximum);
    EXPECT_EQ(fitting.estimable(model({ab, bc})), Estimable::no_maximum);
    EXPECT_EQ(fitting.estimable(model({ac, bc})), Estimable::with_empty_overlaps);
    EXPECT_EQ(fitting.estimable(model({ab, ac, bc})), Estimable::not_identified);
}

TEST(LogLinear, LeavesOutWhatEmptyOverlapsRuleOut) {
    // Without AC, BC and ABC there is no dependence left: 40 * 30 / 6 unseen.
    const auto fit = LogLinear(empty_overlaps()).fit(model({0b101, 0b110}));
    EXPECT_NEAR(fit.unseen, 200, 1e-7);
    EXPECT_NEAR(fit.deviance, 0, 1e-9);
}

// METHODS M10.
TEST(LogLinear, GivesRcapturesEstimatesOfHiv) {
    LogLinear fitting(hiv());
    expect_close(fitting.fit({}).population(), 11124.578472);
    const auto fit = fitting.fit(model({0b0011}));
    expect_close(fit.population(), 12318.467681);
    expect_close(fit.standard_error(), 1188.721520);
}

TEST(LogLinear, YieldsTheMarginsThatItsModelNames) {
    EXPECT_TRUE(rc::check([] {
        const auto counts = any_counts(4, 1);
        const auto models = hierarchical_models(4);
        const auto& any = models[any_in<std::size_t>(0, models.size())];
        LogLinear fitting(counts);
        RC_ASSERT(fitting.fit(any).exists());
        for (const ListSet set : any.interactions()) {
            RC_ASSERT(std::abs(fitting.expected_on_all(set) - static_cast<double>(counts.on_all(set))) <
                      1e-6);
        }
    }));
}

TEST(LogLinear, DoesNotMindHowListsAreNumbered) {
    EXPECT_TRUE(rc::check([] {
        const auto counts = any_counts(3, 0);
        ListCounts turned(3);
        const auto turn = [](ListSet set) { return ((set << 1U) | (set >> 2U)) & 0b111U; };
        for (ListSet set = 1; set < 8; ++set) turned.add(turn(set), counts.on_just(set));
        if (counts.total() == 0) return;
        const auto here = LogLinear(counts).fit(model({0b011}));
        const auto there = LogLinear(turned).fit(model({turn(0b011)}));
        RC_ASSERT(here.estimable == there.estimable);
        if (here.exists()) {
            RC_ASSERT(std::abs(here.population() - there.population()) < 1e-6 * here.population());
        }
    }));
}

TEST(LogLinear, HasAnEstimateJustWhereNewtonsMethodStaysWithinBounds) {
    // Where no estimate exists the likelihood rises for ever, and some expected count falls towards 0.
    EXPECT_TRUE(rc::check([] {
        ListCounts counts(3);
        for (ListSet set = 1; set < 8; ++set) counts.add(set, any_in(0, 3) == 0 ? any_in(0U, 20U) : 0U);
        counts.add(1, 5);
        counts.add(2, 5);
        counts.add(4, 5);
        LogLinear fitting(counts);
        const auto fit = fitting.fit({});
        const bool some_overlap = counts.on_all(0b011) + counts.on_all(0b101) + counts.on_all(0b110) > 0;
        // Under independence the estimate exists just when some two lists share somebody.
        RC_ASSERT(fit.exists() == some_overlap);
        if (fit.exists()) RC_ASSERT(std::isfinite(fit.population()));
    }));
}

TEST(LogLinear, OfManyListsFitsAsWell) {
    ListCounts counts(8);
    for (ListSet set = 1; set < 256; ++set) counts.add(set, 300 / (1 + set % 17) / (1U << size_of(set)));
    const auto fit = LogLinear(counts).fit(model({0b11, 0b1100}));
    EXPECT_TRUE(fit.exists());
    EXPECT_GT(fit.unseen, 0);
}

}  // namespace
}  // namespace truce::numeric
