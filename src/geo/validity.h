// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "geo/shape.h"

namespace truce {

/// Why `shape` is not a valid one in the sense of OGC Simple Features, with the place; empty where it is
/// valid.
[[nodiscard]] std::string why_invalid(const Shape& shape);

/// A shape made valid, and what that took.
struct Mended {
    Shape shape;
    /// What was wrong and what was done, for the reader of a report; empty where the shape was valid and is
    /// as it was.
    std::string note;
    /// Before, as the sum over rings, outer ones less holes; a part run round the wrong way counts against
    /// it.
    SquareKm area_before;
    SquareKm area_after;
};

/// Mends polygons that cross or touch themselves or overlap each other, by GEOS MakeValid.
///
/// Never lets an area vanish: fails, saying why, where nothing with a surface would be left. Lines and points
/// that the mending leaves over (a spike without width) are dropped and named in the note. Discs stay as they
/// are.
[[nodiscard]] Result<Mended> mend(const Shape& shape);

}  // namespace truce
