// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "record/checkpoint.h"
#include "record/merkle.h"
#include "record/note.h"
#include "record/storage.h"

namespace truce::record {

/// What a monitor's keys have signed last, for each feed: its own and those that it cosigns.
///
/// This is what keeps a monitor honest with itself. Whoever signs a head asks here first, and the head is on
/// the disk here before its signature goes anywhere: after a crash, and with a feed that was brought back
/// from an old copy, no key signs a history that contradicts what it signed before. It lies apart from the
/// feeds, so that bringing back a feed does not bring back this.
class HeadMemory {
public:
    /// The heads in `folder`, each of which carries a signature by one of `own`.
    HeadMemory(Storage& folder, std::vector<VerifierKey> own);

    /// The last head of a feed that was signed; nothing where none ever was. Fails when what is on the disk
    /// does not verify: then nothing may be signed until someone looks.
    [[nodiscard]] Result<std::optional<SignedCheckpoint>> last(const std::string& origin) const;

    /// Remembers `next`, on the disk before it returns. Fails, remembering nothing, unless `proof` shows that
    /// `next` goes on from the last head: so it can never go back, nor to another history. Requires: `next`
    /// carries a signature by one of the own keys.
    [[nodiscard]] Result<void> advance(const Note& next, std::span<const Hash> proof);

    /// The origins of all heads, in order.
    [[nodiscard]] Result<std::vector<std::string>> origins() const;

private:
    [[nodiscard]] Result<SignedCheckpoint> checked(std::string_view bytes, const std::string& path) const;
    Storage* folder_;
    DurableWriter writer_;
    std::vector<VerifierKey> own_;
};

}  // namespace truce::record
