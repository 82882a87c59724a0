// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <boost/math/special_functions/erf.hpp>
#include <cassert>
#include <cmath>
#include <compare>
#include <cstddef>
#include <numbers>

#include "analysis/toll.h"

namespace truce::analysis {

namespace {

/// How many ranges are added up one by one, and into how many steps.
constexpr std::size_t widest_added = 256;
constexpr std::size_t grid_steps = 2048;

/// What of an incident's figures counts towards a toll of `days`, in order.
CountRange counted(CountRange range, Days incident, Days days) {
    const auto [low, high] = std::minmax({range.low, range.best, range.high});
    const bool all_in = in_both(incident, days) == incident;
    return {
        .low = all_in ? low : 0, .best = days.contains(middle_day(incident)) ? range.best : 0, .high = high};
}

/// The chance that a triangular variable stays at or below x.
double triangular_distribution(double low, double peak, double high, double x) {
    if (x <= low) return 0;
    if (x >= high) return 1;
    if (x < peak) return (x - low) * (x - low) / ((high - low) * (peak - low));
    return 1 - (high - x) * (high - x) / ((high - low) * (high - peak));
}

double normal_distribution(double z) {
    return boost::math::erfc(-z / std::numbers::sqrt2) / 2;
}

/// A distribution over 0, width, 2 width, ... above a start, each standing for what is nearest to it.
using Grid = std::vector<double>;

Grid convolve(const Grid& a, const Grid& b) {
    Grid sum(a.size() + b.size() - 1);
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i] <= 0) continue;
        for (std::size_t j = 0; j < b.size(); ++j) sum[i + j] += a[i] * b[j];
    }
    return sum;
}

/// One variable on a grid, from its distribution function above its own start.
template <class Distribution>
Grid on_grid(double spread, double width, Distribution distribution) {
    Grid grid(static_cast<std::size_t>(std::ceil(spread / width)) + 1);
    double below = 0;
    for (std::size_t i = 0; i < grid.size(); ++i) {
        const bool last = i + 1 == grid.size();
        const double up_to = last ? 1 : distribution((static_cast<double>(i) + 0.5) * width);
        grid[i] = std::max(0.0, up_to - below);
        below = std::max(below, up_to);
    }
    return grid;
}

/// The sum over one grouping.
class Sum {
public:
    Sum(std::span<const IncidentToll> incidents, Days days, Dead whose) {
        for (const IncidentToll& incident : incidents) {
            const auto figure = figure_of(incident, whose);
            if (!figure || in_both(incident.days, days).empty()) continue;
            const CountRange range = counted(*figure, incident.days, days);
            low_ += range.low;
            best_ += range.best;
            high_ += range.high;
            if (range.high > range.low) open_.push_back(range);
        }
        std::ranges::sort(open_, [](const CountRange& a, const CountRange& b) {
            const auto wider = (b.high - b.low) <=> (a.high - a.low);
            return std::is_eq(wider) ? a < b : std::is_lt(wider);
        });
    }

    [[nodiscard]] std::uint64_t low() const { return low_; }
    [[nodiscard]] std::uint64_t best() const { return best_; }
    [[nodiscard]] std::uint64_t high() const { return high_; }

    /// What is above the sum of low figures.
    [[nodiscard]] Grid above_low(double width) const {
        // Where a step is more than one person, a range of few steps would be distorted by the grid, and is
        // small beside the whole.
        constexpr double many_steps = 16;
        const auto narrow = std::ranges::find_if(open_, [&](const CountRange& range) {
            return width > 1 && range.high - range.low < many_steps * width;
        });
        const auto wide = static_cast<std::size_t>(narrow - open_.begin());
        const auto apart = std::span(open_).first(std::min(widest_added, wide));
        Grid sum{1};
        for (const CountRange& range : apart) {
            const double spread = range.high - range.low;
            const double peak = range.best - range.low;
            sum = convolve(sum, on_grid(spread, width, [&](double x) {
                               return triangular_distribution(0, peak, spread, x);
                           }));
        }
        double spread = 0;
        double mean = 0;
        double variance = 0;
        for (const CountRange& range : std::span(open_).subspan(apart.size())) {
            const double top = range.high - range.low;
            const double peak = range.best - range.low;
            spread += top;
            mean += (top + peak) / 3;
            variance += (top * top - top * peak + peak * peak) / 18;
        }
        if (spread <= 0) return sum;
        const double deviation = std::sqrt(variance);
        return convolve(sum, on_grid(spread, width,
                                     [&](double x) { return normal_distribution((x - mean) / deviation); }));
    }

private:
    std::uint64_t low_ = 0;
    std::uint64_t best_ = 0;
    std::uint64_t high_ = 0;
    std::vector<CountRange> open_;  ///< the figures that leave something open, the widest first
};

/// Where so much of a distribution over a grid lies below.
double quantile(std::span<const double> probabilities, double start, double width, double share) {
    double below = 0;
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
        below += probabilities[i];
        if (below >= share) return start + static_cast<double>(i) * width;
    }
    return start + static_cast<double>(probabilities.size() - 1) * width;
}

