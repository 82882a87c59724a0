// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/days.h"
#include "analysis/numeric/interval.h"
#include "model/act.h"
#include "model/target_kind.h"
#include "model/toll.h"

namespace truce::analysis {

/// What a number of deaths is a number of. It travels with the number.
struct TollDefinition {
    std::string area;                  ///< the name of the area the incidents lie in
    Days days;                         ///< in the mission's zone
    std::vector<std::string> sources;  ///< whose accounts were read, with their versions
    std::string who;  ///< who is counted, in the sources' own terms ("killed on the day, all sides")
};

/// What is known of the dead of one incident. Requires: `days` not empty.
struct IncidentToll {
    Days days;                                   ///< on which it may have happened
    std::optional<CountRange> killed;            ///< nothing: no account says; that is not zero
    std::optional<CountRange> civilians_killed;  ///< among them
    TargetKinds targets;                         ///< what was aimed at or hit as such
    Act act = Act::unknown;
    /// Of those killed, as far as sources tell them apart.
    std::optional<CountRange> combatants_killed{};
    std::optional<CountRange> unknown_killed{};
    std::optional<CountRange> women_killed{};
    std::optional<CountRange> children_killed{};
};

/// Whose deaths are added up.
enum class Dead : std::uint8_t {
    all,
    civilians,
    combatants,
    unknown_status,  ///< whom a source says to be neither known civilians nor combatants
    women,
    children,
};

/// What an incident says of those who are counted. Nothing where it says nothing; civilians stand for all
/// where a source gives them and no more.
std::optional<CountRange> figure_of(const IncidentToll& incident, Dead whose);

/// The range of one incident from what its accounts say: from the smallest figure of any to the largest, with
/// the middle one of the best figures (the lower of two middle ones).
///
/// Accounts of one incident are never added up: they tell of the same dead. A figure that no source gave is
/// not invented. Nothing when no account has a figure.
std::optional<CountRange> range_of_accounts(std::span<const CountRange> accounts);

/// Deaths added over incidents.
struct TollSum {
    /// The sums of the low and of the high figures: the whole range that the sources leave open.
    std::uint64_t low = 0;
    std::uint64_t best = 0;
    std::uint64_t high = 0;
    /// The 95% interval if each incident's true figure is independent and triangular over its range, peaked
    /// at its best figure: mean and variance added up, taken as normal, kept within [low, high] and stretched
    /// to hold `best`.
    ///
    /// It is narrow where incidents are many, because then errors cancel; they do not if the sources err all
    /// in one direction, so never show it without `low` and `high`. Deaths that no source knows of are in
    /// neither.
    numeric::Interval likely;
    std::uint64_t incidents = 0;       ///< that have a figure, and may lie in the days
    std::uint64_t without_figure = 0;  ///< that have none: with any of these, every sum is "at least"
    std::uint64_t out_of_order = 0;  ///< among `incidents`, those whose figures were not low <= best <= high
    friend bool operator==(const TollSum&, const TollSum&) = default;
};

/// The dead of incidents at one kind of protected site. An incident that hit two kinds is under both: do not
/// add kinds up.
struct SiteToll {
    TargetKind kind{};
    std::uint64_t incidents = 0;  ///< with or without dead
    TollSum all;
    TollSum civilians;
};

/// The dead of one kind of person, which sources tell apart in some incidents only: the rest are in
/// `without_figure`, so the sum is "at least", and what is left of all the dead is nobody's share.
struct GroupToll {
    Dead whose{};
    TollSum sum;
};

/// The dead of incidents of one act.
struct ActToll {
    Act act = Act::unknown;
    std::uint64_t incidents = 0;  ///< with or without dead
    TollSum all;
    TollSum civilians;
};

/// A toll with what it is a toll of.
struct TollCount {
    TollDefinition definition;
    TollSum all;
    TollSum civilians;
    std::vector<SiteToll>
        by_site;  ///< one for each protected kind, in the order of TargetKind, also where nothing was hit
    /// Combatants, unknown status, women and children, as far as any incident has a figure, in the order of
    /// Dead. They overlap with one another and with civilians: do not add them up.
    std::vector<GroupToll> by_group;
    /// By what was done, in the acts' order; acts of which there is no incident are left out. Each incident
    /// is under one act, so these add up to the whole.
    std::vector<ActToll> by_act;
    std::uint64_t straddling = 0;  ///< incidents that may lie in the days or outside them
    std::uint64_t outside = 0;     ///< incidents that lie outside; in no sum
};

/// Adds up the dead of `incidents` within the definition's days.
///
/// An incident that may lie in the days or outside counts 0 towards the low sum, its high figure towards the
/// high sum, and its best figure if its middle day is in them. Figures out of order are read as the range
/// from the smallest of the three to the largest, the best figure kept, and counted in `out_of_order`. Where
/// a source gives dead civilians but no dead in all, the civilians stand for all. Area and sources are the
/// caller's to select by. Independent of the order of incidents.
TollCount count_toll(std::span<const IncidentToll> incidents, TollDefinition definition);

/// The toll up to and with one day.
struct RunningToll {
    std::chrono::sys_days day{};
    std::uint64_t low = 0;
    std::uint64_t best = 0;
    std::uint64_t high = 0;
    friend bool operator==(const RunningToll&, const RunningToll&) = default;
};

/// The toll as it grew, one for each of `days`.
///
/// The low figure of an incident is added on the last day on which it may have happened, the best one on the
/// middle day, the high one on the first: so each day's range holds what count_toll gives for the days up to
/// it.
std::vector<RunningToll> running_toll(std::span<const IncidentToll> incidents, Days days, Dead whose);

/// How many died by the documents alone, as a distribution: over what each incident's figures leave open and
/// over how accounts may be grouped into incidents. Deaths that no source knows of are not in it.
struct TollDistribution {
    double mean = 0;
    double median = 0;
    numeric::Interval half;  ///< holds half of the distribution, a quarter lies on either side
    numeric::Interval most;  ///< holds 95 percent
    /// The lowest sum of low figures and the highest sum of high ones, over groupings: nothing lies outside.
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    /// The sums of best figures, over groupings.
    std::uint64_t fewest_best = 0;
    std::uint64_t most_best = 0;
    std::size_t groupings = 0;

