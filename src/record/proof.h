// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/checkpoint.h"
#include "record/merkle.h"

namespace truce::record {

/// What shows, to anyone who has the keys and the entry, that the entry is in a feed (C2SP tlog-proof, a
/// `.tlog-proof` file). It goes with the entry's bytes, which it does not hold.
struct EntryProof {
    std::uint64_t index = 0;
    std::vector<Hash> path;
    /// The checkpoint as its note's bytes.
    std::string checkpoint;

    [[nodiscard]] std::string bytes() const;
};

/// Reads a `.tlog-proof` file; checks no hash and no signature. An `extra` line is passed over: nothing
/// vouches for it.
[[nodiscard]] Result<EntryProof> parse_proof(std::string_view bytes);

}  // namespace truce::record
