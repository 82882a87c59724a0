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
///     evidence/ab/ab34…          the bytes as they came; nobody may write to them
///     evidence/copies/ab34…/0    where a copy with that hash was written on this machine, as a path
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

    /// Notes that a copy with that hash is about to be written to `copy`, so that it can be destroyed; on the disk when it returns.
    void note_copy(const Sha256& hash, const std::filesystem::path& copy);

    /// What `destroy` did away with.
    struct Destroyed {
        std::vector<std::filesystem::path> files;  ///< in order: the original, then copies
        /// Noted copies that hold other bytes now: left alone, since they may be anybody's.
        std::vector<std::filesystem::path> changed;
        std::vector<std::filesystem::path> missing;  ///< noted copies that are not there any more: removed, or moved
    };
    /// Destroys the file of that hash as far as this machine has it (record/erase.h): what is kept, whole or broken, what a run that
    /// was cut off left half written, and every copy that was noted, with the note. Of files elsewhere it knows nothing.
    Destroyed destroy(const Sha256& hash);

private:
    [[nodiscard]] std::filesystem::path notes_of(const Sha256& hash) const;
    /// Writes a file below the folder, which is made where it is not.
    void write(const std::string& name, std::string_view bytes);

    std::filesystem::path folder_;
};

/// The hash by which a file of evidence is named: 64 hexadecimal digits in small letters.
[[nodiscard]] Result<Sha256> parse_evidence_name(std::string_view text);

}  // namespace truce::record
