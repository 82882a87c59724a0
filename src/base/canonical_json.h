// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// A text in canonical form read into one flat list of tokens in place of a tree: for texts that come by the million. What it
/// takes, `parse_canonical_json` takes too and reads alike; of the rest, a little is canonical all the same (`read` says what).
class CanonicalTokens {
public:
    class Value;

    /// Reads `text`, which must live as long as its values are looked at; what was read before is gone. False where the text is
    /// not canonical or passes the limits, and where it holds what is rare: numbers with a fraction or an exponent, escapes in a
    /// key, and keys whose order by UTF-16 units and by bytes differs. Then `parse_canonical_json` must say.
    [[nodiscard]] bool read(std::string_view text, JsonLimits limits = {});
    /// Requires: the last `read` was true.
    [[nodiscard]] Value root() const;

private:
    enum class Kind : std::uint8_t { null, no, yes, whole, text, array, object };
    struct Token {
        Kind kind = Kind::null;
        bool escaped = false;
        std::uint32_t begin = 0;  ///< of a text, what stands between the quotes
        std::uint32_t end = 0;
        std::uint32_t next = 0;  ///< the token after this value and all in it
    };

    bool read_value(std::size_t depth);
    bool read_text();
    bool read_whole();
    bool read_word(std::string_view word, Kind kind);
    bool read_members(std::size_t depth);
    bool read_elements(std::size_t depth);
    [[nodiscard]] char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    [[nodiscard]] std::string_view between(const Token& token) const {
        return text_.substr(token.begin, token.end - token.begin);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t depth_limit_ = 0;
    std::vector<Token> tokens_;  ///< an object's members as a text and a value each
};

/// One value among the tokens. Looks into them: no longer of use once they read another text.
class CanonicalTokens::Value {
public:
    [[nodiscard]] bool is_object() const { return token().kind == Kind::object; }
    [[nodiscard]] bool is_true() const { return token().kind == Kind::yes; }
    /// What a text says, or nothing where it is none. `room` holds it where it was written with escapes.
    [[nodiscard]] std::optional<std::string_view> text(std::string& room) const;
    /// A whole number from 0 on, or nothing.
    [[nodiscard]] std::optional<std::uint64_t> size() const;
    /// The object's member of that name. Requires: an object.
    [[nodiscard]] std::optional<Value> find(std::string_view name) const;
    /// How many members an object has. Requires: an object.
    [[nodiscard]] std::size_t member_count() const;
    /// Calls `use(name, value)` for each member; false where it is no object.
    template <class Use>
    bool each_member(Use use) const {
        if (!is_object()) return false;
        for (std::uint32_t i = at_ + 1; i < token().next; i = tokens_->tokens_[i + 1].next)
            use(tokens_->between(tokens_->tokens_[i]), Value(tokens_, i + 1));
        return true;
    }
    /// Calls `use(value)` for each element; false where it is no array.
    template <class Use>
    bool each_element(Use use) const {
        if (token().kind != Kind::array) return false;
        for (std::uint32_t i = at_ + 1; i < token().next; i = tokens_->tokens_[i].next) use(Value(tokens_, i));
        return true;
    }

private:
    friend class CanonicalTokens;
    Value(const CanonicalTokens* tokens, std::uint32_t at) : tokens_(tokens), at_(at) {}
    [[nodiscard]] const Token& token() const { return tokens_->tokens_[at_]; }

    const CanonicalTokens* tokens_;
    std::uint32_t at_;
};

}  // namespace truce
