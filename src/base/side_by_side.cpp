// SPDX-License-Identifier: Apache-2.0
#include "base/side_by_side.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace truce {

void run_side_by_side(unsigned threads, std::size_t count,
                      const std::function<void(std::size_t index)>& work) {
    std::atomic<std::size_t> taken{0};
    std::exception_ptr thrown;
    std::mutex thrown_mutex;
    const auto run = [&] {
        try {
            for (std::size_t index = taken++; index < count; index = taken++) work(index);
        } catch (...) {
            taken = count;
            const std::lock_guard lock(thrown_mutex);
            if (!thrown) thrown = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> others;
        const std::size_t wanted =
            std::min<std::size_t>(std::max(threads, 1U), std::max<std::size_t>(count, 1));
        for (std::size_t i = 1; i < wanted; ++i) others.emplace_back(run);
        run();
    }
    if (thrown) std::rethrow_exception(thrown);
}

}  // namespace truce
