// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct CommonOptions;
struct Outcome;

/// Adds `truce link`: which accounts of a mission, or of any files, tell of one incident, and why.
void add_link_command(CLI::App& app, const CommonOptions& common, Outcome& outcome);

}  // namespace truce::cli
