// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "server/log.h"
#include "server/peers.h"
#include "server/pen.h"
#include "server/people.h"
#include "server/router.h"
#include "server/snapshot.h"
#include "server/transport.h"
#include "server/webhooks.h"

namespace truce::server {

/// What is measured. All that is referred to outlives the router; what is null is left out.
struct Measured {
    Current& current;
    Log& log;
    std::function<sys_seconds()> clock;
    Pen* pen = nullptr;
    People* people = nullptr;
    Webhooks* webhooks = nullptr;
    Peers* peers = nullptr;
    std::function<TransportCounts()> transport{};
};

/// The measures as Prometheus text (exposition format 0.0.4): counts and times, nobody's name, no place, no route with an id in it.
[[nodiscard]] std::string metrics_text(const Measured& measured);

/// Adds `GET /metrics`.
void add_metrics(Router& router, Measured measured);

}  // namespace truce::server
