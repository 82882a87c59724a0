// SPDX-License-Identifier: Apache-2.0
#include "geo/geojson.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "base/json_text.h"
#include "geo/buffer.h"

namespace truce {
namespace {

constexpr std::array<double, 23> powers_of_ten{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Reads one geometry from JSON text. Members return whether to go on; what stopped them is in `error_`.
class GeometryText {
public:
    GeometryText(std::string_view text, const GeoJsonLimits& limits)
        : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()), limits_(limits) {}

    Result<Geometry> read() {
        Geometry geometry;
        if (!read_geometry(geometry, limits_.depth)) return tl::unexpected(*error_);
        skip_space();
        if (at_ != end_) {
            (void)fail("more text after the geometry");
            return tl::unexpected(*error_);
        }
        return geometry;
    }

private:
    [[nodiscard]] bool fail(std::string_view what) {
        if (!error_) {
            error_ = Error{
                .message = fmt::format("GeoJSON geometry, byte {}{}: {}", at_ - begin_ + 1, path(), what)};
        }
        return false;
    }

    [[nodiscard]] std::string path() const {
        if (path_.empty()) return {};
        std::string text = ", coordinates";
        for (const std::size_t step : path_) text += fmt::format("[{}]", step);
        return text;
    }

    void skip_space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    }

    /// Takes `c` if it comes next, after white space.
    [[nodiscard]] bool take(char c) {
        if (at_ != end_ && *at_ == c) {
            ++at_;
            return true;
        }
        skip_space();
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }

    [[nodiscard]] bool expect(char c, std::string_view what) {
        if (take(c)) return true;
        if (at_ == end_) return fail(fmt::format("the text ends; want {}", what));
        return fail(fmt::format("found '{}'; want {}", shown(*at_), what));
    }

    [[nodiscard]] static std::string shown(char c) {
        if (c >= ' ' && c < 0x7F) return {c};
        return fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }

    [[nodiscard]] bool take_word(std::string_view word) {
        skip_space();
        if (static_cast<std::size_t>(end_ - at_) < word.size() || std::string_view(at_, word.size()) != word)
            return false;
        at_ += word.size();
        return true;
    }

    /// The raw text between the quotes.
    [[nodiscard]] bool read_string(std::string_view& raw) {
        if (!expect('"', "a string")) return false;
        const char* start = at_;
        while (at_ != end_ && *at_ != '"') {
            if (static_cast<unsigned char>(*at_) < 0x20) return fail("a control character in a string");
            at_ += *at_ == '\\' && at_ + 1 != end_ ? 2 : 1;
        }
        if (at_ == end_) return fail("a string does not end");
        raw = {start, static_cast<std::size_t>(at_ - start)};
        ++at_;
        return true;
    }

    /// Goes past any JSON value, checking that brackets and strings end.
    [[nodiscard]] bool skip_value() {
        std::string open;
        do {
            skip_space();
            if (at_ == end_) return fail("the text ends within a value");
            const char c = *at_;
            if (c == '"') {
                std::string_view raw;
                if (!read_string(raw)) return false;
            } else if (c == '{' || c == '[') {
                if (open.size() >= static_cast<std::size_t>(limits_.depth)) {
                    return fail(fmt::format("values nested more than {} deep", limits_.depth));
                }
                open += c;
                ++at_;
            } else if (c == '}' || c == ']') {
                if (open.empty() || open.back() != (c == '}' ? '{' : '['))
                    return fail("a bracket closes that was not opened");
                open.pop_back();
                ++at_;
            } else if (c == ',' || c == ':') {
                if (open.empty()) return fail("a value is missing");
                ++at_;
            } else if (is_digit(c) || c == '-' || (c >= 'a' && c <= 'z')) {
                while (at_ != end_ && (is_digit(*at_) || (*at_ >= 'a' && *at_ <= 'z') || *at_ == '-' ||
                                       *at_ == '+' || *at_ == '.' || *at_ == 'E')) {
                    ++at_;
                }
            } else {
                return fail(fmt::format("found '{}'; want a value", shown(c)));
            }
        } while (!open.empty());
        return true;
    }

