// SPDX-License-Identifier: Apache-2.0
#include "report/hotspots.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "geo/shape.h"
#include "report/table_writer.h"

namespace truce::report {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::days;

Json number(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json days_json(const analysis::Days& value) {
    if (value.empty()) return nullptr;
    return {{"first", day_text(value.first)}, {"last", day_text(value.end - days{1})}};
}

Json rarity(const analysis::Rarity& value) {
    return {{"p", value.p},
            {"gumbel_p", number(value.gumbel_p)},
            {"recurrence_days", number(value.recurrence_days)}};
}

Json point(Point place) {
    return {{"lat", place.lat}, {"lon", place.lon}};
}

std::optional<double> ratio(const analysis::Hotspot& hotspot) {
    return hotspot.expected > 0 ? std::optional(static_cast<double>(hotspot.incidents) / hotspot.expected)
                                : std::nullopt;
}

Json hotspot_json(const Dossier& dossier, const PlacedHotspot& placed) {
    const analysis::Hotspot& hotspot = placed.found;
    Json truces = Json::array();
    for (const HotspotInTruce& truce : placed.truces) {
        truces.push_back({{"agreement", dossier.agreements[truce.agreement.value].id},
                          {"force", name_of(truce.force)},
                          {"inside", truce.inside},
                          {"perhaps_inside", truce.perhaps}});
    }
    return {{"place", placed.place},
            {"centre", point(hotspot.area.centre)},
            {"radius_km", hotspot.area.radius.in_km()},
            {"days", days_json(hotspot.days)},
            {"incidents", hotspot.incidents},
            {"expected", hotspot.expected},
            {"ratio", number(ratio(hotspot))},
            {"statistic", hotspot.statistic},
            {"single", rarity(hotspot.single)},
            {"clustered", hotspot.clustered ? rarity(*hotspot.clustered) : Json(nullptr)},
            {"evidence", name_of(hotspot.evidence)},
            {"alarm", hotspot.alarm},
            {"local_truces", std::move(truces)}};
}

Json scan_json(const Dossier& dossier, const HotspotScan& scan) {
    const analysis::Hotspots& found = scan.found;
    Json hotspots = Json::array();
    for (const PlacedHotspot& hotspot : scan.hotspots) hotspots.push_back(hotspot_json(dossier, hotspot));
    Json warnings = Json::array();
    for (const auto warning : found.warnings) warnings.push_back(name_of(warning));
    return {{"model", name_of(found.model)},
            {"when", name_of(found.when)},
            {"study", days_json(found.study)},
            {"baseline", days_json(found.baseline)},
            {"incidents", found.scanned},
            {"cases", found.cases},
            {"baseline_incidents", found.baseline_incidents},
            {"spread", found.spread},
            {"left_out",
             {{"outside", found.left_out.outside},
              {"no_place", found.left_out.no_place},
              {"coarse_place", found.left_out.coarse_place},
              {"coarse_time", found.left_out.coarse_time},
              {"selected", scan.selected}}},
            {"sites", found.sites},
            {"cell_km", found.cell ? Json(found.cell->in_km()) : Json(nullptr)},
            {"replicates", found.replicates},
            {"seed", found.seed},
            {"critical_statistic", number(found.critical)},
            {"closeness", number(found.closeness)},
            {"why_not", found.why_not ? Json(name_of(*found.why_not)) : Json(nullptr)},
            {"warnings", std::move(warnings)},
            {"hotspots", std::move(hotspots)}};
}

/// The circle as polygons, cut at the antimeridian where it crosses it.
Json circle(const Disc& disc) {
    constexpr int corners = 64;
    std::vector<double> lats;
    std::vector<double> lons;
    for (int i = corners; i >= 0; --i) {
        const Point corner = destination(disc.centre, {360.0 * (i % corners) / corners}, disc.radius);
        lats.push_back(corner.lat);
        lons.push_back(corner.lon);
    }
    ShapeBuilder builder;
    // A circle of some kilometres has no ring that could be refused.
    builder.begin_polygon();
    if (!builder.add_ring(lats, lons)) return nullptr;
    const Shape shape = builder.finish();
    Json polygons = Json::array();
    for (std::size_t p = 0; p < shape.polygon_count(); ++p) {
        Json rings = Json::array();
        for (std::size_t r = 0; r < shape.ring_count(p); ++r) {
            Json points = Json::array();
            const RingView view = shape.ring(p, r);
            for (std::size_t i = 0; i < view.size(); ++i) {
                // Five decimals are a metre.
                const auto rounded = [](double degrees) { return std::round(degrees * 1e5) / 1e5; };
                points.push_back({rounded(view[i].lon), rounded(view[i].lat)});
            }
            rings.push_back(std::move(points));
        }
        polygons.push_back(std::move(rings));
    }
    if (polygons.size() == 1) return {{"type", "Polygon"}, {"coordinates", polygons[0]}};
    return {{"type", "MultiPolygon"}, {"coordinates", std::move(polygons)}};
}

}  // namespace

std::string_view name_of(numeric::ScanModel model) {
    switch (model) {
        case numeric::ScanModel::poisson:
            return "poisson";
        case numeric::ScanModel::space_time_permutation:
            return "space_time_permutation";
        case numeric::ScanModel::expectation_based_poisson:
            return "expectation_based_poisson";
        case numeric::ScanModel::bernoulli:
            return "bernoulli";
    }
    return "";
}

std::string_view name_of(analysis::HotspotSettings::When when) {
    switch (when) {
        case analysis::HotspotSettings::When::going_on:
            return "going_on";
        case analysis::HotspotSettings::When::any_time:
            return "any_time";
    }
    return "";
}

std::string_view name_of(analysis::Evidence evidence) {
    switch (evidence) {
        case analysis::Evidence::clear:
            return "clear";
        case analysis::Evidence::only_if_independent:
            return "only_if_independent";
        case analysis::Evidence::within_chance:
            return "within_chance";
    }
    return "";
}

std::string_view name_of(analysis::NoScan reason) {
    switch (reason) {
        case analysis::NoScan::selection_only:
            return "selection_only";
        case analysis::NoScan::too_few_incidents:
            return "too_few_incidents";
        case analysis::NoScan::one_place:
            return "one_place";
        case analysis::NoScan::one_day:
            return "one_day";
        case analysis::NoScan::nothing_before:
            return "nothing_before";
        case analysis::NoScan::no_population:
            return "no_population";
        case analysis::NoScan::all_of_one_kind:
            return "all_of_one_kind";
    }
    return "";
}

std::string_view name_of(analysis::ScanWarning warning) {
    switch (warning) {
        case analysis::ScanWarning::relative:
            return "relative";
        case analysis::ScanWarning::coverage_changes:
            return "coverage_changes";
        case analysis::ScanWarning::self_excitation:
            return "self_excitation";
        case analysis::ScanWarning::low_precision:
            return "low_precision";
        case analysis::ScanWarning::thin_baseline:
            return "thin_baseline";
    }
    return "";
}

std::string_view name_of(HotspotInTruce::Force force) {
    switch (force) {
        case HotspotInTruce::Force::in_force:
            return "in_force";
        case HotspotInTruce::Force::not_in_force:
            return "not_in_force";
        case HotspotInTruce::Force::unknown:
            return "unknown";
    }
    return "";
}

Disc drawn(const analysis::Hotspot& hotspot) {
    return {hotspot.area.centre, std::max(hotspot.area.radius, Distance::km(1))};
}

Json hotspot_scans(const Dossier& dossier, std::span<const HotspotScan> scans) {
    Json array = Json::array();
    for (const HotspotScan& scan : scans) array.push_back(scan_json(dossier, scan));
    return array;
}

std::string hotspots_json(const Dossier& dossier, std::span<const HotspotScan> scans,
                          std::string_view software_version) {
    const Json document{
        {"trucewatch", 1}, {"version", software_version}, {"hotspots", hotspot_scans(dossier, scans)}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void write_hotspots_csv(const Sink& sink, const Dossier& dossier, std::span<const HotspotScan> scans,
                        TableForm form) {
    TableWriter table(form, sink);
    table.header(
        std::array<std::string_view, 22>{"model",           "when",        "rank",
                                         "place",           "lat",         "lon",
                                         "radius_km",       "first_day",   "last_day",
                                         "incidents",       "expected",    "ratio",
                                         "statistic",       "p",           "gumbel_p",
                                         "recurrence_days", "p_clustered", "recurrence_days_clustered",
                                         "evidence",        "alarm",       "local_truces",
                                         "incidents_inside"});
    for (const HotspotScan& scan : scans) {
        for (std::size_t rank = 0; rank < scan.hotspots.size(); ++rank) {
            const PlacedHotspot& placed = scan.hotspots[rank];
            const analysis::Hotspot& hotspot = placed.found;
            table.word(name_of(scan.found.model));
            table.word(name_of(scan.found.when));
            table.number(std::uint64_t{rank + 1});
            table.text(placed.place);
            table.number(hotspot.area.centre.lat, 5);
            table.number(hotspot.area.centre.lon, 5);
            table.number(hotspot.area.radius.in_km(), 3);
            table.word(day_text(hotspot.days.first));
            table.word(day_text(hotspot.days.end - days{1}));
            table.number(hotspot.incidents);
            table.number(hotspot.expected, 4);
            table.number(ratio(hotspot), 4);
            table.number(hotspot.statistic, 6);
            table.number(hotspot.single.p, 6);
            table.number(hotspot.single.gumbel_p, 9);
            table.number(hotspot.single.recurrence_days, 1);
            table.number(hotspot.clustered ? std::optional(hotspot.clustered->p) : std::nullopt, 6);
            table.number(hotspot.clustered ? hotspot.clustered->recurrence_days : std::nullopt, 1);
            table.word(name_of(hotspot.evidence));
            table.word(hotspot.alarm ? "yes" : "no");
            std::string agreements;
            std::string inside;
            for (const HotspotInTruce& truce : placed.truces) {
                if (!agreements.empty()) {
                    agreements += ';';
                    inside += ';';
                }
                agreements += dossier.agreements[truce.agreement.value].id;
                inside += std::to_string(truce.inside);
            }
            table.text(agreements);
            table.word(inside);
            table.end_row();
        }
    }
    table.finish();
}

void write_hotspots_geojson(const Sink& sink, const Dossier& dossier, std::span<const HotspotScan> scans) {
    Json features = Json::array();
    for (const HotspotScan& scan : scans) {
        for (std::size_t rank = 0; rank < scan.hotspots.size(); ++rank) {
            const PlacedHotspot& placed = scan.hotspots[rank];
            const analysis::Hotspot& hotspot = placed.found;
            std::string agreements;
            for (const HotspotInTruce& truce : placed.truces) {
                if (!agreements.empty()) agreements += ';';
                agreements += dossier.agreements[truce.agreement.value].id;
            }
            features.push_back(
                {{"type", "Feature"},
                 {"geometry", circle(drawn(hotspot))},
                 {"properties",
                  {{"model", name_of(scan.found.model)},
                   {"when", name_of(scan.found.when)},
                   {"rank", rank + 1},
                   {"place", placed.place},
                   {"radius_km", hotspot.area.radius.in_km()},
                   {"first_day", day_text(hotspot.days.first)},
                   {"last_day", day_text(hotspot.days.end - days{1})},
                   {"incidents", hotspot.incidents},
                   {"expected", hotspot.expected},
                   {"ratio", number(ratio(hotspot))},
                   {"p", hotspot.single.p},
                   {"p_clustered", hotspot.clustered ? Json(hotspot.clustered->p) : Json(nullptr)},
                   {"evidence", name_of(hotspot.evidence)},
                   {"alarm", hotspot.alarm},
                   {"local_truces", agreements}}}});
        }
    }
    const Json document{{"type", "FeatureCollection"}, {"features", std::move(features)}};
    sink(document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace truce::report
