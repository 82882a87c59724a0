// SPDX-License-Identifier: Apache-2.0
// Any bytes as a proof of an entry: read or refused, and written back as what was read.
#include "record/proof.h"

#include <cstdint>
#include <cstdlib>

#include "record/merkle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace truce::record;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto proof = parse_proof(bytes);
    if (!proof) return 0;
    const auto again = parse_proof(proof->bytes());
    if (!again || again->index != proof->index || again->path != proof->path ||
        again->checkpoint != proof->checkpoint) {
        std::abort();
    }
    // Whatever it says, checking it ends.
    (void)inclusion_holds(proof->index, {0, largest_size}, leaf_hash("x"), leaf_hash("y"), proof->path);
    (void)consistency_holds(proof->index, largest_size, leaf_hash("x"), leaf_hash("y"), proof->path);
    return 0;
}
