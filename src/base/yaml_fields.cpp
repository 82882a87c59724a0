// SPDX-License-Identifier: Apache-2.0
#include "base/yaml_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace truce {

void Problems::error(const YamlNode& node, std::string message) {
    if (node.faulty) return;
    errors.push_back({.message = std::move(message), .file = file, .line = node.line, .column = node.column});
}

void Problems::warn(const YamlNode& node, std::string message) {
    warnings.push_back(
        {.message = std::move(message), .file = file, .line = node.line, .column = node.column});
}

void Problems::add(const YamlReading& reading) {
    for (auto found : reading.errors) {
        found.file = file;
        errors.push_back(std::move(found));
    }
    for (auto found : reading.warnings) {
        found.file = file;
        warnings.push_back(std::move(found));
    }
}

Fields::Fields(const YamlNode& node, std::string_view what, Problems& problems)
    : node_(&node), what_(what), problems_(&problems) {
    if (!node.is_mapping()) {
        problems.error(node,
                       fmt::format("{} must be a mapping (key: value); found {}", what, node.described()));
    }
}

bool Fields::has(std::string_view key) {
    if (std::ranges::find(asked_, key) == asked_.end()) asked_.emplace_back(key);
    return node_->find(key) != nullptr;
}

const YamlNode* Fields::value(std::string_view key) {
    if (!has(key)) return nullptr;
    const auto* found = node_->find(key);
    return is_unknown(*found) ? nullptr : found;
}

const YamlNode* Fields::required(std::string_view key) {
    if (!has(key) && node_->is_mapping()) {
        problems_->error(*node_, fmt::format("{} lacks '{}'", what_, key));
    }
    return value(key);
}

std::optional<std::string> Fields::text(std::string_view key) {
    const auto* found = value(key);
    return found == nullptr ? std::nullopt : text_of(*found, key, *problems_);
}

std::optional<std::string> Fields::required_text(std::string_view key) {
    const auto* found = required(key);
    return found == nullptr ? std::nullopt : text_of(*found, key, *problems_);
}

std::optional<long long> Fields::integer(std::string_view key, long long least, long long most) {
    const auto* found = value(key);
    if (found == nullptr) return std::nullopt;
    const auto number = found->is_scalar() && !found->quoted ? parse_integer(found->text) : std::nullopt;
    if (!number || *number < least || *number > most) {
        problems_->error(*found, fmt::format("{} must be a whole number from {} to {}; found {}", key, least,
                                             most, found->described()));
        return std::nullopt;
    }
    return number;
}

std::optional<double> Fields::real(std::string_view key, double least, double most) {
    const auto* found = value(key);
    if (found == nullptr) return std::nullopt;
    const auto number = found->is_scalar() && !found->quoted ? parse_real(found->text) : std::nullopt;
    if (!number || *number < least || *number > most) {
        problems_->error(*found, fmt::format("{} must be a number from {} to {}; found {}", key, least, most,
                                             found->described()));
        return std::nullopt;
    }
    return number;
}

std::optional<bool> Fields::flag(std::string_view key) {
    const auto* found = value(key);
    if (found == nullptr) return std::nullopt;
    if (found->is_scalar() && !found->quoted) {
        if (found->text == "true") return true;
        if (found->text == "false") return false;
    }
    problems_->error(*found, fmt::format("{} must be true or false; found {}", key, found->described()));
    return std::nullopt;
}

std::optional<std::string> Fields::word(std::string_view key, std::span<const std::string_view> allowed) {
    const auto* found = value(key);
    return found == nullptr ? std::nullopt : word_of(*found, key, allowed, *problems_);
}

std::optional<std::string> Fields::word(std::string_view key,
                                        std::initializer_list<std::string_view> allowed) {
    return word(key, std::span(allowed.begin(), allowed.size()));
}

std::vector<const YamlNode*> Fields::list(std::string_view key) {
    const auto* found = value(key);
    if (found == nullptr) return {};
    if (!found->is_sequence()) {
        problems_->error(*found,
                         fmt::format("{} must be a list ([...] or lines that start with '- '); found {}", key,
                                     found->described()));
        return {};
    }
    std::vector<const YamlNode*> values;
    for (const auto& one : found->values) values.push_back(&one);
    return values;
}

std::vector<std::string> Fields::texts(std::string_view key) {
    std::vector<std::string> found;
    for (const auto* one : list(key)) {
        if (auto text = text_of(*one, fmt::format("each of {}", key), *problems_)) found.push_back(*text);
    }
    return found;
}

void Fields::finish() {
    for (const auto& member : node_->members) {
        if (std::ranges::find(asked_, member.key) != asked_.end()) continue;
        YamlNode at;
        at.line = member.line;
        at.column = member.column;
        problems_->error(at, fmt::format("{} has no key '{}'{}", what_, shown(member.key),
                                         did_you_mean(member.key, asked_)));
    }
}

std::optional<std::string> text_of(const YamlNode& node, std::string_view what, Problems& problems) {
    if (node.is_scalar()) return node.text;
    problems.error(node, fmt::format("{} must be a text; found {}", what, node.described()));
    return std::nullopt;
}

std::optional<std::string> word_of(const YamlNode& node, std::string_view what,
                                   std::span<const std::string_view> allowed, Problems& problems) {
    if (node.is_scalar() && std::ranges::find(allowed, node.text) != allowed.end()) return node.text;
    problems.error(node, fmt::format("{} must be {}; found {}{}", what, listed(allowed), node.described(),
                                     node.is_scalar() ? did_you_mean(node.text, allowed) : std::string()));
    return std::nullopt;
}

bool is_unknown(const YamlNode& node) {
    return node.is_null() || (node.is_scalar() && !node.quoted && node.text == "unknown");
}

std::string listed(std::span<const std::string_view> words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
        text += words[i];
    }
    return text;
}

}  // namespace truce
