// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace truce::report {

/// One value that a message asks for by name.
///
/// A text is tamed (report/html_text.h) and set off from its surroundings by directional isolates, so that a
/// name in another script turns nothing around; `Bare` text is put in as it is. Counts go through the
/// language's plural rules.
struct Argument {
    struct Bare {
        std::string text;
    };
    std::string_view name;
    std::variant<std::int64_t, std::string, Bare> value;
};
using Arguments = std::initializer_list<Argument>;

/// The catalogue of one language: sentences by key, in ICU MessageFormat, and how it writes numbers and days.
///
/// Digits are Western in every language, as in the sources; Arabic months are written in both usages
/// ("أيار/مايو"), as the United Nations does.
class Messages {
public:
    /// Reads a catalogue: a JSON object of messages by key. Fails, naming the key, where a message is no text
    /// or no ICU message.
    [[nodiscard]] static Result<Messages> parse(std::string_view language, std::string_view json);

    [[nodiscard]] const std::string& language() const { return language_; }
    [[nodiscard]] bool right_to_left() const { return language_ == "ar"; }

    [[nodiscard]] bool has(std::string_view key) const { return messages_.find(key) != messages_.end(); }
    /// The message of that key with its arguments put in: plain text, not escaped for anything. A key that
    /// the catalogue lacks gives the key itself in square brackets, which a test looks for.
    [[nodiscard]] std::string text(std::string_view key, Arguments arguments = {}) const {
        return text(key, std::span(arguments.begin(), arguments.size()));
    }
    [[nodiscard]] std::string text(std::string_view key, std::span<const Argument> arguments) const;
    [[nodiscard]] std::vector<std::string> keys() const;

    /// A whole number, its thousands set apart.
    [[nodiscard]] std::string number(std::uint64_t value) const;
    /// A number with exactly `digits` decimals.
    [[nodiscard]] std::string decimal(double value, int digits) const;
    /// A probability or share as a percentage: "42%"; "<1%" and ">99%" where rounding would claim certainty.
    [[nodiscard]] std::string percent(double share) const;
    /// Two figures as a range, always read from left to right.
    [[nodiscard]] std::string range(std::string_view low, std::string_view high) const;
    /// A day: "4 May 2016".
    [[nodiscard]] std::string day(sys_days day) const;
    /// A run of days, the last one included; one day where both are the same.
    [[nodiscard]] std::string days(sys_days first, sys_days last) const;

private:
    struct Compiled;
    struct Numbers;
    Messages() = default;
    std::string language_;
    std::map<std::string, std::shared_ptr<const Compiled>, std::less<>>
        messages_;                            // shared by copies; never changes
    std::shared_ptr<const Numbers> numbers_;  // likewise
};

/// A message without the directional isolates that set its names off: a terminal shows those as boxes or not
/// at all.
[[nodiscard]] std::string without_isolates(std::string text);

}  // namespace truce::report
