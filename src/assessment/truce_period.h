// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "base/time.h"
#include "model/agreement.h"
#include "model/commitment.h"
#include "model/incident.h"

namespace truce {

/// When the truce of one agreement was over: expired, terminated, or suspended and not resumed. `open_end` where no end is
/// set, and where it is not known that there was one.
///
/// An agreement that extends its time or supersedes it carries the truce on, whatever the name it goes by, and one that
/// extends that one, and so on: it is over when the last of them is. Of several duties the longest counts; pauses between
/// two periods do not end it. An end within bounds keeps them. `commitments` are those of `agreements`.
[[nodiscard]] Moment end_of_truce(std::span<const Agreement> agreements, std::span<const Commitment> commitments,
                                  AgreementId truce);

/// The local days that the record of `incidents` itself speaks of: from the first to the last day that one is dated to.
///
/// An incident known to within a week is dated to all days on which it may lie. One of which only the month or the year is
/// known says no more than that the record reaches into that time, so that the rest of it is not taken for days of peace:
/// it counts with its last day for the beginning, with its first for the end. Where there are no others, with all of it.
/// Nothing without incidents.
[[nodiscard]] std::optional<DayRange> days_of_record(std::span<const Incident> incidents, const Zone& zone);

}  // namespace truce
