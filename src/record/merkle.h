// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"

namespace truce::record {

/// A hash in a Merkle tree over the entries of a feed. All of this file is RFC 6962 section 2.1 with SHA-256.
using Hash = Sha256;

/// SHA-256(0x00 || entry).
[[nodiscard]] Hash leaf_hash(std::string_view entry);
/// SHA-256(0x01 || left || right).
[[nodiscard]] Hash node_hash(const Hash& left, const Hash& right);
/// The root of a tree without entries: SHA-256 of nothing.
[[nodiscard]] Hash empty_root();
/// `hash` as its 32 bytes.
[[nodiscard]] std::string_view bytes_of(const Hash& hash);
/// The hash that 32 bytes are. Requires: bytes.size() == 32.
[[nodiscard]] Hash hash_of_bytes(std::string_view bytes);

/// Says what lies under the root of a tree: `height` 0 are the leaves, and node i of height h covers the
/// entries i * 2^h to (i + 1) * 2^h - 1, all of which exist.
struct NodePlace {
    unsigned height = 0;
    std::uint64_t index = 0;
    friend bool operator==(const NodePlace&, const NodePlace&) = default;
};

/// A tree that grows at its end and of which only the peaks are kept: the roots of the complete subtrees that
/// make it up, largest first. 64 hashes at most, whatever its size.
class GrowingTree {
public:
    GrowingTree() = default;
    /// The tree of `size` entries with these peaks. Requires: one peak for each bit that is set in `size`.
    GrowingTree(std::uint64_t size, std::vector<Hash> peaks);

    void append(const Hash& leaf);
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] std::span<const Hash> peaks() const { return peaks_; }
    /// The root (MTH) of all entries appended. Cost: at most 63 hashes.
    [[nodiscard]] Hash root() const;

private:
    std::uint64_t size_ = 0;
    std::vector<Hash> peaks_;
};

/// The root of a tree with these leaf hashes.
[[nodiscard]] Hash root_of(std::span<const Hash> leaves);

/// Finds a node's hash for those who make proofs; fails when it cannot be read or does not verify.
using NodeSource = std::function<Result<Hash>(NodePlace)>;

/// The root of the entries [first, end) of a tree, from its complete nodes. Requires: the range is one that a
/// tree splits into: `first` is a multiple of the smallest power of two not below `end - first`; not empty.
[[nodiscard]] Result<Hash> range_hash(std::uint64_t first, std::uint64_t end, const NodeSource& nodes);

/// The tree of the first `size` entries, to go on growing it. Fails when `nodes` fails.
[[nodiscard]] Result<GrowingTree> tree_of(std::uint64_t size, const NodeSource& nodes);

/// The audit path of entry `index` in the tree of the first `size` entries, the leaf's sibling first.
/// Fails when index >= size, or when `nodes` fails.
[[nodiscard]] Result<std::vector<Hash>> prove_inclusion(std::uint64_t index, std::uint64_t size,
                                                        const NodeSource& nodes);

/// The proof that the tree of `old_size` entries is the beginning of the tree of `size` entries (RFC 6962
/// section 2.1.2). Empty for old_size = 0 and for equal sizes. Fails when old_size > size, or `nodes` fails.
[[nodiscard]] Result<std::vector<Hash>> prove_consistency(std::uint64_t old_size, std::uint64_t size,
                                                          const NodeSource& nodes);

/// A part of a tree that can have a root of its own: entries [first, end), where `first` is a multiple of the
/// smallest power of two not below `end - first` (draft-ietf-plants-merkle-tree-certs section 4.1).
struct Subtree {
    std::uint64_t first = 0;
    std::uint64_t end = 0;
    [[nodiscard]] bool is_valid() const;
};

/// Whether `path` leads from `leaf`, as entry `index`, to `root` over the entries of `subtree`. The subtree
/// [0, size) is the whole tree. False for any path that is too long, too short or for an entry outside.
[[nodiscard]] bool inclusion_holds(std::uint64_t index, Subtree subtree, const Hash& leaf, const Hash& root,
                                   std::span<const Hash> path);

/// Whether `proof` shows that the entries of `subtree`, whose root is `subtree_root`, lie in the tree of
/// `size` entries with root `root`. An empty subtree [x, x) lies in every tree: its root is that of nothing,
/// its proof empty.
[[nodiscard]] bool subtree_holds(Subtree subtree, std::uint64_t size, const Hash& subtree_root,
                                 const Hash& root, std::span<const Hash> proof);

/// Whether `proof` shows that the tree of `size` entries with root `root` begins with the tree of `old_size`
/// entries with root `old_root` (RFC 6962 section 2.1.2). False for old_size = 0: an empty tree shows nothing
/// of another.
[[nodiscard]] bool consistency_holds(std::uint64_t old_size, std::uint64_t size, const Hash& old_root,
                                     const Hash& root, std::span<const Hash> proof);

}  // namespace truce::record
