// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "analysis/numeric/count_kernels.h"

// These vectors never cross a call, so how they would be passed does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"

/// The loops themselves, for a file that is compiled for one instruction set to include.
namespace truce::numeric::kernels {
namespace {

using Lanes = double __attribute__((vector_size(lanes * sizeof(double))));
using Bits = std::uint64_t __attribute__((vector_size(lanes * sizeof(double))));

[[gnu::always_inline]] inline Lanes load(const double* from) {
    Lanes value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

[[gnu::always_inline]] inline void store(double* to, Lanes value) {
    std::memcpy(to, &value, sizeof value);
}

[[gnu::always_inline]] inline Lanes all(double value) {
    return Lanes{value, value, value, value};
}

[[gnu::always_inline]] inline double sum_of(Lanes value) {
    return (value[0] + value[2]) + (value[1] + value[3]);
}

/// ln 2 in two parts, the first with so few bits that whole multiples of it are exact.
constexpr double ln2_high = 6.93147180369123816490e-01;
constexpr double ln2_low = 1.90821492927058770002e-10;
/// Added to a small number, leaves its nearest whole number in the last bits.
constexpr double to_whole = 0x1.8p52;

/// e^x within 2 units in the last place; x is first brought into [-700, 700].
[[gnu::always_inline]] inline Lanes exp_of(Lanes x) {
    x = x < all(-700) ? all(-700) : x;
    x = x > all(700) ? all(700) : x;
    const Lanes shifted = x * all(1.44269504088896340736) + all(to_whole);
    const Lanes whole = shifted - all(to_whole);
    const Lanes r = (x - whole * all(ln2_high)) - whole * all(ln2_low);
    // Taylor's series of e^r for |r| <= ln 2 / 2: the term left out is below 2^-56.
    Lanes series = all(1.0 / 6227020800);
    series = series * r + all(1.0 / 479001600);
    series = series * r + all(1.0 / 39916800);
    series = series * r + all(1.0 / 3628800);
    series = series * r + all(1.0 / 362880);
    series = series * r + all(1.0 / 40320);
    series = series * r + all(1.0 / 5040);
    series = series * r + all(1.0 / 720);
    series = series * r + all(1.0 / 120);
    series = series * r + all(1.0 / 24);
    series = series * r + all(1.0 / 6);
    series = series * r + all(0.5);
    const Lanes fraction = (series * r) * r + r + all(1);
    Bits exponent;
    std::memcpy(&exponent, &shifted, sizeof exponent);
    exponent = exponent << 52;
    Bits scaled;
    std::memcpy(&scaled, &fraction, sizeof scaled);
    scaled += exponent;
    Lanes result;
    std::memcpy(&result, &scaled, sizeof result);
    return result;
}

/// ln x within 2 units in the last place of max(1, |ln x|). Requires: x positive, finite and not subnormal.
[[gnu::always_inline]] inline Lanes log_of(Lanes x) {
    Bits bits;
    std::memcpy(&bits, &x, sizeof bits);
    // The exponent of x / sqrt(1/2), so that the fraction lies in [sqrt(1/2), sqrt(2)).
    constexpr std::uint64_t root_half = 0x3FE6A09E667F3BCD;
    // Lifted above 0, so that the shift need not carry a sign.
    const Bits lifted = bits - root_half + (std::uint64_t{1} << 62);
    const Bits exponent = (lifted >> 52) - (std::uint64_t{1} << 10);
    const Bits fraction_bits = bits - (exponent << 52);
    Lanes fraction;
    std::memcpy(&fraction, &fraction_bits, sizeof fraction);
    const Bits exponent_as_double = exponent + std::uint64_t{0x4338000000000000};
    Lanes whole;
    std::memcpy(&whole, &exponent_as_double, sizeof whole);
    whole = whole - all(to_whole);
    // ln f = 2 atanh(s), s = (f - 1) / (f + 1), |s| < 0.1716.
    const Lanes f1 = fraction - all(1);
    const Lanes s = f1 / (fraction + all(1));
    const Lanes z = s * s;
    Lanes series = all(2.0 / 21);
    series = series * z + all(2.0 / 19);
    series = series * z + all(2.0 / 17);
    series = series * z + all(2.0 / 15);
    series = series * z + all(2.0 / 13);
    series = series * z + all(2.0 / 11);
    series = series * z + all(2.0 / 9);
    series = series * z + all(2.0 / 7);
    series = series * z + all(2.0 / 5);
    series = series * z + all(2.0 / 3);
    return whole * all(ln2_high) + (whole * all(ln2_low) + (s * z * series + (s + s)));
}

/// The sum of a * b over the rows, four sums at a time so that none waits for its own last addition.
[[gnu::always_inline]] inline double product_sum(const double* a, const double* b, std::size_t rows) {
    Lanes first = all(0);
    Lanes second = all(0);
    Lanes third = all(0);
    Lanes fourth = all(0);
    for (std::size_t row = 0; row < rows; row += row_step) {
        first += load(a + row) * load(b + row);
        second += load(a + row + lanes) * load(b + row + lanes);
        third += load(a + row + 2 * lanes) * load(b + row + 2 * lanes);
        fourth += load(a + row + 3 * lanes) * load(b + row + 3 * lanes);
    }
    return sum_of((first + second) + (third + fourth));
}

/// The sums of `weighted` times each of four columns: what is loaded once serves four products.
[[gnu::always_inline]] inline void four_product_sums(const double* weighted, const double* const* columns,
                                                     std::size_t rows, double* sums) {
    Lanes a = all(0);
    Lanes b = all(0);
    Lanes c = all(0);
    Lanes d = all(0);
    Lanes a_next = all(0);
    Lanes b_next = all(0);
    Lanes c_next = all(0);
    Lanes d_next = all(0);
    const double* xa = columns[0];
    const double* xb = columns[1];
    const double* xc = columns[2];
    const double* xd = columns[3];
    for (std::size_t row = 0; row < rows; row += 2 * lanes) {
        const Lanes w = load(weighted + row);
        a += w * load(xa + row);
        b += w * load(xb + row);
        c += w * load(xc + row);
        d += w * load(xd + row);
        const Lanes w_next = load(weighted + row + lanes);
        a_next += w_next * load(xa + row + lanes);
        b_next += w_next * load(xb + row + lanes);
        c_next += w_next * load(xc + row + lanes);
        d_next += w_next * load(xd + row + lanes);
    }
    sums[0] += sum_of(a + a_next);
    sums[1] += sum_of(b + b_next);
    sums[2] += sum_of(c + c_next);
    sums[3] += sum_of(d + d_next);
}

/// Adds the gradient and information of rows whose score and weight are known.
[[gnu::always_inline]] inline void add_products(const CountBlock& block, const double* score,
                                                const double* weight, double* gradient, double* information) {
    alignas(64) std::array<double, block_rows> weighted;
    std::size_t packed = 0;
    for (std::size_t j = 0; j < block.column_count; ++j) {
        const double* x = block.columns[j];
        for (std::size_t row = 0; row < block.rows; row += lanes)
            store(weighted.data() + row, load(weight + row) * load(x + row));
        gradient[j] += product_sum(score, x, block.rows);
        std::size_t k = 0;
        for (; k + 4 <= j + 1; k += 4)
            four_product_sums(weighted.data(), block.columns + k, block.rows, information + packed + k);
        for (; k <= j; ++k)
            information[packed + k] += product_sum(weighted.data(), block.columns[k], block.rows);
        packed += j + 1;
    }
}

[[gnu::always_inline]] inline Lanes linear_predictor(const CountBlock& block, const double* coefficients,
                                                     std::size_t row) {
    Lanes eta = block.offset != nullptr ? load(block.offset + row) : all(0);
    for (std::size_t j = 0; j < block.column_count; ++j)
        eta += all(coefficients[j]) * load(block.columns[j] + row);
    return eta;
}

void add_poisson(const CountBlock& block, const CountPoint& point, CountSums& sums, double* fitted) {
    alignas(64) std::array<double, block_rows> score;
    alignas(64) std::array<double, block_rows> weight;
    Lanes log_likelihood = all(0);
    Lanes pearson = all(0);
    Lanes squares = all(0);
    Lanes squared_means = all(0);
    for (std::size_t row = 0; row < block.rows; row += lanes) {
        const Lanes eta = linear_predictor(block, point.coefficients, row);
        const Lanes mu = exp_of(eta);
        const Lanes y = load(block.counts + row);
        const Lanes residual = y - mu;
        store(score.data() + row, residual);
        store(weight.data() + row, mu);
        log_likelihood += y * eta - mu;
        pearson += residual * residual / mu;
        squares += residual * residual - y;
        squared_means += mu * mu;
        if (fitted != nullptr) store(fitted + row, mu);
    }
    sums.log_likelihood += sum_of(log_likelihood);
    sums.pearson += sum_of(pearson);
    sums.squares += sum_of(squares);
    sums.squared_means += sum_of(squared_means);
    add_products(block, score.data(), weight.data(), sums.gradient, sums.information);
}

void add_negative_binomial(const CountBlock& block, const CountPoint& point, CountSums& sums,
                           double* fitted) {
    alignas(64) std::array<double, block_rows> score;
    alignas(64) std::array<double, block_rows> weight;
    const Lanes theta = all(point.theta);
    const Lanes inverse_theta = all(1 / point.theta);
    const bool observed = point.information == CountPoint::Information::observed;
    Lanes log_likelihood = all(0);
    Lanes log_ratio = all(0);
    Lanes theta_score = all(0);
    Lanes theta_second = all(0);
    Lanes pearson = all(0);
    for (std::size_t row = 0; row < block.rows; row += lanes) {
        const Lanes eta = linear_predictor(block, point.coefficients, row);
        const Lanes mu = exp_of(eta);
        const Lanes y = load(block.counts + row);
        const Lanes residual = y - mu;
        const Lanes ratio = all(1) + mu * inverse_theta;  // V = mu * ratio
        const Lanes inverse = all(1) / ratio;
        const Lanes of_sum = inverse * inverse_theta;  // 1 / (mu + theta)
        const Lanes log = log_of(ratio);
        const Lanes scaled = residual * inverse;
        const Lanes expected_weight = mu * inverse;
        const Lanes y_and_theta = y + theta;
        store(score.data() + row, scaled);
        store(weight.data() + row, observed ? expected_weight * (y_and_theta * of_sum) : expected_weight);
        log_likelihood += y * eta - y_and_theta * log;
        log_ratio += log;
        theta_score += residual * of_sum;
        theta_second += inverse_theta - (of_sum + of_sum) + y_and_theta * of_sum * of_sum;
        pearson += residual * scaled / mu;
        if (fitted != nullptr) store(fitted + row, mu);
    }
    sums.log_likelihood += sum_of(log_likelihood);
    sums.log_ratio += sum_of(log_ratio);
    sums.theta_score -= sum_of(theta_score);
    sums.theta_second += sum_of(theta_second);
    sums.pearson += sum_of(pearson);
    add_products(block, score.data(), weight.data(), sums.gradient, sums.information);
}

void add_rows(const CountBlock& block, const CountPoint& point, CountSums& sums, double* fitted) {
    if (std::isinf(point.theta)) {
        add_poisson(block, point, sums, fitted);
    } else {
        add_negative_binomial(block, point, sums, fitted);
    }
}

void start_rows(const CountBlock& block, double mean, double* gradient, double* information) {
    alignas(64) std::array<double, block_rows> score;
    alignas(64) std::array<double, block_rows> weight;
    for (std::size_t row = 0; row < block.rows; row += lanes) {
        const Lanes guess = (load(block.counts + row) + all(mean)) * all(0.5);
        const Lanes offset = block.offset != nullptr ? load(block.offset + row) : all(0);
        store(weight.data() + row, guess);
        store(score.data() + row, guess * (log_of(guess) - offset));
    }
    add_products(block, score.data(), weight.data(), gradient, information);
}

constexpr CountKernels kernels_of_this_file{.add = add_rows, .start = start_rows};

}  // namespace
}  // namespace truce::numeric::kernels
