// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct CommonOptions;
struct Outcome;

/// Adds `truce assess`: a mission's agreements and accounts to the answer on the terminal, the report and the
/// files.
void add_assess_command(CLI::App& app, const CommonOptions& common, Outcome& outcome);

}  // namespace truce::cli
