// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/router.h"

namespace truce::server {

/// Adds the app: its files below `/app/`, the catalogues at `/app/messages/LANGUAGE.json`, its service worker at `/sw.js`, and its one
/// document at `/` and at the address of every page, so that a link into the app opens where it points.
///
/// All of it is the same for everyone and says nothing of the mission, so nobody need be signed in. Answers carry a strong `ETag` and
/// are asked for again each time (304 where nothing changed): a new version is there at the next loading.
void add_app(Router& router);

}  // namespace truce::server
