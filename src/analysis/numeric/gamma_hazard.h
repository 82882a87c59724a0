// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analysis/numeric/interval.h"

namespace truce::numeric {

/// What is believed of a constant hazard: a Gamma distribution, as if `failures` had been seen in `exposure`
/// days. Requires: both positive.
struct GammaHazard {
    double failures = 0;
    double exposure = 0;

    /// The belief after so many more failures in so many more days. Requires: neither negative.
    [[nodiscard]] GammaHazard after(double more_failures, double more_exposure) const {
        return {failures + more_failures, exposure + more_exposure};
    }

    /// The chance that nothing fails for so many days more, all that is believed of the hazard averaged.
    /// Requires: days not negative.
    [[nodiscard]] double holds(double days) const;

    /// Between which values the chance of holding for so many days lies, as the hazard is not known.
    [[nodiscard]] Interval holds_interval(double days, Level level = {}) const;
};

}  // namespace truce::numeric
