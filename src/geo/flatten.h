// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "geo/shape.h"

namespace truce::geo_detail {

/// `shape` with its discs made polygons of 720 corners and everything that overlaps made one.
Shape flattened(const Shape& shape);

}  // namespace truce::geo_detail
