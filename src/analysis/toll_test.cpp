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

}  // namespace
}  // namespace truce::analysis
