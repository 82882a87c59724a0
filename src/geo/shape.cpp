// SPDX-License-Identifier: Apache-2.0
#include "geo/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "geo/orientation.h"

namespace truce {
namespace {

using geo_detail::orientation;

constexpr double radians_per_degree = std::numbers::pi / 180;

/// Twice the signed area in square degrees, positive where the ring runs anticlockwise.
double twice_signed_area(std::span<const double> lats, std::span<const double> lons) {
    double sum = 0;
    for (std::size_t i = 0; i + 1 < lats.size(); ++i) {
        sum += (lons[i] - lons[0]) * (lats[i + 1] - lats[0]) - (lons[i + 1] - lons[0]) * (lats[i] - lats[0]);
    }
    return sum;
}

/// Whether the edge that ends at vertex `i` runs along a pole from one end of the map to the other: no way at
/// all, and drawn so by whoever cuts open a ring round the pole.
bool runs_along_pole(std::span<const double> lats, std::span<const double> lons, std::size_t i) {
    return lats[i] == lats[i - 1] && std::abs(lats[i]) == 90 && std::abs(lons[i]) == 180 &&
           lons[i] == -lons[i - 1];
}

/// Whether a ring needs cutting at the antimeridian, or more care before that can be said.
bool may_cross_antimeridian(std::span<const double> lats, std::span<const double> lons) {
    double lowest = 0;
    double highest = 0;
    double longest = 0;
    for (std::size_t i = 0; i + 1 < lons.size(); ++i) {
        lowest = std::min(lowest, lons[i]);
        highest = std::max(highest, lons[i]);
        longest = std::max(longest, std::abs(lons[i + 1] - lons[i]));
    }
    if (lowest < -180 || highest > 180) return true;
    if (longest <= 180) return false;
    for (std::size_t i = 1; i < lons.size(); ++i) {
        if (std::abs(lons[i] - lons[i - 1]) > 180 && !runs_along_pole(lats, lons, i)) return true;
    }
    return false;
}

Result<void> check_ring(std::span<const double> lats, std::span<const double> lons) {
    const std::size_t n = lats.size();
    if (n < 4) {
        return failure({.message = fmt::format(
                            "a ring has {} positions; want at least 4, the last equal to the first", n)});
    }
    if (lats.front() != lats.back() || lons.front() != lons.back()) {
        return failure(
            {.message = fmt::format(
                 "a ring is not closed: it begins at lon {}, lat {} and ends at lon {}, lat {}; repeat "
                 "the first position at the end",
                 lons.front(), lats.front(), lons.back(), lats.back())});
    }
    bool good = true;
    for (std::size_t i = 0; i < n; ++i) good &= std::abs(lats[i]) <= 90 && std::abs(lons[i]) <= 540;
    if (good) return {};
    const auto bad = std::ranges::find_if(lats, [&](const double& lat) {
        return !(std::abs(lat) <= 90 && std::abs(lons[std::size_t(&lat - lats.data())]) <= 540);
    });
    const auto at = static_cast<std::size_t>(bad - lats.begin());
    return failure(
        {.message = fmt::format(
             "position {} of a ring is lon {}, lat {}; want degrees, longitude first, latitude within "
             "[-90, 90] (metres must be converted, swapped columns swapped back)",
             at, lons[at], lats[at])});
}

/// One stretch of a ring between two crossings of the antimeridian, its longitudes within [-180, 180].
struct Chain {
    std::vector<Point> vertices;
};

/// Where a chain begins or ends on the antimeridian.
struct ChainEnd {
    double lat;
    std::size_t chain;
    bool at_start;
};

/// Cuts a ring at the antimeridian into rings that lie within [-180, 180].
class AntimeridianCut {
public:
    AntimeridianCut(std::span<const double> lats, std::span<const double> lons, LongEdges long_edges)
        : lats_(lats), lons_(lons), long_edges_(long_edges) {}

