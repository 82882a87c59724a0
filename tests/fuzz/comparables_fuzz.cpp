// SPDX-License-Identifier: Apache-2.0
// Any bytes as a register of ceasefires or a table of durations: every comparable lasted as long as it may
// have.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "sources/comparables.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace truce;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto read = sources::read_comparables(text, "fuzz", {}, {{"2", TruceEnd::expired}});
    if (!read) return 0;
    const Comparables& comparables = read->comparables;
    if (comparables.rejects != read->rejects.size()) std::abort();
    if (comparables.list.size() + comparables.rejects > comparables.rows) std::abort();
    for (const Comparable& one : comparables.list) {
        if (!(one.at_least >= 0 && one.at_least <= one.at_most && std::isfinite(one.at_most))) std::abort();
        if (one.entered > 0 && !(one.entered < one.at_most)) std::abort();
        if (one.covariates.size() != comparables.covariates.size()) std::abort();
    }
    return 0;
}
