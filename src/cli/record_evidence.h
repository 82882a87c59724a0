// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/sha256.h"

namespace CLI {
class App;
}

namespace truce::cli {

class Pen;
struct CommonOptions;
struct Outcome;

/// What `truce record destroy` was asked for a file of evidence.
struct EvidenceToDestroy {
    std::string folder;
    Sha256 hash;
    std::string why;
    std::string by;
    int threads = 1;
};
/// Destroys the original here, every copy that was made from it with `share` and still lies where it was written, and what an upload
/// left of it; then says so in the record, and prints who was given copies that nobody can reach from here. `pen` is of the folder.
/// Returns the exit status.
int destroy_evidence(Pen& pen, const EvidenceToDestroy& wanted);

/// Adds the verbs of `truce record` that handle files of evidence: `collect`, `share` and `custody`. `record` is that command.
void add_record_evidence(CLI::App& record, const CommonOptions& common, Outcome& outcome);

}  // namespace truce::cli
