// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/cox.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/math/distributions/chi_squared.hpp>
#include <cassert>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "analysis/numeric/normal.h"
#include "analysis/numeric/order.h"
#include "analysis/numeric/sum.h"
#include "analysis/numeric/symmetric.h"

namespace truce::numeric {

namespace {

/// One distinct time of failure, and where its spells stand among the sorted ones.
struct FailureTime {
    double time;
    std::uint32_t first;       ///< of those that failed at it
    std::uint32_t failed_end;  ///< from here on to `end`: last seen at it or later, before the next
    std::uint32_t end;
};

/// The spells and failure times of one stratum.
struct Stratum {
    std::uint32_t first;
    std::uint32_t end;
    std::size_t first_time;
    std::size_t end_time;
};

/// The spells in the order in which the sweeps go through them: by stratum, then by stop, failures first.
struct Sorted {
    std::size_t n = 0;
    std::size_t p = 0;
    std::vector<std::uint32_t> places;  ///< each spell's place in the input
    std::vector<double> x;              ///< covariates less their means, spell after spell
    std::vector<double> means;
    std::vector<Stratum> strata;
    std::vector<FailureTime> times;
    std::vector<double> start;            ///< empty without left truncation
    std::vector<std::uint32_t> by_start;  ///< within each stratum's range: its spells, the last start first
    std::uint32_t failures = 0;
};

std::vector<std::uint32_t> in_sweep_order(const CoxInput& input) {
    const std::size_t n = input.spells.size();
    std::vector<std::uint32_t> order;
    order.reserve(n);
    for (std::uint32_t i = 0; i < n; ++i) {
        if (input.spells.failed[i] != 0) order.push_back(i);
    }
    for (std::uint32_t i = 0; i < n; ++i) {
        if (input.spells.failed[i] == 0) order.push_back(i);
    }
    order = sorted_by(std::move(order), input.spells.stop);
    if (!input.stratum.empty()) order = sorted_by(std::move(order), input.stratum);
    return order;
}

/// Strata and failure times, from the order alone.
void mark_times(Sorted& sorted, const CoxInput& input) {
    const auto n = static_cast<std::uint32_t>(sorted.n);
    const auto stratum_of = [&](std::uint32_t row) {
        return input.stratum.empty() ? 0U : input.stratum[sorted.places[row]];
    };
    for (std::uint32_t row = 0; row < n;) {
        const std::uint32_t stratum = stratum_of(row);
        while (sorted.strata.size() < stratum) {  // numbers that no spell has
            sorted.strata.push_back({row, row, sorted.times.size(), sorted.times.size()});
        }
        Stratum one{row, row, sorted.times.size(), 0};
        while (row < n && stratum_of(row) == stratum) {
            const double time = input.spells.stop[sorted.places[row]];
            const std::uint32_t first = row;
            while (row < n && stratum_of(row) == stratum && input.spells.stop[sorted.places[row]] == time &&
                   input.spells.failed[sorted.places[row]] != 0) {
                ++row;
            }
            if (row > first) {
                sorted.times.push_back({time, first, row, row});
                sorted.failures += row - first;
            }
            while (row < n && stratum_of(row) == stratum && input.spells.failed[sorted.places[row]] == 0) {
                ++row;
            }
            if (sorted.times.size() > one.first_time) sorted.times.back().end = row;
        }
        one.end = row;
        one.end_time = sorted.times.size();
        sorted.strata.push_back(one);
    }
}

Sorted sort_input(const CoxInput& input) {
    Sorted sorted;
    sorted.n = input.spells.size();
    sorted.p = input.covariates.size();
    sorted.places = in_sweep_order(input);
    mark_times(sorted, input);

    const std::size_t n = sorted.n;
    const std::size_t p = sorted.p;
    sorted.x.resize(n * p);
    sorted.means.resize(p);
    std::vector<const double*> columns;
    for (std::size_t c = 0; c < p; ++c) {
        const double* const column = columns.emplace_back(input.covariates[c].data());
        std::array<double, 4> sums{};
        for (std::size_t i = 0; i < n; ++i) sums[i % 4] += column[i];
        sorted.means[c] = (sums[0] + sums[1] + sums[2] + sums[3]) / static_cast<double>(n);
    }
    double* to = sorted.x.data();
    for (const std::uint32_t place : sorted.places) {
        for (std::size_t c = 0; c < p; ++c) *to++ = columns[c][place] - sorted.means[c];
    }
    if (!input.spells.start.empty()) {
        sorted.start.reserve(n);
        for (const std::uint32_t place : sorted.places) sorted.start.push_back(input.spells.start[place]);
        sorted.by_start.resize(n);
        for (const Stratum& stratum : sorted.strata) {
            const auto own = std::span(sorted.start).subspan(stratum.first, stratum.end - stratum.first);
            const auto rising = sorted_by(in_given_order(own.size()), own);
            for (std::size_t i = 0; i < rising.size(); ++i)
                sorted.by_start[stratum.end - 1 - i] = stratum.first + rising[i];
        }
    }
    return sorted;
}

/// Numbers of which there are `fixed`, or any number where that is 0: loops of known length are unrolled.
template <std::size_t fixed>
using Numbers =
    std::conditional_t<fixed != 0, std::array<double, std::max<std::size_t>(fixed, 1)>, std::vector<double>>;

template <std::size_t fixed>
Numbers<fixed> zeros(std::size_t size) {
    if constexpr (fixed != 0) {
        return {};
    } else {
        return std::vector<double>(size, 0.0);
    }
}

/// Calls `work` with the number of covariates as a constant where it is small, else with 0.
template <class Work>
auto of_known_size(std::size_t p, Work work) {
    switch (p) {
        case 1:
            return work(std::integral_constant<std::size_t, 1>{});
        case 2:
            return work(std::integral_constant<std::size_t, 2>{});
        case 3:
            return work(std::integral_constant<std::size_t, 3>{});
        case 4:
            return work(std::integral_constant<std::size_t, 4>{});
        case 5:
            return work(std::integral_constant<std::size_t, 5>{});
        case 6:
            return work(std::integral_constant<std::size_t, 6>{});
        default:
            return work(std::integral_constant<std::size_t, 0>{});
    }
}

/// Sums over spells of the risk r, of r x and of r x x' (lower triangle, row after row).
template <std::size_t fixed>
struct RiskSums {
    static constexpr std::size_t pairs = fixed * (fixed + 1) / 2;

