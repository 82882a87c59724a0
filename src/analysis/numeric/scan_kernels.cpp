// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/scan_kernels.h"

#include "analysis/numeric/scan_kernels_loops.h"

namespace truce::numeric::scan_kernels {

namespace {

/// Eight numbers that the compiler lays into whatever registers there are.
struct Portable {
    static constexpr std::size_t count = 8;
    using Half = float __attribute__((vector_size(16)));
    struct V {
        Half low;
        Half high;
    };

    static Half half_of(const float* from) { return Half{from[0], from[1], from[2], from[3]}; }
    static V load(const float* from) { return {half_of(from), half_of(from + 4)}; }
    static void store(float* to, V v) {
        for (int i = 0; i < 4; ++i) to[i] = v.low[i];
        for (int i = 0; i < 4; ++i) to[i + 4] = v.high[i];
    }
    static V all(float x) { return {Half{x, x, x, x}, Half{x, x, x, x}}; }
    static V add(V a, V b) { return {a.low + b.low, a.high + b.high}; }
    static V subtract(V a, V b) { return {a.low - b.low, a.high - b.high}; }
    static V multiply(V a, V b) { return {a.low * b.low, a.high * b.high}; }
    static V less_product(V a, V b, V c) { return {a.low - b.low * c.low, a.high - b.high * c.high}; }
    static V lesser(V a, V b) { return {a.low < b.low ? a.low : b.low, a.high < b.high ? a.high : b.high}; }
    static V greater(V a, V b) { return {a.low > b.low ? a.low : b.low, a.high > b.high ? a.high : b.high}; }
    static std::uint32_t above(V a, V b) {
        const auto low = a.low > b.low;
        const auto high = a.high > b.high;
        std::uint32_t bits = 0;
        for (int i = 0; i < 4; ++i) bits |= (low[i] != 0 ? 1U : 0U) << i;
        for (int i = 0; i < 4; ++i) bits |= (high[i] != 0 ? 1U : 0U) << (i + 4);
        return bits;
    }
};

void add_base_plainly(const double* series, double* sum, float* rounded, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        sum[i] += series[i];
        rounded[i] = static_cast<float>(sum[i]);
    }
}

}  // namespace

const Kernels& portable_kernels() {
    static constexpr Kernels kernels{.set = InstructionSet::portable,
                                     .add = add_series<Portable>,
                                     .subtract = subtract_series<Portable>,
                                     .add_base = add_base_plainly,
                                     .any_above = any_above<Portable>,
                                     .ends_above = ends_above<Portable>,
                                     .starts_above = starts_above<Portable>};
    return kernels;
}

#if !defined(__x86_64__)
const Kernels& avx2_kernels() {
    return portable_kernels();
}
#endif

const Kernels* kernels_for(InstructionSet set) {
    switch (set) {
        case InstructionSet::portable:
            return &portable_kernels();
        case InstructionSet::avx2:
#if defined(__x86_64__)
            return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &avx2_kernels()
                                                                                   : nullptr;
#else
            return nullptr;
#endif
    }
    return nullptr;
}

const Kernels& best_kernels() {
    static const Kernels* const avx2 = kernels_for(InstructionSet::avx2);
    return avx2 != nullptr ? *avx2 : portable_kernels();
}

}  // namespace truce::numeric::scan_kernels
