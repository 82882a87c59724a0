// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/kaplan_meier.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cassert>
#include <cmath>
#include <limits>

#include "analysis/numeric/normal.h"
#include "analysis/numeric/order.h"
#include "analysis/numeric/symmetric.h"

namespace truce::numeric {

namespace {

/// Shares that differ by rounding alone are equal.
constexpr double slack = 1e-9;

/// The interval of a survival probability whose logarithm has variance `greenwood`.
Interval band_of(double survival, double greenwood, Level level, Band band) {
    if (survival >= 1) return {1, 1};
    if (survival <= 0) return {0, 0};
    const double reach = normal_reach(level) * std::sqrt(greenwood);
    const double log_survival = std::log(survival);
    if (band == Band::log) return {survival * std::exp(-reach), std::min(1.0, survival * std::exp(reach))};
    const double factor = std::exp(reach / -log_survival);
    return {std::exp(log_survival * factor), std::exp(log_survival / factor)};
}

Estimated estimated(double survival, double greenwood, Level level, Band band) {
    return {.value = survival,
            .standard_error = survival > 0 ? survival * std::sqrt(greenwood) : 0,
            .interval = band_of(survival, greenwood, level, band)};
}

/// The step that holds at `time`: the last one not after it.
const SurvivalStep* step_at(const std::vector<SurvivalStep>& steps, double time) {
    const auto after = std::ranges::upper_bound(steps, time, {}, &SurvivalStep::time);
    return after == steps.begin() ? nullptr : &*std::prev(after);
}

/// Makes the curve of the spells at `places`, which are sorted by their stops.
class Walk {
public:
    Walk(const Spells& spells, std::span<const std::uint32_t> places) : spells_(spells), places_(places) {
        if (!spells.start.empty()) {
            starts_.reserve(places.size());
            for (const std::uint32_t place : places) starts_.push_back(spells.start[place]);
            std::ranges::sort(starts_);
        }
    }

    SurvivalCurve curve() {
        const double* const stop = spells_.stop.data();
        const std::uint8_t* const failed = spells_.failed.data();
        const std::size_t n = places_.size();
        SurvivalCurve curve;
        curve.spells = static_cast<std::uint32_t>(n);
        double survival = 1;
        double greenwood = 0;
        for (std::size_t i = 0; i < n;) {
            const double time = stop[places_[i]];
            std::uint32_t failures = 0;
            std::size_t end = i;
            for (; end < n && stop[places_[end]] == time; ++end) failures += failed[places_[end]];
            const auto at_risk = static_cast<std::uint32_t>(n - i - not_yet_entered(time));
            if (failures > 0) {
                const double risk = at_risk;
                const double left = risk - failures;
                survival *= left / risk;
                greenwood += failures / (risk * left);
            }
            curve.failures += failures;
            curve.steps.push_back({.time = time,
                                   .at_risk = at_risk,
                                   .failures = failures,
                                   .censored = static_cast<std::uint32_t>(end - i) - failures,
                                   .survival = survival,
                                   .greenwood = greenwood});
            i = end;
        }
        return curve;
    }

private:
    /// How many come under observation only at `time` or later. Requires: rising times.
    std::size_t not_yet_entered(double time) {
        while (entered_ < starts_.size() && starts_[entered_] < time) ++entered_;
        return starts_.size() - entered_;
    }