    explicit RiskSums(std::size_t p)
        : first(zeros<fixed>(p)), second(zeros<pairs>(p * (p + 1) / 2)), size(p) {}

    [[gnu::always_inline]] void add(double risk, const double* x) {
        sum += risk;
        double* const f = first.data();
        double* const s = second.data();
        const std::size_t p = fixed != 0 ? fixed : size;
        std::size_t at = 0;
#pragma GCC unroll 8
        for (std::size_t i = 0; i < p; ++i) {
            const double rx = risk * x[i];
            f[i] += rx;
#pragma GCC unroll 8
            for (std::size_t j = 0; j <= i; ++j) s[at++] += rx * x[j];
        }
    }

    /// Adds spells that stand side by side.
    void add(const double* risk, const double* x, std::size_t spells) {
        const std::size_t p = fixed != 0 ? fixed : size;
        if constexpr (fixed != 0) {
            if (spells >= 4) {
                add_in_pairs(risk, x, spells);
                return;
            }
        }
        for (std::size_t i = 0; i < spells; ++i) add(risk[i], x + i * p);
    }

    void add(const RiskSums& other) {
        sum += other.sum;
        for (std::size_t i = 0; i < first.size(); ++i) first[i] += other.first[i];
        for (std::size_t i = 0; i < second.size(); ++i) second[i] += other.second[i];
    }

    void clear() {
        sum = 0;
        std::ranges::fill(first, 0.0);
        std::ranges::fill(second, 0.0);
    }

    double sum = 0;
    Numbers<fixed> first;
    Numbers<pairs> second;
    std::size_t size;

private:
    /// The same sums two at a time, in registers: those of r y y', with y = (1, x) in pairs. Row i of y y'
    /// needs its first i + 1 columns, hence i / 2 + 1 pairs.
    void add_in_pairs(const double* risk, const double* x, std::size_t spells) {
        using Pair = double __attribute__((vector_size(16)));
        constexpr std::size_t rows = fixed + 1;
        constexpr std::size_t columns = fixed / 2 + 1;
        constexpr std::size_t all = (rows / 2 + 1) * (rows / 2) + (rows % 2) * columns;
        Pair sums[all] = {};
        for (std::size_t spell = 0; spell < spells; ++spell, x += fixed) {
            const double r = risk[spell];
            Pair y[columns];
            y[0] = Pair{1, x[0]};
#pragma GCC unroll 8
            for (std::size_t k = 1; k < columns; ++k)
                y[k] = Pair{x[2 * k - 1], 2 * k < fixed ? x[2 * k] : 0.0};
            std::size_t at = 0;
#pragma GCC unroll 8
            for (std::size_t i = 0; i < rows; ++i) {
                const double ry = i == 0 ? r : r * x[i - 1];
#pragma GCC unroll 8
                for (std::size_t k = 0; k <= i / 2; ++k) sums[at++] += Pair{ry, ry} * y[k];
            }
        }
        std::size_t of_row = 0;
        for (std::size_t i = 0; i < rows; of_row += i / 2 + 1, ++i) {
            if (i == 0) {
                sum += sums[0][0];
                continue;
            }
            first[i - 1] += sums[of_row][0];
            for (std::size_t j = 1; j <= i; ++j)
                second[(i - 1) * i / 2 + j - 1] += sums[of_row + j / 2][static_cast<int>(j % 2)];
        }
    }
};

/// How the d failures of one time share the risk: failure j sees the sum of risks less j `steps` of the
/// failures' own.
struct Sharing {
    Sharing(Ties ties, std::uint32_t d)
        : failures(d), step(ties == Ties::efron ? 1.0 / static_cast<double>(d) : 0.0) {}
    double failures;
    double step;
};

/// A product of many positive numbers, as a logarithm: one call of log for many factors.
class LogProduct {
public:
    void multiply(double factor) {
        product_ *= factor;
        if (!(product_ > 1e-100 && product_ < 1e100)) spill();
    }
    double value() {
        spill();
        return sum_.value();
    }

private:
    void spill() {
        sum_.add(std::log(product_));
        product_ = 1;
    }
    double product_ = 1;
    CompensatedSum sum_;
};

/// The log partial likelihood at one point, with its slope and its curvature.
struct Point {
    double log_likelihood = 0;
    std::vector<double> score;
    Symmetric information;
};

/// exp(x b - shift) of each spell, in `risk`; the shift keeps the largest at 1. Returns the sum of x b -
/// shift over all failures.
class Risks {
public:
    explicit Risks(const Sorted& sorted) : values(sorted.n), sorted_(sorted) {}

