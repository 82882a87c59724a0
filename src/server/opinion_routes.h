// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "server/router.h"
#include "server/writing.h"

namespace truce::server {

/// Adds what monitors say and do about an incident: `POST /api/opinions`, `/api/links`, `/api/inquiries`,
/// `/api/inquiries/{id}/replies`, `/api/inquiries/{id}/moves` and `/api/incidents/{id}/steps`.
void add_opinion_routes(Router& router, const std::shared_ptr<const Writing>& writing);

}  // namespace truce::server
