// SPDX-License-Identifier: Apache-2.0
#include "cli/version.h"

#include <sched.h>

#include <algorithm>
#include <thread>

namespace truce::cli {

int usable_threads() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0) return std::clamp(CPU_COUNT(&set), 1, 256);
    return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 256);
}

}  // namespace truce::cli
