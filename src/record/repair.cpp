// SPDX-License-Identifier: Apache-2.0
#include "record/repair.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "record/tiles.h"
#include "record/verify.h"

namespace truce::record {
namespace {

/// The bytes that a tile must have.
Result<std::string> tile_bytes(const FeedFolder& copy, const Tile& tile) {
    std::string bytes;
    for (std::uint64_t i = 0; i < tile.width; ++i) {
        const auto hash = copy.nodes()({tile.level * tile_height, tile.index * tile_width + i});
        if (!hash) return tl::unexpected(hash.error());
        bytes += bytes_of(*hash);
    }
    return bytes;
}

/// The bytes that a bundle must have.
Result<std::string> bundle_bytes(const FeedFolder& copy, const Tile& tile) {
    std::vector<std::string> entries;
    const auto first = tile.index * tile_width;
    const auto read =
        copy.visit(first, first + tile.width, [&](std::uint64_t, std::string_view entry) -> Result<void> {
            entries.emplace_back(entry);
            return {};
        });
    if (!read) return tl::unexpected(read.error());
    return bundle_of(entries);
}

}  // namespace

Result<std::vector<std::string>> repair(Storage& damaged, const FeedFolder& copy,
                                        const std::vector<VerifierKey>& keys) {
    Policy policy;
    for (const auto& key : keys) policy.logs.push_back({key, {}});
    DurableWriter writer(damaged);
    std::vector<std::string> mended;
    if (!copy.checkpoint()) return failure({.message = "the copy has no entries"});

    auto head = copy.head();
    const auto own = damaged.read("checkpoint");
    const auto verified = own ? verify_signatures(policy, *own) : failure({.message = {}});
    const bool keeps_checkpoint = verified && verified->head.origin == copy.origin();
    if (keeps_checkpoint) {
        head = verified->head;
        const auto root = copy.root_at(head.size);
        if (!root) return tl::unexpected(root.error());
        if (*root != head.root) {
            return failure(
                {.message = "the copy holds another history than the checkpoint here: nothing was changed"});
        }
    }
    for (const auto& tile : new_tiles(0, head.size)) {
        const auto mend = [&](const std::string& path, const Result<std::string>& bytes) -> Result<void> {
            if (!bytes) return tl::unexpected(bytes.error());
            if (damaged.read(path) == *bytes) return {};
            writer.write(path, *bytes);
            mended.push_back(path);
            return {};
        };
        if (auto done = mend(tile_path(tile), tile_bytes(copy, tile)); !done)
            return tl::unexpected(done.error());
        if (tile.level > 0) continue;
        if (auto done = mend(bundle_path(tile.index, tile.width), bundle_bytes(copy, tile)); !done) {
            return tl::unexpected(done.error());
        }
    }
    // The checkpoint last: what it covers must be there.
    if (!keeps_checkpoint) {
        writer.write("checkpoint", copy.checkpoint()->bytes());
        mended.emplace_back("checkpoint");
    }
    return mended;
}

}  // namespace truce::record
