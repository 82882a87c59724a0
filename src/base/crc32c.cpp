// SPDX-License-Identifier: Apache-2.0
#include "base/crc32c.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace truce {
namespace {

// Eight bytes at a step: table k holds what a byte does that stands k bytes before the end of the step
// (Kounavis and Berry, 2005, "A systematic approach to building high performance, software-based, CRC
// generators").
constexpr auto tables = [] {
    constexpr std::uint32_t reversed_polynomial = 0x82F63B78U;
    std::array<std::array<std::uint32_t, 256>, 8> built{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        auto crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1U ^ reversed_polynomial : crc >> 1U;
        built[0][byte] = crc;
    }
    for (std::size_t k = 1; k < built.size(); ++k) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const auto before = built[k - 1][byte];
            built[k][byte] = before >> 8U ^ built[0][before & 255U];
        }
    }
    return built;
}();

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) {
    static_assert(std::endian::native == std::endian::little);
    auto crc = ~before;
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
        std::uint64_t step = 0;
        std::memcpy(&step, bytes.data(), sizeof step);
        step ^= crc;
        crc = 0;
        for (std::size_t k = 0; k < 8; ++k) crc ^= tables[7 - k][step >> 8 * k & 255U];
    }
    for (const char c : bytes) crc = crc >> 8U ^ tables[0][(crc ^ static_cast<std::uint8_t>(c)) & 255U];
    return ~crc;
}

}  // namespace truce
