// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/lifetime.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>
#include <utility>

#include "analysis/numeric/normal.h"
#include "analysis/numeric/symmetric.h"

namespace truce::numeric {

namespace {

/// A log-likelihood of one spell in z = (log t - x b) / scale, with its first two derivatives.
struct Term {
    double value;
    double slope;
    double curvature;
};

struct WeibullTerms {
    static Term failed(double z) {
        const double e = std::exp(z);
        return {z - e, 1 - e, -e};
    }
    static Term censored(double z) {
        const double e = std::exp(z);
        return {-e, -e, -e};
    }
};

struct LogNormalTerms {
    static Term failed(double z) {
        constexpr double log_root_two_pi = 0.91893853320467274178;
        return {-z * z / 2 - log_root_two_pi, -z, -1};
    }
    static Term censored(double z) {
        // The hazard of a standard normal; far out its tail is too small to divide by.
        const double tail = std::erfc(z * std::numbers::sqrt2 / 2) / 2;
        if (z > 30) {
            const double hazard = z + 1 / z - 2 / (z * z * z);
            return {-z * z / 2 - std::log(z + 1 / z) - 0.91893853320467274178, -hazard,
                    -hazard * (hazard - z)};
        }
        const double hazard = std::exp(-z * z / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2 / tail;
        return {std::log(tail), -hazard, -hazard * (hazard - z)};
    }
};

/// log t and covariates less their means, spell after spell.
struct Rows {
    std::size_t n = 0;
    std::size_t q = 0;  ///< the intercept and the covariates
    std::vector<double> log_time;
    std::vector<double> x;  ///< q for each spell, the first of them 1
    std::vector<double> means;
    double failed_log_times = 0;
    std::uint32_t failures = 0;
};

/// The log-likelihood at one point (coefficients, log scale), its slope, and the negative of its curvature.
struct Point {
    double log_likelihood = 0;
    std::vector<double> score;
    Symmetric information;
};

template <std::size_t fixed, class Terms>
Point evaluate(const Rows& rows, std::span<const std::uint8_t> failed, std::span<const double> parameters) {
    const std::size_t q = fixed != 0 ? fixed : rows.q;
    constexpr std::size_t most = fixed != 0 ? fixed : 64;
    assert(q <= most);
    const double log_scale = parameters[q];
    const double inverse = std::exp(-log_scale);
    std::array<double, most> b{};
    std::copy_n(parameters.begin(), q, b.begin());
    std::array<double, most> slope{};                  // sum of l'(z) x
    std::array<double, most> cross{};                  // sum of l''(z) z x
    std::array<double, most*(most + 1) / 2> second{};  // sum of l''(z) x x'
    double value = 0;
    double slope_z = 0;
    double curvature_zz = 0;
    const double* x = rows.x.data();
    const double* log_time = rows.log_time.data();
    const std::uint8_t* status = failed.data();
    for (std::size_t row = 0; row < rows.n; ++row, x += q) {
        double z = log_time[row];
#pragma GCC unroll 8
        for (std::size_t i = 0; i < q; ++i) z -= x[i] * b[i];
        z *= inverse;
        const Term term = status[row] != 0 ? Terms::failed(z) : Terms::censored(z);
        value += term.value;
        slope_z += term.slope * z;
        curvature_zz += term.curvature * z * z;
        const double cz = term.curvature * z;
        std::size_t at = 0;
#pragma GCC unroll 8
        for (std::size_t i = 0; i < q; ++i) {
            slope[i] += term.slope * x[i];
            cross[i] += cz * x[i];
            const double cx = term.curvature * x[i];
#pragma GCC unroll 8
            for (std::size_t j = 0; j <= i; ++j) second[at++] += cx * x[j];
        }
    }
    // dz/db = -x / scale and dz/d(log scale) = -z; a failure's density carries 1 / (scale t) as well.
    const std::size_t size = q + 1;
    Point point;
    point.log_likelihood = value - rows.failures * log_scale - rows.failed_log_times;
    point.score.resize(size);
    point.information = Symmetric(size);
    for (std::size_t i = 0, at = 0; i < q; ++i) {
        point.score[i] = -slope[i] * inverse;
        for (std::size_t j = 0; j <= i; ++j, ++at)
            point.information.set(i, j, -second[at] * inverse * inverse);
        point.information.set(i, q, -(cross[i] + slope[i]) * inverse);
    }
    point.score[q] = -slope_z - rows.failures;
    point.information.set(q, q, -(curvature_zz + slope_z));
    return point;
}

template <class Terms>
Point evaluate(const Rows& rows, std::span<const std::uint8_t> failed, std::span<const double> parameters) {
    switch (rows.q) {
        case 1:
            return evaluate<1, Terms>(rows, failed, parameters);
        case 2:
            return evaluate<2, Terms>(rows, failed, parameters);
        case 4:
            return evaluate<4, Terms>(rows, failed, parameters);
        case 6:
            return evaluate<6, Terms>(rows, failed, parameters);
        default:
            return evaluate<0, Terms>(rows, failed, parameters);
    }
}

Point evaluate(Lifetime lifetime, const Rows& rows, std::span<const std::uint8_t> failed,
               std::span<const double> parameters) {
    switch (lifetime) {
        case Lifetime::weibull:
            return evaluate<WeibullTerms>(rows, failed, parameters);
        case Lifetime::log_normal:
            return evaluate<LogNormalTerms>(rows, failed, parameters);
    }
    return {};
}

Result<Rows> rows_of(const Spells& spells, Columns covariates) {
    Rows rows;
    rows.n = spells.size();
    rows.q = covariates.size() + 1;
    if (rows.n == 0) return failure({.message = "there are no spells"});
    if (rows.q > 60) return failure({.message = "there are more than 59 covariates"});
    rows.log_time.resize(rows.n);
    for (std::size_t i = 0; i < rows.n; ++i) {
        if (!(spells.stop[i] > 0) || !std::isfinite(spells.stop[i]))
            return failure({.message = "a spell has a time that is not above 0"});
        rows.log_time[i] = std::log(spells.stop[i]);
        if (spells.failed[i] == 0) continue;
        ++rows.failures;
        rows.failed_log_times += rows.log_time[i];
    }
    if (rows.failures == 0) return failure({.message = "nothing failed"});
    rows.x.assign(rows.n * rows.q, 1.0);
    rows.means.assign(rows.q, 0.0);
    for (std::size_t c = 0; c < covariates.size(); ++c) {
        const std::span<const double> column = covariates[c];
        assert(column.size() == rows.n);
        double sum = 0;
        for (const double value : column) sum += value;
        if (!std::isfinite(sum))
            return failure(
                {.message = fmt::format("covariate {} has a value that is no finite number", c + 1)});
        const double mean = sum / static_cast<double>(rows.n);
        rows.means[c + 1] = mean;
        for (std::size_t i = 0; i < rows.n; ++i) rows.x[i * rows.q + c + 1] = column[i] - mean;
    }
    return rows;
}

/// The logarithm of the mean time per failure, no effects, and a scale of 1.
std::vector<double> plain_guess(const Rows& rows) {
    std::vector<double> parameters(rows.q + 1, 0.0);
    double time = 0;
    for (const double log_time : rows.log_time) time += std::exp(log_time);
    parameters[0] = std::log(time / std::max(1U, rows.failures));
    return parameters;
}

/// Every sixteenth spell.
struct Thinned {
    static constexpr std::size_t step = 16;
    Rows rows;
    std::vector<std::uint8_t> failed;

