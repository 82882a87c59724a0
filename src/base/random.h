// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

namespace truce {

/// One block of Philox 4x64 with ten rounds: four words that a counter and a key determine.
///
/// Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC '11.
std::array<std::uint64_t, 4> philox(std::array<std::uint64_t, 4> counter, std::array<std::uint64_t, 2> key);

/// A stream of random numbers that its seed and its own number determine, on every machine and with any
/// number of threads: replicate 17 draws from stream 17, whoever computes it.
///
/// Streams of one seed never overlap (the stream's number is part of the counter). The standard fixes what an
/// engine yields but not what its distributions make of it, so the distributions here are our own. Usable as
/// a UniformRandomBitGenerator. Copy it to draw the same numbers twice.
///
/// Not for keys or salts: it can be predicted.
class Random {
public:
    using result_type = std::uint64_t;

    explicit Random(std::uint64_t seed, std::uint64_t stream = 0) : seed_(seed), stream_(stream) {}

    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

    /// 64 random bits.
    result_type operator()() {
        if (used_ == block_.size()) refill();
        return block_[used_++];
    }

    /// Uniform over [0, 1), in steps of 2^-53.
    double uniform() { return static_cast<double>((*this)() >> 11U) * 0x1p-53; }

    /// Uniform over (0, 1): never 0, for logarithms.
    double uniform_open() { return (static_cast<double>((*this)() >> 11U) + 0.5) * 0x1p-53; }

    /// Uniform over 0 ... n - 1, without bias. Requires: n > 0.
    std::uint64_t below(std::uint64_t n);

    /// Standard normal.
    double normal();

    /// Exponential with mean 1.
    double exponential();

    /// Gamma with mean `shape` and scale 1. Requires: shape > 0.
    double gamma(double shape);

    /// The logarithm of such a gamma variable: finite also for shapes so small that the variable itself is 0.
    double log_gamma_variate(double shape);

    /// Beta. Requires: a > 0 and b > 0.
    double beta(double a, double b);

    /// Poisson. Requires: 0 <= mean < 1e15.
    std::uint64_t poisson(double mean);

    /// How many of n trials succeed, each with chance p. Requires: 0 <= p <= 1.
    std::uint64_t binomial(std::uint64_t n, double p);

    /// How many failures come before the `successes`-th success, each trial succeeding with chance p;
    /// `successes` need not be whole. Requires: successes > 0 and 0 < p <= 1.
    std::uint64_t negative_binomial(double successes, double p);

    /// Distributes n over the classes as their weights say (a multinomial draw): `counts[i]` is what class i
    /// gets. Requires: as many counts as weights, weights not negative, a positive sum where n > 0.
    void multinomial(std::uint64_t n, std::span<const double> weights, std::span<std::uint64_t> counts);

    /// Puts `values` into an order drawn uniformly from all orders (Fisher and Yates).
    template <class T>
    void shuffle(std::span<T> values) {
        for (std::size_t left = values.size(); left > 1; --left) {
            using std::swap;
            swap(values[left - 1], values[static_cast<std::size_t>(below(left))]);
        }
    }

private:
    void refill();

    std::uint64_t seed_;
    std::uint64_t stream_;
    std::uint64_t next_block_ = 0;
    std::array<std::uint64_t, 4> block_{};
    std::size_t used_ = 4;
};

}  // namespace truce
