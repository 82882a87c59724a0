// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// The inner loops of `scan.h`, once for every instruction set. Not for use outside the scan files of this
/// folder.
///
/// They only say where to look: what they point at is computed again in double precision, by one function for
/// all of them, so that every set leads to the same digits.
namespace truce::numeric::scan_kernels {

enum class InstructionSet { portable, avx2 };

/// Eight lines lose little against sixteen, and cost half: registers of 512 bits, tried with sixteen lines,
/// took a quarter longer.
constexpr std::size_t most_lines = 8;
/// Series are padded to a multiple of so many numbers, and aligned alike.
constexpr std::size_t block = 16;

/// Straight lines in the plane of base and cases. A window lies above line k if
/// cases - slope[k] * base > limit[k].
struct Lines {
    alignas(32) std::array<float, most_lines> slope;
    alignas(32) std::array<float, most_lines> limit;
};

/// The windows of one zone: from each start s to each end e > s, with cases[e] - cases[s] cases and
/// factor * (base[e] - base[s]) base. Both series are sums from the first bin on, and start with 0.
struct Course {
    const float* cases;
    const float* base;
    float factor;
    std::size_t first_end;  ///< windows that end earlier are not looked at; at least 1
    std::size_t last_end;   ///< the number of bins
    std::size_t longest;    ///< the number of bins that a window may have
};

struct Kernels {
    InstructionSet set;

    /// Adds `series` to `sum`, or takes it away; `size` is a multiple of `block`. Whole numbers below 2^24
    /// stay exact.
    void (*add)(const float* series, float* sum, std::size_t size);
    void (*subtract)(const float* series, float* sum, std::size_t size);
    /// Adds `series` to `sum` in double precision, and gives the sums in single precision as well.
    void (*add_base)(const double* series, double* sum, float* rounded, std::size_t size);

    /// Whether any window lies above any of the lines. Windows longer than `longest` may be looked at too.
    bool (*any_above)(const Course& course, const Lines& lines);
    /// Where windows above a line end, in rising order: all of them, and perhaps others. `ends` has room for
    /// as many as there are bins.
    std::size_t (*ends_above)(const Course& course, const Lines& lines, std::uint32_t* ends);
    /// Where windows start that end at `end`, are not too long and lie above a line: all of them, and perhaps
    /// others, in rising order.
    std::size_t (*starts_above)(const Course& course, const Lines& lines, std::size_t end,
                                std::uint32_t* starts);
};

/// The loops of each set, whether this machine can run them or not; those of a foreign processor are the
/// portable ones.
const Kernels& portable_kernels();
const Kernels& avx2_kernels();

/// The loops for one instruction set; nullptr if this machine does not have it.
const Kernels* kernels_for(InstructionSet set);

/// The fastest loops that this machine can run.
const Kernels& best_kernels();

}  // namespace truce::numeric::scan_kernels
