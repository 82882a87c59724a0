// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.h"

namespace CLI {
class App;
}

namespace truce::cli {

/// Adds `truce hotspots`: where incidents gather, in a mission or in any accounts.
void add_hotspots_command(CLI::App& app, const CommonOptions& common, Outcome& outcome);

}  // namespace truce::cli
