// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/shared_text.h"
#include "geo/distance.h"
#include "geo/point.h"
#include "model/area.h"

namespace truce {

/// How exactly a source knows where.
enum class PlacePrecision : std::uint8_t {
    exact,      ///< the place itself
    near,       ///< around a named place
    town,       ///< a town or village, somewhere in it
    district,   ///< second-level administrative unit; the point is its centre or capital
    region,     ///< first-level administrative unit; the point is its centre or capital
    line,       ///< along a line or in a fuzzy area
    country,    ///< somewhere in the country
    elsewhere,  ///< international waters or airspace
    stated,     ///< the source gives a radius itself
    unknown,
};

/// Where something happened, as far as it is known: somewhere in the disc of `radius` about `centre`, or,
/// where `within` is set, somewhere in that area. Neither: the place is not known.
struct Place {
    std::optional<Point> centre;
    Distance radius = Distance::metres(0);
    std::optional<AreaId> within;
    PlacePrecision precision = PlacePrecision::unknown;
    SharedText name;
    SharedText admin1;
    SharedText admin2;
    SharedText country;
};

[[nodiscard]] std::string_view name_of(PlacePrecision precision);
[[nodiscard]] std::optional<PlacePrecision> place_precision_named(std::string_view name);

}  // namespace truce
