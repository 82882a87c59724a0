// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/days.h"
#include "analysis/numeric/dispersion.h"
#include "analysis/numeric/interval.h"
#include "model/account.h"

namespace truce::analysis {

/// What is counted. The three are never mixed in one number.
enum class Outcome : std::uint8_t { incidents, deaths, civilian_deaths };

/// A number of the outcome, all of one incident, and the days on which it may have happened.
///
/// For incidents `count` is 1; for deaths it is the best figure. Requires: `days` not empty.
struct DatedCount {
    Days days;
    std::uint32_t count = 1;
};

/// All that was counted of one outcome, and when anyone was looking.
///
/// Reports arrive late: end `coverage` before the last days that are still filling. A day without an incident
/// inside the coverage is a day of peace; a day outside is a day of which nothing is known.
struct Observations {
    Outcome outcome = Outcome::incidents;
    /// A selection says nothing of rates: its counts are shown, and nothing is estimated from them.
    Recording recording = Recording::not_stated;
    Days coverage;
    std::vector<DatedCount> counts;
    /// How much of each covered day was watched, in days; empty if all of each. 0: nobody looked. Requires:
    /// empty or as many as `coverage` has days, each finite and at least 0.
    std::vector<double> exposure;
};

/// Counts per day, for showing. A count whose day is not known is spread evenly over the days it may have
/// happened, so days hold fractions; no test is made on these.
struct DailySeries {
    std::chrono::sys_days first{};
    std::vector<double> counts;  ///< one per covered day
    double outside = 0;  ///< what falls on days not covered; all adds up to the sum of the counts given
};

DailySeries daily_series(const Observations& observations);

/// Where the comparison's windows lie, and what it needs before it speaks of a change.
struct TrendSettings {
    TruceDays truce;
    std::chrono::days baseline{90};
    /// Set apart before the truce: fighting often flares up just before one, and the drop from that flare is
    /// not its effect.
    std::chrono::days pre_truce{14};
    std::chrono::days least_before{28};  ///< watched days before, for any verdict
    std::chrono::days least_after{14};   ///< watched days after, for any verdict
    std::uint32_t placebo_dates = 52;    ///< at most so many, one a week
    /// For groups only: with fewer counted in both windows together nothing is said of a group. It looks at
    /// the sum alone, so it does not favour either answer.
    std::uint64_t least_count = 5;
    numeric::Level level{0.95};
};

/// The word that a report may use. It follows from the widened interval, never from the ratio.
enum class Change : std::uint8_t { fell, rose, no_clear_change, cannot_be_estimated };

/// Why no word can be given. The first that applies, in this order.
enum class NoVerdict : std::uint8_t {
    selection_only,          ///< what was counted is a selection, not all that was reported
    nothing_watched_after,   ///< no watched day under the truce
    nothing_watched_before,  ///< no watched day to compare with
    too_early,               ///< fewer watched days after than `least_after`
    baseline_too_short,      ///< fewer watched days before than `least_before`
    nothing_counted,         ///< neither before nor after
    too_few_counted,         ///< in a group: fewer than `least_count`
};

/// One of the two windows that are compared.
struct Window {
    Days days;
    std::int64_t watched_days = 0;  ///< those of any exposure
    double exposure = 0;            ///< in days
    std::uint64_t count = 0;
    std::optional<double> rate;  ///< per day of exposure; nothing without exposure, and for a selection
    /// With no incidents counted, the largest rate per day that this does not rule out (one-sided, 95%): say
    /// "0 in 14 days: at most 0.214 a day", never "violence ended". Too low if incidents cluster; none for
    /// deaths, which do.
    std::optional<double> bound_of_zero;
};

/// What was counted in neither window. With the counts of the windows it adds up to all that was given.
struct LeftOut {
    std::uint64_t pre_truce = 0;  ///< in the window set apart
    /// Before the baseline, after the truce or the coverage, or on a day that the truce splits.
    std::uint64_t outside = 0;
    std::uint64_t undated = 0;    ///< no window holds more than the others and at least half of its days
    std::uint64_t unwatched = 0;  ///< on a day of no exposure
};

/// What the exact test says, as if each incident came about on its own.
struct ExactTest {
    numeric::Interval interval;
    double p = 1;                 ///< two-sided
    double probability_fell = 0;  ///< under Jeffreys' prior
};

/// What can be said of the rate after over the rate before.
struct Estimate {
    /// Nothing when nothing was counted before; 0 when nothing was counted after.
    std::optional<double> ratio;
    /// Only for incidents: deaths come in numbers per incident, never one by one, so that no exact test holds
    /// for them.
    std::optional<ExactTest> exact;
    numeric::MeasuredDispersion dispersion;
    /// The dispersion that widens: what was measured here, or among all groups if that is more.
    numeric::Dispersion widened_by;
    numeric::Interval widened;    ///< `high` is infinite when nothing was counted before
    double p = 1;                 ///< goes with `widened`
    double probability_fell = 0;  ///< widened alike
};

/// One comparison of the days before with the days of the truce.
struct Comparison {
    Window before;
    Window after;
    LeftOut left_out;
    /// Nothing where a window has no exposure or nothing was counted; given even when it is too early for a
    /// word.
    std::optional<Estimate> estimate;
    Change change = Change::cannot_be_estimated;
    std::optional<NoVerdict> why_not;  ///< just when `change` is cannot_be_estimated
    /// When it fell or rose: the number by which reporting would have had to change at the truce (share of
    /// incidents reported after, over before) for the change to be no longer clear. "If fewer than 65% as
    /// many incidents are reported as before, the fall may be one of reporting alone."
    std::optional<double> reporting_change_that_erases_it;
};

/// The ratio at the truce among the ratios at earlier dates, when no truce began.
///
/// "In none of 52 earlier weeks was there a fall as deep." The dates' windows overlap, so that it is a rank
/// and not a test; but it assumes nothing of how incidents cluster, and so is the check on every interval
/// here.
struct PlaceboRank {
    std::uint32_t dates = 0;
    std::uint32_t as_low = 0;   ///< of them, with a ratio not above that at the truce
    std::uint32_t as_high = 0;  ///< of them, with a ratio not below it

