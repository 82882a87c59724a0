// SPDX-License-Identifier: Apache-2.0
// Any bytes as a GeoJSON geometry or a TopoJSON text: what is read can be written, read back and asked about.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "geo/area_index.h"
#include "geo/geojson.h"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

/// The index and the definition agree on every vertex and on the middle of the box.
void ask_about(const truce::Shape& shape) {
    const auto box = shape.bounds();
    if (!box || shape.lats().size() > 2000) return;
    const truce::AreaIndex index({shape});
    const auto agree = [&](truce::Point p) { require(index.contains(0, p) == truce::contains(shape, p)); };
    agree({(box->south + box->north) / 2, (box->west + box->east) / 2});
    for (std::size_t i = 0; i < shape.lats().size(); ++i) {
        const truce::Point vertex{shape.lats()[i], shape.lons()[i]};
        require(truce::contains(shape, vertex));
        agree(vertex);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto geometry = truce::geometry_from_geojson(text, {.vertices = 100'000, .depth = 16})) {
        std::string once;
        truce::append_geojson(once, *geometry);
        const auto back = truce::geometry_from_geojson(once);
        require(back.has_value());
        std::string twice;
        truce::append_geojson(twice, *back);
        require(once == twice);
        if (const auto* shape = std::get_if<truce::Shape>(&*geometry)) ask_about(*shape);
    } else {
        require(!geometry.error().message.empty());
    }
    if (text.find("Topology") != text.npos) {
        const auto countries = truce::country_shapes(text);
        require(countries.has_value() || !countries.error().message.empty());
    }
    return 0;
}
