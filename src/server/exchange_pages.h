// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/context.h"
#include "server/pen.h"

namespace truce::server {

/// `/exchange` and `/witness/`: other monitors' servers fetch what they lack, and bring what is lacking here.
///
/// GET gives a bundle (record/exchange.h) with what the caller, by its `have=ORIGIN=SIZE`, does not hold. POST takes one in: it is
/// verified whole before anything is merged, and a feed that shows two histories is kept as a proof. `pen` null: nothing can be taken
/// in, and no bundle be given, since there is no monitor whose it would be.
///
/// POST `/witness/add-checkpoint` cosigns a feed's checkpoint (record/witness_protocol.h): its answer leaves when what was cosigned is on
/// the disk. GET `/witness/HASH/checkpoint` gives the latest that was cosigned of the feed whose origin has this SHA-256.
void add_exchange(Router& router, const Context& context, Pen* pen, OpenKeys* keys);

}  // namespace truce::server
