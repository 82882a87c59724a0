// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/durability.h"
#include "assessment/assessment.h"

namespace truce {

/// The truce that an assessment parts before from after, as durability asks about it: its class, its age on
/// the day after the last one assessed or on which it ended, and the deaths of the focus area on each whole day of it.
///
/// What was counted is a selection where the trend of incidents says so. Its conflict is the one that the
/// mission names for its comparables. An age below 0 (it had not begun) becomes 0.
[[nodiscard]] analysis::CurrentTruce current_truce(const Dossier& dossier, const Assessment& assessment);

/// How long that truce may hold, by the dossier's comparables, with the mission's seed.
[[nodiscard]] analysis::Durability durability_of(const Dossier& dossier, const Assessment& assessment);

}  // namespace truce
