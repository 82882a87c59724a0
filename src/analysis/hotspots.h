// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "analysis/days.h"
#include "analysis/numeric/scan_statistic.h"
#include "geo/distance.h"
#include "geo/point.h"

namespace truce::analysis {

/// One incident, as far as its place and day are known. Requires: `days` not empty.
struct LocatedIncident {
    Days days;  ///< on which it may have happened
    /// Nothing where no point is known, but at most an area.
    std::optional<Point> centre;
    Distance radius = Distance::metres(0);  ///< of the disc that it may have happened in
    bool is_case = true;                    ///< for bernoulli: of the kind asked about
};

/// A place and how many live there, or any other number that incidents would be in proportion to.
struct PopulatedPlace {
    Point place;
    double population = 0;
};

/// What is done with incidents whose place is known too coarsely for circles: the centre of a district would
/// make a hotspot of its own.
enum class CoarsePlaces : std::uint8_t {
    leave_out,
    /// Put at one of the sites within the incident's disc, drawn by their numbers of well-placed incidents;
    /// left out where there is none.
    spread,
};

/// What is looked for, where and when.
struct HotspotSettings {
    /// space_time_permutation: more than the place and the day, each on its own, let expect. After a truce
    /// such a hotspot is relative: fighting fell less there, or moved there. expectation_based_poisson: more
    /// than in `baseline`. poisson: more than `population` lets expect. bernoulli: a greater share of cases
    /// among all incidents.
    numeric::ScanModel model = numeric::ScanModel::space_time_permutation;
    Days study;                              ///< the days that are scanned
    Days baseline;                           ///< for expectation_based_poisson; before `study`
    std::vector<PopulatedPlace> population;  ///< for poisson
    enum class When : std::uint8_t {
        going_on,  ///< only what lasts until the last day of `study`
        any_time,
    } when = When::going_on;
    std::chrono::days longest{14};       ///< window; rounded up to whole bins
    std::chrono::days bin{1};            ///< counted back from the end of `study`; the first may be shorter
    Distance radius = Distance::km(50);  ///< no larger circle
    double share = 0.5;                  ///< nor one with a larger share of what is expected in all
    std::uint32_t least_incidents = 3;   ///< in a hotspot
    std::uint32_t replicates = 999;
    std::uint64_t seed = 1;
    unsigned threads = 1;
    std::size_t most_hotspots = 10;
    /// Incidents of a larger radius have coarse places; such as may lie on more days have coarse times, and
    /// are left out.
    Distance coarsest_place = Distance::km(25);
    std::chrono::days coarsest_time{7};
    CoarsePlaces coarse_places = CoarsePlaces::leave_out;
    /// Incidents not farther apart are taken to belong together where cases are moved as clusters.
    Distance cluster_distance = Distance::km(5);
    std::chrono::days cluster_time{3};
    /// With more sites than that, sites are joined in a grid, as fine as that allows.
    std::size_t most_sites = 1000;
    /// How often the scan is made: what recurrence intervals are multiples of.
    std::chrono::days between_scans{1};
    /// Up to which recurrence interval a hotspot is no alarm.
    std::chrono::days alarm{365};
    /// Days under a truce; where the study has some, a permutation hotspot is a relative one.
    std::optional<Days> truce;
    /// Asked now and then with the share done; to stop, it says no.
    std::function<bool(double done)> go_on;
};

/// What the p-values together say.
enum class Evidence : std::uint8_t {
    clear,                ///< beyond chance even where incidents come in clusters
    only_if_independent,  ///< beyond chance only if each incident came about on its own
    within_chance,
};

/// How rare a window is under the hypothesis that no place and time is special.
struct Rarity {
    /// By rank among the replicates: never below 1 / (replicates + 1).
    double p = 1;
    std::optional<double> gumbel_p;
    /// For a scan of what goes on: in how many days one such is to be expected where nothing is the matter.
    /// By the rank, and by the Gumbel distribution where no replicate was as great.
    std::optional<double> recurrence_days;
};

/// One area and time with more incidents than expected. The circle is an area to look at, not a border: those
/// nearly as likely lie about it.
struct Hotspot {
    Disc area;
    Days days;
    std::uint64_t incidents = 0;
    double expected = 0;
    double statistic = 0;  ///< logarithm of the likelihood ratio
    Rarity single;         ///< each incident by itself
    /// Incidents moved as clusters; nothing for bernoulli.
    std::optional<Rarity> clustered;
    Evidence evidence = Evidence::within_chance;
    bool alarm = false;                  ///< of what goes on, and by the more cautious recurrence interval
    std::vector<std::uint32_t> members;  ///< incidents in it, as places in the list given, in order
};

/// Why nothing was scanned. The first that applies, in this order.
enum class NoScan : std::uint8_t {
    selection_only,     ///< what was counted is a selection (set by the caller, who knows)
    no_population,      ///< nobody lives anywhere
    too_few_incidents,  ///< fewer than `least_scanned` well-placed ones in the study's days
    one_place,          ///< all at one place
    one_day,            ///< the permutation needs two
    nothing_before,     ///< no incidents, or no days, in the baseline
    all_of_one_kind,    ///< bernoulli: all are cases, or none is
};

/// Conditions under which a hotspot may mislead.
enum class ScanWarning : std::uint8_t {
    relative,          ///< permutation, and days under a truce
    coverage_changes,  ///< permutation, and the places reported from are not the same all through
    self_excitation,   ///< incidents gather more than single ones would
    low_precision,     ///< more than a fifth left out for their place or time, or spread
    thin_baseline,     ///< expectation-based, with fewer than 50 incidents in the baseline
};

/// What was not scanned. With the incidents scanned it adds up to all that were given.
struct LeftOutOfScan {
    std::uint64_t outside = 0;  ///< of the study's days (and the baseline's)
    std::uint64_t no_place = 0;
    std::uint64_t coarse_place = 0;
    std::uint64_t coarse_time = 0;
};

/// Where and when incidents gathered.
struct Hotspots {
    numeric::ScanModel model = numeric::ScanModel::space_time_permutation;
    HotspotSettings::When when = HotspotSettings::When::going_on;
    Days study;
    Days baseline;              ///< empty but for expectation_based_poisson
    std::uint64_t scanned = 0;  ///< incidents in the study's days
    std::uint64_t cases = 0;    ///< bernoulli: of the kind asked about; else `scanned`
    std::uint64_t baseline_incidents = 0;
    std::uint64_t spread = 0;  ///< of them, put at a site by lot
    LeftOutOfScan left_out;
    std::size_t sites = 0;
    /// The grid's cells, where sites had to be joined.
    std::optional<Distance> cell;
    std::uint32_t replicates = 0;  ///< done
    std::uint64_t seed = 0;
    /// By falling statistic; none shares a site with one before it. The first is given even where it is
    /// within chance; the others only where they are not.
    std::vector<Hotspot> hotspots;
    std::optional<NoScan> why_not;
    std::vector<ScanWarning> warnings;
    /// How many times as many pairs of incidents lie close in both place and time as would if days and places
    /// had nothing to do with each other (Knox 1964); 1 where they have not. Nothing without any pair.
    std::optional<double> closeness;
    /// The statistic that one replicate in twenty exceeds.
    std::optional<double> critical;
};

/// With fewer incidents no scan is made.
inline constexpr std::uint64_t least_scanned = 10;

/// Scans for areas and times with more incidents than expected.
///
/// Incidents at one place (within some 100 m) make a site; circles are drawn about every site, and windows of
/// time over the bins. An incident of several days goes on its middle day. p-values come from replicates in
/// which cases come one by one, and again from replicates in which clusters of them do (numeric::
/// single_cases, numeric::clustered_cases): what lies in one stretch of `cluster_time` about one place. Where
/// incidents call forth others, only the second are honest, and `evidence` follows them.
///
/// How often a hotspot is called at 5% when there is none, by single cases and by clusters of three days (100
/// simulated missions each, 80 places, 90 days, some 450 incidents, what goes on):
///   independent incidents                                          8%,   0%
///   three in ten called forth by another, a week before           22%,   0%
///   half called forth, two weeks before                           20%,   3%
///   half called forth, three days before                          78%,  16%
/// and how often one is found that holds four places with 6 incidents more than the 3 expected: 82%, 34%;
/// with 12 more, three in ten called forth: 100%, 88%. Clusters of a week find 12% and 20% of these: half of
/// a window of 14 days moves as one then.
///
/// expectation_based_poisson: a site is expected to have, in a day, what it had in the baseline, drawn
/// towards the mean of all sites by half an incident at most, so that no site is expected to have none; the
/// sum over all sites stays that of the baseline. That the baseline is itself a count is not allowed for:
/// hence `thin_baseline`.
///
/// Deterministic for a seed, whatever the threads. An expectation-based scan whose study follows at once on
/// its baseline asks whether fighting goes on as before; that it fell is not looked for.
/// Cost: that of numeric::greatest_of_replicates, twice.
///
/// Kulldorff, Heffernan, Hartman, Assuncao, Mostashari (2005), PLoS Medicine 2(3): e59; Kulldorff (1997),
/// Communications in Statistics 26: 1481; Neill, Moore, Sabhnani, Daniel (2005), KDD '05.
[[nodiscard]] Hotspots find_hotspots(std::span<const LocatedIncident> incidents,
                                     const HotspotSettings& settings);

}  // namespace truce::analysis
