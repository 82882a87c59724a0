// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct CommonOptions;
struct Outcome;

/// Adds the verbs of `truce record` that speak of what entries say: `write`, `receive`, `state`, `withheld`,
/// `reveal`, `release` and `destroy`. `record` is that command.
void add_record_writing(CLI::App& record, const CommonOptions& common, Outcome& outcome);

}  // namespace truce::cli
