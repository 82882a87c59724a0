// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"

namespace truce::record {

/// The originals of a mission's evidence, each under its SHA-256: the folder `evidence`. A feed holds their hashes and what was done
/// with them, never the files, nor the names that they had.
///
///     evidence/ab/ab34…      the bytes as they came; nobody may write to them
///
/// It never leaves its machine by an exchange. Throws StorageFailure when the machine fails.
class EvidenceStore {
public:
    /// On the folder, which need not be there.
    explicit EvidenceStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Keeps a file's bytes; on the disk when it returns. What is held already stays as it is; where that is broken it is written
    /// anew.
    Sha256 keep(std::string_view bytes);

    [[nodiscard]] std::filesystem::path path_of(const Sha256& hash) const;
    /// Whether a file is held here, broken or not.
    [[nodiscard]] bool holds(const Sha256& hash) const;
    /// The bytes of a file. Fails where it is not held, and where what is held has another hash.
    [[nodiscard]] Result<std::string> bytes_of(const Sha256& hash) const;

private:
    std::filesystem::path folder_;
};

/// The hash by which a file of evidence is named: 64 hexadecimal digits in small letters.
[[nodiscard]] Result<Sha256> parse_evidence_name(std::string_view text);

}  // namespace truce::record
