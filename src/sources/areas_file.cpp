// SPDX-License-Identifier: Apache-2.0
#include "sources/areas_file.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <unicode/region.h>
#include <unicode/uloc.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/side_by_side.h"
#include "base/text.h"
#include "geo/buffer.h"
#include "geo/simple_outline.h"
#include "geo/validity.h"
#include "sources/written_values.h"

namespace truce::sources {
namespace {

using nlohmann::json;
namespace ondemand = simdjson::ondemand;

constexpr double widest_metres = 2'000'000;

/// One feature of a file, as two pieces of its text.
struct Feature {
    std::size_t offset = 0;
    std::string_view properties;
    std::string_view geometry;
};

YamlNode at_line(std::size_t line) {
    YamlNode at;
    at.line = line;
    return at;
}

/// The text of an object; empty for null, and an error for anything else.
simdjson::error_code object_text(ondemand::value value, std::string_view& text) {
    ondemand::json_type type{};
    if (const auto error = value.type().get(type)) return error;
    if (type == ondemand::json_type::null) {
        text = {};
        bool is_null = false;
        return value.is_null().get(is_null);
    }
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) return error;
    return object.raw_json().get(text);
}

simdjson::error_code read_members(ondemand::object object, Feature& feature) {
    for (auto member : object) {
        std::string_view key;
        if (const auto error = member.unescaped_key().get(key)) return error;
        const bool properties = key == "properties";
        if (!properties && key != "geometry") continue;
        ondemand::value value;
        if (const auto error = member.value().get(value)) return error;
        if (const auto error = object_text(value, properties ? feature.properties : feature.geometry)) {
            return error;
        }
    }
    return simdjson::SUCCESS;
}

/// The features of a FeatureCollection, or the one that the text is.
simdjson::error_code read_features(ondemand::document& document, const char* start,
                                   std::vector<Feature>& features) {
    ondemand::object whole;
    if (const auto error = document.get_object().get(whole)) return error;
    std::string_view type;
    if (const auto error = whole.find_field_unordered("type").get_string().get(type)) return error;
    if (type == "Feature") {
        document.rewind();
        ondemand::object one;
        if (const auto error = document.get_object().get(one)) return error;
        features.push_back({});
        return read_members(one, features.back());
    }
    if (type != "FeatureCollection") return simdjson::INCORRECT_TYPE;
    ondemand::array list;
    if (const auto error = whole.find_field_unordered("features").get_array().get(list)) return error;
    for (auto element : list) {
        ondemand::object object;
        if (const auto error = element.get_object().get(object)) return error;
        const char* place = nullptr;
        std::string_view text;
        if (const auto error = object.raw_json().get(text)) return error;
        place = text.data();
        if (const auto error = object.reset().error()) return error;
        Feature feature{.offset = static_cast<std::size_t>(place - start), .properties = {}, .geometry = {}};
        if (const auto error = read_members(object, feature)) return error;
        features.push_back(feature);
    }
    return simdjson::SUCCESS;
}

/// The properties of one feature, read by type.
class Properties {
public:
    Properties(std::string_view text, const YamlNode& at, Problems& problems)
        : at_(at), problems_(problems), values_(json::parse(text, nullptr, false)) {
        if (!values_.is_object()) values_ = json::object();
    }

    std::string text(const char* key) {
        const auto* value = find(key);
        if (value == nullptr) return {};
        if (value->is_string()) return value->get<std::string>();
        problems_.error(at_, fmt::format("property '{}' must be a text", key));
        return {};
    }

    std::optional<double> metres(const char* key) {
        const auto* value = find(key);
        return value == nullptr ? std::nullopt : metres_of(*value, key);
    }

    std::optional<int> level(const char* key) {
        const auto* value = find(key);
        if (value == nullptr) return std::nullopt;
        if (value->is_number_integer() && *value >= 0 && *value <= 3) return value->get<int>();
        problems_.error(at_, fmt::format("property '{}' must be 0 (country), 1, 2 or 3", key));
        return std::nullopt;
    }