    /// Requires: a coefficient for each covariate.
    void set(std::span<const double> coefficients) {
        const Sorted& sorted = sorted_;
        const double largest =
            of_known_size(sorted.p, [&]<std::size_t fixed>(std::integral_constant<std::size_t, fixed>) {
                return combine<fixed>(sorted, coefficients);
            });
        shift = std::isfinite(largest) ? largest : 0;
        CompensatedSum failed;
        for (const FailureTime& time : sorted.times) {
            for (std::uint32_t row = time.first; row < time.failed_end; ++row)
                failed.add(values[row] - shift);
        }
        failures = failed.value();
        for (double& value : values) value = std::exp(value - shift);
    }

    std::vector<double> values;
    double shift = 0;
    double failures = 0;

private:
    const Sorted& sorted_;

    /// Fills in x b of each spell, and returns the largest.
    template <std::size_t fixed>
    double combine(const Sorted& sorted, std::span<const double> coefficients) {
        const std::size_t p = fixed != 0 ? fixed : sorted.p;
        const double* x = sorted.x.data();
        Numbers<fixed> b = zeros<fixed>(p);
        std::ranges::copy(coefficients, b.begin());
        double largest = -std::numeric_limits<double>::infinity();
        for (double& value : values) {
            double sum = 0;
#pragma GCC unroll 8
            for (std::size_t c = 0; c < p; ++c) sum += x[c] * b[c];
            x += p;
            value = sum;
            largest = std::max(largest, sum);
        }
        return largest;
    }
};

/// Goes through the failure times of all strata from the last to the first, the sums over those at risk kept
/// up to date, and calls `visit(stratum's number, time's index, sums at risk, sums of its failures)`.
template <std::size_t fixed, class Visit>
void sweep(const Sorted& sorted, std::span<const double> risks, Visit visit) {
    const std::size_t p = sorted.p;
    const double* const x = sorted.x.data();
    const double* const risk = risks.data();
    RiskSums<fixed> at_risk(p);
    RiskSums<fixed> failing(p);
    for (std::size_t s = 0; s < sorted.strata.size(); ++s) {
        const Stratum& stratum = sorted.strata[s];
        at_risk.clear();
        double peak = 0;
        std::uint32_t next_out = stratum.first;
        for (std::size_t k = stratum.end_time; k-- > stratum.first_time;) {
            const FailureTime& time = sorted.times[k];
            at_risk.add(risk + time.failed_end, x + std::size_t{time.failed_end} * p,
                        time.end - time.failed_end);
            failing.clear();
            failing.add(risk + time.first, x + std::size_t{time.first} * p, time.failed_end - time.first);
            at_risk.add(failing);
            if (!sorted.start.empty()) {
                peak = std::max(peak, at_risk.sum);
                for (; next_out < stratum.end && sorted.start[sorted.by_start[next_out]] >= time.time;
                     ++next_out) {
                    const std::uint32_t row = sorted.by_start[next_out];
                    at_risk.add(-risk[row], x + std::size_t{row} * p);
                }
                // What is left after most has been taken away again is rounding: sum anew.
                if (at_risk.sum < 1e-5 * peak) {
                    at_risk.clear();
                    for (std::uint32_t row = time.first; row < stratum.end; ++row) {
                        if (sorted.start[row] < time.time) at_risk.add(risk[row], x + std::size_t{row} * p);
                    }
                    peak = at_risk.sum;
                }
            }
            visit(s, k, at_risk, failing);
        }
    }
}

/// The sums over the failures j of one time that its contribution to score and information is made of: with
/// c = 1 / (risk that j sees) and f = the share of the failures' risk that has left.
struct TieSums {
    double c = 0;
    double fc = 0;
    double cc = 0;
    double fcc = 0;
    double ffcc = 0;
};

template <std::size_t fixed>
TieSums tie_sums(const Sharing& sharing, const RiskSums<fixed>& at_risk, const RiskSums<fixed>& failing,
                 LogProduct& log_of_risks) {
    TieSums sums;
    const auto add = [&](double f, double c) {
        const double fc = f * c;
        sums.c += c;
        sums.fc += fc;
        sums.cc += c * c;
        sums.fcc += fc * c;
        sums.ffcc += fc * fc;
    };
    double j = 0;
    for (; j + 1 < sharing.failures; j += 2) {  // two for the price of one division
        const double f = j * sharing.step;
        const double next_f = (j + 1) * sharing.step;
        const double seen = at_risk.sum - f * failing.sum;
        const double next_seen = at_risk.sum - next_f * failing.sum;
        const double both = seen * next_seen;
        const double inverse = 1 / both;
        log_of_risks.multiply(both);
        add(f, next_seen * inverse);
        add(next_f, seen * inverse);
    }
    if (j < sharing.failures) {
        const double f = j * sharing.step;
        const double seen = at_risk.sum - f * failing.sum;
        log_of_risks.multiply(seen);
        add(f, 1 / seen);
    }
    return sums;
}

template <std::size_t fixed>
Point evaluate(const Sorted& sorted, Risks& risks, std::span<const double> coefficients, Ties ties) {
    const std::size_t p = sorted.p;
    risks.set(coefficients);
    Point point;
    point.score.assign(p, 0.0);
    std::vector<double> lower(p * (p + 1) / 2, 0.0);
    LogProduct log_of_risks;
    sweep<fixed>(
        sorted, risks.values,
        [&](std::size_t, std::size_t k, const RiskSums<fixed>& at_risk, const RiskSums<fixed>& failing) {
            const FailureTime& time = sorted.times[k];
            const Sharing sharing(ties, time.failed_end - time.first);
            const TieSums sums = tie_sums(sharing, at_risk, failing, log_of_risks);
            std::size_t at = 0;
            for (std::size_t i = 0; i < p; ++i) {
                const double ri = at_risk.first[i];
                const double fi = failing.first[i];
                point.score[i] -= sums.c * ri - sums.fc * fi;
                for (std::size_t j = 0; j <= i; ++j, ++at) {
                    const double rj = at_risk.first[j];
                    const double fj = failing.first[j];
                    lower[at] += sums.c * at_risk.second[at] - sums.fc * failing.second[at] -
                                 (sums.cc * ri * rj - sums.fcc * (ri * fj + fi * rj) + sums.ffcc * fi * fj);
                }
            }
        });
    for (const FailureTime& time : sorted.times) {
        for (std::uint32_t row = time.first; row < time.failed_end; ++row) {
            for (std::size_t i = 0; i < p; ++i) point.score[i] += sorted.x[std::size_t{row} * p + i];
        }
    }
    point.log_likelihood = risks.failures - log_of_risks.value();
    point.information = Symmetric(p);
    for (std::size_t i = 0, at = 0; i < p; ++i) {
        for (std::size_t j = 0; j <= i; ++j, ++at) point.information.set(i, j, lower[at]);
    }
    return point;
}

Point evaluate(const Sorted& sorted, Risks& risks, std::span<const double> coefficients, Ties ties) {
    return of_known_size(sorted.p, [&]<std::size_t fixed>(std::integral_constant<std::size_t, fixed>) {
        return evaluate<fixed>(sorted, risks, coefficients, ties);
    });
}

/// What the baseline's steps and the residuals are made of: for each failure time the sums over its failures
/// j of 1 / risk, of its square, and of the mean covariates times 1 / risk; the same weighted by the share
/// that a failure of that time still has (1 - f); and the mean covariates, averaged over j.
struct TimeTerms {
    double hazard = 0;
    double squared = 0;
    double own_hazard = 0;
};
struct Terms {
    std::vector<TimeTerms> times;
    std::vector<double> leaning;      ///< p for each time
    std::vector<double> own_leaning;  ///< p for each time
    std::vector<double> mean;         ///< p for each time
};

template <std::size_t fixed>
Terms terms_of(const Sorted& sorted, const Risks& risks, Ties ties) {
    const std::size_t p = sorted.p;
    Terms terms;
    terms.times.resize(sorted.times.size());
    terms.leaning.assign(sorted.times.size() * p, 0.0);
    terms.own_leaning.assign(sorted.times.size() * p, 0.0);
    terms.mean.assign(sorted.times.size() * p, 0.0);
    sweep<fixed>(
        sorted, risks.values,
        [&](std::size_t, std::size_t k, const RiskSums<fixed>& at_risk, const RiskSums<fixed>& failing) {
            const FailureTime& time = sorted.times[k];
            const Sharing sharing(ties, time.failed_end - time.first);
            LogProduct unused;
            const TieSums sums = tie_sums(sharing, at_risk, failing, unused);
            terms.times[k] = {.hazard = sums.c, .squared = sums.cc, .own_hazard = sums.c - sums.fc};
            for (std::size_t i = 0; i < p; ++i) {
                const double r = at_risk.first[i];
                const double f = failing.first[i];
                terms.leaning[k * p + i] = r * sums.cc - f * sums.fcc;
                terms.own_leaning[k * p + i] = r * (sums.cc - sums.fcc) - f * (sums.fcc - sums.ffcc);
                terms.mean[k * p + i] = (r * sums.c - f * sums.fc) / sharing.failures;
            }
        });
    return terms;
}

Terms terms_of(const Sorted& sorted, const Risks& risks, Ties ties) {
    return of_known_size(sorted.p, [&]<std::size_t fixed>(std::integral_constant<std::size_t, fixed>) {
        return terms_of<fixed>(sorted, risks, ties);
    });
}

std::vector<std::vector<BaselineStep>> baseline_of(const Sorted& sorted, const Terms& terms, double shift) {
    // The risks are all smaller by exp(shift) than those of a spell at the means: their hazard is larger.
    const double scale = std::exp(-shift);
    const std::size_t p = sorted.p;
    std::vector<std::vector<BaselineStep>> baseline;
    for (const Stratum& stratum : sorted.strata) {
        std::vector<BaselineStep>& steps = baseline.emplace_back();
        steps.reserve(stratum.end_time - stratum.first_time);
        BaselineStep step;
        step.leaning.assign(p, 0.0);
        for (std::size_t k = stratum.first_time; k < stratum.end_time; ++k) {
            step.time = sorted.times[k].time;
            step.hazard += terms.times[k].hazard * scale;
            step.variance += terms.times[k].squared * scale * scale;
            for (std::size_t i = 0; i < p; ++i) step.leaning[i] += terms.leaning[k * p + i] * scale;
            steps.push_back(step);
        }
    }
    return baseline;
}

/// The sum of score residuals of each cluster, one cluster after another.
std::vector<double> clustered_scores(const Sorted& sorted, const CoxInput& input, const Risks& risks,
                                     const Terms& terms, std::size_t clusters) {
    const std::size_t p = sorted.p;
    std::vector<double> scores(clusters * p, 0.0);
    for (const Stratum& stratum : sorted.strata) {
        // Sums of the terms over the times before each, so that any stretch is a difference of two.
        const std::size_t own_times = stratum.end_time - stratum.first_time;
        std::vector<double> hazard(own_times + 1, 0.0);
        std::vector<double> leaning((own_times + 1) * p, 0.0);
        for (std::size_t k = 0; k < own_times; ++k) {
            hazard[k + 1] = hazard[k] + terms.times[stratum.first_time + k].hazard;
            for (std::size_t i = 0; i < p; ++i)
                leaning[(k + 1) * p + i] =
                    leaning[k * p + i] + terms.leaning[(stratum.first_time + k) * p + i];
        }
        const auto times_until = [&](double start) {
            const auto own = std::span(sorted.times).subspan(stratum.first_time, own_times);
            return static_cast<std::size_t>(std::ranges::upper_bound(own, start, {}, &FailureTime::time) -
                                            own.begin());
        };
        std::size_t k = 0;  // how many failure times are not after the row's stop
        for (std::uint32_t row = stratum.first; row < stratum.end; ++row) {
            while (k < own_times && row >= sorted.times[stratum.first_time + k].first) ++k;
            const bool failed = k > 0 && row < sorted.times[stratum.first_time + k - 1].failed_end;
            const std::size_t whole = failed ? k - 1 : k;  // times that it lived through
            const std::size_t from = sorted.start.empty() ? 0 : times_until(sorted.start[row]);
            const double risk = risks.values[row];
            const double* const x = sorted.x.data() + std::size_t{row} * p;
            double* const score = scores.data() + std::size_t{input.cluster[sorted.places[row]]} * p;
            const double lived = whole > from ? hazard[whole] - hazard[from] : 0.0;
            for (std::size_t i = 0; i < p; ++i) {
                const double mean = whole > from ? leaning[whole * p + i] - leaning[from * p + i] : 0.0;
                score[i] -= risk * (x[i] * lived - mean);
            }
            if (!failed) continue;
            const std::size_t at = stratum.first_time + k - 1;
            for (std::size_t i = 0; i < p; ++i) {
                score[i] += x[i] - terms.mean[at * p + i] -
                            risk * (x[i] * terms.times[at].own_hazard - terms.own_leaning[at * p + i]);
            }
        }
    }
    return scores;
}

/// The variance by the clusters' scores: the inverse information about the sum of their squares.
Symmetric sandwich(const Symmetric& variance, std::span<const double> scores) {
    const std::size_t p = variance.size();
    Symmetric filling(p);
    for (std::size_t at = 0; at < scores.size(); at += p) {
        for (std::size_t i = 0; i < p; ++i) {
            for (std::size_t j = 0; j <= i; ++j) filling.add(i, j, scores[at + i] * scores[at + j]);
        }
    }
    return filling.between(variance);
}

std::optional<Error> fault_of(const CoxInput& input) {
    const auto finite = [](double value) { return std::isfinite(value); };
    if (input.spells.size() == 0) return Error{.message = "there are no spells"};
    for (std::size_t c = 0; c < input.covariates.size(); ++c) {
        assert(input.covariates[c].size() == input.spells.size());
        if (!std::ranges::all_of(input.covariates[c], finite))
            return Error{.message = fmt::format("covariate {} has a value that is no finite number", c + 1)};
    }
    return std::nullopt;
}

/// Where Newton's method ends.
struct Maximum {
    std::vector<double> coefficients;
    Point point;
    Cholesky factor;
    std::vector<double> last_step;
    std::uint32_t iterations = 0;
};

Error dependent_covariate(std::size_t covariate) {
    return {.message = fmt::format(
                "covariate {} does not vary among those at risk, or is a combination of those before it",
                covariate + 1)};
}

/// Requires: a start for each covariate.
Result<Maximum> climb(const Sorted& sorted, Risks& risks, Ties ties, std::vector<double> b) {
    constexpr std::uint32_t most_iterations = 60;
    // The squared step in units of the information is twice what the log-likelihood still gains. After a step
    // this small the next would be lost in rounding, and the information before it serves for after it.
    constexpr double small_gain = 1e-13;
    const std::size_t p = sorted.p;
    Point point = evaluate(sorted, risks, b, ties);
    for (std::uint32_t iteration = 1; iteration <= most_iterations; ++iteration) {
        auto factor = Cholesky::factor(point.information);
        if (!factor)
            return failure(dependent_covariate(Cholesky::dependent_column(point.information)->column));
        std::vector<double> step = factor->solve(point.score);
        double gain = 0;
        for (std::size_t i = 0; i < p; ++i) gain += step[i] * point.score[i];
        if (gain < small_gain) {
            for (std::size_t i = 0; i < p; ++i) b[i] += step[i];
            point.log_likelihood += gain / 2;
            return Maximum{std::move(b), std::move(point), std::move(*factor), std::move(step), iteration};
        }
        std::vector<double> next(p);
        Point tried;
        double share = 1;
        bool better = false;
        for (int halving = 0; halving < 30 && !better; ++halving, share /= 2) {
            for (std::size_t i = 0; i < p; ++i) next[i] = b[i] + share * step[i];
            tried = evaluate(sorted, risks, next, ties);
            better = tried.log_likelihood >= point.log_likelihood - 1e-10 * std::abs(point.log_likelihood);
        }
        if (!better) break;
        b = std::move(next);
        point = std::move(tried);
    }
    return failure({.message = "the partial likelihood has no maximum that could be reached"});
}

/// Every sixteenth spell of an input, as an input of its own.
class Thinned {
public:
    static constexpr std::size_t step = 16;

