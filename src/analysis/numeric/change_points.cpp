// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/change_points.h"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

#include "analysis/numeric/quantile.h"
#include "analysis/numeric/sum.h"

namespace truce::numeric {

namespace {

/// Worked out in double precision: to promote would cost ten times as much, for digits that nobody uses.
double lgamma(double x) {
    using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
    return boost::math::lgamma(x, InDouble());
}

constexpr double infinity = std::numeric_limits<double>::infinity();

void check([[maybe_unused]] const RateSeries& series) {
    assert(series.exposure.empty() || series.exposure.size() == series.counts.size());
    assert(std::ranges::all_of(series.counts, [](double count) { return count >= 0; }));
    assert(std::ranges::all_of(series.exposure, [](double day) { return day >= 0 && std::isfinite(day); }));
}

double exposure_of(const RateSeries& series, std::size_t day) {
    return series.exposure.empty() ? 1 : series.exposure[day];
}

/// Counts and exposure from the first day on.
struct RunningTotals {
    std::vector<double> count{0};
    std::vector<double> exposure{0};

    explicit RunningTotals(const RateSeries& series) {
        CompensatedSum counted;
        CompensatedSum watched;
        for (std::size_t day = 0; day < series.counts.size(); ++day) {
            // What is counted on a day that nobody watched tells nothing of the rate.
            if (exposure_of(series, day) > 0) counted.add(series.counts[day]);
            watched.add(exposure_of(series, day));
            count.push_back(counted.value());
            exposure.push_back(watched.value());
        }
    }
    [[nodiscard]] double counted(std::size_t first, std::size_t end) const {
        return count[end] - count[first];
    }
    [[nodiscard]] double watched(std::size_t first, std::size_t end) const {
        return exposure[end] - exposure[first];
    }

