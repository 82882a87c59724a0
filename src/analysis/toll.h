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
};

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

/// A toll with what it is a toll of.
struct TollCount {
    TollDefinition definition;
    TollSum all;
    TollSum civilians;
    std::vector<SiteToll>
        by_site;  ///< one for each protected kind, in the order of TargetKind, also where nothing was hit
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

/// Whose deaths a running toll adds up.
enum class Dead : std::uint8_t { all, civilians };

/// The toll as it grew, one for each of `days`.
///
/// The low figure of an incident is added on the last day on which it may have happened, the best one on the
/// middle day, the high one on the first: so each day's range holds what count_toll gives for the days up to
/// it.
std::vector<RunningToll> running_toll(std::span<const IncidentToll> incidents, Days days, Dead whose);

}  // namespace truce::analysis
