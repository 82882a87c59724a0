// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace truce {

/// `bytes` in base64 with the standard alphabet and padding (RFC 4648 section 4).
[[nodiscard]] std::string base64(std::string_view bytes);

/// The bytes that `text` stands for; nothing unless `text` is exactly what `base64` writes for them.
///
/// So every sequence of bytes has one spelling: missing padding, white space, the URL alphabet and spare bits
/// that are not zero are all refused. Most decoders take some of these, which lets two texts mean one thing.
[[nodiscard]] std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace truce
