// SPDX-License-Identifier: Apache-2.0
#include "analysis/hotspots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "base/random.h"

namespace truce::analysis {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using testing::Contains;
using testing::Not;

const sys_days first_day{days{17000}};
constexpr int length = 60;

LocatedIncident on(int day, Point place, Distance radius = Distance::km(1)) {
    return {.days = {first_day + days{day}, first_day + days{day + 1}}, .centre = place, .radius = radius};
}

Point place_of(std::size_t site) {
    return {35 + 0.2 * static_cast<double>(site % 5), 36 + 0.2 * static_cast<double>(site / 5)};
}

/// One incident every third day at each of 25 places, the places in turn.
std::vector<LocatedIncident> even() {
    std::vector<LocatedIncident> incidents;
    for (int day = 0; day < length; ++day) {
        for (std::size_t site = 0; site < 25; ++site) {
            if ((static_cast<std::size_t>(day) + site) % 3 == 0) incidents.push_back(on(day, place_of(site)));
        }
    }
    return incidents;
}

/// The same, and two more a day at the seventh place on the last ten days.
std::vector<LocatedIncident> raised() {
    auto incidents = even();
    for (int day = 2 * length - 20; day < 2 * length; ++day) incidents.push_back(on(day / 2, place_of(7)));
    return incidents;
}

HotspotSettings settings() {
    HotspotSettings settings;
    settings.study = {first_day, first_day + days{length}};
    settings.replicates = 99;
    return settings;
}

TEST(FindHotspots, FindsThePlaceAndTheDaysWhereIncidentsGather) {
    const Hotspots found = find_hotspots(raised(), settings());
    ASSERT_FALSE(found.why_not.has_value());
    ASSERT_FALSE(found.hotspots.empty());
    const Hotspot& hotspot = found.hotspots.front();
    EXPECT_LT(distance(hotspot.area.centre, place_of(7)), Distance::metres(1));
    EXPECT_LT(hotspot.area.radius, Distance::km(1));
    EXPECT_EQ(hotspot.days, (Days{first_day + days{length - 10}, first_day + days{length}}));
    EXPECT_EQ(hotspot.incidents, 24U);
    EXPECT_EQ(hotspot.members.size(), hotspot.incidents);
    EXPECT_EQ(hotspot.single.p, 0.01);
    EXPECT_EQ(hotspot.evidence, Evidence::clear);
}

TEST(FindHotspots, CallsNothingBeyondChanceWhereAllIsEven) {
    const Hotspots found = find_hotspots(even(), settings());
    EXPECT_LE(found.hotspots.size(), 1U);
    EXPECT_TRUE(std::ranges::all_of(
        found.hotspots, [](const Hotspot& hotspot) { return hotspot.evidence == Evidence::within_chance; }));
}

TEST(FindHotspots, OneBurstIsNoEvidenceWhereClustersMoveAsWholes) {
    auto incidents = even();
    for (int i = 0; i < 12; ++i) incidents.push_back(on(length - 1, place_of(7)));
    HotspotSettings wanted = settings();
    wanted.when = HotspotSettings::When::any_time;
    const Hotspots found = find_hotspots(incidents, wanted);
    ASSERT_FALSE(found.hotspots.empty());
    EXPECT_EQ(found.hotspots.front().evidence, Evidence::only_if_independent);
    EXPECT_GT(found.hotspots.front().clustered->p, 0.05);
    EXPECT_THAT(found.warnings, Contains(ScanWarning::self_excitation));
}

TEST(FindHotspots, WhatHasEndedDoesNotGoOn) {
    auto incidents = even();
    for (int day = 20; day < 30; ++day) incidents.push_back(on(day, place_of(7)));
    HotspotSettings wanted = settings();
    const Hotspots now = find_hotspots(incidents, wanted);
    EXPECT_TRUE(std::ranges::all_of(
        now.hotspots, [](const Hotspot& hotspot) { return hotspot.evidence == Evidence::within_chance; }));
    wanted.when = HotspotSettings::When::any_time;
    const Hotspots ever = find_hotspots(incidents, wanted);
    ASSERT_FALSE(ever.hotspots.empty());
    EXPECT_EQ(ever.hotspots.front().days.first, first_day + days{20});
    EXPECT_FALSE(ever.hotspots.front().single.recurrence_days.has_value());
}

TEST(FindHotspots, TheBaselineTellsARiseFromAShift) {
    // Everywhere half as many under the truce, but at the seventh place as many as before.
    std::vector<LocatedIncident> incidents;
    for (int day = -60; day < length; ++day) {
        for (std::size_t site = 0; site < 25; ++site) {
            if (day < 0 || site == 7 || (static_cast<std::size_t>(day) + site) % 2 == 0) {
                incidents.push_back(on(day, place_of(site)));
            }
        }
    }
    HotspotSettings wanted = settings();
    wanted.study = {first_day - days{60}, first_day + days{length}};
    wanted.longest = days{60};
    wanted.truce = Days{first_day, first_day + days{length}};
    const Hotspots permuted = find_hotspots(incidents, wanted);
    ASSERT_FALSE(permuted.hotspots.empty());
    EXPECT_LT(distance(permuted.hotspots.front().area.centre, place_of(7)), Distance::metres(1));
    EXPECT_THAT(permuted.warnings, Contains(ScanWarning::relative));

    wanted.model = numeric::ScanModel::expectation_based_poisson;
    wanted.baseline = {first_day - days{60}, first_day};
    wanted.study = {first_day, first_day + days{length}};
    const Hotspots expected = find_hotspots(incidents, wanted);
    EXPECT_TRUE(std::ranges::all_of(expected.hotspots, [](const Hotspot& hotspot) {
        return hotspot.evidence == Evidence::within_chance;
    }));
    EXPECT_THAT(expected.warnings, Not(Contains(ScanWarning::relative)));
    EXPECT_EQ(expected.baseline_incidents, 60U * 25);
}

TEST(FindHotspots, ExpectsOfAPlaceWhatPeopleLiveThere) {
    HotspotSettings wanted = settings();
    wanted.model = numeric::ScanModel::poisson;
    for (std::size_t site = 0; site < 25; ++site) wanted.population.push_back({place_of(site), 1000.0});
    wanted.population[3].population = 1;  // where as many incidents happen as elsewhere
    wanted.when = HotspotSettings::When::any_time;
    const Hotspots found = find_hotspots(even(), wanted);
    ASSERT_FALSE(found.hotspots.empty());
    EXPECT_LT(distance(found.hotspots.front().area.centre, place_of(3)), Distance::metres(1));
}

TEST(FindHotspots, ComparesSharesOfCases) {
    auto incidents = even();
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        incidents[i].is_case = i % 4 == 0 || distance(*incidents[i].centre, place_of(11)) < Distance::km(1);
    }
    HotspotSettings wanted = settings();
    wanted.model = numeric::ScanModel::bernoulli;
    const Hotspots found = find_hotspots(incidents, wanted);
    ASSERT_FALSE(found.hotspots.empty());
    EXPECT_LT(distance(found.hotspots.front().area.centre, place_of(11)), Distance::metres(1));
    EXPECT_FALSE(found.hotspots.front().clustered.has_value());
    EXPECT_TRUE(std::ranges::all_of(found.hotspots.front().members,
                                    [&](std::uint32_t member) { return incidents[member].is_case; }));
}

