// SPDX-License-Identifier: Apache-2.0
#include "record/witness.h"

#include "record/checkpoint.h"
#include "record/cosignature.h"

namespace truce::record {

Result<std::uint64_t> Witness::cosigned_size(const std::string& origin) const {
    const auto last = memory_->last(origin);
    if (!last) return tl::unexpected(last.error());
    return *last ? (*last)->head.size : 0;
}

Result<SignatureLine> Witness::cosign(const Note& checkpoint, std::span<const Hash> proof,
                                      std::chrono::sys_seconds time) {
    const auto head = parse_checkpoint(checkpoint.text);
    if (!head) return tl::unexpected(head.error());
    const auto last = memory_->last(head->origin);
    if (!last) return tl::unexpected(last.error());
    if (*last && (*last)->note.text == checkpoint.text) {
        for (const auto& line : (*last)->note.signatures) {
            if (signature_holds(line, key_->verifier(), checkpoint.text)) return line;
        }
    }
    // What others may have put under it is not ours to remember.
    Note remembered = checkpoint;
    std::erase_if(remembered.signatures,
                  [&](const SignatureLine& line) { return line.name != head->origin; });
    const auto line = record::cosign(*key_, checkpoint.text, time);
    remembered.signatures.push_back(line);
    if (auto kept = memory_->advance(remembered, proof); !kept)
        return tl::unexpected(std::move(kept).error());
    return line;
}

}  // namespace truce::record
