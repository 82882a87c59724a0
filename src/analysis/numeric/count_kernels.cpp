// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/count_kernels.h"

#include "analysis/numeric/count_kernels_rows.h"

namespace truce::numeric::kernels {

const CountKernels& portable_count_kernels() {
    return kernels_of_this_file;
}

#if !defined(__x86_64__)
const CountKernels& avx2_count_kernels() {
    return portable_count_kernels();
}
#endif

const CountKernels& best_count_kernels() {
#if defined(__x86_64__)
    static const CountKernels& best =
        __builtin_cpu_supports("avx2") ? avx2_count_kernels() : portable_count_kernels();
    return best;
#else
    return portable_count_kernels();
#endif
}

}  // namespace truce::numeric::kernels
