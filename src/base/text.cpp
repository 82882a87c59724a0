// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <fmt/format.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <utility>

namespace truce {
namespace {

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

constexpr std::string_view wide_spaces[] = {"\xC2\xA0", "\xE2\x80\xAF", "\xEF\xBB\xBF"};

/// The code point at `at`, and where the next one starts; U_SENTINEL (negative) for broken UTF-8.
std::pair<UChar32, std::size_t> code_point(std::string_view text, std::size_t at) {
    UChar32 c = 0;
    auto i = static_cast<std::int32_t>(0);
    const auto length = static_cast<std::int32_t>(std::min<std::size_t>(text.size() - at, 8));
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data() + at);
    U8_NEXT(bytes, i, length, c);
    return {c, at + static_cast<std::size_t>(i)};
}

bool turns_direction(UChar32 c) {
    return c == 0x200E || c == 0x200F || c == 0x061C || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

std::vector<UChar32> code_points(std::string_view text, std::size_t limit) {
    std::vector<UChar32> points;
    for (std::size_t at = 0; at < text.size() && points.size() < limit;) {
        const auto [c, next] = code_point(text, at);
        points.push_back(c < 0 ? 0xFFFD : c);
        at = next;
    }
    return points;
}

/// Arabic letters that writers use for one another, as the one that stands for them in a key.
UChar32 unified(UChar32 c) {
    switch (c) {
        case 0x0622:
        case 0x0623:
        case 0x0625:
        case 0x0671:
            return 0x0627;  // forms of alef
        case 0x0649:
        case 0x06CC:
            return 0x064A;  // alef maksura, Persian ya
        case 0x0629:
            return 0x0647;  // ta marbuta
        case 0x06A9:
            return 0x0643;  // Persian kaf
        default:
            return c;
    }
}

template <class Name>
std::optional<std::string_view> nearest_of(std::string_view name, std::span<const Name> names) {
    const std::size_t most = std::max<std::size_t>(1, std::min<std::size_t>(name.size(), 60) / 3);
    std::size_t best = most + 1;
    std::optional<std::string_view> found;
    for (const auto& candidate : names) {
        const auto d = edit_distance(name, candidate);
        if (d < best) {
            best = d;
            found = candidate;
        }
    }
    return found;
}

std::string question(std::optional<std::string_view> name) {
    return name ? fmt::format("; did you mean '{}'?", shown(*name)) : std::string();
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    for (bool again = true; again;) {
        again = false;
        while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
        while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
        for (const auto space : wide_spaces) {
            if (text.starts_with(space)) {
                text.remove_prefix(space.size());
                again = true;
            }
            if (text.ends_with(space)) {
                text.remove_suffix(space.size());
                again = true;
            }
        }
    }
    return text;
}

std::string clipped(std::string_view text, std::size_t length) {
    if (text.size() <= length) return std::string(text);
    std::size_t cut = length;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    return std::string(text.substr(0, cut)) + "\u2026";
}

std::string shown(std::string_view text, std::size_t length) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (out.size() >= length) return out + "\u2026";
        const auto [c, next] = code_point(text, at);
        if (c < 0) {
            for (auto i = at; i < next; ++i)
                out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i]));
        } else if (c < 0x20 || (c >= 0x7F && c < 0xA0) || turns_direction(c)) {
            out += fmt::format("\\u{{{:04x}}}", static_cast<unsigned>(c));
        } else {
            out += text.substr(at, next - at);
        }
        at = next;
    }
    return out;
}

std::optional<std::size_t> first_utf8_fault(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        // Most texts are plain ASCII: eight bytes without a high bit need no closer look.
        std::uint64_t eight = 0;
        if (text.size() - at >= sizeof eight) {
            std::memcpy(&eight, text.data() + at, sizeof eight);
            if ((eight & 0x8080808080808080U) == 0) {
                at += sizeof eight;
                continue;
            }
        }
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            ++at;
            continue;
        }
        const auto [c, next] = code_point(text, at);
        if (c < 0) return at;
        at = next;
    }
    return std::nullopt;
}

