// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/numeric/interval.h"
#include "analysis/numeric/spells.h"

namespace truce::numeric {

/// What happened at one distinct time at which a spell failed or was last seen.
struct SurvivalStep {
    double time = 0;
    std::uint32_t at_risk = 0;   ///< just before
    std::uint32_t failures = 0;  ///< at it
    std::uint32_t censored = 0;  ///< last seen at it: they count as having survived it
    double survival = 1;         ///< the estimate from it on
    double greenwood = 0;        ///< sum of d / (n (n - d)) up to it: the variance of log survival
};

/// An estimate with the standard error and the interval that go with it.
struct Estimated {
    double value = 0;
    double standard_error = 0;
    Interval interval;
};

/// On which scale an interval is taken to be symmetric. The intervals stay within [0, 1].
enum class Band : std::uint8_t {
    log_log,  ///< of log(-log S): the one to use with few spells
    log,      ///< of log S: R's default
};

/// The share still alive by time, estimated from spells some of which are censored.
///
/// Kaplan, Meier (1958), JASA 53: 457; Greenwood (1926); Borgan, Liestol (1990), Scand. J. Statist. 17: 35
/// (the log-log band).
struct SurvivalCurve {
    std::vector<SurvivalStep> steps;  ///< by rising time
    std::uint32_t spells = 0;
    std::uint32_t failures = 0;

    /// The last time at which anything was seen; 0 of no spells.
    [[nodiscard]] double last_seen() const { return steps.empty() ? 0 : steps.back().time; }

    /// How many are still under observation just after `time`, of those that were under it at all by then.
    [[nodiscard]] std::uint32_t at_risk_after(double time) const;

    /// The share that outlives `time`. Past the last time seen it is the last estimate: see last_seen().
    /// Where nothing has failed yet it is 1 with the interval [1, 1]; where nothing is left, 0 with [0, 0]
    /// and a standard error of 0.
    [[nodiscard]] Estimated at(double time, Level level = {}, Band band = Band::log_log) const;

    /// The share of those alive at `from` that outlives `to`: S(to) / S(from), its error from what happened
    /// in (from, to] alone. Nothing where no one outlives `from`. Requires: from <= to.
    [[nodiscard]] std::optional<Estimated> conditional(double from, double to, Level level = {}) const;

    /// The first time by which the share still alive has fallen to `share` or less, midway to the next fall
    /// where it is just `share`. Nothing where it stays above.
    [[nodiscard]] std::optional<double> quantile(double share) const;

    /// The ends of the interval of quantile(share): where the band's own limits cross it; a limit that never
    /// does is infinite.
    [[nodiscard]] Interval quantile_interval(double share, Level level = {}, Band band = Band::log_log) const;

    /// The mean time alive up to `horizon` (restricted mean), with its standard error and normal interval.
    /// Past the last time seen the curve is taken as flat. Requires: horizon >= 0.
    [[nodiscard]] Estimated restricted_mean(double horizon, Level level = {}) const;
};

/// The curve of all spells. Cost: O(n) (numeric::sorted_by). Deterministic.
SurvivalCurve kaplan_meier(const Spells& spells);

/// The curve of each group, in the order of their numbers; a number that no spell has gives a curve without
/// steps. Requires: a number for each spell, below `groups`.
std::vector<SurvivalCurve> kaplan_meier(const Spells& spells, std::span<const std::uint32_t> group,
                                        std::size_t groups);

/// How one group fared against what it would have if all groups failed alike.
struct GroupFailures {
    std::uint32_t spells = 0;
    double observed = 0;
    double expected = 0;
};

/// The log-rank test of groups that fail alike.
///
/// Mantel (1966), Cancer Chemotherapy Reports 50: 163; Peto, Peto (1972), J. R. Statist. Soc. A 135: 185.
struct LogRank {
    std::vector<GroupFailures> groups;
    double chi_squared = 0;
    std::uint32_t degrees = 0;  ///< groups with anything expected, less one; 0: there is nothing to compare
    double p = 1;
};

/// Compares groups. Requires: as kaplan_meier. Cost: O(n + failure times * groups^2).
LogRank log_rank(const Spells& spells, std::span<const std::uint32_t> group, std::size_t groups);

}  // namespace truce::numeric
