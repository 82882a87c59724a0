// SPDX-License-Identifier: Apache-2.0
#include "record/head_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/sha256.h"
#include "record/cosignature.h"
#include "record/verify.h"

namespace truce::record {
namespace {

/// The file of a feed: a hash, because an origin is no file name.
std::string path_of(const std::string& origin) {
    return sha256(origin).hex();
}

bool is_signed_by_any(const std::vector<VerifierKey>& keys, const Note& note) {
    return std::ranges::any_of(keys, [&](const VerifierKey& key) {
        return std::ranges::any_of(note.signatures, [&](const SignatureLine& line) {
            return signature_holds(line, key, note.text);
        });
    });
}

}  // namespace

HeadMemory::HeadMemory(Storage& folder, std::vector<VerifierKey> own)
    : folder_(&folder), writer_(folder), own_(std::move(own)) {}

Result<SignedCheckpoint> HeadMemory::checked(std::string_view bytes, const std::string& path) const {
    const auto bad = [&](std::string_view why) {
        return failure(
            {.message = fmt::format("the memory of what was signed last is damaged ({}); nothing is signed "
                                    "until it is restored from what others hold",
                                    why),
             .file = path});
    };
    auto head = parse_signed_checkpoint(bytes);
    if (!head) return bad(head.error().message);
    if (path_of(head->head.origin) != path) return bad("it is about another feed");
    if (!is_signed_by_any(own_, head->note)) return bad("its signature does not hold");
    return head;
}

Result<std::optional<SignedCheckpoint>> HeadMemory::last(const std::string& origin) const {
    const auto path = path_of(origin);
    const auto bytes = folder_->read(path);
    if (!bytes) return std::optional<SignedCheckpoint>{};
    auto head = checked(*bytes, path);
    if (!head) return tl::unexpected(std::move(head).error());
    return std::optional(*std::move(head));
}

Result<void> HeadMemory::advance(const Note& next, std::span<const Hash> proof) {
    assert(is_signed_by_any(own_, next));
    const auto head = parse_checkpoint(next.text);
    if (!head) return tl::unexpected(head.error());
    const auto before = last(head->origin);
    if (!before) return tl::unexpected(before.error());
    if (*before) {
        if (auto follows = verify_consistency((*before)->head, *head, proof); !follows) return follows;
    }
    writer_.write(path_of(head->origin), next.bytes());
    return {};
}

Result<std::vector<std::string>> HeadMemory::origins() const {
    std::vector<std::string> found;
    for (const auto& name : folder_->list("")) {
        if (name.size() != 64) continue;
        const auto head = checked(folder_->read(name).value_or(std::string{}), name);
        if (!head) return tl::unexpected(head.error());
        found.push_back(head->head.origin);
    }
    std::ranges::sort(found);
    return found;
}

}  // namespace truce::record
