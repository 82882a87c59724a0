// SPDX-License-Identifier: Apache-2.0
#include "record/witness_protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/base64.h"
#include "base/text.h"
#include "record/checkpoint.h"
#include "record/verify.h"

namespace truce::record {
namespace {

constexpr std::size_t longest_proof = 63;

tl::unexpected<Error> unreadable(std::string_view what) {
    return failure({.message = fmt::format("{}; want 'old SIZE', the hashes of the proof in base64, an empty line, and the checkpoint", what)});
}

/// The text before the next line feed, which is taken away too; nothing where there is no line feed.
std::optional<std::string_view> take_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return line;
}

WitnessAnswer refused(WitnessVerdict verdict, std::string why, std::string body = {}) {
    return {.verdict = verdict, .body = std::move(body), .why = std::move(why)};
}

bool knows(const Policy& policy, const std::string& origin) {
    return std::ranges::any_of(policy.logs, [&](const Policy::Log& log) { return log.key.name == origin; });
}

}  // namespace

Result<AddCheckpoint> parse_add_checkpoint(std::string_view body) {
    AddCheckpoint request;
    constexpr std::string_view old = "old ";
    const auto first = take_line(body);
    if (!first || !first->starts_with(old)) return unreadable("the first line does not begin with 'old '");
    const auto size = parse_count(first->substr(old.size()));
    if (!size) return unreadable(fmt::format("'{}' is no size", shown(first->substr(old.size()), 40)));
    request.old_size = *size;
    while (true) {
        const auto line = take_line(body);
        if (!line) return unreadable("the empty line before the checkpoint is missing");
        if (line->empty()) break;
        const auto hash = parse_hash(*line);
        if (!hash) return unreadable(fmt::format("'{}' is no hash", shown(*line, 60)));
        if (request.proof.size() == longest_proof) return unreadable("the proof has more than 63 hashes");
        request.proof.push_back(*hash);
    }
    if (body.empty()) return unreadable("there is no checkpoint");
    request.checkpoint = body;
    return request;
}

std::string add_checkpoint_body(std::uint64_t old_size, std::span<const Hash> proof, const Note& checkpoint) {
    auto body = fmt::format("old {}\n", old_size);
    for (const Hash& hash : proof) body += base64(bytes_of(hash)) + "\n";
    return body + "\n" + checkpoint.bytes();
}

Result<WitnessAnswer> answer_add_checkpoint(const Policy& policy, std::span<const std::string> forked, Witness& witness,
                                            std::string_view body, std::chrono::sys_seconds now) {
    using enum WitnessVerdict;
    const auto request = parse_add_checkpoint(body);
    if (!request) return refused(malformed, request.error().message);
    const auto shown_head = parse_signed_checkpoint(request->checkpoint);
    if (!shown_head) return refused(malformed, shown_head.error().message);
    const auto& [head, note] = *shown_head;
    if (!knows(policy, head.origin)) return refused(unknown_origin, fmt::format("the policy names no feed '{}'", shown(head.origin, 80)));
    if (const auto verified = verify_signatures(policy, request->checkpoint); !verified) return refused(not_signed, verified.error().message);
    if (std::ranges::find(forked, head.origin) != forked.end())
        return refused(not_signed, fmt::format("'{}' showed two histories; it is never cosigned again", head.origin));
    if (request->old_size > head.size)
        return refused(malformed, fmt::format("the old size {} is greater than the checkpoint's {}", request->old_size, head.size));

    const auto last = witness.memory().last(head.origin);
    if (!last) return tl::unexpected(last.error());
    const auto cosigned_size = *last ? (*last)->head.size : 0;
    const auto size_line = fmt::format("{}\n", cosigned_size);
    if (request->old_size != cosigned_size) {
        return refused(conflict, fmt::format("the size cosigned last is {}, not {}", cosigned_size, request->old_size), size_line);
    }
    if (*last && head.size == cosigned_size && head.root != (*last)->head.root)
        return refused(conflict, "another root of this size was cosigned: the feed shows two histories", size_line);
    const bool holds = cosigned_size == 0 ? request->proof.empty()
                                          : consistency_holds(cosigned_size, head.size, (*last)->head.root, head.root, request->proof);
    if (!holds) return refused(wrong_proof, fmt::format("the proof does not lead from size {} to size {}", cosigned_size, head.size));
    const auto line = witness.cosign(note, request->proof, now);
    if (!line) return tl::unexpected(line.error());
    return WitnessAnswer{.verdict = cosigned, .body = line->text(), .why = {}};
}

}  // namespace truce::record