    [[nodiscard]] bool read_number(double& value) {
        const char* start = at_;
        if (at_ == end_ || (!is_digit(*at_) && *at_ != '-')) {
            skip_space();
            start = at_;
        }
        const char* p = at_;
        const bool negative = p != end_ && *p == '-';
        if (negative) ++p;
        if (p == end_ || !is_digit(*p)) {
            return expect('0', "a number");
        }
        std::uint64_t mantissa = 0;
        const char* first_digit = p;
        for (; p != end_ && is_digit(*p); ++p)
            mantissa = mantissa * 10 + static_cast<std::uint64_t>(*p - '0');
        std::ptrdiff_t digits = p - first_digit;
        if (digits > 1 && *first_digit == '0') return fail("a number begins with 0 and more digits");
        std::ptrdiff_t decimals = 0;
        if (p != end_ && *p == '.') {
            const char* first_decimal = ++p;
            for (; p != end_ && is_digit(*p); ++p)
                mantissa = mantissa * 10 + static_cast<std::uint64_t>(*p - '0');
            decimals = p - first_decimal;
            if (decimals == 0) return fail("a number has a point and no digit after it");
            digits += decimals;
        }
        const bool exponent = p != end_ && (*p == 'e' || *p == 'E');
        if (!exponent && digits <= 18 && mantissa <= (std::uint64_t{1} << 53) && decimals <= 22) {
            // Both exact, so the quotient is rounded once, correctly (Clinger 1990).
            const double magnitude =
                static_cast<double>(mantissa) / powers_of_ten[static_cast<std::size_t>(decimals)];
            value = negative ? -magnitude : magnitude;
            at_ = p;
            return true;
        }
        const auto [rest, status] = std::from_chars(start, end_, value);
        if (status == std::errc::result_out_of_range) return fail("a number is too large or too small");
        if (status != std::errc{}) return fail("a number cannot be read");
        at_ = rest;
        return true;
    }

    /// `[lon, lat, ...]`, appended to the columns.
    [[nodiscard]] bool read_position() {
        if (!expect('[', "a position, [longitude, latitude]")) return false;
        double lon = 0;
        double lat = 0;
        if (!read_number(lon)) return false;
        if (!expect(',', "a position of two numbers")) return false;
        if (!read_number(lat)) return false;
        while (take(',')) {
            double dropped = 0;
            if (!read_number(dropped)) return false;
        }
        if (!expect(']', "the end of a position")) return false;
        if (++vertices_ > limits_.vertices)
            return fail(fmt::format("more than {} vertices", limits_.vertices));
        lons_.push_back(lon);
        lats_.push_back(lat);
        return true;
    }

    /// An array whose members `member` reads.
    template <class Member>
    [[nodiscard]] bool read_array(std::string_view what, Member&& member) {
        if (!expect('[', what)) return false;
        if (take(']')) return true;
        path_.push_back(0);
        do {
            if (!member()) return false;
            ++path_.back();
        } while (take(','));
        path_.pop_back();
        return expect(']', "a comma or the end of an array");
    }

    [[nodiscard]] bool read_line() {
        lats_.clear();
        lons_.clear();
        return read_array("an array of positions", [&] { return read_position(); });
    }

    [[nodiscard]] bool take_point(Points& points) {
        const Point p{lats_.back(), lons_.back()};
        if (!(std::abs(p.lat) <= 90) || !(std::abs(p.lon) <= 540)) {
            return fail(fmt::format(
                "lon {}, lat {} is no place in degrees; want longitude first, latitude within [-90, 90]",
                p.lon, p.lat));
        }
        points.points.push_back(std::abs(p.lon) <= 180 ? p : normalised(p));
        return true;
    }

