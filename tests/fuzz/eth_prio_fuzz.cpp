// SPDX-License-Identifier: Apache-2.0
// Any bytes as a register of agreements: every row is in one place, and what is written can be read.
#include <cstdint>
#include <cstdlib>

#include "base/yaml.h"
#include "sources/agreement_import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace truce;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const ActorRegister nobody;
    const sources::ImportContext context{nobody, Zone::utc()};
    const auto imported = sources::import_agreements(text, context);
    if (!imported) return 0;
    if (imported->rows != imported->used + imported->skipped + imported->rejects.size()) std::abort();
    for (const auto& one : imported->agreements) {
        const auto written = sources::agreement_yaml(one, context, imported->new_actors);
        const auto reading = read_yaml(written);
        if (!reading.errors.empty()) std::abort();
    }
    if (!read_yaml("actors:\n" + sources::actors_yaml(imported->new_actors)).errors.empty()) std::abort();
    return 0;
}
