// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/context.h"

namespace truce::server {

/// `/api/analysis/...` and `/api/charts/...`.
void add_analysis(Router& router, const Context& context);

}  // namespace truce::server
