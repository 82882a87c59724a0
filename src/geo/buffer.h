// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "base/result.h"
#include "geo/shape.h"

namespace truce {

/// All places within `width` of the line through `line`: a ceasefire line and the zone along it.
///
/// Edges of the line are straight in longitude and latitude. Distances are those on the sphere to within 1 %,
/// for widths up to 500 km. Ends are round. One point gives a disc as a polygon. Fails for no point, one that
/// is not valid, more than 100,000 points, or a width that is zero or above 500 km.
[[nodiscard]] Result<Shape> buffered_line(std::span<const Point> line, Distance width);

/// `disc` as a polygon with `corners` corners on its edge, for programs that know no discs.
///
/// Cut at the antimeridian; takes in a pole that the disc holds. Requires: a valid centre, corners >= 8, a
/// radius above zero and below 10,000 km.
[[nodiscard]] Shape polygon_of(const Disc& disc, int corners = 128);

}  // namespace truce
