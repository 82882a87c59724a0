// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/binary_regression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>
#include <utility>

#include "analysis/numeric/sum.h"
#include "analysis/numeric/symmetric.h"

namespace truce::numeric {

namespace {

/// One row's log-likelihood at eta, its slope, and the weight of its information.
struct Term {
    double value;
    double slope;
    double weight;
};

Term logit_term(double eta, bool yes) {
    // log(1 + exp(eta)) without overflow.
    const double softplus = eta > 0 ? eta + std::log1p(std::exp(-eta)) : std::log1p(std::exp(eta));
    const double chance = eta > 0 ? 1 / (1 + std::exp(-eta)) : std::exp(eta) / (1 + std::exp(eta));
    return {(yes ? eta : 0.0) - softplus, (yes ? 1.0 : 0.0) - chance, chance * (1 - chance)};
}

Term cloglog_term(double eta, bool yes) {
    const double hazard = std::exp(std::clamp(eta, -700.0, 500.0));
    const double chance = -std::expm1(-hazard);
    const double odds_weight = chance > 0 ? hazard * std::exp(-hazard) / chance : 1.0;  // of a yes
    return {yes ? std::log(chance) : -hazard, yes ? odds_weight : -hazard, hazard * odds_weight};
}

struct Design {
    std::size_t n = 0;
    std::size_t q = 0;
    std::vector<double> x;  ///< the intercept and covariates less their means, row after row
    std::vector<double> means;
};

struct Point {
    double log_likelihood = 0;
    std::vector<double> score;
    Symmetric information;
};

Term term_at(const BinaryRows& rows, const Design& design, Link link, std::span<const double> b,
             std::size_t row) {
    double eta = 0;
    for (std::size_t i = 0; i < design.q; ++i) eta += design.x[row * design.q + i] * b[i];
    Term term =
        link == Link::logit ? logit_term(eta, rows.yes[row] != 0) : cloglog_term(eta, rows.yes[row] != 0);
    if (!rows.weights.empty()) {
        term.value *= rows.weights[row];
        term.slope *= rows.weights[row];
        term.weight *= rows.weights[row];
    }
    return term;
}

Point evaluate(const BinaryRows& rows, const Design& design, Link link, std::span<const double> b) {
    const std::size_t q = design.q;
    Point point;
    point.score.assign(q, 0.0);
    std::vector<double> lower(q * q, 0.0);
    CompensatedSum value;
    for (std::size_t row = 0; row < design.n; ++row) {
        const Term term = term_at(rows, design, link, b, row);
        const double* const x = design.x.data() + row * q;
        value.add(term.value);
        for (std::size_t i = 0; i < q; ++i) {
            point.score[i] += term.slope * x[i];
            for (std::size_t j = 0; j <= i; ++j) lower[i * q + j] += term.weight * x[i] * x[j];
        }
    }
    point.log_likelihood = value.value();
    point.information = Symmetric(q);
    for (std::size_t i = 0; i < q; ++i) {
        for (std::size_t j = 0; j <= i; ++j) point.information.set(i, j, lower[i * q + j]);
    }
    return point;
}

Result<Design> design_of(const BinaryRows& rows) {
    Design design;
    design.n = rows.yes.size();
    design.q = rows.covariates.size() + 1;
    std::size_t yes = 0;
    for (const std::uint8_t one : rows.yes) yes += one != 0 ? 1 : 0;
    if (yes == 0) return failure({.message = "no row ended in a yes"});
    if (yes == design.n) return failure({.message = "no row ended in a no"});
    design.x.assign(design.n * design.q, 1.0);
    design.means.assign(design.q, 0.0);
    for (std::size_t c = 0; c < rows.covariates.size(); ++c) {
        const std::span<const double> column = rows.covariates[c];
        assert(column.size() == design.n);
        CompensatedSum sum;
        for (const double value : column) sum.add(value);
        if (!std::isfinite(sum.value())) {
            return failure(
                {.message = fmt::format("covariate {} has a value that is no finite number", c + 1)});
        }
        design.means[c + 1] = sum.value() / static_cast<double>(design.n);
        for (std::size_t i = 0; i < design.n; ++i)
            design.x[i * design.q + c + 1] = column[i] - design.means[c + 1];
    }
    return design;
}

struct Maximum {
    std::vector<double> coefficients;
    Point point;
    Symmetric variance;
    std::vector<double> last_step;
    std::uint32_t iterations;
};

Result<Maximum> climb(const BinaryRows& rows, const Design& design, Link link) {
    constexpr std::uint32_t most_iterations = 100;
    constexpr double small_gain = 1e-13;
    const std::size_t q = design.q;
    std::vector<double> b(q, 0.0);
    if (link == Link::cloglog) b[0] = -1;
    Point point = evaluate(rows, design, link, b);
    for (std::uint32_t iteration = 1; iteration <= most_iterations; ++iteration) {
        const auto factor = Cholesky::factor(point.information);
        if (!factor) {
            return failure({.message = fmt::format("covariate {} is constant or a combination of others",
                                                   Cholesky::dependent_column(point.information)->column)});
        }
        std::vector<double> step = factor->solve(point.score);
        double gain = 0;
        for (std::size_t i = 0; i < q; ++i) gain += step[i] * point.score[i];
        if (gain < small_gain) {
            for (std::size_t i = 0; i < q; ++i) b[i] += step[i];
            point.log_likelihood += gain / 2;
            return Maximum{std::move(b), std::move(point), factor->inverse(), std::move(step), iteration};
        }
        std::vector<double> next(q);
        Point tried;
        double share = 1;
        bool better = false;
        for (int halving = 0; halving < 30 && !better; ++halving, share /= 2) {
            for (std::size_t i = 0; i < q; ++i) next[i] = b[i] + share * step[i];
            tried = evaluate(rows, design, link, next);
            better = tried.log_likelihood >= point.log_likelihood - 1e-11 * std::abs(point.log_likelihood);
        }
        if (!better) break;
        b = std::move(next);
        point = std::move(tried);
    }
    return failure({.message = "the likelihood has no maximum that could be reached"});
}

/// A matrix of coefficients about means as one of the coefficients themselves: only the intercept changes.
Symmetric about_zero(const Symmetric& matrix, std::span<const double> means) {
    const std::size_t q = means.size();
    std::vector<double> change(q, 0.0);
    change[0] = 1;
    for (std::size_t i = 1; i < q; ++i) change[i] = -means[i];
    Symmetric answer = matrix;
    for (std::size_t i = 1; i < q; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < q; ++j) sum += change[j] * matrix(j, i);
        answer.set(0, i, sum);
    }
    answer.set(0, 0, matrix.variance_of_sum(change));
    return answer;
}

Symmetric robust_variance(const BinaryRows& rows, const Design& design, Link link, const Maximum& maximum) {
    const std::size_t q = design.q;
    const std::size_t clusters = std::size_t{*std::ranges::max_element(rows.cluster)} + 1;
    std::vector<double> scores(clusters * q, 0.0);
    for (std::size_t row = 0; row < design.n; ++row) {
        const Term term = term_at(rows, design, link, maximum.coefficients, row);
        for (std::size_t i = 0; i < q; ++i)
            scores[rows.cluster[row] * q + i] += term.slope * design.x[row * q + i];
    }
    Symmetric filling(q);
    for (std::size_t at = 0; at < scores.size(); at += q) {
        for (std::size_t i = 0; i < q; ++i) {
            for (std::size_t j = 0; j <= i; ++j) filling.add(i, j, scores[at + i] * scores[at + j]);
        }
    }
    return filling.between(maximum.variance);
}

}  // namespace