    explicit Thinned(const CoxInput& input)
        : start_(thin(input.spells.start)),
          stop_(thin(input.spells.stop)),
          failed_(thin(input.spells.failed)),
          stratum_(thin(input.stratum)),
          ties_(input.ties) {
        for (const std::span<const double> column : input.covariates) columns_.push_back(thin(column));
        views_.assign(columns_.begin(), columns_.end());
    }
    [[nodiscard]] CoxInput input() const {
        return {.spells = {.start = start_, .stop = stop_, .failed = failed_},
                .covariates = views_,
                .stratum = stratum_,
                .cluster = {},
                .ties = ties_};
    }

private:
    template <class T>
    static std::vector<T> thin(std::span<const T> all) {
        std::vector<T> some;
        some.reserve(all.size() / step + 1);
        for (std::size_t i = 0; i < all.size(); i += step) some.push_back(all[i]);
        return some;
    }

    std::vector<double> start_;
    std::vector<double> stop_;
    std::vector<std::uint8_t> failed_;
    std::vector<std::uint32_t> stratum_;
    std::vector<std::vector<double>> columns_;
    std::vector<std::span<const double>> views_;
    Ties ties_;
};

/// Where to begin: of many spells, where some of them end. A pass over all costs sixteen times as much as one
/// over those, and from there only a few are left to be made.
std::vector<double> first_guess(const CoxInput& input) {
    constexpr std::size_t many = 20'000;
    if (input.spells.size() >= many) {
        const Thinned some(input);
        const Sorted sorted = sort_input(some.input());
        Risks risks(sorted);
        if (const auto maximum =
                climb(sorted, risks, input.ties, std::vector<double>(input.covariates.size(), 0.0))) {
            return maximum->coefficients;
        }
    }
    return std::vector<double>(input.covariates.size(), 0.0);
}

double chi_squared_p(double value, double degrees) {
    return boost::math::cdf(boost::math::complement(boost::math::chi_squared(degrees), std::max(0.0, value)));
}

}  // namespace

double CoxFit::standard_error(std::size_t covariate) const {
    return (robust ? *robust : variance).standard_error(covariate);
}

Result<CoxFit> fit_cox(const CoxInput& input) {
    input.spells.check();
    assert(input.stratum.empty() || input.stratum.size() == input.spells.size());
    assert(input.cluster.empty() || input.cluster.size() == input.spells.size());
    if (const auto fault = fault_of(input)) return failure(*fault);
    const Sorted sorted = sort_input(input);
    if (sorted.failures == 0) return failure({.message = "nothing failed"});
    const std::size_t p = sorted.p;
    Risks risks(sorted);
    Result<Maximum> maximum = climb(sorted, risks, input.ties, first_guess(input));
    if (!maximum) return tl::unexpected(maximum.error());
    const Point start = evaluate(sorted, risks, std::vector<double>(p, 0.0), input.ties);

    CoxFit fit;
    fit.spells = static_cast<std::uint32_t>(sorted.n);
    fit.failures = sorted.failures;
    fit.iterations = maximum->iterations;
    fit.coefficients = std::move(maximum->coefficients);
    fit.variance = maximum->factor.inverse();
    fit.means = sorted.means;
    fit.null_log_likelihood = start.log_likelihood;
    fit.log_likelihood = maximum->point.log_likelihood;
    if (p > 0) {
        if (const auto factor = Cholesky::factor(start.information)) {
            const std::vector<double> step = factor->solve(start.score);
            for (std::size_t i = 0; i < p; ++i) fit.score_test += step[i] * start.score[i];
        }
    }
    // At a finite maximum the last step is tiny; a coefficient on its way to infinity still takes whole ones.
    for (std::size_t i = 0; i < p; ++i) {
        if (std::abs(maximum->last_step[i]) > 1e-4 * std::max(1.0, std::abs(fit.coefficients[i])))
            fit.unbounded.push_back(i);
    }

    risks.set(fit.coefficients);
    const Terms terms = terms_of(sorted, risks, input.ties);
    fit.baseline = baseline_of(sorted, terms, risks.shift);
    if (!input.cluster.empty()) {
        const std::size_t clusters = std::size_t{*std::ranges::max_element(input.cluster)} + 1;
        std::vector<bool> seen(clusters, false);
        for (const std::uint32_t cluster : input.cluster) seen[cluster] = true;
        fit.clusters = static_cast<std::uint32_t>(std::ranges::count(seen, true));
        fit.robust = sandwich(fit.variance, clustered_scores(sorted, input, risks, terms, clusters));
    }
    return fit;
}

Estimated predict_conditional(const CoxFit& fit, std::span<const double> covariates, double from, double to,
                              std::size_t stratum, Level level) {
    const std::size_t p = fit.coefficients.size();
    assert(covariates.size() == p && stratum < fit.baseline.size() && from <= to);
    const std::vector<BaselineStep>& steps = fit.baseline[stratum];
    const auto step_at = [&](double time) {
        const auto after = std::ranges::upper_bound(steps, time, {}, &BaselineStep::time);
        return after == steps.begin() ? nullptr : &*std::prev(after);
    };
    const BaselineStep* const before = step_at(from);
    const BaselineStep* const after = step_at(to);
    if (before == after) return {.value = 1, .standard_error = 0, .interval = {1, 1}};
    double log_risk = 0;
    for (std::size_t i = 0; i < p; ++i) log_risk += (covariates[i] - fit.means[i]) * fit.coefficients[i];
    const double risk = std::exp(log_risk);
    const double baseline = after->hazard - (before == nullptr ? 0 : before->hazard);
    std::vector<double> lean(p);
    for (std::size_t i = 0; i < p; ++i) {
        const double leaning = after->leaning[i] - (before == nullptr ? 0 : before->leaning[i]);
        lean[i] = (covariates[i] - fit.means[i]) * baseline - leaning;
    }
    const double hazard = baseline * risk;
    const double variance = after->variance - (before == nullptr ? 0 : before->variance) +
                            fit.robust.value_or(fit.variance).variance_of_sum(lean);
    const double error = risk * std::sqrt(variance);
    const double survival = std::exp(-hazard);
    const double factor = std::exp(normal_reach(level) * error / hazard);
    return {.value = survival,
            .standard_error = survival * error,
            .interval = {std::exp(-hazard * factor), std::exp(-hazard / factor)}};
}

std::vector<Estimated> predict_survival(const CoxFit& fit, std::span<const double> covariates,
                                        std::span<const double> times, std::size_t stratum, Level level) {
    std::vector<Estimated> answer;
    const double before_all = -std::numeric_limits<double>::infinity();
    for (const double time : times)
        answer.push_back(predict_conditional(fit, covariates, before_all, time, stratum, level));
    return answer;
}

std::optional<ProportionalityTest> test_proportionality(const CoxInput& input, const CoxFit& fit) {
    const Sorted sorted = sort_input(input);
    const std::size_t p = sorted.p;
    if (p == 0 || sorted.times.empty()) return std::nullopt;

    // Time on the scale of the share that has failed before it, about its mean over all failures.
    const SurvivalCurve curve = kaplan_meier(input.spells);
    std::vector<double> scale(sorted.times.size());
    double mean = 0;
    for (std::size_t k = 0; k < scale.size(); ++k) {
        const FailureTime& time = sorted.times[k];
        const auto here = std::ranges::lower_bound(curve.steps, time.time, {}, &SurvivalStep::time);
        scale[k] = here == curve.steps.begin() ? 0.0 : 1 - std::prev(here)->survival;
        mean += scale[k] * (time.failed_end - time.first) / sorted.failures;
    }
    for (double& value : scale) value -= mean;

    // Score and information of the coefficients b and of their slopes over that scale, the slopes being 0.
    const std::size_t both = 2 * p;
    Symmetric information(both);
    std::vector<double> score(p, 0.0);
    Risks risks(sorted);
    risks.set(fit.coefficients);
    sweep<0>(sorted, risks.values,
             [&](std::size_t, std::size_t k, const RiskSums<0>& at_risk, const RiskSums<0>& failing) {
                 const FailureTime& time = sorted.times[k];
                 const double g = scale[k];
                 const Sharing sharing(input.ties, time.failed_end - time.first);
                 LogProduct unused;
                 const TieSums sums = tie_sums(sharing, at_risk, failing, unused);
                 std::size_t at = 0;
                 for (std::size_t i = 0; i < p; ++i) {
                     const double ri = at_risk.first[i];
                     const double fi = failing.first[i];
                     double observed = 0;
                     for (std::uint32_t row = time.first; row < time.failed_end; ++row)
                         observed += sorted.x[std::size_t{row} * p + i];
                     score[i] += g * (observed - (sums.c * ri - sums.fc * fi));
                     for (std::size_t j = 0; j <= i; ++j, ++at) {
                         const double rj = at_risk.first[j];
                         const double fj = failing.first[j];
                         const double part =
                             sums.c * at_risk.second[at] - sums.fc * failing.second[at] -
                             (sums.cc * ri * rj - sums.fcc * (ri * fj + fi * rj) + sums.ffcc * fi * fj);
                         information.add(i, j, part);
                         information.add(i + p, j, g * part);
                         if (i != j) information.add(j + p, i, g * part);
                         information.add(i + p, j + p, g * g * part);
                     }
                 }
             });

    /// The score test of the slopes `tested`, the coefficients being estimated.
    const auto test = [&](std::span<const std::size_t> tested) -> std::optional<Proportionality> {
        std::vector<std::size_t> kept;
        for (std::size_t i = 0; i < p; ++i) kept.push_back(i);
        for (const std::size_t i : tested) kept.push_back(p + i);
        Symmetric part(kept.size());
        std::vector<double> slope(kept.size(), 0.0);
        for (std::size_t a = 0; a < kept.size(); ++a) {
            if (kept[a] >= p) slope[a] = score[kept[a] - p];
            for (std::size_t b = 0; b <= a; ++b) part.set(a, b, information(kept[a], kept[b]));
        }
        const auto factor = Cholesky::factor(part);
        if (!factor) return std::nullopt;
        const std::vector<double> solved = factor->solve(slope);
        Proportionality answer;
        for (std::size_t a = 0; a < kept.size(); ++a) answer.chi_squared += slope[a] * solved[a];
        answer.degrees = static_cast<double>(tested.size());
        answer.p = chi_squared_p(answer.chi_squared, answer.degrees);
        return answer;
    };
    ProportionalityTest answer;
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < p; ++i) {
        all.push_back(i);
        const auto one = test(std::span(&i, 1));
        if (!one) return std::nullopt;
        answer.covariates.push_back(*one);
    }
    const auto together = test(all);
    if (!together) return std::nullopt;
    answer.all = *together;
    return answer;
}

}  // namespace truce::numeric
