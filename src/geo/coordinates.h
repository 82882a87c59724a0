// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"
#include "geo/point.h"

namespace truce {

/// How a place was written.
enum class CoordinateForm { decimal_degrees, degrees_minutes_seconds, utm, mgrs };

/// A place as written: where, how exactly its notation can say so, and in which notation.
///
/// `disc.centre` is the place; for a grid square, its middle. `disc.radius` is what the notation leaves open:
/// half the diagonal of the last digit's cell (of the square, for MGRS). It is not how well the writer knew
/// the place.
struct WrittenPlace {
    Disc disc;
    CoordinateForm form;
};

/// Reads a place from the notations in use in the field:
///
///     36.20,37.16       36.20 37.16       36,20; 37,16       36.20N 37.16E       37.16E 36.20N
///     36°12'0"N 37°09'36"E       36 12 0 N, 37 09 36 E       N36°12.5' E37°9.6'
///     37N 333000 4007000         37S 333000 4007000          (UTM: zone and hemisphere, or zone and latitude
///     band) 37SDA3300007000            37S DA 33000 07000          (MGRS)
///
/// Two plain numbers are latitude, then longitude. A decimal comma needs a semicolon between the numbers.
/// Arabic-Indic and Persian digits and separators, Unicode primes and minus, no-break spaces and bidi marks
/// are understood. "37S" before two numbers is band S, north of the equator, where both readings are possible
/// and the northing is that of the band (3,544,000 to 4,429,000 m); otherwise the southern hemisphere. Fails
/// on anything else, and on places out of range, with what was found and expected.
[[nodiscard]] Result<WrittenPlace> parse_written_place(std::string_view text);

/// The place alone; see `parse_written_place`.
[[nodiscard]] Result<Point> parse_place(std::string_view text);

}  // namespace truce
