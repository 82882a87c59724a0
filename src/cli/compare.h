// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct CommonOptions;
struct Outcome;

/// Adds `truce compare OLD NEW`: which rows a dataset's new release added, changed and took out.
///
/// Status 0 where the two have the same rows, 1 where they differ, 3 where one of them cannot be read.
/// Requires: `common` and `outcome` outlive the parsing of `app`.
void add_compare_command(CLI::App& app, const CommonOptions& common, Outcome& outcome);

}  // namespace truce::cli
