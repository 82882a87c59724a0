// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/context.h"

namespace truce::server {

/// Atom feeds (RFC 4287) of incidents, opinions and the record below `/atom/`, and of what is overdue, each as a
/// CAP 1.2 alert, below `/cap/`.
void add_syndication(Router& router, const Context& context);

}  // namespace truce::server
