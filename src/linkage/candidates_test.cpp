// SPDX-License-Identifier: Apache-2.0
#include "linkage/candidates.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <limits>
#include <map>
#include <utility>

#include "base/random.h"
#include "geo/point.h"

namespace truce::linkage {
namespace {

struct Places {
    std::vector<double> lats;
    std::vector<double> lons;
    std::vector<std::uint8_t> coarse;
    std::vector<std::int32_t> first_days;
    std::vector<std::int32_t> last_days;

    void add(Point at, std::int32_t day, std::int32_t days = 1, bool is_coarse = false) {
        lats.push_back(at.lat);
        lons.push_back(at.lon);
        coarse.push_back(is_coarse ? 1 : 0);
        first_days.push_back(day);
        last_days.push_back(day + days - 1);
    }
    [[nodiscard]] Spots spots() const { return {lats, lons, coarse, first_days, last_days}; }
};

using Found = std::map<std::pair<std::uint32_t, std::uint32_t>, int>;

Found found_in(const Places& places, const Window& window) {
    const Candidates candidates(places.spots(), window);
    Found found;
    for (std::size_t piece = 0; piece < candidates.pieces(); ++piece) {
        candidates.visit(
            piece, [&](std::uint32_t a, std::uint32_t b, double /*km*/) { ++found[std::minmax(a, b)]; });
    }
    return found;
}

/// The rule, pair by pair.
bool in_window(const Places& p, std::uint32_t a, std::uint32_t b, const Window& window) {
    const auto episode = [&](std::uint32_t i) {
        return p.last_days[i] - p.first_days[i] >= longest_moment_days;
    };
    if (episode(a) != episode(b)) return false;
    if (episode(a)) {
        if (std::abs(p.first_days[a] - p.first_days[b]) > window.episode_days ||
            std::abs(p.last_days[a] - p.last_days[b]) > window.episode_days)
            return false;
    } else if (std::max(p.first_days[a], p.first_days[b]) - std::min(p.last_days[a], p.last_days[b]) >
               window.days) {
        return false;
    }
    const double km = distance({p.lats[a], p.lons[a]}, {p.lats[b], p.lons[b]}).in_km();
    return km <= (p.coarse[a] != 0 || p.coarse[b] != 0 ? window.coarse_km : window.km);
}

void expect_all_pairs(const Places& places, const Window& window) {
    Found expected;
    for (std::uint32_t a = 0; a < places.lats.size(); ++a) {
        for (std::uint32_t b = a + 1; b < places.lats.size(); ++b) {
            if (in_window(places, a, b, window)) expected[{a, b}] = 1;
        }
    }
    EXPECT_EQ(found_in(places, window), expected);
}

/// Accounts scattered about a centre, of moments and of stretches, known well and less well.
Places scattered(Point centre, double degrees, std::uint64_t seed) {
    Random random(seed);
    Places places;
    for (int i = 0; i < 250; ++i) {
        const double lat = centre.lat + degrees * (2 * random.uniform() - 1);
        const double lon =
            centre.lon + degrees * (2 * random.uniform() - 1) / std::max(0.02, std::cos(centre.lat / 57.3));
        const auto days = random.below(4) == 0 ? static_cast<std::int32_t>(1 + random.below(30)) : 1;
        places.add(normalised({.lat = std::clamp(lat, -90.0, 90.0), .lon = lon}),
                   static_cast<std::int32_t>(random.below(40)), days, random.below(5) == 0);
    }
    return places;
}

TEST(Candidates, AreAllPairsWithinTheWindow) {
    expect_all_pairs(scattered({.lat = 36.2, .lon = 37.1}, 1.0, 1), {});
}

TEST(Candidates, AreFoundAcrossTheAntimeridian) {
    expect_all_pairs(scattered({.lat = -17, .lon = 180}, 0.8, 2), {});
}

TEST(Candidates, AreFoundAboutThePole) {
    expect_all_pairs(scattered({.lat = 89.7, .lon = 0}, 0.4, 3), {.km = 40, .coarse_km = 60});
}

TEST(Candidates, AreFoundWhereMeridiansCrowd) {
    expect_all_pairs(scattered({.lat = 70, .lon = 100}, 1.0, 4), {.km = 10, .coarse_km = 80, .days = 5});
}

TEST(Candidates, AreTheSameInAWindowWiderThanTheWorld) {
    expect_all_pairs(scattered({.lat = 0, .lon = 0}, 80, 5), {.km = 5000, .coarse_km = 20000, .days = 1});
}

TEST(Candidates, APlaceThatIsNotKnownIsInNoPair) {
    Places places;
    places.add({.lat = 36, .lon = 37}, 0);
    places.add({.lat = std::numeric_limits<double>::quiet_NaN(), .lon = 0}, 0);
    EXPECT_TRUE(found_in(places, {}).empty());
}

TEST(Candidates, AnAccountOfAMonthIsNotComparedWithOneOfADay) {
    Places places;
    places.add({.lat = 36, .lon = 37}, 10);
    places.add({.lat = 36, .lon = 37}, 0, 31);
    EXPECT_TRUE(found_in(places, {}).empty());
}

TEST(Candidates, OfABoxAreWithinItsDegrees) {
    Places places;
    places.add({.lat = 36, .lon = 37}, 0);
    places.add({.lat = 36.25, .lon = 37.25}, 3);
    places.add({.lat = 36.26, .lon = 37}, 0);
    const Found expected{{{0, 1}, 1}, {{1, 2}, 1}};
    EXPECT_EQ(found_in(places, {.days = 3, .box_degrees = 0.251}), expected);
}

}  // namespace
}  // namespace truce::linkage
