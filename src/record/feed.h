// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "record/feed_folder.h"
#include "record/head_memory.h"
#include "record/journal.h"
#include "record/note.h"
#include "record/storage.h"

namespace truce::record {

/// How a feed is run; the defaults are for everybody but tests.
struct FeedSettings {
    /// The journal is started anew once it is longer than this and everything in it is under a checkpoint.
    std::uint64_t journal_bytes = std::uint64_t{16} << 20U;
    /// Where the journal's salts come from; the system's random numbers where nothing is given.
    std::function<Journal::Salt()> fresh_salt{};
};

/// A monitor's own feed: takes entries, acknowledges them, and signs what it has.
///
/// An entry is acknowledged when `append` returns: then it has its number for ever and is on the disk. It is
/// under a signed checkpoint after the next `publish`. A feed whose sync failed takes nothing more until it
/// is opened anew, because what the disk holds is not known; `is_writable` says so. Not for several threads
/// at once: see `Appender`.
class Feed {
public:
    /// Makes a feed without entries in an empty folder, signs that it has none, and opens it. Fails where
    /// `folder` has a feed, or the key has signed heads of this origin before. Requires: the key's type is
    /// ed25519.
    [[nodiscard]] static Result<Feed> create(Storage& folder, const SigningKey& key, HeadMemory& memory,
                                             FeedSettings settings = {});

    /// Opens a feed for writing: checks the checkpoint, the tree's right edge and every entry beyond it.
    ///
    /// A torn last write, which was never acknowledged, is cut off and remarked on. Fails for anything worse,
    /// and where the feed is older than what `memory` knows was signed: an old copy that was brought back.
    /// `keys`: see FeedFolder.
    [[nodiscard]] static Result<Feed> open(Storage& folder, const std::string& origin,
                                           std::vector<VerifierKey> keys, const HeadMemory& memory,
                                           FeedSettings settings = {});

    [[nodiscard]] const std::string& origin() const { return files_.origin(); }
    /// How many entries are acknowledged, the published ones included.
    [[nodiscard]] std::uint64_t size() const { return files_.size() + pending_.size(); }
    /// What is published: everything under the latest signed checkpoint.
    [[nodiscard]] const FeedFolder& published() const { return files_; }
    /// What was found when the feed was opened that somebody should be told.
    [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }
    [[nodiscard]] bool is_writable() const { return writable_; }

    /// Adds entries and returns the number of the first. When it returns they are on the disk, in this order,
    /// for ever. Fails, adding nothing, for an entry of more than 65,535 bytes and for a feed that is not
    /// writable. Throws StorageFailure when the disk fails; then none of them is acknowledged, and whether
    /// they are in the feed is seen when it is opened again, unless `is_writable`, when they are not.
    [[nodiscard]] Result<std::uint64_t> append(std::span<const std::string> entries);
    [[nodiscard]] Result<std::uint64_t> append(const std::string& entry);

    /// An acknowledged entry, published or not.
    [[nodiscard]] Result<std::string> entry(std::uint64_t index) const;

    /// Writes the tiles of all acknowledged entries, reads them back, hashes them again, and signs the head
    /// with each of `keys` (more than one where a key is exchanged for another). The memory has the head
    /// before the feed shows it. With nothing new since, returns the latest checkpoint and signs nothing, but
    /// for a key that has not signed it. Throws StorageFailure when the disk fails: what was acknowledged
    /// stays, and can be published later.
    [[nodiscard]] Result<Note> publish(std::span<const SigningKey* const> keys, HeadMemory& memory);
    [[nodiscard]] Result<Note> publish(const SigningKey& key, HeadMemory& memory);

    /// Adds others' cosignatures to the latest checkpoint. Requires: they hold.
    void add_signatures(std::span<const SignatureLine> lines);

private:
    Feed(Storage& folder, FeedFolder files, Journal::Found found, FeedSettings settings);
    [[nodiscard]] Error not_writable() const;

    FeedFolder files_;
    std::unique_ptr<Journal> journal_;
    std::vector<std::string> pending_;
    std::vector<Hash> pending_leaves_;
    std::vector<std::string> remarks_;
    std::uint64_t journal_bytes_;
    bool writable_ = true;
};

}  // namespace truce::record
