// SPDX-License-Identifier: Apache-2.0
#include "geo/share.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <numbers>

#include "geo/buffer.h"

namespace truce {
namespace {

constexpr double km_per_degree = earth_radius_km * std::numbers::pi / 180;

/// Everything north of the equator within 20 degrees, where the equator is both a parallel and a great
/// circle.
Shape north_of_equator() {
    return rectangle({0, -20, 20, 20});
}

Disc disc_at_km_north(double km, double radius_km) {
    return {{km / km_per_degree, 0.0}, Distance::km(radius_km)};
}

TEST(Share, OfADiscBesideAStraightEdgeIsThatOfTheCircularSegment) {
    // 1/2 + (d sqrt(R^2 - d^2) + R^2 asin(d / R)) / (pi R^2) for d = 5, R = 10
    EXPECT_NEAR(share(disc_at_km_north(5, 10), north_of_equator()), 0.8044988905221147, 1e-6);
}

TEST(Share, OfADiscMostlyOutsideIsTheRest) {
    EXPECT_NEAR(share(disc_at_km_north(-5, 10), north_of_equator()), 0.1955011094778853, 1e-6);
}

TEST(Share, OfADiscCentredOnAMeridianEdgeIsOneHalf) {
    EXPECT_NEAR(share({{0, -20}, Distance::km(10)}, rectangle({-10, -20, 10, 20})), 0.5, 1e-6);
    EXPECT_NEAR(share({{40, -20}, Distance::km(100)}, rectangle({10, -20, 70, 20})), 0.5, 1e-6);
}

TEST(Share, OfADiscOnACornerIsAQuarter) {
    EXPECT_NEAR(share({{0, 0}, Distance::km(10)}, rectangle({0, 0, 10, 10})), 0.25, 1e-6);
}

TEST(Share, OfADiscWithinIsOneAndFarOffIsZero) {
    EXPECT_EQ(share(disc_at_km_north(500, 10), north_of_equator()), 1.0);
    EXPECT_EQ(share(disc_at_km_north(-500, 10), north_of_equator()), 0.0);
}

TEST(Share, OfADiscWithoutRadiusAsksForItsCentre) {
    EXPECT_EQ(share({{0, 0}, Distance::km(0)}, north_of_equator()), 1.0);
    EXPECT_EQ(share({{-1e-9, 0}, Distance::km(0)}, north_of_equator()), 0.0);
}

TEST(Share, OfALargeDiscAroundASmallShapeIsTheRatioOfSurfaces) {
    const Shape small = rectangle({36.1, 37.0, 36.3, 37.3});
    const Disc disc{{36.2, 37.1}, Distance::km(200)};
    EXPECT_NEAR(share(disc, small), area(small).value / area(Shape(disc)).value, 1e-6);
}

TEST(Share, OfADiscAroundAHoleLacksTheHole) {
    ShapeBuilder builder;
    ASSERT_TRUE(
        builder.add(Polygon{.outer = {{{0, 0}, {0, 20}, {20, 20}, {20, 0}, {0, 0}}},
                            .holes = {{{{9.9, 9.9}, {10.1, 9.9}, {10.1, 10.1}, {9.9, 10.1}, {9.9, 9.9}}}}}));
    const Disc disc{{10, 10}, Distance::km(100)};
    const double hole = area(rectangle({9.9, 9.9, 10.1, 10.1})).value;
    EXPECT_NEAR(share(disc, builder.finish()), 1 - hole / area(Shape(disc)).value, 1e-6);
}

TEST(Share, OfADiscInADiscIsTheLens) {
    // Two circles of radius 10 km, 10 km apart, in the plane: 2/3 - sqrt(3) / (2 pi)
    const double lens = 2.0 / 3 - std::sqrt(3.0) / (2 * std::numbers::pi);
    EXPECT_NEAR(share(disc_at_km_north(10, 10), Shape(Disc{{0, 0}, Distance::km(10)})), lens, 1e-5);
}

TEST(Share, OfADiscInALargerOneIsOneAndTheOtherWayRoundTheRatio) {
    const Disc small{{36, 37}, Distance::km(5)};
    const Disc large{{36.05, 37.02}, Distance::km(50)};
    EXPECT_EQ(share(small, Shape(large)), 1.0);
    EXPECT_NEAR(share(large, Shape(small)), area(Shape(small)).value / area(Shape(large)).value, 1e-6);
}

TEST(Share, CountsPartsThatOverlapOnce) {
    ShapeBuilder builder;
    builder.add(rectangle({0, -20, 20, 20}));
    builder.add(Disc{{1, 0}, Distance::km(20)});
    EXPECT_NEAR(share(disc_at_km_north(5, 10), builder.finish()), 0.8044988905221147, 5e-5);
}

TEST(Share, GoesAcrossTheAntimeridian) {
    const Shape shape = rectangle({-10, 170, 10, -170});
    EXPECT_NEAR(share({{0, 180}, Distance::km(50)}, shape), 1.0, 1e-9);
    EXPECT_NEAR(share({{0, 180}, Distance::km(50)}, rectangle({-10, 170, 10, 180})), 0.5, 1e-6);
    EXPECT_NEAR(share({{10, -180}, Distance::km(50)}, shape), 0.5, 2e-3);  // a parallel, bent
}

TEST(Share, OfADiscAroundAPoleIsTheSectorItIsAskedFor) {
    EXPECT_NEAR(share({{90, 0}, Distance::km(300)}, rectangle({60, 0, 90, 90})), 0.25, 1e-6);
    EXPECT_NEAR(share({{-90, 0}, Distance::km(300)}, rectangle({-90, -180, -60, 180})), 1.0, 1e-6);
}

TEST(Share, IsThatOfTheIntersectedPolygon) {
    // The other way to the same number: a polygon of many corners, intersected by GEOS, measured on the
    // sphere.
    EXPECT_TRUE(rc::check([] {
        const auto coordinate = [](int low, int high) {
            return *rc::gen::inRange(low * 1000, high * 1000) / 1000.0;
        };
        const Disc disc{{coordinate(-70, 70), coordinate(-170, 170)},
                        Distance::km(*rc::gen::inRange(1, 500))};
        const double reach = disc.radius.in_km() / km_per_degree;
        Ring outer;
        const int corners = *rc::gen::inRange(3, 12);
        for (int i = 0; i < corners; ++i) {
            const double turn = 2 * std::numbers::pi * i / corners;
            const double far = reach * coordinate(0, 2) + 0.01 * reach;
            outer.vertices.push_back({disc.centre.lat + far * std::sin(turn) + reach * 0.3,
                                      disc.centre.lon + far * std::cos(turn)});
        }
        outer.vertices.push_back(outer.vertices.front());
        const Polygon polygon{.outer = outer, .holes = {}};
        const auto shape = make_shape(std::span(&polygon, 1));
        RC_PRE(shape.has_value());
        const auto expected = share(polygon_of(disc, 2000), *shape);
        RC_PRE(expected.has_value());
        RC_ASSERT(std::abs(share(disc, *shape) - *expected) < 2e-5);
    }));
}

TEST(ShareOfShapes, OfHalfARectangleIsOneHalf) {
    const auto half = share(rectangle({10, 0, 20, 10}), rectangle({0, 0, 30, 5}));
    ASSERT_TRUE(half);
    EXPECT_NEAR(*half, 0.5, 1e-12);
}

TEST(ShareOfShapes, CannotBeToldOfALine) {
    ShapeBuilder builder;
    ASSERT_TRUE(builder.add(Polygon{.outer = {{{0, 0}, {0, 1}, {0, 2}, {0, 0}}}, .holes = {}}));
    EXPECT_FALSE(share(builder.finish(), rectangle({0, 0, 1, 1})));
}

}  // namespace
}  // namespace truce
