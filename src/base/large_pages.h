// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace truce {

/// Says of memory that is about to be filled that it is large: where the system has large pages it then comes in these,
/// which costs a fraction of what many small ones do. A hint: nothing else depends on it.
///
/// For tables of hundreds of thousands of rows: `rows.reserve(n); ask_for_large_pages(rows.data(), n * sizeof rows[0]);`
void ask_for_large_pages(void* first, std::size_t bytes) noexcept;

}  // namespace truce
