// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/checkpoint.h"
#include "record/merkle.h"
#include "record/note.h"
#include "record/proof.h"
#include "record/storage.h"
#include "record/tiles.h"
#include "record/verify.h"

namespace truce::record {

/// A feed as it lies in a folder in the layout of C2SP tlog-tiles: `checkpoint`, `tile/...`,
/// `tile/entries/...`.
///
/// The own feed and the copies of others' are the same here. What is read has been followed up to the root of
/// the checkpoint, whose signature was checked: a bit that turned is an error that names the file, never an
/// entry. A folder without a checkpoint is a feed of no entries.
class FeedFolder {
public:
    /// Reads the checkpoint and the right edge of the tree. `keys` are the feed's own keys that count: the
    /// key and those that it was exchanged for. Fails when the checkpoint is not signed by one of them, is of
    /// another origin, or the tiles do not give its root. Cost: a few files, whatever the feed's size.
    [[nodiscard]] static Result<FeedFolder> open(Storage& folder, std::string origin,
                                                 std::vector<VerifierKey> keys);

    [[nodiscard]] const std::string& origin() const { return head_.origin; }
    /// The latest checkpoint's head; of size 0 where there is none.
    [[nodiscard]] const Checkpoint& head() const { return head_; }
    [[nodiscard]] std::uint64_t size() const { return head_.size; }
    /// The note of the latest checkpoint, with the cosignatures it has got.
    [[nodiscard]] const std::optional<Note>& checkpoint() const { return checkpoint_; }

    /// An entry's bytes. Fails for an index that is not in the feed, and where the bytes do not verify.
    [[nodiscard]] Result<std::string> entry(std::uint64_t index) const;

    /// Takes one entry; what it fails with ends the visit.
    using Visitor = std::function<Result<void>(std::uint64_t index, std::string_view entry)>;
    /// Calls `visit` for the entries [first, end) in order. Entries of a bundle are visited after all of it
    /// verified.
    [[nodiscard]] Result<void> visit(std::uint64_t first, std::uint64_t end, const Visitor& visit) const;

    /// The proof that an entry is in the feed, under the latest checkpoint.
    [[nodiscard]] Result<EntryProof> prove(std::uint64_t index) const;
    /// The same under an older checkpoint of this feed, which may have more cosignatures.
    [[nodiscard]] Result<EntryProof> prove(std::uint64_t index, const SignedCheckpoint& under) const;
    /// The proof that the feed's first `old_size` entries were the feed then.
    [[nodiscard]] Result<std::vector<Hash>> prove_from(std::uint64_t old_size) const;
    /// The published tree's nodes. Valid as long as the feed is, and until the next `seal`.
    [[nodiscard]] NodeSource nodes() const { return tree_->nodes(); }
    /// The root over the first `size` entries.
    [[nodiscard]] Result<Hash> root_at(std::uint64_t size) const;

    /// Writes the tiles that the feed has with `entries` added, and reads them back: every entry is hashed
    /// again from what is on the disk and must give `leaves`, and the root comes from those bytes. Returns
    /// the head to be signed; the feed is what it was until `seal`. Nothing may be added in between.
    /// Requires: as many leaves as entries, each the leaf hash of its entry as it was first received.
    [[nodiscard]] Result<Checkpoint> extend(std::span<const std::string> entries,
                                            std::span<const Hash> leaves);
    /// The proof that the head which `extend` gave goes on from the first `old_size` entries.
    [[nodiscard]] Result<std::vector<Hash>> prove_extended_from(std::uint64_t old_size) const;
    /// Puts the signed head under the feed: from now on its entries are read. Requires: the note's head is
    /// what `extend` returned last.
    void seal(const Note& checkpoint);
    /// Forgets what `extend` added and was not sealed.
    void drop_extension() { extended_.reset(); }
    /// Adds cosignatures to the latest checkpoint: those that are not there yet. Requires: they hold.
    void add_signatures(std::span<const SignatureLine> lines);

    /// Hashes everything; see `verify_entries`. With `threads` > 1 the storage must be a `Disk`.
    [[nodiscard]] FeedFaults check(unsigned threads = 1) const;

private:
    FeedFolder(Storage& folder, std::string origin);
    [[nodiscard]] TileSource tile_source() const;
    [[nodiscard]] Result<std::string> read_bundle(std::uint64_t index, unsigned width) const;
    [[nodiscard]] Result<void> load_tree(const Checkpoint& head, std::unique_ptr<TileTree>& tree) const;
    [[nodiscard]] Result<void> visit_in(const TileTree& tree, std::uint64_t first, std::uint64_t end,
                                        const Visitor& visit) const;
    void remove_partials(std::uint64_t old_size);

    Storage* folder_;
    std::unique_ptr<DurableWriter> writer_;
    Checkpoint head_;
    std::optional<Note> checkpoint_;
    std::unique_ptr<TileTree> tree_;
    std::unique_ptr<TileTree> extended_;
};

}  // namespace truce::record
