// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace truce::numeric {

/// Two doubles that are worked on at once. Arithmetic is elementwise, so every machine rounds alike.
using Lanes = double __attribute__((vector_size(16)));
constexpr std::size_t lanes = 2;

/// The doubles at `from` and after it, which need not be aligned.
inline Lanes load_lanes(const double* from) {
    Lanes values;
    std::memcpy(&values, from, sizeof values);
    return values;
}

/// e^x, to about one unit in the last place. Requires: |x| up to 700.
inline Lanes exponential(Lanes x) {
    using Bits = std::int64_t __attribute__((vector_size(16)));
    // 1.5 * 2^52 pushes the fraction off: what is added to it is rounded to a whole number.
    constexpr double round = 0x1.8p52;
    constexpr double log2_e = 0x1.71547652b82fep0;
    constexpr double ln2_high = 0x1.62e42fefa38p-1;
    constexpr double ln2_low = 0x1.ef35793c7673p-45;
    const Lanes shifted = x * log2_e + round;
    const Lanes n = shifted - round;
    const Lanes r = (x - n * ln2_high) - n * ln2_low;
    // Taylor's series; |r| <= ln(2) / 2, so the next term is below 1e-17. Summed in pairs, which can be
    // worked on side by side (Estrin).
    const Lanes r2 = r * r;
    const Lanes r4 = r2 * r2;
    const Lanes first = (1.0 + r) + r2 * (1.0 / 2 + r * (1.0 / 6));
    const Lanes second = (1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5040));
    const Lanes third = (1.0 / 40320 + r * (1.0 / 362880)) + r2 * (1.0 / 3628800 + r * (1.0 / 39916800));
    const Lanes fourth = 1.0 / 479001600 + r * (1.0 / 6227020800);
    const Lanes sum = first + r4 * (second + r4 * (third + r4 * fourth));
    // The low bits of `shifted` are n: into the exponent with them.
    return std::bit_cast<Lanes>(std::bit_cast<Bits>(sum) + (std::bit_cast<Bits>(shifted) << 52));
}

}  // namespace truce::numeric
