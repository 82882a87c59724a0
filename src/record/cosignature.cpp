// SPDX-License-Identifier: Apache-2.0
#include "record/cosignature.h"

#include <fmt/format.h>

#include <cassert>
#include <cstdint>
#include <limits>

namespace truce::record {
namespace {

constexpr std::size_t time_length = 8;
constexpr std::size_t signature_length = 64;

}  // namespace

std::string cosigned_message(std::string_view text, std::chrono::sys_seconds time) {
    return fmt::format("cosignature/v1\ntime {}\n{}", time.time_since_epoch().count(), text);
}

SignatureLine cosign(const SigningKey& key, std::string_view text, std::chrono::sys_seconds time) {
    assert(key.verifier().type == KeyType::cosignature);
    assert(time.time_since_epoch().count() >= 0);
    const auto seconds = static_cast<std::uint64_t>(time.time_since_epoch().count());
    std::string bytes;
    for (unsigned shift = 64; shift > 0;) {
        shift -= 8;
        bytes += static_cast<char>(seconds >> shift & 255U);
    }
    bytes += key.raw_signature(cosigned_message(text, time));
    return {key.verifier().name, key.verifier().id(), bytes};
}

std::optional<std::chrono::sys_seconds> cosigned_at(const SignatureLine& line, const VerifierKey& key,
                                                    std::string_view text) {
    if (key.type != KeyType::cosignature || !is_by(line, key)) return std::nullopt;
    if (line.signature.size() != time_length + signature_length) return std::nullopt;
    std::uint64_t seconds = 0;
    for (std::size_t at = 0; at < time_length; ++at) {
        seconds = seconds << 8U | static_cast<std::uint8_t>(line.signature[at]);
    }
    if (seconds > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    const std::chrono::sys_seconds time{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
    const auto signature = std::string_view(line.signature).substr(time_length);
    if (!ed25519_holds(key.key, cosigned_message(text, time), signature)) return std::nullopt;
    return time;
}

bool is_by(const SignatureLine& line, const VerifierKey& key) {
    return line.name == key.name && line.id == key.id();
}

bool signature_holds(const SignatureLine& line, const VerifierKey& key, std::string_view text) {
    switch (key.type) {
        case KeyType::ed25519:
            return is_by(line, key) && ed25519_holds(key.key, text, line.signature);
        case KeyType::cosignature:
            return cosigned_at(line, key, text).has_value();
        case KeyType::ml_dsa_44:
            return false;
    }
    return false;
}

}  // namespace truce::record
