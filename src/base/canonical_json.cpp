// SPDX-License-Identifier: Apache-2.0
#include "base/canonical_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"

namespace truce {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t greatest_whole = (std::int64_t{1} << 53) - 1;

/// Takes the parser's tokens, builds the value, and refuses what two programs might read differently.
class StrictReader {
public:
    explicit StrictReader(JsonLimits limits) : limits_(limits) {}

    [[nodiscard]] Json take() { return std::move(root_); }
    [[nodiscard]] const std::string& complaint() const { return complaint_; }
    [[nodiscard]] std::size_t position() const { return position_; }

    // The names and signatures are those of nlohmann's SAX interface.
    bool null() { return put(nullptr); }
    bool boolean(bool value) { return put(value); }
    bool number_integer(std::int64_t value) {
        if (value < -greatest_whole) return refuse_number();
        return put(value);
    }
    bool number_unsigned(std::uint64_t value) {
        if (value > static_cast<std::uint64_t>(greatest_whole)) return refuse_number();
        return put(static_cast<std::int64_t>(value));
    }
    bool number_float(double value, const std::string& /*text*/) {
        if (!std::isfinite(value)) return refuse("a number is larger than any that can be held");
        if (value == std::floor(value) && std::abs(value) > static_cast<double>(greatest_whole))
            return refuse_number();
        return put(value);
    }
    bool string(std::string& value) { return put(std::move(value)); }
    bool binary(std::vector<std::uint8_t>& /*value*/) { return refuse("binary values are not JSON"); }
    bool start_object(std::size_t /*size*/) { return open(Json::object()); }
    bool start_array(std::size_t /*size*/) { return open(Json::array()); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(std::string& name) {
        if (open_.back()->contains(name))
            return refuse(fmt::format("the key '{}' stands twice in one object", name));
        key_ = std::move(name);
        return true;
    }
    bool parse_error(std::size_t position, const std::string& token,
                     const nlohmann::detail::exception& error) {
        position_ = position;
        // nlohmann's own text names its library; what it found is enough.
        complaint_ = fmt::format("this is no JSON at '{}'", token);
        if (std::string_view(error.what()).find("UTF-8") != std::string_view::npos)
            complaint_ = "this is no UTF-8";
        if (std::string_view(error.what()).find("surrogate") != std::string_view::npos) {
            complaint_ = "an escape names one half of a surrogate pair alone";
        }
        return false;
    }

private:
    bool refuse(std::string why) {
        complaint_ = std::move(why);
        return false;
    }
    bool refuse_number() {
        return refuse(
            "a whole number lies outside +-(2^53 - 1), where programs read different numbers; write it as a "
            "text");
    }
    Json* place(Json value) {
        if (open_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        Json& parent = *open_.back();
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        Json& member = parent[key_];
        member = std::move(value);
        return &member;
    }
    bool put(Json value) {
        place(std::move(value));
        return true;
    }
    bool open(Json value) {
        if (open_.size() >= limits_.depth) {
            return refuse(fmt::format("values lie more than {} deep in one another", limits_.depth));
        }
        // A parent's own address is safe: it gets no further members while a child is open.
        open_.push_back(place(std::move(value)));
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }

    JsonLimits limits_;
    Json root_;
    std::vector<Json*> open_;
    std::string key_;
    std::string complaint_;
    std::size_t position_ = 0;
};

void append_canonical_string(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20U) {
                    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
                } else {
                    out += c;
                }
        }
    }
    out += '"';
}

