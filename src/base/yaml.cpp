// SPDX-License-Identifier: Apache-2.0
#include "base/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <istream>
#include <set>
#include <streambuf>
#include <utility>

#include "base/text.h"

namespace truce {
namespace {

/// A stream over bytes that someone else keeps.
class ViewBuffer : public std::streambuf {
public:
    explicit ViewBuffer(std::string_view text) {
        auto* first = const_cast<char*>(text.data());  // a streambuf's get area is never written to
        setg(first, first, first + text.size());
    }
};

bool is_control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

struct Position {
    std::size_t line = 1;
    std::size_t column = 1;
};

/// The lines of a text, to turn bytes into columns of characters.
class Lines {
public:
    explicit Lines(std::string_view text) : text_(text) {
        starts_.push_back(0);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\n') starts_.push_back(i + 1);
        }
    }

    [[nodiscard]] std::size_t count() const { return starts_.size(); }

    /// The line's text without its end; `line` counts from 1.
    [[nodiscard]] std::string_view line(std::size_t line) const {
        const auto first = starts_[line - 1];
        const auto end = line < starts_.size() ? starts_[line] - 1 : text_.size();
        return text_.substr(first, end - first);
    }

    [[nodiscard]] Position at(std::size_t line_number, std::size_t byte_in_line) const {
        line_number = std::clamp<std::size_t>(line_number, 1, starts_.size());
        const auto before = line(line_number).substr(0, byte_in_line);
        const auto characters = std::ranges::count_if(
            before, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
        return {line_number, static_cast<std::size_t>(characters) + 1};
    }

    [[nodiscard]] Position at_byte(std::size_t byte) const {
        const auto next = std::ranges::upper_bound(starts_, byte);
        const auto line_number = static_cast<std::size_t>(next - starts_.begin());
        return at(line_number, byte - starts_[line_number - 1]);
    }

private:
    std::string_view text_;
    std::vector<std::size_t> starts_;
};

bool is_old_boolean(std::string_view text) {
    static constexpr std::array<std::string_view, 6> words{"yes", "no", "on", "off", "y", "n"};
    return text.size() <= 3 && std::ranges::find(words, lower_ascii(text)) != words.end();
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// A whole number that some programs read in base 8: `0123`, `-07`, `0o17`.
bool looks_octal(std::string_view text) {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (text.starts_with("0o")) return all_digits(text.substr(2));
    return text.size() > 1 && text.front() == '0' && all_digits(text);
}

/// The first invisible character that turns the direction of writing.
std::optional<std::string_view> direction_mark(std::string_view text) {
    static constexpr std::array<std::string_view, 12> marks{"\u200E", "\u200F", "\u061C", "\u202A",
                                                            "\u202B", "\u202C", "\u202D", "\u202E",
                                                            "\u2066", "\u2067", "\u2068", "\u2069"};
    std::size_t first = std::string_view::npos;
    std::string_view found;
    for (const auto mark : marks) {
        if (const auto at = text.find(mark); at < first) {
            first = at;
            found = mark;
        }
    }
    return found.empty() ? std::nullopt : std::optional(found);
}

/// yaml-cpp's words for a syntax error, with what to do about it where its words leave one guessing.
std::string syntax_message(std::string_view words) {
    struct Hint {
        std::string_view part;
        std::string_view hint;
    };
    static constexpr std::array hints{
        Hint{"end of map not found", "; is the indentation of this line that of its neighbours?"},
        Hint{"end of sequence not found", "; is the indentation of this line that of its neighbours?"},
        Hint{"illegal map value", "; a text that holds ': ' must stand in quotes"},
        Hint{"end of map flow not found", "; a '}' or a comma is missing"},
        Hint{"end of sequence flow not found", "; a ']' or a comma is missing"},
        Hint{"illegal flow end", "; there is a ']' or '}' too many"},
    };
    if (words == "the referenced anchor is not defined") return "aliases are not read; write the value out";
    auto message = fmt::format("this is not YAML: {}", shown(words, 160));
    for (const auto& hint : hints) {
        if (words.find(hint.part) != std::string_view::npos) return message + std::string(hint.hint);
    }
    return message;
}

/// Thrown through the parser to stop it where nothing further should be read.
struct Stopped {};

class Builder : public YAML::EventHandler {
public:
    Builder(const Lines& lines, const YamlLimits& limits, YamlReading& reading)
        : lines_(lines), limits_(limits), reading_(reading) {}

    void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        YamlNode node = node_at(mark, YamlNode::Kind::null);
        refuse_properties(mark, "", anchor, node);
        take(std::move(node));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
        YamlNode node = node_at(mark, YamlNode::Kind::null);
        node.faulty = true;
        error(node, "aliases are not read; write the value out");
        take(std::move(node));
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        YamlNode node = node_at(mark, YamlNode::Kind::scalar);
        node.text = value;
        node.quoted = tag != "?";
        refuse_properties(mark, tag, anchor, node);
        if (!node.quoted) check_plain(node);
        take(std::move(node));
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        open(mark, tag, anchor, YamlNode::Kind::sequence);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        open(mark, tag, anchor, YamlNode::Kind::mapping);
    }
    void OnMapEnd() override { close(); }

    /// The document's value; null for an empty one.
    YamlNode take_root() { return std::move(root_); }

private:
    /// A collection that is not closed yet; for a mapping, the key whose value comes next.
    struct Open {
        YamlNode node;
        std::optional<YamlNode> key;
        std::set<std::string, std::less<>> keys;
    };

    YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) const {
        YamlNode node;
        node.kind = kind;
        const auto at = lines_.at(static_cast<std::size_t>(std::max(mark.line, 0)) + 1,
                                  static_cast<std::size_t>(std::max(mark.column, 0)));
        node.line = at.line;
        node.column = at.column;
        return node;
    }

