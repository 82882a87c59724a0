// SPDX-License-Identifier: Apache-2.0
#include "record/tiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <charconv>

namespace truce::record {
namespace {

constexpr std::size_t hash_length = sizeof(Hash::bytes);

/// A number in groups of three digits, all but the last with an x before it: 1234067 is x001/x234/067.
std::string grouped(std::uint64_t number) {
    auto text = fmt::format("{:03}", number % 1000);
    while (number >= 1000) {
        number /= 1000;
        text.insert(0, fmt::format("x{:03}/", number % 1000));
    }
    return text;
}

std::string width_suffix(unsigned width) {
    return width == tile_width ? std::string{} : fmt::format(".p/{}", width);
}

std::optional<unsigned> small_number(std::string_view text, unsigned most) {
    unsigned number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{} || end != text.data() + text.size() || number > most) return std::nullopt;
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    return number;
}

/// How many nodes of height 8 * level the tree has.
std::uint64_t level_size(std::uint64_t size, unsigned level) {
    const auto shift = level * tile_height;
    return shift >= 64 ? 0 : size >> shift;
}

Hash hash_at(std::string_view tile, std::uint64_t index) {
    return hash_of_bytes(tile.substr(index * hash_length, hash_length));
}

/// The root of the complete subtree over `count` hashes of a tile, from the hash at `first` on.
Hash root_within(std::string_view tile, std::uint64_t first, std::uint64_t count) {
    std::vector<Hash> hashes;
    hashes.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) hashes.push_back(hash_at(tile, first + i));
    for (; hashes.size() > 1; hashes.resize(hashes.size() / 2)) {
        for (std::size_t i = 0; i < hashes.size() / 2; ++i)
            hashes[i] = node_hash(hashes[2 * i], hashes[2 * i + 1]);
    }
    return hashes.front();
}

Result<std::string> fetched(const TileSource& source, const Tile& tile) {
    auto bytes = source(tile);
    if (bytes && bytes->size() != tile.width * hash_length) {
        return failure({.message = fmt::format("{}: it has {} bytes; want {}", tile_path(tile), bytes->size(),
                                               tile.width * hash_length)});
    }
    return bytes;
}

}  // namespace

std::string tile_path(const Tile& tile) {
    return fmt::format("tile/{}/{}{}", tile.level, grouped(tile.index), width_suffix(tile.width));
}

std::string bundle_path(std::uint64_t index, unsigned width) {
    return fmt::format("tile/entries/{}{}", grouped(index), width_suffix(width));
}

std::optional<TilePath> parse_tile_path(std::string_view path) {
    constexpr unsigned highest_level = 63;
    constexpr std::uint64_t most_tiles = std::uint64_t{1} << 55U;  // 2^63 entries, 256 to each
    constexpr std::string_view folder = "tile/";
    if (!path.starts_with(folder)) return std::nullopt;
    auto rest = path.substr(folder.size());
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    TilePath found;
    found.is_bundle = rest.substr(0, slash) == "entries";
    if (!found.is_bundle) {
        const auto level = small_number(rest.substr(0, slash), highest_level);
        if (!level) return std::nullopt;
        found.tile.level = *level;
    }
    rest.remove_prefix(slash + 1);
    if (const auto partial = rest.find(".p/"); partial != std::string_view::npos) {
        const auto width = small_number(rest.substr(partial + 3), tile_width - 1);
        if (!width || *width == 0) return std::nullopt;
        found.tile.width = *width;
        rest = rest.substr(0, partial);
    }
    for (bool last = false; !last;) {
        const auto end = rest.find('/');
        last = end == std::string_view::npos;
        auto group = rest.substr(0, end);
        if (!last) {
            if (!group.starts_with('x')) return std::nullopt;
            group.remove_prefix(1);
            rest.remove_prefix(end + 1);
        }
        if (group.size() != 3 || !std::ranges::all_of(group, [](char c) { return c >= '0' && c <= '9'; })) {
            return std::nullopt;
        }
        for (const char digit : group) {
            found.tile.index = found.tile.index * 10 + static_cast<std::uint64_t>(digit - '0');
        }
        if (found.tile.index >= most_tiles) return std::nullopt;
    }
    // Groups of zeros in front would be a second spelling.
    const auto spelled =
        found.is_bundle ? bundle_path(found.tile.index, found.tile.width) : tile_path(found.tile);
    if (spelled != path) return std::nullopt;
    return found;
}

std::vector<Tile> new_tiles(std::uint64_t old_size, std::uint64_t size) {
    assert(old_size <= size);
    std::vector<Tile> tiles;
    for (unsigned level = 0; level_size(size, level) > 0; ++level) {
        const auto before = level_size(old_size, level);
        const auto after = level_size(size, level);
        if (before == after) continue;
        for (auto index = before / tile_width; index * tile_width < after; ++index) {
            const auto width = std::min<std::uint64_t>(tile_width, after - index * tile_width);
            tiles.push_back({level, index, static_cast<unsigned>(width)});
        }
    }
    return tiles;
}

