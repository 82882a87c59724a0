// SPDX-License-Identifier: Apache-2.0
#include "server/passwords.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <new>
#include <stdexcept>

#include "base/base64.h"
#include "base/text.h"
#include "server/common_passwords.h"

namespace truce::server {
namespace {

void prepare() {
    static const bool ready = sodium_init() >= 0;
    if (!ready) throw std::runtime_error("libsodium does not start: the system gives no random numbers");
}

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

/// The text without digits and marks at its ends.
std::string_view core_of(std::string_view text) {
    while (!text.empty() && !is_letter(text.front())) text.remove_prefix(1);
    while (!text.empty() && !is_letter(text.back())) text.remove_suffix(1);
    return text;
}

bool is_repeated(std::string_view text) {
    constexpr std::size_t longest_piece = 5;
    for (std::size_t piece = 1; piece <= longest_piece && 2 * piece <= text.size(); ++piece) {
        bool same = true;
        for (std::size_t i = piece; i < text.size() && same; ++i) same = text[i] == text[i - piece];
        if (same) return true;
    }
    return false;
}

/// Whether one step, up or down, leads from each character to the next, or nearly always does: 123456789012, abcdefghijkl.
bool is_sequence(std::string_view text) {
    std::size_t steps = 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const int step = text[i] - text[i - 1];
        if (step == 1 || step == -1 || step == -9 || step == 9) ++steps;
    }
    return steps + 2 >= text.size();
}

bool is_common(std::string_view text) {
    if (is_common_password(text)) return true;
    const auto core = core_of(text);
    if (core.size() >= 4 && is_common_password(core)) return true;
    for (const auto whole : {text, core}) {
        for (std::size_t cut = 4; cut + 4 <= whole.size(); ++cut) {
            const auto first = whole.substr(0, cut);
            const auto second = whole.substr(cut);
            if (is_common_password(first) && (is_common_password(second) || core_of(second).empty())) return true;
        }
    }
    return false;
}

std::pair<unsigned long long, std::size_t> work_of(HashCost cost) {
    if (cost == HashCost::tests) return {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};
    return {crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE};
}

}  // namespace

std::optional<Words> fault_of_password(std::string_view password, std::span<const std::string> context_words) {
    if (!is_utf8(password)) return say("password.not_utf8");
    if (password.size() > longest_password_bytes)
        return say("password.too_long", {{"most", longest_password_bytes}});
    if (code_points(password) < shortest_password) {
        return say("password.too_short", {{"found", code_points(password)}, {"least", shortest_password}});
    }
    const auto lower = lower_ascii(password);
    if (is_repeated(lower) || is_sequence(lower)) return say("password.sequence");
    if (is_common(lower)) return say("password.common");
    for (const auto& word : context_words) {
        const auto key = lower_ascii(word);
        const auto at = key.size() < 4 ? std::string::npos : lower.find(key);
        if (at == std::string::npos) continue;
        const auto rest = code_points(lower.substr(0, at)) + code_points(std::string_view(lower).substr(at + key.size()));
        if (rest < shortest_password - 4) return say("password.context", {{"word", shown(word, 40)}});
    }
    return std::nullopt;
}

std::string hash_of_password(std::string_view password, HashCost cost) {
    prepare();
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    const auto [passes, memory] = work_of(cost);
    if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), passes, memory, crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw std::bad_alloc();
    return hash.data();
}

bool is_password(std::string_view password, const std::string& hash) {
    prepare();
    return password.size() <= longest_password_bytes &&
           crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool is_outdated(const std::string& hash, HashCost cost) {
    const auto [passes, memory] = work_of(cost);
    return crypto_pwhash_str_needs_rehash(hash.c_str(), passes, memory) != 0;
}

std::string fresh_secret() {
    prepare();
    std::string bytes(32, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    auto text = base64(bytes);
    while (text.ends_with('=')) text.pop_back();
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

std::string fresh_code(std::size_t characters) {
    prepare();
    constexpr std::string_view letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    static_assert(letters.size() == 32);
    std::string code;
    for (std::size_t i = 0; i < characters; ++i) {
        if (i > 0 && i % 4 == 0) code += '-';
        code += letters[randombytes_uniform(static_cast<std::uint32_t>(letters.size()))];
    }
    return code;
}

std::string fresh_id(std::string_view prefix) {
    prepare();
    std::array<unsigned char, 8> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::string id(prefix);
    for (const unsigned byte : bytes) id += fmt::format("{:02x}", byte);
    return id;
}

}  // namespace truce::server
