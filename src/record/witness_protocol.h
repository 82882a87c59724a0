// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/merkle.h"
#include "record/policy.h"
#include "record/witness.h"

/// How a witness is asked for its cosignature, whoever carries the request (C2SP tlog-witness).
namespace truce::record {

/// A request to cosign: the body of `POST .../add-checkpoint`. Nothing in it was verified.
struct AddCheckpoint {
    std::uint64_t old_size = 0;  ///< the size that the witness is taken to have cosigned last
    std::vector<Hash> proof;     ///< that the checkpoint goes on from there
    std::string_view checkpoint; ///< the note's bytes; a view into the body
};

/// Reads the body of a request. Fails for anything but `old SIZE`, at most 63 hashes in base64, an empty line, and a rest.
[[nodiscard]] Result<AddCheckpoint> parse_add_checkpoint(std::string_view body);
/// The body that `parse_add_checkpoint` reads.
[[nodiscard]] std::string add_checkpoint_body(std::uint64_t old_size, std::span<const Hash> proof, const Note& checkpoint);

/// What a witness answers; each has its status of HTTP.
enum class WitnessVerdict : std::uint16_t {
    cosigned = 200,
    malformed = 400,       ///< the request cannot be read, or its old size is greater than the checkpoint's
    not_signed = 403,      ///< no signature by a key of the checkpoint's origin holds, or the feed is known to be forked
    unknown_origin = 404,
    conflict = 409,        ///< another size was cosigned last, or another root of this size
    wrong_proof = 422,
};
struct WitnessAnswer {
    WitnessVerdict verdict = WitnessVerdict::malformed;
    std::string body;  ///< with `cosigned` the signature line, with `conflict` the size cosigned last; each with its line feed
    std::string why;   ///< in words, where it is not `cosigned`
};

/// Answers a request as `witness`, which cosigns the feeds of `policy` but those that showed two histories (`forked`).
///
/// What is cosigned is on the disk when this returns. Fails where the witness's memory does not verify: then nothing is signed.
/// Requires: nobody else uses the witness meanwhile, so that two requests cannot pass the check of the old size together.
[[nodiscard]] Result<WitnessAnswer> answer_add_checkpoint(const Policy& policy, std::span<const std::string> forked, Witness& witness,
                                                          std::string_view body, std::chrono::sys_seconds now);

}  // namespace truce::record