    /// -2 times the log-likelihood of days [first, end) under their own rate, constants left out.
    [[nodiscard]] double cost(std::size_t first, std::size_t end) const {
        const double total = counted(first, end);
        const double time = watched(first, end);
        return total > 0 && time > 0 ? 2 * total * (std::log(time) - std::log(total)) : 0;
    }
    [[nodiscard]] double rate(std::size_t first, std::size_t end) const {
        return watched(first, end) > 0 ? counted(first, end) / watched(first, end) : 0;
    }
};

/// The part of the log-likelihood that does not depend on rates.
double constants(const RateSeries& series) {
    CompensatedSum sum;
    for (std::size_t day = 0; day < series.counts.size(); ++day) {
        const double exposure = exposure_of(series, day);
        if (exposure > 0) sum.add(series.counts[day] * std::log(exposure) - lgamma(series.counts[day] + 1));
    }
    return sum.value();
}

/// The log-likelihood of so many counted in so much exposure at the rate that fits best, constants left out.
double best_log_likelihood(double count, double exposure) {
    return count > 0 && exposure > 0 ? count * (std::log(count) - std::log(exposure)) - count : -count;
}

}  // namespace

std::vector<RateSegment> pelt(const RateSeries& series, ChangePenalty penalty, std::size_t least_days) {
    check(series);
    assert(least_days > 0);
    const std::size_t days = series.counts.size();
    if (days == 0) return {};
    const RunningTotals totals(series);
    const double log_days = std::log(static_cast<double>(days));
    const bool mbic = penalty == ChangePenalty::mbic;
    const double per_change = (mbic ? 3 : 2) * log_days;
    const auto cost = [&](std::size_t first, std::size_t end) {
        return totals.cost(first, end) + (mbic ? std::log(static_cast<double>(end - first)) : 0.0);
    };

    // best[end]: the least cost of cutting days [0, end); from[end]: where its last segment begins.
    std::vector<double> best(days + 1, infinity);
    std::vector<std::size_t> from(days + 1, 0);
    best[0] = -per_change;
    /// A first day of the last segment that may still be the best; beyond `until` it is known not to be.
    struct Candidate {
        std::size_t first;
        std::size_t until;
        double cost;
    };
    std::vector<Candidate> candidates;
    for (std::size_t end = 1; end <= days; ++end) {
        // The whole series is a segment, however short.
        if (end < least_days && end < days) continue;
        if (end == days && days < 2 * least_days) {
            best[end] = 0;
            break;
        }
        const std::size_t newest = end - least_days;
        if (newest == 0 || best[newest] < infinity)
            candidates.push_back({.first = newest, .until = days, .cost = 0});
        std::erase_if(candidates, [end](const Candidate& candidate) { return candidate.until < end; });
        for (Candidate& candidate : candidates) {
            candidate.cost = best[candidate.first] + cost(candidate.first, end) + per_change;
            if (candidate.cost < best[end]) {
                best[end] = candidate.cost;
                from[end] = candidate.first;
            }
        }
        // A start that a cut here would beat is never the best again, from the day on which that cut's
        // segment is long enough. The term in a segment's length can still gain up to ln n.
        const double slack = per_change + (mbic ? log_days : 0);
        for (Candidate& candidate : candidates) {
            if (candidate.cost > best[end] + slack)
                candidate.until = std::min(candidate.until, end + least_days - 1);
        }
    }

    std::vector<RateSegment> segments;
    for (std::size_t end = days; end > 0; end = from[end])
        segments.push_back({.first = from[end], .end = end, .rate = totals.rate(from[end], end)});
    std::ranges::reverse(segments);
    return segments;
}

SingleChange::Places SingleChange::interval(Level level) const {
    const double tail = (1 - level.value) / 2;
    return {.first = discrete_quantile(probability, {tail}) + 1,
            .last = discrete_quantile(probability, {1 - tail}) + 1};
}

std::optional<SingleChange> single_change(const RateSeries& series) {
    check(series);
    const std::size_t days = series.counts.size();
    const RunningTotals totals(series);
    if (days < 2 || totals.watched(0, days) <= 0) return std::nullopt;

    SingleChange change;
    const double constant = constants(series);
    change.log_likelihood_without =
        constant + best_log_likelihood(totals.counted(0, days), totals.watched(0, days));
    change.log_likelihood = -infinity;
    std::vector<double> log_weight;
    for (std::size_t after = 1; after < days; ++after) {
        const double before_count = totals.counted(0, after);
        const double after_count = totals.counted(after, days);
        const double before_time = totals.watched(0, after);
        const double after_time = totals.watched(after, days);
        const double log_likelihood = constant + best_log_likelihood(before_count, before_time) +
                                      best_log_likelihood(after_count, after_time);
        if (log_likelihood > change.log_likelihood) {
            change.log_likelihood = log_likelihood;
            change.after = after;
        }
        // Each rate integrated over its Gamma(1, 1) prior.
        const auto marginal = [](double count, double time) {
            return lgamma(count + 1) - (count + 1) * std::log(time + 1);
        };
        log_weight.push_back(marginal(before_count, before_time) + marginal(after_count, after_time));
    }
    change.rate_before = totals.rate(0, change.after);
    change.rate_after = totals.rate(change.after, days);
    const double largest = *std::ranges::max_element(log_weight);
    CompensatedSum sum;
    for (double& weight : log_weight) {
        weight = std::exp(weight - largest);
        sum.add(weight);
    }
    for (double& weight : log_weight) weight /= sum.value();
    change.probability = std::move(log_weight);
    return change;
}

std::vector<OnlineState> follow_changes(const RateSeries& series, const OnlineSettings& settings) {
    check(series);
    assert(settings.prior_count > 0 && settings.prior_exposure > 0 && settings.mean_run > 1);
    constexpr double negligible = 1e-8;
    /// One hypothesis: the current run began so many days ago, and has since seen so much.
    struct Run {
        std::size_t length;
        double count;
        double exposure;
        double probability;
        double log_gamma;  // of `count`
    };
    const double hazard = 1 / settings.mean_run;
    const double log_gamma_of_prior = lgamma(settings.prior_count);
    std::vector<Run> runs{
        {.length = 0, .count = settings.prior_count, .exposure = settings.prior_exposure, .probability = 1,
         .log_gamma = log_gamma_of_prior}};
    std::vector<OnlineState> states;
    states.reserve(series.counts.size());
    for (std::size_t day = 0; day < series.counts.size(); ++day) {
        const double exposure = exposure_of(series, day);
        const double count = series.counts[day];
        if (exposure > 0) {
            // The chance of the day's count under each hypothesis: negative binomial.
            double largest = -infinity;
            std::vector<double> log_weight;
            log_weight.reserve(runs.size());
            const double log_factorial = lgamma(count + 1);
            for (Run& run : runs) {
                const double seen = run.exposure + exposure;
                const double before = std::exchange(run.log_gamma, lgamma(run.count + count));
                const double log_chance = run.log_gamma - before - log_factorial +
                                          run.count * std::log(run.exposure / seen) +
                                          count * std::log(exposure / seen);
                log_weight.push_back(std::log(run.probability) + log_chance);
                largest = std::max(largest, log_weight.back());
            }
            CompensatedSum all;
            for (std::size_t i = 0; i < runs.size(); ++i) {
                runs[i].probability = std::exp(log_weight[i] - largest);
                all.add(runs[i].probability);
            }
            for (Run& run : runs) {
                run.probability /= all.value();
                run.count += count;
                run.exposure += exposure;
            }
        }

        OnlineState state{.recent_change = 0, .rate = 0, .rate_ratio = {}};
        CompensatedSum rate;
        CompensatedSum recent;
        for (const Run& run : runs) {
            if (run.length <= settings.recent) recent.add(run.probability);
            rate.add(run.probability * run.count / run.exposure);
        }
        state.recent_change = std::min(1.0, recent.value());
        state.rate = rate.value();
        if (states.size() > settings.recent)
            state.rate_ratio = state.rate / states[states.size() - settings.recent - 1].rate;
        states.push_back(state);

        // Tomorrow each run goes on, or a new one begins.
        std::erase_if(runs, [](const Run& run) { return run.probability < negligible; });
        for (Run& run : runs) {
            ++run.length;
            run.probability *= 1 - hazard;
        }
        runs.push_back({.length = 0,
                        .count = settings.prior_count,
                        .exposure = settings.prior_exposure,
                        .probability = hazard,
                        .log_gamma = log_gamma_of_prior});
    }
    return states;
}

}  // namespace truce::numeric
