// SPDX-License-Identifier: Apache-2.0
// Any bytes as a place: a place on the map, with a radius, or a reason.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "geo/coordinates.h"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto place = truce::parse_written_place(text);
    if (!place) {
        require(!place.error().message.empty());
        return 0;
    }
    require(truce::is_valid(place->disc.centre));
    require(std::isfinite(place->disc.radius.in_km()));
    require(truce::parse_place(text) == place->disc.centre);
    return 0;
}