double BinaryFit::standard_error(std::size_t coefficient) const {
    return (robust ? *robust : variance).standard_error(coefficient);
}

double BinaryFit::chance(std::span<const double> covariates) const {
    assert(covariates.size() + 1 == coefficients.size());
    double eta = coefficients[0];
    for (std::size_t i = 0; i < covariates.size(); ++i) eta += coefficients[i + 1] * covariates[i];
    if (link == Link::cloglog) return -std::expm1(-std::exp(eta));
    return 1 / (1 + std::exp(-eta));
}

Result<BinaryFit> fit_binary(const BinaryRows& rows, Link link) {
    assert(rows.weights.empty() || rows.weights.size() == rows.yes.size());
    assert(rows.cluster.empty() || rows.cluster.size() == rows.yes.size());
    const Result<Design> design = design_of(rows);
    if (!design) return tl::unexpected(design.error());
    const Result<Maximum> maximum = climb(rows, *design, link);
    if (!maximum) return tl::unexpected(maximum.error());

    BinaryFit fit;
    fit.link = link;
    fit.coefficients = maximum->coefficients;
    for (std::size_t i = 1; i < design->q; ++i) {
        fit.coefficients[0] -= design->means[i] * fit.coefficients[i];
        if (std::abs(maximum->last_step[i]) > 1e-4 * std::max(1.0, std::abs(fit.coefficients[i])))
            fit.unbounded.push_back(i);
    }
    fit.variance = about_zero(maximum->variance, design->means);
    if (!rows.cluster.empty())
        fit.robust = about_zero(robust_variance(rows, *design, link, *maximum), design->means);
    fit.log_likelihood = maximum->point.log_likelihood;
    fit.iterations = maximum->iterations;
    return fit;
}

}  // namespace truce::numeric
