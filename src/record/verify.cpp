// SPDX-License-Identifier: Apache-2.0
#include "record/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/side_by_side.h"
#include "base/text.h"
#include "record/cosignature.h"

namespace truce::record {
namespace {

Error bad_signature(const VerifierKey& key) {
    return {.message =
                fmt::format("a signature by {} does not hold: the text was changed or it was not signed "
                            "with that key",
                            shown(key.name, 80))};
}

/// Whether `key` signed; a failure where a line of its own does not hold.
Result<bool> signed_by(const VerifierKey& key, const Note& note) {
    bool found = false;
    for (const auto& line : note.signatures) {
        if (!is_by(line, key)) continue;
        if (!signature_holds(line, key, note.text)) return failure(bad_signature(key));
        found = true;
    }
    return found;
}

/// When `key` cosigned, the earliest where it did so more than once.
Result<std::optional<std::chrono::sys_seconds>> cosigned_by(const VerifierKey& key, const Note& note) {
    std::optional<std::chrono::sys_seconds> earliest;
    for (const auto& line : note.signatures) {
        if (!is_by(line, key)) continue;
        const auto time = cosigned_at(line, key, note.text);
        if (!time) return failure(bad_signature(key));
        earliest = earliest ? std::min(*earliest, *time) : *time;
    }
    return earliest;
}

/// What one bundle holds, held against the leaf hashes of its tile.
struct BundleCheck {
    std::optional<Error> fault;
    std::uint64_t sound = 0;
    Hash tile_root{};
};

BundleCheck check_bundle(std::uint64_t index, unsigned width, const TileSource& tiles,
                         const BundleSource& bundles) {
    BundleCheck check;
    const Tile tile{0, index, width};
    const auto bytes = bundles(index, width);
    const auto hashes = tiles(tile);
    if (!bytes) {
        check.fault = bytes.error();
        return check;
    }
    if (!hashes) {
        check.fault = hashes.error();
        return check;
    }
    const auto entries = parse_bundle(*bytes, width);
    if (!entries) {
        check.fault = Error{.message = entries.error().message, .file = bundle_path(index, width)};
        return check;
    }
    if (hashes->size() != width * sizeof(Hash::bytes)) {
        check.fault = Error{.message = fmt::format("{} hashes have {} bytes", width, hashes->size()),
                            .file = tile_path(tile)};
        return check;
    }
    for (unsigned at = 0; at < width; ++at) {
        const auto leaf = leaf_hash((*entries)[at]);
        if (bytes_of(leaf) !=
            std::string_view(*hashes).substr(at * sizeof(Hash::bytes), sizeof(Hash::bytes))) {
            check.fault = Error{.message = fmt::format("entry {} does not hash to its leaf in {}",
                                                       index * tile_width + at, tile_path(tile)),
                                .file = bundle_path(index, width)};
            return check;
        }
    }
    check.sound = width;
    if (width == tile_width) check.tile_root = full_tile_root(*hashes);
    return check;
}

}  // namespace

Result<VerifiedCheckpoint> verify_signatures(const Policy& policy, std::string_view bytes) {
    auto checkpoint = parse_signed_checkpoint(bytes);
    if (!checkpoint) return tl::unexpected(std::move(checkpoint).error());
    std::optional<VerifiedCheckpoint> verified;
    for (const auto& log : policy.logs) {
        const auto holds = signed_by(log.key, checkpoint->note);
        if (!holds) return tl::unexpected(holds.error());
        if (*holds && log.key.name == checkpoint->head.origin && !verified) {
            verified = VerifiedCheckpoint{.head = checkpoint->head, .log = log.key, .cosigners = {}};
        }
    }
    if (!verified) {
        return failure(
            {.message = fmt::format("no log key of the policy named '{}', as the checkpoint's origin is, "
                                    "signed it",
                                    shown(checkpoint->head.origin, 80))});
    }
    for (const auto& witness : policy.witnesses) {
        const auto time = cosigned_by(witness.key, checkpoint->note);
        if (!time) return tl::unexpected(time.error());
        if (*time) verified->cosigners.push_back({witness.name, **time});
    }
    return *std::move(verified);
}

Result<VerifiedCheckpoint> verify_checkpoint(const Policy& policy, std::string_view bytes) {
    auto verified = verify_signatures(policy, bytes);
    if (!verified) return verified;
    std::vector<std::string> agreeing;
    for (const auto& cosigner : verified->cosigners) agreeing.push_back(cosigner.name);
    if (!policy.quorum_reached(agreeing)) {
        return failure({.message = fmt::format("the quorum is not reached: the cosignature of {} is missing",
                                               policy.missing(agreeing))});
    }
    return verified;
}

Result<VerifiedCheckpoint> verify_entry(const Policy& policy, const EntryProof& proof,
                                        std::string_view entry) {
    auto verified = verify_checkpoint(policy, proof.checkpoint);
    if (!verified) return verified;
    const auto& head = verified->head;
    if (!inclusion_holds(proof.index, {0, head.size}, leaf_hash(entry), head.root, proof.path)) {
        return failure(
            {.message = fmt::format("the proof does not lead from this entry, as number {} of {}, to the "
                                    "root of the checkpoint",
                                    proof.index, head.size)});
    }
    return verified;
}

Result<void> verify_consistency(const Checkpoint& old_head, const Checkpoint& head,
                                std::span<const Hash> proof) {
    if (old_head.origin != head.origin) {
        return failure({.message = fmt::format("'{}' and '{}' are two feeds", shown(old_head.origin, 80),
                                               shown(head.origin, 80))});
    }
    if (old_head.size > head.size) {
        return failure(
            {.message = fmt::format("the feed went back from {} entries to {}", old_head.size, head.size)});
    }
    if (old_head.size == head.size && old_head.root != head.root) {
        return failure({.message = fmt::format("two histories: the feed shows two roots for its {} entries",
                                               head.size)});
    }
    // Every feed begins with nothing; there is nothing to prove.
    const bool holds = old_head.size == 0
                           ? proof.empty()
                           : consistency_holds(old_head.size, head.size, old_head.root, head.root, proof);
    if (!holds) {
        return failure(
            {.message = fmt::format("the first {} of {} entries are not shown to be those of the older "
                                    "checkpoint",
                                    old_head.size, head.size)});
    }
    return {};
}

FeedFaults verify_entries(const Checkpoint& head, const TileSource& tiles, const BundleSource& bundles,
                          unsigned threads) {
    FeedFaults found;
    const auto full = head.size / tile_width;
    const auto partial = static_cast<unsigned>(head.size % tile_width);
    std::vector<BundleCheck> checks(full + (partial != 0 ? 1 : 0));
    run_side_by_side(threads, checks.size(), [&](std::size_t index) {
        checks[index] = check_bundle(index, index < full ? tile_width : partial, tiles, bundles);
    });

    auto tree = TileTree::open(head.size, head.root, tiles);
    if (!tree) found.faults.push_back(tree.error());
    for (std::size_t index = 0; index < checks.size(); ++index) {
        auto& check = checks[index];
        if (!check.fault && tree && index < full) {
            // The tile's hashes are its entries'; that they are also the checkpoint's, the tree says.
            const auto above = tree->node({tile_height, index});
            if (!above) {
                check.fault = above.error();
            } else if (*above != check.tile_root) {
                check.fault = Error{.message = "its hashes are not those that the checkpoint covers",
                                    .file = tile_path({0, index, tile_width})};
            }
        }
        if (check.fault) {
            found.faults.push_back(*std::move(check.fault));
        } else if (tree) {
            found.sound_entries += check.sound;
        }
    }
    return found;
}

}  // namespace truce::record
