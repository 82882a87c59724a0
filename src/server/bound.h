// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/context.h"

namespace truce::server {

/// `/api/bound`: what bound whom, here, at this minute.
void add_bound(Router& router, const Context& context);

}  // namespace truce::server
