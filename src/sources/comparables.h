// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/account.h"
#include "model/comparable.h"

namespace truce::sources {

/// Which columns of a table mean what; empty: the column that has one of the usual names, if any
/// (doc/formats/comparables.md).
struct DurationColumns {
    std::string name{};
    std::string conflict{};
    std::string kind{};
    std::string start{};   ///< days old when it came under observation
    std::string stop{};    ///< days old when it ended or was last seen
    std::string status{};  ///< how it ended
    std::string began{};   ///< a day, month or year, where the table has days in place of durations
    std::string ended{};
    std::vector<std::string> covariates{};
};

/// What a table's own codes for an end stand for. Of ETH/PRIO they are those of its column `ended`, whose
/// labels we do not know: without them an end is `TruceEnd::ended`.
using EndCodes = std::vector<std::pair<std::string, TruceEnd>>;

struct ReadComparables {
    Comparables comparables;
    std::vector<Reject> rejects;
    std::vector<std::string> warnings;
};

/// Reads comparables from a register of ceasefires (ETH/PRIO, known by its columns) or from any table of
/// durations with a header. `file` names it.
///
/// ETH/PRIO: one comparable for each ceasefire; its conflict is `ucdp_acd_id`, else `cc`; days that are known
/// only to the month or year stay a range. A ceasefire without a beginning is counted and left out, one
/// without an end is `not_known`. Any table: a status is the name of an end, 1 (collapsed), 0 (still_held) or
/// one of `codes`; without a status column every row has collapsed. A row without an end day is still held
/// until `observed_until`. Every row is part of a comparable, without a beginning, or a reject. Fails, saying
/// what was found, where the table gives no durations, or names a column that it has not.
[[nodiscard]] Result<ReadComparables> read_comparables(std::string_view text, std::string_view file,
                                                       const DurationColumns& columns, const EndCodes& codes,
                                                       std::optional<sys_days> observed_until = {});

/// Reads the days of past truces: columns truce, day (of its age, the first being 1), violence, failed (1 or
/// 0), and conflict where there is one. Fails, naming the line, for a day that cannot be read: a hazard by
/// the day cannot do without one.
[[nodiscard]] Result<std::vector<TruceDay>> read_truce_days(std::string_view text, std::string_view file);

}  // namespace truce::sources
