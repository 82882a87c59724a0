// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/merkle.h"
#include "record/note.h"

namespace truce::record {

/// The greatest size that every verifier can hold.
inline constexpr std::uint64_t largest_size = std::numeric_limits<std::int64_t>::max();

/// What a feed was at one moment: how many entries it had and the root over them (C2SP tlog-checkpoint).
struct Checkpoint {
    /// Names the feed for ever; the same as the name of the key that signs it.
    std::string origin;
    std::uint64_t size = 0;
    Hash root{};
    /// Read where others wrote them; we write none, because an ML-DSA cosignature would not cover them.
    std::vector<std::string> extensions{};

    /// The text of the note: three lines and the extensions.
    [[nodiscard]] std::string text() const;
    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// Reads a note's text as a checkpoint.
///
/// The size is decimal without sign or leading zero, at most 2^63 - 1; the root is base64 of 32 bytes in its
/// one spelling; a size of 0 goes with the root of nothing.
[[nodiscard]] Result<Checkpoint> parse_checkpoint(std::string_view text);

/// A checkpoint with the note that carries it, as it was received. No signature of it has been checked.
struct SignedCheckpoint {
    Checkpoint head;
    Note note;
};

/// Reads the bytes of a checkpoint file; checks no signature.
[[nodiscard]] Result<SignedCheckpoint> parse_signed_checkpoint(std::string_view bytes);

/// A number as the formats of the record write it: decimal digits without sign or leading zero, at most
/// 2^63 - 1; nothing for anything else.
[[nodiscard]] std::optional<std::uint64_t> parse_count(std::string_view text);

/// base64 of exactly 32 bytes, in its one spelling.
[[nodiscard]] std::optional<Hash> parse_hash(std::string_view text);

}  // namespace truce::record
