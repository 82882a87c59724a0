// SPDX-License-Identifier: Apache-2.0
#include "record/checkpoint.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "base/base64.h"
#include "base/text.h"

namespace truce::record {
namespace {

Error malformed(std::string message) {
    return {.message = "not a checkpoint: " + std::move(message)};
}

/// The text up to the next line feed, which goes with it. Requires: there is one.
std::string_view taken_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return line;
}

}  // namespace

std::optional<std::uint64_t> parse_count(std::string_view text) {
    std::uint64_t count = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (fault != std::errc{} || end != text.data() + text.size() || count > largest_size) return std::nullopt;
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    return count;
}

std::optional<Hash> parse_hash(std::string_view text) {
    const auto bytes = base64_decoded(text);
    if (!bytes || bytes->size() != sizeof(Hash::bytes)) return std::nullopt;
    return hash_of_bytes(*bytes);
}

std::string Checkpoint::text() const {
    auto text = fmt::format("{}\n{}\n{}\n", origin, size, base64(bytes_of(root)));
    for (const auto& extension : extensions) text += extension + "\n";
    return text;
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
    std::size_t lines = 0;
    for (const char c : text) lines += c == '\n' ? 1 : 0;
    if (lines < 3 || !text.ends_with('\n')) return failure(malformed("want three lines: origin, size, root"));
    Checkpoint checkpoint;
    checkpoint.origin = taken_line(text);
    if (checkpoint.origin.empty()) return failure(malformed("the origin is empty"));
    const auto size_text = taken_line(text);
    const auto size = parse_count(size_text);
    if (!size) {
        return failure(malformed(fmt::format(
            "size '{}' is no decimal number up to 2^63 - 1 in its one spelling", shown(size_text, 40))));
    }
    checkpoint.size = *size;
    const auto root_text = taken_line(text);
    const auto root = parse_hash(root_text);
    if (!root) {
        return failure(malformed(
            fmt::format("root '{}' is not base64 of 32 bytes in its one spelling", shown(root_text, 60))));
    }
    checkpoint.root = *root;
    if (checkpoint.size == 0 && checkpoint.root != empty_root()) {
        return failure(malformed("the size is 0 but the root is not that of an empty feed"));
    }
    while (!text.empty()) {
        checkpoint.extensions.emplace_back(taken_line(text));
        if (checkpoint.extensions.back().empty()) return failure(malformed("an extension line is empty"));
    }
    return checkpoint;
}

Result<SignedCheckpoint> parse_signed_checkpoint(std::string_view bytes) {
    auto note = parse_note(bytes);
    if (!note) return tl::unexpected(std::move(note).error());
    auto head = parse_checkpoint(note->text);
    if (!head) return tl::unexpected(std::move(head).error());
    return SignedCheckpoint{*std::move(head), *std::move(note)};
}

}  // namespace truce::record
