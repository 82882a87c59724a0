// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "geo/point.h"

namespace truce {

/// A closed line: the last vertex repeats the first.
struct Ring {
    std::vector<Point> vertices;
    friend bool operator==(const Ring&, const Ring&) = default;
};

/// What lies within `outer` and within none of `holes`.
struct Polygon {
    Ring outer;
    std::vector<Ring> holes;
    friend bool operator==(const Polygon&, const Polygon&) = default;
};

/// A rectangle of latitudes and longitudes, its edges included. It never crosses the antimeridian.
struct Box {
    double south = 0;
    double west = 0;
    double north = 0;
    double east = 0;
    [[nodiscard]] bool contains(Point p) const {
        return p.lat >= south && p.lat <= north && p.lon >= west && p.lon <= east;
    }
    friend bool operator==(const Box&, const Box&) = default;
};

/// The box around `disc`, a hair wider than it: over all longitudes where the disc holds a pole or reaches
/// across the antimeridian.
[[nodiscard]] Box bounds(const Disc& disc);

/// The vertices of one ring as columns; `lats.front() == lats.back()` and likewise for `lons`.
struct RingView {
    std::span<const double> lats;
    std::span<const double> lons;
    [[nodiscard]] std::size_t size() const { return lats.size(); }
    [[nodiscard]] Point operator[](std::size_t i) const { return {lats[i], lons[i]}; }
};

/// An area: any number of polygons and discs; what lies in one of them lies in the shape.
///
/// The edge between two vertices is straight in longitude and latitude, as RFC 7946 section 3.1.1 says and as
/// GIS programs draw it: along a parallel where both latitudes are equal, not along a great circle. A disc is
/// bounded by its great-circle radius. Edges belong to the shape, those of holes included.
///
/// Within one polygon the even-odd rule holds over all its rings. Every longitude lies in [-180, 180]: what
/// crosses the antimeridian was cut there when the shape was made. Outer rings run anticlockwise, holes
/// clockwise. The vertices of all rings lie in two columns.
class Shape {
public:
    /// The empty shape: holds nothing.
    Shape() = default;
    /// The shape that is one disc. Requires: the centre is valid.
    explicit Shape(const Disc& disc);

    [[nodiscard]] bool empty() const { return polygon_first_.size() == 1 && discs_.empty(); }
    /// The smallest box around every part; nothing for the empty shape. A shape on both sides of the
    /// antimeridian has a box from -180 to 180.
    [[nodiscard]] std::optional<Box> bounds() const;

    [[nodiscard]] std::size_t polygon_count() const { return polygon_first_.size() - 1; }
    /// How many rings polygon `polygon` has; the first is the outer one.
    [[nodiscard]] std::size_t ring_count(std::size_t polygon) const {
        return polygon_first_[polygon + 1] - polygon_first_[polygon];
    }
    [[nodiscard]] RingView ring(std::size_t polygon, std::size_t ring) const;
    [[nodiscard]] Box polygon_bounds(std::size_t polygon) const { return polygon_bounds_[polygon]; }
    [[nodiscard]] Polygon polygon(std::size_t polygon) const;
    [[nodiscard]] std::span<const Disc> discs() const { return discs_; }

    /// All vertices of all rings, ring after ring, polygon after polygon.
    [[nodiscard]] std::span<const double> lats() const { return lats_; }
    [[nodiscard]] std::span<const double> lons() const { return lons_; }

    friend bool operator==(const Shape&, const Shape&) = default;

private:
    friend class ShapeBuilder;
    std::vector<double> lats_;
    std::vector<double> lons_;
    std::vector<std::uint32_t> ring_first_{0};     // into the vertices; one more than there are rings
    std::vector<std::uint32_t> polygon_first_{0};  // into the rings; one more than there are polygons
    std::vector<Box> polygon_bounds_;
    std::vector<Disc> discs_;
};

/// What an edge means whose ends lie more than 180 degrees of longitude apart.
///
/// RFC 7946 section 3.1.9 asks writers to cut shapes at the antimeridian, and many do not: an edge from 179
/// to -179 is then two degrees long. An edge of exactly 360 degrees is always taken as written (the rectangle
/// of the world).
enum class LongEdges { cross_antimeridian, as_written };

/// Puts a shape together, part by part.
///
/// Rings may run either way round; they are turned. A ring that goes once around the globe takes in the pole
/// that is nearer to its mean latitude. Longitudes beyond 180 are understood as going on round the globe.
class ShapeBuilder {
public:
    explicit ShapeBuilder(LongEdges long_edges = LongEdges::cross_antimeridian) : long_edges_(long_edges) {}

    /// Begins a new polygon: the next ring is its outer one, those that follow are its holes.
    void begin_polygon();
    /// Adds a ring to the polygon begun last, or says what is wrong with it: fewer than four vertices, not
    /// closed, a latitude beyond 90, a longitude beyond 540, a number that is not finite. Nothing is added
    /// then. A ring without area stays, as a line: its points are in the shape.
    [[nodiscard]] Result<void> add_ring(std::span<const double> lats, std::span<const double> lons);
    [[nodiscard]] Result<void> add(const Polygon& polygon);
    /// Requires: the centre is valid.
    void add(const Disc& disc);
    /// Adds every part of `shape`.
    void add(const Shape& shape);

    /// The shape; the builder is empty afterwards.
    [[nodiscard]] Shape finish();

private:
    void append_ring(std::span<const double> lats, std::span<const double> lons);
    void append_piece(const Ring& ring);
    [[nodiscard]] Result<void> add_crossing_ring(std::span<const double> lats, std::span<const double> lons);
    void close_polygon();

    LongEdges long_edges_;
    Shape shape_;
    // The rings of a polygon that crosses the antimeridian, cut there, until the polygon is complete.
    std::vector<Ring> outer_pieces_;
    std::vector<Ring> hole_pieces_;
    bool open_ = false;
    bool crosses_ = false;
};

/// The shape made of `polygons`, or what is wrong with them; see ShapeBuilder.
[[nodiscard]] Result<Shape> make_shape(std::span<const Polygon> polygons,
                                       LongEdges long_edges = LongEdges::cross_antimeridian);

/// The rectangle between two parallels and two meridians; east of `west` up to `east`, across the
/// antimeridian where `west` > `east`. Requires: valid corners, south <= north.
[[nodiscard]] Shape rectangle(const Box& box);

/// Whether `shape` holds `point`, edges included. The definition: O(number of vertices), exact.
///
/// The answer is that of GEOS and PostGIS `ST_Intersects`, with two additions for the globe: the longitudes
/// -180 and 180 are one place, and so are all longitudes at a pole. A point that is not valid is in no shape.
/// Orientation is decided by exact arithmetic (Shewchuk 1997, Discrete & Computational Geometry 18: 305-363).
[[nodiscard]] bool contains(const Shape& shape, Point point);

/// An area of the Earth's surface.
struct SquareKm {
    double value = 0;
};

/// How large `shape` is on the sphere of `earth_radius_km`; exact for its straight edges up to rounding.
///
/// Parts that overlap count twice; `mend` (geo/validity.h) makes them one.
[[nodiscard]] SquareKm area(const Shape& shape);

}  // namespace truce
