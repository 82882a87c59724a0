// SPDX-License-Identifier: Apache-2.0
#include "record/feed_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "record/policy.h"

namespace truce::record {
namespace {

constexpr std::string_view checkpoint_path = "checkpoint";
constexpr std::size_t hash_length = sizeof(Hash::bytes);

/// How many entries a bundle has in a feed of `size`.
unsigned bundle_width(std::uint64_t size, std::uint64_t bundle) {
    return static_cast<unsigned>(std::min<std::uint64_t>(tile_width, size - bundle * tile_width));
}

/// The folder of a tile's or bundle's partial forms.
std::string partials_of(const std::string& full_path) {
    return full_path + ".p";
}

Error missing(const std::string& path) {
    return {.message = "the file is missing", .file = path};
}

/// The hashes of a level that a feed has before it grows, from the last tile that was not full on.
std::string partial_hashes(const TileTree& tree, unsigned level) {
    const auto count = tree.size() >> level * tile_height;
    std::string bytes;
    for (auto index = count / tile_width * tile_width; index < count; ++index) {
        bytes += bytes_of(*tree.node({level * tile_height, index}));
    }
    return bytes;
}

/// The tiles that a feed gets when leaves are added, from what lies at its edge.
std::vector<NamedBytes> grown_tiles(const TileTree& tree, std::span<const Hash> leaves) {
    std::vector<NamedBytes> files;
    std::string added;
    for (const auto& leaf : leaves) added += bytes_of(leaf);
    for (unsigned level = 0; !added.empty(); ++level) {
        const auto before = tree.size() >> level * tile_height;
        const auto bytes = partial_hashes(tree, level) + added;
        added.clear();
        auto index = before / tile_width;
        for (std::size_t at = 0; at < bytes.size(); at += tile_width * hash_length, ++index) {
            const auto tile = std::string_view(bytes).substr(at, tile_width * hash_length);
            const auto width = static_cast<unsigned>(tile.size() / hash_length);
            files.push_back({tile_path({level, index, width}), std::string(tile)});
            if (width == tile_width) added += bytes_of(full_tile_root(tile));
        }
    }
    return files;
}

}  // namespace

FeedFolder::FeedFolder(Storage& folder, std::string origin)
    : folder_(&folder),
      writer_(std::make_unique<DurableWriter>(folder)),
      head_{.origin = std::move(origin), .size = 0, .root = empty_root(), .extensions = {}} {}

Result<FeedFolder> FeedFolder::open(Storage& folder, std::string origin, std::vector<VerifierKey> keys) {
    FeedFolder feed(folder, std::move(origin));
    if (const auto bytes = folder.read(std::string(checkpoint_path))) {
        Policy policy;
        for (auto& key : keys) policy.logs.push_back({std::move(key), {}});
        auto verified = verify_signatures(policy, *bytes);
        if (verified && verified->head.origin != feed.origin()) {
            verified =
                failure({.message = fmt::format("it is of '{}', another feed", verified->head.origin)});
        }
        if (!verified) {
            return failure(
                {.message = fmt::format("{}; the feed is not used until its checkpoint is restored from a "
                                        "copy that another monitor holds",
                                        verified.error().message),
                 .file = std::string(checkpoint_path)});
        }
        feed.head_ = verified->head;
        feed.checkpoint_ = parse_note(*bytes).value();
    }
    if (auto loaded = feed.load_tree(feed.head_, feed.tree_); !loaded) {
        return tl::unexpected(std::move(loaded).error());
    }
    return feed;
}

Result<void> FeedFolder::load_tree(const Checkpoint& head, std::unique_ptr<TileTree>& tree) const {
    // The source must not hold `this`, which moves.
    auto opened = TileTree::open(head.size, head.root, tile_source());
    if (!opened) return tl::unexpected(std::move(opened).error());
    tree = std::make_unique<TileTree>(*std::move(opened));
    return {};
}

TileSource FeedFolder::tile_source() const {
    return [folder = folder_](const Tile& tile) -> Result<std::string> {
        const auto path = tile_path(tile);
        if (auto bytes = folder->read(path)) return *std::move(bytes);
        // The full tile takes the place of its partial forms.
        if (tile.width < tile_width) {
            auto full = folder->read(tile_path({tile.level, tile.index, tile_width}));
            if (full && full->size() >= tile.width * hash_length)
                return full->substr(0, tile.width * hash_length);
        }
        return failure(missing(path));
    };
}

Result<std::string> FeedFolder::read_bundle(std::uint64_t index, unsigned width) const {
    const auto path = bundle_path(index, width);
    if (auto bytes = folder_->read(path)) return *std::move(bytes);
    if (width < tile_width) {
        if (const auto full = folder_->read(bundle_path(index))) {
            if (const auto entries = parse_bundle(*full, tile_width)) {
                const auto& last = (*entries)[width - 1];
                return full->substr(0, static_cast<std::size_t>(last.data() - full->data()) + last.size());
            }
        }
    }
    return failure(missing(path));
}

Result<std::string> FeedFolder::entry(std::uint64_t index) const {
    if (index >= head_.size) {
        return failure({.message = fmt::format("there is no entry {}: the feed has {}", index, head_.size)});
    }
    const auto bundle = index / tile_width;
    const auto width = bundle_width(head_.size, bundle);
    auto bytes = read_bundle(bundle, width);
    if (!bytes) return bytes;
    const auto entries = parse_bundle(*bytes, width);
    if (!entries) return failure({.message = entries.error().message, .file = bundle_path(bundle, width)});
    const auto leaf = tree_->node({0, index});
    if (!leaf) return tl::unexpected(leaf.error());
    const auto found = (*entries)[index % tile_width];
    if (leaf_hash(found) != *leaf) {
        return failure({.message = fmt::format("entry {} is not what was signed", index),
                        .file = bundle_path(bundle, width)});
    }
    return std::string(found);
}

Result<void> FeedFolder::visit(std::uint64_t first, std::uint64_t end, const Visitor& visit) const {
    return visit_in(*tree_, first, end, visit);
}

Result<void> FeedFolder::visit_in(const TileTree& tree, std::uint64_t first, std::uint64_t end,
                                  const Visitor& visit) const {
    assert(first <= end && end <= tree.size());
    for (auto bundle = first / tile_width; bundle * tile_width < end && first < end; ++bundle) {
        const auto width = bundle_width(tree.size(), bundle);
        const auto bytes = read_bundle(bundle, width);
        if (!bytes) return tl::unexpected(bytes.error());
        const auto entries = parse_bundle(*bytes, width);
        if (!entries)
            return failure({.message = entries.error().message, .file = bundle_path(bundle, width)});
        const auto start = std::max(first, bundle * tile_width);
        const auto stop = std::min(end, bundle * tile_width + width);
        for (auto index = start; index < stop; ++index) {
            const auto leaf = tree.node({0, index});
            if (!leaf) return tl::unexpected(leaf.error());
            if (leaf_hash((*entries)[index % tile_width]) != *leaf) {
                return failure({.message = fmt::format("entry {} is not what was signed", index),
                                .file = bundle_path(bundle, width)});
            }
        }
        for (auto index = start; index < stop; ++index) {
            if (auto visited = visit(index, (*entries)[index % tile_width]); !visited) return visited;
        }
    }
    return {};
}

Result<EntryProof> FeedFolder::prove(std::uint64_t index) const {
    if (!checkpoint_) return failure({.message = "the feed has no entries here"});
    return prove(index, {head_, *checkpoint_});
}

Result<EntryProof> FeedFolder::prove(std::uint64_t index, const SignedCheckpoint& under) const {
    const auto root = root_at(under.head.size);
    if (!root) return tl::unexpected(root.error());
    if (*root != under.head.root) return failure({.message = "the older checkpoint is not of this history"});
    auto path = prove_inclusion(index, under.head.size, tree_->nodes());
    if (!path) return tl::unexpected(std::move(path).error());
    return EntryProof{index, *std::move(path), under.note.bytes()};
}

Result<std::vector<Hash>> FeedFolder::prove_from(std::uint64_t old_size) const {
    return prove_consistency(old_size, head_.size, tree_->nodes());
}

Result<Hash> FeedFolder::root_at(std::uint64_t size) const {
    if (size > head_.size) {
        return failure({.message = fmt::format("the feed has {} entries, not {}", head_.size, size)});
    }
    if (size == 0) return empty_root();
    return range_hash(0, size, tree_->nodes());
}

Result<Checkpoint> FeedFolder::extend(std::span<const std::string> entries, std::span<const Hash> leaves) {
    assert(entries.size() == leaves.size());
    const auto& before = extended_ ? *extended_ : *tree_;
    Checkpoint next{.origin = head_.origin, .size = before.size(), .root = before.root(), .extensions = {}};
    if (entries.empty()) return next;
    // The entries of the last bundle are written again, beside the new ones; they must still be what was
    // signed.
    std::vector<std::string> run;
    std::vector<Hash> run_leaves;
    const auto run_first = before.size() / tile_width * tile_width;
    const auto kept = visit_in(before, run_first, before.size(),
                               [&](std::uint64_t, std::string_view entry) -> Result<void> {
                                   run.emplace_back(entry);
                                   run_leaves.push_back(leaf_hash(entry));
                                   return {};
                               });
    if (!kept) return tl::unexpected(kept.error());
    run.insert(run.end(), entries.begin(), entries.end());
    run_leaves.insert(run_leaves.end(), leaves.begin(), leaves.end());

    auto files = grown_tiles(before, leaves);
    for (std::size_t at = 0; at < run.size(); at += tile_width) {
        const auto width = std::min<std::size_t>(tile_width, run.size() - at);
        files.push_back({bundle_path((run_first + at) / tile_width, static_cast<unsigned>(width)),
                         bundle_of(std::span(run).subspan(at, width))});
    }
    writer_->write(files);

    // From here on only what the disk gives back counts.
    GrowingTree tree = before.growing();
    for (std::size_t at = 0; at < run.size(); at += tile_width) {
        const auto width = static_cast<unsigned>(std::min<std::size_t>(tile_width, run.size() - at));
        const auto path = bundle_path((run_first + at) / tile_width, width);
        const auto bytes = folder_->read(path);
        if (!bytes) return failure(missing(path));
        const auto read = parse_bundle(*bytes, width);
        if (!read) return failure({.message = read.error().message, .file = path});
        for (std::size_t i = 0; i < width; ++i) {
            const auto leaf = leaf_hash((*read)[i]);
            if (leaf != run_leaves[at + i]) {
                return failure(
                    {.message = fmt::format("entry {} is not on the disk as it was received; nothing was "
                                            "signed",
                                            run_first + at + i),
                     .file = path});
            }
            if (run_first + at + i >= before.size()) tree.append(leaf);
        }
    }
    next.size = tree.size();
    next.root = tree.root();
    for (const auto& file : files) {
        if (folder_->read(file.path) != file.bytes) {
            return failure({.message = "it is not on the disk as it was written; nothing was signed",
                            .file = file.path});
        }
    }
    std::unique_ptr<TileTree> grown;
    if (auto loaded = load_tree(next, grown); !loaded) return tl::unexpected(std::move(loaded).error());
    extended_ = std::move(grown);
    return next;
}

Result<std::vector<Hash>> FeedFolder::prove_extended_from(std::uint64_t old_size) const {
    const auto& tree = extended_ ? *extended_ : *tree_;
    return prove_consistency(old_size, tree.size(), tree.nodes());
}

void FeedFolder::seal(const Note& checkpoint) {
    const auto next = parse_checkpoint(checkpoint.text).value();
    const auto& tree = extended_ ? *extended_ : *tree_;
    assert(next.origin == head_.origin && next.size == tree.size() && next.root == tree.root());
    writer_->write(std::string(checkpoint_path), checkpoint.bytes());
    const auto old_size = head_.size;
    head_ = next;
    checkpoint_ = checkpoint;
    if (extended_) tree_ = std::move(extended_);
    remove_partials(old_size);
}

void FeedFolder::remove_partials(std::uint64_t old_size) {
    for (const auto& tile : edge_tiles(old_size)) {
        if ((tile.index + 1) * tile_width > head_.size >> tile.level * tile_height) continue;
        std::vector<std::string> folders{partials_of(tile_path({tile.level, tile.index, tile_width}))};
        if (tile.level == 0) folders.push_back(partials_of(bundle_path(tile.index)));
        for (const auto& folder : folders) {
            try {
                for (const auto& name : folder_->list(folder))
                    folder_->remove(fmt::format("{}/{}", folder, name));
                folder_->remove(folder);
            } catch (const StorageFailure&) {  // and so they stay: they take room and do no harm
            }
        }
    }
}

void FeedFolder::add_signatures(std::span<const SignatureLine> lines) {
    assert(checkpoint_);
    Note note = *checkpoint_;
    for (const auto& line : lines) {
        if (std::ranges::find(note.signatures, line) == note.signatures.end())
            note.signatures.push_back(line);
    }
    if (note == *checkpoint_) return;
    writer_->write(std::string(checkpoint_path), note.bytes());
    checkpoint_ = std::move(note);
}

FeedFaults FeedFolder::check(unsigned threads) const {
    return verify_entries(
        head_, tile_source(),
        [this](std::uint64_t index, unsigned width) { return read_bundle(index, width); }, threads);
}

}  // namespace truce::record