    Localised localised(const char* key) {
        Localised text;
        const auto* value = find(key);
        if (value == nullptr) return text;
        if (value->is_string()) {
            text.by_language["en"] = value->get<std::string>();
        } else if (value->is_object()) {
            for (const auto& [language, words] : value->items()) {
                if (words.is_string()) {
                    text.by_language[language] = words.get<std::string>();
                } else {
                    problems_.error(at_,
                                    fmt::format("property '{}.{}' must be a text", key, shown(language)));
                }
            }
        } else {
            problems_.error(at_, fmt::format("property '{}' must be a text, or texts by language", key));
        }
        return text;
    }

    std::vector<std::string> texts(const char* key) {
        std::vector<std::string> found;
        const auto* value = find(key);
        if (value == nullptr) return found;
        const bool all_texts =
            value->is_array() && std::ranges::all_of(*value, [](const json& one) { return one.is_string(); });
        if (!all_texts) {
            problems_.error(at_, fmt::format("property '{}' must be a list of texts", key));
            return found;
        }
        for (const auto& one : *value) found.push_back(one.get<std::string>());
        return found;
    }

    /// The radius of a circle: `circle: {radius_m: 500}`.
    std::optional<double> circle() {
        const auto* value = find("circle");
        if (value == nullptr) return std::nullopt;
        if (value->is_object() && value->contains("radius_m")) {
            return metres_of((*value)["radius_m"], "circle.radius_m");
        }
        problems_.error(at_, "property 'circle' must be {\"radius_m\": metres}");
        return std::nullopt;
    }

    /// Properties of other programs are left alone, but one that nearly has a name of ours is a slip.
    void warn_of_slips() {
        for (const auto& [key, value] : values_.items()) {
            if (std::ranges::find(asked_, key) != asked_.end()) continue;
            const auto near = nearest(key, std::span<const std::string_view>(asked_));
            if (near && edit_distance(key, *near) <= 2) {
                problems_.warn(
                    at_, fmt::format("property '{}' is not read; did you mean '{}'?", shown(key), *near));
            }
        }
    }

private:
    const json* find(const char* key) {
        asked_.emplace_back(key);
        const auto found = values_.find(key);
        return found == values_.end() || found->is_null() ? nullptr : &*found;
    }

    std::optional<double> metres_of(const json& value, const char* key) {
        const auto metres = value.is_number() ? value.get<double>() : -1.0;
        if (metres > 0 && metres <= widest_metres) return metres;
        problems_.error(at_, fmt::format("property '{}' must be a number of metres above 0, at most {:.0f}",
                                         key, widest_metres));
        return std::nullopt;
    }

    const YamlNode& at_;
    Problems& problems_;
    json values_;
    std::vector<std::string_view> asked_;
};

/// How far a feature reaches beyond its geometry.
struct Extent {
    std::optional<double> buffer_metres;
    std::optional<double> radius_metres;
};

/// A geometry's area: polygons as they are, lines by their buffer, points by their circle.
struct AreaOf {
    Extent extent;

