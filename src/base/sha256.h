// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace truce {

/// A SHA-256 hash (FIPS 180-4).
struct Sha256 {
    std::array<std::uint8_t, 32> bytes{};
    /// 64 lower-case hexadecimal digits.
    [[nodiscard]] std::string hex() const;
    friend auto operator<=>(const Sha256&, const Sha256&) = default;
};

/// The hash of `text`'s bytes. Safe to call from several threads; about 1.5 GB/s where the processor has SHA
/// instructions.
[[nodiscard]] Sha256 sha256(std::string_view text);

}  // namespace truce
