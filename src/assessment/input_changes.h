// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/account.h"
#include "model/commitment.h"
#include "model/finding.h"
#include "model/incident.h"
#include "model/opinion.h"

namespace truce {

struct Assessment;
struct Dossier;

/// How what one finding rests on differs from what it rested on in an earlier assessment of the same mission.
struct InputChange {
    std::uint32_t finding = 0;  ///< its place in the later assessment
    /// The gravest verdict that an incident of its accounts had against the same duty; nothing where none of them was held against
    /// it, or none was there.
    std::optional<Verdict> before;
    /// Accounts that the record did not have then; of the later dossier.
    std::vector<AccountId> received;
    /// Accounts that were read then, and told of another incident.
    std::vector<AccountId> joined;
    /// Accounts that told of an incident together with one of its accounts, and no longer do; of the later dossier.
    std::vector<AccountId> parted;
    /// Decisions on links of its accounts that were not there then: places in the later dossier's list.
    std::vector<std::uint32_t> decisions;
    /// Whether decisions on links of its accounts do not count any more.
    std::uint32_t decisions_gone = 0;
    /// Whether the agreement's text is another one now.
    enum class Text : std::uint8_t { same, other } text = Text::same;
    /// Monitors whose opinion on the incident is new or another one; by name. The verdict does not rest on these.
    std::vector<std::string> opinions;

    /// Whether anything that the verdict rests on differs.
    [[nodiscard]] bool inputs_differ() const {
        return !received.empty() || !joined.empty() || !parted.empty() || !decisions.empty() || decisions_gone > 0 ||
               text == Text::other;
    }
};

/// The findings of `later` of which something that they rest on, or an opinion beside them, differs from `earlier`; by finding.
///
/// Accounts are the same where source and row hash are; of rows that stand several times in a source, the first is the first and
/// so on. Agreements are compared by the texts that the record gave. Requires: both are of one mission folder, `earlier` from an earlier state of its
/// record. Cost: O(n log n) in accounts and findings.
[[nodiscard]] std::vector<InputChange> input_changes(const Dossier& earlier, const Assessment& then, const Dossier& later,
                                                     const Assessment& now);

}  // namespace truce