    [[nodiscard]] bool take_line(Lines& lines) {
        if (lats_.size() < 2)
            return fail(fmt::format("a line of {} positions; want at least 2", lats_.size()));
        Points points;
        for (std::size_t i = 0; i < lats_.size(); ++i) {
            const Point p{lats_[i], lons_[i]};
            if (!(std::abs(p.lat) <= 90) || !(std::abs(p.lon) <= 540)) {
                return fail(fmt::format(
                    "lon {}, lat {} is no place in degrees; want longitude first, latitude within [-90, 90]",
                    p.lon, p.lat));
            }
            points.points.push_back(std::abs(p.lon) <= 180 ? p : normalised(p));
        }
        lines.lines.push_back(std::move(points.points));
        return true;
    }

    [[nodiscard]] bool read_polygon(ShapeBuilder& builder) {
        builder.begin_polygon();
        return read_array("an array of rings", [&] {
            if (!read_line()) return false;
            const auto added = builder.add_ring(lats_, lons_);
            return added ? true : fail(added.error().message);
        });
    }

    [[nodiscard]] bool read_coordinates(std::string_view type, Geometry& geometry) {
        if (type == "Point" || type == "MultiPoint") {
            Points points;
            lats_.clear();
            lons_.clear();
            const bool one = type == "Point";
            if (one && take('[')) {
                if (take(']')) return true;
                --at_;
                while (*at_ != '[') --at_;
            }
            if (one ? !(read_position() && take_point(points)) : !read_array("an array of positions", [&] {
                    return read_position() && take_point(points);
                })) {
                return false;
            }
            if (!points.points.empty()) geometry = std::move(points);
            return true;
        }
        if (type == "LineString" || type == "MultiLineString") {
            Lines lines;
            const auto one_line = [&] { return read_line() && (lats_.empty() || take_line(lines)); };
            if (!(type == "LineString" ? one_line() : read_array("an array of lines", one_line)))
                return false;
            if (!lines.lines.empty()) geometry = std::move(lines);
            return true;
        }
        if (type == "Polygon" || type == "MultiPolygon") {
            ShapeBuilder builder;
            const auto one_polygon = [&] { return read_polygon(builder); };
            if (!(type == "Polygon" ? one_polygon() : read_array("an array of polygons", one_polygon)))
                return false;
            Shape shape = builder.finish();
            if (!shape.empty()) geometry = std::move(shape);
            return true;
        }
        return fail(fmt::format(
            "type '{}'; want Point, MultiPoint, LineString, MultiLineString, Polygon, MultiPolygon or "
            "GeometryCollection",
            type.substr(0, 40)));
    }

    /// Adds `part` to a collection whose members so far are in `whole`.
    [[nodiscard]] bool merge(Geometry& whole, Geometry part) {
        if (std::holds_alternative<NoGeometry>(part)) return true;
        if (std::holds_alternative<NoGeometry>(whole)) {
            whole = std::move(part);
            return true;
        }
        if (whole.index() != part.index()) {
            return fail(
                "a GeometryCollection of different kinds; want points, lines or areas alone: split it");
        }
        if (auto* points = std::get_if<Points>(&whole)) {
            const auto& more = std::get<Points>(part).points;
            points->points.insert(points->points.end(), more.begin(), more.end());
        } else if (auto* lines = std::get_if<Lines>(&whole)) {
            const auto& more = std::get<Lines>(part).lines;
            lines->lines.insert(lines->lines.end(), more.begin(), more.end());
        } else {
            ShapeBuilder builder;
            builder.add(std::get<Shape>(whole));
            builder.add(std::get<Shape>(part));
            whole = builder.finish();
        }
        return true;
    }