/// A double as ECMAScript's Number::toString writes it: the shortest digits that read back, laid out by their
/// exponent (ECMA-262, 6.1.6.1.20).
void append_canonical_number(std::string& out, double value) {
    if (value == 0) {
        out += '0';
        return;
    }
    if (value < 0) {
        out += '-';
        value = -value;
    }
    std::array<char, 32> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    const std::size_t e = text.find('e');
    std::string digits;
    for (const char c : text.substr(0, e)) {
        if (c != '.') digits += c;
    }
    std::string_view power = text.substr(e + 1);
    if (power.front() == '+') power.remove_prefix(1);
    int exponent = 0;
    std::from_chars(power.data(), power.data() + power.size(), exponent);
    const int n = exponent + 1;  // the decimal point stands after n digits
    const int k = static_cast<int>(digits.size());
    if (k <= n && n <= 21) {
        out += digits;
        out.append(static_cast<std::size_t>(n - k), '0');
    } else if (0 < n && n <= 21) {
        out += digits.substr(0, static_cast<std::size_t>(n));
        out += '.';
        out += digits.substr(static_cast<std::size_t>(n));
    } else if (-6 < n && n <= 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-n), '0');
        out += digits;
    } else {
        out += digits.front();
        if (k > 1) {
            out += '.';
            out += digits.substr(1);
        }
        out += n - 1 < 0 ? "e-" : "e+";
        out += std::to_string(std::abs(n - 1));
    }
}

/// The order of RFC 8785, section 3.2.3: by UTF-16 code units. It differs from the order of UTF-8 bytes only
/// where one key has a character from beyond U+FFFF and the other one from U+E000 to U+FFFF.
bool before_in_utf16(std::string_view a, std::string_view b) {
    const auto [x, y] = std::ranges::mismatch(a, b);
    if (x == a.end() || y == b.end()) return x == a.end() && y != b.end();
    const auto p = static_cast<unsigned char>(*x);
    const auto q = static_cast<unsigned char>(*y);
    const bool wide_p = p >= 0xF0U;
    const bool wide_q = q >= 0xF0U;
    if (wide_p != wide_q && std::max(p, q) >= 0xF0U && std::min(p, q) >= 0xEEU) return wide_p;
    return p < q;
}

std::optional<Error> append_canonical(std::string& out, const Json& value) {
    switch (value.type()) {
        case Json::value_t::null:
            out += "null";
            return {};
        case Json::value_t::boolean:
            out += value.get<bool>() ? "true" : "false";
            return {};
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned: {
            const bool fits = value.is_number_unsigned()
                                  ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(greatest_whole)
                                  : std::abs(value.get<std::int64_t>()) <= greatest_whole;
            if (!fits)
                return Error{.message = "a whole number lies outside +-(2^53 - 1); write it as a text"};
            out += std::to_string(value.get<std::int64_t>());
            return {};
        }
        case Json::value_t::number_float: {
            const double number = value.get<double>();
            if (!std::isfinite(number)) return Error{.message = "an infinity or NaN has no JSON form"};
            append_canonical_number(out, number);
            return {};
        }
        case Json::value_t::string: {
            const auto& text = value.get_ref<const std::string&>();
            if (!is_utf8(text)) return Error{.message = "a text is no UTF-8"};
            append_canonical_string(out, text);
            return {};
        }
        case Json::value_t::array: {
            out += '[';
            bool first = true;
            for (const Json& element : value) {
                if (!std::exchange(first, false)) out += ',';
                if (auto error = append_canonical(out, element)) return error;
            }
            out += ']';
            return {};
        }
        case Json::value_t::object: {
            std::vector<std::pair<std::string_view, const Json*>> members;
            members.reserve(value.size());
            for (const auto& [name, member] : value.items()) members.emplace_back(name, &member);
            std::ranges::sort(members, before_in_utf16, [](const auto& m) { return m.first; });
            out += '{';
            bool first = true;
            for (const auto& [name, member] : members) {
                if (!is_utf8(name)) return Error{.message = "a key is no UTF-8"};
                if (!std::exchange(first, false)) out += ',';
                append_canonical_string(out, name);
                out += ':';
                if (auto error = append_canonical(out, *member)) return error;
            }
            out += '}';
            return {};
        }
        case Json::value_t::binary:
        case Json::value_t::discarded:
            break;
    }
    return Error{.message = "binary values have no JSON form"};
}

}  // namespace

