// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace truce {

/// A text in several languages, by language tag (`en`, `ar`, `ru`, `fr`).
struct Localised {
    std::map<std::string, std::string, std::less<>> by_language;

    /// The text in `language`, else in English, else in the first language there is, else `otherwise`.
    [[nodiscard]] std::string_view in(std::string_view language, std::string_view otherwise = {}) const {
        if (const auto found = by_language.find(language); found != by_language.end()) return found->second;
        if (const auto english = by_language.find("en"); english != by_language.end()) return english->second;
        return by_language.empty() ? otherwise : std::string_view(by_language.begin()->second);
    }
    [[nodiscard]] bool empty() const { return by_language.empty(); }

    friend bool operator==(const Localised&, const Localised&) = default;
};

}  // namespace truce
