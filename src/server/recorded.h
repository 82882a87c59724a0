// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "assessment/assessment.h"
#include "server/record_view.h"

namespace truce::server {

/// Adds to a dossier the accounts that stand in the record and not among the mission's files: those filed and uploaded to the
/// server, and those that other monitors received.
///
/// The rows of one source are read as one table, by the reader that knows them. An account that is in the files too (the same
/// row, by its hash) is left alone, as is one of which the record has the hash and no columns. `raw` of an added account is the row's
/// hash, or, where values are withheld and there is none, its entry's id: `RecordView::by_raw` finds both. Returns what cannot be
/// read, for whoever runs the mission.
std::vector<Error> add_recorded(Dossier& dossier, const RecordView& record, int threads);

}  // namespace truce::server
