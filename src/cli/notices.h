// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct CommonOptions;
struct Outcome;

/// Adds `truce notices`: what is overdue by the agreements' own clocks, what comes next, how far orders have
/// got.
void add_notices_command(CLI::App& app, const CommonOptions& common, Outcome& outcome);

}  // namespace truce::cli