    void error(const YamlNode& at, std::string message) {
        if (reading_.errors.size() >= limits_.problems) {
            reading_.errors.push_back(
                {.message = "too many problems; mend these first", .line = at.line, .column = at.column});
            throw Stopped{};
        }
        reading_.errors.push_back({.message = std::move(message), .line = at.line, .column = at.column});
    }

    void refuse_properties(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor,
                           YamlNode& node) {
        const auto line = lines_.line(node.line);
        const auto column = static_cast<std::size_t>(std::max(mark.column, 0));
        const bool marked = column < line.size() && line[column] == '!';
        if (marked || (!tag.empty() && tag != "?" && tag != "!")) {
            node.faulty = true;
            error(node, "tags are not read; leave '!' and what belongs to it away");
        }
        if (anchor != 0) {
            node.faulty = true;
            error(node, "anchors are not read; write the value out where it is needed");
        }
    }

    void check_plain(YamlNode& node) {
        if (is_old_boolean(node.text)) {
            node.faulty = true;
            error(node, fmt::format("'{}' is a boolean to some programs and a text to others; write \"{}\" "
                                    "in quotes, or true or false",
                                    node.text, node.text));
        } else if (looks_octal(node.text)) {
            node.faulty = true;
            error(node, fmt::format("'{}' is an octal number to some programs; write it without the leading "
                                    "zero, or in quotes",
                                    shown(node.text)));
        }
        if (const auto mark = direction_mark(node.text);
            mark && reading_.warnings.size() < limits_.problems) {
            reading_.warnings.push_back(
                {.message = fmt::format("'{}' holds the invisible character {}, which turns the direction of "
                                        "writing; take it out, or put the text in quotes",
                                        shown(node.text, 60), shown(*mark)),
                 .line = node.line,
                 .column = node.column});
        }
    }

    void open(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
        Open opened{.node = node_at(mark, kind), .key = {}, .keys = {}};
        refuse_properties(mark, tag, anchor, opened.node);
        if (open_.size() >= static_cast<std::size_t>(limits_.depth)) {
            error(opened.node, fmt::format("nested deeper than {} levels", limits_.depth));
            throw Stopped{};
        }
        open_.push_back(std::move(opened));
    }

    void close() {
        YamlNode node = std::move(open_.back().node);
        open_.pop_back();
        take(std::move(node));
    }

    void take(YamlNode node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        auto& parent = open_.back();
        if (parent.node.is_sequence()) {
            parent.node.values.push_back(std::move(node));
        } else if (!parent.key) {
            parent.key = std::move(node);
        } else {
            const YamlNode key = std::move(*parent.key);
            parent.key.reset();
            add_member(parent, key, std::move(node));
        }
    }

    void add_member(Open& parent, const YamlNode& key, YamlNode value) {
        if (!key.is_scalar()) {
            // An alias as a key has been complained of already.
            if (!key.faulty) error(key, fmt::format("a key must be a text; found {}", key.described()));
            return;
        }
        if (key.text == "<<" && !key.quoted) {
            error(key, "merge keys ('<<') are not read; write the members out");
            return;
        }
        if (!parent.keys.insert(key.text).second) {
            const auto before = std::ranges::find(parent.node.members, key.text, &YamlNode::Member::key);
            error(key, fmt::format("key '{}' stands twice in one mapping; the first is in line {}",
                                   shown(key.text), before->line));
            return;
        }
        parent.node.members.push_back({key.text, key.line, key.column, std::move(value)});
    }

    const Lines& lines_;
    const YamlLimits& limits_;
    YamlReading& reading_;
    YamlNode root_;
    std::vector<Open> open_;
};

/// Notes whether there is a further document; a bare end mark after the first is none.
class SecondDocument : public YAML::EventHandler {
public:
    bool found = false;
    YAML::Mark start;

    void OnDocumentStart(const YAML::Mark& mark) override {
        found = true;
        start = mark;
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
    void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
    void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  const std::string& /*value*/) override {}
    void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                         YAML::EmitterStyle::value /*style*/) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                    YAML::EmitterStyle::value /*style*/) override {}
    void OnMapEnd() override {}
};

