// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "analysis/numeric/count_kernels.h"

// AVX2 without fused products: these would round otherwise than the portable form does.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif

#include "analysis/numeric/count_kernels_rows.h"

namespace truce::numeric::kernels {

const CountKernels& avx2_count_kernels() {
    return kernels_of_this_file;
}

}  // namespace truce::numeric::kernels

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
