// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "geo/shape.h"

namespace truce {

/// No geometry: GeoJSON's `null`, an empty array of coordinates, an empty collection.
struct NoGeometry {
    friend bool operator==(NoGeometry, NoGeometry) = default;
};

/// One or more points.
struct Points {
    std::vector<Point> points;
    friend bool operator==(const Points&, const Points&) = default;
};

/// One or more lines of at least two points each.
struct Lines {
    std::vector<std::vector<Point>> lines;
    friend bool operator==(const Lines&, const Lines&) = default;
};

/// One geometry of one kind.
using Geometry = std::variant<NoGeometry, Points, Lines, Shape>;

/// How much of a GeoJSON text is believed before it is refused.
struct GeoJsonLimits {
    std::size_t vertices = 100'000'000;
    int depth = 64;
};

/// Reads a geometry object of RFC 7946, or `null`.
///
/// Heights and further numbers of a position are dropped; rings may run either way round; polygons across the
/// antimeridian are cut (see ShapeBuilder). A GeometryCollection is taken where its members are of one kind,
/// and refused otherwise. A ring that is not closed is an error. Unknown members are skipped. Errors name the
/// path
/// (`coordinates[2][0][17]`) and the byte. A place beyond latitude 90 or longitude 540 is an error: such
/// files are mostly in metres. Cost: some 400 MB/s.
[[nodiscard]] Result<Geometry> geometry_from_geojson(std::string_view geometry,
                                                     const GeoJsonLimits& limits = {});

/// The same where only an area will do: refuses `null`, points and lines, saying what to do about it.
[[nodiscard]] Result<Shape> shape_from_geojson(std::string_view geometry, const GeoJsonLimits& limits = {});

/// Appends a Polygon, a MultiPolygon, or `null` for the empty shape, by RFC 7946: outer rings anticlockwise,
/// nothing across the antimeridian, each number in its shortest form that reads back the same. Discs become
/// polygons of 128 corners.
void append_geojson(std::string& out, const Shape& shape);
void append_geojson(std::string& out, Point point);
void append_geojson(std::string& out, const Geometry& geometry);

/// The area of one country in a TopoJSON file.
struct CountryShape {
    int iso_numeric = 0;  ///< ISO 3166-1 numeric; 0 where the file has none (disputed areas)
    std::string name;
    Shape shape;
};

/// Reads `objects.countries` of a TopoJSON text such as `countries-10m.json` of the npm package `world-atlas`
/// (Natural Earth), in the file's order.
///
/// Shapes are as the file has them: 54 of the 255 in that file touch themselves; see geo/validity.h.
/// TopoJSON format specification 1.0: arcs that share borders, delta-encoded and quantised.
[[nodiscard]] Result<std::vector<CountryShape>> country_shapes(std::string_view topojson);

}  // namespace truce