TEST(FindHotspots, LeavesOutWhatIsKnownTooCoarselyAndSaysSo) {
    auto incidents = even();
    for (int i = 0; i < 200; ++i) incidents.push_back(on(length - 1, place_of(7), Distance::km(30)));
    incidents.push_back({.days = {first_day, first_day + days{31}}, .centre = place_of(0)});
    incidents.push_back({.days = {first_day, first_day + days{1}}, .centre = {}});
    incidents.push_back(on(length + 5, place_of(0)));
    const Hotspots found = find_hotspots(incidents, settings());
    EXPECT_EQ(found.left_out.coarse_place, 200U);
    EXPECT_EQ(found.left_out.coarse_time, 1U);
    EXPECT_EQ(found.left_out.no_place, 1U);
    EXPECT_EQ(found.left_out.outside, 1U);
    EXPECT_EQ(found.scanned + 203, incidents.size());
    EXPECT_THAT(found.warnings, Contains(ScanWarning::low_precision));
}

TEST(FindHotspots, SpreadsCoarsePlacesOverTheSitesWithinTheirReach) {
    auto incidents = even();
    for (int i = 0; i < 100; ++i) incidents.push_back(on(i % length, place_of(12), Distance::km(30)));
    incidents.push_back(on(1, {60, 60}, Distance::km(30)));
    HotspotSettings wanted = settings();
    wanted.coarse_places = CoarsePlaces::spread;
    const Hotspots found = find_hotspots(incidents, wanted);
    EXPECT_EQ(found.spread, 100U);
    EXPECT_EQ(found.left_out.coarse_place, 1U);  // no site is near it
    EXPECT_EQ(found.scanned + 1, incidents.size());
    EXPECT_EQ(found.sites, 25U);
}

TEST(FindHotspots, JoinsSitesWhereThereAreTooMany) {
    Random random(5);
    std::vector<LocatedIncident> incidents;
    for (int i = 0; i < 400; ++i) {
        incidents.push_back(on(i % length, {35 + random.uniform(), 36 + random.uniform()}));
    }
    HotspotSettings wanted = settings();
    wanted.most_sites = 50;
    const Hotspots found = find_hotspots(incidents, wanted);
    EXPECT_LE(found.sites, 50U);
    ASSERT_TRUE(found.cell.has_value());
    EXPECT_GT(*found.cell, Distance::km(5));
}

