// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

namespace truce {

/// Calls `work(0)` to `work(count - 1)`, side by side on at most `threads` threads, the calling one included.
///
/// Which thread takes which index is not fixed, but a thread takes them in rising order. With one thread (or
/// 0) everything runs on the calling thread, in order. After an exception no more work is begun; the
/// exception is rethrown here.
void run_side_by_side(unsigned threads, std::size_t count,
                      const std::function<void(std::size_t index)>& work);

}  // namespace truce
