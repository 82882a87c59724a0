// SPDX-License-Identifier: Apache-2.0
#include "server/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/text.h"
#include "report/assets.h"
#include "report/messages.h"

namespace truce::server {
namespace {

/// Marks of direction are for those who read from right to left; in other scripts they only stand in the way of programs.
std::string plain(std::string text, const report::Messages& messages) {
    return messages.right_to_left() ? text : report::without_isolates(std::move(text));
}

}  // namespace

Words::Words() = default;
Words::Words(std::string text) : text_(std::move(text)) {}
Words::Words(std::string_view text) : text_(text) {}
Words::Words(const char* text) : text_(text) {}

std::string Words::in(const report::Messages& messages) const {
    if (key_.empty()) return text_;
    std::vector<report::Argument> arguments;
    for (const auto& argument : with_) {
        if (const auto* number = std::get_if<std::int64_t>(&argument.value)) {
            arguments.push_back({argument.name, *number});
        } else if (const auto* text = std::get_if<std::string>(&argument.value)) {
            arguments.push_back({argument.name, *text});
        } else {
            arguments.push_back({argument.name, report::Argument::Bare{std::get<Words>(argument.value).in(messages)}});
        }
    }
    return plain(messages.text("problem." + key_, arguments), messages);
}

std::string Words::in_english() const { return in(english()); }

Words say(std::string_view key, std::initializer_list<Words::Argument> with) {
    Words words;
    words.key_ = key;
    words.with_ = with;
    return words;
}

Words hint(std::string_view name, const std::vector<std::string>& names) {
    const auto near = nearest(name, names);
    return near ? say("hint", {{"name", *near}}) : Words();
}

const report::Messages& english() {
    static const auto messages = [] {
        for (const auto& one : assets::catalogues()) {
            if (one.language != "en") continue;
            auto parsed = report::Messages::parse(one.language, one.json);
            if (parsed) return *std::move(parsed);
        }
        throw std::logic_error("there is no English catalogue");
    }();
    return messages;
}

}  // namespace truce::server
