// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct CommonOptions;
struct Outcome;

/// Adds `truce durability PATH`: how long a truce may hold, by what became of comparable ones and by the
/// violence under it; of a mission, or of any table of durations. What counts as failure is printed first.
///
/// Status 0 with an answer, 1 where there is none (and the reason is printed), 2 for wrong options, 3 where a
/// file cannot be read or written. Requires: `common` and `outcome` outlive the parsing of `app`.
void add_durability_command(CLI::App& app, const CommonOptions& common, Outcome& outcome);

}  // namespace truce::cli
