// SPDX-License-Identifier: Apache-2.0
#include "sources/geojson_points.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include "base/text.h"

namespace truce::sources::geojson {
namespace {

constexpr std::size_t most_properties = 4096;

using Element = simdjson::dom::element;

std::string text_of_value(const Element& value) {
    switch (value.type()) {
        case simdjson::dom::element_type::NULL_VALUE:
            return {};
        case simdjson::dom::element_type::STRING:
            return std::string(std::string_view(value.get_string().value_unsafe()));
        case simdjson::dom::element_type::BOOL:
            return value.get_bool().value_unsafe() ? "true" : "false";
        default:
            return simdjson::minify(value);
    }
}

/// What a JSON text that is no GeoJSON says: servers answer so.
std::string said(std::string_view text) {
    return shown(trimmed(text.substr(0, 400)), 200);
}

/// The collection's own complaint about its coordinates, or nothing.
std::optional<Error> fault_of_crs(const Element& root) {
    Element crs;
    if (root["crs"].get(crs) != simdjson::SUCCESS || crs.is_null()) return std::nullopt;
    std::string_view name;
    if (crs["properties"]["name"].get(name) == simdjson::SUCCESS) {
        static constexpr std::array<std::string_view, 6> known{
            "urn:ogc:def:crs:ogc:1.3:crs84",
            "urn:ogc:def:crs:ogc::crs84",
            "urn:ogc:def:crs:epsg::4326",
            "epsg:4326",
            "crs84",
            "http://www.opengis.net/def/crs/ogc/1.3/crs84"};
        if (std::ranges::find(known, lower_ascii(name)) != known.end()) return std::nullopt;
    }
    return Error{
        .message = fmt::format(
            "crs is '{}'; want WGS 84 degrees (CRS84 or EPSG:4326), as RFC 7946 has them: export the "
            "layer in EPSG:4326",
            shown(name.empty() ? std::string_view("something else") : name))};
}

/// Puts features into rows, and their properties' names into columns.
class Collector {
public:
    void add(const Element& feature, std::string_view raw, std::uint64_t line) {
        FeatureRow row{.cells = {}, .raw = std::string(raw), .line = line, .found = {}, .expected = {}};
        fill(feature, row);
        table_.rows.push_back(std::move(row));
    }
    void add_fault(std::string_view raw, std::uint64_t line, std::string found, std::string expected) {
        table_.rows.push_back({.cells = {},
                               .raw = std::string(raw),
                               .line = line,
                               .found = std::move(found),
                               .expected = std::move(expected)});
    }

    [[nodiscard]] bool too_wide() const { return names_.size() > most_properties; }

    FeatureTable finish() {
        const auto free = [this](std::string_view name) {
            return std::ranges::find(names_, name) == names_.end();
        };
        const bool plain = free("latitude") && free("longitude");
        auto names = names_;
        names.emplace_back(plain ? "latitude" : "geometry_latitude");
        names.emplace_back(plain ? "longitude" : "geometry_longitude");
        names.emplace_back(free("id") ? "id" : "feature_id");
        for (std::size_t i = 0; i < table_.rows.size(); ++i) {
            auto& cells = table_.rows[i].cells;
            cells.resize(names_.size());
            const auto& own = i < places_.size() ? places_[i] : Own{};
            cells.push_back(own.lat);
            cells.push_back(own.lon);
            cells.push_back(own.id);
        }
        table_.header = Header(std::move(names));
        return std::move(table_);
    }

private:
    struct Own {
        std::string lat, lon, id;
    };

    std::size_t column(std::string_view name) {
        const auto [place, added] = columns_.try_emplace(std::string(name), names_.size());
        if (added) names_.emplace_back(name);
        return place->second;
    }

