// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "server/router.h"
#include "server/writing.h"

namespace truce::server {

/// Adds `POST /api/units`, `/api/notices`, `/api/notices/{id}/relay` and `/api/notices/{id}/acknowledge`.
///
/// A party's liaison acknowledges for units of that party alone.
void add_notice_routes(Router& router, const std::shared_ptr<const Writing>& writing);

}  // namespace truce::server
