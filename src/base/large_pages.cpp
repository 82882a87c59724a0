// SPDX-License-Identifier: Apache-2.0
#include "base/large_pages.h"

#include <sys/mman.h>

#include <cstdint>

namespace truce {

void ask_for_large_pages(void* first, std::size_t bytes) noexcept {
#ifdef MADV_HUGEPAGE
    constexpr std::uintptr_t large = std::uintptr_t{2} << 20U;
    const auto from = (reinterpret_cast<std::uintptr_t>(first) + large - 1) & ~(large - 1);
    const auto to = (reinterpret_cast<std::uintptr_t>(first) + bytes) & ~(large - 1);
    if (from < to) static_cast<void>(madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE));
#else
    static_cast<void>(first);
    static_cast<void>(bytes);
#endif
}

}  // namespace truce
