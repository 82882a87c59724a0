// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "assessment/assessment.h"
#include "assessment/input_changes.h"
#include "report/licence.h"
#include "report/sink.h"
#include "report/tables.h"

namespace truce::report {

/// Findings whose inputs changed, and since when.
struct ChangesSince {
    std::string since;  ///< the earlier state, as sizes of feeds
    std::span<const InputChange> changes;
    /// Decisions that changes speak of are in the dossier's list; earlier verdicts stand in the changes themselves.
};

/// Writes one row for each incident and monitor that has spoken of it. Columns in `doc/formats/opinions.md`. Incidents that may not
/// be shown to the readers are left out.
void write_opinions_csv(const Sink& sink, const Dossier& dossier, const Assessment& assessment, Readers readers);

/// Writes one row for each finding of which something that it rests on, or an opinion beside it, has changed. Columns in
/// `doc/formats/opinions.md`.
void write_changes_csv(const Sink& sink, const Dossier& dossier, const Assessment& assessment, const ChangesSince& changes,
                       Readers readers);

/// What the record gave, as a JSON object: the state's name, what the monitors say of incidents, how far they agree; `null` without
/// a record. `doc/formats/opinions.md`.
[[nodiscard]] std::string record_json(const Dossier& dossier, const Assessment& assessment);

/// An opinion in one cell: `monitor.example/usa=confirmed/violation/party`, a `-` for each axis without an answer.
[[nodiscard]] std::string opinion_cell(const RecordedOpinion& recorded, const Opinion& opinion);

}  // namespace truce::report
