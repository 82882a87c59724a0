// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/context.h"

namespace truce::server {

/// `/api/record/...`, the C2SP tiles below `/feeds/{monitor}/`, and what stands in the record: `/api/opinions`
/// and `/api/inquiries`.
void add_record_pages(Router& router, const Context& context);

}  // namespace truce::server
