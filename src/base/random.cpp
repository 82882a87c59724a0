// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace truce {
namespace {

__extension__ using Wide = unsigned __int128;

/// ln n!, from a table where it is asked for most.
double log_factorial(double n) {
    // Stirling's series; its error at n = 10 is below 1e-14.
    constexpr double small_end = 10;
    static const std::array<double, 10> small = {0.0,
                                                 0.0,
                                                 0.693147180559945309,
                                                 1.791759469228055001,
                                                 3.178053830347945620,
                                                 4.787491742782045994,
                                                 6.579251212010100995,
                                                 8.525161361065414300,
                                                 10.604602902745250228,
                                                 12.801827480081469611};
    if (n < small_end) return small[static_cast<std::size_t>(n)];
    const double x = n + 1;
    const double r = 1 / (x * x);
    return (x - 0.5) * std::log(x) - x + 0.5 * std::log(2 * std::numbers::pi) +
           (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r / 1188)))) / x;
}

}  // namespace

std::array<std::uint64_t, 4> philox(std::array<std::uint64_t, 4> counter, std::array<std::uint64_t, 2> key) {
    constexpr int rounds = 10;
    constexpr std::uint64_t multiplier0 = 0xD2E7470EE14C6C93;
    constexpr std::uint64_t multiplier1 = 0xCA5A826395121157;
    constexpr std::uint64_t weyl0 = 0x9E3779B97F4A7C15;
    constexpr std::uint64_t weyl1 = 0xBB67AE8584CAA73B;
    for (int round = 0; round < rounds; ++round) {
        const Wide product0 = static_cast<Wide>(multiplier0) * counter[0];
        const Wide product1 = static_cast<Wide>(multiplier1) * counter[2];
        counter = {static_cast<std::uint64_t>(product1 >> 64U) ^ counter[1] ^ key[0],
                   static_cast<std::uint64_t>(product1),
                   static_cast<std::uint64_t>(product0 >> 64U) ^ counter[3] ^ key[1],
                   static_cast<std::uint64_t>(product0)};
        key[0] += weyl0;
        key[1] += weyl1;
    }
    return counter;
}

void Random::refill() {
    block_ = philox({next_block_++, stream_, 0, 0}, {seed_, 0});
    used_ = 0;
}

std::uint64_t Random::below(std::uint64_t n) {
    assert(n > 0);
    // Lemire (2019), "Fast random integer generation in an interval", ACM TOMACS 29(1).
    Wide product = static_cast<Wide>((*this)()) * n;
    if (static_cast<std::uint64_t>(product) < n) {
        const std::uint64_t least = (0 - n) % n;
        while (static_cast<std::uint64_t>(product) < least) product = static_cast<Wide>((*this)()) * n;
    }
    return static_cast<std::uint64_t>(product >> 64U);
}

double Random::normal() {
    // Marsaglia's polar method; the second of each pair is not kept, so that a copy made at any time draws
    // the same.
    for (;;) {
        const double x = 2 * uniform() - 1;
        const double y = 2 * uniform() - 1;
        const double s = x * x + y * y;
        if (s < 1 && s > 0) return x * std::sqrt(-2 * std::log(s) / s);
    }
}

double Random::exponential() {
    return -std::log(uniform_open());
}

double Random::gamma(double shape) {
    assert(shape > 0);
    if (shape < 1) return std::exp(log_gamma_variate(shape));
    // Marsaglia, Tsang (2000), "A simple method for generating gamma variables", ACM TOMS 26(3).
    const double d = shape - 1.0 / 3;
    const double c = 1 / std::sqrt(9 * d);
    for (;;) {
        const double x = normal();
        const double root = 1 + c * x;
        if (root <= 0) continue;
        const double v = root * root * root;
        const double u = uniform_open();
        if (u < 1 - 0.0331 * x * x * x * x) return d * v;
        if (std::log(u) < 0.5 * x * x + d * (1 - v + std::log(v))) return d * v;
    }
}