    /// The distribution in steps of equal width, for a figure; the probabilities add up to 1. One step of no
    /// width where nothing is left open.
    struct Step {
        double from = 0;
        double to = 0;
        double probability = 0;
    };
    std::vector<Step> steps;
};

/// The distribution of a toll, given what one or several groupings of the accounts make of the incidents.
///
/// Each incident's true figure is taken as independent of the others' and triangular over its range, peaked
/// at the best figure; each grouping as equally likely. Incidents that may lie outside the days count as in
/// count_toll. The sums of the 256 widest ranges are worked out on a grid of at most 2,048 steps, those of
/// all others, and of all that are narrow beside a step of more than one person, are together taken as
/// normal, kept within their sums of low and high. Independent of the order of incidents.
///
/// The same warning as for TollSum::likely: sources that all err in one direction are not in it. Requires: at
/// least one grouping.
TollDistribution toll_distribution(std::span<const std::vector<IncidentToll>> groupings, Days days,
                                   Dead whose);

/// What one account tells of its incident's dead.
using AccountToll = IncidentToll;

/// The incidents that a grouping makes of accounts: `incident[i]` says which one account i tells of, numbered
/// from 0 without a gap.
///
/// The accounts of one incident are joined by range_of_accounts, figure by figure; its days are those that
/// all of them allow, or, where there are none, all that any allows; its targets are those of any, its act
/// that of the first account that says one. Requires: as many numbers as accounts.
std::vector<IncidentToll> group_accounts(std::span<const AccountToll> accounts,
                                         std::span<const std::uint32_t> incident);

}  // namespace truce::analysis