    Result<Shape> operator()(const NoGeometry& /*nothing*/) const {
        return failure({.message = "has no geometry; draw it, or take the feature out"});
    }
    Result<Shape> operator()(const Points& points) const {
        if (!extent.radius_metres) {
            return failure({.message =
                                "is a point, and a point has no extent; add \"circle\": {\"radius_m\": ..} "
                                "to its properties"});
        }
        ShapeBuilder builder;
        for (const auto point : points.points) {
            builder.add(Disc{point, Distance::metres(*extent.radius_metres)});
        }
        return builder.finish();
    }
    Result<Shape> operator()(const Lines& lines) const {
        if (!extent.buffer_metres) {
            return failure({.message = "is a line, and a line has no extent; add \"buffer_m\": .. to its "
                                       "properties"});
        }
        ShapeBuilder builder;
        for (const auto& line : lines.lines) {
            const auto shape = buffered_line(line, Distance::metres(*extent.buffer_metres));
            if (!shape) return tl::unexpected(shape.error());
            builder.add(*shape);
        }
        return builder.finish();
    }
    Result<Shape> operator()(Shape&& shape) const {
        if (extent.buffer_metres || extent.radius_metres) {
            return failure({.message = "is a polygon; buffer_m is for lines and circle for points"});
        }
        return std::move(shape);
    }
};

/// The ISO 3166-1 codes of the country that a code means (alpha-2 or alpha-3).
struct CountryCode {
    int numeric;
    std::string alpha3;
    std::string alpha2;
};
std::optional<CountryCode> country_coded(std::string_view code) {
    const bool letters = std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!letters || code.size() < 2 || code.size() > 3) return std::nullopt;
    UErrorCode status = U_ZERO_ERROR;
    const auto* region = icu::Region::getInstance(std::string(code).c_str(), status);
    if (U_FAILURE(status) != 0 || region == nullptr || region->getType() != URGN_TERRITORY)
        return std::nullopt;
    const auto locale = fmt::format("und_{}", region->getRegionCode());
    return CountryCode{region->getNumericCode(), uloc_getISO3Country(locale.c_str()),
                       region->getRegionCode()};
}

/// What one feature came to: its area, unless something is wrong with it.
struct ReadFeature {
    Problems problems;
    std::optional<Area> area{};
};

ReadFeature read_feature(const Feature& feature, const YamlNode& at, const std::string& file) {
    ReadFeature read{.problems = {.file = file}};
    auto& problems = read.problems;
    Properties properties(feature.properties, at, problems);
    Area area;
    area.id = properties.text("id");
    area.version = properties.text("version");
    area.name = properties.localised("name");
    area.spellings = properties.texts("names");
    for (auto& spelling : properties.texts("spellings")) area.spellings.push_back(std::move(spelling));
    area.admin_level = properties.level("admin_level");
    area.code = properties.text("code");
    (void)properties.text("kind");
    (void)properties.text("basis");
    const Extent extent{properties.metres("buffer_m"), properties.circle()};
    properties.warn_of_slips();
    YamlNode id = at;
    id.kind = YamlNode::Kind::scalar;
    id.text = area.id;
    if (area.id.empty()) {
        problems.error(at, "a feature lacks the property 'id', the name that agreements use for it");
        return read;
    }
    if (!id_of(id, "property id", problems)) return read;
    const auto label = area.version.empty() ? fmt::format("area '{}'", area.id)
                                            : fmt::format("area '{}' ({})", area.id, area.version);
    auto geometry =
        feature.geometry.empty() ? Result<Geometry>(NoGeometry{}) : geometry_from_geojson(feature.geometry);
    auto shape =
        geometry ? std::visit(AreaOf{extent}, std::move(*geometry)) : tl::unexpected(geometry.error());
    if (!shape) {
        problems.error(at, fmt::format("{}: {}", label, shape.error().message));
        return read;
    }
    if (is_plainly_valid(*shape)) {
        area.shape = std::move(*shape);
    } else {
        auto mended = mend(*shape);
        if (!mended) {
            problems.error(at, fmt::format("{}: {}", label, mended.error().message));
            return read;
        }
        if (!mended->note.empty()) problems.warn(at, fmt::format("{} was mended: {}", label, mended->note));
        area.shape = std::move(mended->shape);
        area.mended = std::move(mended->note);
    }
    if (area.shape.empty()) problems.warn(at, fmt::format("{} is empty: nothing lies in it", label));
    read.area = std::move(area);
    return read;
}

void take_over(Problems& problems, Problems more) {
    std::ranges::move(more.errors, std::back_inserter(problems.errors));
    std::ranges::move(more.warnings, std::back_inserter(problems.warnings));
}

}  // namespace

