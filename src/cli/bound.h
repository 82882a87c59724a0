// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct Outcome;

/// Adds `truce bound`: which commitments bind at a time and place, and why the others do not.
///
/// Status 0 when at least one commitment binds (with --act: and forbids it), 1 when none does.
void add_bound_command(CLI::App& app, Outcome& outcome);

}  // namespace truce::cli