std::vector<Tile> edge_tiles(std::uint64_t size) {
    std::vector<Tile> tiles;
    for (unsigned level = 0; level_size(size, level) > 0; ++level) {
        const auto width = static_cast<unsigned>(level_size(size, level) % tile_width);
        if (width != 0) tiles.push_back({level, level_size(size, level) / tile_width, width});
    }
    return tiles;
}

std::string bundle_of(std::span<const std::string> entries) {
    std::string bytes;
    for (const auto& entry : entries) {
        assert(entry.size() <= longest_entry);
        bytes += static_cast<char>(entry.size() >> 8U);
        bytes += static_cast<char>(entry.size() & 255U);
        bytes += entry;
    }
    return bytes;
}

Result<std::vector<std::string_view>> parse_bundle(std::string_view bytes, unsigned width) {
    std::vector<std::string_view> entries;
    entries.reserve(width);
    auto rest = bytes;
    while (entries.size() < width) {
        const auto bad = [&] {
            return failure(
                {.message = fmt::format("the bundle ends within entry {} of {}", entries.size() + 1, width)});
        };
        if (rest.size() < 2) return bad();
        const std::size_t length = static_cast<std::size_t>(static_cast<std::uint8_t>(rest[0])) << 8U |
                                   static_cast<std::uint8_t>(rest[1]);
        if (rest.size() - 2 < length) return bad();
        entries.push_back(rest.substr(2, length));
        rest.remove_prefix(2 + length);
    }
    if (!rest.empty()) {
        return failure(
            {.message = fmt::format("{} bytes follow the {} entries of the bundle", rest.size(), width)});
    }
    return entries;
}

Hash full_tile_root(std::string_view tile_bytes) {
    assert(tile_bytes.size() == tile_width * hash_length);
    return root_within(tile_bytes, 0, tile_width);
}

TileTree::TileTree(std::uint64_t size, const Hash& root, TileSource source)
    : size_(size), root_(root), source_(std::move(source)) {}

Result<TileTree> TileTree::open(std::uint64_t size, const Hash& root, TileSource source) {
    TileTree tree(size, root, std::move(source));
    for (const auto& tile : edge_tiles(size)) {
        auto bytes = fetched(tree.source_, tile);
        if (!bytes) return tl::unexpected(std::move(bytes).error());
        tree.edge_.emplace(tile.level, *std::move(bytes));
    }
    if (tree.growing().root() != root) {
        return failure(
            {.message = fmt::format("the hashes at the edge of the tree of {} entries do not give the root "
                                    "of its checkpoint",
                                    size)});
    }
    return tree;
}

GrowingTree TileTree::growing() const {
    std::vector<Hash> peaks;
    for (unsigned height = 64; height-- > 0;) {
        if ((size_ >> height & 1U) == 0) continue;
        // The peak's hashes are the last complete group of its size in the partial tile that holds them.
        const auto count = std::uint64_t{1} << height % tile_height;
        const auto& tile = edge_.at(height / tile_height);
        const auto before =
            (size_ >> height / tile_height * tile_height) % tile_width / (count * 2) * (count * 2);
        peaks.push_back(root_within(tile, before, count));
    }
    return {size_, std::move(peaks)};
}

Result<const std::string*> TileTree::checked_tile(unsigned level, std::uint64_t index) const {
    if (index == level_size(size_, level) / tile_width) return &edge_.at(level);
    if (const auto kept = kept_.find(level); kept != kept_.end() && kept->second.first == index) {
        return &kept->second.second;
    }
    const Tile tile{level, index, tile_width};
    auto bytes = fetched(source_, tile);
    if (!bytes) return tl::unexpected(std::move(bytes).error());
    const auto above = node({(level + 1) * tile_height, index});
    if (!above) return tl::unexpected(above.error());
    if (full_tile_root(*bytes) != *above) {
        return failure({.message = fmt::format("{}: its hashes are not those that the checkpoint covers",
                                               tile_path(tile))});
    }
    auto& kept = kept_[level];
    kept = {index, *std::move(bytes)};
    return &kept.second;
}

Result<Hash> TileTree::node(NodePlace place) const {
    assert(place.height < 64 && place.index < size_ >> place.height);
    const auto level = place.height / tile_height;
    const auto count = std::uint64_t{1} << place.height % tile_height;
    const auto first = place.index * count;
    const auto tile = checked_tile(level, first / tile_width);
    if (!tile) return tl::unexpected(tile.error());
    return root_within(**tile, first % tile_width, count);
}

NodeSource TileTree::nodes() const {
    return [this](NodePlace place) { return node(place); };
}

}  // namespace truce::record
