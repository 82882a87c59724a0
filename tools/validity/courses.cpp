// SPDX-License-Identifier: Apache-2.0
#include "courses.h"

#include <cmath>
#include <cstdint>
#include <vector>

namespace truce::validity {

using std::chrono::days;

namespace {

/// A branching process of incidents of a constant mean rate, by day from the first one observed.
std::vector<std::uint32_t> excited_days(const Course& course, Random& random) {
    const double length = course.days_before + course.days_after;
    const double settling = 20 * course.delay;
    std::vector<double> times;
    const double between = 1 / (course.per_day * (1 - course.called_forth));
    for (double at = random.exponential() * between - settling; at < length;
         at += random.exponential() * between) {
        times.push_back(at);
    }
    for (std::size_t i = 0; i < times.size(); ++i) {
        for (std::uint64_t child = random.poisson(course.called_forth); child > 0; --child) {
            const double at = times[i] + random.exponential() * course.delay;
            if (at < length) times.push_back(at);
        }
    }
    std::vector<std::uint32_t> counts(static_cast<std::size_t>(length));
    for (const double at : times) {
        if (at >= 0) ++counts[static_cast<std::size_t>(at)];
    }
    return counts;
}

std::uint64_t day_count(double mean, double dispersion, Random& random) {
    // A Poisson number whose mean is itself a gamma variable varies by mean + mean^2 / shape.
    if (dispersion > 1) mean = random.gamma(mean / (dispersion - 1)) * (dispersion - 1);
    return random.poisson(mean);
}

}  // namespace

double Course::rate(int day) const {
    constexpr int flare_days = 14;
    double rate = per_day * std::exp(-decline * day);
    if (day < 0 && day >= -flare_days) rate *= flare;
    if (day >= 0) rate *= ratio * reported_after;
    return rate;
}

analysis::Observations observed(const Course& course, Random& random) {
    analysis::Observations observations{
        .outcome = analysis::Outcome::incidents,
        .coverage = {entry - days(course.days_before), entry + days(course.days_after)},
        .counts = {},
        .exposure = {}};
    std::vector<std::uint32_t> excited;
    if (course.called_forth > 0) excited = excited_days(course, random);
    for (int day = -course.days_before; day < course.days_after; ++day) {
        const auto count =
            excited.empty() ? static_cast<std::uint32_t>(day_count(course.rate(day), course.dispersion, random))
                            : excited[static_cast<std::size_t>(day + course.days_before)];
        const auto on = entry + days(day);
        for (std::uint32_t i = 0; i < count; ++i) observations.counts.push_back({.days = {on, on + days(1)}});
    }
    return observations;
}

analysis::TrendSettings comparison_settings() {
    return {.truce = {.before_end = entry, .first = entry, .end = {}}};
}

}  // namespace truce::validity
