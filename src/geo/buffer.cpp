// SPDX-License-Identifier: Apache-2.0
#include "geo/buffer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "geo/geos_bridge.h"

namespace truce {
namespace {

using geo_detail::Geos;

constexpr double radians_per_degree = std::numbers::pi / 180;

/// Lays the surroundings of a centre out flat, in kilometres: distances and directions from the centre are
/// true (azimuthal equidistant; Snyder 1987, USGS Professional Paper 1395, section 25).
class FlatMap {
public:
    explicit FlatMap(Point centre) : centre_(centre) {}

    struct Flat {
        double x;
        double y;
    };
    [[nodiscard]] Flat lay_out(Point p) const {
        const double length = distance(centre_, p).in_km();
        const double course = bearing(centre_, p).degrees * radians_per_degree;
        return {length * std::sin(course), length * std::cos(course)};
    }
    [[nodiscard]] Point put_back(Flat flat) const {
        const double course = std::atan2(flat.x, flat.y) / radians_per_degree;
        return destination(centre_, {course}, Distance::km(std::hypot(flat.x, flat.y)));
    }

private:
    Point centre_;
};

/// Points along a line at most `step` apart, the line being straight in longitude and latitude.
std::vector<Point> densified(std::span<const Point> line, Distance step) {
    std::vector<Point> dense{line.front()};
    for (std::size_t i = 1; i < line.size(); ++i) {
        const Point a = line[i - 1];
        Point b = line[i];
        // The short way round, as in ShapeBuilder.
        if (std::abs(b.lon - a.lon) > 180) b.lon += b.lon > a.lon ? -360 : 360;
        const double along_lat = std::abs(b.lat - a.lat);
        const double along_lon = std::abs(b.lon - a.lon) *
                                 std::cos(std::min(std::abs(a.lat), std::abs(b.lat)) * radians_per_degree);
        const double km = std::hypot(along_lat, along_lon) * radians_per_degree * earth_radius_km;
        const int pieces = 1 + static_cast<int>(km / step.in_km());
        for (int k = 1; k < pieces; ++k) {
            const double t = static_cast<double>(k) / pieces;
            dense.push_back(normalised({a.lat + t * (b.lat - a.lat), a.lon + t * (b.lon - a.lon)}));
        }
        dense.push_back(line[i]);
    }
    return dense;
}

/// The buffer of a stretch that is short enough for a flat map.
Result<Shape> buffered_stretch(const Geos& geos, std::span<const Point> line, Distance width) {
    const FlatMap map(line[line.size() / 2]);
    std::vector<double> xs;
    std::vector<double> ys;
    for (const Point& p : line) {
        const auto flat = map.lay_out(p);
        xs.push_back(flat.x);
        ys.push_back(flat.y);
    }
    const auto flat_line = geos.line(xs, ys);
    constexpr int quarter_segments = 32;
    const auto zone = geos.own(
        flat_line ? GEOSBuffer_r(geos.context(), flat_line.get(), width.in_km(), quarter_segments) : nullptr);
    // Straight on the flat map is not straight in longitude and latitude: long sides need corners in between.
    const auto dense = geos.own(
        zone ? GEOSDensify_r(geos.context(), zone.get(), std::max(width.in_km() / 4, 5.0)) : nullptr);
    if (!dense) return failure({.message = "the buffer of a line cannot be drawn: " + geos.complaint()});
    ShapeBuilder builder;
    builder.begin_polygon();
    const auto add_ring = [&](const GEOSGeometry* ring) -> Result<void> {
        const GEOSCoordSequence* points = GEOSGeom_getCoordSeq_r(geos.context(), ring);
        unsigned count = 0;
        GEOSCoordSeq_getSize_r(geos.context(), points, &count);
        xs.resize(count);
        ys.resize(count);
        GEOSCoordSeq_copyToArrays_r(geos.context(), points, xs.data(), ys.data(), nullptr, nullptr);
        for (std::size_t i = 0; i < count; ++i) {
            const Point p = map.put_back({xs[i], ys[i]});
            xs[i] = p.lon;
            ys[i] = p.lat;
        }
        xs.back() = xs.front();
        ys.back() = ys.front();
        return builder.add_ring(ys, xs);
    };
    if (auto added = add_ring(GEOSGetExteriorRing_r(geos.context(), dense.get())); !added)
        return tl::unexpected(added.error());
    for (int r = 0; r < GEOSGetNumInteriorRings_r(geos.context(), dense.get()); ++r) {
        if (auto added = add_ring(GEOSGetInteriorRingN_r(geos.context(), dense.get(), r)); !added)
            return tl::unexpected(added.error());
    }
    return builder.finish();
}

}  // namespace

Result<Shape> buffered_line(std::span<const Point> line, Distance width) {
    constexpr std::size_t most_points = 100'000;
    if (line.empty())
        return failure({.message = "a line without points has no buffer; want at least one point"});
    if (line.size() > most_points) {
        return failure(
            {.message = fmt::format("the line has {} points; want at most {}", line.size(), most_points)});
    }
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (!is_valid(line[i])) {
            return failure({.message = fmt::format("point {} of the line is lat {}, lon {}; want degrees", i,
                                                   line[i].lat, line[i].lon)});
        }
    }
    if (!(width.in_km() > 0) || width.in_km() > 500) {
        return failure({.message = fmt::format(
                            "the buffer is {} km wide; want more than 0 and at most 500 km", width.in_km())});
    }
    if (std::ranges::all_of(line, [&](const Point& p) { return p == line.front(); }))
        return polygon_of({line.front(), width});

