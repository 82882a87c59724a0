// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "geo/point.h"
#include "geo/shape.h"

namespace truce {

/// The share of `disc` that lies within `shape`, from 0 to 1: the probability that an incident known only to
/// be somewhere in `disc` was in `shape`.
///
/// Computed analytically, edge by edge, in Lambert's azimuthal equal-area projection about the disc's centre,
/// in which the disc is exactly a disc and every share of area exactly that; edges that the projection bends
/// are refined until the error of the result is below 1e-6. A disc of radius 0 gives 1 where the shape holds
/// its centre, else 0. Where a disc in the shape may overlap other parts, all are first made one, discs as
/// polygons of 720 corners (relative error 2e-5). Requires: a valid centre; a radius below a quarter of the
/// globe's girth (10,000 km); polygons that neither cross themselves nor overlap (geo/validity.h).
/// Cost: O(number of vertices). `AreaIndex::share` visits the near edges alone.
[[nodiscard]] double share(const Disc& disc, const Shape& shape);

/// The share of the surface of `part` that lies within `whole`, from 0 to 1.
///
/// Polygons are intersected as they are drawn, straight in longitude and latitude, and measured on the
/// sphere. Discs are taken as polygons of 720 corners (relative error 2e-5). Fails where `part` has no
/// surface or a shape crosses itself; mend it first. Cost: that of a polygon intersection; memoise what is
/// asked twice.
[[nodiscard]] Result<double> share(const Shape& part, const Shape& whole);

}  // namespace truce
