// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace truce::record {

/// What a key signs and how: the type byte of C2SP signed-note v1.0.0.
enum class KeyType : std::uint8_t {
    /// Ed25519 over the note's text: a feed's own signature.
    ed25519 = 1,
    /// Ed25519 over the text and a time (C2SP tlog-cosignature): a witness's signature.
    cosignature = 4,
    /// ML-DSA-44 over the head and a time. Read as a key nobody here can check yet; its lines are passed
    /// over.
    ml_dsa_44 = 6,
};

/// The first four bytes of SHA-256(name || LF || type || public key): finds the key a signature line is by.
using KeyId = std::array<std::uint8_t, 4>;

/// A public key with its name: what others check signatures with.
struct VerifierKey {
    std::string name;
    KeyType type = KeyType::ed25519;
    /// 32 bytes, a point of the prime-order group.
    std::array<std::uint8_t, 32> key{};

    [[nodiscard]] KeyId id() const;
    /// `name+id+base64(type || key)`, the form in which keys are passed on.
    [[nodiscard]] std::string text() const;
    friend bool operator==(const VerifierKey&, const VerifierKey&) = default;
};

/// A name that every verifier takes for the same: 1 to 200 of `a-z 0-9 . - /`, at least one letter or digit.
/// Others' readers treat a key's name as a pattern, or forbid space and `+`; ours keep to what none minds.
[[nodiscard]] bool is_plain_name(std::string_view name);

/// Reads `name+id+base64(type || key)`.
///
/// Fails for a key id that is not the key's, base64 with spare bits, a type that cannot be checked here (an
/// ML-DSA-44 key among them), and a key that is no point of the prime-order group: with such a key (of low
/// order, or not in its one canonical spelling) two verifiers can disagree on one signature.
[[nodiscard]] Result<VerifierKey> parse_verifier_key(std::string_view text);

/// Whether `signature` is `key`'s Ed25519 signature (RFC 8032) over `message`, for every verifier.
///
/// The strictest common rule: neither the key nor R may be of low order, S must be reduced, the equation is
/// the one without cofactor. Gives libsodium's verdicts on C2SP/CCTV's 914 edge vectors.
[[nodiscard]] bool ed25519_holds(const std::array<std::uint8_t, 32>& key, std::string_view message,
                                 std::string_view signature);

/// One line below a note's text: who signed, with which key, and the bytes.
struct SignatureLine {
    std::string name;
    KeyId id{};
    /// What follows the key id: 64 bytes for ed25519, 8 of time and 64 for a cosignature. Never empty.
    std::string signature;

    /// `— name base64(id || signature)`, with its line feed.
    [[nodiscard]] std::string text() const;
    friend bool operator==(const SignatureLine&, const SignatureLine&) = default;
};

/// A text with the lines that sign it (C2SP signed-note v1.0.0).
struct Note {
    /// Ends in a line feed.
    std::string text;
    std::vector<SignatureLine> signatures;

    /// The note as a file: text, empty line, signature lines.
    [[nodiscard]] std::string bytes() const;
    friend bool operator==(const Note&, const Note&) = default;
};

/// The longest note and the greatest number of signature lines that are read.
inline constexpr std::size_t longest_note = 1'000'000;
inline constexpr std::size_t most_signatures = 100;

/// Reads a note; checks no signature.
///
/// Takes only what all known verifiers read alike: well-formed UTF-8, no control character but line feeds, no
/// empty line within the text, signature lines to the very end, names without space and `+`, base64 in its
/// one spelling, at most 100 lines.
[[nodiscard]] Result<Note> parse_note(std::string_view bytes);

/// A private Ed25519 key with its name. Wipes its seed when it goes.
class SigningKey {
public:
    using Seed = std::array<std::uint8_t, 32>;

    /// Requires: `type` is ed25519 or cosignature, `name` is a plain name.
    SigningKey(std::string name, KeyType type, const Seed& seed);
    SigningKey(const SigningKey&) = delete;
    SigningKey& operator=(const SigningKey&) = delete;
    SigningKey(SigningKey&& other) noexcept;
    SigningKey& operator=(SigningKey&&) = delete;
    ~SigningKey();

    [[nodiscard]] const VerifierKey& verifier() const { return verifier_; }
    /// The 64 bytes of this key's signature over `message`, exactly as given.
    [[nodiscard]] std::string raw_signature(std::string_view message) const;
    /// Signs a note's text. Requires: the key's type is ed25519.
    [[nodiscard]] SignatureLine sign(std::string_view text) const;

private:
    VerifierKey verifier_;
    std::array<std::uint8_t, 64> secret_{};
};

}  // namespace truce::record