void AreaNames::read(const std::string& geojson, Problems& problems, int threads) {
    const bool has_room = geojson.capacity() >= geojson.size() + simdjson::SIMDJSON_PADDING;
    const auto copy = has_room ? simdjson::padded_string() : simdjson::padded_string(geojson);
    const simdjson::padded_string_view text(has_room ? geojson.data() : copy.data(), geojson.size(),
                                            geojson.size() + simdjson::SIMDJSON_PADDING);
    ondemand::parser parser;
    ondemand::document document;
    std::vector<Feature> features;
    auto error = parser.iterate(text).get(document);
    if (!error) error = read_features(document, text.data(), features);
    std::vector<YamlNode> places;
    std::size_t line = 1;
    std::size_t counted = 0;
    for (const auto& feature : features) {
        line +=
            static_cast<std::size_t>(std::count(text.data() + counted, text.data() + feature.offset, '\n'));
        counted = feature.offset;
        places.push_back(at_line(line));
    }
    std::vector<ReadFeature> read(features.size());
    run_side_by_side(static_cast<unsigned>(std::max(threads, 1)), features.size(),
                     [&](std::size_t i) { read[i] = read_feature(features[i], places[i], problems.file); });
    for (std::size_t i = 0; i < read.size(); ++i) {
        take_over(problems, std::move(read[i].problems));
        if (read[i].area) add(std::move(*read[i].area), places[i], problems);
    }
    if (error) {
        const auto last = at_line(line);
        problems.error(last,
                       fmt::format("this is not GeoJSON with features ({}); want a FeatureCollection, or one "
                                   "Feature",
                                   simdjson::error_message(error)));
    }
}

void AreaNames::add(Area area, const YamlNode& at, Problems& problems) {
    for (std::size_t i = 0; i < areas_.size(); ++i) {
        if (areas_[i].id != area.id) continue;
        const auto& first = definitions_[i];
        if (areas_[i].version == area.version) {
            problems.error(at, fmt::format("area '{}'{} is defined twice; first in {}:{}", area.id,
                                           area.version.empty() ? "" : fmt::format(" ({})", area.version),
                                           first.file, first.line));
            return;
        }
        if (areas_[i].version.empty() || area.version.empty()) {
            problems.error(at,
                           fmt::format("area '{}' has a drawing with a version and one without ({}:{}); say "
                                       "for both whose they are",
                                       area.id, first.file, first.line));
            return;
        }
    }
    if (area.name.empty()) area.name.by_language["en"] = area.id;
    areas_.push_back(std::move(area));
    definitions_.push_back({problems.file, at.line, false});
}

std::optional<AreaClause> AreaNames::clause(const YamlNode& node, Problems& problems) {
    if (is_unknown(node)) return std::nullopt;
    if (node.is_scalar()) {
        const bool file =
            node.text.find('/') != std::string::npos || node.text.find(".geojson") != std::string::npos;
        return file ? clause_of_file(node, node.text, problems) : clause_named(node, node.text, problems);
    }
    if (node.is_sequence()) return clause_of_any(node, problems);
    Fields fields(node, "area", problems);
    std::optional<AreaClause> found;
    bool said = false;
    const auto one_way = [&](std::string_view key, auto&& read) {
        const auto* value = fields.value(key);
        if (value == nullptr) return;
        if (said) {
            problems.error(*value,
                           fmt::format("'{}' is a second way to say which area; leave one of them", key));
        }
        said = true;
        found = read(*value);
    };
    one_way("country", [&](const YamlNode& value) { return clause_of_country(value, problems); });
    one_way("admin1", [&](const YamlNode& value) { return clause_of_admin(value, 1, problems); });
    one_way("admin2", [&](const YamlNode& value) { return clause_of_admin(value, 2, problems); });
    one_way("admin3", [&](const YamlNode& value) { return clause_of_admin(value, 3, problems); });
    one_way("circle", [&](const YamlNode& value) { return clause_of_circle(value, problems); });
    one_way("any_of", [&](const YamlNode& value) { return clause_of_any(value, problems); });
    if (!said || fields.has("name")) {
        if (said) problems.error(node, "'name' is a second way to say which area; leave one of them");
        found = clause_of_versions(fields, problems);
    }
    fields.finish();
    return found;
}

