// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct CommonOptions;
struct Outcome;

/// Adds `truce toll`: how many have died by the documents, of a mission or of any table of accounts, and how
/// many in all, from lists that overlap.
///
/// Status 0 also where the undocumented cannot be estimated, which is an answer; 2 where neither accounts nor
/// lists are given; 3 where a file cannot be read. Requires: `common` and `outcome` outlive the parsing of
/// `app`.
void add_toll_command(CLI::App& app, const CommonOptions& common, Outcome& outcome);

}  // namespace truce::cli
