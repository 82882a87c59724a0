// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/hawkes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "base/random.h"

namespace truce::numeric {

namespace {

/// ln background, the logit of branching / most_branching, ln decay: any real numbers.
using Point = std::array<double, 3>;

Hawkes process_at(const Point& point) {
    return {.background = std::exp(point[0]),
            .branching = most_branching / (1 + std::exp(-point[1])),
            .decay = std::exp(point[2])};
}

Point point_of(const Hawkes& process) {
    const double share = process.branching / most_branching;
    return {std::log(process.background), std::log(share / (1 - share)), std::log(process.decay)};
}

/// The log-likelihood and its derivatives by the point's coordinates.
struct Slope {
    double value = 0;
    Point gradient{};
};

Slope slope_at(const Point& point, std::span<const double> times, double end) {
    const Hawkes p = process_at(point);
    double value = -p.background * end;
    double by_background = -end;
    double by_branching = 0;
    double by_decay = 0;
    double echo = 0;           // of all earlier incidents, as it is felt now: sum of exp(-decay * age)
    double echo_by_decay = 0;  // its derivative
    double before = 0;
    bool first = true;
    for (const double time : times) {
        if (!first) {
            const double gap = time - before;
            const double fade = std::exp(-p.decay * gap);
            echo_by_decay = fade * (echo_by_decay - gap * (1 + echo));
            echo = fade * (1 + echo);
        }
        first = false;
        before = time;
        const double rate = p.background + p.branching * p.decay * echo;
        value += std::log(rate);
        by_background += 1 / rate;
        by_branching += p.decay * echo / rate;
        by_decay += p.branching * (echo + p.decay * echo_by_decay) / rate;
        const double left = end - time;
        const double to_come = std::exp(-p.decay * left);
        value -= p.branching * (1 - to_come);
        by_branching -= 1 - to_come;
        by_decay -= p.branching * left * to_come;
    }
    return {
        .value = value,
        .gradient = {by_background * p.background,
                     by_branching * p.branching * (1 - p.branching / most_branching), by_decay * p.decay}};
}

double product(const Point& a, const Point& b) {
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

struct Summit {
    Point point{};
    double value = -std::numeric_limits<double>::infinity();
};

/// Climbs by Broyden, Fletcher, Goldfarb and Shanno's method (Nocedal, Wright (2006), Numerical Optimization,
/// algorithm 6.1).
Summit climb(Point point, std::span<const double> times, double end, int most_steps) {
    constexpr double flat = 1e-7;
    constexpr double longest_step = 2;
    std::array<Point, 3> inverse{Point{1, 0, 0}, Point{0, 1, 0}, Point{0, 0, 1}};
    Slope here = slope_at(point, times, end);
    bool scaled = false;
    for (int step = 0; step < most_steps; ++step) {
        if (std::sqrt(product(here.gradient, here.gradient)) < flat) break;
        Point direction{};
        for (std::size_t i = 0; i < 3; ++i) direction[i] = product(inverse[i], here.gradient);
        double rise = product(direction, here.gradient);
        if (rise <= 0) {
            inverse = {Point{1, 0, 0}, Point{0, 1, 0}, Point{0, 0, 1}};
            direction = here.gradient;
            rise = product(direction, direction);
        }
        // Beyond this the likelihood itself is not known.
        if (rise < 1e-11 * (1 + std::abs(here.value))) break;
        double length = std::min(1.0, longest_step / std::sqrt(product(direction, direction)));
        Point next{};
        Slope there;
        bool higher = false;
        constexpr int most_halvings = 50;
        for (int halving = 0; halving < most_halvings && !higher; ++halving) {
            for (std::size_t i = 0; i < 3; ++i) next[i] = point[i] + length * direction[i];
            there = slope_at(next, times, end);
            constexpr double share = 1e-4;  // of the rise that the slope promises
            higher = std::isfinite(there.value) && there.value >= here.value + share * length * rise;
            if (!higher) length /= 2;
        }
        if (!higher) break;

        Point moved{};
        Point turned{};  // the change of the gradient downhill
        for (std::size_t i = 0; i < 3; ++i) {
            moved[i] = next[i] - point[i];
            turned[i] = here.gradient[i] - there.gradient[i];
        }
        const double curved = product(moved, turned);
        point = next;
        here = there;
        if (curved <= 1e-14) continue;
        if (!scaled) {
            for (std::size_t i = 0; i < 3; ++i) inverse[i][i] = curved / product(turned, turned);
            scaled = true;
        }
        Point turned_inverse{};
        for (std::size_t i = 0; i < 3; ++i) turned_inverse[i] = product(inverse[i], turned);
        const double scale = (1 + product(turned, turned_inverse) / curved) / curved;
        for (std::size_t i = 0; i < 3; ++i) {
            for (std::size_t j = 0; j < 3; ++j) {
                inverse[i][j] += scale * moved[i] * moved[j] -
                                 (turned_inverse[i] * moved[j] + moved[i] * turned_inverse[j]) / curved;
            }
        }
    }
    return {.point = point, .value = here.value};
}

void check([[maybe_unused]] std::span<const double> times, [[maybe_unused]] double end) {
    assert(std::ranges::is_sorted(times) && end > 0);
    assert(times.empty() || (times.front() >= 0 && times.back() <= end));
}

/// The probability that a sample of n from the assumed distribution lies as far from it. Stephens (1970), J.
/// R. Statist. Soc. B 32: 115.
double kolmogorov_p(double distance, std::size_t n) {
    const double root = std::sqrt(static_cast<double>(n));
    const double x = (root + 0.12 + 0.11 / root) * distance;
    if (x < 0.2) return 1;
    double sum = 0;
    for (int k = 1; k <= 100; ++k) {
        const double term = 2 * std::exp(-2.0 * k * k * x * x);
        sum += k % 2 == 1 ? term : -term;
        if (term < 1e-16) break;
    }
    return std::clamp(sum, 0.0, 1.0);
}

/// The best of several climbs; `first` is a start to try before the others.
Result<HawkesFit> fit_from(std::span<const double> times, double end, std::optional<Point> first) {
    check(times, end);
    if (times.size() < least_incidents_for_hawkes) {
        return tl::unexpected(
            Error{fmt::format("{} incidents are too few to tell those called forth from others; want {}",
                              times.size(), least_incidents_for_hawkes)});
    }
    const double rate = static_cast<double>(times.size()) / end;
    Summit best;
    // A few steps from each start tell which slope leads highest.
    constexpr int few_steps = 12;
    constexpr int most_steps = 100;
    const auto try_from = [&](const Point& start) {
        const Summit summit = climb(start, times, end, few_steps);
        if (summit.value > best.value) best = summit;
    };
    if (first) {
        best.point = *first;
    } else {
        for (const double branching : {0.2, 0.5, 0.8}) {
            for (const double decay : {0.05, 0.3, 1.0, 4.0}) {
                try_from(point_of(
                    {.background = rate * (1 - branching), .branching = branching, .decay = decay * rate}));
            }
        }
    }
    best = climb(best.point, times, end, most_steps);
    HawkesFit fit{.process = process_at(best.point),
                  .log_likelihood = best.value,
                  .poisson_log_likelihood = static_cast<double>(times.size()) * (std::log(rate) - 1),
                  .fit = {}};
    constexpr double near_bound = 1e-3;
    fit.at_bound = fit.process.branching > most_branching - near_bound;
    fit.fit = time_rescaling(fit.process, times, end);
    return fit;
}

/// The days' incidents at random hours, rising.
std::vector<double> spread_within_days(std::span<const double> counts, Random random) {
    std::vector<double> times;
    for (std::size_t day = 0; day < counts.size(); ++day) {
        const std::size_t start = times.size();
        for (double i = 0; i < counts[day]; ++i)
            times.push_back(static_cast<double>(day) + random.uniform_open());
        std::sort(times.begin() + static_cast<std::ptrdiff_t>(start), times.end());
    }
    return times;
}

}  // namespace

double log_likelihood(const Hawkes& process, std::span<const double> times, double end) {
    check(times, end);
    double value = -process.background * end;
    double echo = 0;
    for (std::size_t i = 0; i < times.size(); ++i) {
        if (i > 0) echo = std::exp(-process.decay * (times[i] - times[i - 1])) * (1 + echo);
        value += std::log(process.background + process.branching * process.decay * echo);
        value += process.branching * std::expm1(-process.decay * (end - times[i]));
    }
    return value;
}

TimeRescaling time_rescaling(const Hawkes& process, std::span<const double> times, double end) {
    check(times, end);
    assert(!times.empty());
    std::vector<double> uniform;
    uniform.reserve(times.size());
    double echo = 0;
    double before = 0;
    for (std::size_t i = 0; i < times.size(); ++i) {
        const double gap = times[i] - before;
        const double heard = i == 0 ? 0 : 1 + echo;
        const double passed =
            process.background * gap - process.branching * heard * std::expm1(-process.decay * gap);
        uniform.push_back(-std::expm1(-passed));
        echo = std::exp(-process.decay * gap) * heard;
        before = times[i];
    }
    std::ranges::sort(uniform);
    const auto n = static_cast<double>(uniform.size());
    double distance = 0;
    for (std::size_t i = 0; i < uniform.size(); ++i) {
        distance = std::max(
            {distance, static_cast<double>(i + 1) / n - uniform[i], uniform[i] - static_cast<double>(i) / n});
    }
    return {.distance = distance, .p = kolmogorov_p(distance, uniform.size())};
}

Result<HawkesFit> fit_hawkes(std::span<const double> times, double end) {
    return fit_from(times, end, {});
}

Result<DailyHawkes> fit_daily_hawkes(std::span<const double> counts, const HawkesSettings& settings) {
    assert(settings.draws > 0);
    const auto end = static_cast<double>(counts.size());
    DailyHawkes daily;
    daily.branching = {1, 0};
    std::optional<Point> start;
    HawkesFit& mean = daily.mean;
    mean = {.process = {.background = 0, .branching = 0, .decay = 0}, .fit = {.distance = 0, .p = 0}};
    for (std::uint32_t draw = 0; draw < settings.draws; ++draw) {
        const std::vector<double> times = spread_within_days(counts, Random(settings.seed, draw));
        // Hours drawn anew move the summit little: later draws climb from the first one's.
        const auto fit = fit_from(times, end, start);
        if (!fit) return tl::unexpected(fit.error());
        start = point_of(fit->process);
        for (double& coordinate : *start) coordinate = std::clamp(coordinate, -8.0, 8.0);
        mean.process.background += fit->process.background;
        mean.process.branching += fit->process.branching;
        mean.process.decay += fit->process.decay;
        mean.log_likelihood += fit->log_likelihood;
        mean.poisson_log_likelihood += fit->poisson_log_likelihood;
        mean.fit.distance += fit->fit.distance;
        mean.fit.p += fit->fit.p;
        mean.at_bound = mean.at_bound || fit->at_bound;
        daily.branching.low = std::min(daily.branching.low, fit->process.branching);
        daily.branching.high = std::max(daily.branching.high, fit->process.branching);
        ++daily.draws;
    }
    const double draws = daily.draws;
    for (double* figure :
         {&mean.process.background, &mean.process.branching, &mean.process.decay, &mean.log_likelihood,
          &mean.poisson_log_likelihood, &mean.fit.distance, &mean.fit.p}) {
        *figure /= draws;
    }
    return daily;
}

}  // namespace truce::numeric
