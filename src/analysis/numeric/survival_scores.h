// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "analysis/numeric/forecast_scores.h"
#include "analysis/numeric/spells.h"

namespace truce::numeric {

/// The chance of still being under observation by time, had nothing failed: what censored spells are made up
/// for with.
///
/// Failures leave the risk set before the censorings of the same time, because a spell that failed at t can
/// no longer be censored at t; a Kaplan-Meier curve with failed and censored exchanged would have it the
/// other way round. Left truncation is not allowed for.
class CensoringCurve {
public:
    explicit CensoringCurve(const Spells& spells);

    /// G(t-): just before `time`.
    [[nodiscard]] double before(double time) const;
    /// G(t).
    [[nodiscard]] double at(double time) const;

private:
    std::vector<double> times_;
    std::vector<double> survival_;
};

/// Forecasts of failing by `time` from the predicted shares alive then, weighted for censoring: 1 / G(T-) for
/// what failed by then, 1 / G(time) for what outlived it, 0 for what was censored before.
///
/// Where no spell is watched past `time`, G is 0 and the outcome of none is known: nothing weighs anything.
/// Requires: one predicted share for each spell.
std::vector<Forecast> forecasts_at(double time, std::span<const double> predicted, const Spells& spells,
                                   const CensoringCurve& censoring);

/// How well a score orders spells by how soon they fail.
struct Concordance {
    double concordant = 0;
    double discordant = 0;
    double tied_score = 0;  ///< pairs of one score, their failures apart
    double tied_time = 0;   ///< pairs that failed at one time, their scores apart
    double tied_both = 0;

    /// The chance that of two spells the one with the higher score fails first; 1/2 says nothing, and of no
    /// pairs it is NaN.
    [[nodiscard]] double value() const {
        return (concordant + tied_score / 2) / (concordant + discordant + tied_score);
    }
};

/// Harrell's: every pair counts of which it is known which failed first. A higher score should fail sooner. A
/// spell last seen when another fails outlived it. Cost: O(n log n).
///
/// Harrell, Califf, Pryor, Lee, Rosati (1982), JAMA 247: 2543.
Concordance harrell_concordance(std::span<const double> score, const Spells& spells);

/// Uno's: pairs are weighted by 1 / G(T-)^2, T being the earlier failure, so that the answer does not depend
/// on who was censored. Only failures before `until` count: the weights of the last ones are wild.
///
/// Uno, Cai, Pencina, D'Agostino, Wei (2011), Statistics in Medicine 30: 1105.
Concordance uno_concordance(std::span<const double> score, const Spells& spells,
                            double until = std::numeric_limits<double>::infinity());

}  // namespace truce::numeric