    // Lengths on a flat map are true to 1 % within some 1,500 km of its centre; a stretch stays well within.
    constexpr double longest_stretch_km = 1000;
    const std::vector<Point> dense = densified(line, Distance::km(std::clamp(width.in_km() / 2, 1.0, 20.0)));
    const Geos geos;
    std::vector<Shape> stretches;
    for (std::size_t first = 0; first + 1 < dense.size();) {
        std::size_t last = first;
        double length = 0;
        while (last + 1 < dense.size() && length < longest_stretch_km) {
            length += distance(dense[last], dense[last + 1]).in_km();
            ++last;
        }
        auto stretch = buffered_stretch(geos, std::span(dense).subspan(first, last - first + 1), width);
        if (!stretch) return stretch;
        stretches.push_back(*std::move(stretch));
        first = last;
    }
    if (stretches.size() == 1) return std::move(stretches.front());
    ShapeBuilder builder(LongEdges::as_written);
    for (const Shape& stretch : stretches) builder.add(stretch);
    const auto all = geos.multipolygon(builder.finish());
    const auto united = geos.own(all ? GEOSUnaryUnion_r(geos.context(), all.get()) : nullptr);
    auto polygons = united ? geos.polygons(united.get()) : failure({.message = geos.complaint()});
    if (!polygons)
        return failure({.message = "the buffer of a line cannot be drawn: " + polygons.error().message});
    return std::move(polygons->shape);
}

Shape polygon_of(const Disc& disc, int corners) {
    assert(is_valid(disc.centre) && corners >= 8 && disc.radius.in_km() > 0 && disc.radius.in_km() < 10'000);
    std::vector<double> lats;
    std::vector<double> lons;
    for (int i = 0; i < corners; ++i) {
        const Point p = destination(disc.centre, {360.0 * (corners - i) / corners}, disc.radius);
        lats.push_back(p.lat);
        lons.push_back(p.lon);
    }
    lats.push_back(lats.front());
    lons.push_back(lons.front());
    ShapeBuilder builder;
    builder.begin_polygon();
    const auto added = builder.add_ring(lats, lons);
    assert(added);
    return builder.finish();
}

}  // namespace truce
