// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "server/pdf.h"
#include "server/router.h"
#include "server/writing.h"

namespace truce::server {

/// Adds `GET /api/reports`, `POST /api/reports`, `GET /api/reports/{id}` (`{id}.html` and `{id}.pdf` too),
/// `POST /api/reports/{id}/publish` and `GET /published/{id}`.
///
/// A report is one file that never changes once it is made, kept in the mission's folder as `reports/{id}.html`; beside it
/// lie `{id}.json`, what the list says of it, and `{id}.assessment.json`, which a later report is compared with. What is
/// in it is what `truce assess` would write: rows that their source's licence keeps from readers are in none. The tier
/// says for whom it is meant; a party's liaison sees what is published, and nothing for the mission alone. To publish one is an entry of the record, `release.made`, with its SHA-256 and the sizes of
/// the feeds that it was made from; one for everyone is from then on given out to anybody at `/published/{id}`.
///
/// A PDF is made by `program` when it is first asked for, one at a time (503 while another is made), and kept as
/// `reports/{id}.pdf`; it is what the report's file prints as, and no second report. Without a program the answer is 501.
void add_report_routes(Router& router, const std::shared_ptr<const Writing>& writing, std::optional<PdfProgram> program);

/// The local day whose report is due at `now`, where each day's is made at `cut_off`, a time of that day: today once that
/// time is there, nothing before it. Where the clocks are put forward over the cut-off, it is the first instant after; where they
/// are put back over it, the first of the two.
[[nodiscard]] std::optional<sys_days> day_due(const Zone& zone, std::chrono::minutes cut_off, sys_seconds now);

/// Makes the report of that day for the mission, in its languages, compared with that of the day before which there is one,
/// unless it is there already. Fails where the report cannot be made; throws where the disk fails.
[[nodiscard]] Result<void> make_daily_report(const Writing& writing, sys_days day);

}  // namespace truce::server
