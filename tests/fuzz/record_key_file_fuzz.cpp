// SPDX-License-Identifier: Apache-2.0
// Any bytes as a key file, up to the passphrase: read or refused.
#include <cstdint>
#include <cstdlib>

#include "record/key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto keys = truce::record::read_key_file({reinterpret_cast<const char*>(data), size});
    if (keys && !truce::record::is_plain_name(keys->name)) std::abort();
    return 0;
}
