// SPDX-License-Identifier: Apache-2.0
#include "geo/validity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace truce {
namespace {

using testing::HasSubstr;

Shape shape_of(std::initializer_list<Point> outer) {
    const Polygon polygon{.outer = {outer}, .holes = {}};
    return make_shape(std::span(&polygon, 1)).value();
}

TEST(Mend, LeavesAValidShapeAsItIs) {
    const Shape square = rectangle({0, 0, 1, 1});
    const auto mended = mend(square);
    ASSERT_TRUE(mended);
    EXPECT_EQ(mended->shape, square);
    EXPECT_EQ(mended->note, "");
}

TEST(Mend, MakesTwoTrianglesOfABowTie) {
    const Shape bow_tie = shape_of({{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}});
    EXPECT_THAT(why_invalid(bow_tie), HasSubstr("Self-intersection"));
    const auto mended = mend(bow_tie);
    ASSERT_TRUE(mended);
    EXPECT_EQ(mended->shape.polygon_count(), 2U);
    EXPECT_EQ(why_invalid(mended->shape), "");
    EXPECT_THAT(mended->note, HasSubstr("Self-intersection at lat 1, lon 1: mended into 2 polygons"));
    EXPECT_TRUE(contains(mended->shape, {1.5, 1}));
    EXPECT_FALSE(contains(mended->shape, {1, 0.5}));
}

TEST(Mend, MendsARingThatTouchesItself) {
    // A square whose ring goes in from a corner, round a triangle, and back to that corner.
    const Shape touching = shape_of({{0, 0}, {0, 4}, {4, 4}, {4, 0}, {0, 0}, {2, 1}, {1, 2}, {0, 0}});
    const auto mended = mend(touching);
    ASSERT_TRUE(mended);
    EXPECT_NE(mended->note, "");
    EXPECT_EQ(why_invalid(mended->shape), "");
    EXPECT_NEAR(mended->area_after.value, mended->area_before.value, 1e-6 * mended->area_before.value);
}

TEST(Mend, CutsOffASpikeAndSaysSo) {
    const Shape spiked = shape_of({{0, 0}, {0, 1}, {1, 1}, {1, 0.5}, {3, 0.5}, {1, 0.5}, {1, 0}, {0, 0}});
    const auto mended = mend(spiked);
    ASSERT_TRUE(mended);
    EXPECT_THAT(mended->note, HasSubstr("leaving out 1 line"));
    EXPECT_NEAR(mended->area_after.value, area(rectangle({0, 0, 1, 1})).value, 1e-6);
}

TEST(Mend, RefusesWhatHasNoSurface) {
    const auto mended = mend(shape_of({{0, 0}, {1, 1}, {2, 2}, {0, 0}}));
    ASSERT_FALSE(mended);
    EXPECT_THAT(mended.error().message, HasSubstr("no surface"));
}

TEST(Mend, MakesOneOfPolygonsThatOverlap) {
    ShapeBuilder builder;
    builder.add(rectangle({0, 0, 2, 2}));
    builder.add(rectangle({1, 1, 3, 3}));
    const auto mended = mend(builder.finish());
    ASSERT_TRUE(mended);
    EXPECT_EQ(why_invalid(mended->shape), "");
    EXPECT_LT(mended->area_after.value, mended->area_before.value);
}

TEST(Mend, KeepsDiscs) {
    ShapeBuilder builder;
    builder.add(shape_of({{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}}));
    builder.add(Disc{{10, 10}, Distance::km(5)});
    const auto mended = mend(builder.finish());
    ASSERT_TRUE(mended);
    EXPECT_EQ(mended->shape.discs().size(), 1U);
}

}  // namespace
}  // namespace truce