    static constexpr std::uint32_t least_dates = 20;
};

/// Whether violence fell: the figures from which a report makes its sentence.
struct Trend {
    Outcome outcome = Outcome::incidents;
    Comparison set_apart;  ///< the pre-truce window belongs to neither side: the one to quote
    Comparison included;   ///< the same, the pre-truce window counted as before: show it beside
    /// For `set_apart`, on dates a week apart whose windows end before the pre-truce window; nothing where
    /// the coverage before holds fewer than PlaceboRank::least_dates of them in which anything was counted,
    /// or the truce has no ratio.
    std::optional<PlaceboRank> placebo;
};

/// Compares the rate of the outcome under the truce with the rate before it.
///
/// Before: the `baseline` days that end where the pre-truce window starts. After: the truce's days. Both only
/// as far as the coverage goes. Whole counts go into the window that holds at least half of the days on which
/// they may have happened; a count that lies half in one and half in another, or in none by half, is left out
/// as undated.
///
/// The interval is the exact one widened by the dispersion measured within the windows, by day and by blocks
/// of weeks (numeric::widened_interval, numeric::measure_dispersion). To measure it, a count of more than one
/// day goes on its middle day; many counts known only to the month then fall on one day, which widens the
/// interval: it errs to caution. For deaths the same interval, and no exact test: deaths per incident are
/// heavy-tailed, their dispersion is large and is itself measured poorly, so take the interval as the
/// narrowest one.
///
/// `fell` when the widened interval lies below 1, `rose` when above, else `no_clear_change`. It is a
/// comparison of what was reported at two times, not proof that the truce was the cause.
///
/// How often a change is called when there is none (4,000 simulated series each; one incident a day, 90 days
/// before, 14, 28, 60 and 120 days after; in brackets by the exact interval alone):
///   independent incidents              2.4, 2.8, 2.8, 2.8%      (3.5 to 4.2%)
///   daily rates that vary (phi 2)      3.3, 3.0, 3.8, 3.6%      (14 to 16%)
///   half of all incidents called forth
///   by another, a week before          7.9, 12.4, 15.9, 12.2%   (15 to 28%)
///   deaths, log-normal per incident    4.0, 3.9, 4.1, 3.6%
/// Where fighting feeds on itself for weeks the interval is still too narrow: show `placebo` with it.
///
/// Requires: exposures as Observations says; `truce.before_end` not after `truce.first`.
/// Cost: O(counts + days). Deterministic; the order of the counts does not matter.
Trend did_violence_fall(const Observations& observations, const TrendSettings& settings);

/// The observations of one area or one party.
struct Group {
    std::string name;
    Observations observations;
};

/// A ratio drawn towards that of all groups.
struct PooledRatio {
    double ratio = 1;
    numeric::Interval interval;
};

/// One group's trend, seen together with the others'.
struct GroupTrend {
    std::string name;
    /// As did_violence_fall, but a change is called only if its q-value allows it as well, and the interval
    /// is widened by the dispersion among all groups together where that is more than the group's own: few
    /// counts cannot show their own.
    Trend trend;
    /// Nothing where the group cannot be estimated, and with fewer than three groups that can.
    std::optional<PooledRatio> pooled;
    /// The false discovery rate at which this group's change would be called, by `set_apart`; nothing where
    /// it cannot be estimated.
    std::optional<double> q;
};

/// Compares before and after for each of several groups, the number of comparisons allowed for.
///
/// The answer keeps the order given. Never sort it by `ratio`: the smallest groups would lead both ends of
/// the list. Sort by name, or by `pooled`.
///
/// A change is called only when the widened interval leaves out 1 and
/// q is at most 1 - level (Benjamini and Hochberg, over the groups that can be estimated, on p-values that
/// are widened alike). Log ratios are pooled as normal about a common mean (numeric::pool), 1/2 added to the
/// counts, variances multiplied by the dispersion; groups that share incidents are not independent, and then
/// pooled intervals are too narrow.
std::vector<GroupTrend> trends_by_group(std::span<const Group> groups, const TrendSettings& settings);

}  // namespace truce::analysis
