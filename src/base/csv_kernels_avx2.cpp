// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)

#include <immintrin.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/csv_kernels.h"

// Everything below is compiled for processors with AVX2; csv_kernels.cpp asks the processor before it calls
// any of it.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,pclmul,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,pclmul,popcnt")
#endif

#include "base/csv_kernels_reals.h"
#include "base/csv_kernels_scan.h"
#include "base/csv_kernels_values.h"

namespace truce::csv::kernels {

namespace {

struct Avx2 {
    struct Wanted {
        __m256i delimiter;
        explicit Wanted(char delimiter_byte) : delimiter(_mm256_set1_epi8(delimiter_byte)) {}
    };

    static std::uint64_t equal(__m256i low, __m256i high, __m256i pattern) {
        const auto low_bits =
            static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, pattern)));
        const auto high_bits =
            static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, pattern)));
        return low_bits | (std::uint64_t{high_bits} << 32);
    }

    template <bool quoting>
    static Masks classify(const char* text, const Wanted& wanted) {
        const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
        const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + 32));
        return {equal(low, high, wanted.delimiter), quoting ? equal(low, high, _mm256_set1_epi8('"')) : 0,
                equal(low, high, _mm256_set1_epi8('\r')), equal(low, high, _mm256_set1_epi8('\n'))};
    }

    /// A carry-less product with all ones adds up, modulo two, all bits at and below each place.
    static std::uint64_t prefix_xor(std::uint64_t bits) {
        const __m128i product =
            _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<std::int64_t>(bits)), _mm_set1_epi8(-1), 0);
        return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
    }

    /// Four at a time whether there are four or not: what is written beyond the count is overwritten by the
    /// next block.
    static void emit(std::uint64_t bits, std::uint32_t base, std::uint32_t* out) {
        while (bits != 0) {
            for (int i = 0; i < 4; ++i) {
                out[i] = base + static_cast<std::uint32_t>(_tzcnt_u64(bits));
                bits = _blsr_u64(bits);
            }
            out += 4;
        }
    }
};

}  // namespace

const Kernels& avx2_kernels() {
    static constexpr Kernels kernels{.set = InstructionSet::avx2,
                                     .scan = scan<Avx2>,
                                     .scan_counting = scan_counting<Avx2>,
                                     .count_line_ends = count_line_ends<Avx2>,
                                     .integers = integers,
                                     .reals = reals_of_16,
                                     .days = days,
                                     .codes = codes,
                                     .texts = texts,
                                     .hash = hash};
    return kernels;
}

}  // namespace truce::csv::kernels

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
