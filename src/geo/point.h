// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "geo/distance.h"

namespace truce {

/// The mean radius of the Earth: R1 of the GRS 80 ellipsoid, as adopted by the IUGG (Moritz 2000, Journal of
/// Geodesy 74: 128-133).
inline constexpr double earth_radius_km = 6371.0088;

/// A place on the WGS 84 ellipsoid in degrees, north and east positive; no height.
struct Point {
    double lat = 0;
    double lon = 0;
    friend bool operator==(Point, Point) = default;
};

/// Whether `point` has a latitude within [-90, 90] and a longitude within [-180, 180]. A NaN is never valid.
[[nodiscard]] bool is_valid(Point point);

/// The same place with its longitude brought into [-180, 180) by whole turns; the latitude is left as it is.
[[nodiscard]] Point normalised(Point point);

/// All places at most `radius` from `centre` along a great circle: the usual form of an uncertain place.
///
/// A radius of zero is the centre alone.
struct Disc {
    Point centre;
    Distance radius = Distance::metres(0);
    friend bool operator==(const Disc&, const Disc&) = default;
};

/// The great-circle distance, by the haversine formula on a sphere of `earth_radius_km`.
///
/// The sphere is within 0.56 % of the ellipsoid; rounding stays below a millimetre at any distance, antipodes
/// and poles included. Requires: both points are valid.
[[nodiscard]] Distance distance(Point a, Point b);

/// A direction in degrees clockwise from true north, within [0, 360).
struct Bearing {
    double degrees = 0;
};

/// The direction in which the great circle from `from` to `to` sets out; north where the two are one place.
[[nodiscard]] Bearing bearing(Point from, Point to);

/// Where one arrives after `length` on the great circle that sets out from `from` in the direction `towards`.
[[nodiscard]] Point destination(Point from, Bearing towards, Distance length);

/// Whether `disc` holds `point`, its edge included.
[[nodiscard]] bool contains(const Disc& disc, Point point);

}  // namespace truce
