// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/few.h"
#include "base/id.h"
#include "model/account.h"

namespace truce {

struct Incident;
using IncidentId = Id<Incident>;

/// What happened at one time and place, with the accounts that tell of it. Linkage makes it.
struct Incident {
    /// Never empty; in order.
    Few<AccountId, 2> accounts;
    /// What the accounts together say.
    Happening what;
};

}  // namespace truce
