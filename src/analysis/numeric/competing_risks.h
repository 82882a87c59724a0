// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/numeric/interval.h"
#include "analysis/numeric/kaplan_meier.h"

namespace truce::numeric {

/// Spells that may end in one of several ways. At risk as numeric::Spells says.
struct CompetingSpells {
    std::span<const double> start{};  ///< empty: all from their beginning
    std::span<const double> stop;
    std::span<const std::uint8_t> cause;  ///< 0: last seen at `stop`; 1, 2, ...: what ended it
};

/// What share has ended in which way by each time at which any spell ended.
///
/// One less the Kaplan-Meier curve of one cause, the others taken as censored, is not this: it is the share
/// that would have ended so if nothing else could end a spell, and no one has seen such a world.
struct CompetingRisks {
    std::vector<double> times;
    std::vector<std::uint32_t> at_risk;  ///< just before each time
    std::vector<double> survival;        ///< the share that nothing has ended, from each time on
    /// By cause, from 1 on at place 0: the share ended so from each time on, with its variance.
    std::vector<std::vector<double>> incidence;
    std::vector<std::vector<double>> variance;

    /// The share that `cause` has ended by `time`, with an interval on the scale of log(-log). Requires: a
    /// cause from 1 to the number of causes.
    [[nodiscard]] Estimated at(std::size_t cause, double time, Level level = {}) const;

    /// The share that nothing has ended by `time`.
    [[nodiscard]] double survival_at(double time) const;
};

/// Estimates the cumulative incidence of each cause. The variance is by the delta method; with one cause it
/// is Greenwood's. Requires: causes up to `causes`. Cost: O(n + times * causes). Deterministic.
///
/// Aalen, Johansen (1978), Scand. J. Statist. 5: 141; Marubini, Valsecchi (1995), Analysing Survival Data
/// from Clinical Trials and Observational Studies, section 10.4 (the variance).
CompetingRisks aalen_johansen(const CompetingSpells& spells, std::size_t causes);

}  // namespace truce::numeric
