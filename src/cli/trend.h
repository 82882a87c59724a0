// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct CommonOptions;
struct Outcome;

/// Adds `truce trend`: whether violence fell, for a mission or for any table of accounts and a day.
///
/// Status 0 whatever the answer; 2 for wrong usage, 3 where a file could not be read.
void add_trend_command(CLI::App& app, const CommonOptions& common, Outcome& outcome);

}  // namespace truce::cli
