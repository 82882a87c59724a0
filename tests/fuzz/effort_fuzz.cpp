// SPDX-License-Identifier: Apache-2.0
// Any bytes as a table of watching: days and numbers, or an error with its file.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "sources/effort_file.h"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto effort = truce::sources::read_effort(text, "fuzz.csv");
    if (!effort) {
        require(effort.error().file == "fuzz.csv");
        return 0;
    }
    for (const auto& day : *effort) require(day.watched >= 0 && std::isfinite(day.watched));
    return 0;
}