    [[nodiscard]] bool read_members_of_collection(Geometry& geometry, int depth) {
        if (!expect('[', "an array of geometries")) return false;
        if (take(']')) return true;
        ShapeBuilder shapes;
        bool any_shape = false;
        do {
            Geometry part;
            if (!read_geometry(part, depth - 1)) return false;
            // Areas are gathered apart, so that a long collection is not copied over and over.
            if (const auto* shape = std::get_if<Shape>(&part)) {
                shapes.add(*shape);
                any_shape = true;
            } else if (!merge(geometry, std::move(part))) {
                return false;
            }
        } while (take(','));
        if (any_shape && !merge(geometry, shapes.finish())) return false;
        return expect(']', "a comma or the end of the geometries");
    }

    [[nodiscard]] bool check_crs(const char* start) {
        const std::string_view crs(start, static_cast<std::size_t>(at_ - start));
        if (crs.find("CRS84") != crs.npos || crs.find("4326") != crs.npos || crs == "null") return true;
        return fail(
            "a coordinate reference system other than WGS 84 (CRS84, EPSG:4326); convert the file to WGS 84");
    }

    [[nodiscard]] bool read_geometry(Geometry& geometry, int depth) {
        if (depth <= 0) return fail(fmt::format("geometries nested more than {} deep", limits_.depth));
        if (take_word("null")) return true;
        if (!expect('{', "a geometry object or null")) return false;
        std::optional<std::string_view> type;
        const char* coordinates = nullptr;
        const char* geometries = nullptr;
        bool read = false;
        if (!take('}')) {
            do {
                std::string_view key;
                if (!read_string(key) || !expect(':', "a colon")) return false;
                skip_space();
                const char* start = at_;
                if (key == "type") {
                    std::string_view name;
                    if (type) return fail("'type' occurs twice");
                    if (!read_string(name)) return false;
                    type = name;
                } else if (key == "coordinates" || key == "geometries") {
                    const bool collection = key == "geometries";
                    if ((collection ? geometries : coordinates) != nullptr)
                        return fail(fmt::format("'{}' occurs twice", key));
                    (collection ? geometries : coordinates) = start;
                    // The type mostly comes first, and one pass is enough.
                    if (type && !read && collection == (*type == "GeometryCollection")) {
                        read = true;
                        if (!(collection ? read_members_of_collection(geometry, depth)
                                         : read_coordinates(*type, geometry)))
                            return false;
                    } else if (!skip_value()) {
                        return false;
                    }
                } else if (key == "crs") {
                    if (!skip_value() || !check_crs(start)) return false;
                } else if (!skip_value()) {
                    return false;
                }
            } while (take(','));
            if (!expect('}', "a comma or the end of the geometry object")) return false;
        }
        if (read) return true;
        if (!type) return fail("a geometry without 'type'");
        const bool collection = *type == "GeometryCollection";
        const char* const after = at_;
        at_ = collection ? geometries : coordinates;
        if (at_ == nullptr) {
            at_ = after;
            if (*type == "Feature" || *type == "FeatureCollection") {
                return fail(
                    fmt::format("type '{}'; want a geometry: the value of a feature's 'geometry'", *type));
            }
            return fail(fmt::format("a {} without '{}'", type->substr(0, 40),
                                    collection ? "geometries" : "coordinates"));
        }
        if (!(collection ? read_members_of_collection(geometry, depth) : read_coordinates(*type, geometry)))
            return false;
        at_ = after;
        return true;
    }

    const char* begin_;
    const char* at_;
    const char* end_;
    GeoJsonLimits limits_;
    std::size_t vertices_ = 0;
    std::vector<std::size_t> path_;
    std::vector<double> lats_;
    std::vector<double> lons_;
    std::optional<Error> error_;
};

void append_position(std::string& out, Point p) {
    out += '[';
    append_json_number(out, p.lon);
    out += ',';
    append_json_number(out, p.lat);
    out += ']';
}

/// Appends `[a,b,c]` for what `one` appends of each of `count` members.
template <class One>
void append_array(std::string& out, std::size_t count, One&& one) {
    out += '[';
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += ',';
        one(i);
    }
    out += ']';
}

