// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "cli/dossier.h"
#include "sources/mission_file.h"

namespace truce::cli {

/// Adds to a dossier the accounts that the record in `folder/feeds` holds and its files do not: what was filed or uploaded through a
/// server, or came in from another monitor. Does nothing where there is no record.
///
/// A row of the record that a file has too (the same bytes, by their hash) is the file's. Rows of one source are read as one table:
/// by the mapping of the mission's `entries` that has the source's id, by that of filed reports, or by what the columns say. Cells
/// that are withheld are not there. An account's `raw` is the entry's, and where it has none, the entry's own id. A source that no
/// reader reads, and a record that does not verify, are warnings: the files are assessed all the same.
void add_record_accounts(ReadDossier& read, const std::vector<sources::AccountsEntry>& entries, const std::filesystem::path& folder,
                         int threads);

}  // namespace truce::cli
