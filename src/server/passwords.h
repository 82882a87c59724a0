// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/words.h"

namespace truce::server {

/// How long passwords are, in code points (the longest in bytes, for what hashing one may cost).
inline constexpr std::size_t shortest_password = 12;
inline constexpr std::size_t longest_password_bytes = 1024;

/// What is wrong with a password that somebody wants, as a sentence that says what to do; nothing where it will do.
///
/// Any characters in any mix will do (ASVS 5.0, 6.2.5 and 6.2.9). Refused are: too short or too long; no UTF-8; a common password,
/// or one or two of them with digits and marks around (6.2.4); one character or a short piece repeated; and what says little more
/// than one of `context_words`, such as the mission's and the person's own names (6.1.2, 6.2.11).
[[nodiscard]] std::optional<Words> fault_of_password(std::string_view password, std::span<const std::string> context_words);

/// How much work every guess costs.
enum class HashCost {
    tests,   ///< as little as there is; for tests
    people,  ///< Argon2id with 64 MiB and two passes, RFC 9106; about a tenth of a second
};
/// The password's Argon2id hash as a text with its salt and parameters in it (`$argon2id$v=19$m=...`). Throws std::bad_alloc where
/// the memory is not there.
[[nodiscard]] std::string hash_of_password(std::string_view password, HashCost cost);
/// Whether `hash` is one of `password`. Compares in constant time.
[[nodiscard]] bool is_password(std::string_view password, const std::string& hash);
/// Whether a hash was made with other parameters than `cost` has now.
[[nodiscard]] bool is_outdated(const std::string& hash, HashCost cost);

/// 256 random bits from the system as 43 characters of base64url: sessions and tokens.
[[nodiscard]] std::string fresh_secret();
/// `characters` of random 5-bit letters and digits that are not mistaken for one another, in groups of four: a code to be typed.
[[nodiscard]] std::string fresh_code(std::size_t characters);
/// Random hexadecimal digits with a prefix: an id that tells nothing.
[[nodiscard]] std::string fresh_id(std::string_view prefix);

}  // namespace truce::server
