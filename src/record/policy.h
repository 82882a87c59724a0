// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/note.h"

namespace truce::record {

/// Whose signatures a reader wants to see under a checkpoint before it is believed (C2SP tlog-policy).
///
/// "All parties, and one of the mission" is `group parties all US RU`, `group mission any M1 M2`,
/// `group enough all parties mission`, `quorum enough`.
struct Policy {
    struct Witness {
        std::string name;
        VerifierKey key;
        std::string url;
    };
    /// `wanted` of `members` must agree; members are witnesses or groups, by name.
    struct Group {
        std::string name;
        std::size_t wanted = 1;
        std::vector<std::string> members;
    };
    struct Log {
        VerifierKey key;
        std::string url;
    };

    /// The keys that may sign checkpoints of their own origin. Several of one origin: an old key and its
    /// successor.
    std::vector<Log> logs;
    std::vector<Witness> witnesses;
    std::vector<Group> groups;
    /// The name of the witness or group that must agree; empty: none need to.
    std::string quorum;

    /// Whether the quorum agrees when the witnesses named in `agreeing` do.
    [[nodiscard]] bool quorum_reached(const std::vector<std::string>& agreeing) const;
    /// What is still missing, in words: "both of US, RU; one of M1, M2".
    [[nodiscard]] std::string missing(const std::vector<std::string>& agreeing) const;
    /// The policy as a file.
    [[nodiscard]] std::string text() const;
};

/// Reads a policy file.
///
/// Names are defined before they are used, once, and stand in at most one group; there is exactly one quorum
/// line; a group has members and wants at least one of them; no key is listed twice; a log's key signs as log
/// and a witness's key as witness. Errors name the line.
[[nodiscard]] Result<Policy> parse_policy(std::string_view text);

}  // namespace truce::record
