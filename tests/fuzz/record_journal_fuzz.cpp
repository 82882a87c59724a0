// SPDX-License-Identifier: Apache-2.0
// Any bytes as a feed's journal: what is taken from it hashes to what was received, and what is torn is said
// to be.
#include "record/journal.h"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "record/memory_disk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace truce::record;
    MemoryDisk disk;
    DurableWriter(disk).write("journal/000001", {reinterpret_cast<const char*>(data), size});
    const auto found = Journal::read(disk, 0);
    if (!found) return 0;
    if (found->entries.size() != found->leaves.size()) std::abort();
    for (std::size_t i = 0; i < found->entries.size(); ++i) {
        if (leaf_hash(found->entries[i]) != found->leaves[i]) std::abort();
    }
    if (found->torn_files.empty() != found->remarks.empty()) std::abort();
    return 0;
}