    Result<std::vector<Ring>> rings() {
        if (auto walked = walk(); !walked) return tl::unexpected(walked.error());
        if (whole_turn_ && winding_ == 0 && twice_signed_area(lats_, unrolled_) == 0) {
            // The rectangle of the world, or the like: its edges go all the way round, not over the
            // antimeridian.
            Ring as_written;
            for (std::size_t i = 0; i < lats_.size(); ++i)
                as_written.vertices.push_back({lats_[i], lons_[i]});
            return std::vector<Ring>{std::move(as_written)};
        }
        if (chains_.size() == 1 && !crossed_) {
            Ring whole{std::move(chains_.front().vertices)};
            return std::vector<Ring>{std::move(whole)};
        }
        return join_chains();
    }

private:
    /// Follows the ring and breaks it wherever it goes over the antimeridian.
    Result<void> walk() {
        chains_.emplace_back();
        long long turns = 0;  // how often an edge jumped from one end of the map to the other, eastwards
        long long strip = 0;
        long long lowest = 0;
        long long highest = 0;
        long long first_strip = 0;
        for (std::size_t i = 0; i < lats_.size(); ++i) {
            if (i > 0) {
                const double step = lons_[i] - lons_[i - 1];
                if (std::abs(step) > 360) {
                    return failure(
                        {.message = fmt::format("an edge goes from longitude {} to {}, more than once "
                                                "round the globe",
                                                lons_[i - 1], lons_[i])});
                }
                if (long_edges_ == LongEdges::cross_antimeridian && std::abs(step) > 180 &&
                    !runs_along_pole(lats_, lons_, i)) {
                    turns += step > 0 ? -1 : 1;
                    whole_turn_ |= std::abs(step) == 360;
                }
            }
            // The strip of the map in which the vertex lies: 0 for [-180, 180], 1 for (180, 540], and so on.
            long long own = 0;
            double lon = lons_[i];
            while (lon > 180) lon -= 360, ++own;
            while (lon < -180) lon += 360, --own;
            own += turns;
            const Point vertex{lats_[i], lon};
            if (i == 0) {
                first_strip = strip = lowest = highest = own;
            } else if (own != strip) {
                cross(chains_.back().vertices.back(), vertex, own > strip);
                strip = own;
            }
            lowest = std::min(lowest, strip);
            highest = std::max(highest, strip);
            unrolled_.push_back(vertex.lon + 360 * static_cast<double>(strip - first_strip));
            chains_.back().vertices.push_back(vertex);
        }
        winding_ = strip - first_strip;
        if (std::abs(winding_) > 1 || highest - lowest > 1 + std::abs(winding_)) {
            return failure({.message = "a ring goes more than once round the globe"});
        }
        if (crossed_) {
            // The last chain runs on into the first: the ring was merely begun in its middle.
            Chain last = std::move(chains_.back());
            chains_.pop_back();
            last.vertices.pop_back();
            last.vertices.insert(last.vertices.end(), chains_.front().vertices.begin(),
                                 chains_.front().vertices.end());
            chains_.front() = std::move(last);
        }
        return {};
    }

    void cross(Point from, Point to, bool eastwards) {
        const double edge = eastwards ? 180.0 : -180.0;
        const double before = std::abs(edge - from.lon);
        const double after = std::abs(to.lon + edge);
        const double share = before + after > 0 ? before / (before + after) : 0.0;
        const double lat = share <= 0   ? from.lat
                           : share >= 1 ? to.lat
                                        : std::clamp(from.lat + share * (to.lat - from.lat),
                                                     std::min(from.lat, to.lat), std::max(from.lat, to.lat));
        chains_.back().vertices.push_back({lat, edge});
        chains_.emplace_back();
        chains_.back().vertices.push_back({lat, -edge});
        crossed_ = true;
    }

