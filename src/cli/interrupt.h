// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace truce::cli {

/// From now on Ctrl-C, a closed terminal and `kill` remove the temporary files that are remembered, and end
/// the program with the signal's own status; nothing half-written is left under a final name. Call once,
/// before threads are made.
void clean_up_when_interrupted();

/// Remembers a temporary file until it is forgotten. At most 64 at a time; safe to call from several threads.
void remember_temporary(const std::filesystem::path& path);
void forget_temporary(const std::filesystem::path& path);

}  // namespace truce::cli
