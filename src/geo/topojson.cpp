// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "geo/geojson.h"

namespace truce {
namespace {

using nlohmann::json;

/// Why a TopoJSON text was refused; does not leave this file.
struct Refused {
    std::string message;
};

const json& member(const json& object, const char* name, std::string_view where) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    if (!object.is_object() || found == object.end())
        throw Refused{fmt::format("{} has no '{}'", where, name)};
    return *found;
}

double number(const json& value, std::string_view where) {
    if (!value.is_number()) throw Refused{fmt::format("{} is not a number", where)};
    return value.get<double>();
}

std::pair<double, double> pair_of(const json& value, std::string_view where) {
    if (!value.is_array() || value.size() < 2)
        throw Refused{fmt::format("{} is not a pair of numbers", where)};
    return {number(value[0], where), number(value[1], where)};
}

/// Brings a coordinate that rounding carried a hair beyond the map's edge back to it.
double on_map(double degrees, double limit) {
    return std::abs(std::abs(degrees) - limit) < 1e-9 ? std::copysign(limit, degrees) : degrees;
}

class Topology {
public:
    explicit Topology(const json& topology) {
        if (member(topology, "type", "the text") != "Topology") throw Refused{"the text is not a Topology"};
        double scale_lon = 1;
        double scale_lat = 1;
        double shift_lon = 0;
        double shift_lat = 0;
        const bool quantised = topology.contains("transform");
        if (quantised) {
            std::tie(scale_lon, scale_lat) =
                pair_of(member(topology["transform"], "scale", "transform"), "transform.scale");
            std::tie(shift_lon, shift_lat) =
                pair_of(member(topology["transform"], "translate", "transform"), "transform.translate");
        }
        const json& arcs = member(topology, "arcs", "the topology");
        if (!arcs.is_array()) throw Refused{"'arcs' is not an array"};
        for (const json& arc : arcs) {
            if (!arc.is_array()) throw Refused{fmt::format("arc {} is not an array", arcs_.size())};
            double x = 0;
            double y = 0;
            auto& points = arcs_.emplace_back();
            for (const json& position : arc) {
                const auto [dx, dy] = pair_of(position, "a position of an arc");
                x = quantised ? x + dx : dx;
                y = quantised ? y + dy : dy;
                points.push_back(
                    {on_map(y * scale_lat + shift_lat, 90), on_map(x * scale_lon + shift_lon, 180)});
            }
        }
    }

    [[nodiscard]] Shape shape(const json& geometry, const std::string& where) {
        const json& type = member(geometry, "type", where);
        ShapeBuilder builder;
        if (type == "Polygon") {
            add_polygon(builder, member(geometry, "arcs", where), where);
        } else if (type == "MultiPolygon") {
            const json& polygons = member(geometry, "arcs", where);
            if (!polygons.is_array()) throw Refused{fmt::format("{}: 'arcs' is not an array", where)};
            for (const json& polygon : polygons) add_polygon(builder, polygon, where);
        } else if (!type.is_null()) {
            throw Refused{fmt::format("{} is no area; want Polygon or MultiPolygon", where)};
        }
        return builder.finish();
    }

private:
    void add_polygon(ShapeBuilder& builder, const json& rings, const std::string& where) {
        if (!rings.is_array()) throw Refused{fmt::format("{}: a polygon's arcs are not an array", where)};
        builder.begin_polygon();
        for (const json& ring : rings) {
            std::vector<double> lats;
            std::vector<double> lons;
            if (!ring.is_array()) throw Refused{fmt::format("{}: a ring's arcs are not an array", where)};
            for (const json& index : ring) append_arc(index, where, lats, lons);
            // Quantising may have left less than a triangle of a small island: it stays, as a line or a
            // point.
            while (!lats.empty() && lats.size() < 4) {
                lats.push_back(lats.front());
                lons.push_back(lons.front());
            }
            if (auto added = builder.add_ring(lats, lons); !added) {
                throw Refused{fmt::format("{}: {}", where, added.error().message)};
            }
        }
    }

    /// Appends arc `index`, or for a negative number ~index backwards; it begins where the last one ended.
    void append_arc(const json& index, const std::string& where, std::vector<double>& lats,
                    std::vector<double>& lons) {
        if (!index.is_number_integer())
            throw Refused{fmt::format("{}: an arc's index is not an integer", where)};
        const auto given = index.get<std::int64_t>();
        const std::int64_t arc = given < 0 ? ~given : given;
        if (arc >= static_cast<std::int64_t>(arcs_.size())) {
            throw Refused{fmt::format("{}: arc {} of {}", where, given, arcs_.size())};
        }
        const std::vector<Point>& points = arcs_[static_cast<std::size_t>(arc)];
        // A short text can name a long arc over and over.
        vertices_ += points.size();
        if (vertices_ > most_vertices)
            throw Refused{fmt::format("{}: more than {} vertices by now", where, most_vertices)};
        const std::size_t skipped = lats.empty() ? 0 : 1;
        for (std::size_t i = skipped; i < points.size(); ++i) {
            const Point& p = given < 0 ? points[points.size() - 1 - i] : points[i];
            lats.push_back(p.lat);
            lons.push_back(p.lon);
        }
    }

    static constexpr std::size_t most_vertices = 50'000'000;
    std::size_t vertices_ = 0;
    std::vector<std::vector<Point>> arcs_;
};

int iso_number_of(const json& geometry) {
    const auto id = geometry.find("id");
    if (id == geometry.end()) return 0;
    if (id->is_number_integer()) return id->get<int>();
    int code = 0;
    if (id->is_string()) {
        const auto& text = id->get_ref<const std::string&>();
        const auto [rest, status] = std::from_chars(text.data(), text.data() + text.size(), code);
        if (status != std::errc{} || rest != text.data() + text.size()) return 0;
    }
    return code;
}

std::vector<CountryShape> read_countries(const json& topology) {
    Topology arcs(topology);
    const json& objects = member(topology, "objects", "the topology");
    const json& geometries = member(member(objects, "countries", "'objects'"), "geometries", "'countries'");
    if (!geometries.is_array()) throw Refused{"'geometries' is not an array"};
    std::vector<CountryShape> countries;
    for (const json& geometry : geometries) {
        const std::string where = fmt::format("country {}", countries.size());
        CountryShape country;
        country.shape = arcs.shape(geometry, where);
        country.iso_numeric = iso_number_of(geometry);
        const auto properties = geometry.find("properties");
        if (properties != geometry.end() && properties->is_object() && properties->contains("name")) {
            const json& name = (*properties)["name"];
            if (name.is_string()) country.name = name.get<std::string>();
        }
        countries.push_back(std::move(country));
    }
    return countries;
}

}  // namespace

Result<std::vector<CountryShape>> country_shapes(std::string_view topojson) {
    constexpr std::size_t largest = 100'000'000;
    if (topojson.size() > largest) {
        return failure(
            {.message = fmt::format("TopoJSON text of {} bytes; want at most {}", topojson.size(), largest)});
    }
    const json topology = json::parse(topojson.begin(), topojson.end(), nullptr, false);
    if (topology.is_discarded()) return failure({.message = "TopoJSON text is not JSON"});
    try {
        return read_countries(topology);
    } catch (const Refused& refused) {
        return failure({.message = "TopoJSON: " + refused.message});
    }
}

}  // namespace truce
