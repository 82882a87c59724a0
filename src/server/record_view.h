// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"
#include "record/exchange.h"
#include "record/merge.h"
#include "record/shelf.h"
#include "record/state.h"

namespace truce::server {

/// The record as it stood when it was read: published entries of every feed, followed up to its signed head,
/// and what they come to. Never changes.
struct RecordView {
    struct Feed {
        std::string origin;
        std::string folder;  ///< its folder's name: the `{monitor}` of `/feeds/{monitor}/`
        record::Checkpoint head;
        std::string checkpoint;                 ///< the signed note as it is; empty for a feed without one
        std::vector<std::string> cosigned_by;   ///< witnesses of the policy whose cosignature holds, in its order
        std::vector<std::string> keys;          ///< verifier keys
        std::optional<std::uint64_t> agreed_size;  ///< of the largest checkpoint that the quorum stands behind
    };
    std::vector<Feed> feeds;  ///< by origin
    std::string policy;
    std::string quorum;
    std::vector<record::Shelf::KeptFork> forks;
    std::deque<std::string> bytes;  ///< what `held` points into
    std::vector<record::HeldFeed> held;
    record::Merged merged;
    record::State state;
    Sha256 digest;
    /// Places in `state.accounts` by the hash of the row's own bytes, and where that is not known, by the entry's id: an
    /// account's `raw` in the dossier.
    std::map<Sha256, std::uint32_t> by_raw;
    /// Places in `merged.entries` by id.
    std::map<record::EntryId, std::uint32_t> by_entry;
};

/// Reads the record of a mission folder; nothing where it has none. Fails where a feed does not verify.
[[nodiscard]] Result<std::shared_ptr<const RecordView>> read_record(const std::filesystem::path& mission,
                                                                    int threads);

}  // namespace truce::server
