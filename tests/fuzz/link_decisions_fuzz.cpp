// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file of decisions on links: decisions of two accounts or more, each of them named, or
// errors.
#include <cstdint>
#include <cstdlib>

#include "sources/link_decisions_file.h"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto reading = truce::sources::read_link_decisions(text, "fuzz.yaml");
    require(reading.errors.empty() || reading.decisions.empty());
    for (const auto& decision : reading.decisions) {
        require(decision.accounts.size() >= 2);
        for (const auto& account : decision.accounts) {
            require(account.raw.empty() ? !account.source.empty() && !account.key.empty()
                                        : account.raw.size() >= 12);
        }
    }
    return 0;
}
