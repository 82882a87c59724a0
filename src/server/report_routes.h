// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "server/router.h"
#include "server/writing.h"

namespace truce::server {

/// Adds `GET /api/reports`, `POST /api/reports`, `GET /api/reports/{id}` (`{id}.html` too), `POST /api/reports/{id}/publish`
/// and `GET /published/{id}`.
///
/// A report is one file that never changes once it is made, kept in the mission's folder as `reports/{id}.html`; beside it
/// lie `{id}.json`, what the list says of it, and `{id}.assessment.json`, which a later report is compared with. What is
/// in it is what `truce assess` would write: rows that their source's licence keeps from readers are in none. The tier
/// says for whom it is meant; a party's liaison sees what is published, and nothing for the mission alone. To publish one is an entry of the record, `release.made`, with its SHA-256 and the sizes of
/// the feeds that it was made from; one for everyone is from then on given out to anybody at `/published/{id}`.
void add_report_routes(Router& router, const std::shared_ptr<const Writing>& writing);

}  // namespace truce::server
