// SPDX-License-Identifier: Apache-2.0
#include "record/fork.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/base64.h"
#include "record/checkpoint.h"
#include "record/verify.h"

namespace truce::record {
namespace {

constexpr std::string_view title = "trucewatch fork 1";
constexpr std::size_t longest_proof = 63;

std::string side_bytes(const Fork::Side& side) {
    auto text = fmt::format("root {}\n", base64(bytes_of(side.root)));
    for (const auto& hash : side.proof) text += fmt::format("hash {}\n", base64(bytes_of(hash)));
    return text + fmt::format("checkpoint {}\n{}", side.checkpoint.size(), side.checkpoint);
}

/// Takes a proof apart line by line.
class ForkReader {
public:
    explicit ForkReader(std::string_view bytes) : rest_(bytes) {}

    std::optional<std::string_view> line(std::string_view word) {
        const auto end = rest_.find('\n');
        if (end == std::string_view::npos || !rest_.starts_with(word)) return std::nullopt;
        const auto value = rest_.substr(word.size(), end - word.size());
        rest_.remove_prefix(end + 1);
        return value;
    }

    bool side(Fork::Side& side) {
        const auto root = line("root ");
        const auto root_hash = root ? parse_hash(*root) : std::nullopt;
        if (!root_hash) return false;
        side.root = *root_hash;
        while (const auto text = line("hash ")) {
            const auto hash = parse_hash(*text);
            if (!hash || side.proof.size() == longest_proof) return false;
            side.proof.push_back(*hash);
        }
        const auto length_text = line("checkpoint ");
        const auto length = length_text ? parse_count(*length_text) : std::nullopt;
        if (!length || *length > rest_.size() || *length > longest_note) return false;
        side.checkpoint = rest_.substr(0, *length);
        rest_.remove_prefix(*length);
        return true;
    }

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

}  // namespace

std::string Fork::bytes() const {
    auto first = side_bytes(one);
    auto second = side_bytes(other);
    if (second < first) std::swap(first, second);
    return fmt::format("{}\nsize {}\n{}{}", title, size, first, second);
}

Result<Fork> parse_fork(std::string_view bytes) {
    ForkReader reader(bytes);
    const auto first = reader.line(title);
    const auto size_text = reader.line("size ");
    const auto size = size_text ? parse_count(*size_text) : std::nullopt;
    Fork fork;
    if (!first || !first->empty() || !size || !reader.side(fork.one) || !reader.side(fork.other) ||
        !reader.at_end()) {
        return failure({.message = "this is no whole proof of a fork"});
    }
    fork.size = *size;
    return fork;
}

Result<std::string> verify_fork(const Policy& policy, const Fork& fork) {
    const auto one = verify_signatures(policy, fork.one.checkpoint);
    if (!one) return tl::unexpected(one.error());
    const auto other = verify_signatures(policy, fork.other.checkpoint);
    if (!other) return tl::unexpected(other.error());
    if (one->head.origin != other->head.origin) {
        return failure({.message = "the checkpoints are of two feeds, which may well differ"});
    }
    if (fork.one.root == fork.other.root) {
        return failure(
            {.message = fmt::format("both histories have one root over the first {} entries", fork.size)});
    }
    const auto holds = [&](const Fork::Side& side, const Checkpoint& head) {
        return consistency_holds(fork.size, head.size, side.root, head.root, side.proof);
    };
    if (!holds(fork.one, one->head) || !holds(fork.other, other->head)) {
        return failure({.message = fmt::format("the first {} entries are not shown to be in both histories",
                                               fork.size)});
    }
    return one->head.origin;
}

}  // namespace truce::record
