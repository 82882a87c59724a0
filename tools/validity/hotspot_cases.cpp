// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <vector>

#include "analysis/hotspots.h"
#include "courses.h"
#include "geo/distance.h"
#include "scores.h"

namespace truce::validity {

namespace {

using analysis::Evidence;
using analysis::Hotspots;
using analysis::LocatedIncident;
using std::chrono::days;

constexpr int places = 49;
constexpr int study_days = 60;

/// Forty-nine towns in a square, 20 km apart.
Point town(std::uint64_t place) {
    return {.lat = 35 + 0.18 * static_cast<double>(place / 7), .lon = 36 + 0.22 * static_cast<double>(place % 7)};
}

struct Ground {
    double per_day = 5;
    double called_forth = 0;
    double delay = 3;
    /// More incidents in the last ten days, in the four towns at one corner of the square's middle.
    double added = 0;
};

LocatedIncident at(std::uint64_t place, double time) {
    const auto day = entry + days(static_cast<int>(time));
    return {.days = {day, day + days(1)}, .centre = town(place), .radius = Distance::km(1)};
}

std::vector<LocatedIncident> incidents_of(const Ground& ground, Random& random) {
    struct One {
        double time;
        std::uint64_t place;
    };
    std::vector<double> weights;
    for (int i = 0; i < places; ++i) weights.push_back(random.gamma(2));
    double all = 0;
    for (double& weight : weights) weight = all += weight;
    const auto somewhere = [&] {
        return static_cast<std::uint64_t>(std::ranges::upper_bound(weights, random.uniform() * all) -
                                          weights.begin());
    };
    std::vector<One> made;
    const double settling = 10 * ground.delay;
    const double between = 1 / (ground.per_day * (1 - ground.called_forth));
    for (double time = random.exponential() * between - settling; time < study_days;
         time += random.exponential() * between) {
        made.push_back({time, somewhere()});
    }
    for (std::size_t i = 0; i < made.size(); ++i) {
        for (auto child = random.poisson(ground.called_forth); child > 0; --child) {
            const double time = made[i].time + random.exponential() * ground.delay;
            if (time < study_days) made.push_back({time, made[i].place});
        }
    }
    constexpr std::uint64_t corners[]{24, 25, 31, 32};
    for (auto more = random.poisson(ground.added); more > 0; --more)
        made.push_back({study_days - 10 * random.uniform_open(), corners[random.below(4)]});
    std::vector<LocatedIncident> incidents;
    for (const One& one : made) {
        if (one.time >= 0) incidents.push_back(at(one.place, one.time));
    }
    return incidents;
}

Hotspots scanned(const Ground& ground, Random& random, std::uint64_t seed) {
    analysis::HotspotSettings settings;
    settings.study = {entry, entry + days(study_days)};
    settings.replicates = 99;
    settings.seed = seed;
    return analysis::find_hotspots(incidents_of(ground, random), settings);
}

bool single_alarm(const Hotspots& found) {
    return !found.hotspots.empty() && found.hotspots[0].single.p <= 0.05;
}

bool clear(const Hotspots& found) {
    return !found.hotspots.empty() && found.hotspots[0].evidence == Evidence::clear;
}

bool warns(const Hotspots& found) {
    return std::ranges::find(found.warnings, analysis::ScanWarning::self_excitation) != found.warnings.end();
}

/// Where the incidents were added, within what a circle may be off.
bool at_the_corner(const Hotspots& found) {
    if (found.hotspots.empty()) return false;
    const Disc area = found.hotspots[0].area;
    return contains({.centre = area.centre, .radius = Distance::km(area.radius.in_km() + 1)}, town(24)) ||
           contains({.centre = area.centre, .radius = Distance::km(area.radius.in_km() + 1)}, town(32));
}

Case quiet_case(std::string name, std::string truth, const Ground& ground, std::vector<Wanted> wanted) {
    return {.name = std::move(name),
            .chapter = "Where fighting goes on",
            .truth = std::move(truth),
            .wanted = std::move(wanted),
            .draw = [ground](Random& random, std::uint64_t seed, Scores& scores) {
                const Hotspots found = scanned(ground, random, seed);
                scores.trial("p of single incidents at most 0.05", single_alarm(found));
                scores.trial("called beyond chance", clear(found));
                scores.trial("self-excitation is seen", warns(found));
                if (single_alarm(found) && ground.called_forth > 0) {
                    scores.trial("not called, or warned, where the single p misleads",
                                 !clear(found) || warns(found));
                }
            }};
}

Case hotspot_case(std::string name, std::string truth, const Ground& ground, std::vector<Wanted> wanted) {
    return {.name = std::move(name),
            .chapter = "Where fighting goes on",
            .truth = std::move(truth),
            .wanted = std::move(wanted),
            .draw = [ground](Random& random, std::uint64_t seed, Scores& scores) {
                const Hotspots found = scanned(ground, random, seed);
                scores.trial("found, and beyond chance if single", single_alarm(found) && at_the_corner(found));
                scores.trial("found, and called beyond chance", clear(found) && at_the_corner(found));
            }};
}

}  // namespace

std::vector<Case> hotspot_cases() {
    const std::string independent =
        "Some 300 independent incidents at 49 towns over 60 days, none of them special; what still goes on is "
        "looked for, with 99 replicates.";
    std::vector<Case> cases;
    cases.push_back(quiet_case(
        "no hotspot", independent, {},
        {{.what = "p of single incidents at most 0.05", .kind = Kind::false_alarm, .bounds = {0.02, 0.09}, .remark = {}},
         {.what = "called beyond chance",
          .kind = Kind::false_alarm,
          .bounds = {0, 0.06},
          .remark = "both p-values must be small"},
         {.what = "self-excitation is seen", .kind = Kind::false_alarm, .bounds = {0, 0.1}, .remark = {}}}));
    cases.push_back(quiet_case(
        "no hotspot, incidents that call forth others",
        "The same with half of the incidents called forth by another at the same town, three days before.",
        {.called_forth = 0.5},
        {{.what = "p of single incidents at most 0.05",
          .kind = Kind::false_alarm,
          .bounds = {0.3, 1},
          .remark = "wrong, and why the second p stands beside it"},
         {.what = "called beyond chance",
          .kind = Kind::false_alarm,
          .bounds = {0, 0.25},
          .remark = "clusters longer than three days are cut by the clusters moved as wholes; hence the warning"},
         {.what = "self-excitation is seen", .kind = Kind::warning, .bounds = {0.9, 1}, .remark = {}},
         {.what = "not called, or warned, where the single p misleads",
          .kind = Kind::warning,
          .bounds = {0.9, 1},
          .remark = {}}}));
    cases.push_back(hotspot_case(
        "a hotspot", "As the first, with 24 incidents more in four neighbouring towns in the last ten days.",
        {.added = 24},
        {{.what = "found, and beyond chance if single", .kind = Kind::power, .bounds = {0.85, 1}, .remark = {}},
         {.what = "found, and called beyond chance",
          .kind = Kind::power,
          .bounds = {0.5, 1},
          .remark = "the price of allowing for clusters"}}));
    return cases;
}

}  // namespace truce::validity