double Random::log_gamma_variate(double shape) {
    assert(shape > 0);
    if (shape >= 1) return std::log(gamma(shape));
    return std::log(gamma(shape + 1)) + std::log(uniform_open()) / shape;
}

double Random::beta(double a, double b) {
    const double x = log_gamma_variate(a);
    const double y = log_gamma_variate(b);
    return 1 / (1 + std::exp(y - x));
}

std::uint64_t Random::poisson(double mean) {
    assert(mean >= 0 && mean < 1e15);
    constexpr double by_product_below = 10;
    if (mean < by_product_below) {
        const double least = std::exp(-mean);
        double product = uniform_open();
        std::uint64_t count = 0;
        while (product > least) {
            product *= uniform_open();
            ++count;
        }
        return count;
    }
    // Hoermann (1993), "The transformed rejection method for generating Poisson random variables", algorithm
    // PTRS.
    const double b = 0.931 + 2.53 * std::sqrt(mean);
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double v_r = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        const double u = uniform() - 0.5;
        const double v = uniform_open();
        const double us = 0.5 - std::abs(u);
        const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= v_r) return static_cast<std::uint64_t>(k);
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b) <=
            k * std::log(mean) - mean - log_factorial(k)) {
            return static_cast<std::uint64_t>(k);
        }
    }
}

std::uint64_t Random::binomial(std::uint64_t n, double p) {
    assert(p >= 0 && p <= 1);
    if (p > 0.5) return n - binomial(n, 1 - p);
    if (n == 0 || p <= 0) return 0;
    const auto trials = static_cast<double>(n);
    constexpr double by_inversion_below = 10;
    if (trials * p < by_inversion_below) {
        const double log_q = std::log1p(-p);
        // Waiting times between successes are geometric.
        double sum = 0;
        std::uint64_t count = 0;
        for (;;) {
            sum += std::floor(std::log(uniform_open()) / log_q) + 1;
            if (sum > trials) return count;
            ++count;
        }
    }
    // Hoermann (1993), "The generation of binomial random variates", algorithm BTRS.
    const double spq = std::sqrt(trials * p * (1 - p));
    const double b = 1.15 + 2.53 * spq;
    const double a = -0.0873 + 0.0248 * b + 0.01 * p;
    const double c = trials * p + 0.5;
    const double v_r = 0.92 - 4.2 / b;
    const double alpha = (2.83 + 5.1 / b) * spq;
    const double log_odds = std::log(p / (1 - p));
    const double m = std::floor((trials + 1) * p);
    const double h = log_factorial(m) + log_factorial(trials - m);
    for (;;) {
        const double u = uniform() - 0.5;
        const double v = uniform_open();
        const double us = 0.5 - std::abs(u);
        const double k = std::floor((2 * a / us + b) * u + c);
        if (k < 0 || k > trials) continue;
        if (us >= 0.07 && v <= v_r) return static_cast<std::uint64_t>(k);
        if (std::log(v * alpha / (a / (us * us) + b)) <=
            h - log_factorial(k) - log_factorial(trials - k) + (k - m) * log_odds) {
            return static_cast<std::uint64_t>(k);
        }
    }
}

std::uint64_t Random::negative_binomial(double successes, double p) {
    assert(successes > 0 && p > 0 && p <= 1);
    return poisson(gamma(successes) * (1 - p) / p);
}

void Random::multinomial(std::uint64_t n, std::span<const double> weights, std::span<std::uint64_t> counts) {
    assert(weights.size() == counts.size());
    double left = 0;
    for (const double weight : weights) left += weight;
    assert(n == 0 || left > 0);
    std::ranges::fill(counts, 0);
    std::size_t last = weights.size();
    while (last > 0 && weights[last - 1] <= 0) --last;
    for (std::size_t i = 0; i < last && n > 0; ++i) {
        counts[i] = i + 1 == last ? n : binomial(n, std::clamp(weights[i] / left, 0.0, 1.0));
        n -= counts[i];
        left -= weights[i];
    }
}

}  // namespace truce
