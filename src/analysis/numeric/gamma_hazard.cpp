// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/gamma_hazard.h"

#include <boost/math/special_functions/gamma.hpp>
#include <cassert>
#include <cmath>

namespace truce::numeric {

double GammaHazard::holds(double days) const {
    assert(failures > 0 && exposure > 0 && days >= 0);
    return std::exp(-failures * std::log1p(days / exposure));
}

Interval GammaHazard::holds_interval(double days, Level level) const {
    assert(failures > 0 && exposure > 0 && days >= 0);
    const double tail = (1 - level.value) / 2;
    const double low = boost::math::gamma_p_inv(failures, tail) / exposure;
    const double high = boost::math::gamma_q_inv(failures, tail) / exposure;
    return {std::exp(-high * days), std::exp(-low * days)};
}

}  // namespace truce::numeric