std::optional<AreaClause> AreaNames::clause_named(const YamlNode& node, std::string_view id,
                                                  Problems& problems) {
    const auto found = with_id(id);
    if (!found.empty()) return use(found);
    problems.error(node, fmt::format("area '{}' is not defined{}", shown(id), did_you_mean(id, ids())));
    return std::nullopt;
}

std::optional<AreaClause> AreaNames::clause_of_file(const YamlNode& node, std::string_view reference,
                                                    Problems& problems) {
    const auto mark = reference.find('#');
    const auto file = reference.substr(0, mark);
    auto found = in_file(file);
    if (found.empty()) {
        std::vector<std::string_view> files;
        for (const auto& definition : definitions_) files.push_back(definition.file);
        problems.error(
            node, fmt::format("no area comes from a file '{}'{}", shown(file), did_you_mean(file, files)));
        return std::nullopt;
    }
    if (mark != std::string_view::npos) {
        const auto id = reference.substr(mark + 1);
        std::erase_if(found, [&](AreaId area) { return areas_[area.value].id != id; });
        if (found.empty()) {
            problems.error(node, fmt::format("file '{}' has no area '{}'", shown(file), shown(id)));
            return std::nullopt;
        }
        return use(found);
    }
    const auto& first = areas_[found.front().value].id;
    if (std::ranges::any_of(found, [&](AreaId area) { return areas_[area.value].id != first; })) {
        problems.error(node, fmt::format("file '{}' has several areas; say which, as {}#{}", shown(file),
                                         shown(file), first));
        return std::nullopt;
    }
    return use(found);
}

std::optional<AreaClause> AreaNames::clause_of_versions(Fields& fields, Problems& problems) {
    const auto name = fields.required_text("name");
    const auto* file = fields.value("file");
    const auto* versions = fields.value("versions");
    if (versions != nullptr && file != nullptr) {
        problems.error(*file, "'file' and 'versions' exclude each other; give each version its file");
        return std::nullopt;
    }
    if (!name) return std::nullopt;
    if (versions == nullptr) {
        if (file == nullptr) return clause_named(*fields.value("name"), *name, problems);
        const auto path = text_of(*file, "file", problems);
        return path ? clause_of_file(*file, fmt::format("{}#{}", *path, *name), problems) : std::nullopt;
    }
    Fields drawings(*versions, "versions", problems);
    AreaClause clause;
    for (const auto& [by, line, column, value] : versions->members) {
        (void)drawings.has(by);
        if (is_unknown(value)) continue;
        const auto reference = text_of(value, fmt::format("versions.{}", shown(by)), problems);
        if (!reference) continue;
        const auto mark = reference->find('#');
        const bool is_file =
            reference->find('/') != std::string::npos || reference->find('.') != std::string::npos;
        std::optional<AreaId> area;
        if (!is_file) {
            area = version_named(value, *reference, by, problems);
        } else if (mark != std::string::npos) {
            area = version_named(value, std::string_view(*reference).substr(mark + 1), by, problems);
        } else if (in_file(*reference).empty()) {
            (void)clause_of_file(value, *reference, problems);  // says what is wrong
        } else {
            area = version_named(value, *name, by, problems);
        }
        if (area) clause.versions.push_back({by, *area});
    }
    if (clause.versions.empty()) return std::nullopt;
    return clause;
}

std::optional<AreaId> AreaNames::version_named(const YamlNode& node, std::string_view id, std::string_view by,
                                               Problems& problems) {
    const auto found = with_id(id);
    if (found.empty()) {
        problems.error(node, fmt::format("area '{}' is not defined{}", shown(id), did_you_mean(id, ids())));
        return std::nullopt;
    }
    for (const auto area : found) {
        const auto& version = areas_[area.value].version;
        if (version != by && !version.empty()) continue;
        definitions_[area.value].used = true;
        return area;
    }
    std::string there;
    for (const auto area : found)
        there += fmt::format("{}{}", there.empty() ? "" : ", ", areas_[area.value].version);
    problems.error(node,
                   fmt::format("area '{}' has no version '{}'; it has {}", shown(id), shown(by), there));
    return std::nullopt;
}

