// SPDX-License-Identifier: Apache-2.0
#include "geo/shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "geo/orientation.h"
#include "geo/point.h"

namespace truce {
namespace {

Ring ring(std::initializer_list<Point> vertices) {
    return Ring{vertices};
}

Shape shape_of(Ring outer, std::vector<Ring> holes = {}) {
    const Polygon polygon{.outer = std::move(outer), .holes = std::move(holes)};
    auto shape = make_shape(std::span(&polygon, 1));
    EXPECT_TRUE(shape) << shape.error().message;
    return std::move(shape).value_or(Shape{});
}

// Written as {lat, lon}.
Shape unit_square() {
    return shape_of(ring({{0, 0}, {0, 1}, {1, 1}, {1, 0}, {0, 0}}));
}

constexpr double square_km_of_globe = 4 * std::numbers::pi * earth_radius_km * earth_radius_km;

TEST(Distance, OfOneDegreeOfAMeridianFollowsFromTheMeanRadius) {
    EXPECT_NEAR(distance({0, 0}, {1, 0}).in_km(), earth_radius_km * std::numbers::pi / 180, 1e-9);
}

TEST(Distance, FromAleppoToDamascusIsThatOfTheHaversineFormula) {
    // 2 r asin sqrt(sin^2(dlat / 2) + cos cos sin^2(dlon / 2)), worked apart in Python
    EXPECT_NEAR(distance({36.2021, 37.1343}, {33.5138, 36.2765}).in_km(), 308.9980346943234, 1e-9);
}

TEST(Distance, BetweenAntipodesIsHalfAGirth) {
    EXPECT_NEAR(distance({12, 34}, {-12, -146}).in_km(), earth_radius_km * std::numbers::pi, 1e-6);
}

TEST(Distance, AcrossTheAntimeridianIsTheShortWay) {
    EXPECT_NEAR(distance({0, 179.5}, {0, -179.5}).in_km(), earth_radius_km * std::numbers::pi / 180, 1e-9);
}

TEST(Destination, LiesAtItsDistanceAndBearing) {
    const Point from{36.2, 37.16};
    const Point to = destination(from, {123}, Distance::km(250));
    EXPECT_NEAR(distance(from, to).in_km(), 250, 1e-9);
    EXPECT_NEAR(bearing(from, to).degrees, 123, 1e-9);
}

TEST(Normalised, BringsALongitudeIntoOneTurn) {
    EXPECT_EQ(normalised({1, 190}), (Point{1, -170}));
}

TEST(Orientation, IsExactWhereADeterminantIsAllRounding) {
    // The classic case of Kettner et al. (2008): points one unit in the last place off a line.
    const Point a{12, 12};
    const Point b{24, 24};
    const double step = std::ldexp(1.0, -53);
    EXPECT_EQ(geo_detail::orientation(a, b, {0.5, 0.5}), 0);
    EXPECT_EQ(geo_detail::orientation(a, b, {0.5 + 2 * step, 0.5 + 2 * step}), 0);
    EXPECT_EQ(geo_detail::orientation(a, b, {0.5 + 2 * step, 0.5}), 1);
    EXPECT_EQ(geo_detail::orientation(a, b, {0.5, 0.5 + 2 * step}), -1);
}

TEST(Contains, HoldsForTheInside) {
    EXPECT_TRUE(contains(unit_square(), {0.5, 0.5}));
}

TEST(Contains, HoldsForAnEdge) {
    EXPECT_TRUE(contains(unit_square(), {0.5, 1}));
}

TEST(Contains, HoldsForAHorizontalEdge) {
    EXPECT_TRUE(contains(unit_square(), {1, 0.5}));
    EXPECT_TRUE(contains(unit_square(), {0, 0.5}));
}

TEST(Contains, HoldsForAVertex) {
    EXPECT_TRUE(contains(unit_square(), {1, 1}));
}

TEST(Contains, FailsBesideAHorizontalEdge) {
    EXPECT_FALSE(contains(unit_square(), {1, 1.5}));
}

TEST(Contains, FailsOneUnitInTheLastPlaceOutside) {
    EXPECT_FALSE(contains(unit_square(), {0.5, std::nextafter(1.0, 2.0)}));
}

TEST(Contains, FailsForWhatIsNoPlace) {
    EXPECT_FALSE(contains(unit_square(), {std::numeric_limits<double>::quiet_NaN(), 0.5}));
    EXPECT_FALSE(contains(rectangle({-90, -180, 90, 180}), {91, 0}));
}

TEST(Contains, FailsInAHoleButHoldsOnItsEdge) {
    const Shape shape = shape_of(ring({{0, 0}, {0, 9}, {9, 9}, {9, 0}, {0, 0}}),
                                 {ring({{3, 3}, {3, 6}, {6, 6}, {6, 3}, {3, 3}})});
    EXPECT_FALSE(contains(shape, {4, 4}));
    EXPECT_TRUE(contains(shape, {3, 4}));
    EXPECT_TRUE(contains(shape, {1, 4}));
}

TEST(Contains, FollowsStraightLinesInLongitudeAndLatitude) {
    // The great circle from (40, 0) to (40, 60) passes well north of latitude 40.
    const Shape shape = shape_of(ring({{0, 0}, {0, 60}, {40, 60}, {40, 0}, {0, 0}}));
    EXPECT_FALSE(contains(shape, {40.001, 30}));
    EXPECT_TRUE(contains(shape, {40, 30}));
}

TEST(Contains, HoldsOnTheEdgeOfADisc) {
    const Shape disc(Disc{{36.2, 37.16}, Distance::km(10)});
    EXPECT_TRUE(contains(disc, destination({36.2, 37.16}, {77}, Distance::km(9.999999))));
    EXPECT_FALSE(contains(disc, destination({36.2, 37.16}, {77}, Distance::km(10.000001))));
}

TEST(Contains, TakesBothEndsOfTheMapForOnePlace) {
    const Shape east = rectangle({10, 170, 20, 180});
    EXPECT_TRUE(contains(east, {15, 180}));
    EXPECT_TRUE(contains(east, {15, -180}));
    EXPECT_FALSE(contains(east, {25, -180}));
}

TEST(Contains, TakesAllLongitudesAtAPoleForOnePlace) {
    EXPECT_TRUE(contains(rectangle({80, 10, 90, 20}), {90, -120}));
    EXPECT_FALSE(contains(rectangle({80, 10, 90, 20}), {-90, 15}));
}

TEST(MakeShape, CutsARingThatCrossesTheAntimeridian) {
    // Fiji, roughly: from 177 east to 178 west.
    const Shape fiji = shape_of(ring({{-20, 177}, {-20, -178}, {-16, -178}, {-16, 177}, {-20, 177}}));
    ASSERT_EQ(fiji.polygon_count(), 2U);
    EXPECT_TRUE(contains(fiji, {-18, 179}));
    EXPECT_TRUE(contains(fiji, {-18, -179}));
    EXPECT_TRUE(contains(fiji, {-18, 180}));
    EXPECT_FALSE(contains(fiji, {-18, 0}));
    EXPECT_FALSE(contains(fiji, {-18, -177}));
}

TEST(MakeShape, TakesLongitudesBeyond180ForTheSameCut) {
    const Shape beyond = shape_of(ring({{-20, 177}, {-20, 182}, {-16, 182}, {-16, 177}, {-20, 177}}));
    const Shape across = shape_of(ring({{-20, 177}, {-20, -178}, {-16, -178}, {-16, 177}, {-20, 177}}));
    EXPECT_EQ(beyond, across);
}

TEST(MakeShape, KeepsAHoleOnTheSideWhereItLies) {
    const Shape shape = shape_of(ring({{-20, 170}, {-20, -170}, {-10, -170}, {-10, 170}, {-20, 170}}),
                                 {ring({{-16, 172}, {-14, 172}, {-14, 174}, {-16, 174}, {-16, 172}}),
                                  ring({{-16, -174}, {-14, -174}, {-14, -172}, {-16, -172}, {-16, -174}})});
    EXPECT_FALSE(contains(shape, {-15, 173}));
    EXPECT_FALSE(contains(shape, {-15, -173}));
    EXPECT_TRUE(contains(shape, {-15, 179}));
    EXPECT_TRUE(contains(shape, {-15, -179}));
}

TEST(MakeShape, CutsAHoleThatCrossesTheAntimeridianToo) {
    const Shape shape = shape_of(ring({{-20, 170}, {-20, -170}, {-10, -170}, {-10, 170}, {-20, 170}}),
                                 {ring({{-16, 178}, {-14, 178}, {-14, -178}, {-16, -178}, {-16, 178}})});
    EXPECT_FALSE(contains(shape, {-15, 179}));
    EXPECT_FALSE(contains(shape, {-15, -179}));
    EXPECT_TRUE(contains(shape, {-12, 179}));
}

TEST(MakeShape, TakesInThePoleThatARingGoesRound) {
    const Shape cap = shape_of(ring({{-70, 0}, {-75, 90}, {-70, 179}, {-72, -90}, {-70, 0}}));
    EXPECT_TRUE(contains(cap, {-90, 0}));
    EXPECT_TRUE(contains(cap, {-85, 135}));
    EXPECT_TRUE(contains(cap, {-85, -135}));
    EXPECT_TRUE(contains(cap, {-89, 180}));
    EXPECT_FALSE(contains(cap, {-60, 10}));
    EXPECT_FALSE(contains(cap, {89, 10}));
}

TEST(MakeShape, TakesARectangleOfTheWorldAsWritten) {
    const Shape world = shape_of(ring({{-90, -180}, {-90, 180}, {90, 180}, {90, -180}, {-90, -180}}));
    EXPECT_TRUE(contains(world, {12, 34}));
    EXPECT_NEAR(area(world).value / square_km_of_globe, 1, 1e-12);
}

TEST(MakeShape, TakesAStepFromOneEndOfTheMapToTheOtherForNone) {
    // As programs that cut at the antimeridian and sewed together again leave it.
    const Shape sewn = shape_of(
        ring({{0, 170}, {0, 180}, {0, -180}, {0, -170}, {9, -170}, {9, -180}, {9, 180}, {9, 170}, {0, 170}}));
    EXPECT_TRUE(contains(sewn, {5, 175}));
    EXPECT_TRUE(contains(sewn, {5, -175}));
    EXPECT_FALSE(contains(sewn, {5, 0}));
    EXPECT_NEAR(area(sewn).value, area(rectangle({0, 170, 9, -170})).value, 1e-6);
}

TEST(MakeShape, TakesAPoleThatWasCutOpen) {
    const Shape cap =
        shape_of(ring({{-70, -180}, {-75, 0}, {-70, 180}, {-90, 180}, {-90, -180}, {-70, -180}}));
    EXPECT_TRUE(contains(cap, {-80, 10}));
    EXPECT_TRUE(contains(cap, {-90, 10}));
    EXPECT_FALSE(contains(cap, {-60, 10}));
}

TEST(MakeShape, LeavesACapThatWasCutOpenAsItIs) {
    const Ring open = ring({{-70, -180}, {-90, -180}, {-90, 180}, {-70, 180}, {-75, 0}, {-70, -180}});
    EXPECT_EQ(shape_of(open).polygon(0).outer, open);
}

TEST(MakeShape, TurnsRingsAsRfc7946Wants) {
    const Shape clockwise = shape_of(ring({{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}}));
    EXPECT_EQ(clockwise, unit_square());
}

TEST(MakeShape, RefusesARingThatIsNotClosed) {
    const Polygon open{.outer = ring({{0, 0}, {0, 1}, {1, 1}, {1, 0}}), .holes = {}};
    const auto shape = make_shape(std::span(&open, 1));
    ASSERT_FALSE(shape);
    EXPECT_THAT(shape.error().message, testing::HasSubstr("not closed"));
}

TEST(MakeShape, RefusesMetres) {
    const Polygon metres{.outer = ring({{4e6, 3e5}, {4e6, 3.1e5}, {4.1e6, 3.1e5}, {4e6, 3e5}}), .holes = {}};
    const auto shape = make_shape(std::span(&metres, 1));
    ASSERT_FALSE(shape);
    EXPECT_THAT(shape.error().message, testing::HasSubstr("want degrees"));
}

TEST(MakeShape, RefusesARingThatGoesTwiceRound) {
    const Polygon twice{.outer = ring({{0, 0}, {1, 120}, {1, -120}, {1, 0}, {2, 120}, {2, -120}, {0, 0}}),
                        .holes = {}};
    EXPECT_FALSE(make_shape(std::span(&twice, 1)));
}

TEST(Rectangle, GoesAcrossTheAntimeridianWhereWestIsEastOfEast) {
    const Shape shape = rectangle({-10, 170, 10, -170});
    EXPECT_TRUE(contains(shape, {0, 175}));
    EXPECT_TRUE(contains(shape, {0, -175}));
    EXPECT_FALSE(contains(shape, {0, 0}));
}

TEST(Area, OfAZoneIsItsShareOfTheGlobe) {
    // Archimedes: a zone's surface goes with the difference of the sines of its latitudes.
    EXPECT_NEAR(area(rectangle({0, 0, 30, 90})).value / square_km_of_globe, 0.25 * 0.5 / 2, 1e-14);
}

TEST(Area, OfAHoleIsTakenOff) {
    const Shape whole = shape_of(ring({{0, 0}, {0, 9}, {9, 9}, {9, 0}, {0, 0}}));
    const Shape hole = shape_of(ring({{3, 3}, {3, 6}, {6, 6}, {6, 3}, {3, 3}}));
    const Shape both = shape_of(ring({{0, 0}, {0, 9}, {9, 9}, {9, 0}, {0, 0}}),
                                {ring({{3, 3}, {3, 6}, {6, 6}, {6, 3}, {3, 3}})});
    EXPECT_NEAR(area(both).value, area(whole).value - area(hole).value, 1e-6);
}

TEST(Bounds, OfADiscAtThePoleReachAllLongitudes) {
    const Box box = bounds(Disc{{89.9, 10}, Distance::km(100)});
    EXPECT_EQ(box.north, 90);
    EXPECT_EQ(box.west, -180);
    EXPECT_EQ(box.east, 180);
}

TEST(Bounds, OfTheEmptyShapeAreNothing) {
    EXPECT_EQ(Shape{}.bounds(), std::nullopt);
}

}  // namespace
}  // namespace truce
