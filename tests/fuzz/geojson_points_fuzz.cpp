// SPDX-License-Identifier: Apache-2.0
// Any bytes as GeoJSON points: a table of features or an error, each row as wide as the header.
#include "sources/geojson_points.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto table = truce::sources::geojson::read_features(text);
    if (!table) return table.error().message.empty() ? (std::abort(), 0) : 0;
    for (const auto& row : table->rows) {
        if (row.cells.size() != table->header.size()) std::abort();
    }
    return 0;
}
