// SPDX-License-Identifier: Apache-2.0
#include "analysis/toll.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <utility>

#include "analysis/numeric/normal.h"

namespace truce::analysis {

namespace {

using std::chrono::sys_days;

constexpr numeric::Level likely_level{0.95};

/// The kinds that reports list apart, in the order of TargetKind.
constexpr std::array protected_kinds{TargetKind::humanitarian, TargetKind::medical, TargetKind::school,
                                     TargetKind::water, TargetKind::worship};

CountRange in_order(CountRange range) {
    const auto [low, high] = std::minmax({range.low, range.best, range.high});
    return {.low = low, .best = range.best, .high = high};
}

/// What of a range, which is in order, counts within `days`.
CountRange within(CountRange range, Days incident, Days days) {
    const bool all_in = in_both(incident, days) == incident;
    return {.low = all_in ? range.low : 0,
            .best = days.contains(middle_day(incident)) ? range.best : 0,
            .high = range.high};
}

/// A sum of whole numbers without rounding, so that it does not depend on their order.
class ExactSum {
public:
    void add(std::uint64_t term) {
        low_ += term;
        if (low_ < term) ++carried_;
    }
    [[nodiscard]] double value() const {
        return static_cast<double>(carried_) * 0x1p64 + static_cast<double>(low_);
    }

private:
    std::uint64_t low_ = 0;
    std::uint64_t carried_ = 0;
};

std::uint64_t square(std::uint64_t number) {
    return number * number;
}

class Adder {
public:
    void add(std::optional<CountRange> figure, Days incident, Days days) {
        if (!figure) {
            ++sum_.without_figure;
            return;
        }
        ++sum_.incidents;
        if (!figure->in_order()) ++sum_.out_of_order;
        const CountRange range = within(in_order(*figure), incident, days);
        sum_.low += range.low;
        sum_.best += range.best;
        sum_.high += range.high;
        squares_.add(square(range.best - range.low));
        squares_.add(square(range.high - range.best));
        squares_.add(square(range.high - range.low));
    }

