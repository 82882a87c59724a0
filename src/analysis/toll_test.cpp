// SPDX-License-Identifier: Apache-2.0
#include "analysis/toll.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>

namespace truce::analysis {
namespace {

/// Any whole number in [first, end), at every size of the test.
template <class Number>
Number any_in(Number first, Number end) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Number>(first, end));
}

using std::chrono::days;
using std::chrono::sys_days;

constexpr sys_days start{std::chrono::year{2016} / 5 / 1};
constexpr Days may{start, start + days(31)};

Days day(int of_may) {
    return {start + days(of_may - 1), start + days(of_may)};
}

IncidentToll incident(Days when, CountRange killed) {
    return {.days = when, .killed = killed, .civilians_killed = {}, .targets = {}};
}

TollDefinition in_may() {
    return {.area = "aleppo", .days = may, .sources = {"field reports v1"}, .who = "killed, all sides"};
}

std::vector<IncidentToll> any_incidents() {
    std::vector<IncidentToll> incidents;
    const int number = any_in(0, 40);
    for (int i = 0; i < number; ++i) {
        const auto figure = [] { return any_in<std::uint32_t>(0, 50); };
        const Days when{start + days(any_in(-20, 40)), {}};
        IncidentToll one =
            incident({when.first, when.first + days(any_in(1, 20))}, {figure(), figure(), figure()});
        if (any_in(0, 3) == 0) one.killed.reset();
        if (any_in(0, 2) == 0) one.civilians_killed = CountRange{figure(), figure(), figure()};
        if (any_in(0, 4) == 0) one.targets.add(TargetKind::medical);
        incidents.push_back(one);
    }
    return incidents;
}

TEST(RangeOfAccounts, SpansTheAccountsAndDoesNotAddThem) {
    const std::vector<CountRange> accounts{{20, 27, 30}, {14, 14, 14}, {27, 50, 55}};
    EXPECT_EQ(range_of_accounts(accounts), (CountRange{14, 27, 55}));
}

TEST(RangeOfAccounts, TakesTheLowerOfTwoMiddleFigures) {
    const std::vector<CountRange> accounts{{27, 27, 27}, {50, 50, 50}};
    EXPECT_EQ(range_of_accounts(accounts), (CountRange{27, 27, 50}));
}

TEST(RangeOfAccounts, OfNoFigureIsNothing) {
    EXPECT_FALSE(range_of_accounts({}));
}

TEST(RangeOfAccounts, ReadsFiguresOutOfOrderAsARange) {
    const std::vector<CountRange> accounts{{9, 5, 7}};
    EXPECT_EQ(range_of_accounts(accounts), (CountRange{5, 5, 9}));
}

TEST(CountToll, AddsLowsBestsAndHighsOverIncidents) {
    const std::vector incidents{incident(day(3), {1, 2, 4}), incident(day(4), {10, 10, 10})};
    const TollCount count = count_toll(incidents, in_may());
    EXPECT_EQ(count.all.low, 11U);
    EXPECT_EQ(count.all.best, 12U);
    EXPECT_EQ(count.all.high, 14U);
    EXPECT_EQ(count.all.incidents, 2U);
}

TEST(CountToll, LikelyIntervalOfOneTriangleIsItsMeanAndSpread) {
    // Triangular(0, 30, 60): mean 30, variance 60^2 / 24 = 150.
    const std::vector incidents{incident(day(3), {0, 30, 60})};
    const numeric::Interval likely = count_toll(incidents, in_may()).all.likely;
    EXPECT_NEAR(likely.low, 30 - 1.959963984540054 * std::sqrt(150), 1e-9);
    EXPECT_NEAR(likely.high, 30 + 1.959963984540054 * std::sqrt(150), 1e-9);
}

TEST(CountToll, LikelyIntervalNarrowsAgainstTheWholeRangeAsIncidentsAdd) {
    const std::vector incidents(100, incident(day(3), {0, 30, 60}));
    const TollSum all = count_toll(incidents, in_may()).all;
    EXPECT_NEAR(all.likely.high - all.likely.low, 2 * 1.959963984540054 * std::sqrt(15000), 1e-6);
    EXPECT_EQ(all.high - all.low, 6000U);
}

