// SPDX-License-Identifier: Apache-2.0
// Any bytes as the mapping of a list of persons: a mapping or errors; a list read by it has a value for every
// field and person.
#include <cstdint>
#include <cstdlib>

#include "sources/person_lists.h"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto reading = truce::sources::read_person_mapping(text, "fuzz.yaml");
    if (!reading.errors.empty()) return 0;
    const auto list = truce::sources::read_person_list("id,first,dob\n1,Ali,1980-02-03\n2,-,\n", "fuzz.csv",
                                                       reading.mapping);
    if (!list) return 0;
    require(list->values.size() == list->fields.size());
    for (const auto& column : list->values) require(column.size() == list->size());
    return 0;
}
