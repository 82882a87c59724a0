// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "geo/point.h"

namespace truce::geo_detail {

/// The sign of the turn from a over b to p by exact arithmetic; see `orientation`.
int exact_orientation(Point a, Point b, Point p);

/// On which side of the line from a to b the point p lies: 1 left, -1 right, 0 exactly on it, longitude being
/// x and latitude y. Exact unless a product of two coordinates underflows.
///
/// Almost always settled by one determinant whose rounding error is bounded; else by `exact_orientation`.
/// Shewchuk (1997), Discrete & Computational Geometry 18: 305-363, section 4.1.
inline int orientation(Point a, Point b, Point p) {
    constexpr double error_bound = (3.0 + 16.0 * 0x1p-53) * 0x1p-53;
    const double left = (a.lon - p.lon) * (b.lat - p.lat);
    const double right = (a.lat - p.lat) * (b.lon - p.lon);
    const double determinant = left - right;
    const double bound = error_bound * (std::abs(left) + std::abs(right));
    if (determinant > bound) return 1;
    if (-determinant > bound) return -1;
    return exact_orientation(a, b, p);
}

}  // namespace truce::geo_detail
