// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct CommonOptions;
struct Outcome;

/// Adds `truce record`: starts a record, adds entries, shows, proves, checks, mends and exports it.
void add_record_command(CLI::App& app, const CommonOptions& common, Outcome& outcome);

}  // namespace truce::cli
