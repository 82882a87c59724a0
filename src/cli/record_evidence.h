// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct CommonOptions;
struct Outcome;

/// Adds the verbs of `truce record` that handle files of evidence: `collect`, `share` and `custody`. `record` is that command.
void add_record_evidence(CLI::App& record, const CommonOptions& common, Outcome& outcome);

}  // namespace truce::cli
