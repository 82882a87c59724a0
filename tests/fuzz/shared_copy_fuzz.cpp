// SPDX-License-Identifier: Apache-2.0
// Any bytes as a picture to be shared: what comes out comes out again of itself, and is no longer than what went in but for the
// head that says which way is up.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "record/shared_copy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t head = 36;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto copy = truce::record::without_metadata(bytes);
    if (!copy) return 0;
    if (copy->size() > size + head) std::abort();
    const auto again = truce::record::without_metadata(*copy);
    if (!again || *again != *copy) std::abort();
    return 0;
}
