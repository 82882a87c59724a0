// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "sources/mission_folder.h"

namespace truce::cli {

/// The whole of a file that is at most `most` bytes long. Fails, saying why, for what is no ordinary file
/// (a folder, a pipe, a device), is longer, or cannot be read.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, std::size_t most);

/// What was found in a mission folder.
struct MissionFolder {
    sources::MissionFiles files;
    /// Files that are there and are none of a mission's: nobody reads them.
    std::vector<Error> warnings;
};

/// Reads the texts of a mission folder and lists its other files; see sources::MissionFiles.
///
/// Paths in the answer and in messages are relative to the folder. Fails, with everything that is wrong, for
/// files that cannot be read, are too long (16 MiB for YAML, 1 GiB for GeoJSON), or are links that lead out
/// of the folder.
[[nodiscard]] tl::expected<MissionFolder, std::vector<Error>> read_mission_folder(
    const std::filesystem::path& folder);

}  // namespace truce::cli