    Thinned(const Rows& all, std::span<const std::uint8_t> all_failed) {
        rows.q = all.q;
        for (std::size_t i = 0; i < all.n; i += step) {
            rows.log_time.push_back(all.log_time[i]);
            rows.x.insert(rows.x.end(), all.x.begin() + static_cast<std::ptrdiff_t>(i * all.q),
                          all.x.begin() + static_cast<std::ptrdiff_t>((i + 1) * all.q));
            failed.push_back(all_failed[i]);
            if (all_failed[i] == 0) continue;
            ++rows.failures;
            rows.failed_log_times += all.log_time[i];
        }
        rows.n = failed.size();
    }
};

/// Newton's method with step halving; where the curvature does not lead upwards, a ridge makes it.
struct Maximum {
    std::vector<double> parameters;
    Point point;
    Symmetric variance;
    std::uint32_t iterations = 0;
};
template <class Evaluate>
Result<Maximum> climb(std::vector<double> parameters, Evaluate evaluate_at) {
    constexpr std::uint32_t most_iterations = 100;
    constexpr double small_gain = 1e-13;
    const std::size_t size = parameters.size();
    Point point = evaluate_at(parameters);
    for (std::uint32_t iteration = 1; iteration <= most_iterations; ++iteration) {
        auto factor = Cholesky::factor(point.information);
        const bool positive = factor.has_value();
        for (double ridge = 1e-3; !factor && ridge < 1e6; ridge *= 10) {
            Symmetric raised = point.information;
            for (std::size_t i = 0; i < size; ++i)
                raised.set(i, i, raised(i, i) + ridge * (std::abs(raised(i, i)) + 1e-8));
            factor = Cholesky::factor(raised);
        }
        if (!factor) break;
        const std::vector<double> step = factor->solve(point.score);
        double gain = 0;
        for (std::size_t i = 0; i < size; ++i) gain += step[i] * point.score[i];
        if (gain < small_gain) {
            if (!positive) {
                const std::size_t which = Cholesky::dependent_column(point.information)->column;
                return failure({.message = fmt::format("parameter {} cannot be told from the others: a "
                                                       "covariate is constant or a combination of others",
                                                       which)});
            }
            for (std::size_t i = 0; i < size; ++i) parameters[i] += step[i];
            point.log_likelihood += gain / 2;
            return Maximum{std::move(parameters), std::move(point), factor->inverse(), iteration};
        }
        std::vector<double> next(size);
        Point tried;
        double share = 1;
        bool better = false;
        for (int halving = 0; halving < 40 && !better; ++halving, share /= 2) {
            for (std::size_t i = 0; i < size; ++i) next[i] = parameters[i] + share * step[i];
            tried = evaluate_at(next);
            better = tried.log_likelihood >= point.log_likelihood - 1e-11 * std::abs(point.log_likelihood);
        }
        if (!better) break;
        parameters = std::move(next);
        point = std::move(tried);
    }
    return failure({.message = "the likelihood has no maximum that could be reached"});
}

/// Where to begin: of many spells, where some of them end, so that few passes are left to be made over all.
std::vector<double> first_guess(Lifetime lifetime, const Rows& rows, std::span<const std::uint8_t> failed) {
    constexpr std::size_t many = 20'000;
    if (rows.n >= many) {
        const Thinned some(rows, failed);
        const auto maximum = climb(plain_guess(some.rows), [&](std::span<const double> parameters) {
            return evaluate(lifetime, some.rows, some.failed, parameters);
        });
        if (maximum) return maximum->parameters;
    }
    return plain_guess(rows);
}

}  // namespace

double LifetimeFit::standard_error(std::size_t coefficient) const {
    return variance.standard_error(coefficient);
}

Result<LifetimeFit> fit_lifetime(Lifetime lifetime, const Spells& spells, Columns covariates) {
    spells.check();
    assert(spells.start.empty());
    const Result<Rows> rows = rows_of(spells, covariates);
    if (!rows) return tl::unexpected(rows.error());
    auto maximum =
        climb(first_guess(lifetime, *rows, spells.failed), [&](std::span<const double> parameters) {
            return evaluate(lifetime, *rows, spells.failed, parameters);
        });
    if (!maximum) return tl::unexpected(maximum.error());

    const std::size_t q = rows->q;
    LifetimeFit fit;
    fit.lifetime = lifetime;
    fit.scale = std::exp(maximum->parameters[q]);
    fit.coefficients.assign(maximum->parameters.begin(),
                            maximum->parameters.begin() + static_cast<std::ptrdiff_t>(q));
    fit.log_likelihood = maximum->point.log_likelihood;
    fit.spells = static_cast<std::uint32_t>(rows->n);
    fit.failures = rows->failures;
    fit.iterations = maximum->iterations;
    // From covariates about their means back to those given: only the intercept changes.
    const std::size_t size = q + 1;
    fit.variance = maximum->variance;
    std::vector<double> change(size, 0.0);
    change[0] = 1;
    for (std::size_t i = 1; i < q; ++i) {
        fit.coefficients[0] -= rows->means[i] * fit.coefficients[i];
        change[i] = -rows->means[i];
    }
    for (std::size_t i = 1; i < size; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < size; ++j) sum += change[j] * maximum->variance(j, i);
        fit.variance.set(0, i, sum);
    }
    fit.variance.set(0, 0, maximum->variance.variance_of_sum(change));
    return fit;
}

Estimated predict_conditional(const LifetimeFit& fit, std::span<const double> covariates, double from,
                              double to, Level level) {
    const std::size_t q = fit.coefficients.size();
    assert(covariates.size() + 1 == q && 0 <= from && from <= to);
    if (from == to) return {.value = 1, .standard_error = 0, .interval = {1, 1}};
    double location = fit.coefficients[0];
    for (std::size_t i = 1; i < q; ++i) location += fit.coefficients[i] * covariates[i - 1];
    // The cumulative hazard between the two, and its slopes by the coefficients and log scale.
    double hazard = 0;
    std::vector<double> lean(q + 1, 0.0);
    const auto add = [&](double time, double sign) {
        if (time == 0) return;
        const double z = (std::log(time) - location) / fit.scale;
        const Term term =
            fit.lifetime == Lifetime::weibull ? WeibullTerms::censored(z) : LogNormalTerms::censored(z);
        hazard -= sign * term.value;
        for (std::size_t i = 0; i < q; ++i)
            lean[i] += sign * term.slope * (i == 0 ? 1.0 : covariates[i - 1]) / fit.scale;
        lean[q] += sign * term.slope * z;
    };
    add(to, 1);
    add(from, -1);
    const double error = std::sqrt(fit.variance.variance_of_sum(lean));
    const double factor = std::exp(normal_reach(level) * error / hazard);
    const double survival = std::exp(-hazard);
    return {.value = survival,
            .standard_error = survival * error,
            .interval = {std::exp(-hazard * factor), std::exp(-hazard / factor)}};
}

std::vector<Estimated> predict_survival(const LifetimeFit& fit, std::span<const double> covariates,
                                        std::span<const double> times, Level level) {
    std::vector<Estimated> answer;
    for (const double time : times) answer.push_back(predict_conditional(fit, covariates, 0, time, level));
    return answer;
}

double CureFit::survival(double time) const {
    if (time <= 0) return 1;
    return cured + (1 - cured) * std::exp(-std::exp((std::log(time) - location) / scale));
}

Plateau plateau_of(const Spells& spells) {
    spells.check();
    Plateau plateau;
    for (std::size_t i = 0; i < spells.size(); ++i) {
        plateau.last_seen = std::max(plateau.last_seen, spells.stop[i]);
        if (spells.failed[i] != 0) plateau.last_failure = std::max(plateau.last_failure, spells.stop[i]);
    }
    double late_failures = 0;
    for (std::size_t i = 0; i < spells.size(); ++i) {
        if (spells.stop[i] > std::max(plateau.last_failure, 0.75 * plateau.last_seen)) ++plateau.watched_past;
        if (spells.failed[i] != 0 && spells.stop[i] > 2 * plateau.last_failure - plateau.last_seen)
            late_failures += 1;
    }
    const auto n = static_cast<double>(spells.size());
    if (plateau.watched_past > 0 && late_failures > 0)
        plateau.chance_of_none = std::pow(1 - late_failures / n, n);
    return plateau;
}

Result<CureFit> fit_cure(const Spells& spells, Level level) {
    spells.check();
    if (!plateau_of(spells).there_is_one()) {
        return failure({.message =
                            "failures do not stop well before the last spell is last seen, so that "
                            "those that never fail cannot be told from those that have not failed yet"});
    }
    const Result<LifetimeFit> all = fit_lifetime(Lifetime::weibull, spells);
    if (!all) return tl::unexpected(all.error());
    const std::size_t n = spells.size();
    std::vector<double> log_time(n);
    for (std::size_t i = 0; i < n; ++i) log_time[i] = std::log(spells.stop[i]);

    // Parameters: logit of the share that fails, location and log scale of log T.
    const auto evaluate_at = [&](std::span<const double> parameters) {
        const double share = 1 / (1 + std::exp(-parameters[0]));
        const double scale = std::exp(parameters[2]);
        Point point;
        point.score.assign(3, 0.0);
        point.information = Symmetric(3);
        for (std::size_t i = 0; i < n; ++i) {
            const double z = (log_time[i] - parameters[1]) / scale;
            const double e = std::exp(z);
            // The derivatives of z by location and log scale.
            const std::array<double, 3> dz{0, -1 / scale, -z};
            const std::array<double, 9> ddz{0, 0, 0, 0, 0, 1 / scale, 0, 1 / scale, z};
            std::array<double, 3> first{};
            std::array<double, 9> second{};
            if (spells.failed[i] != 0) {
                point.log_likelihood += std::log(share) - parameters[2] - log_time[i] + z - e;
                first[0] = 1 - share;
                second[0] = -share * (1 - share);
                for (std::size_t a = 1; a < 3; ++a) {
                    first[a] = (1 - e) * dz[a] - (a == 2 ? 1 : 0);
                    for (std::size_t b = 1; b < 3; ++b)
                        second[a * 3 + b] = -e * dz[a] * dz[b] + (1 - e) * ddz[a * 3 + b];
                }
            } else {
                const double alive = std::exp(-e);
                const double seen = 1 - share + share * alive;
                point.log_likelihood += std::log(seen);
                // Of `seen`: by its parameters once and twice; then of its logarithm.
                const double ds = -alive * e;
                const double dds = -alive * e * (1 - e);
                std::array<double, 3> g{share * (1 - share) * (alive - 1), share * ds * dz[1],
                                        share * ds * dz[2]};
                std::array<double, 9> h{};
                h[0] = share * (1 - share) * (1 - 2 * share) * (alive - 1);
                for (std::size_t a = 1; a < 3; ++a) {
                    h[a] = h[a * 3] = share * (1 - share) * ds * dz[a];
                    for (std::size_t b = 1; b < 3; ++b)
                        h[a * 3 + b] = share * (dds * dz[a] * dz[b] + ds * ddz[a * 3 + b]);
                }
                for (std::size_t a = 0; a < 3; ++a) {
                    first[a] = g[a] / seen;
                    for (std::size_t b = 0; b < 3; ++b)
                        second[a * 3 + b] = h[a * 3 + b] / seen - g[a] * g[b] / (seen * seen);
                }
            }
            for (std::size_t a = 0; a < 3; ++a) {
                point.score[a] += first[a];
                for (std::size_t b = 0; b <= a; ++b) point.information.add(a, b, -second[a * 3 + b]);
            }
        }
        return point;
    };
    const double share_failed =
        std::clamp(static_cast<double>(all->failures) / static_cast<double>(n), 0.01, 0.99);
    double failed_mean = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (spells.failed[i] != 0) failed_mean += log_time[i] / all->failures;
    }
    auto maximum = climb({std::log(share_failed / (1 - share_failed)), failed_mean, 0.0}, evaluate_at);
    if (!maximum) return tl::unexpected(maximum.error());
    const double logit = maximum->parameters[0];
    const double reach = normal_reach(level) * maximum->variance.standard_error(0);
    const auto cured = [](double of_failing) { return 1 / (1 + std::exp(of_failing)); };
    return CureFit{.cured = cured(logit),
                   .cured_interval = {cured(logit + reach), cured(logit - reach)},
                   .scale = std::exp(maximum->parameters[2]),
                   .location = maximum->parameters[1],
                   .log_likelihood = maximum->point.log_likelihood,
                   .iterations = maximum->iterations};
}

}  // namespace truce::numeric