TEST(CountToll, ExactFiguresLeaveNoInterval) {
    const std::vector incidents(5, incident(day(3), CountRange::exactly(7)));
    EXPECT_EQ(count_toll(incidents, in_may()).all.likely, (numeric::Interval{35, 35}));
}

TEST(CountToll, ReadsFiguresOutOfOrderAsARangeAndSaysSo) {
    const std::vector incidents{incident(day(3), {9, 5, 7}), incident(day(4), {1, 1, 1})};
    const TollCount count = count_toll(incidents, in_may());
    EXPECT_EQ(count.all.low, 6U);
    EXPECT_EQ(count.all.best, 6U);
    EXPECT_EQ(count.all.high, 10U);
    EXPECT_EQ(count.all.out_of_order, 1U);
}

TEST(CountToll, AMissingFigureIsNotZero) {
    IncidentToll unknown = incident(day(3), {});
    unknown.killed.reset();
    const TollCount count = count_toll(std::vector{unknown, incident(day(4), {2, 2, 2})}, in_may());
    EXPECT_EQ(count.all.best, 2U);
    EXPECT_EQ(count.all.incidents, 1U);
    EXPECT_EQ(count.all.without_figure, 1U);
}

TEST(CountToll, DeadCiviliansAreAmongTheDead) {
    IncidentToll civilians_only = incident(day(3), {});
    civilians_only.killed.reset();
    civilians_only.civilians_killed = CountRange{3, 4, 5};
    const TollCount count = count_toll(std::vector{civilians_only}, in_may());
    EXPECT_EQ(count.all.best, 4U);
    EXPECT_EQ(count.civilians.best, 4U);
}

TEST(CountToll, AnIncidentThatMayLieOutsideCountsNothingTowardsTheLowSum) {
    const Days around_the_end{start + days(29), start + days(33)};  // 30 May to 2 June, middle day 31 May
    const TollCount count = count_toll(std::vector{incident(around_the_end, {2, 3, 4})}, in_may());
    EXPECT_EQ(count.all.low, 0U);
    EXPECT_EQ(count.all.best, 3U);
    EXPECT_EQ(count.all.high, 4U);
    EXPECT_EQ(count.straddling, 1U);
}

TEST(CountToll, AnIncidentOnTheDayOfTheEndLiesOutside) {
    const TollCount count =
        count_toll(std::vector{incident({may.end, may.end + days(1)}, {2, 3, 4})}, in_may());
    EXPECT_EQ(count.all, TollSum{});
    EXPECT_EQ(count.outside, 1U);
}

TEST(CountToll, CountsProtectedSitesApartByKind) {
    IncidentToll hospital = incident(day(3), {14, 50, 55});
    hospital.targets = {TargetKind::medical, TargetKind::civilian};
    const TollCount count = count_toll(std::vector{hospital, incident(day(4), {1, 1, 1})}, in_may());
    ASSERT_EQ(count.by_site.size(), 5U);
    EXPECT_EQ(count.by_site[1].kind, TargetKind::medical);
    EXPECT_EQ(count.by_site[1].incidents, 1U);
    EXPECT_EQ(count.by_site[1].all.best, 50U);
    EXPECT_EQ(count.by_site[2].incidents, 0U);
    EXPECT_EQ(count.all.best, 51U);
}

TEST(CountToll, ListsJustTheKindsThatTheModelProtects) {
    const TollCount count = count_toll({}, in_may());
    for (const TargetKind kind : all_target_kinds()) {
        EXPECT_EQ(std::ranges::count(count.by_site, kind, &SiteToll::kind), is_protected_site(kind) ? 1 : 0)
            << name_of(kind);
    }
}

TEST(CountToll, KeepsItsDefinition) {
    const TollCount count = count_toll({}, in_may());
    EXPECT_EQ(count.definition.area, "aleppo");
    EXPECT_EQ(count.definition.days, may);
    EXPECT_EQ(count.definition.sources, std::vector<std::string>{"field reports v1"});
}