void append_polygon(std::string& out, const Shape& shape, std::size_t polygon) {
    append_array(out, shape.ring_count(polygon), [&](std::size_t r) {
        const RingView ring = shape.ring(polygon, r);
        append_array(out, ring.size(), [&](std::size_t i) { append_position(out, ring[i]); });
    });
}

}  // namespace

Result<Geometry> geometry_from_geojson(std::string_view geometry, const GeoJsonLimits& limits) {
    return GeometryText(geometry, limits).read();
}

Result<Shape> shape_from_geojson(std::string_view geometry, const GeoJsonLimits& limits) {
    auto read = geometry_from_geojson(geometry, limits);
    if (!read) return tl::unexpected(read.error());
    if (auto* shape = std::get_if<Shape>(&*read)) return std::move(*shape);
    if (std::holds_alternative<Lines>(*read)) {
        return failure(
            {.message = "GeoJSON geometry: a line is no area; give it a buffer, or draw a polygon"});
    }
    if (std::holds_alternative<Points>(*read)) {
        return failure(
            {.message = "GeoJSON geometry: a point is no area; give it a radius, or draw a polygon"});
    }
    return failure({.message = "GeoJSON geometry: none (null or empty); want a Polygon or a MultiPolygon"});
}

void append_geojson(std::string& out, const Shape& shape) {
    if (!shape.discs().empty()) {
        ShapeBuilder builder(LongEdges::as_written);
        for (std::size_t i = 0; i < shape.polygon_count(); ++i) {
            const auto added = builder.add(shape.polygon(i));
            assert(added);
        }
        for (const Disc& disc : shape.discs()) {
            // A disc without radius is still a place: a ring that stays there.
            const Point c = disc.centre;
            const auto added = disc.radius.in_km() > 0
                                   ? (builder.add(polygon_of(disc)), Result<void>{})
                                   : builder.add(Polygon{.outer = {{c, c, c, c}}, .holes = {}});
            assert(added);
        }
        append_geojson(out, builder.finish());
        return;
    }
    if (shape.empty()) {
        out += "null";
        return;
    }
    if (shape.polygon_count() == 1) {
        out += R"({"type":"Polygon","coordinates":)";
        append_polygon(out, shape, 0);
    } else {
        out += R"({"type":"MultiPolygon","coordinates":)";
        append_array(out, shape.polygon_count(), [&](std::size_t i) { append_polygon(out, shape, i); });
    }
    out += '}';
}

void append_geojson(std::string& out, Point point) {
    out += R"({"type":"Point","coordinates":)";
    append_position(out, point);
    out += '}';
}

void append_geojson(std::string& out, const Geometry& geometry) {
    if (const auto* shape = std::get_if<Shape>(&geometry)) return append_geojson(out, *shape);
    if (std::holds_alternative<NoGeometry>(geometry)) {
        out += "null";
        return;
    }
    if (const auto* points = std::get_if<Points>(&geometry)) {
        if (points->points.size() == 1) return append_geojson(out, points->points.front());
        out += R"({"type":"MultiPoint","coordinates":)";
        append_array(out, points->points.size(),
                     [&](std::size_t i) { append_position(out, points->points[i]); });
        out += '}';
        return;
    }
    const auto& lines = std::get<Lines>(geometry).lines;
    const auto append_line = [&](std::size_t l) {
        append_array(out, lines[l].size(), [&](std::size_t i) { append_position(out, lines[l][i]); });
    };
    if (lines.size() == 1) {
        out += R"({"type":"LineString","coordinates":)";
        append_line(0);
    } else {
        out += R"({"type":"MultiLineString","coordinates":)";
        append_array(out, lines.size(), append_line);
    }
    out += '}';
}

}  // namespace truce
