// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "model/account.h"
#include "model/incident.h"

namespace truce {

/// One incident for each account that tells of one, in the accounts' order; leads, sensor readings and
/// aggregates make none. Until accounts of several sources are linked, two that tell of the same shelling are
/// two incidents, and every count made of them is an upper bound: reports must say so.
[[nodiscard]] std::vector<Incident> one_incident_each(std::span<const Account> accounts);

}  // namespace truce