TEST(CountToll, KeepsBestAndLikelyWithinTheWholeRange) {
    EXPECT_TRUE(rc::check([] {
        const TollSum all = count_toll(any_incidents(), in_may()).all;
        RC_ASSERT(all.low <= all.best && all.best <= all.high);
        RC_ASSERT(all.likely.contains(static_cast<double>(all.best)));
        RC_ASSERT(static_cast<double>(all.low) <= all.likely.low);
        RC_ASSERT(all.likely.high <= static_cast<double>(all.high));
    }));
}

TEST(CountToll, PutsEachIncidentInOnePlace) {
    EXPECT_TRUE(rc::check([] {
        const auto incidents = any_incidents();
        const TollCount count = count_toll(incidents, in_may());
        RC_ASSERT(count.all.incidents + count.all.without_figure + count.outside == incidents.size());
        RC_ASSERT(count.civilians.incidents + count.civilians.without_figure + count.outside ==
                  incidents.size());
    }));
}

TEST(CountToll, DoesNotDependOnTheOrderOfIncidents) {
    EXPECT_TRUE(rc::check([] {
        auto incidents = any_incidents();
        const TollCount forwards = count_toll(incidents, in_may());
        std::ranges::reverse(incidents);
        const TollCount backwards = count_toll(incidents, in_may());
        RC_ASSERT(forwards.all == backwards.all);
        RC_ASSERT(forwards.civilians == backwards.civilians);
    }));
}

TEST(RunningToll, EachDayIsTheTollUpToIt) {
    EXPECT_TRUE(rc::check([] {
        const auto incidents = any_incidents();
        const auto course = running_toll(incidents, may, Dead::all);
        const auto place = any_in<std::size_t>(0, 31);
        TollDefinition up_to = in_may();
        up_to.days.end = start + days(static_cast<int>(place) + 1);
        const TollSum sum = count_toll(incidents, up_to).all;
        RC_ASSERT(course.at(place) == (RunningToll{up_to.days.end - days(1), sum.low, sum.best, sum.high}));
    }));
}

TEST(RunningToll, OfCiviliansCountsOnlyThem) {
    IncidentToll one = incident(day(2), {10, 10, 10});
    one.civilians_killed = CountRange::exactly(4);
    const auto course = running_toll(std::vector{one}, may, Dead::civilians);
    EXPECT_EQ(course[0].best, 0U);
    EXPECT_EQ(course[1].best, 4U);
    EXPECT_EQ(course[30].best, 4U);
}

TEST(CountToll, TellsGroupsApartOnlyWhereSourcesDo) {
    IncidentToll told = incident(day(3), {9, 9, 9});
    told.women_killed = CountRange::exactly(2);
    const std::vector incidents{told, incident(day(4), {5, 5, 5})};
    const TollCount count = count_toll(incidents, in_may());
    ASSERT_EQ(count.by_group.size(), 1U);
    EXPECT_EQ(count.by_group[0].whose, Dead::women);
    EXPECT_EQ(count.by_group[0].sum.best, 2U);
    EXPECT_EQ(count.by_group[0].sum.incidents, 1U);
    EXPECT_EQ(count.by_group[0].sum.without_figure, 1U);
}

TEST(CountToll, ByActAddsUpToTheWhole) {
    EXPECT_TRUE(rc::check([] {
        auto incidents = any_incidents();
        for (auto& one : incidents) {
            one.act = all_acts()[any_in<std::size_t>(0, all_acts().size())];
        }
        const TollCount count = count_toll(incidents, in_may());
        std::uint64_t best = 0;
        std::uint64_t number = 0;
        for (const ActToll& act : count.by_act) {
            best += act.all.best;
            number += act.incidents;
        }
        RC_ASSERT(best == count.all.best);
        RC_ASSERT(number == incidents.size() - count.outside);
    }));
}

TEST(TollDistribution, OfExactFiguresIsOneNumber) {
    const std::vector<std::vector<IncidentToll>> one{
        {incident(day(3), {4, 4, 4}), incident(day(4), {7, 7, 7})}};
    const auto toll = toll_distribution(one, may, Dead::all);
    EXPECT_EQ(toll.median, 11);
    EXPECT_EQ(toll.most, (numeric::Interval{11, 11}));
    ASSERT_EQ(toll.steps.size(), 1U);
    EXPECT_EQ(toll.steps[0].probability, 1);
}

