// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct Outcome;

/// Adds `truce key`: makes a monitor's key, shows its public half, and gives it another passphrase.
void add_key_command(CLI::App& app, Outcome& outcome);

}  // namespace truce::cli
