// SPDX-License-Identifier: Apache-2.0
// Any bytes as a tile's path, as a bundle of entries and as a tree of tiles: each has one spelling, and no
// tile is believed.
#include "record/tiles.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace truce;
    using namespace truce::record;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto path = parse_tile_path(bytes)) {
        const auto spelled =
            path->is_bundle ? bundle_path(path->tile.index, path->tile.width) : tile_path(path->tile);
        if (spelled != bytes) std::abort();
    }
    if (bytes.empty()) return 0;
    const auto width = static_cast<unsigned>(static_cast<std::uint8_t>(bytes[0])) + 1;
    const auto rest = bytes.substr(1);
    if (const auto entries = parse_bundle(rest, width)) {
        const std::vector<std::string> copies(entries->begin(), entries->end());
        if (bundle_of(copies) != rest) std::abort();
    }
    // A tree whose tiles are these bytes: either it is refused, or every node follows up to the root.
    const TileSource source = [&](const Tile& tile) -> Result<std::string> {
        return std::string(rest.substr(0, std::size_t{tile.width} * 32));
    };
    const auto leaves = rest.size() / 32;
    std::vector<Hash> hashes;
    for (std::size_t i = 0; i < leaves && i < width; ++i)
        hashes.push_back(hash_of_bytes(rest.substr(i * 32, 32)));
    const auto tree = TileTree::open(width, root_of(hashes), source);
    if (tree && width < tile_width && hashes.size() == width) {
        if (*tree->node({0, 0}) != hashes[0]) std::abort();
    }
    return 0;
}
