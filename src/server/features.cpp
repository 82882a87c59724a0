// SPDX-License-Identifier: Apache-2.0
#include "server/features.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "geo/distance.h"
#include "report/licence.h"

namespace truce::server {
namespace {

constexpr int disc_corners = 64;
constexpr double metres_per_degree = 111'195.0;

/// Six decimals are a tenth of a metre.
double rounded(double degrees) { return std::round(degrees * 1e6) / 1e6; }

Json position(double lon, double lat) { return Json::array({rounded(lon), rounded(lat)}); }

Json ring_of(const Disc& disc) {
    auto ring = Json::array();
    const double up = disc.radius.in_km() * 1000.0 / metres_per_degree;
    const double across = up / std::max(0.01, std::cos(disc.centre.lat * std::numbers::pi / 180.0));
    for (int i = 0; i <= disc_corners; ++i) {
        const double angle = 2.0 * std::numbers::pi * (i % disc_corners) / disc_corners;
        ring.push_back(position(disc.centre.lon + across * std::cos(angle), disc.centre.lat + up * std::sin(angle)));
    }
    return ring;
}

}  // namespace

Json box_json(const Shape& shape) {
    const auto box = shape.bounds();
    if (!box) return nullptr;
    return Json::array({rounded(box->west), rounded(box->south), rounded(box->east), rounded(box->north)});
}

Json geometry_json(const Shape& shape) {
    auto polygons = Json::array();
    for (std::size_t p = 0; p < shape.polygon_count(); ++p) {
        auto rings = Json::array();
        for (std::size_t r = 0; r < shape.ring_count(p); ++r) {
            const auto ring = shape.ring(p, r);
            auto positions = Json::array();
            for (std::size_t i = 0; i < ring.size(); ++i) positions.push_back(position(ring.lons[i], ring.lats[i]));
            rings.push_back(std::move(positions));
        }
        polygons.push_back(std::move(rings));
    }
    for (const auto& disc : shape.discs()) polygons.push_back(Json::array({ring_of(disc)}));
    return {{"type", "MultiPolygon"}, {"coordinates", std::move(polygons)}};
}

Json area_feature(const Area& area) {
    Json properties{{"area", area.id}, {"version", area.version}, {"code", area.code}};
    for (const auto& [language, name] : area.name.by_language) properties["name_" + language] = name;
    return {{"type", "Feature"},
            {"id", area.version.empty() ? area.id : area.id + "@" + area.version},
            {"geometry", geometry_json(area.shape)},
            {"properties", std::move(properties)}};
}

Json account_feature(const Snapshot& snapshot, AccountId id) {
    const auto& dossier = snapshot.dossier();
    const auto& account = dossier.accounts[id.value];
    const auto& told = account.told;
    Json geometry = nullptr;
    if (told.place.centre) {
        geometry = {{"type", "Point"}, {"coordinates", position(told.place.centre->lon, told.place.centre->lat)}};
    }
    const auto name = report::name_of(dossier, account);
    const auto killed = [&](auto part) { return told.toll.killed ? Json((*told.toll.killed).*part) : Json(nullptr); };
    return {{"type", "Feature"},
            {"id", name},
            {"geometry", std::move(geometry)},
            {"properties",
             {{"account", name},
              {"source", dossier.sources[account.source.value].id},
              {"kind", name_of(account.kind)},
              {"start", utc_text(told.when.window.first)},
              {"end", utc_text(told.when.window.end)},
              {"radius_km", told.place.radius.in_km()},
              {"place", told.place.name.view()},
              {"act", name_of(told.act)},
              {"attacker_name", told.parties.attacker.name.view()},
              {"target_name", told.parties.target.name.view()},
              {"killed_low", killed(&CountRange::low)},
              {"killed_best", killed(&CountRange::best)},
              {"killed_high", killed(&CountRange::high)},
              {"summary", account.summary.view()}}}};
}

}  // namespace truce::server
