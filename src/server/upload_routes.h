// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/router.h"
#include "server/writing.h"

namespace truce::server {

/// Adds `POST /api/uploads`, `GET /api/uploads/{id}` and `/api/uploads/{id}/rejects.csv`.
///
/// A file of a known format, or of any layout that a mapping of the mission reads, becomes entries `account.received`, one for
/// each row that its reader takes and that neither the record nor the mission's files have yet: sent again, it adds nothing. Rows
/// that cannot be read are told by line, and come back as a table to be mended and sent again. The file itself is kept as it came
/// in `uploads/`, and that it was collected is an entry with its SHA-256. With `dry_run=1` nothing is written anywhere.
///
/// Refused are: files that no reader knows, or whose bytes are not text in UTF-8; archives and compressed files, which are never
/// unpacked; names with a path. `progress` is told of each upload that is being written, as the JSON of an Upload.
void add_upload_routes(Router& router, const std::shared_ptr<const Writing>& writing,
                       std::function<void(const std::string& json)> progress = {});

}  // namespace truce::server