std::optional<AreaClause> AreaNames::clause_of_country(const YamlNode& node, Problems& problems) {
    const auto text = text_of(node, "country", problems);
    if (!text) return std::nullopt;
    const auto code = country_coded(*text);
    if (!code) {
        problems.error(
            node, fmt::format("country '{}' is no code of ISO 3166-1; want three capital letters, as SYR",
                              shown(*text)));
        return std::nullopt;
    }
    std::vector<AreaId> own;
    for (std::uint32_t i = 0; i < areas_.size(); ++i) {
        if (areas_[i].admin_level == 0 &&
            (areas_[i].code == code->alpha3 || areas_[i].code == code->alpha2)) {
            own.push_back(AreaId{i});
        }
    }
    if (!own.empty()) return use(own);
    if (!country_shapes_ && !countries_.empty()) {
        auto read = country_shapes(countries_);
        if (!read) {
            problems.error(node,
                           fmt::format("the shapes of countries cannot be read: {}", read.error().message));
            return std::nullopt;
        }
        country_shapes_ = std::move(*read);
    }
    if (country_shapes_) {
        for (const auto& country : *country_shapes_) {
            if (country.iso_numeric != code->numeric) continue;
            auto mended = mend(country.shape);
            if (!mended) break;
            Area area;
            area.id = code->alpha3;
            area.name.by_language["en"] = country.name;
            area.admin_level = 0;
            area.code = code->alpha3;
            area.shape = std::move(mended->shape);
            area.mended = std::move(mended->note);
            return made(std::move(area));
        }
    }
    problems.error(
        node, fmt::format("no shape is at hand for country '{}'; add a feature with \"admin_level\": 0 and "
                          "\"code\": \"{}\" to areas/",
                          *text, code->alpha3));
    return std::nullopt;
}

std::optional<AreaClause> AreaNames::clause_of_admin(const YamlNode& node, int level, Problems& problems) {
    const auto name = text_of(node, fmt::format("admin{}", level), problems);
    if (!name) return std::nullopt;
    const auto key = name_key(*name);
    std::vector<AreaId> found;
    std::vector<std::string_view> names;
    for (std::uint32_t i = 0; i < areas_.size(); ++i) {
        const auto& area = areas_[i];
        if (area.admin_level != level) continue;
        bool named = area.code == *name || area.id == *name;
        const auto compare = [&](std::string_view other) {
            names.push_back(other);
            named = named || name_key(other) == key;
        };
        for (const auto& [language, text] : area.name.by_language) compare(text);
        for (const auto& spelling : area.spellings) compare(spelling);
        if (named) found.push_back(AreaId{i});
    }
    const bool several = std::ranges::any_of(
        found, [&](AreaId area) { return areas_[area.value].id != areas_[found.front().value].id; });
    if (!found.empty() && !several) return use(found);
    problems.error(node, several ? fmt::format("several areas of level {} are named '{}'; name one by its id",
                                               level, shown(*name))
                                 : fmt::format("no area of level {} is named '{}'{}", level, shown(*name),
                                               did_you_mean(*name, names)));
    return std::nullopt;
}

std::optional<AreaClause> AreaNames::clause_of_circle(const YamlNode& node, Problems& problems) {
    Fields fields(node, "circle", problems);
    (void)fields.required("lat");
    (void)fields.required("lon");
    (void)fields.required("radius_m");
    const auto lat = fields.real("lat", -90, 90);
    const auto lon = fields.real("lon", -180, 180);
    const auto radius = fields.real("radius_m", 1, widest_metres);
    fields.finish();
    if (!lat || !lon || !radius) return std::nullopt;
    Area area;
    area.id = fmt::format("circle-{:.6f}-{:.6f}-{:.0f}m", *lat, *lon, *radius);
    area.name.by_language["en"] = fmt::format("{:.0f} m around {:.5f}, {:.5f}", *radius, *lat, *lon);
    area.shape = Shape(Disc{{*lat, *lon}, Distance::metres(*radius)});
    return made(std::move(area));
}

