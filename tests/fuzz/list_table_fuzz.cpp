// SPDX-License-Identifier: Apache-2.0
// Any bytes as a table of lists: people who add up to what was read, or errors.
#include "sources/list_table.h"

#include <cstdint>
#include <cstdlib>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace truce::sources;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const ListColumns by_stratum{.lists = {}, .count = {}, .stratum = "stratum"};
    for (const auto& columns : {ListColumns{}, by_stratum}) {
        const auto table = read_list_table(text, "fuzz.csv", columns);
        if (!table) {
            require(!table.error().empty());
            for (const auto& error : table.error()) require(!error.message.empty());
            continue;
        }
        require(table->lists.size() >= 2 && table->lists.size() <= most_lists);
        const auto all = std::uint32_t{1} << table->lists.size();
        for (const auto& stratum : table->strata) {
            std::uint32_t last = 0;
            for (const auto& [set, people] : stratum.listed) {
                require(set > last && set < all && people > 0);
                last = set;
            }
        }
    }
    return 0;
}
