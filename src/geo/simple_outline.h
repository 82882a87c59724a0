// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "geo/shape.h"

namespace truce {

/// Whether `shape` is plainly valid: each of its polygons is one ring that neither crosses nor touches
/// itself, and no two of them are near one another. `true` is certain, and what GEOS would say; `false` only
/// means that it takes a closer look
/// (`why_invalid`), as shapes with holes, with parts side by side or with a vertex given twice do.
///
/// Edges are sorted into strips of latitude, and those that come near one another are held against each other
/// by exact arithmetic. Cost: some 50 ns a vertex where edges are short, against GEOS's 400; it never gets
/// much longer, since it gives up where too many edges lie side by side.
[[nodiscard]] bool is_plainly_valid(const Shape& shape);

}  // namespace truce
