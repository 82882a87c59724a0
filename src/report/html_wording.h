// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "analysis/trend.h"
#include "assessment/assessment.h"
#include "report/messages.h"

namespace truce::report {

/// What a sentence about a change may say. It follows from the widened interval, never from the ratio; "too
/// early" is the one kind of "cannot be estimated" that time mends.
enum class Word { fell, rose, no_clear_change, too_early, cannot_be_estimated };

/// The word for a comparison. Requires (asserted): it is said to have fallen only if the widened interval
/// lies below 1, and to have risen only if it lies above.
[[nodiscard]] Word word_of(const analysis::Comparison& comparison);
/// The word's part of a message key: "fell", "too_early".
[[nodiscard]] std::string_view name_of(Word word);
/// Likewise for the reason why there is none: "nothing_watched_after".
[[nodiscard]] std::string_view name_of(analysis::NoVerdict why);

/// The one sentence that says whether violence fell, with its interval. Plain text.
[[nodiscard]] std::string holding_sentence(const analysis::Comparison& comparison, std::string_view area,
                                           sys_days truce_day, const Messages& messages);
/// How many of the incidents reported in the area since the truce, or from its beginning to its end where it has ended, broke a
/// promise, likely did, or could not be decided. Plain text.
[[nodiscard]] std::string breaches_sentence(const Assessment& assessment, std::string_view area, const Messages& messages);
/// That the truce ended, or may have, within the days assessed, and that later days are not counted as days under it;
/// empty where it did not. Plain text.
[[nodiscard]] std::string truce_over_sentence(const Assessment& assessment, const Messages& messages);
/// What reporting would have to do for a change to be no longer clear; empty where there is no clear change.
[[nodiscard]] std::string reporting_sentence(const analysis::Comparison& comparison,
                                             const Messages& messages);

}  // namespace truce::report
