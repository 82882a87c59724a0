// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "record/note.h"

namespace truce::record {

/// What a cosignature signs: the text with the time before it (C2SP tlog-cosignature, Ed25519).
[[nodiscard]] std::string cosigned_message(std::string_view text, std::chrono::sys_seconds time);

/// `key`'s statement that at `time` it had seen the checkpoint `text`, and no other history of that feed.
///
/// It must be made only by `Witness`, which remembers what it signed. Requires: the key's type is
/// cosignature; time is not before 1970.
[[nodiscard]] SignatureLine cosign(const SigningKey& key, std::string_view text,
                                   std::chrono::sys_seconds time);

/// When `line` says that `key` saw `text`; nothing when it does not hold, or is not by `key`.
[[nodiscard]] std::optional<std::chrono::sys_seconds> cosigned_at(const SignatureLine& line,
                                                                  const VerifierKey& key,
                                                                  std::string_view text);

/// Whether `line` carries the name and the id of `key`.
[[nodiscard]] bool is_by(const SignatureLine& line, const VerifierKey& key);

/// Whether `line` is `key`'s signature over `text`, as the key's type has it (with any time, for a
/// cosignature).
[[nodiscard]] bool signature_holds(const SignatureLine& line, const VerifierKey& key, std::string_view text);

}  // namespace truce::record
