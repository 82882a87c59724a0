// SPDX-License-Identifier: Apache-2.0
// Any bytes as a bundle, with the checksum made to fit so that what lies behind it is reached too: read or
// refused, and merged into an empty record only what verifies.
#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/crc32c.h"
#include "record/exchange.h"
#include "record/memory_disk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace truce;
    using namespace truce::record;
    std::string bytes(reinterpret_cast<const char*>(data), size);
    (void)parse_bundle_file(bytes);
    constexpr std::size_t end_length = 13;
    if (bytes.size() > end_length) bytes.resize(bytes.size() - end_length);
    bytes += fmt::format("end {:08x}\n", crc32c(bytes));
    const auto bundle = parse_bundle_file(bytes, {.bundle_bytes = 1 << 20, .entries_of_feed = 10'000});
    if (!bundle) return 0;
    MemoryDisk disk;
    auto shelf = Shelf::create(
        disk, "log us.example/a+90d3f57b+AZLV3r3a3aZTUJhoSTRCgx/NalkmJlCP2yJYMEfjEp5r\nquorum none\n");
    const auto merged = merge_bundle(*shelf, *bundle, Reader{});
    const auto feed = shelf->feed("us.example/a");
    if (!feed || !feed->check().faults.empty()) std::abort();
    if (!merged && feed->size() != 0) std::abort();
    return 0;
}
