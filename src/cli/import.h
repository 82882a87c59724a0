// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace truce::cli {

struct Outcome;

/// Adds `truce import FILE --into FOLDER`: makes agreement files of a register of agreements (ETH/PRIO,
/// PA-X).
///
/// A file that is there already is left alone unless --replace is given. Says what it wrote and which rows it
/// could not read. Status 0 when done, 1 when no row of the file is a ceasefire, 3 where the file is no such
/// register or the folder cannot be written to.
void add_import_command(CLI::App& app, Outcome& outcome);

}  // namespace truce::cli
