// SPDX-License-Identifier: Apache-2.0
#include "geo/point.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace truce {
namespace {

constexpr double radians_per_degree = std::numbers::pi / 180;

}  // namespace

bool is_valid(Point point) {
    return point.lat >= -90 && point.lat <= 90 && point.lon >= -180 && point.lon <= 180;
}

Point normalised(Point point) {
    if (point.lon >= -180 && point.lon < 180) return point;
    double lon = std::remainder(point.lon, 360.0);
    if (lon >= 180) lon -= 360;
    return {point.lat, lon};
}

Distance distance(Point a, Point b) {
    const double lat_a = a.lat * radians_per_degree;
    const double lat_b = b.lat * radians_per_degree;
    const double half_lat = std::sin((lat_b - lat_a) / 2);
    const double half_lon = std::sin((b.lon - a.lon) * radians_per_degree / 2);
    const double h =
        std::clamp(half_lat * half_lat + std::cos(lat_a) * std::cos(lat_b) * half_lon * half_lon, 0.0, 1.0);
    // 1 - h loses its digits near the antipode as h does near zero; the arc tangent of both keeps them.
    return Distance::km(2 * earth_radius_km * std::atan2(std::sqrt(h), std::sqrt(1 - h)));
}

Bearing bearing(Point from, Point to) {
    const double lat_a = from.lat * radians_per_degree;
    const double lat_b = to.lat * radians_per_degree;
    const double turn = (to.lon - from.lon) * radians_per_degree;
    const double east = std::sin(turn) * std::cos(lat_b);
    const double north =
        std::cos(lat_a) * std::sin(lat_b) - std::sin(lat_a) * std::cos(lat_b) * std::cos(turn);
    if (east == 0 && north == 0) return {0};
    const double degrees = std::atan2(east, north) / radians_per_degree;
    return {degrees < 0 ? std::fmod(degrees + 360, 360) : degrees};
}

Point destination(Point from, Bearing towards, Distance length) {
    const double lat = from.lat * radians_per_degree;
    const double course = towards.degrees * radians_per_degree;
    const double arc = length.in_km() / earth_radius_km;
    const double sin_lat = std::sin(lat) * std::cos(arc) + std::cos(lat) * std::sin(arc) * std::cos(course);
    const double east = std::sin(course) * std::sin(arc);
    const double north = std::cos(lat) * std::cos(arc) - std::sin(lat) * std::sin(arc) * std::cos(course);
    const double arrival = std::atan2(sin_lat, std::hypot(east, north));
    return normalised({std::clamp(arrival / radians_per_degree, -90.0, 90.0),
                       from.lon + std::atan2(east, north) / radians_per_degree});
}

bool contains(const Disc& disc, Point point) {
    return is_valid(point) && distance(disc.centre, point) <= disc.radius;
}

}  // namespace truce
