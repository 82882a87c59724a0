// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace truce::report {
class Messages;
}

namespace truce::server {

/// Something said to a person, in whichever language they read: a message of the catalogues with its arguments (`say`), or a text as
/// it is, which is in English: what a parser below says.
class Words {
public:
    struct Argument;

    Words();
    Words(std::string text);       // NOLINT(*-explicit-*): a text is words
    Words(std::string_view text);  // NOLINT(*-explicit-*)
    Words(const char* text);       // NOLINT(*-explicit-*)

    [[nodiscard]] bool empty() const { return key_.empty() && text_.empty(); }
    /// The message's key without `problem.`; empty for a text as it is.
    [[nodiscard]] const std::string& key() const { return key_; }
    [[nodiscard]] std::string in(const report::Messages& messages) const;
    [[nodiscard]] std::string in_english() const;

private:
    friend Words say(std::string_view key, std::initializer_list<Argument> with);
    std::string key_;
    std::vector<Argument> with_;
    std::string text_;
};

/// A value that a message asks for by name: a number, a text that is set off from the words around it, or words.
struct Words::Argument {
    std::string_view name;  ///< written in the program
    std::variant<std::int64_t, std::string, Words> value;

    Argument(std::string_view called, std::integral auto number) : name(called), value(static_cast<std::int64_t>(number)) {}
    Argument(std::string_view called, std::string text) : name(called), value(std::move(text)) {}
    Argument(std::string_view called, std::string_view text) : name(called), value(std::string(text)) {}
    Argument(std::string_view called, const char* text) : name(called), value(std::string(text)) {}
    Argument(std::string_view called, Words words) : name(called), value(std::move(words)) {}
};

/// The message `problem.KEY` of the catalogues. Requires: they have it, and it asks for no other arguments.
[[nodiscard]] Words say(std::string_view key, std::initializer_list<Words::Argument> with = {});

/// `; did you mean 'x'?`, or nothing where no name is near.
[[nodiscard]] Words hint(std::string_view name, const std::vector<std::string>& names);

/// The English catalogue: what everything is said in where nobody asks for another language.
[[nodiscard]] const report::Messages& english();

}  // namespace truce::server
