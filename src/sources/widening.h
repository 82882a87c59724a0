// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "geo/distance.h"
#include "model/account.h"
#include "model/place.h"
#include "model/when.h"
#include "sources/lookup.h"

namespace truce::sources {

/// How far from a source's point the thing may have been, where no area says it better. `doc/formats/` tells
/// where the figures come from.
[[nodiscard]] Distance radius_for(PlacePrecision precision);

/// Widens a place by its precision: a disc about its centre, or, for districts, regions and countries that
/// the mission knows by the place's own names, that area. A place with neither centre nor area has its names
/// alone.
void widen(Place& place, Lookup& lookup);

/// Drops a centre of exactly 0, 0, with a remark: forms and geocoders write it for "not known".
void drop_zero_centre(Account& account);

/// The days that a source may mean by `first` to `last` at that precision. A range is taken as it is; a
/// single day known to the week, month or year only becomes the calendar week (from Monday), month or year
/// that holds it.
[[nodiscard]] DayRange widened(DayRange days, TimePrecision precision);

}  // namespace truce::sources
