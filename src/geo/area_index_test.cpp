// SPDX-License-Identifier: Apache-2.0
#include "geo/area_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

#include "geo/share.h"

namespace truce {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

/// A coordinate on a coarse lattice, so that points often lie on vertices, on edges and in line with them.
double lattice(int low, int high, int steps_per_degree = 2) {
    return static_cast<double>(*rc::gen::inRange(low * steps_per_degree, high * steps_per_degree + 1)) /
           steps_per_degree;
}

Ring random_ring(int south, int west, int size) {
    Ring ring;
    const int n = *rc::gen::inRange(3, 40);
    for (int i = 0; i < n; ++i)
        ring.vertices.push_back({lattice(south, south + size), lattice(west, west + size)});
    ring.vertices.push_back(ring.vertices.front());
    return ring;
}

/// Rings that cross themselves and each other as they please: the even-odd rule holds for them all the same.
Shape random_shape(int south, int west, int size) {
    ShapeBuilder builder(LongEdges::as_written);
    const int polygons = *rc::gen::inRange(0, 4);
    for (int p = 0; p < polygons; ++p) {
        Polygon polygon{.outer = random_ring(south, west, size), .holes = {}};
        const int holes = *rc::gen::inRange(0, 3);
        for (int h = 0; h < holes; ++h) polygon.holes.push_back(random_ring(south, west, size));
        RC_ASSERT(builder.add(polygon).has_value());
    }
    if (*rc::gen::inRange(0, 4) == 0) {
        builder.add(Disc{{lattice(south, south + size), lattice(west, west + size)},
                         Distance::km(*rc::gen::inRange(0, 300))});
    }
    return builder.finish();
}

/// A star with many vertices: thousands of runs, cells wholly inside and wholly outside.
Shape random_star(Point centre, double reach) {
    Polygon star;
    const int n = *rc::gen::inRange(200, 3000);
    const int seed = *rc::gen::inRange(0, 1000);
    for (int i = 0; i < n; ++i) {
        const double turn = 2 * std::numbers::pi * i / n;
        const double far = reach * (0.6 + 0.2 * std::sin(5 * turn + seed) +
                                    0.15 * std::sin(61 * turn + 2 * seed) + 0.05 * std::sin(977.0 * i));
        star.outer.vertices.push_back({centre.lat + far * std::sin(turn), centre.lon + far * std::cos(turn)});
    }
    star.outer.vertices.push_back(star.outer.vertices.front());
    return make_shape(std::span(&star, 1)).value();
}

std::vector<std::uint32_t> sorted(std::span<const std::uint32_t> values) {
    std::vector<std::uint32_t> result(values.begin(), values.end());
    std::ranges::sort(result);
    return result;
}

TEST(AreaIndex, HoldsWhatTheShapeHolds) {
    EXPECT_TRUE(rc::check([] {
        const AreaIndex index({random_shape(-5, -5, 10)});
        const auto probe = [&](Point p) {
            RC_ASSERT(index.contains(0, p) == contains(index.shape(0), p));
        };
        for (double lat = -6; lat <= 6; lat += 0.5) {
            for (double lon = -6; lon <= 6; lon += 0.5) probe({lat, lon});
        }
        for (double lat = -5.25; lat <= 6; lat += 0.7) {
            for (double lon = -5.125; lon <= 6; lon += 0.3) probe({lat, lon});
        }
    }));
}

TEST(AreaIndex, HoldsWhatAnIntricateShapeHolds) {
    EXPECT_TRUE(rc::check([] {
        const AreaIndex index({random_star({10, 20}, 5)});
        const Shape& shape = index.shape(0);
        const auto lats = shape.lats();
        const auto lons = shape.lons();
        for (std::size_t i = 0; i + 1 < lats.size(); i += 7) {
            RC_ASSERT(index.contains(0, {lats[i], lons[i]}));
            const Point middle{(lats[i] + lats[i + 1]) / 2, (lons[i] + lons[i + 1]) / 2};
            RC_ASSERT(index.contains(0, middle) == contains(shape, middle));
            const Point level{lats[i], lons[(i + lats.size() / 3) % lats.size()]};
            RC_ASSERT(index.contains(0, level) == contains(shape, level));
        }
    }));
}

TEST(AreaIndex, HoldsWhatTheShapeHoldsAtTheEndsOfTheMap) {
    EXPECT_TRUE(rc::check([] {
        const AreaIndex index({random_shape(80, 170, 10), random_shape(-90, -180, 10)});
        for (const std::uint32_t shape : {0U, 1U}) {
            for (const double lat : {-90.0, -85.0, 85.0, 90.0}) {
                for (const double lon : {-180.0, -175.0, 0.0, 175.0, 180.0}) {
                    RC_ASSERT(index.contains(shape, {lat, lon}) ==
                              contains(index.shape(shape), {lat, lon}));
                }
            }
        }
    }));
}

TEST(AreaIndex, GivesTheShareThatTheShapeGives) {
    EXPECT_TRUE(rc::check([] {
        const AreaIndex index({random_star({lattice(-60, 60), lattice(-179, 179)}, lattice(1, 10))});
        const Box box = *index.shape(0).bounds();
        for (int i = 0; i < 20; ++i) {
            const double t = *rc::gen::inRange(0, 1000) / 1000.0;
            const double u = *rc::gen::inRange(0, 1000) / 1000.0;
            const Disc disc{{box.south + t * (box.north - box.south), box.west + u * (box.east - box.west)},
                            Distance::km(*rc::gen::inRange(0, 300))};
            RC_ASSERT(std::abs(index.share(0, disc) - share(disc, index.shape(0))) < 5e-7);
        }
    }));
}

TEST(AreaIndex, SaysTheSameOfShapesThatStayWhereTheyAre) {
    const std::vector<Shape> shapes{rectangle({0, 0, 1, 1}), Shape{}, rectangle({0, 0, 3, 3})};
    const std::vector<const Shape*> where{&shapes[0], &shapes[1], &shapes[2]};
    const AreaIndex index{std::span<const Shape* const>(where)};
    EXPECT_EQ(index.size(), 3U);
    EXPECT_EQ(&index.shape(2), &shapes[2]);
    EXPECT_TRUE(index.contains(0, {0.5, 0.5}));
    EXPECT_FALSE(index.contains(0, {2, 2}));
    EXPECT_FALSE(index.contains(1, {0.5, 0.5}));
    EXPECT_TRUE(index.contains(2, {2, 2}));
}

TEST(AreaIndex, VisitsTheShapesAroundAPointInOrder) {
    EXPECT_TRUE(rc::check([] {
        std::vector<Shape> shapes;
        const int n = *rc::gen::inRange(0, 150);
        for (int i = 0; i < n; ++i) {
            const double south = lattice(-10, 10);
            const double west = lattice(-10, 10);
            shapes.push_back(rectangle({south, west, south + lattice(0, 5), west + lattice(0, 5)}));
        }
        shapes.push_back(rectangle({-90, -180, 90, 180}));
        const AreaIndex index(std::move(shapes));
        const Point p{lattice(-10, 15), lattice(-10, 15)};
        std::vector<std::uint32_t> visited;
        index.for_each_containing(p, [&](std::uint32_t shape) { visited.push_back(shape); });
        std::vector<std::uint32_t> expected;
        for (std::uint32_t i = 0; i < index.size(); ++i) {
            if (contains(index.shape(i), p)) expected.push_back(i);
        }
        RC_ASSERT(visited == expected);
    }));
}

/// Random places and queries, and what a join must find by the definition.
struct Scene {
    std::vector<Shape> shapes;
    std::vector<double> lats, lons, radii;
    std::vector<sys_days> first, last;
    std::vector<std::uint32_t> keys;
    std::vector<AreaQuery> queries;