TEST(FindHotspots, SaysWhyNothingWasScanned) {
    EXPECT_EQ(find_hotspots({}, settings()).why_not, NoScan::too_few_incidents);
    std::vector<LocatedIncident> one_place;
    std::vector<LocatedIncident> one_day;
    for (int i = 0; i < 20; ++i) {
        one_place.push_back(on(i, place_of(0)));
        one_day.push_back(on(3, place_of(static_cast<std::size_t>(i))));
    }
    EXPECT_EQ(find_hotspots(one_place, settings()).why_not, NoScan::one_place);
    EXPECT_EQ(find_hotspots(one_day, settings()).why_not, NoScan::one_day);
    HotspotSettings wanted = settings();
    wanted.model = numeric::ScanModel::expectation_based_poisson;
    wanted.baseline = {first_day - days{30}, first_day};
    EXPECT_EQ(find_hotspots(even(), wanted).why_not, NoScan::nothing_before);
    wanted.model = numeric::ScanModel::poisson;
    EXPECT_EQ(find_hotspots(even(), wanted).why_not, NoScan::no_population);
    wanted.model = numeric::ScanModel::bernoulli;
    EXPECT_EQ(find_hotspots(even(), wanted).why_not, NoScan::all_of_one_kind);
}

TEST(FindHotspots, WarnsWherePlacesChange) {
    std::vector<LocatedIncident> incidents;
    for (int day = 0; day < length; ++day) {
        for (std::size_t site = 0; site < 5; ++site) {
            incidents.push_back(on(day, place_of(day < length / 2 ? site : site + 20)));
        }
    }
    EXPECT_THAT(find_hotspots(incidents, settings()).warnings, Contains(ScanWarning::coverage_changes));
    EXPECT_THAT(find_hotspots(even(), settings()).warnings, Not(Contains(ScanWarning::coverage_changes)));
}

TEST(FindHotspots, WindowsCoverWholeBinsCountedBackFromTheEnd) {
    HotspotSettings wanted = settings();
    wanted.bin = days{7};
    const Hotspots found = find_hotspots(raised(), wanted);
    ASSERT_FALSE(found.hotspots.empty());
    const Days window = found.hotspots.front().days;
    EXPECT_EQ(window.end, first_day + days{length});
    EXPECT_EQ(window.length() % 7, 0);
    EXPECT_LE(window.length(), 14);
}

TEST(FindHotspots, RecurrenceIsTheIntervalBetweenScansOverTheP) {
    HotspotSettings wanted = settings();
    wanted.between_scans = days{7};
    const Hotspots found = find_hotspots(even(), wanted);
    ASSERT_FALSE(found.hotspots.empty());
    const Rarity& rarity = found.hotspots.front().single;
    EXPECT_NEAR(rarity.recurrence_days.value(), 7 / rarity.p, 1e-9);
}

TEST(FindHotspots, DoesNotDependOnThreadsNorOnTheOrderOfWhatIsNotTied) {
    HotspotSettings wanted = settings();
    const Hotspots one = find_hotspots(raised(), wanted);
    wanted.threads = 3;
    const Hotspots three = find_hotspots(raised(), wanted);
    EXPECT_EQ(one.critical, three.critical);
    EXPECT_EQ(one.hotspots.front().clustered->p, three.hotspots.front().clustered->p);
    auto backwards = raised();
    std::ranges::reverse(backwards);
    const Hotspots reversed = find_hotspots(backwards, settings());
    EXPECT_EQ(one.hotspots.front().statistic, reversed.hotspots.front().statistic);
    EXPECT_EQ(one.critical, reversed.critical);
}

TEST(FindHotspots, StaysWhereItIsWhenTheMapIsShifted) {
    auto shifted = raised();
    for (LocatedIncident& incident : shifted) incident.centre->lon += 143.5;  // across the antimeridian
    for (LocatedIncident& incident : shifted) incident.centre = normalised(*incident.centre);
    const Hotspots here = find_hotspots(raised(), settings());
    const Hotspots there = find_hotspots(shifted, settings());
    EXPECT_NEAR(here.hotspots.front().statistic, there.hotspots.front().statistic, 1e-9);
    EXPECT_EQ(here.hotspots.front().days, there.hotspots.front().days);
}

TEST(FindHotspots, AccountsForEveryIncident) {
    rc::check([] {
        Random random(*rc::gen::arbitrary<std::uint64_t>());
        std::vector<LocatedIncident> incidents;
        for (std::uint64_t i = random.below(80); i > 0; --i) {
            const auto day = first_day + days{static_cast<int>(random.below(80)) - 10};
            incidents.push_back(
                {.days = {day, day + days{1 + static_cast<int>(random.below(10))}},
                 .centre = random.below(8) == 0 ? std::nullopt : std::optional(place_of(random.below(25))),
                 .radius = Distance::km(static_cast<double>(random.below(40)))});
        }
        HotspotSettings wanted = settings();
        wanted.replicates = 19;
        wanted.coarse_places = random.below(2) == 0 ? CoarsePlaces::spread : CoarsePlaces::leave_out;
        const Hotspots found = find_hotspots(incidents, wanted);
        const LeftOutOfScan& out = found.left_out;
        RC_ASSERT(found.scanned + found.baseline_incidents + out.outside + out.no_place + out.coarse_place +
                      out.coarse_time ==
                  incidents.size());
    });
}

}  // namespace
}  // namespace truce::analysis
