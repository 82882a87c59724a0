// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace truce {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 64;

constexpr auto digits_by_byte = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_digit);
    for (std::size_t digit = 0; digit < alphabet.size(); ++digit) {
        table[static_cast<std::uint8_t>(alphabet[digit])] = static_cast<std::uint8_t>(digit);
    }
    return table;
}();

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

}  // namespace

std::string base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    std::size_t at = 0;
    for (; at + 3 <= bytes.size(); at += 3) {
        const auto group = byte_at(bytes, at) << 16U | byte_at(bytes, at + 1) << 8U | byte_at(bytes, at + 2);
        for (const unsigned shift : {18U, 12U, 6U, 0U}) text += alphabet[group >> shift & 63U];
    }
    if (bytes.size() - at == 1) {
        const auto group = byte_at(bytes, at) << 16U;
        text += alphabet[group >> 18U & 63U];
        text += alphabet[group >> 12U & 63U];
        text += "==";
    } else if (bytes.size() - at == 2) {
        const auto group = byte_at(bytes, at) << 16U | byte_at(bytes, at + 1) << 8U;
        for (const unsigned shift : {18U, 12U, 6U}) text += alphabet[group >> shift & 63U];
        text += '=';
    }
    return text;
}

std::optional<std::string> base64_decoded(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    const auto digits = text.substr(0, text.size() - padding);
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char c : digits) {
        const auto digit = digits_by_byte[static_cast<std::uint8_t>(c)];
        if (digit == no_digit) return std::nullopt;
        held = held << 6U | digit;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes += static_cast<char>(held >> bits & 255U);
        held &= (1U << bits) - 1U;
    }
    if (held != 0) return std::nullopt;
    return bytes;
}

}  // namespace truce
