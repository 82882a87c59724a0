// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/competing_risks.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>

#include "analysis/numeric/normal.h"
#include "analysis/numeric/order.h"

namespace truce::numeric {

namespace {

/// The sums over earlier times that the variance of one cause's incidence is made of. With F the incidence,
/// the variance at t is the sum of (F(t) - F(s))^2 a + b - 2 (F(t) - F(s)) c.
struct VarianceSums {
    double a = 0;
    double af = 0;
    double aff = 0;
    double b = 0;
    double c = 0;
    double cf = 0;

    [[nodiscard]] double variance(double f) const {
        return std::max(0.0, f * f * a - 2 * f * af + aff + b - 2 * f * c + 2 * cf);
    }
};

std::ptrdiff_t steps_until(const std::vector<double>& times, double time) {
    return std::ranges::upper_bound(times, time) - times.begin();
}

}  // namespace

Estimated CompetingRisks::at(std::size_t cause, double time, Level level) const {
    assert(cause >= 1 && cause <= incidence.size());
    const std::ptrdiff_t steps = steps_until(times, time);
    if (steps == 0) return {.value = 0, .standard_error = 0, .interval = {0, 0}};
    const auto at = static_cast<std::size_t>(steps - 1);
    const double share = incidence[cause - 1][at];
    const double error = std::sqrt(variance[cause - 1][at]);
    if (share <= 0 || share >= 1)
        return {.value = share, .standard_error = error, .interval = {share, share}};
    const double log_share = std::log(share);
    const double factor = std::exp(normal_reach(level) * error / (share * -log_share));
    return {.value = share,
            .standard_error = error,
            .interval = {std::exp(log_share * factor), std::exp(log_share / factor)}};
}

double CompetingRisks::survival_at(double time) const {
    const std::ptrdiff_t steps = steps_until(times, time);
    return steps == 0 ? 1 : survival[static_cast<std::size_t>(steps - 1)];
}

CompetingRisks aalen_johansen(const CompetingSpells& spells, std::size_t causes) {
    const std::size_t n = spells.stop.size();
    assert(spells.cause.size() == n);
    assert(spells.start.empty() || spells.start.size() == n);
    const auto places = sorted_by(in_given_order(n), spells.stop);
    std::vector<double> starts(spells.start.begin(), spells.start.end());
    std::ranges::sort(starts);

    CompetingRisks answer;
    answer.incidence.resize(causes);
    answer.variance.resize(causes);
    std::vector<VarianceSums> sums(causes);
    std::vector<double> share(causes, 0.0);
    std::vector<double> ended(causes);
    double survival = 1;
    std::size_t entered = 0;
    for (std::size_t i = 0; i < n;) {
        const double time = spells.stop[places[i]];
        while (entered < starts.size() && starts[entered] < time) ++entered;
        const auto at_risk = static_cast<double>(n - i - (starts.size() - entered));
        const double before = survival;
        std::ranges::fill(ended, 0.0);
        double all = 0;
        for (; i < n && spells.stop[places[i]] == time; ++i) {
            const std::uint8_t cause = spells.cause[places[i]];
            assert(cause <= causes);
            if (cause == 0) continue;
            ended[cause - 1] += 1;
            all += 1;
        }
        if (all == 0) continue;
        const double left = at_risk - all;
        survival *= left / at_risk;
        for (std::size_t k = 0; k < causes; ++k) {
            share[k] += before * ended[k] / at_risk;
            // Where no one is left, nothing is added to any incidence any more, and F(t) - F(s) stays 0.
            const double a = left > 0 ? all / (at_risk * left) : 0.0;
            const double c = before * ended[k] / (at_risk * at_risk);
            VarianceSums& own = sums[k];
            own.a += a;
            own.af += a * share[k];
            own.aff += a * share[k] * share[k];
            own.b += before * before * (at_risk - ended[k]) * ended[k] / (at_risk * at_risk * at_risk);
            own.c += c;
            own.cf += c * share[k];
            answer.incidence[k].push_back(share[k]);
            answer.variance[k].push_back(own.variance(share[k]));
        }
        answer.times.push_back(time);
        answer.at_risk.push_back(static_cast<std::uint32_t>(at_risk));
        answer.survival.push_back(survival);
    }
    return answer;
}

}  // namespace truce::numeric