/// What must be refused before a parser sees the text: bytes that are no text at all.
std::optional<Error> unreadable(std::string_view text, const Lines& lines, const YamlLimits& limits) {
    if (text.size() > limits.bytes) {
        return Error{
            .message = fmt::format("the file has {} bytes; at most {} are read", text.size(), limits.bytes)};
    }
    if (const auto fault = first_utf8_fault(text)) {
        const auto at = lines.at_byte(*fault);
        return Error{
            .message = "this is not UTF-8; save the file in UTF-8", .line = at.line, .column = at.column};
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool lone_return = text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n');
        if (!is_control(text[i]) && !lone_return) continue;
        const auto at = lines.at_byte(i);
        return Error{
            .message = fmt::format("control character {} in the text; take it out", shown(text.substr(i, 1))),
            .line = at.line,
            .column = at.column};
    }
    return std::nullopt;
}

void refuse_tabs(const Lines& lines, std::vector<Error>& errors, std::size_t most) {
    for (std::size_t line = 1; line <= lines.count() && errors.size() < most; ++line) {
        const auto text = lines.line(line);
        const auto indent = text.substr(0, text.find_first_not_of(" \t\r"));
        if (indent.size() == text.size()) continue;
        if (const auto tab = indent.find('\t'); tab != std::string_view::npos) {
            errors.push_back(
                {.message = "a tab in the indentation; indent with spaces", .line = line, .column = tab + 1});
        }
    }
}

void parse(std::string_view text, Builder& builder, YamlReading& reading, const Lines& lines) {
    const auto position = [&](const YAML::Mark& mark) {
        return lines.at(static_cast<std::size_t>(std::max(mark.line, 0)) + 1,
                        static_cast<std::size_t>(std::max(mark.column, 0)));
    };
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    try {
        YAML::Parser parser(stream);
        parser.HandleNextDocument(builder);
        reading.root = builder.take_root();
        SecondDocument second;
        parser.HandleNextDocument(second);
        if (second.found) {
            const auto at = position(second.start);
            reading.errors.push_back(
                {.message = "a second document starts here; put it into a file of its own",
                 .line = at.line,
                 .column = at.column});
        }
    } catch (const Stopped&) {
        // the program goes on by reporting what was found before the parser was stopped
    } catch (const YAML::Exception& fault) {
        // the program goes on by reporting the place; nothing after it can be believed
        const auto at = position(fault.mark);
        reading.errors.push_back(
            {.message = syntax_message(fault.msg), .line = at.line, .column = at.column});
        reading.root.reset();
    }
}

void sort_by_place(std::vector<Error>& errors) {
    std::ranges::stable_sort(errors, {}, [](const Error& e) { return std::pair(e.line, e.column); });
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
    const auto found = std::ranges::find(members, key, &Member::key);
    return found == members.end() ? nullptr : &found->value;
}

std::string YamlNode::described() const {
    switch (kind) {
        case Kind::null:
            return "nothing";
        case Kind::scalar:
            return fmt::format("'{}'", shown(text, 60));
        case Kind::sequence:
            return "a list";
        case Kind::mapping:
            return "a mapping";
    }
    return {};
}

YamlReading read_yaml(std::string_view text, const YamlLimits& limits) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    YamlReading reading;
    const Lines lines(text.size() > limits.bytes ? std::string_view() : text);
    if (const auto fault = unreadable(text, lines, limits)) {
        reading.errors.push_back(*fault);
        return reading;
    }
    refuse_tabs(lines, reading.errors, limits.problems);
    Builder builder(lines, limits, reading);
    parse(text, builder, reading, lines);
    sort_by_place(reading.errors);
    sort_by_place(reading.warnings);
    return reading;
}

std::string yaml_scalar(std::string_view text) {
    const auto plain_character = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == ' ' || c == '_' || c == '-' || c == '.' || c == '/' || c == '(' || c == ')' || c == '+' ||
               c == ';';
    };
    const auto starts_plain = [&](char c) {
        return plain_character(c) && c != ' ' && c != '-' && c != '.' && c != '+';
    };
    const bool reserved = is_old_boolean(text) || looks_octal(text) || lower_ascii(text) == "null" ||
                          lower_ascii(text) == "true" || lower_ascii(text) == "false";
    if (!text.empty() && !reserved && starts_plain(text.front()) && text.back() != ' ' &&
        std::ranges::all_of(text, plain_character) && !direction_mark(text) && is_utf8(text)) {
        return std::string(text);
    }
    std::string quoted = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            quoted += '\\';
            quoted += c;
        } else if (byte < 0x20 || byte == 0x7F) {
            quoted += fmt::format("\\x{:02x}", byte);
        } else {
            quoted += c;
        }
    }
    return quoted + "\"";
}

}  // namespace truce
