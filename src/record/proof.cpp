// SPDX-License-Identifier: Apache-2.0
#include "record/proof.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/base64.h"
#include "base/text.h"

namespace truce::record {
namespace {

constexpr std::string_view header = "c2sp.org/tlog-proof@v1";
constexpr std::string_view index_word = "index ";
constexpr std::string_view extra_word = "extra ";
/// A path in a tree of 2^63 entries.
constexpr std::size_t longest_path = 63;

}  // namespace

std::string EntryProof::bytes() const {
    auto text = fmt::format("{}\n{}{}\n", header, index_word, index);
    for (const auto& hash : path) text += base64(bytes_of(hash)) + "\n";
    return text + "\n" + checkpoint;
}

Result<EntryProof> parse_proof(std::string_view bytes) {
    std::size_t number = 0;
    auto rest = bytes;
    const auto bad = [&](std::string what) {
        return failure({.message = "not a proof: " + std::move(what), .line = number});
    };
    const auto next_line = [&]() -> std::optional<std::string_view> {
        ++number;
        const auto end = rest.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        const auto line = rest.substr(0, end);
        rest.remove_prefix(end + 1);
        return line;
    };
    auto line = next_line();
    if (line != header) return bad(fmt::format("want '{}'", header));
    line = next_line();
    if (line && line->starts_with(extra_word)) {
        if (!base64_decoded(line->substr(extra_word.size()))) return bad("the extra line is not base64");
        line = next_line();
    }
    if (!line || !line->starts_with(index_word)) return bad("want 'index' and a number");
    const auto index = parse_count(line->substr(index_word.size()));
    if (!index) return bad(fmt::format("'{}' is no index", shown(*line, 40)));
    EntryProof proof{.index = *index, .path = {}, .checkpoint = {}};
    for (line = next_line(); line && !line->empty(); line = next_line()) {
        const auto hash = parse_hash(*line);
        if (!hash)
            return bad(fmt::format("'{}' is not base64 of 32 bytes in its one spelling", shown(*line, 60)));
        if (proof.path.size() == longest_path) return bad("the path has more than 63 hashes");
        proof.path.push_back(*hash);
    }
    if (!line) return bad("no empty line parts the path from the checkpoint");
    proof.checkpoint = rest;
    return proof;
}

}  // namespace truce::record
