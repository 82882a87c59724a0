// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "analysis/numeric/interval.h"
#include "base/result.h"

namespace truce::numeric {

/// A self-exciting process: incidents come by themselves at a constant rate, and each calls forth others at
/// rate branching * decay * exp(-decay * time since).
struct Hawkes {
    double background = 1;  ///< per unit of time
    double branching = 0;   ///< how many each calls forth directly, on average; at least 0 and below 1
    double decay = 1;       ///< per unit of time: half of those called forth come within ln 2 / decay
};

/// The log-likelihood of incidents at `times` of (0, end], rising.
///
/// Hawkes (1971), Biometrika 58: 83; Ozaki (1979), Ann. Inst. Statist. Math. 31: 145. Cost: O(times).
double log_likelihood(const Hawkes& process, std::span<const double> times, double end);

/// How well a process describes the times it was fitted to: after its own clock the gaps between incidents
/// should be exponential with mean 1.
struct TimeRescaling {
    double distance = 0;  ///< Kolmogorov and Smirnov's, of the gaps' distribution
    double p =
        1;  ///< too high, since the process was fitted to the same times: a low one says that it does not fit
};

/// Brown, Barbieri, Ventura, Kass, Frank (2002), Neural Computation 14: 325. Requires: times as above, at
/// least one.
TimeRescaling time_rescaling(const Hawkes& process, std::span<const double> times, double end);

struct HawkesFit {
    Hawkes process;
    double log_likelihood = 0;
    double poisson_log_likelihood = 0;  ///< of the best process that calls nothing forth
    TimeRescaling fit;
    bool at_bound = false;  ///< the branching ratio reached `most_branching`: it is not determined
};

/// Beyond this no long-run mean could be told from a trend.
inline constexpr double most_branching = 0.99;
/// With fewer incidents the three parameters cannot be told apart.
inline constexpr std::size_t least_incidents_for_hawkes = 20;

/// The self-exciting process under which `times` are most likely, from several starting points.
///
/// Cannot be estimated from fewer than least_incidents_for_hawkes incidents. Right to about 1e-6 of each
/// parameter. Requires: times as above. Deterministic. Cost: some 200 times O(times).
[[nodiscard]] Result<HawkesFit> fit_hawkes(std::span<const double> times, double end);

/// The fit to counts by day, the hour within the day drawn at random several times and the answers averaged.
struct DailyHawkes {
    HawkesFit mean;           ///< each figure averaged over the draws
    Interval branching;       ///< the least and greatest branching ratio over the draws
    std::uint32_t draws = 0;  ///< that could be fitted
    /// Twice what the self-exciting process gains in log-likelihood over the constant one, averaged.
    [[nodiscard]] double likelihood_ratio() const {
        return 2 * (mean.log_likelihood - mean.poisson_log_likelihood);
    }
    /// By what errors that take incidents for independent are to be multiplied, over windows much longer than
    /// one incident's aftermath: 1 / (1 - branching).
    [[nodiscard]] double error_factor() const { return 1 / (1 - mean.process.branching); }
};

struct HawkesSettings {
    std::uint32_t draws = 20;
    std::uint64_t seed = 1;
};

/// Many incidents share a day: an incident's hour is drawn uniformly from its day, for each draw anew, since
/// ties would be taken for an instant answer. Time is in days from the first count. Requires: whole counts.
[[nodiscard]] Result<DailyHawkes> fit_daily_hawkes(std::span<const double> counts,
                                                   const HawkesSettings& settings);

}  // namespace truce::numeric