    const Spells& spells_;
    std::span<const std::uint32_t> places_;
    std::vector<double> starts_;
    std::size_t entered_ = 0;
};

/// Where each group begins in an order that is sorted by group; one more for the end.
std::vector<std::size_t> begins_of_groups(std::span<const std::uint32_t> group, std::size_t groups) {
    std::vector<std::size_t> begins(groups + 1, 0);
    for (const std::uint32_t number : group) {
        assert(number < groups);
        ++begins[number + 1];
    }
    for (std::size_t g = 0; g < groups; ++g) begins[g + 1] += begins[g];
    return begins;
}

}  // namespace

std::uint32_t SurvivalCurve::at_risk_after(double time) const {
    const auto next = std::ranges::upper_bound(steps, time, {}, &SurvivalStep::time);
    return next == steps.end() ? 0 : next->at_risk;
}

Estimated SurvivalCurve::at(double time, Level level, Band band) const {
    const SurvivalStep* const step = step_at(steps, time);
    if (step == nullptr) return {.value = 1, .standard_error = 0, .interval = {1, 1}};
    return estimated(step->survival, step->greenwood, level, band);
}

std::optional<Estimated> SurvivalCurve::conditional(double from, double to, Level level) const {
    assert(from <= to);
    const SurvivalStep* const before = step_at(steps, from);
    const SurvivalStep* const after = step_at(steps, to);
    const double alive = before == nullptr ? 1 : before->survival;
    if (alive <= 0) return std::nullopt;
    if (after == nullptr) return Estimated{.value = 1, .standard_error = 0, .interval = {1, 1}};
    const double greenwood = after->greenwood - (before == nullptr ? 0 : before->greenwood);
    return estimated(after->survival / alive, greenwood, level, Band::log_log);
}

std::optional<double> SurvivalCurve::quantile(double share) const {
    const auto reached =
        std::ranges::find_if(steps, [&](const SurvivalStep& step) { return step.survival <= share + slack; });
    if (reached == steps.end()) return std::nullopt;
    if (std::abs(reached->survival - share) > slack) return reached->time;
    const auto next = std::find_if(reached, steps.end(),
                                   [&](const SurvivalStep& step) { return step.survival < share - slack; });
    return next == steps.end() ? reached->time : (reached->time + next->time) / 2;
}

Interval SurvivalCurve::quantile_interval(double share, Level level, Band band) const {
    constexpr double never = std::numeric_limits<double>::infinity();
    Interval interval{.low = never, .high = never};
    for (const SurvivalStep& step : steps) {
        if (step.failures == 0) continue;
        const Interval limits = band_of(step.survival, step.greenwood, level, band);
        if (interval.low == never && limits.low <= share + slack) interval.low = step.time;
        if (limits.high <= share + slack) {
            interval.high = step.time;
            break;
        }
    }
    return interval;
}

Estimated SurvivalCurve::restricted_mean(double horizon, Level level) const {
    assert(horizon >= 0);
    // The area under the curve, and for the variance the area that is still to come after each failure.
    double area = 0;
    double survival = 1;
    double from = 0;
    std::vector<double> areas;
    std::vector<const SurvivalStep*> falls;
    for (const SurvivalStep& step : steps) {
        if (step.time > horizon) break;
        area += survival * (step.time - from);
        from = step.time;
        survival = step.survival;
        if (step.failures > 0) {
            falls.push_back(&step);
            areas.push_back(area);
        }
    }
    area += survival * (horizon - from);
    double variance = 0;
    for (std::size_t i = 0; i < falls.size(); ++i) {
        const double risk = falls[i]->at_risk;
        const double left = risk - falls[i]->failures;
        if (left <= 0) continue;  // nothing is to come
        const double to_come = area - areas[i];
        variance += to_come * to_come * falls[i]->failures / (risk * left);
    }
    const double error = std::sqrt(variance);
    const double reach = normal_reach(level) * error;
    return {.value = area,
            .standard_error = error,
            .interval = {std::max(0.0, area - reach), std::min(horizon, area + reach)}};
}

SurvivalCurve kaplan_meier(const Spells& spells) {
    spells.check();
    const auto places = sorted_by(in_given_order(spells.size()), spells.stop);
    return Walk(spells, places).curve();
}

std::vector<SurvivalCurve> kaplan_meier(const Spells& spells, std::span<const std::uint32_t> group,
                                        std::size_t groups) {
    spells.check();
    assert(group.size() == spells.size());
    const auto places = sorted_by(sorted_by(in_given_order(spells.size()), spells.stop), group);
    const auto begins = begins_of_groups(group, groups);
    std::vector<SurvivalCurve> curves;
    curves.reserve(groups);
    for (std::size_t g = 0; g < groups; ++g) {
        const auto own = std::span(places).subspan(begins[g], begins[g + 1] - begins[g]);
        curves.push_back(Walk(spells, own).curve());
    }
    return curves;
}

LogRank log_rank(const Spells& spells, std::span<const std::uint32_t> group, std::size_t groups) {
    spells.check();
    assert(group.size() == spells.size());
    const std::size_t n = spells.size();
    const auto places = sorted_by(in_given_order(n), spells.stop);
    std::vector<std::uint32_t> entries;
    if (!spells.start.empty()) entries = sorted_by(in_given_order(n), spells.start);

    LogRank answer;
    answer.groups.resize(groups);
    std::vector<double> at_risk(groups, 0.0);  // those under observation, less those that left
    if (entries.empty()) {
        for (const std::uint32_t number : group) at_risk[number] += 1;
    }
    for (const std::uint32_t number : group) ++answer.groups[number].spells;
    std::vector<double> variance(groups * groups, 0.0);
    std::vector<double> failures(groups);
    std::size_t entered = 0;
    for (std::size_t i = 0; i < n;) {
        const double time = spells.stop[places[i]];
        for (; entered < entries.size() && spells.start[entries[entered]] < time; ++entered)
            at_risk[group[entries[entered]]] += 1;
        std::ranges::fill(failures, 0.0);
        double all_failures = 0;
        std::size_t end = i;
        for (; end < n && spells.stop[places[end]] == time; ++end) {
            if (spells.failed[places[end]] == 0) continue;
            failures[group[places[end]]] += 1;
            all_failures += 1;
        }
        if (all_failures > 0) {
            double all = 0;
            for (const double number : at_risk) all += number;
            const double spread =
                all > 1 ? all_failures * (all - all_failures) / (all * all * (all - 1)) : 0.0;
            for (std::size_t g = 0; g < groups; ++g) {
                answer.groups[g].observed += failures[g];
                answer.groups[g].expected += all_failures * at_risk[g] / all;
                variance[g * groups + g] += spread * all * at_risk[g];
                for (std::size_t h = 0; h < groups; ++h)
                    variance[g * groups + h] -= spread * at_risk[g] * at_risk[h];
            }
        }
        for (; i < end; ++i) at_risk[group[places[i]]] -= 1;
    }

    // The differences add up to nothing, so that one group tells no more than the others together.
    std::vector<std::size_t> compared;
    for (std::size_t g = 0; g < groups; ++g) {
        if (answer.groups[g].expected > 0) compared.push_back(g);
    }
    if (compared.size() < 2) return answer;
    compared.pop_back();
    const std::size_t k = compared.size();
    Symmetric part(k);
    std::vector<double> difference(k);
    for (std::size_t a = 0; a < k; ++a) {
        difference[a] = answer.groups[compared[a]].observed - answer.groups[compared[a]].expected;
        for (std::size_t b = 0; b <= a; ++b) part.set(a, b, variance[compared[a] * groups + compared[b]]);
    }
    const auto factor = Cholesky::factor(part);
    if (!factor) return answer;
    const std::vector<double> solved = factor->solve(difference);
    for (std::size_t a = 0; a < k; ++a) answer.chi_squared += difference[a] * solved[a];
    answer.chi_squared = std::max(0.0, answer.chi_squared);
    answer.degrees = static_cast<std::uint32_t>(k);
    answer.p = boost::math::cdf(
        boost::math::complement(boost::math::chi_squared(static_cast<double>(k)), answer.chi_squared));
    return answer;
}

}  // namespace truce::numeric
