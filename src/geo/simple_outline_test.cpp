// SPDX-License-Identifier: Apache-2.0
#include "geo/simple_outline.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numbers>

#include "geo/validity.h"

namespace truce {
namespace {

Shape shape_of(std::vector<Point> outer) {
    const Polygon polygon{.outer = {std::move(outer)}, .holes = {}};
    return make_shape(std::span(&polygon, 1)).value();
}

TEST(IsPlainlyValid, SaysYesToARingThatGoesRoundOnce) {
    EXPECT_TRUE(is_plainly_valid(rectangle({0, 0, 1, 1})));
    EXPECT_TRUE(is_plainly_valid(shape_of({{0, 0}, {0, 4}, {4, 4}, {1, 2}, {4, 0}, {0, 0}})));
}

TEST(IsPlainlyValid, AVertexHalfWayAlongAnEdgeIsNoFault) {
    EXPECT_TRUE(is_plainly_valid(shape_of({{0, 0}, {0, 1}, {0, 2}, {2, 2}, {2, 0}, {0, 0}})));
}

TEST(IsPlainlyValid, SaysNoToARingThatCrossesItself) {
    EXPECT_FALSE(is_plainly_valid(shape_of({{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}})));
}

TEST(IsPlainlyValid, SaysNoToARingThatTouchesItselfAtAVertex) {
    EXPECT_FALSE(
        is_plainly_valid(shape_of({{0, 0}, {0, 4}, {4, 4}, {4, 0}, {0, 0}, {2, 1}, {1, 2}, {0, 0}})));
}

TEST(IsPlainlyValid, SaysNoToARingThatTouchesItselfHalfWayAlongAnEdge) {
    EXPECT_FALSE(is_plainly_valid(shape_of({{0, 0}, {0, 4}, {4, 4}, {0, 2}, {4, 0}, {0, 0}})));
}

TEST(IsPlainlyValid, SaysNoToASpike) {
    EXPECT_FALSE(
        is_plainly_valid(shape_of({{0, 0}, {0, 1}, {1, 1}, {1, 0.5}, {3, 0.5}, {1, 0.5}, {1, 0}, {0, 0}})));
}

TEST(IsPlainlyValid, SaysNoToALineThatComesBack) {
    EXPECT_FALSE(is_plainly_valid(shape_of({{0, 0}, {1, 1}, {2, 2}, {0, 0}})));
}

TEST(IsPlainlyValid, PartsFarApartAreFineAndPartsSideBySideAreLookedAtMoreClosely) {
    ShapeBuilder apart;
    apart.add(rectangle({0, 0, 1, 1}));
    apart.add(rectangle({3, 3, 4, 4}));
    EXPECT_TRUE(is_plainly_valid(apart.finish()));
    ShapeBuilder near;
    near.add(rectangle({0, 0, 1, 1}));
    near.add(rectangle({0, 1, 1, 2}));
    EXPECT_FALSE(is_plainly_valid(near.finish()));
}

/// Corners of a small grid in any order: crossings, touches and spikes of every kind.
RC_GTEST_PROP(IsPlainlyValid, NeverSaysYesWhereGeosSaysNo, ()) {
    const auto count = *rc::gen::inRange<std::size_t>(3, 9);
    const auto corners = *rc::gen::container<std::vector<std::pair<int, int>>>(
        count, rc::gen::pair(rc::gen::inRange(0, 5), rc::gen::inRange(0, 5)));
    std::vector<Point> ring;
    for (const auto& [lat, lon] : corners)
        ring.push_back({static_cast<double>(lat), static_cast<double>(lon)});
    ring.push_back(ring.front());
    const auto shape = shape_of(ring);
    if (is_plainly_valid(shape)) RC_ASSERT(why_invalid(shape) == "");
}

/// A ragged coast that does not cross itself: its distance from its middle is a function of the angle.
RC_GTEST_PROP(IsPlainlyValid, SaysYesToARaggedCoast, ()) {
    const auto count = *rc::gen::inRange<std::size_t>(8, 200);
    const auto heights = *rc::gen::container<std::vector<int>>(count, rc::gen::inRange(50, 150));
    std::vector<Point> ring;
    for (std::size_t i = 0; i < heights.size(); ++i) {
        const double angle =
            2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(heights.size());
        const double reach = heights[i] / 100.0;
        ring.push_back({10 + reach * std::sin(angle), 20 + reach * std::cos(angle)});
    }
    ring.push_back(ring.front());
    RC_ASSERT(is_plainly_valid(shape_of(ring)));
}

}  // namespace
}  // namespace truce
