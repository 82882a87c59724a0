// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/checkpoint.h"
#include "record/merkle.h"
#include "record/policy.h"
#include "record/proof.h"
#include "record/tiles.h"

/// Checks what others show: pure, without files and clocks, so that it can run anywhere, in a browser too.
namespace truce::record {

/// A checkpoint whose signatures were checked against a policy.
struct VerifiedCheckpoint {
    Checkpoint head;
    /// The log key whose signature holds.
    VerifierKey log;
    struct Cosigner {
        /// Its name in the policy.
        std::string name;
        std::chrono::sys_seconds at;
    };
    /// The policy's witnesses that cosigned, in the policy's order.
    std::vector<Cosigner> cosigners;
};

/// Checks a checkpoint against `policy`.
///
/// Fails when a log key of the policy whose name is the origin did not sign; when any line by a key of the
/// policy does not hold, even if another line by the same key does; or when the quorum is not reached. Lines
/// by unknown keys are passed over.
[[nodiscard]] Result<VerifiedCheckpoint> verify_checkpoint(const Policy& policy, std::string_view bytes);

/// As above, but without asking for the quorum: who a reader collects cosignatures for is not there yet.
[[nodiscard]] Result<VerifiedCheckpoint> verify_signatures(const Policy& policy, std::string_view bytes);

/// Checks that `entry` is in a feed, by its proof.
[[nodiscard]] Result<VerifiedCheckpoint> verify_entry(const Policy& policy, const EntryProof& proof,
                                                      std::string_view entry);

/// Checks that `old_head` is what `head` began with. Fails, saying so, for different origins, for a head that
/// is smaller, and for two roots of one size: then the feed showed two histories.
[[nodiscard]] Result<void> verify_consistency(const Checkpoint& old_head, const Checkpoint& head,
                                              std::span<const Hash> proof);

/// Brings the bytes of the entry bundle with this index and width.
using BundleSource = std::function<Result<std::string>(std::uint64_t index, unsigned width)>;

/// What a check of a whole feed found wrong: the first fault in each bundle or tile, each with its place.
struct FeedFaults {
    std::vector<Error> faults;
    /// How many entries were hashed and found under the root.
    std::uint64_t sound_entries = 0;
};

/// Hashes every entry of a feed and holds it against the tiles and the root of `head`.
///
/// With `threads` > 1, the sources are called from several threads. The answer does not depend on their
/// number.
[[nodiscard]] FeedFaults verify_entries(const Checkpoint& head, const TileSource& tiles,
                                        const BundleSource& bundles, unsigned threads = 1);

}  // namespace truce::record