    [[nodiscard]] TollSum sum() const {
        TollSum sum = sum_;
        const auto low = static_cast<double>(sum.low);
        const auto best = static_cast<double>(sum.best);
        const auto high = static_cast<double>(sum.high);
        // A triangular distribution's mean is a third of the sum of its three figures, its variance a 36th of
        // the sum of the squares of their differences.
        const double mean = (low + best + high) / 3;
        const double reach = normal_reach(likely_level) * std::sqrt(squares_.value() / 36);
        sum.likely = {.low = std::clamp(mean - reach, low, best),
                      .high = std::clamp(mean + reach, best, high)};
        return sum;
    }

private:
    TollSum sum_;
    ExactSum squares_;
};

/// What sources tell apart among the dead, beside civilians.
constexpr std::array groups{Dead::combatants, Dead::unknown_status, Dead::women, Dead::children};

struct ActAdder {
    std::uint64_t incidents = 0;
    Adder all{};
    Adder civilians{};
};

struct SiteAdder {
    TargetKind kind{};
    std::uint64_t incidents = 0;
    Adder all{};
    Adder civilians{};
};

}  // namespace

std::optional<CountRange> figure_of(const IncidentToll& incident, Dead whose) {
    switch (whose) {
        case Dead::all:
            return incident.killed ? incident.killed : incident.civilians_killed;
        case Dead::civilians:
            return incident.civilians_killed;
        case Dead::combatants:
            return incident.combatants_killed;
        case Dead::unknown_status:
            return incident.unknown_killed;
        case Dead::women:
            return incident.women_killed;
        case Dead::children:
            return incident.children_killed;
    }
    return std::nullopt;
}

std::optional<CountRange> range_of_accounts(std::span<const CountRange> accounts) {
    if (accounts.empty()) return std::nullopt;
    CountRange range = in_order(accounts.front());
    std::vector<std::uint32_t> best;
    for (const CountRange& account : accounts) {
        const CountRange ordered = in_order(account);
        range.low = std::min(range.low, ordered.low);
        range.high = std::max(range.high, ordered.high);
        best.push_back(account.best);
    }
    const auto middle = best.begin() + static_cast<std::ptrdiff_t>((best.size() - 1) / 2);
    std::ranges::nth_element(best, middle);
    range.best = *middle;
    return range;
}

TollCount count_toll(std::span<const IncidentToll> incidents, TollDefinition definition) {
    TollCount count{.definition = std::move(definition),
                    .all = {},
                    .civilians = {},
                    .by_site = {},
                    .by_group = {},
                    .by_act = {}};
    const Days days = count.definition.days;
    Adder all;
    Adder civilians;
    std::vector<SiteAdder> sites;
    for (const TargetKind kind : protected_kinds) sites.push_back({.kind = kind});
    std::array<Adder, groups.size()> of_group;
    std::vector<ActAdder> of_act(all_acts().size());

    for (const IncidentToll& incident : incidents) {
        assert(!incident.days.empty());
        const Days inside = in_both(incident.days, days);
        if (inside.empty()) {
            ++count.outside;
            continue;
        }
        if (inside != incident.days) ++count.straddling;
        const auto killed = figure_of(incident, Dead::all);
        const auto civilians_killed = figure_of(incident, Dead::civilians);
        all.add(killed, incident.days, days);
        civilians.add(civilians_killed, incident.days, days);
        for (std::size_t g = 0; g < groups.size(); ++g) {
            of_group[g].add(figure_of(incident, groups[g]), incident.days, days);
        }
        ActAdder& act = of_act[static_cast<std::size_t>(incident.act)];
        ++act.incidents;
        act.all.add(killed, incident.days, days);
        act.civilians.add(civilians_killed, incident.days, days);
        for (SiteAdder& site : sites) {
            if (!incident.targets.has(site.kind)) continue;
            ++site.incidents;
            site.all.add(killed, incident.days, days);
            site.civilians.add(civilians_killed, incident.days, days);
        }
    }

    count.all = all.sum();
    count.civilians = civilians.sum();
    for (const SiteAdder& site : sites) {
        count.by_site.push_back({.kind = site.kind,
                                 .incidents = site.incidents,
                                 .all = site.all.sum(),
                                 .civilians = site.civilians.sum()});
    }
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const TollSum sum = of_group[g].sum();
        if (sum.incidents > 0) count.by_group.push_back({.whose = groups[g], .sum = sum});
    }
    for (const Act act : all_acts()) {
        const ActAdder& of = of_act[static_cast<std::size_t>(act)];
        if (of.incidents == 0) continue;
        count.by_act.push_back(
            {.act = act, .incidents = of.incidents, .all = of.all.sum(), .civilians = of.civilians.sum()});
    }
    return count;
}

std::vector<RunningToll> running_toll(std::span<const IncidentToll> incidents, Days days, Dead whose) {
    std::vector<RunningToll> course(static_cast<std::size_t>(days.length()));
    const auto on = [&](sys_days day) -> RunningToll& {
        return course[static_cast<std::size_t>((std::max(day, days.first) - days.first).count())];
    };
    for (const IncidentToll& incident : incidents) {
        assert(!incident.days.empty());
        const auto figure = figure_of(incident, whose);
        if (!figure || in_both(incident.days, days).empty()) continue;
        const CountRange range = in_order(*figure);
        const sys_days last = incident.days.end - std::chrono::days(1);
        on(incident.days.first).high += range.high;
        if (days.contains(middle_day(incident.days))) on(middle_day(incident.days)).best += range.best;
        if (days.contains(incident.days.first) && days.contains(last)) on(last).low += range.low;
    }
    RunningToll so_far;
    sys_days day = days.first;
    for (RunningToll& toll : course) {
        so_far.low += toll.low;
        so_far.best += toll.best;
        so_far.high += toll.high;
        toll = so_far;
        toll.day = day;
        day += std::chrono::days(1);
    }
    return course;
}

}  // namespace truce::analysis
