// SPDX-License-Identifier: Apache-2.0
#include "record/key.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <cassert>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "base/text.h"
#include "record/checkpoint.h"

namespace truce::record {
namespace {

constexpr std::string_view title = "trucewatch key 1\n";
constexpr std::string_view witness_suffix = "/witness";
// Which of the keys that come from one secret (libsodium's crypto_kdf); never change them.
constexpr std::array<char, crypto_kdf_CONTEXTBYTES> context{'t', 'r', 'u', 'c', 'e', 'k', 'e', 'y'};
enum class Part : std::uint64_t { feed = 1, witness = 2, box = 3 };

constexpr std::size_t salt_length = crypto_pwhash_SALTBYTES;
constexpr std::size_t nonce_length = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_length = crypto_aead_xchacha20poly1305_ietf_ABYTES;
// What a file may ask of us at most.
constexpr std::uint64_t most_passes = 16;
constexpr std::uint64_t most_memory = std::uint64_t{2} << 30U;

void prepare_sodium() {
    static const bool ready = sodium_init() >= 0;
    if (!ready) throw std::runtime_error("libsodium cannot be used on this machine");
}

/// How hard a guess is made.
struct Work {
    std::uint64_t passes = 0;
    std::uint64_t memory = 0;
};

Work work_of(MonitorSecret::Cost cost) {
    switch (cost) {
        case MonitorSecret::Cost::low:
            return {crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE};
        case MonitorSecret::Cost::medium:
            return {crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE};
        case MonitorSecret::Cost::high:
            return {crypto_pwhash_OPSLIMIT_SENSITIVE, crypto_pwhash_MEMLIMIT_SENSITIVE};
    }
    return {};
}

const unsigned char* unsigned_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* unsigned_bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

/// 32 bytes that are wiped when they go.
struct Wiped {
    std::array<std::uint8_t, 32> bytes{};
    Wiped() = default;
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;
    ~Wiped() { sodium_memzero(bytes.data(), bytes.size()); }
};

void key_from_passphrase(Wiped& key, std::string_view passphrase, std::string_view salt, Work work) {
    assert(salt.size() == salt_length);
    prepare_sodium();
    if (crypto_pwhash(key.bytes.data(), key.bytes.size(), passphrase.data(), passphrase.size(),
                      unsigned_bytes(salt), work.passes, static_cast<std::size_t>(work.memory),
                      crypto_pwhash_ALG_ARGON2ID13) != 0) {
        throw std::bad_alloc();
    }
}

void derive(Wiped& derived, const MonitorSecret::Bytes& secret, Part part) {
    prepare_sodium();
    crypto_kdf_derive_from_key(derived.bytes.data(), derived.bytes.size(), static_cast<std::uint64_t>(part),
                               context.data(), secret.data());
}

/// The part of a key file that can be read by everyone: all but its last line.
std::string head_of(const MonitorKeys& keys, Work work, std::string_view salt) {
    return fmt::format("{}name {}\nfeed {}\nwitness {}\nbox {}\nargon2id {} {} {}\n", title, keys.name,
                       keys.feed.text(), keys.witness.text(),
                       base64({reinterpret_cast<const char*>(keys.box.data()), keys.box.size()}), work.passes,
                       work.memory, base64(salt));
}

/// A key file, taken apart.
struct KeyFile {
    MonitorKeys keys;
    Work work;
    std::string salt;
    std::string sealed;
};

Result<KeyFile> taken_apart(std::string_view text) {
    const auto bad = [](std::string_view why) {
        return failure({.message = fmt::format("this is no whole key file of Trucewatch: {}", why)});
    };
    constexpr std::size_t longest_file = 4096;
    if (text.size() > longest_file || !text.starts_with(title))
        return bad("its first line is not 'trucewatch key 1'");
    auto rest = text.substr(title.size());
    const auto line = [&](std::string_view word) -> std::optional<std::string_view> {
        const auto end = rest.find('\n');
        if (end == std::string_view::npos || !rest.starts_with(word)) return std::nullopt;
        const auto value = rest.substr(word.size(), end - word.size());
        rest.remove_prefix(end + 1);
        return value;
    };
    const auto name = line("name ");
    const auto feed = line("feed ");
    const auto witness = line("witness ");
    const auto box = line("box ");
    const auto argon = line("argon2id ");
    const auto sealed = line("sealed ");
    if (!name || !feed || !witness || !box || !argon || !sealed || !rest.empty())
        return bad("a line is missing");
    if (!is_plain_name(*name)) return bad("the name has characters other than a-z 0-9 . - /");
    auto feed_key = parse_verifier_key(*feed);
    auto witness_key = parse_verifier_key(*witness);
    if (!feed_key) return tl::unexpected(feed_key.error());
    if (!witness_key) return tl::unexpected(witness_key.error());
    KeyFile file{.keys = {std::string(*name), *std::move(feed_key), *std::move(witness_key), {}},
                 .work = {},
                 .salt = {},
                 .sealed = {}};
    const auto box_bytes = base64_decoded(*box);
    if (!box_bytes || box_bytes->size() != file.keys.box.size())
        return bad("the box key is not base64 of 32 bytes");
    std::copy_n(box_bytes->begin(), box_bytes->size(), file.keys.box.begin());
    const auto parts = split(*argon, ' ');
    const auto passes = parts.size() == 3 ? parse_count(parts[0]).value_or(0) : 0;
    const auto memory = parts.size() == 3 ? parse_count(parts[1]).value_or(0) : 0;
    const auto salt = parts.size() == 3 ? base64_decoded(parts[2]) : std::nullopt;
    if (!salt || salt->size() != salt_length || passes < crypto_pwhash_OPSLIMIT_MIN || passes > most_passes ||
        memory < crypto_pwhash_MEMLIMIT_MIN || memory > most_memory) {
        return bad("the line 'argon2id' does not hold passes, memory and salt within their bounds");
    }
    const auto sealed_bytes = base64_decoded(*sealed);
    if (!sealed_bytes || sealed_bytes->size() != nonce_length + sizeof(MonitorSecret::Bytes) + tag_length) {
        return bad("the sealed secret has a wrong length");
    }
    file.work = {passes, memory};
    file.salt = *salt;
    file.sealed = *sealed_bytes;
    return file;
}

}  // namespace

std::string MonitorKeys::card() const {
    return fmt::format("log {}\nwitness {} {}\n# box {} {}\n", feed.text(), name, witness.text(), name,
                       base64({reinterpret_cast<const char*>(box.data()), box.size()}));
}

Result<MonitorKeys> read_card(std::string_view text) {
    std::vector<std::string_view> lines = split(text, '\n');
    const auto wrong = [](std::string_view what) {
        return failure(
            {.message = fmt::format("this is no monitor's card: {}; 'truce key show' prints one", what)});
    };
    if (lines.size() != 3) return wrong("it must have three lines");
    const auto after = [](std::string_view line, std::string_view word) -> std::optional<std::string_view> {
        if (!line.starts_with(word)) return std::nullopt;
        return line.substr(word.size());
    };
    MonitorKeys keys;
    const auto log = after(lines[0], "log ");
    auto feed =
        log ? parse_verifier_key(*log) : Result<VerifierKey>(wrong("the first line must begin with 'log'"));
    if (!feed) return tl::unexpected(feed.error());
    keys.feed = *feed;
    keys.name = keys.feed.name;
    const auto witness_line = after(lines[1], fmt::format("witness {} ", keys.name));
    auto witness =
        witness_line ? parse_verifier_key(*witness_line)
                     : Result<VerifierKey>(wrong("the second line must name the same monitor's witness key"));
    if (!witness) return tl::unexpected(witness.error());
    keys.witness = *witness;
    const auto box_line = after(lines[2], fmt::format("# box {} ", keys.name));
    const auto box = box_line ? base64_decoded(*box_line) : std::nullopt;
    if (!box || box->size() != keys.box.size())
        return wrong("the third line must hold the same monitor's box key");
    std::ranges::transform(*box, keys.box.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
    if (keys.card() !=
        std::string(lines[0]) + "\n" + std::string(lines[1]) + "\n" + std::string(lines[2]) + "\n")
        return wrong("its keys are not spelled as they must be");
    return keys;
}

MonitorSecret MonitorSecret::generate(std::string name) {
    prepare_sodium();
    Wiped secret;
    randombytes_buf(secret.bytes.data(), secret.bytes.size());
    return {std::move(name), secret.bytes};
}

MonitorSecret::MonitorSecret(std::string name, const Bytes& secret)
    : name_(std::move(name)), secret_(secret) {
    assert(is_plain_name(name_));
}

MonitorSecret::MonitorSecret(MonitorSecret&& other) noexcept
    : name_(std::move(other.name_)), secret_(other.secret_) {
    sodium_memzero(other.secret_.data(), other.secret_.size());
}

MonitorSecret::~MonitorSecret() {
    sodium_memzero(secret_.data(), secret_.size());
}

SigningKey MonitorSecret::feed_key() const {
    Wiped seed;
    derive(seed, secret_, Part::feed);
    return {name_, KeyType::ed25519, seed.bytes};
}

SigningKey MonitorSecret::witness_key() const {
    Wiped seed;
    derive(seed, secret_, Part::witness);
    return {name_ + std::string(witness_suffix), KeyType::cosignature, seed.bytes};
}

MonitorSecret::Bytes MonitorSecret::box_secret() const {
    Wiped secret;
    derive(secret, secret_, Part::box);
    return secret.bytes;
}

MonitorKeys MonitorSecret::keys() const {
    MonitorKeys keys{name_, feed_key().verifier(), witness_key().verifier(), {}};
    Wiped secret;
    derive(secret, secret_, Part::box);
    crypto_scalarmult_base(keys.box.data(), secret.bytes.data());
    return keys;
}

std::string MonitorSecret::sealed(std::string_view passphrase, Cost cost) const {
    prepare_sodium();
    std::string salt(salt_length, '\0');
    randombytes_buf(salt.data(), salt.size());
    std::string sealed(nonce_length + sizeof(Bytes) + tag_length, '\0');
    randombytes_buf(sealed.data(), nonce_length);
    const auto work = work_of(cost);
    Wiped key;
    key_from_passphrase(key, passphrase, salt, work);
    // Everything the file says is bound to the secret: nobody can put another name or public key in.
    const auto head = head_of(keys(), work, salt);
    crypto_aead_xchacha20poly1305_ietf_encrypt(unsigned_bytes(sealed) + nonce_length, nullptr, secret_.data(),
                                               secret_.size(), unsigned_bytes(std::string_view(head)),
                                               head.size(), nullptr, unsigned_bytes(sealed),
                                               key.bytes.data());
    return head + "sealed " + base64(sealed) + "\n";
}

Result<MonitorKeys> read_key_file(std::string_view text) {
    auto file = taken_apart(text);
    if (!file) return tl::unexpected(std::move(file).error());
    return std::move(file->keys);
}

Result<MonitorSecret> open_key_file(std::string_view text, std::string_view passphrase) {
    const auto file = taken_apart(text);
    if (!file) return tl::unexpected(file.error());
    const auto head = head_of(file->keys, file->work, file->salt);
    Wiped key;
    key_from_passphrase(key, passphrase, file->salt, file->work);
    Wiped secret;
    const auto cipher = std::string_view(file->sealed).substr(nonce_length);
    if (!text.starts_with(head) ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(
            secret.bytes.data(), nullptr, nullptr, unsigned_bytes(cipher), cipher.size(),
            unsigned_bytes(std::string_view(head)), head.size(),
            unsigned_bytes(std::string_view(file->sealed)), key.bytes.data()) != 0) {
        return failure({.message = "the passphrase is not this key's, or the key file was changed"});
    }
    MonitorSecret opened(file->keys.name, secret.bytes);
    const auto keys = opened.keys();
    if (keys.feed != file->keys.feed || keys.witness != file->keys.witness || keys.box != file->keys.box) {
        return failure({.message = "the public keys in the key file are not this secret's"});
    }
    return opened;
}

}  // namespace truce::record
