// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct Outcome;

/// Adds `truce exchange`: takes in the others' bundles, cosigns, and leaves the own one.
///
/// Status 1 when a bundle could not be used or a feed was found to have two histories.
void add_exchange_command(CLI::App& app, Outcome& outcome);

}  // namespace truce::cli
