// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct Outcome;

/// Adds `truce map-columns FILE`: prints a first mapping file for a table, to be checked by somebody.
///
/// Status 0 when done, 3 where the file is no table. Requires: `outcome` outlives the parsing of `app`.
void add_map_columns_command(CLI::App& app, Outcome& outcome);

}  // namespace truce::cli
