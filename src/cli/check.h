// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct Outcome;

/// Adds `truce check FOLDER`: every error and warning of a mission, in one go, as a compiler prints them.
///
/// Status 0 where there is no error (warnings do not count), 1 where there are some, 3 where files could not
/// be read at all. Requires: `outcome` outlives the parsing of `app`.
void add_check_command(CLI::App& app, Outcome& outcome);

}  // namespace truce::cli
