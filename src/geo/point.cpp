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
    const double mean_lat = (lat_a + lat_b) / 2;
    const double half_lat = (lat_b - lat_a) / 2;
    const double half_lon = (b.lon - a.lon) * radians_per_degree / 2;
    // The haversine h and 1 - h, each as a sum of squares: neither loses its digits, at zero or at the
    // antipode.
    const double near =
        std::hypot(std::sin(half_lat) * std::cos(half_lon), std::cos(mean_lat) * std::sin(half_lon));
    const double far =
        std::hypot(std::cos(half_lat) * std::cos(half_lon), std::sin(mean_lat) * std::sin(half_lon));
    return Distance::km(2 * earth_radius_km * std::atan2(near, far));
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
