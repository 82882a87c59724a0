// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/merkle.h"
#include "record/shelf.h"
#include "record/witness.h"

/// How monitors bring each other up to date: by a bundle, which is a file, or the body of a request.
namespace truce::record {

/// What a peer may ask of us at most.
struct ExchangeLimits {
    std::size_t bundle_bytes = std::size_t{1} << 30U;
    std::uint64_t entries_of_feed = 4'000'000;
    std::size_t forks = 1000;
    std::size_t checkpoints_of_feed = 1000;
};

/// One feed in a bundle. Views into the bundle's bytes.
struct BundleFeed {
    std::string origin;
    /// How many entries the reader is taken to have; the bundle's begin there.
    std::uint64_t first = 0;
    /// The root over the first `first` entries, and the proof that they are in the feed as the writer holds
    /// it.
    Hash first_root{};
    std::vector<Hash> proof;
    /// The feed's latest checkpoint, and older ones for their cosignatures.
    std::vector<std::string_view> checkpoints;
    /// The leaf hashes, 32 bytes each, and the entries that must have them.
    std::string_view leaves;
    std::vector<std::string_view> entries;
};

/// A bundle taken apart. Nothing in it was verified.
struct Bundle {
    /// The monitor that wrote it, and what it holds.
    std::string from;
    std::vector<Shelf::Held> held;
    std::vector<BundleFeed> feeds;
    std::vector<Fork> forks;
};

/// Reads a bundle. Fails for one that is cut off, damaged or beyond the limits; what it asks for is not
/// allocated before the bundle has it.
[[nodiscard]] Result<Bundle> parse_bundle_file(std::string_view bytes, const ExchangeLimits& limits = {});

/// Writes a bundle, piece by piece, with what a reader who holds `reader_has` lacks: of a feed that is not
/// listed, all.
///
/// The monitor `from` is named in it. Fails when a feed here does not verify: what is broken is not passed
/// on.
[[nodiscard]] Result<void> write_bundle(const Shelf& shelf, const std::string& from,
                                        std::span<const Shelf::Held> reader_has,
                                        const std::function<void(std::string_view)>& write_piece);

/// Whose record it is that a bundle is merged into.
struct Reader {
    /// The own feed, and the memory of what its key signed; empty and null for one who only keeps copies.
    std::string own_origin{};
    HeadMemory* own_memory = nullptr;
    /// Cosigns what was merged; null for one who does not.
    Witness* witness = nullptr;
    /// The time that goes into cosignatures.
    std::chrono::sys_seconds now{};
};

/// What came of a bundle.
struct MergeReport {
    struct OfFeed {
        std::string origin;
        std::uint64_t before = 0;
        std::uint64_t after = 0;
        bool cosigned = false;
    };
    std::vector<OfFeed> feeds;
    /// Origins of feeds that were found, or are shown by the bundle, to have two histories; only new proofs.
    std::vector<std::string> forked;
    /// What was passed over, and why.
    std::vector<std::string> remarks;
};

/// Verifies a bundle in full and then merges it.
///
/// Every feed in the bundle is checked first: signatures, every leaf hash, every entry, the root, and that it
/// goes on from what is held here. When anything is wrong the bundle changes nothing and the error names the
/// feed and the entry. A feed that shows another history than it showed here is not an error of the bundle:
/// the proof is kept, the feed stays as it is here, and is never cosigned again. A feed that the policy does
/// not name, or of which entries before the bundle's are missing here, is passed over with a remark. Merging
/// what is held already changes nothing; a merge that was cut off is finished by merging again.
[[nodiscard]] Result<MergeReport> merge_bundle(Shelf& shelf, const Bundle& bundle, const Reader& reader,
                                               const ExchangeLimits& limits = {});

/// Cosigns the latest checkpoint of every feed but `own_origin`, unless the feed was forked; what
/// `merge_bundle` does at its end.
[[nodiscard]] Result<std::vector<std::string>> cosign_all(Shelf& shelf, const Reader& reader,
                                                          MergeReport& report);

}  // namespace truce::record
