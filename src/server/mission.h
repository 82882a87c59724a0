// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/html.h"
#include "server/context.h"

namespace truce::server {

/// `/api/mission`, `/api/now`, `/api/assessment`, `/api/report.html`, `/api/messages/{lang}`.
void add_mission(Router& router, const Context& context);

/// The report of a snapshot as one file, as `truce assess` writes it. `languages` not empty: in those, where
/// there are catalogues; else the mission's, else English and Arabic. With `earlier` it says what changed since.
[[nodiscard]] Result<std::string> report_html(const Snapshot& snapshot, const std::vector<std::string>& languages,
                                              std::optional<report::Earlier> earlier = std::nullopt);

/// A report as an answer: in a sandbox of its own, since it carries its scripts within itself.
[[nodiscard]] Response report_response(std::string html);

}  // namespace truce::server