    static Scene random() {
        Scene scene;
        for (int i = *rc::gen::inRange(1, 6); i-- > 0;) {
            scene.shapes.push_back(*rc::gen::inRange(0, 3) == 0
                                       ? random_star({lattice(-5, 5), lattice(-5, 5)}, 6)
                                       : random_shape(-8, -8, 16));
        }
        // Ends of the map, too.
        scene.shapes.push_back(rectangle({-10, 175, 10, -175}));
        scene.shapes.push_back(rectangle({80, -20, 90, 20}));
        for (int i = *rc::gen::inRange(0, 300); i-- > 0;) {
            const bool far = *rc::gen::inRange(0, 8) == 0;
            scene.lats.push_back(far ? *rc::gen::element(-90.0, 0.0, 5.0, 89.5, 90.0) : lattice(-10, 10));
            scene.lons.push_back(far ? *rc::gen::element(-180.0, -179.5, 0.0, 176.0, 180.0)
                                     : lattice(-10, 10));
            scene.radii.push_back(*rc::gen::inRange(0, 3) == 0 ? 0.0 : *rc::gen::inRange(1, 400) / 2.0);
            scene.first.push_back(sys_days{days{*rc::gen::inRange(16000, 16060)}});
            scene.last.push_back(scene.first.back() +
                                 days{*rc::gen::inRange(0, 4) == 0 ? *rc::gen::inRange(0, 40) : 0});
            scene.keys.push_back(*rc::gen::inRange(0U, 4U));
        }
        for (int i = *rc::gen::inRange(0, 12); i-- > 0;) {
            AreaQuery query{
                .shape = static_cast<std::uint32_t>(*rc::gen::inRange<std::size_t>(0, scene.shapes.size()))};
            if (*rc::gen::arbitrary<bool>()) {
                const sys_days from{days{*rc::gen::inRange(15990, 16070)}};
                query.days = DayInterval{from, from + days{*rc::gen::inRange(0, 30)}};
            }
            if (*rc::gen::arbitrary<bool>()) query.key = *rc::gen::inRange(0U, 5U);
            scene.queries.push_back(query);
        }
        return scene;
    }

