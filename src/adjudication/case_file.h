// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/actor.h"
#include "model/agreement.h"
#include "model/area.h"
#include "model/finding.h"
#include "model/incident.h"

namespace truce {

/// What a case expects of one incident held against one agreement's duty; what is left out is not checked.
struct Expectation {
    std::size_t line = 0;
    std::string incident;
    std::string agreement;
    /// Empty: the agreement has one duty.
    std::string duty;
    Verdict verdict = Verdict::undetermined;
    std::optional<Reason> reason;
    std::optional<Chance> chance;
    /// Ids of the possible authors in order, "somebody" for one not known.
    std::optional<std::vector<std::string>> authors;
    /// The author's id, or "unknown".
    std::optional<std::string> author;
    std::optional<OrderReached> order;
    struct ExpectedFlip {
        Element element;
        Verdict then;
        std::string if_actor;
    };
    std::optional<ExpectedFlip> flip;
    struct ExpectedVersion {
        std::string by;
        Verdict verdict;
    };
    std::vector<ExpectedVersion> versions;
};

/// One question of the domain: a small world and what must follow in it.
struct Case {
    /// What the file calls it: "the end is exclusive".
    std::string name;
    /// The comment lines before it: the rule in plain words.
    std::string rule;
    std::size_t line = 0;
    ActorRegister actors;
    AreaRegister areas;
    std::vector<Agreement> agreements;
    std::vector<Incident> incidents;
    std::vector<std::string> incident_names;
    std::vector<Expectation> expectations;
};

/// Reads a file of cases; `doc/formats/case.md` describes the language. Every error has its line and says
/// what was expected. No file is opened. Limits: 1 MiB of text, 2,000 cases, 200 lines each.
[[nodiscard]] Result<std::vector<Case>> parse_cases(std::string_view text);

/// What of the case does not hold, in words, one for each expectation that fails; empty when all hold.
[[nodiscard]] std::vector<std::string> failures_of(const Case& one);

}  // namespace truce
