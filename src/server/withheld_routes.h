// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "server/router.h"
#include "server/writing.h"

namespace truce::server {

/// Adds `GET /api/accounts/{id}/withheld`, and `POST /api/withheld/{digest}/open` and `.../destroy`.
///
/// The list shows the values of the classes that whoever asks may see (permissions.h), and of others only that there is one. A
/// protected value is opened alone, by a monitor, with a reason: who, why and which is an entry of the record before the value
/// leaves the server. To destroy one leaves what was signed as it is.
void add_withheld_routes(Router& router, const std::shared_ptr<const Writing>& writing);

/// Wraps the handler of a file of rows: that it was exported, by whom and with which SHA-256, is an entry of the record before its
/// last byte leaves. Where this server cannot write into a record, it is a line of the log. Answers other than 200 are passed on.
[[nodiscard]] Handler exported(const std::shared_ptr<const Writing>& writing, std::string what, Handler handler);

}  // namespace truce::server
