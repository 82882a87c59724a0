// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/time.h"
#include "server/log.h"
#include "server/people.h"
#include "server/router.h"

namespace truce::server {

/// What the routes of people need. All that is referred to outlives the router.
struct PeopleDesk {
    People& people;
    Log& log;
    std::function<sys_seconds()> clock;
    std::chrono::seconds longest_session = PeopleSettings{}.longest;
    std::vector<std::string> actors{};  ///< ids that a liaison's party may be
};

/// Adds `/api/session`, `/api/sessions`, `/api/first-admin`, `/api/people`, `/api/tokens`.
void add_people_routes(Router& router, PeopleDesk desk);

}  // namespace truce::server
