// SPDX-License-Identifier: Apache-2.0
// No text, however broken, makes the reader of case files or the judging of what it read crash or hang.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adjudication/adjudicate_all.h"
#include "adjudication/case_file.h"
#include "model/commitment.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    constexpr std::size_t most = 1U << 14U;
    if (size > most) return 0;
    const auto cases = truce::parse_cases({reinterpret_cast<const char*>(bytes), size});
    if (!cases) return cases.error().message.empty() ? -1 : 0;
    for (const auto& one : *cases) {
        (void)truce::failures_of(one);
        const auto commitments = truce::commitments_of(one.agreements);
        (void)truce::adjudicate_all(one.incidents, commitments, {one.actors, one.areas});
    }
    return 0;
}
