// SPDX-License-Identifier: Apache-2.0
#include "geo/buffer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "geo/validity.h"

namespace truce {
namespace {

TEST(BufferedLine, HasTheSurfaceOfAStadium) {
    const std::array line{Point{36, 37}, Point{37, 37}};
    const double length = distance(line[0], line[1]).in_km();
    const auto zone = buffered_line(line, Distance::km(5));
    ASSERT_TRUE(zone);
    const double stadium = 2 * 5 * length + std::numbers::pi * 25;
    EXPECT_NEAR(area(*zone).value, stadium, 0.01 * stadium);
}

TEST(BufferedLine, HoldsWhatIsNearAndNotWhatIsFar) {
    const std::array line{Point{36, 37}, Point{36, 39}};
    const auto zone = buffered_line(line, Distance::km(10));
    ASSERT_TRUE(zone);
    const double km = 180 / (std::numbers::pi * earth_radius_km);
    EXPECT_TRUE(contains(*zone, {36 + 9.9 * km, 38}));
    EXPECT_FALSE(contains(*zone, {36 + 10.1 * km, 38}));
    EXPECT_TRUE(contains(*zone, destination(line[1], {90}, Distance::km(9.9))));
    EXPECT_FALSE(contains(*zone, destination(line[1], {90}, Distance::km(10.1))));
}

TEST(BufferedLine, KeepsItsWidthOverThousandsOfKilometres) {
    const std::array line{Point{10, -30}, Point{50, 40}};
    const auto zone = buffered_line(line, Distance::km(50));
    ASSERT_TRUE(zone);
    EXPECT_EQ(why_invalid(*zone), "");
    // A point beside the line's middle, at right angles to it.
    const double slope = std::atan2(40, 70 * std::cos(30 * std::numbers::pi / 180)) * 180 / std::numbers::pi;
    EXPECT_TRUE(contains(*zone, destination({30, 5}, {360 - slope}, Distance::km(49))));
    EXPECT_FALSE(contains(*zone, destination({30, 5}, {360 - slope}, Distance::km(51.5))));
}

TEST(BufferedLine, GoesAcrossTheAntimeridian) {
    const std::array line{Point{-17, 179}, Point{-17, -179}};
    const auto zone = buffered_line(line, Distance::km(20));
    ASSERT_TRUE(zone);
    EXPECT_TRUE(contains(*zone, {-17.1, 179.9}));
    EXPECT_TRUE(contains(*zone, {-17.1, -179.9}));
    EXPECT_FALSE(contains(*zone, {-17, 0}));
}

TEST(BufferedLine, OfOnePointIsADisc) {
    const std::array line{Point{36, 37}};
    const auto zone = buffered_line(line, Distance::km(10));
    ASSERT_TRUE(zone);
    EXPECT_NEAR(area(*zone).value, 100 * std::numbers::pi, 1);
}

TEST(BufferedLine, RefusesAWidthOfNothing) {
    const std::array line{Point{36, 37}, Point{36, 39}};
    EXPECT_FALSE(buffered_line(line, Distance::km(0)));
    EXPECT_FALSE(buffered_line({}, Distance::km(1)));
}

TEST(PolygonOf, ADiscAtThePoleTakesThePoleIn) {
    const Shape cap = polygon_of({{89.5, 20}, Distance::km(300)});
    EXPECT_TRUE(contains(cap, {90, 0}));
    EXPECT_TRUE(contains(cap, {88.5, -160}));
    EXPECT_FALSE(contains(cap, {86, 20}));
    EXPECT_NEAR(area(cap).value, area(Shape(Disc{{89.5, 20}, Distance::km(300)})).value,
                0.01 * std::numbers::pi * 90000);
}

}  // namespace
}  // namespace truce
