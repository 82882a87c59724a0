// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace truce {

/// The CRC-32C of `bytes` (Castagnoli's polynomial, as in RFC 3720 section 12.1), going on from the CRC
/// `before` of what came before. Finds torn writes; it is no proof against someone who wants to be believed.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace truce
