// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/merkle.h"
#include "record/policy.h"

namespace truce::record {

/// The proof that one feed showed two histories: two checkpoints that its own key signed, and where they
/// part. Anyone who has the feed's public key can check it; nobody without the private key can make one.
struct Fork {
    struct Side {
        /// The checkpoint, as its note's bytes.
        std::string checkpoint;
        /// The root over the first `size` entries in this history, and the proof that they are in it.
        Hash root{};
        std::vector<Hash> proof;
    };
    /// How many entries are looked at: over these the two histories have two roots.
    std::uint64_t size = 0;
    Side one;
    Side other;

    /// The proof as a file; the same whichever side was seen first.
    [[nodiscard]] std::string bytes() const;
};

/// Reads a proof; checks nothing but its form.
[[nodiscard]] Result<Fork> parse_fork(std::string_view bytes);

/// Checks a proof and returns the origin of the feed that it is about. Fails when a checkpoint is not signed
/// by a log key of `policy`, when they are of two feeds, when the roots are one, or a proof does not hold.
[[nodiscard]] Result<std::string> verify_fork(const Policy& policy, const Fork& fork);

}  // namespace truce::record