    void fill(const Element& feature, FeatureRow& row) {
        places_.resize(table_.rows.size() + 1);
        auto& own = places_.back();
        const auto refuse = [&row](std::string found, std::string expected) {
            row.found = std::move(found);
            row.expected = std::move(expected);
        };
        std::string_view type;
        if (feature["type"].get(type) != simdjson::SUCCESS || type != "Feature")
            return refuse(fmt::format("'{}'", said(row.raw)), "a GeoJSON feature");
        Element id;
        if (feature["id"].get(id) == simdjson::SUCCESS) own.id = text_of_value(id);
        simdjson::dom::object properties;
        if (feature["properties"].get(properties) == simdjson::SUCCESS) {
            for (const auto property : properties) {
                const auto at = column(property.key);
                if (row.cells.size() <= at) row.cells.resize(at + 1);
                row.cells[at] = text_of_value(property.value);
            }
        }
        Element geometry;
        if (feature["geometry"].get(geometry) != simdjson::SUCCESS || geometry.is_null()) return;
        if (geometry["type"].get(type) != simdjson::SUCCESS)
            return refuse("a geometry without a type", "a Point, or null");
        simdjson::dom::array position;
        if (geometry["coordinates"].get(position) != simdjson::SUCCESS)
            return refuse("a geometry without coordinates", "a Point's [longitude, latitude]");
        if (type == "MultiPoint" && position.size() == 1) {
            simdjson::dom::array only;
            if (position.at(0).get(only) == simdjson::SUCCESS) position = only;
        } else if (type != "Point") {
            return refuse(fmt::format("a {}", shown(type)),
                          "a Point: this reader takes incidents, not areas");
        }
        if (position.size() == 0) return;  // an empty point is no place
        Element lon;
        Element lat;
        const bool two =
            position.at(0).get(lon) == simdjson::SUCCESS && position.at(1).get(lat) == simdjson::SUCCESS;
        if (!two || !lon.is_number() || !lat.is_number())
            return refuse(fmt::format("coordinates {}", shown(simdjson::minify(position))),
                          "two numbers, longitude first");
        own.lon = text_of_value(lon);
        own.lat = text_of_value(lat);
    }

    std::vector<std::string> names_;
    std::unordered_map<std::string, std::size_t> columns_;
    std::vector<Own> places_;  // of the rows, by their place in the table
    FeatureTable table_;
};

/// Finds where features stand in the text: simdjson's tree does not say.
class FeatureSlices {
public:
    explicit FeatureSlices(std::string_view text) : text_(text) {
        const auto key = features_begin();
        at_ = key;
    }

