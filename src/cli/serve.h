// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct CommonOptions;
struct Outcome;

/// Adds `truce serve FOLDER`: gives a mission to browsers and programs, live.
///
/// Runs until it is told to stop (SIGINT, SIGTERM), and then answers what has come in. Status 0 when stopped so, 2 for wrong
/// usage, 3 where the mission cannot be read or the address cannot be listened on.
void add_serve_command(CLI::App& app, const CommonOptions& common, Outcome& outcome);

}  // namespace truce::cli