std::optional<AreaClause> AreaNames::clause_of_any(const YamlNode& node, Problems& problems) {
    if (!node.is_sequence() || node.values.empty()) {
        problems.error(node, fmt::format("any_of must be a list of areas; found {}", node.described()));
        return std::nullopt;
    }
    std::vector<AreaClause> parts;
    for (const auto& value : node.values) {
        auto part = clause(value, problems);
        if (!part) return std::nullopt;
        parts.push_back(std::move(*part));
    }
    if (parts.size() == 1) return parts.front();
    // One drawing for each guarantor that has its own of any part; a part without versions is in all of them.
    std::vector<std::string> bys;
    for (const auto& part : parts) {
        for (const auto& version : part.versions) {
            if (!version.by.empty() && std::ranges::find(bys, version.by) == bys.end())
                bys.push_back(version.by);
        }
    }
    std::ranges::sort(bys);
    if (bys.empty()) bys.emplace_back();
    AreaClause all;
    for (const auto& by : bys) {
        Area area;
        ShapeBuilder builder;
        std::string name;
        for (const auto& part : parts) {
            for (const auto& version : part.versions) {
                if (version.by != by && !version.by.empty()) continue;
                const auto& one = areas_[version.area.value];
                builder.add(one.shape);
                area.id += (area.id.empty() ? "" : "+") + one.id;
                name += fmt::format("{}{}", name.empty() ? "" : "; ", one.name.in("en", one.id));
            }
        }
        area.version = by;
        area.name.by_language["en"] = name;
        const auto mended = mend(builder.finish());
        if (!mended) {
            problems.error(node, mended.error().message);
            return std::nullopt;
        }
        area.shape = mended->shape;
        const auto clause_of_one = made(std::move(area));
        all.versions.push_back({by, clause_of_one.versions.front().area});
    }
    return all;
}

AreaClause AreaNames::made(Area area) {
    const auto key = fmt::format("{}|{}", area.id, area.version);
    const auto [place, added] = made_.try_emplace(key, AreaId{static_cast<std::uint32_t>(areas_.size())});
    if (added) {
        areas_.push_back(std::move(area));
        definitions_.push_back({"", 0, true});
    }
    return {{{areas_[place->second.value].version, place->second}}};
}

AreaClause AreaNames::use(const std::vector<AreaId>& areas) {
    AreaClause clause;
    for (const auto area : areas) {
        definitions_[area.value].used = true;
        clause.versions.push_back({areas_[area.value].version, area});
    }
    std::ranges::sort(clause.versions, {}, &AreaClause::Version::by);
    return clause;
}

std::vector<AreaId> AreaNames::with_id(std::string_view id) const {
    std::vector<AreaId> found;
    for (std::uint32_t i = 0; i < areas_.size(); ++i) {
        if (areas_[i].id == id) found.push_back(AreaId{i});
    }
    return found;
}

std::vector<AreaId> AreaNames::in_file(std::string_view file) const {
    // A mission names its files by their paths in its folder; a file given by itself may lie anywhere on that
    // path.
    const auto is_named = [&](std::string_view path) {
        return path == file || (path.size() > file.size() && path.ends_with(file) &&
                                path[path.size() - file.size() - 1] == '/');
    };
    std::vector<AreaId> found;
    for (std::uint32_t i = 0; i < areas_.size(); ++i) {
        if (!file.empty() && is_named(definitions_[i].file)) found.push_back(AreaId{i});
    }
    return found;
}

std::vector<std::string_view> AreaNames::ids() const {
    std::vector<std::string_view> all;
    for (const auto& area : areas_) all.push_back(area.id);
    return all;
}

}  // namespace truce::sources
