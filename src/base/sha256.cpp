// SPDX-License-Identifier: Apache-2.0
#include "base/sha256.h"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace truce {
namespace {

// OpenSSL 3 looks the algorithm up by name unless it was fetched once before; with rows of some hundred bytes
// the look-up would cost more than the hashing.
struct Hasher {
    std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr),
                                                              &EVP_MD_free};
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

}  // namespace

std::string Sha256::hex() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const auto byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

Sha256 sha256(std::string_view text) {
    thread_local const Hasher hasher;
    Sha256 hash;
    const bool done = hasher.algorithm && hasher.context &&
                      EVP_DigestInit_ex2(hasher.context.get(), hasher.algorithm.get(), nullptr) == 1 &&
                      EVP_DigestUpdate(hasher.context.get(), text.data(), text.size()) == 1 &&
                      EVP_DigestFinal_ex(hasher.context.get(), hash.bytes.data(), nullptr) == 1;
    if (!done) throw std::runtime_error("SHA-256 is not available from this machine's OpenSSL");
    return hash;
}

}  // namespace truce
