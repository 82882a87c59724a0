// SPDX-License-Identifier: Apache-2.0
// Any bytes as a mapping file: a mapping or an error; a table read by it loses no row.
#include "sources/mapping.h"

#include <cstdint>
#include <cstdlib>

#include "sources/accounts.h"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto reading = truce::sources::read_mapping(text, "fuzz.yaml");
    require(reading.mapping.has_value() == reading.errors.empty());
    if (!reading.mapping) return 0;
    const truce::ActorRegister actors;
    const truce::AreaRegister areas;
    const truce::sources::Context context{
        .actors = actors, .areas = areas, .zone = truce::Zone::utc(), .threads = 1};
    const auto result = truce::sources::read_accounts(
        "date;time;lat;lon;type;who;dead\n2016-05-04;14:30;36,2;37.15;Air "
        "strike;a|b;3\n03/04/2016;x;0;0;;;-1\n42494;;;;;;\n",
        "fuzz.csv", context, &*reading.mapping);
    if (result) require(result->source.rows == result->accounts.size() + result->rejects.size());
    return 0;
}
