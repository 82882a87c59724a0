// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

namespace truce {
namespace {

struct Moments {
    double mean = 0;
    double variance = 0;
};

constexpr int draws = 200'000;

Moments moments(const std::function<double()>& draw) {
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; ++i) {
        const double x = draw();
        sum += x;
        squares += x * x;
    }
    const double mean = sum / draws;
    return {.mean = mean, .variance = squares / draws - mean * mean};
}

/// Holds mean and variance to what theory says, within five standard errors (that of the variance taken with
/// the kurtosis of the distribution).
void expect_moments(const Moments& seen, const Moments& theory, double kurtosis) {
    EXPECT_NEAR(seen.mean, theory.mean, 5 * std::sqrt(theory.variance / draws));
    EXPECT_NEAR(seen.variance, theory.variance, 5 * theory.variance * std::sqrt((kurtosis - 1) / draws));
}

TEST(Random, PhiloxGivesItsPublishedWords) {
    // The known answer that comes with Random123, and numpy.random.Philox(key=0).random_raw(4) of numpy 1.24.
    EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
              (std::array<std::uint64_t, 4>{0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b,
                                            0x7e68b68aec7ba23b}));
    EXPECT_EQ(philox({1, 0, 0, 0}, {0, 0}),
              (std::array<std::uint64_t, 4>{0x02f4ba6408e4d89b, 0x3dd62b0b9ca8c5b2, 0x1c8667a55d902e79,
                                            0x907d7a052fd5b4dc}));
    // numpy.random.Philox(key=array([a409..., 082e...]), counter=array([243f..., 1319..., 5, 6])): it steps
    // the counter first.
    EXPECT_EQ(
        philox({0x243f6a8885a308d4, 0x13198a2e03707344, 5, 6}, {0xa4093822299f31d0, 0x082efa98ec4e6c89}),
        (std::array<std::uint64_t, 4>{0x2c4ba399569077f3, 0x791e379e7b1972a5, 0x495b624b711b8173,
                                      0xc9c43ac4ca8842e3}));
}

TEST(Random, TheSameSeedAndStreamDrawTheSame) {
    Random a(7, 3);
    Random b(7, 3);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(a(), b());
}

TEST(Random, StreamsOfOneSeedDiffer) {
    Random a(7, 3);
    Random b(7, 4);
    EXPECT_NE(a(), b());
}

TEST(Random, EveryFaceOfADieComesUpAboutEqually) {
    Random random(1);
    std::vector<int> faces(6, 0);
    for (int i = 0; i < draws; ++i) ++faces[random.below(6)];
    double chi_square = 0;
    for (const int face : faces) chi_square += std::pow(face - draws / 6.0, 2) / (draws / 6.0);
    EXPECT_LT(chi_square, 25.7);  // 0.9999 of chi-square with 5 degrees of freedom
}

TEST(Random, NormalHasMeanZeroAndVarianceOne) {
    Random random(2);
    expect_moments(moments([&] { return random.normal(); }), {.mean = 0, .variance = 1}, 3);
}

TEST(Random, ExponentialHasMeanAndVarianceOne) {
    Random random(3);
    expect_moments(moments([&] { return random.exponential(); }), {.mean = 1, .variance = 1}, 9);
}

TEST(Random, GammaHasItsShapeAsMeanAndVariance) {
    for (const double shape : {0.1, 0.7, 1.0, 3.5, 200.0}) {
        Random random(4);
        expect_moments(moments([&] { return random.gamma(shape); }), {.mean = shape, .variance = shape},
                       3 + 6 / shape);
    }
}

TEST(Random, ALogarithmOfATinyGammaIsFinite) {
    Random random(5);
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(std::isfinite(random.log_gamma_variate(1e-4)));
}

TEST(Random, BetaHasItsMeanAndVariance) {
    Random random(6);
    const double a = 2;
    const double b = 5;
    expect_moments(moments([&] { return random.beta(a, b); }),
                   {.mean = a / (a + b), .variance = a * b / ((a + b) * (a + b) * (a + b + 1))}, 3);
}

TEST(Random, PoissonHasItsMeanAsVariance) {
    for (const double mean : {0.3, 9.9, 10.0, 47.0, 5000.0}) {
        Random random(7);
        expect_moments(moments([&] { return static_cast<double>(random.poisson(mean)); }),
                       {.mean = mean, .variance = mean}, 3 + 1 / mean);
    }
}

TEST(Random, PoissonOfTwelveFollowsItsProbabilities) {
    Random random(8);
    const double mean = 12;
    std::vector<double> seen(40, 0.0);
    for (int i = 0; i < draws; ++i) seen[std::min<std::uint64_t>(random.poisson(mean), 39)] += 1;
    for (std::size_t k = 4; k < 24; ++k) {
        const auto x = static_cast<double>(k);
        const double p = std::exp(x * std::log(mean) - mean - std::lgamma(x + 1));
        EXPECT_NEAR(seen[k] / draws, p, 5 * std::sqrt(p / draws)) << k;
    }
}

TEST(Random, BinomialHasItsMeanAndVariance) {
    struct Case {
        std::uint64_t n;
        double p;
    };
    for (const Case c : {Case{5, 0.3}, {40, 0.05}, {40, 0.5}, {1000, 0.9}, {1000000, 0.2}}) {
        Random random(9);
        const auto n = static_cast<double>(c.n);
        expect_moments(moments([&] { return static_cast<double>(random.binomial(c.n, c.p)); }),
                       {.mean = n * c.p, .variance = n * c.p * (1 - c.p)}, 4);
    }
}

TEST(Random, BinomialWithChanceOneSucceedsAlways) {
    Random random(10);
    EXPECT_EQ(random.binomial(17, 1.0), 17U);
    EXPECT_EQ(random.binomial(17, 0.0), 0U);
}

TEST(Random, NegativeBinomialHasItsMeanAndVariance) {
    Random random(11);
    const double successes = 4.5;
    const double p = 0.3;
    const double mean = successes * (1 - p) / p;
    expect_moments(moments([&] { return static_cast<double>(random.negative_binomial(successes, p)); }),
                   {.mean = mean, .variance = mean / p}, 3 + 6 / successes + p * p / ((1 - p) * successes));
}

TEST(Random, AMultinomialDrawAddsUpAndLeavesEmptyClassesEmpty) {
    Random random(12);
    const std::vector<double> weights = {0.0, 1.0, 3.0, 0.0};
    std::vector<std::uint64_t> counts(4);
    random.multinomial(1000, weights, counts);
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), 1000U);
    EXPECT_EQ(counts[0], 0U);
    EXPECT_EQ(counts[3], 0U);
    EXPECT_NEAR(static_cast<double>(counts[2]), 750, 5 * std::sqrt(1000 * 0.75 * 0.25));
}

TEST(Random, EveryOrderOfThreeIsAsLikely) {
    Random random(13);
    std::vector<int> seen(27, 0);
    for (int i = 0; i < 60'000; ++i) {
        std::vector<int> order = {0, 1, 2};
        random.shuffle(std::span(order));
        ++seen[static_cast<std::size_t>(order[0] * 9 + order[1] * 3 + order[2])];
    }
    EXPECT_EQ(std::ranges::count_if(seen, [](int n) { return n > 0; }), 6);
    for (const int n : seen) EXPECT_TRUE(n == 0 || std::abs(n - 10'000) < 5 * 91);
}

}  // namespace
}  // namespace truce
