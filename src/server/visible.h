// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "report/licence.h"
#include "server/http.h"

namespace truce::server {

/// Whose eyes an answer is for: the mission's own people see every row; a party's liaison, and whoever reads what is
/// published, only rows whose source's licence lets them be passed on.
[[nodiscard]] report::Readers readers_of(const Request& request);

}  // namespace truce::server
