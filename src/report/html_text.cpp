// SPDX-License-Identifier: Apache-2.0
#include "report/html_text.h"

#include <fmt/format.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>
#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace truce::report {
namespace {

bool turns_direction(UChar32 c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

// Characters that HTML forbids or that show nothing and stand for nothing.
bool is_unfit(UChar32 c) {
    return c < 0 || (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && c < 0xA0) ||
           c == 0xFEFF || (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
}

void append(std::string& out, UChar32 c) {
    icu::UnicodeString(c).toUTF8String(out);
}

template <class Each>
void for_each_character(std::string_view text, Each each) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto length = static_cast<std::int64_t>(text.size());
    for (std::int64_t i = 0; i < length;) {
        UChar32 c = 0;
        U8_NEXT(bytes, i, length, c);
        each(c);
    }
}

std::string escape_marks(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace

std::string tamed(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for_each_character(text, [&out](UChar32 c) {
        if (turns_direction(c)) {
            out += fmt::format("[U+{:04X}]", static_cast<std::uint32_t>(c));
        } else {
            append(out, is_unfit(c) ? 0xFFFD : c);
        }
    });
    return out;
}

std::string escaped(std::string_view text) {
    return escape_marks(tamed(text));
}

std::string escaped_message(std::string_view text) {
    return escape_marks(text);
}

std::string isolated(std::string_view text) {
    return fmt::format("<bdi>{}</bdi>", escaped(text));
}

std::string json_for_script(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    constexpr std::string_view line_separator = "\u2028";
    constexpr std::string_view paragraph_separator = "\u2029";
    while (!json.empty()) {
        const auto next = static_cast<std::size_t>(
            std::ranges::find_if(json, [](char c) { return c == '<' || c == '\xE2'; }) - json.begin());
        out += json.substr(0, next);
        json.remove_prefix(next);
        if (json.empty()) break;
        if (json.front() == '<') {
            out += "\\u003c";
            json.remove_prefix(1);
        } else if (json.starts_with(line_separator) || json.starts_with(paragraph_separator)) {
            out += json.starts_with(line_separator) ? "\\u2028" : "\\u2029";
            json.remove_prefix(line_separator.size());
        } else {
            out += json.front();
            json.remove_prefix(1);
        }
    }
    return out;
}

bool is_link(std::string_view url) {
    const auto unfit = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; };
    const auto lower = lower_ascii(url.substr(0, 8));
    return (lower.starts_with("http://") || lower.starts_with("https://")) &&
           std::ranges::none_of(url, unfit);
}

}  // namespace truce::report
