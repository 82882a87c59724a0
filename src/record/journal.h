// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "record/merkle.h"
#include "record/storage.h"

namespace truce::record {

/// The entries of a feed that are acknowledged and not yet under a signed checkpoint: one file that only
/// grows, so that an acknowledgement costs one sync. `doc/formats/record.md` has its form.
///
/// Each run of a program writes a file of its own, because a file whose sync once failed can hold bytes that
/// are not on the disk, and no later sync says so.
class Journal {
public:
    /// What a salt is: it marks the frames of one file, so that an entry cannot pass for one.
    using Salt = std::array<char, 8>;

    /// What the journal held when the feed was opened.
    struct Found {
        /// The entries from the size of the checkpoint on, in order, with their leaf hashes.
        std::vector<std::string> entries;
        std::vector<Hash> leaves;
        /// What a reader should be told: that a torn tail was cut.
        std::vector<std::string> remarks;
        /// The files, and of those the ones with a torn tail.
        std::vector<std::string> files;
        std::vector<std::string> torn_files;
        std::uint64_t next_file = 1;
    };
    /// Reads what was acknowledged beyond the first `size` entries.
    ///
    /// A last frame that is not whole was never acknowledged, and is left out. A frame that is not whole
    /// before one that is was acknowledged: then entries are lost, and this fails.
    [[nodiscard]] static Result<Found> read(const Storage& folder, std::uint64_t size);

    /// Starts a new file with what was found, and then takes away the older ones; torn ones are kept under
    /// another name. Nothing is written before it is needed when nothing was found.
    Journal(Storage& folder, const Found& found, std::uint64_t size, std::function<Salt()> fresh_salt);

    /// Writes entries as one frame; they are on the disk when it returns. When it throws and `is_usable`,
    /// nothing of them will ever be read; otherwise the file must be opened anew.
    void append(std::uint64_t first_index, std::span<const std::string> entries,
                std::span<const Hash> leaves);
    [[nodiscard]] bool is_usable() const { return usable_; }
    /// How many bytes the files have.
    [[nodiscard]] std::uint64_t length() const { return end_; }
    /// Removes the files: everything in them is under a checkpoint.
    void clear();

private:
    void start(std::uint64_t first_index, std::span<const std::string> entries, std::span<const Hash> leaves);
    void retire_old_files();

    Storage* folder_;
    DurableWriter writer_;
    std::function<Salt()> fresh_salt_;
    std::vector<std::string> old_files_;
    std::vector<std::string> torn_files_;
    std::uint64_t next_file_ = 1;
    std::string path_;
    Salt salt_{};
    std::unique_ptr<File> file_;
    std::uint64_t end_ = 0;
    bool usable_ = true;
};

}  // namespace truce::record