    std::vector<Ring> join_chains() const {
        std::vector<ChainEnd> west;
        std::vector<ChainEnd> east;
        for (std::size_t i = 0; i < chains_.size(); ++i) {
            const Point start = chains_[i].vertices.front();
            const Point end = chains_[i].vertices.back();
            (start.lon < 0 ? west : east).push_back({start.lat, i, true});
            (end.lon < 0 ? west : east).push_back({end.lat, i, false});
        }
        // partner[2 * chain + at_start]: the chain end that follows along the antimeridian
        std::vector<std::size_t> partner(2 * chains_.size());
        std::vector<bool> over_pole(2 * chains_.size(), false);
        const auto key = [](const ChainEnd& end) { return 2 * end.chain + (end.at_start ? 1 : 0); };
        const auto tie = [&](const ChainEnd& a, const ChainEnd& b) {
            partner[key(a)] = key(b);
            partner[key(b)] = key(a);
        };
        const bool northern = takes_in_north_pole();
        std::vector<ChainEnd> at_pole;
        for (auto* side : {&west, &east}) {
            std::ranges::sort(*side, {}, [&](const ChainEnd& end) { return std::pair(end.lat, key(end)); });
            // A ring round a pole crosses an odd number of times; the crossing next to the pole pairs with
            // the one on the other side of the map.
            if (side->size() % 2 == 1) {
                const auto lone = northern ? side->end() - 1 : side->begin();
                at_pole.push_back(*lone);
                side->erase(lone);
            }
            for (std::size_t i = 0; i + 1 < side->size(); i += 2) tie((*side)[i], (*side)[i + 1]);
        }
        if (at_pole.size() == 2) {
            tie(at_pole[0], at_pole[1]);
            over_pole[key(at_pole[0])] = over_pole[key(at_pole[1])] = true;
        }
        std::vector<Ring> rings;
        std::vector<bool> used(chains_.size(), false);
        for (std::size_t first = 0; first < chains_.size(); ++first) {
            if (!used[first])
                rings.push_back(trace(first, partner, over_pole, used, northern ? 90.0 : -90.0));
        }
        // What has no width at the cut stays, as a line.
        for (Ring& ring : rings) {
            while (ring.vertices.size() < 4) ring.vertices.push_back(ring.vertices.front());
        }
        return rings;
    }

    Ring trace(std::size_t first, const std::vector<std::size_t>& partner, const std::vector<bool>& over_pole,
               std::vector<bool>& used, double pole) const {
        Ring ring;
        const auto append = [&](Point p) {
            if (ring.vertices.empty() || ring.vertices.back() != p) ring.vertices.push_back(p);
        };
        std::size_t chain = first;
        bool forwards = true;
        while (!used[chain]) {
            used[chain] = true;
            const auto& vertices = chains_[chain].vertices;
            if (forwards) {
                std::ranges::for_each(vertices, append);
            } else {
                std::for_each(vertices.rbegin(), vertices.rend(), append);
            }
            const std::size_t end = 2 * chain + (forwards ? 0 : 1);
            const std::size_t next = partner[end];
            if (over_pole[end]) {
                const double side = ring.vertices.back().lon;
                append({pole, side});
                append({pole, -side});
            }
            chain = next / 2;
            forwards = next % 2 == 1;
        }
        append(ring.vertices.front());
        return ring;
    }

    [[nodiscard]] bool takes_in_north_pole() const {
        double sum = 0;
        for (const double lat : lats_) sum += lat;
        return sum >= 0;
    }