bool is_utf8(std::string_view text) {
    return !first_utf8_fault(text);
}

std::string name_key(std::string_view name) {
    static const icu::Normalizer2* const decompose = [] {
        UErrorCode code = U_ZERO_ERROR;
        return icu::Normalizer2::getNFKDInstance(code);
    }();
    icu::UnicodeString text = icu::UnicodeString::fromUTF8(
        icu::StringPiece(name.data(), static_cast<std::int32_t>(std::min<std::size_t>(name.size(), 4096))));
    UErrorCode code = U_ZERO_ERROR;
    text = decompose->normalize(text, code);
    text.foldCase();
    std::string key;
    bool gap = false;
    for (std::int32_t i = 0; i < text.length();) {
        const auto c = unified(text.char32At(i));
        i = text.moveIndex32(i, 1);
        const auto kind = U_GET_GC_MASK(c);
        if ((kind & (U_GC_MN_MASK | U_GC_CF_MASK)) != 0 || c == 0x0640)
            continue;  // marks, invisible, tatweel
        if ((kind & (U_GC_L_MASK | U_GC_N_MASK)) == 0) {
            // An apostrophe stands for a letter that transliterations leave out: Sana'a and Sanaa are one
            // name.
            if (c != '\'' && c != 0x2019 && c != 0x2018 && c != 0x02BC && c != 0x02BF && c != '`') gap = true;
            continue;
        }
        if (gap && !key.empty()) key += ' ';
        gap = false;
        icu::UnicodeString(c).toUTF8String(key);
    }
    return key;
}

std::string header_key(std::string_view header) {
    std::string key;
    for (const char c : trimmed(header)) {
        if (c == '"' || c == '\'') continue;
        const bool separator = c == ' ' || c == '_' || c == '-' || c == '/' || c == '.';
        if (!separator) {
            key += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        } else if (!key.empty() && key.back() != '_') {
            key += '_';
        } else if (key.empty() && c == '_') {
            key += '_';  // KoBoToolbox's own columns begin with one
        }
    }
    return key;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    constexpr std::size_t most = 200;
    const auto x = code_points(a, most);
    const auto y = code_points(b, most);
    std::vector<std::size_t> before(y.size() + 1);
    std::vector<std::size_t> last(y.size() + 1);
    std::vector<std::size_t> row(y.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= x.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= y.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (x[i - 1] == y[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[y.size()];
}

std::optional<std::string_view> nearest(std::string_view name, std::span<const std::string_view> names) {
    return nearest_of(name, names);
}
std::optional<std::string_view> nearest(std::string_view name, std::span<const std::string> names) {
    return nearest_of(name, names);
}
std::string did_you_mean(std::string_view name, std::span<const std::string_view> names) {
    return question(nearest(name, names));
}
std::string did_you_mean(std::string_view name, std::span<const std::string> names) {
    return question(nearest(name, names));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto at = text.find(separator);
        const auto part = trimmed(text.substr(0, at));
        if (!part.empty()) parts.push_back(part);
        if (at == std::string_view::npos) break;
        text.remove_prefix(at + 1);
    }
    return parts;
}

std::string lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string ascii_digits(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            out += text[at++];
            continue;
        }
        const auto [c, next] = code_point(text, at);
        const int digit = c < 0 ? -1 : u_charDigitValue(c);
        if (digit >= 0) {
            out += static_cast<char>('0' + digit);
        } else if (c == 0x066B) {
            out += '.';
        } else if (c != 0x066C) {
            out += text.substr(at, next - at);
        }
        at = next;
    }
    return out;
}

std::optional<long long> parse_integer(std::string_view text) {
    text = trimmed(text);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) return std::nullopt;
    }
    long long value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<double> parse_real(std::string_view text) {
    text = trimmed(text);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) return std::nullopt;
    }
    double value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

}  // namespace truce