std::vector<TollDistribution::Step> steps_of(std::span<const double> probabilities, double start,
                                             double width) {
    constexpr std::size_t most_steps = 64;
    if (probabilities.size() == 1) return {{.from = start, .to = start, .probability = 1}};
    const std::size_t joined = (probabilities.size() + most_steps - 1) / most_steps;
    std::vector<TollDistribution::Step> steps;
    for (std::size_t i = 0; i < probabilities.size(); i += joined) {
        TollDistribution::Step step{.from = start + (static_cast<double>(i) - 0.5) * width,
                                    .to = start + (static_cast<double>(i + joined) - 0.5) * width};
        for (const double p : probabilities.subspan(i, std::min(joined, probabilities.size() - i)))
            step.probability += p;
        steps.push_back(step);
    }
    return steps;
}

/// Joins the figures of several accounts, account by account.
class Figures {
public:
    void add(const std::optional<CountRange>& figure) {
        if (figure) ranges_.push_back(*figure);
    }
    [[nodiscard]] std::optional<CountRange> together() const { return range_of_accounts(ranges_); }

private:
    std::vector<CountRange> ranges_;
};

}  // namespace

TollDistribution toll_distribution(std::span<const std::vector<IncidentToll>> groupings, Days days,
                                   Dead whose) {
    assert(!groupings.empty());
    std::vector<Sum> sums;
    sums.reserve(groupings.size());
    for (const auto& incidents : groupings) sums.emplace_back(incidents, days, whose);

    TollDistribution result;
    result.groupings = groupings.size();
    result.low = std::ranges::min(sums, {}, &Sum::low).low();
    result.high = std::ranges::max(sums, {}, &Sum::high).high();
    result.fewest_best = std::ranges::min(sums, {}, &Sum::best).best();
    result.most_best = std::ranges::max(sums, {}, &Sum::best).best();

    const auto start = static_cast<double>(result.low);
    const double width = std::max(
        1.0, std::ceil(static_cast<double>(result.high - result.low) / static_cast<double>(grid_steps)));
    std::vector<double> all;
    for (const Sum& sum : sums) {
        const Grid above = sum.above_low(width);
        const auto first =
            static_cast<std::size_t>(std::llround(static_cast<double>(sum.low() - result.low) / width));
        all.resize(std::max(all.size(), first + above.size()));
        for (std::size_t i = 0; i < above.size(); ++i) {
            all[first + i] += above[i] / static_cast<double>(sums.size());
        }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        result.mean += all[i] * (start + static_cast<double>(i) * width);
    }
    // The grid may reach past the highest sum by a step for each range that was rounded up.
    const auto at = [&](double share) {
        return std::min(quantile(all, start, width, share), static_cast<double>(result.high));
    };
    constexpr double rounding = 1e-12;
    result.median = at(0.5 - rounding);
    result.half = {.low = at(0.25), .high = at(0.75)};
    result.most = {.low = at(0.025), .high = at(0.975)};
    while (all.size() > 1 && all.back() <= 0) all.pop_back();
    result.steps = steps_of(all, start, width);
    return result;
}

std::vector<IncidentToll> group_accounts(std::span<const AccountToll> accounts,
                                         std::span<const std::uint32_t> incident) {
    assert(accounts.size() == incident.size());
    if (accounts.empty()) return {};
    std::vector<std::vector<std::uint32_t>> members(*std::ranges::max_element(incident) + std::size_t{1});
    for (std::uint32_t i = 0; i < accounts.size(); ++i) members[incident[i]].push_back(i);

    std::vector<IncidentToll> incidents;
    incidents.reserve(members.size());
    for (const auto& of : members) {
        assert(!of.empty());
        IncidentToll together = accounts[of.front()];
        if (of.size() > 1) {
            std::array<Figures, 6> figures;
            Days any = together.days;
            for (const std::uint32_t i : of) {
                const AccountToll& account = accounts[i];
                figures[0].add(account.killed);
                figures[1].add(account.civilians_killed);
                figures[2].add(account.combatants_killed);
                figures[3].add(account.unknown_killed);
                figures[4].add(account.women_killed);
                figures[5].add(account.children_killed);
                together.days = in_both(together.days, account.days);
                any = {.first = std::min(any.first, account.days.first),
                       .end = std::max(any.end, account.days.end)};
                for (const TargetKind kind : all_target_kinds()) {
                    if (account.targets.has(kind)) together.targets.add(kind);
                }
                if (together.act == Act::unknown) together.act = account.act;
            }
            if (together.days.empty()) together.days = any;
            together.killed = figures[0].together();
            together.civilians_killed = figures[1].together();
            together.combatants_killed = figures[2].together();
            together.unknown_killed = figures[3].together();
            together.women_killed = figures[4].together();
            together.children_killed = figures[5].together();
        }
        incidents.push_back(together);
    }
    return incidents;
}

}  // namespace truce::analysis
