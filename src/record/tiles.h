// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "record/merkle.h"

namespace truce::record {

/// How many hashes or entries a full tile holds, and how many levels of the tree lie in one tile.
inline constexpr unsigned tile_width = 256;
inline constexpr unsigned tile_height = 8;
/// The longest entry: an entry bundle has two bytes for its length. Larger things go in by their hash.
inline constexpr std::size_t longest_entry = 65'535;

/// One file of a feed in the layout of C2SP tlog-tiles v0.1.0: a run of hashes of one level of the tree.
///
/// Hash i of the tile is the node of height 8 * level with index 256 * index + i.
struct Tile {
    unsigned level = 0;
    std::uint64_t index = 0;
    /// How many hashes it holds: 1 to 256. A tile with fewer than 256 is partial; only the last of a level
    /// is.
    unsigned width = tile_width;
    friend auto operator<=>(const Tile&, const Tile&) = default;
};

/// `tile/1/x001/x234/067`, with `.p/112` behind it for a partial tile of 112 hashes.
[[nodiscard]] std::string tile_path(const Tile& tile);
/// `tile/entries/x001/x234/067`, with `.p/112` for a partial bundle: the entries under the tile of level 0.
[[nodiscard]] std::string bundle_path(std::uint64_t index, unsigned width = tile_width);

/// The tile or bundle that a path names, which it must do in its one spelling.
struct TilePath {
    bool is_bundle = false;
    Tile tile;
};
[[nodiscard]] std::optional<TilePath> parse_tile_path(std::string_view path);

/// The tiles of a tree of `size` entries that hold hashes beyond those of the tree of `old_size` entries,
/// level by level from the leaves: full ones and the partial ones at the edge. With old_size 0: all tiles.
/// Requires: old_size <= size.
[[nodiscard]] std::vector<Tile> new_tiles(std::uint64_t old_size, std::uint64_t size);
/// The partial tiles of a tree of `size` entries: the right edge, at most one for each level.
[[nodiscard]] std::vector<Tile> edge_tiles(std::uint64_t size);

/// Entries as a bundle holds them: two bytes of length, then the entry, for each.
/// Requires: no entry is longer than `longest_entry`.
[[nodiscard]] std::string bundle_of(std::span<const std::string> entries);
/// The entries of a bundle, as views into it. Fails unless the bytes are exactly `width` entries.
[[nodiscard]] Result<std::vector<std::string_view>> parse_bundle(std::string_view bytes, unsigned width);

/// The hashes of the nodes above a tile's hashes: the root of a full tile's 256 hashes, in the level above.
/// Requires: 256 hashes of 32 bytes.
[[nodiscard]] Hash full_tile_root(std::string_view tile_bytes);

/// Brings the bytes of a tile, or a reason why not. The bytes need not be right: `TileTree` checks them.
using TileSource = std::function<Result<std::string>(const Tile&)>;

/// The tree under one head, read from tiles. Every hash that it gives has been followed up to the head's
/// root, so that a wrong bit in any tile is an error and never an answer.
class TileTree {
public:
    /// Reads the tiles at the tree's right edge and checks that they give `root`.
    [[nodiscard]] static Result<TileTree> open(std::uint64_t size, const Hash& root, TileSource source);

    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] const Hash& root() const { return root_; }
    /// The tree's peaks, to go on growing it.
    [[nodiscard]] GrowingTree growing() const;
    /// The hash of a complete node. Requires: the node lies in the tree.
    /// Cost: reads at most one tile for each 8 levels above; the last tiles read are kept.
    [[nodiscard]] Result<Hash> node(NodePlace place) const;
    /// `node`, as those who make proofs take it. Valid as long as the tree is.
    [[nodiscard]] NodeSource nodes() const;

private:
    TileTree(std::uint64_t size, const Hash& root, TileSource source);
    [[nodiscard]] Result<const std::string*> checked_tile(unsigned level, std::uint64_t index) const;

    std::uint64_t size_;
    Hash root_;
    TileSource source_;
    std::map<unsigned, std::string> edge_;
    // The last full tile of each level: proofs and scans come back to it.
    mutable std::map<unsigned, std::pair<std::uint64_t, std::string>> kept_;
};

}  // namespace truce::record