TEST(TollDistribution, OfOneRangeIsTriangular) {
    // From 0 to 100 with its peak at 0: the median is 100 (1 - sqrt(1/2)), a quarter lies below 13.4.
    const std::vector<std::vector<IncidentToll>> one{{incident(day(3), {0, 0, 100})}};
    const auto toll = toll_distribution(one, may, Dead::all);
    EXPECT_NEAR(toll.median, 29.3, 1);
    EXPECT_NEAR(toll.half.low, 13.4, 1);
    EXPECT_NEAR(toll.mean, 100.0 / 3, 0.2);
    EXPECT_EQ(toll.low, 0U);
    EXPECT_EQ(toll.high, 100U);
}

TEST(TollDistribution, LiesHalfWayBetweenTwoGroupingsThatDiffer) {
    // Two accounts of one incident, or of two: 10 or 20 dead.
    const std::vector<AccountToll> accounts{incident(day(3), {10, 10, 10}), incident(day(3), {10, 10, 10})};
    const std::vector<std::uint32_t> together{0, 0};
    const std::vector<std::uint32_t> apart{0, 1};
    const std::vector groupings{group_accounts(accounts, together), group_accounts(accounts, apart)};
    const auto toll = toll_distribution(groupings, may, Dead::all);
    EXPECT_EQ(toll.groupings, 2U);
    EXPECT_EQ(toll.fewest_best, 10U);
    EXPECT_EQ(toll.most_best, 20U);
    EXPECT_EQ(toll.most, (numeric::Interval{10, 20}));
    EXPECT_NEAR(toll.mean, 15, 1e-9);
}

TEST(TollDistribution, OfManyIncidentsAgreesWithTheNormalInterval) {
    std::vector<IncidentToll> incidents;
    for (int i = 0; i < 1000; ++i) incidents.push_back(incident(day(1 + i % 30), {0, 2, 9}));
    const auto sum = count_toll(incidents, in_may()).all;
    const std::vector<std::vector<IncidentToll>> one{incidents};
    const auto toll = toll_distribution(one, may, Dead::all);
    EXPECT_NEAR(toll.mean, 1000 * 11.0 / 3, 8);
    EXPECT_NEAR(toll.most.high - toll.most.low, 2 * 1.96 * std::sqrt(1000 * (81 - 18 + 4) / 18.0), 16);
    EXPECT_LE(sum.low, toll.most.low);
}

TEST(TollDistribution, StaysWithinTheSumsAndAddsUpToOne) {
    EXPECT_TRUE(rc::check([] {
        const std::vector<std::vector<IncidentToll>> groupings{any_incidents(), any_incidents()};
        const auto toll = toll_distribution(groupings, may, Dead::all);
        double sum = 0;
        for (const auto& step : toll.steps) sum += step.probability;
        RC_ASSERT(std::abs(sum - 1) < 1e-9);
        RC_ASSERT(static_cast<double>(toll.low) <= toll.most.low);
        RC_ASSERT(toll.most.contains(toll.half));
        RC_ASSERT(toll.half.contains(toll.median));
        RC_ASSERT(toll.most.high <= static_cast<double>(toll.high));
    }));
}

TEST(GroupAccounts, JoinsFiguresAsOneIncidentsAndKeepsTheDaysAllAllow) {
    IncidentToll vague = incident({start, start + days(7)}, {1, 3, 5});
    vague.targets.add(TargetKind::medical);
    const std::vector<AccountToll> accounts{vague, incident(day(3), {2, 4, 9})};
    const std::vector<std::uint32_t> together{0, 0};
    const auto incidents = group_accounts(accounts, together);
    ASSERT_EQ(incidents.size(), 1U);
    EXPECT_EQ(incidents[0].killed, (CountRange{1, 3, 9}));
    EXPECT_EQ(incidents[0].days, day(3));
    EXPECT_TRUE(incidents[0].targets.has(TargetKind::medical));
}

}  // namespace
}  // namespace truce::analysis
