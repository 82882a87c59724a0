// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

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

/// So many failures in so many days under observation. Requires: neither negative.
struct FailuresSeen {
    double failures = 0;
    double exposure = 0;
};

/// How hazards vary between groups: the Gamma distribution under which what each group saw is most likely. A
/// group's own hazard is then believed to be `fitted.after(its failures, its exposure)`, which draws groups
/// that saw little towards what all have in common.
///
/// Where the groups vary no more than chance explains, the distribution is narrow: `failures` is at most
/// 1000. Nothing without a failure or without exposure. Groups without exposure tell nothing. Cost: O(groups)
/// for each of about 1,500 evaluations. Deterministic.
///
/// Clayton, Kaldor (1987), Biometrics 43: 671.
std::optional<GammaHazard> fit_gamma_hazard(std::span<const FailuresSeen> groups);

/// What is believed of the hazard of one group, `own` being what it saw itself (it is one of `groups` as well).
///
/// As fit_gamma_hazard, but how much hazards vary is not taken as known: few groups that saw little often look
/// alike, and a fitted distribution is then far too narrow. The mean has a flat prior on the scale of logarithms,
/// the standard deviation of hazards over their mean a half-normal one of scale 1; both are averaged over a grid,
/// and the mixture is given as the one Gamma distribution with its mean and variance. Nothing without a failure
/// or without exposure. Cost: 272 times O(groups). Deterministic.
///
/// Gelman (2006), Bayesian Analysis 1: 515 (priors of a standard deviation).
std::optional<GammaHazard> believed_hazard(std::span<const FailuresSeen> groups, FailuresSeen own);

}  // namespace truce::numeric
