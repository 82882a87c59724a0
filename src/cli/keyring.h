// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "record/head_memory.h"
#include "record/key.h"
#include "record/storage.h"
#include "record/witness.h"

namespace truce::cli {

/// A key file whose secret is open, with the memory of what its keys signed last, which lies in `FILE.signed`
/// beside it.
struct OpenKey {
    record::MonitorSecret secret;
    record::SigningKey feed;
    record::SigningKey witness_key;
    /// Locked: two programs must not sign with one key at once.
    std::unique_ptr<record::Disk> folder;
    std::unique_ptr<record::HeadMemory> memory;
    std::unique_ptr<record::Witness> witness;
};

/// The passphrase in the first line of `passphrase_file`, or typed on the terminal, unseen, when that is
/// empty. With `twice` it must be typed a second time the same.
enum class Ask { once, twice };
[[nodiscard]] Result<std::string> passphrase(const std::string& passphrase_file, Ask ask);

/// Opens the key in the file at `path`. Fails when its memory is missing: without it, the key could sign a
/// second history.
[[nodiscard]] Result<std::unique_ptr<OpenKey>> open_key(const std::string& path,
                                                        const std::string& passphrase_file);

/// The folder of what the keys in a file signed last.
[[nodiscard]] std::string memory_folder_of(const std::string& key_path);

}  // namespace truce::cli
