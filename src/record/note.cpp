// SPDX-License-Identifier: Apache-2.0
#include "record/note.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <cassert>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/base64.h"
#include "base/sha256.h"
#include "base/text.h"

namespace truce::record {
namespace {

constexpr std::string_view dash = "\u2014 ";
constexpr std::size_t id_length = std::tuple_size_v<KeyId>;

/// libsodium chooses its code for this processor once.
void prepare_sodium() {
    static const bool ready = sodium_init() >= 0;
    if (!ready) throw std::runtime_error("libsodium cannot be used on this machine");
}

const unsigned char* unsigned_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hex(const KeyId& id) {
    std::string text;
    for (const auto byte : id) text += fmt::format("{:02x}", byte);
    return text;
}

std::string type_and_key(const VerifierKey& key) {
    std::string bytes(1, static_cast<char>(key.type));
    bytes.append(reinterpret_cast<const char*>(key.key.data()), key.key.size());
    return bytes;
}

KeyId key_id(std::string_view name, std::string_view type_and_public_key) {
    std::string hashed(name);
    hashed += '\n';
    hashed += type_and_public_key;
    const auto hash = sha256(hashed);
    KeyId id;
    std::copy_n(hash.bytes.begin(), id.size(), id.begin());
    return id;
}

/// Whether the character is white space in Unicode (property White_Space).
bool is_space(char32_t c) {
    return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
           c == 0x3000;
}

/// The character that starts at `at`, and moves past it. Requires: `text` is well-formed UTF-8.
char32_t next_character(std::string_view text, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (lead < 0x80) return lead;
    const unsigned more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    char32_t character = lead & (0x3FU >> more);
    for (unsigned i = 0; i < more; ++i)
        character = character << 6U | (static_cast<unsigned char>(text[at++]) & 0x3FU);
    return character;
}

/// Whether the specification of signed notes allows `name`, which is well-formed UTF-8.
bool is_allowed_name(std::string_view name) {
    if (name.empty()) return false;
    for (std::size_t at = 0; at < name.size();) {
        const auto character = next_character(name, at);
        if (character == '+' || is_space(character)) return false;
    }
    return true;
}

Error malformed(std::string_view what) {
    return {.message = fmt::format("not a signed note: {}", what)};
}

Result<SignatureLine> parse_signature_line(std::string_view line) {
    if (!line.starts_with(dash)) return failure(malformed("a line below the text is no signature line"));
    line.remove_prefix(dash.size());
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return failure(malformed("a signature line has no signature"));
    const auto name = line.substr(0, space);
    if (!is_allowed_name(name)) {
        return failure(malformed(fmt::format("'{}' cannot be a key's name", shown(name, 60))));
    }
    const auto bytes = base64_decoded(line.substr(space + 1));
    if (!bytes) {
        return failure(
            malformed(fmt::format("the signature by {} is not base64 in its one spelling", shown(name, 60))));
    }
    if (bytes->size() <= id_length) {
        return failure(malformed(fmt::format("the signature by {} is too short", shown(name, 60))));
    }
    SignatureLine signature{.name = std::string(name), .signature = bytes->substr(id_length)};
    std::copy_n(bytes->begin(), id_length, signature.id.begin());
    return signature;
}

}  // namespace

KeyId VerifierKey::id() const {
    return key_id(name, type_and_key(*this));
}

std::string VerifierKey::text() const {
    return fmt::format("{}+{}+{}", name, hex(id()), base64(type_and_key(*this)));
}

bool is_plain_name(std::string_view name) {
    constexpr std::size_t longest = 200;
    const auto letter_or_digit = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return name.size() <= longest && std::ranges::any_of(name, letter_or_digit) &&
           std::ranges::all_of(
               name, [&](char c) { return letter_or_digit(c) || c == '.' || c == '-' || c == '/'; });
}

Result<VerifierKey> parse_verifier_key(std::string_view text) {
    const auto bad = [&](std::string_view why) {
        return failure({.message = fmt::format("key '{}': {}", shown(text, 60), why)});
    };
    const auto name_end = text.find('+');
    const auto id_end = name_end == std::string_view::npos ? name_end : text.find('+', name_end + 1);
    if (id_end == std::string_view::npos) return bad("want NAME+ID+KEY");
    const auto name = text.substr(0, name_end);
    if (!is_utf8(name) || !is_allowed_name(name) ||
        std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
        return bad("this cannot be a key's name");
    }
    const auto bytes = base64_decoded(text.substr(id_end + 1));
    if (!bytes || bytes->empty()) return bad("the key is not base64 in its one spelling");
    if (text.substr(name_end + 1, id_end - name_end - 1) != hex(key_id(name, *bytes))) {
        return bad("the id is not this key's: a character was changed or lost");
    }
    VerifierKey key{.name = std::string(name)};
    switch (static_cast<unsigned char>(bytes->front())) {
        case static_cast<unsigned char>(KeyType::ed25519):
            key.type = KeyType::ed25519;
            break;
        case static_cast<unsigned char>(KeyType::cosignature):
            key.type = KeyType::cosignature;
            break;
        case static_cast<unsigned char>(KeyType::ml_dsa_44):
            return bad("ML-DSA-44 signatures cannot be checked by this version");
        default:
            return bad(fmt::format("keys of type {:02x} cannot be checked; want 01 or 04 (Ed25519)",
                                   static_cast<unsigned char>(bytes->front())));
    }
    if (bytes->size() != 1 + key.key.size()) return bad("an Ed25519 key has 32 bytes");
    std::copy_n(bytes->begin() + 1, key.key.size(), key.key.begin());
    prepare_sodium();
    if (crypto_core_ed25519_is_valid_point(key.key.data()) != 1) {
        return bad("the key is no point of the prime-order group, so that verifiers would disagree about it");
    }
    return key;
}

bool ed25519_holds(const std::array<std::uint8_t, 32>& key, std::string_view message,
                   std::string_view signature) {
    prepare_sodium();
    return signature.size() == crypto_sign_ed25519_BYTES &&
           crypto_sign_ed25519_verify_detached(unsigned_bytes(signature), unsigned_bytes(message),
                                               message.size(), key.data()) == 0;
}

std::string SignatureLine::text() const {
    std::string bytes(id.begin(), id.end());
    bytes += signature;
    return fmt::format("{}{} {}\n", dash, name, base64(bytes));
}

std::string Note::bytes() const {
    std::string all = text + "\n";
    for (const auto& signature : signatures) all += signature.text();
    return all;
}

Result<Note> parse_note(std::string_view bytes) {
    if (bytes.size() > longest_note) return failure(malformed("it is longer than 1,000,000 bytes"));
    if (!is_utf8(bytes)) return failure(malformed("it is not UTF-8"));
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; };
    if (std::ranges::any_of(bytes, is_control)) return failure(malformed("it holds a control character"));
    if (!bytes.ends_with('\n')) return failure(malformed("its last line does not end"));
    const auto split = bytes.find("\n\n");
    if (split == std::string_view::npos) return failure(malformed("no empty line parts text and signatures"));
    Note note{.text = std::string(bytes.substr(0, split + 1)), .signatures = {}};
    auto rest = bytes.substr(split + 2);
    if (rest.empty()) return failure(malformed("it has no signature"));
    while (!rest.empty()) {
        if (note.signatures.size() == most_signatures) {
            return failure(malformed("it has more than 100 signatures"));
        }
        const auto end = rest.find('\n');
        auto signature = parse_signature_line(rest.substr(0, end));
        if (!signature) return tl::unexpected(std::move(signature).error());
        note.signatures.push_back(*std::move(signature));
        rest.remove_prefix(end + 1);
    }
    return note;
}

SigningKey::SigningKey(std::string name, KeyType type, const Seed& seed)
    : verifier_{.name = std::move(name), .type = type} {
    assert(is_plain_name(verifier_.name));
    assert(type == KeyType::ed25519 || type == KeyType::cosignature);
    prepare_sodium();
    crypto_sign_ed25519_seed_keypair(verifier_.key.data(), secret_.data(), seed.data());
}

SigningKey::SigningKey(SigningKey&& other) noexcept
    : verifier_(std::move(other.verifier_)), secret_(other.secret_) {
    sodium_memzero(other.secret_.data(), other.secret_.size());
}

SigningKey::~SigningKey() {
    sodium_memzero(secret_.data(), secret_.size());
}

std::string SigningKey::raw_signature(std::string_view message) const {
    std::string signature(crypto_sign_ed25519_BYTES, '\0');
    crypto_sign_ed25519_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr,
                                 unsigned_bytes(message), message.size(), secret_.data());
    return signature;
}

SignatureLine SigningKey::sign(std::string_view text) const {
    assert(verifier_.type == KeyType::ed25519);
    return {verifier_.name, verifier_.id(), raw_signature(text)};
}

}  // namespace truce::record