    std::span<const double> lats_;
    std::span<const double> lons_;
    LongEdges long_edges_;
    std::vector<Chain> chains_;
    std::vector<double> unrolled_;  // longitudes, going on beyond 180
    bool whole_turn_ = false;
    long long winding_ = 0;
    bool crossed_ = false;
};

/// Where a point lies as regards a ring, or several by the even-odd rule.
struct Crossings {
    bool odd = false;
    bool on_edge = false;
};

Crossings crossings_west_of(RingView ring, Point p) {
    Crossings result;
    const std::size_t n = ring.size();
    for (std::size_t i = 0; i + 1 < n; ++i) {
        const Point a = ring[i];
        const Point b = ring[i + 1];
        const bool a_below = a.lat <= p.lat;
        const bool b_below = b.lat <= p.lat;
        if (a_below != b_below) {
            const int side = orientation(a, b, p);
            if (side == 0) return {.odd = true, .on_edge = true};
            // The edge passes west of p where p is on the right of an edge going up.
            if (a_below == (side < 0)) result.odd = !result.odd;
        } else if (a == p || b == p ||
                   (a.lat == p.lat && b.lat == p.lat && p.lon >= std::min(a.lon, b.lon) &&
                    p.lon <= std::max(a.lon, b.lon))) {
            return {.odd = true, .on_edge = true};
        }
    }
    return result;
}

bool polygon_contains(const Shape& shape, std::size_t polygon, Point p) {
    bool odd = false;
    for (std::size_t r = 0; r < shape.ring_count(polygon); ++r) {
        const Crossings crossings = crossings_west_of(shape.ring(polygon, r), p);
        if (crossings.on_edge) return true;
        odd ^= crossings.odd;
    }
    return odd;
}

bool polygons_contain(const Shape& shape, Point p) {
    for (std::size_t i = 0; i < shape.polygon_count(); ++i) {
        if (shape.polygon_bounds(i).contains(p) && polygon_contains(shape, i, p)) return true;
    }
    return false;
}

bool reaches_pole(const Shape& shape, double lat) {
    for (std::size_t i = 0; i < shape.polygon_count(); ++i) {
        const Box box = shape.polygon_bounds(i);
        if (lat > 0 ? box.north >= 90 : box.south <= -90) return true;
    }
    return false;
}

void widen(Box& box, const Box& other) {
    box.south = std::min(box.south, other.south);
    box.west = std::min(box.west, other.west);
    box.north = std::max(box.north, other.north);
    box.east = std::max(box.east, other.east);
}

Box bounds_of(std::span<const double> lats, std::span<const double> lons) {
    Box box{lats[0], lons[0], lats[0], lons[0]};
    for (std::size_t i = 1; i < lats.size(); ++i) {
        box.south = std::min(box.south, lats[i]);
        box.north = std::max(box.north, lats[i]);
        box.west = std::min(box.west, lons[i]);
        box.east = std::max(box.east, lons[i]);
    }
    return box;
}

}  // namespace

Box bounds(const Disc& disc) {
    const double arc = disc.radius.in_km() / earth_radius_km;
    const double lat = disc.centre.lat * radians_per_degree;
    constexpr double margin = 1e-9;
    Box box{disc.centre.lat - arc / radians_per_degree - margin, -180,
            disc.centre.lat + arc / radians_per_degree + margin, 180};
    const bool holds_pole = box.north >= 90 || box.south <= -90;
    box.north = std::min(box.north, 90.0);
    box.south = std::max(box.south, -90.0);
    if (holds_pole) return box;
    const double reach =
        std::asin(std::min(1.0, std::sin(arc) / std::cos(lat))) / radians_per_degree + margin;
    if (disc.centre.lon - reach < -180 || disc.centre.lon + reach > 180) return box;
    box.west = disc.centre.lon - reach;
    box.east = disc.centre.lon + reach;
    return box;
}

Shape::Shape(const Disc& disc) : discs_{disc} {
    assert(is_valid(disc.centre));
}

std::optional<Box> Shape::bounds() const {
    if (empty()) return std::nullopt;
    Box box = polygon_bounds_.empty() ? truce::bounds(discs_.front()) : polygon_bounds_.front();
    for (const Box& other : polygon_bounds_) widen(box, other);
    for (const Disc& disc : discs_) widen(box, truce::bounds(disc));
    return box;
}

RingView Shape::ring(std::size_t polygon, std::size_t ring) const {
    const std::size_t index = polygon_first_[polygon] + ring;
    const std::size_t first = ring_first_[index];
    const std::size_t count = ring_first_[index + 1] - first;
    return {std::span(lats_).subspan(first, count), std::span(lons_).subspan(first, count)};
}

Polygon Shape::polygon(std::size_t polygon) const {
    Polygon result;
    for (std::size_t r = 0; r < ring_count(polygon); ++r) {
        const RingView view = ring(polygon, r);
        Ring ring_of_points;
        ring_of_points.vertices.reserve(view.size());
        for (std::size_t i = 0; i < view.size(); ++i) ring_of_points.vertices.push_back(view[i]);
        if (r == 0) {
            result.outer = std::move(ring_of_points);
        } else {
            result.holes.push_back(std::move(ring_of_points));
        }
    }
    return result;
}

void ShapeBuilder::begin_polygon() {
    close_polygon();
    open_ = true;
}

void ShapeBuilder::append_ring(std::span<const double> lats, std::span<const double> lons) {
    const bool outer = shape_.polygon_first_.back() + 1 == shape_.ring_first_.size();
    const bool anticlockwise = twice_signed_area(lats, lons) >= 0;
    if (anticlockwise == outer) {
        shape_.lats_.insert(shape_.lats_.end(), lats.begin(), lats.end());
        shape_.lons_.insert(shape_.lons_.end(), lons.begin(), lons.end());
    } else {
        shape_.lats_.insert(shape_.lats_.end(), lats.rbegin(), lats.rend());
        shape_.lons_.insert(shape_.lons_.end(), lons.rbegin(), lons.rend());
    }
    shape_.ring_first_.push_back(static_cast<std::uint32_t>(shape_.lats_.size()));
    const Box box = bounds_of(lats, lons);
    if (outer) {
        shape_.polygon_bounds_.push_back(box);
    } else {
        widen(shape_.polygon_bounds_.back(), box);
    }
}

void ShapeBuilder::append_piece(const Ring& ring) {
    std::vector<double> lats;
    std::vector<double> lons;
    for (const Point& p : ring.vertices) {
        lats.push_back(p.lat);
        lons.push_back(p.lon);
    }
    append_ring(lats, lons);
}

Result<void> ShapeBuilder::add_crossing_ring(std::span<const double> lats, std::span<const double> lons) {
    auto pieces = AntimeridianCut(lats, lons, long_edges_).rings();
    if (!pieces) return tl::unexpected(pieces.error());
    // Rings of this polygon that lie in the columns already join those that were cut.
    const std::size_t polygon = shape_.polygon_first_.size() - 1;
    const std::size_t first_ring = shape_.polygon_first_.back();
    const std::size_t stored = shape_.ring_first_.size() - 1 - first_ring;
    const bool outer = stored == 0 && !crosses_;
    if (stored > 0) {
        shape_.polygon_first_.push_back(static_cast<std::uint32_t>(shape_.ring_first_.size() - 1));
        Polygon moved = shape_.polygon(polygon);
        shape_.polygon_first_.pop_back();
        shape_.polygon_bounds_.pop_back();
        shape_.lats_.resize(shape_.ring_first_[first_ring]);
        shape_.lons_.resize(shape_.ring_first_[first_ring]);
        shape_.ring_first_.resize(first_ring + 1);
        outer_pieces_.push_back(std::move(moved.outer));
        for (Ring& hole : moved.holes) hole_pieces_.push_back(std::move(hole));
    }
    crosses_ = true;
    auto& target = outer ? outer_pieces_ : hole_pieces_;
    for (Ring& piece : *pieces) target.push_back(std::move(piece));
    return {};
}

Result<void> ShapeBuilder::add_ring(std::span<const double> lats, std::span<const double> lons) {
    assert(open_ && lats.size() == lons.size());
    if (auto checked = check_ring(lats, lons); !checked) return checked;
    if (lats.size() > std::numeric_limits<std::uint32_t>::max() / 2 - shape_.lats_.size()) {
        return failure({.message = "a shape has more than 2,147,483,647 vertices"});
    }
    const bool crosses = may_cross_antimeridian(lats, lons) &&
                         (long_edges_ == LongEdges::cross_antimeridian ||
                          std::ranges::any_of(lons, [](double lon) { return std::abs(lon) > 180; }));
    if (crosses || crosses_) return add_crossing_ring(lats, lons);
    append_ring(lats, lons);
    return {};
}

void ShapeBuilder::close_polygon() {
    if (open_ && crosses_) {
        // Each piece of a hole belongs to the piece of the outer ring that it lies in.
        std::vector<std::vector<const Ring*>> holes_of(outer_pieces_.size());
        for (const Ring& hole : hole_pieces_) {
            std::size_t best = 0;
            for (std::size_t i = 0; i < outer_pieces_.size() && outer_pieces_.size() > 1; ++i) {
                std::vector<double> lats;
                std::vector<double> lons;
                for (const Point& p : outer_pieces_[i].vertices) lats.push_back(p.lat), lons.push_back(p.lon);
                const RingView view{lats, lons};
                const bool holds = std::ranges::all_of(hole.vertices, [&](Point p) {
                    const Crossings crossings = crossings_west_of(view, p);
                    return crossings.odd || crossings.on_edge;
                });
                if (holds) best = i;
            }
            if (!holes_of.empty()) holes_of[best].push_back(&hole);
        }
        for (std::size_t i = 0; i < outer_pieces_.size(); ++i) {
            append_piece(outer_pieces_[i]);
            for (const Ring* hole : holes_of[i]) append_piece(*hole);
            shape_.polygon_first_.push_back(static_cast<std::uint32_t>(shape_.ring_first_.size() - 1));
        }
    } else if (open_ && shape_.ring_first_.size() - 1 > shape_.polygon_first_.back()) {
        shape_.polygon_first_.push_back(static_cast<std::uint32_t>(shape_.ring_first_.size() - 1));
    }
    outer_pieces_.clear();
    hole_pieces_.clear();
    open_ = false;
    crosses_ = false;
}

Result<void> ShapeBuilder::add(const Polygon& polygon) {
    begin_polygon();
    std::vector<double> lats;
    std::vector<double> lons;
    const auto add_one = [&](const Ring& ring) {
        lats.clear();
        lons.clear();
        for (const Point& p : ring.vertices) {
            lats.push_back(p.lat);
            lons.push_back(p.lon);
        }
        return add_ring(lats, lons);
    };
    if (auto added = add_one(polygon.outer); !added) return added;
    for (const Ring& hole : polygon.holes) {
        if (auto added = add_one(hole); !added) return added;
    }
    return {};
}

void ShapeBuilder::add(const Disc& disc) {
    assert(is_valid(disc.centre));
    shape_.discs_.push_back(disc);
}

void ShapeBuilder::add(const Shape& shape) {
    close_polygon();
    for (std::size_t i = 0; i < shape.polygon_count(); ++i) {
        for (std::size_t r = 0; r < shape.ring_count(i); ++r) {
            const RingView ring = shape.ring(i, r);
            append_ring(ring.lats, ring.lons);
        }
        shape_.polygon_first_.push_back(static_cast<std::uint32_t>(shape_.ring_first_.size() - 1));
    }
    shape_.discs_.insert(shape_.discs_.end(), shape.discs_.begin(), shape.discs_.end());
}

Shape ShapeBuilder::finish() {
    close_polygon();
    return std::exchange(shape_, Shape{});
}

Result<Shape> make_shape(std::span<const Polygon> polygons, LongEdges long_edges) {
    ShapeBuilder builder(long_edges);
    for (std::size_t i = 0; i < polygons.size(); ++i) {
        if (auto added = builder.add(polygons[i]); !added) {
            Error error = added.error();
            error.message = fmt::format("polygon {}: {}", i, error.message);
            return failure(std::move(error));
        }
    }
    return builder.finish();
}

Shape rectangle(const Box& box) {
    const double east = box.west > box.east ? box.east + 360 : box.east;
    const Polygon polygon{.outer = {{{box.south, box.west},
                                     {box.south, east},
                                     {box.north, east},
                                     {box.north, box.west},
                                     {box.south, box.west}}},
                          .holes = {}};
    auto shape = make_shape(std::span(&polygon, 1), LongEdges::as_written);
    assert(shape);
    return *std::move(shape);
}

bool contains(const Shape& shape, Point point) {
    if (!is_valid(point)) return false;
    if (std::ranges::any_of(shape.discs(), [&](const Disc& disc) { return contains(disc, point); }))
        return true;
    if (polygons_contain(shape, point)) return true;
    if (std::abs(point.lon) == 180 && polygons_contain(shape, {point.lat, -point.lon})) return true;
    return std::abs(point.lat) == 90 && reaches_pole(shape, point.lat);
}

SquareKm area(const Shape& shape) {
    double sum = 0;
    for (std::size_t i = 0; i < shape.polygon_count(); ++i) {
        for (std::size_t r = 0; r < shape.ring_count(i); ++r) {
            const RingView ring = shape.ring(i, r);
            // The sphere's surface under an edge is the integral of sin(lat) over lon; lat is linear in lon.
            const double base = std::sin(ring.lats[0] * radians_per_degree);
            double ring_sum = 0;
            for (std::size_t v = 0; v + 1 < ring.size(); ++v) {
                const double half = (ring.lats[v + 1] - ring.lats[v]) * radians_per_degree / 2;
                const double middle = (ring.lats[v + 1] + ring.lats[v]) * radians_per_degree / 2;
                const double sinc = std::abs(half) < 1e-5 ? 1 - half * half / 6 : std::sin(half) / half;
                ring_sum -=
                    (ring.lons[v + 1] - ring.lons[v]) * radians_per_degree * (std::sin(middle) * sinc - base);
            }
            sum += ring_sum;
        }
    }
    double total = sum * earth_radius_km * earth_radius_km;
    for (const Disc& disc : shape.discs()) {
        const double half_chord = earth_radius_km * std::sin(disc.radius.in_km() / earth_radius_km / 2);
        total += 4 * std::numbers::pi * half_chord * half_chord;
    }
    return {total};
}

}  // namespace truce