Result<nlohmann::json> parse_strict_json(std::string_view text, JsonLimits limits) {
    if (text.size() > limits.bytes) {
        return failure({.message = fmt::format("this JSON text has {} bytes; at most {} are read",
                                               text.size(), limits.bytes)});
    }
    if (!is_utf8(text)) return failure({.message = "this is no UTF-8"});
    if (text.starts_with("\xEF\xBB\xBF"))
        return failure({.message = "a byte order mark stands before the JSON text", .column = 1});
    StrictReader reader(limits);
    if (!Json::sax_parse(text.begin(), text.end(), &reader)) {
        return failure({.message = reader.complaint(), .column = reader.position()});
    }
    return reader.take();
}

Result<std::string> canonical_json(const nlohmann::json& value) {
    std::string out;
    if (auto error = append_canonical(out, value)) return failure(std::move(*error));
    return out;
}

Result<nlohmann::json> parse_canonical_json(std::string_view text, JsonLimits limits) {
    auto value = parse_strict_json(text, limits);
    if (!value) return value;
    const auto again = canonical_json(*value);
    if (!again) return tl::unexpected<Error>(again.error());
    if (*again != text) {
        const auto [x, y] = std::ranges::mismatch(text, *again);
        return failure({.message = "the JSON text is not in canonical form (RFC 8785)",
                        .column = static_cast<std::size_t>(x - text.begin()) + 1});
    }
    return value;
}

// --- tokens
// --------------------------------------------------------------------------------------------------

namespace {

/// The character that a canonical escape stands for, and how long the escape is; nothing for an escape that canonical form has
/// no use for.
std::optional<std::pair<char, std::size_t>> canonical_escape(std::string_view text) {
    if (text.size() < 2 || text[0] != '\\') return std::nullopt;
    constexpr std::string_view letters = "\"\\bfnrt";
    constexpr std::string_view meant = "\"\\\b\f\n\r\t";
    if (const auto short_form = letters.find(text[1]); short_form != std::string_view::npos)
        return std::pair{meant[short_form], std::size_t{2}};
    constexpr std::string_view digits = "0123456789abcdef";
    if (text.size() < 6 || !text.starts_with("\\u00") || (text[4] != '0' && text[4] != '1')) return std::nullopt;
    const auto low = digits.find(text[5]);
    if (low == std::string_view::npos) return std::nullopt;
    const auto c = static_cast<char>((text[4] - '0') * 16 + static_cast<int>(low));
    if (meant.find(c) != std::string_view::npos) return std::nullopt;
    return std::pair{c, std::size_t{6}};
}

}  // namespace

bool CanonicalTokens::read(std::string_view text, JsonLimits limits) {
    text_ = text;
    at_ = 0;
    depth_limit_ = limits.depth;
    tokens_.clear();
    constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
    if (text.size() > std::min(limits.bytes, most) || !is_utf8(text)) return false;
    return read_value(0) && at_ == text.size();
}

CanonicalTokens::Value CanonicalTokens::root() const {
    return {this, 0};
}

bool CanonicalTokens::read_value(std::size_t depth) {
    switch (here()) {
        case '"':
            return read_text();
        case '{':
            return depth < depth_limit_ && read_members(depth + 1);
        case '[':
            return depth < depth_limit_ && read_elements(depth + 1);
        case 't':
            return read_word("true", Kind::yes);
        case 'f':
            return read_word("false", Kind::no);
        case 'n':
            return read_word("null", Kind::null);
        default:
            return read_whole();
    }
}

bool CanonicalTokens::read_word(std::string_view word, Kind kind) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    tokens_.push_back({.kind = kind, .next = static_cast<std::uint32_t>(tokens_.size() + 1)});
    return true;
}

