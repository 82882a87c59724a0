// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "server/router.h"
#include "server/writing.h"

namespace truce::server {

/// Adds `POST /api/accounts`: one new account, filed by somebody of the mission, of the source `reports`.
///
/// The client names each account by an `Idempotency-Key`, which is the row's key in the record: sent again, after a lost answer or
/// a killed server, the same account gives the same answer and is there once; another account under the same key is refused (422).
/// What the row says is read by the reader that will read it later, so that what cannot be read is refused here. `witness` and
/// `exact_place` are protected: the record has their salted digests alone.
void add_account_routes(Router& router, const std::shared_ptr<const Writing>& writing);

/// Whether a request files an account: its answer waits for the disk, whose syncs many such requests share.
[[nodiscard]] bool files_account(const Request& request);

}  // namespace truce::server
