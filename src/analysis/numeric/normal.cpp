// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/normal.h"

#include <boost/math/special_functions/erf.hpp>
#include <cassert>
#include <numbers>

namespace truce::numeric {

double normal_reach(Level level) {
    assert(level.value > 0 && level.value < 1);
    return std::numbers::sqrt2 * boost::math::erf_inv(level.value);
}

}  // namespace truce::numeric