    /// The next object of the array, as it stands, or an empty view at its end.
    std::string_view next() {
        while (at_ < text_.size() && text_[at_] != '{') {
            if (text_[at_] == ']') return {};
            count_line(at_++);
        }
        const auto start = at_;
        line_of_last_ = line_;
        int depth = 0;
        bool quoted = false;
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            count_line(at_);
            if (quoted) {
                if (c == '\\') {
                    ++at_;
                } else if (c == '"') {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{' || c == '[') {
                ++depth;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                ++at_;
                return text_.substr(start, at_ - start);
            }
        }
        return {};
    }
    [[nodiscard]] std::uint64_t line() const { return line_of_last_; }

private:
    void count_line(std::size_t at) { line_ += text_[at] == '\n' ? 1U : 0U; }

    /// Just after the `[` of the top object's `features`.
    std::size_t features_begin() {
        int depth = 0;
        bool quoted = false;
        std::size_t string_start = 0;
        bool is_features = false;
        for (std::size_t i = 0; i < text_.size(); ++i) {
            const char c = text_[i];
            count_line(i);
            if (quoted) {
                if (c == '\\') {
                    ++i;
                } else if (c == '"') {
                    quoted = false;
                    is_features = depth == 1 && text_.substr(string_start, i - string_start) == "features";
                }
            } else if (c == '"') {
                quoted = true;
                string_start = i + 1;
            } else if (c == '[' && is_features) {
                return i + 1;
            } else if (c == '{' || c == '[') {
                ++depth;
                is_features = false;
            } else if (c == '}' || c == ']') {
                --depth;
            } else if (c == ',') {
                is_features = false;
            }
        }
        return text_.size();
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::uint64_t line_ = 1;
    std::uint64_t line_of_last_ = 1;
};

}  // namespace

bool is_json(std::string_view text) {
    const auto start = trimmed(text.substr(0, 4096));
    return start.starts_with('{') || start.starts_with('[');
}

Result<FeatureTable> read_features(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.empty()) return failure({.message = "there is no text; want a GeoJSON FeatureCollection"});
    simdjson::dom::parser parser;
    Element root;
    if (const auto fault = parser.parse(text.data(), text.size()).get(root); fault != simdjson::SUCCESS) {
        return failure(
            {.message = fmt::format("this is not whole JSON ({}): '{}'; want a GeoJSON FeatureCollection",
                                    simdjson::error_message(fault), said(text))});
    }
    std::string_view type;
    if (root["type"].get(type) != simdjson::SUCCESS || (type != "FeatureCollection" && type != "Feature")) {
        return failure(
            {.message = fmt::format("this is JSON, but not GeoJSON: '{}'; want a FeatureCollection of points",
                                    said(text))});
    }
    if (auto fault = fault_of_crs(root)) return failure(std::move(*fault));
    Collector collector;
    if (type == "Feature") {
        collector.add(root, trimmed(text), 1);
        return collector.finish();
    }
    simdjson::dom::array features;
    if (root["features"].get(features) != simdjson::SUCCESS)
        return failure({.message = "the FeatureCollection has no array 'features'"});
    FeatureSlices slices(text);
    for (const auto feature : features) {
        if (!feature.is_object()) {
            collector.add_fault(simdjson::minify(feature), slices.line(),
                                fmt::format("'{}'", shown(simdjson::minify(feature))), "a GeoJSON feature");
            continue;
        }
        const auto raw = slices.next();
        collector.add(feature, raw, slices.line());
        if (collector.too_wide())
            return failure({.message = fmt::format("the features have more than {} different properties",
                                                   most_properties)});
    }
    return collector.finish();
}

FeatureTable read_rejected_features(const TextTable& rejects) {
    Collector collector;
    simdjson::dom::parser parser;
    rejects.for_each_row([&](const TableRow& row) {
        Element feature;
        const simdjson::padded_string text(row[0]);
        if (parser.parse(text).get(feature) == simdjson::SUCCESS) {
            collector.add(feature, row[0], row.line);
        } else {
            collector.add_fault(row[0], row.line, fmt::format("'{}'", shown(row[0])),
                                "a whole GeoJSON feature");
        }
    });
    return collector.finish();
}

ReadRows read(const FeatureTable& table, const RowMaker& maker) {
    ReadRows read;
    std::vector<std::string_view> cells(table.header.size());
    for (const auto& feature : table.rows) {
        ++read.rows;
        std::ranges::copy(feature.cells, cells.begin());
        const TableRow row{.cells = cells, .raw = feature.raw, .number = read.rows, .line = feature.line};
        const auto nul = std::ranges::any_of(
            cells, [](std::string_view cell) { return cell.find('\0') != std::string_view::npos; });
        const RowFault fault = nul ? RowFault{.found = "a NUL character", .expected = "text without NUL"}
                                   : RowFault{.found = feature.found, .expected = feature.expected};
        auto made = fault.found.empty() ? maker(row) : RowResult(tl::unexpected(fault));
        if (made) {
            made->row = row.number;
            made->line = row.line;
            made->raw = sha256(row.raw);
            read.accounts.push_back(std::move(*made));
        } else {
            read.waiting_for_date_order += made.error().kind == RowFault::Kind::needs_date_order ? 1U : 0U;
            read.rejects.push_back(reject_of(made.error(), table.header, row));
        }
    }
    return read;
}

}  // namespace truce::sources::geojson
