// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/context.h"

namespace truce::server {

/// `/api/incidents`, `/api/accounts`, `/api/findings` with their files, and one of each; `/api/agreements`,
/// `/api/actors`, `/api/areas`.
void add_lists(Router& router, const Context& context);

}  // namespace truce::server
