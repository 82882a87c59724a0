// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/circles.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numbers>

namespace truce::numeric {

namespace {

/// Distances closer to each other than this share of them are equal: what rounding, or coordinates of five
/// places, would part is not parted.
constexpr double tie = 1e-6;

struct Neighbour {
    double distance;
    std::uint32_t site;
};

}  // namespace

template <class DistanceBetween>
void Circles::build(std::size_t sites, std::span<const double> weights, const CircleLimits& limits,
                    DistanceBetween distance_between) {
    assert(weights.size() == sites);
    double all = 0;
    for (const double weight : weights) all += std::max(weight, 0.0);
    // A share that rounding alone has raised is not too large.
    const double most = limits.share * all * (1 + 1e-12);
    const double farthest = limits.radius.in_km();

    first_.push_back(0);
    first_zone_.push_back(0);
    std::vector<Neighbour> near;
    near.reserve(sites);
    for (std::size_t centre = 0; centre < sites; ++centre) {
        near.clear();
        for (std::size_t site = 0; site < sites; ++site) {
            const double distance = distance_between(centre, site);
            if (distance <= farthest) near.push_back({distance, static_cast<std::uint32_t>(site)});
        }
        std::ranges::sort(near, [](const Neighbour& a, const Neighbour& b) {
            return a.distance != b.distance ? a.distance < b.distance : a.site < b.site;
        });
        double weight = 0;
        bool room = true;
        for (std::size_t i = 0; room && i < near.size();) {
            std::size_t end = i;
            while (end < near.size() && near[end].distance <= near[i].distance * (1 + tie)) ++end;
            const std::span tied = std::span(near).subspan(i, end - i);
            std::ranges::sort(tied, {}, &Neighbour::site);
            const std::size_t step = limits.ties == Ties::together ? tied.size() : 1;
            for (; room && i < end; i += step) {
                double grown = weight;
                for (std::size_t j = i; j < i + step; ++j) grown += std::max(weights[near[j].site], 0.0);
                room = grown <= most;
                if (!room) break;
                weight = grown;
                for (std::size_t j = i; j < i + step; ++j) {
                    members_.push_back(near[j].site);
                    distances_.push_back(static_cast<float>(near[j].distance));
                }
                zones_.push_back(static_cast<std::uint32_t>(members_.size() - first_.back()));
            }
        }
        first_.push_back(members_.size());
        first_zone_.push_back(zones_.size());
    }
}

Circles::Circles(std::span<const Point> sites, std::span<const double> weights, const CircleLimits& limits) {
    // Unit vectors: the chord's length gives the angle without loss at small distances, at a tenth of the
    // cost of the haversine.
    std::vector<std::array<double, 3>> units;
    units.reserve(sites.size());
    for (const Point& site : sites) {
        assert(is_valid(site));
        const double lat = site.lat * std::numbers::pi / 180;
        const double lon = site.lon * std::numbers::pi / 180;
        units.push_back({std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat)});
    }
    build(sites.size(), weights, limits, [&](std::size_t a, std::size_t b) {
        const double x = units[a][0] - units[b][0];
        const double y = units[a][1] - units[b][1];
        const double z = units[a][2] - units[b][2];
        const double half_chord = std::min(std::sqrt(x * x + y * y + z * z) / 2, 1.0);
        return 2 * earth_radius_km * std::asin(half_chord);
    });
}

Circles::Circles(std::span<const PlanarPoint> sites, std::span<const double> weights,
                 const CircleLimits& limits) {
    build(sites.size(), weights, limits, [&](std::size_t a, std::size_t b) {
        return std::hypot(sites[a].x - sites[b].x, sites[a].y - sites[b].y);
    });
}

}  // namespace truce::numeric
