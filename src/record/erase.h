// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace truce::record {

/// Overwrites all bytes of a file with zeros where they lie, and cuts it to nothing; on the disk when it returns. Whoever holds the
/// file under another name, or has it open, reads zeros too. Returns whether there was a file.
///
/// Where the file system writes changed bytes elsewhere (btrfs, snapshots, a flash drive that spreads its wear), older bytes may
/// stay on the medium: there only encryption of the whole disk helps.
/// Throws StorageFailure when the machine fails or the name is of no regular file; then it may be overwritten in part, and asking
/// again goes on.
bool overwrite(const std::filesystem::path& file);

/// `overwrite`, and then takes away its name; on the disk when it returns.
bool erase(const std::filesystem::path& file);

}  // namespace truce::record
