// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "analysis/numeric/scan_kernels.h"

// Everything below is compiled for processors with AVX2; scan_kernels.cpp asks the processor before it calls
// any of it.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif

#include "analysis/numeric/scan_kernels_loops.h"

namespace truce::numeric::scan_kernels {

namespace {

struct Avx2 {
    static constexpr std::size_t count = 8;
    using V = __m256;

    static V load(const float* from) { return _mm256_loadu_ps(from); }
    static void store(float* to, V v) { _mm256_storeu_ps(to, v); }
    static V all(float x) { return _mm256_set1_ps(x); }
    static V add(V a, V b) { return _mm256_add_ps(a, b); }
    static V subtract(V a, V b) { return _mm256_sub_ps(a, b); }
    static V multiply(V a, V b) { return _mm256_mul_ps(a, b); }
    static V less_product(V a, V b, V c) { return _mm256_fnmadd_ps(b, c, a); }
    static V lesser(V a, V b) { return _mm256_min_ps(a, b); }
    static V greater(V a, V b) { return _mm256_max_ps(a, b); }
    static std::uint32_t above(V a, V b) {
        return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ)));
    }
};

void add_base_of_4(const double* series, double* sum, float* rounded, std::size_t size) {
    for (std::size_t i = 0; i < size; i += 4) {
        const __m256d added = _mm256_add_pd(_mm256_loadu_pd(sum + i), _mm256_loadu_pd(series + i));
        _mm256_storeu_pd(sum + i, added);
        _mm_storeu_ps(rounded + i, _mm256_cvtpd_ps(added));
    }
}

}  // namespace

const Kernels& avx2_kernels() {
    static constexpr Kernels kernels{.set = InstructionSet::avx2,
                                     .add = add_series<Avx2>,
                                     .subtract = subtract_series<Avx2>,
                                     .add_base = add_base_of_4,
                                     .any_above = any_above<Avx2>,
                                     .ends_above = ends_above<Avx2>,
                                     .starts_above = starts_above<Avx2>};
    return kernels;
}

}  // namespace truce::numeric::scan_kernels

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