    [[nodiscard]] bool asks_for(const AreaQuery& query, std::size_t place, bool spans) const {
        if (query.key && *query.key != keys[place]) return false;
        const sys_days end = spans ? last[place] : first[place];
        return !query.days || (query.days->first < query.days->end && first[place] < query.days->end &&
                               end >= query.days->first);
    }
};

TEST(Join, OfExactPlacesFindsWhatTheDefinitionFinds) {
    EXPECT_TRUE(rc::check([] {
        const Scene scene = Scene::random();
        const PlaceIndex places(
            {.lats = scene.lats, .lons = scene.lons, .first_days = scene.first, .keys = scene.keys});
        const AreaIndex index(scene.shapes);
        const AreaPairs pairs = index.join(places, scene.queries);
        RC_ASSERT(pairs.shares.empty());
        for (std::size_t q = 0; q < scene.queries.size(); ++q) {
            std::vector<std::uint32_t> expected;
            for (std::uint32_t i = 0; i < scene.lats.size(); ++i) {
                if (scene.asks_for(scene.queries[q], i, false) &&
                    contains(scene.shapes[scene.queries[q].shape], {scene.lats[i], scene.lons[i]})) {
                    expected.push_back(i);
                }
            }
            RC_ASSERT(sorted(pairs.places_of(q)) == expected);
        }
    }));
}

TEST(Join, OfUncertainPlacesFindsWhatTheDefinitionFinds) {
    EXPECT_TRUE(rc::check([] {
        Scene scene = Scene::random();
        // Shares are defined for shapes whose polygons do not cross.
        for (Shape& shape : scene.shapes) {
            if (shape.lats().size() < 200 && !(shape == scene.shapes.back())) {
                const double south = lattice(-8, 8);
                const double west = lattice(-8, 8);
                shape = rectangle({south, west, south + lattice(1, 8), west + lattice(1, 8)});
            }
        }
        const PlaceIndex places({.lats = scene.lats,
                                 .lons = scene.lons,
                                 .radii_km = scene.radii,
                                 .first_days = scene.first,
                                 .last_days = scene.last,
                                 .keys = scene.keys});
        const AreaIndex index(scene.shapes);
        const AreaPairs pairs = index.join(places, scene.queries);
        RC_ASSERT(pairs.shares.size() == pairs.places.size());
        for (std::size_t q = 0; q < scene.queries.size(); ++q) {
            std::vector<double> expected(scene.lats.size(), 0.0);
            for (std::size_t i = 0; i < scene.lats.size(); ++i) {
                if (scene.asks_for(scene.queries[q], i, true)) {
                    expected[i] = share({{scene.lats[i], scene.lons[i]}, Distance::km(scene.radii[i])},
                                        scene.shapes[scene.queries[q].shape]);
                }
            }
            for (std::size_t at = pairs.first[q]; at < pairs.first[q + 1]; ++at) {
                double& rest = expected[pairs.places[at]];
                RC_ASSERT(rest > 0);
                RC_ASSERT(std::abs(rest - static_cast<double>(pairs.shares[at])) < 1e-6);
                rest = 0;
            }
            RC_ASSERT(std::ranges::all_of(expected, [](double rest) { return rest < 1e-6; }));
        }
    }));
}

TEST(Join, GivesTheSameOnAnyNumberOfThreads) {
    EXPECT_TRUE(rc::check([] {
        const Scene scene = Scene::random();
        const PlaceIndex places({.lats = scene.lats,
                                 .lons = scene.lons,
                                 .first_days = scene.first,
                                 .last_days = scene.last,
                                 .keys = scene.keys});
        std::vector<AreaQuery> queries;
        for (int i = 0; i < 10; ++i)
            queries.insert(queries.end(), scene.queries.begin(), scene.queries.end());
        const AreaIndex one(scene.shapes, {.threads = 1});
        const AreaIndex three(scene.shapes, {.threads = 3});
        const AreaPairs by_one = one.join(places, queries, {.threads = 1});
        const AreaPairs by_three = three.join(places, queries, {.threads = 3});
        RC_ASSERT(by_one.first == by_three.first);
        RC_ASSERT(by_one.places == by_three.places);
    }));
}

TEST(Join, PutsDaysOutsideAnyCalendarInTheirPlace) {
    const std::vector<double> lats{0.5, 0.5};
    const std::vector<double> lons{0.5, 0.5};
    const std::vector<sys_days> when{sys_days{days{-900'000'000}}, sys_days{days{900'000'000}}};
    const PlaceIndex places({.lats = lats, .lons = lons, .first_days = when});
    const AreaIndex index({rectangle({0, 0, 1, 1})});
    const AreaQuery query{.shape = 0, .days = DayInterval{sys_days{days{0}}, sys_days{days{999'999'999}}}};
    EXPECT_THAT(index.join(places, std::span(&query, 1)).places, testing::ElementsAre(1U));
}

TEST(Join, LeavesOutWhatIsNoPlace) {
    const std::vector<double> lats{0.5, std::nan(""), 91};
    const std::vector<double> lons{0.5, 0.5, 0.5};
    const PlaceIndex places({.lats = lats, .lons = lons});
    EXPECT_EQ(places.size(), 3U);
    const AreaIndex index({rectangle({-90, -180, 90, 180})});
    const AreaQuery query{.shape = 0};
    EXPECT_THAT(index.join(places, std::span(&query, 1)).places, testing::ElementsAre(0U));
}

TEST(Join, OfNothingIsNothing) {
    const AreaIndex index(std::vector<Shape>{});
    EXPECT_TRUE(index.join(PlaceIndex(PlaceColumns{}), {}).places.empty());
    const AreaIndex empty_shape({Shape{}});
    const std::vector<double> zero{0.0};
    const AreaQuery query{.shape = 0};
    EXPECT_TRUE(
        empty_shape.join(PlaceIndex({.lats = zero, .lons = zero}), std::span(&query, 1)).places.empty());
}

}  // namespace
}  // namespace truce
