// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/numeric/interval.h"

namespace truce::numeric {

/// How many standard deviations to either side of its mean a normal variable stays with that
/// probability: 1.96 for 95%.
double normal_reach(Level level);

}  // namespace truce::numeric
