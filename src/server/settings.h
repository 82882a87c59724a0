// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/peers.h"
#include "server/webhooks.h"

namespace truce::server {

/// Whom the server speaks to of itself: what the file `server.yaml` says (`doc/server.md`). Without one, nobody.
struct OutwardSettings {
    Peers::Settings exchange;
    std::vector<Webhook> webhooks;
};

/// What webhooks can be told of.
inline constexpr std::string_view webhook_kinds[] = {"assessment", "record"};

/// Reads the settings in `file`, and the secrets that it names: files whose first line counts, relative to its folder. Fails with the
/// first error, by line and column; a secret that its group or others may read is one.
[[nodiscard]] Result<OutwardSettings> read_outward_settings(const std::filesystem::path& file);

}  // namespace truce::server
