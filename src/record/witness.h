// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "record/head_memory.h"
#include "record/merkle.h"
#include "record/note.h"

namespace truce::record {

/// Cosigns others' checkpoints, each feed's one history only.
///
/// Before a cosignature is given out, what was cosigned is on the disk: a witness that forgot at a power cut
/// could sign the other side of a fork when it comes back (C2SP tlog-witness: "MUST persist before
/// responding").
class Witness {
public:
    /// Requires: the key's type is cosignature; `memory` was made with the key among its own.
    Witness(const SigningKey& key, HeadMemory& memory) : key_(&key), memory_(&memory) {}

    /// How many entries of a feed were cosigned; 0 when none were. Fails when the memory is damaged.
    [[nodiscard]] Result<std::uint64_t> cosigned_size(const std::string& origin) const;

    /// Cosigns a checkpoint at `time`. `proof` leads from `cosigned_size` to it. A checkpoint that was
    /// cosigned before gets the cosignature it got then. Fails, signing nothing, when the checkpoint does not
    /// go on from what was cosigned. Requires: the feed's own signature was checked.
    [[nodiscard]] Result<SignatureLine> cosign(const Note& checkpoint, std::span<const Hash> proof,
                                               std::chrono::sys_seconds time);

    [[nodiscard]] const HeadMemory& memory() const { return *memory_; }

private:
    const SigningKey* key_;
    HeadMemory* memory_;
};

}  // namespace truce::record
