// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/yaml.h"

namespace truce {

/// The errors and warnings of one file, as its readers find them.
struct Problems {
    std::string file;
    std::vector<Error> errors{};
    std::vector<Error> warnings{};

    /// Notes an error at `node`; keeps silent where the strict pass has already found fault with the value.
    void error(const YamlNode& node, std::string message);
    void warn(const YamlNode& node, std::string message);
    /// Takes in what `read_yaml` found.
    void add(const YamlReading& reading);
};

/// The members of one mapping, read by type. Each reader notes an error where it finds something else than it
/// wants, and answers nothing then, as it does where the key is absent, null or the word `unknown`.
class Fields {
public:
    /// `what` names the mapping in messages: "duty". A node that is no mapping is an error, and has no
    /// fields. Requires: `node` and `problems` outlive it.
    Fields(const YamlNode& node, std::string_view what, Problems& problems);

    [[nodiscard]] const YamlNode& node() const { return *node_; }
    /// The value of a key, whatever it is; null where the key is absent or its value is null or `unknown`.
    [[nodiscard]] const YamlNode* value(std::string_view key);
    /// Whether the key stands there, even with a null or `unknown` value.
    [[nodiscard]] bool has(std::string_view key);
    /// As `value`, and an error where the mapping lacks the key.
    [[nodiscard]] const YamlNode* required(std::string_view key);

    [[nodiscard]] std::optional<std::string> text(std::string_view key);
    [[nodiscard]] std::optional<std::string> required_text(std::string_view key);
    [[nodiscard]] std::optional<long long> integer(std::string_view key, long long least, long long most);
    [[nodiscard]] std::optional<double> real(std::string_view key, double least, double most);
    [[nodiscard]] std::optional<bool> flag(std::string_view key);
    /// One of the allowed words.
    [[nodiscard]] std::optional<std::string> word(std::string_view key,
                                                  std::span<const std::string_view> allowed);
    [[nodiscard]] std::optional<std::string> word(std::string_view key,
                                                  std::initializer_list<std::string_view> allowed);
    /// A list's values; a single value in place of a list is an error.
    [[nodiscard]] std::vector<const YamlNode*> list(std::string_view key);
    /// A list of texts.
    [[nodiscard]] std::vector<std::string> texts(std::string_view key);

    /// Notes an error for each key that nobody has asked for, with the nearest one that somebody has.
    /// Requires: every key has been asked for.
    void finish();

private:
    const YamlNode* node_;
    std::string what_;
    Problems* problems_;
    std::vector<std::string> asked_;
};

/// A scalar's text; an error for anything else ("title must be a text; found a list").
[[nodiscard]] std::optional<std::string> text_of(const YamlNode& node, std::string_view what,
                                                 Problems& problems);
/// One of `allowed`; an error that lists them for anything else.
[[nodiscard]] std::optional<std::string> word_of(const YamlNode& node, std::string_view what,
                                                 std::span<const std::string_view> allowed,
                                                 Problems& problems);
/// Whether a value stands for "nobody knows": null, or the word `unknown` without quotes.
[[nodiscard]] bool is_unknown(const YamlNode& node);
/// `a, b or c`.
[[nodiscard]] std::string listed(std::span<const std::string_view> words);

}  // namespace truce