bool CanonicalTokens::read_text() {
    Token token{.kind = Kind::text, .begin = static_cast<std::uint32_t>(at_ + 1)};
    for (++at_; here() != '"';) {
        // The end of the text and a NUL within it are both no part of a canonical string.
        if (static_cast<unsigned char>(here()) < 0x20U) return false;
        if (here() != '\\') {
            ++at_;
            continue;
        }
        const auto escape = canonical_escape(text_.substr(at_));
        if (!escape) return false;
        token.escaped = true;
        at_ += escape->second;
    }
    token.end = static_cast<std::uint32_t>(at_++);
    token.next = static_cast<std::uint32_t>(tokens_.size() + 1);
    tokens_.push_back(token);
    return true;
}

bool CanonicalTokens::read_whole() {
    const std::size_t begin = at_;
    std::int64_t value = 0;
    const char* const first = text_.data() + at_;
    const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
    if (error != std::errc() || std::abs(value) > greatest_whole) return false;
    at_ += static_cast<std::size_t>(end - first);
    const std::string_view digits = text_.substr(begin, at_ - begin);
    const bool one_spelling = digits != "-0" && (digits == "0" || (digits[0] != '0' && !digits.starts_with("-0")));
    if (!one_spelling || here() == '.' || here() == 'e' || here() == 'E') return false;
    tokens_.push_back({.kind = Kind::whole,
                       .begin = static_cast<std::uint32_t>(begin),
                       .end = static_cast<std::uint32_t>(at_),
                       .next = static_cast<std::uint32_t>(tokens_.size() + 1)});
    return true;
}

bool CanonicalTokens::read_members(std::size_t depth) {
    const std::size_t object = tokens_.size();
    tokens_.push_back({.kind = Kind::object});
    std::optional<std::size_t> before;
    ++at_;
    if (here() != '}') {
        while (true) {
            const std::size_t key = tokens_.size();
            if (here() != '"' || !read_text() || tokens_[key].escaped) return false;
            const std::string_view name = between(tokens_[key]);
            if (before) {
                const std::string_view last = between(tokens_[*before]);
                if (last >= name || !before_in_utf16(last, name)) return false;
            }
            before = key;
            if (here() != ':') return false;
            ++at_;
            if (!read_value(depth)) return false;
            if (here() != ',') break;
            ++at_;
        }
    }
    if (here() != '}') return false;
    ++at_;
    tokens_[object].next = static_cast<std::uint32_t>(tokens_.size());
    return true;
}

bool CanonicalTokens::read_elements(std::size_t depth) {
    const std::size_t array = tokens_.size();
    tokens_.push_back({.kind = Kind::array});
    ++at_;
    if (here() != ']') {
        while (true) {
            if (!read_value(depth)) return false;
            if (here() != ',') break;
            ++at_;
        }
    }
    if (here() != ']') return false;
    ++at_;
    tokens_[array].next = static_cast<std::uint32_t>(tokens_.size());
    return true;
}

std::optional<std::string_view> CanonicalTokens::Value::text(std::string& room) const {
    if (token().kind != Kind::text) return std::nullopt;
    std::string_view written = tokens_->between(token());
    if (!token().escaped) return written;
    room.clear();
    while (!written.empty()) {
        const auto escape = canonical_escape(written);
        room += escape ? escape->first : written.front();
        written.remove_prefix(escape ? escape->second : 1);
    }
    return room;
}

std::optional<std::uint64_t> CanonicalTokens::Value::size() const {
    if (token().kind != Kind::whole) return std::nullopt;
    const std::string_view digits = tokens_->between(token());
    std::uint64_t value = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc()) return std::nullopt;
    return value;
}

std::optional<CanonicalTokens::Value> CanonicalTokens::Value::find(std::string_view name) const {
    std::optional<Value> found;
    each_member([&](std::string_view other, Value value) {
        if (other == name) found = value;
    });
    return found;
}

std::size_t CanonicalTokens::Value::member_count() const {
    std::size_t count = 0;
    each_member([&](std::string_view /*name*/, Value /*value*/) { ++count; });
    return count;
}

}  // namespace truce
