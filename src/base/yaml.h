// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace truce {

/// One value of a YAML text, with the place where it stands.
struct YamlNode {
    enum class Kind : std::uint8_t { null, scalar, sequence, mapping };
    struct Member;

    Kind kind = Kind::null;
    /// Whether the strict pass has found fault with this very value, so that nobody need complain again.
    bool faulty = false;
    /// Whether a scalar was written in quotes or as a block: then it is a text, whatever it looks like.
    bool quoted = false;
    /// A scalar's text; empty for the others.
    std::string text;
    /// Of the value's first character, from 1; columns count characters, not bytes.
    std::size_t line = 0;
    std::size_t column = 0;
    /// A sequence's values, in order.
    std::vector<YamlNode> values;
    /// A mapping's members, in order; keys are unique.
    std::vector<Member> members;

    [[nodiscard]] bool is_null() const { return kind == Kind::null; }
    [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
    [[nodiscard]] bool is_sequence() const { return kind == Kind::sequence; }
    [[nodiscard]] bool is_mapping() const { return kind == Kind::mapping; }
    /// The member of that key, or nothing; nothing for values that are no mappings.
    [[nodiscard]] const YamlNode* find(std::string_view key) const;
    /// What was found, for a message: `a list`, `a mapping`, `nothing`, `'NO'`.
    [[nodiscard]] std::string described() const;
};

/// One key of a mapping and its value.
struct YamlNode::Member {
    std::string key;
    std::size_t line = 0;
    std::size_t column = 0;
    YamlNode value;
};

/// How much of a YAML text is believed before it is refused.
struct YamlLimits {
    std::size_t bytes = std::size_t{16} << 20;
    int depth = 64;
    std::size_t problems = 200;
};

/// What was made of one YAML text.
struct YamlReading {
    /// The text's value, also where the strict pass found fault (so that a reader can go on and find more);
    /// nothing where the text is not YAML at all.
    std::optional<YamlNode> root;
    /// In order of line and column. A text without errors may be believed.
    std::vector<Error> errors;
    std::vector<Error> warnings;
};

/// Reads one YAML 1.2 document strictly: whatever two programs might read differently is refused, not
/// guessed.
///
/// Refused: duplicate keys, keys that are lists or mappings, anchors, aliases, merge keys, tags, a second
/// document, the booleans of YAML 1.1 (yes, no, on, off, y, n in any case) without quotes, whole numbers with
/// a leading zero, tabs in an indentation, control characters, text that is not UTF-8, more than
/// `limits.bytes` or nesting deeper than `limits.depth`. An empty text has a null root. All problems are
/// collected; after a syntax error nothing later in the text is read. Invisible characters that turn the
/// direction of writing are warned of in what stands without quotes. Never throws for any input.
[[nodiscard]] YamlReading read_yaml(std::string_view text, const YamlLimits& limits = {});

/// `text` as a YAML scalar that `read_yaml` reads back as the same text: as it is where that is safe, else in
/// double quotes.
[[nodiscard]] std::string yaml_scalar(std::string_view text);

}  // namespace truce
