// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "geo/shape.h"
#include "model/area.h"
#include "server/rows.h"

namespace truce::server {

// GeoJSON (RFC 7946) of what has a place.

/// `[west, south, east, north]`; null for an empty shape.
[[nodiscard]] Json box_json(const Shape& shape);
/// A MultiPolygon; discs are drawn as 64 corners.
[[nodiscard]] Json geometry_json(const Shape& shape);
[[nodiscard]] Json area_feature(const Area& area);
/// A point, at the middle of where it may have been; null where no place is known.
[[nodiscard]] Json account_feature(const Snapshot& snapshot, AccountId account);

}  // namespace truce::server
