// SPDX-License-Identifier: Apache-2.0
#include "record/merkle.h"

#include <fmt/format.h>

#include <bit>
#include <cassert>
#include <cstring>
#include <string>
#include <utility>

namespace truce::record {
namespace {

/// The largest power of two below `n`. Requires: n > 1.
std::uint64_t split_of(std::uint64_t n) {
    return std::bit_floor(n - 1);
}

}  // namespace

Hash leaf_hash(std::string_view entry) {
    // One buffer per thread, because an entry must follow its prefix without a gap.
    thread_local std::string prefixed;
    prefixed.assign(1, '\0');
    prefixed += entry;
    return sha256(prefixed);
}

Hash node_hash(const Hash& left, const Hash& right) {
    std::array<char, 65> bytes;
    bytes[0] = '\1';
    std::memcpy(bytes.data() + 1, left.bytes.data(), left.bytes.size());
    std::memcpy(bytes.data() + 33, right.bytes.data(), right.bytes.size());
    return sha256({bytes.data(), bytes.size()});
}

Hash empty_root() {
    return sha256({});
}

std::string_view bytes_of(const Hash& hash) {
    return {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()};
}

Hash hash_of_bytes(std::string_view bytes) {
    Hash hash;
    assert(bytes.size() == hash.bytes.size());
    std::memcpy(hash.bytes.data(), bytes.data(), hash.bytes.size());
    return hash;
}

GrowingTree::GrowingTree(std::uint64_t size, std::vector<Hash> peaks)
    : size_(size), peaks_(std::move(peaks)) {
    assert(std::popcount(size_) == static_cast<int>(peaks_.size()));
}

void GrowingTree::append(const Hash& leaf) {
    Hash hash = leaf;
    for (auto bits = size_; (bits & 1U) != 0; bits >>= 1U) {
        hash = node_hash(peaks_.back(), hash);
        peaks_.pop_back();
    }
    peaks_.push_back(hash);
    ++size_;
}

Hash GrowingTree::root() const {
    if (peaks_.empty()) return empty_root();
    Hash hash = peaks_.back();
    for (auto at = peaks_.size() - 1; at-- > 0;) hash = node_hash(peaks_[at], hash);
    return hash;
}

Hash root_of(std::span<const Hash> leaves) {
    GrowingTree tree;
    for (const auto& leaf : leaves) tree.append(leaf);
    return tree.root();
}

Result<Hash> range_hash(std::uint64_t first, std::uint64_t end, const NodeSource& nodes) {
    assert(first < end);
    const auto length = end - first;
    if (std::has_single_bit(length)) {
        const auto height = static_cast<unsigned>(std::countr_zero(length));
        assert(first % length == 0);
        return nodes({height, first >> height});
    }
    const auto split = first + split_of(length);
    auto left = range_hash(first, split, nodes);
    if (!left) return left;
    auto right = range_hash(split, end, nodes);
    if (!right) return right;
    return node_hash(*left, *right);
}

Result<GrowingTree> tree_of(std::uint64_t size, const NodeSource& nodes) {
    std::vector<Hash> peaks;
    for (unsigned height = 64; height-- > 0;) {
        if ((size >> height & 1U) == 0) continue;
        const auto peak = nodes({height, (size >> height) - 1});
        if (!peak) return tl::unexpected(peak.error());
        peaks.push_back(*peak);
    }
    return GrowingTree(size, std::move(peaks));
}

Result<std::vector<Hash>> prove_inclusion(std::uint64_t index, std::uint64_t size, const NodeSource& nodes) {
    if (index >= size) {
        return failure({.message = fmt::format("there is no entry {} among {}", index, size)});
    }
    // From the root down; each step adds the half that the entry is not in.
    std::vector<Hash> path;
    std::uint64_t first = 0;
    std::uint64_t end = size;
    while (end - first > 1) {
        const auto split = first + split_of(end - first);
        const bool left = index < split;
        const auto other = left ? range_hash(split, end, nodes) : range_hash(first, split, nodes);
        if (!other) return tl::unexpected(other.error());
        path.insert(path.begin(), *other);
        (left ? end : first) = split;
    }
    return path;
}

Result<std::vector<Hash>> prove_consistency(std::uint64_t old_size, std::uint64_t size,
                                            const NodeSource& nodes) {
    if (old_size > size) {
        return failure(
            {.message = fmt::format("a tree of {} entries does not begin with {} entries", size, old_size)});
    }
    std::vector<Hash> proof;
    if (old_size == 0 || old_size == size) return proof;
    std::uint64_t first = 0;
    std::uint64_t end = size;
    while (end != old_size) {
        const auto split = first + split_of(end - first);
        const bool left = old_size <= split;
        const auto other = left ? range_hash(split, end, nodes) : range_hash(first, split, nodes);
        if (!other) return tl::unexpected(other.error());
        proof.insert(proof.begin(), *other);
        (left ? end : first) = split;
    }
    // Whoever checks has the old root, unless what is left is a part of the old tree.
    if (first != 0) {
        const auto rest = range_hash(first, end, nodes);
        if (!rest) return tl::unexpected(rest.error());
        proof.insert(proof.begin(), *rest);
    }
    return proof;
}

bool Subtree::is_valid() const {
    if (first >= end) return false;
    const auto length = end - first;
    if (length > std::uint64_t{1} << 63U) return false;
    return first % std::bit_ceil(length) == 0;
}

bool inclusion_holds(std::uint64_t index, Subtree subtree, const Hash& leaf, const Hash& root,
                     std::span<const Hash> path) {
    if (!subtree.is_valid() || index < subtree.first || index >= subtree.end) return false;
    auto at = index - subtree.first;
    auto last = subtree.end - subtree.first - 1;
    Hash hash = leaf;
    for (const auto& sibling : path) {
        if (last == 0) return false;
        if ((at & 1U) != 0 || at == last) {
            hash = node_hash(sibling, hash);
            // A right edge has no sibling until it is a right child itself.
            while ((at & 1U) == 0) {
                at >>= 1U;
                last >>= 1U;
            }
        } else {
            hash = node_hash(hash, sibling);
        }
        at >>= 1U;
        last >>= 1U;
    }
    return last == 0 && hash == root;
}

bool consistency_holds(std::uint64_t old_size, std::uint64_t size, const Hash& old_root, const Hash& root,
                       std::span<const Hash> proof) {
    return old_size > 0 && subtree_holds({0, old_size}, size, old_root, root, proof);
}

bool subtree_holds(Subtree subtree, std::uint64_t size, const Hash& subtree_root, const Hash& root,
                   std::span<const Hash> proof) {
    if (subtree.end > size) return false;
    if (subtree.first == subtree.end) return proof.empty() && subtree_root == empty_root();
    if (!subtree.is_valid()) return false;
    // RFC 9162 section 2.1.4.2, with a first entry: the nodes that hold the subtree's first entry, its last,
    // and the tree's last, going up.
    auto first = subtree.first;
    auto last = subtree.end - 1;
    auto tree_last = size - 1;
    const auto rise = [&] {
        first >>= 1U;
        last >>= 1U;
        tree_last >>= 1U;
    };
    if (last == tree_last) {
        while (first != last) rise();
    } else {
        while (first != last && (last & 1U) != 0) rise();
    }
    auto rest = proof;
    Hash of_subtree = subtree_root;
    if (first != last) {
        if (rest.empty()) return false;
        of_subtree = rest.front();
        rest = rest.subspan(1);
    }
    Hash of_tree = of_subtree;
    for (const auto& hash : rest) {
        if (tree_last == 0) return false;
        if ((last & 1U) != 0 || last == tree_last) {
            if (first < last) of_subtree = node_hash(hash, of_subtree);
            of_tree = node_hash(hash, of_tree);
            while ((last & 1U) == 0) rise();
        } else {
            of_tree = node_hash(of_tree, hash);
        }
        rise();
    }
    return tree_last == 0 && of_subtree == subtree_root && of_tree == root;
}

}  // namespace truce::record
