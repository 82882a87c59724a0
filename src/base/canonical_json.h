// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace truce {

/// What a JSON text may hold at most. The defaults bound the work on a hostile text of any length.
struct JsonLimits {
    std::size_t bytes = 1U << 20U;
    std::size_t depth = 32;
};

/// Reads a JSON text strictly (RFC 8259 and I-JSON, RFC 7493): valid UTF-8, no lone surrogate, no key twice
/// in an object, no number that a double cannot hold to the digit that matters (whole numbers within +-(2^53
/// - 1), no infinities), nothing after the value. Fails with the position in bytes as `column`.
[[nodiscard]] Result<nlohmann::json> parse_strict_json(std::string_view text, JsonLimits limits = {});

/// The one form of a JSON value that its signature is made over: RFC 8785 (JCS). Keys in order of their
/// UTF-16 code units, no white space, numbers as ECMAScript writes them, only the escapes that are needed.
///
/// Fails for a value that has no such form: a number that is infinite or NaN, a text that is no UTF-8, binary
/// values.
[[nodiscard]] Result<std::string> canonical_json(const nlohmann::json& value);

/// Reads a JSON text that must be in canonical form already: what is signed is what is read. Fails where
/// `canonical_json` of what was read gives other bytes.
[[nodiscard]] Result<nlohmann::json> parse_canonical_json(std::string_view text, JsonLimits limits = {});

}  // namespace truce
