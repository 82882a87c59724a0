// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "record/storage.h"

namespace truce::record {

/// The power went while a call to a `MemoryDisk` was under way. Not a `StorageFailure`: nothing may catch it
/// and go on.
struct PowerCut {};

/// A disk in memory that forgets at a power cut what no sync asked it to keep, and fails when it is told to.
///
/// It keeps less than any file system would: every write, cut, new name and removal that was not synced may
/// be there after a power cut or not, each by itself, and a write in part. Writes to one file that are there,
/// are there in the order they were made.
class MemoryDisk final : public Storage {
public:
    MemoryDisk();
    ~MemoryDisk() override;
    MemoryDisk(MemoryDisk&&) noexcept;
    MemoryDisk& operator=(MemoryDisk&&) noexcept;

    [[nodiscard]] std::optional<std::string> read(const std::string& path) const override;
    [[nodiscard]] std::vector<std::string> list(const std::string& folder) const override;
    [[nodiscard]] std::unique_ptr<File> open(const std::string& path) override;
    void rename(const std::string& from, const std::string& to) override;
    void remove(const std::string& path) override;
    void make_folder(const std::string& path) override;
    void sync_folder(const std::string& path) override;
    void sync_everything() override;

    /// What `fail_at` brings about.
    enum class Fault {
        /// The device is broken (EIO). A write leaves half of its bytes; a sync drops what it should have
        /// kept, and
        /// the next sync of that file will succeed.
        broken,
        /// The device is full (ENOSPC), as above.
        full,
        /// The power goes before the call has had any effect.
        power_cut,
        /// The power goes when the call has had half of its effect.
        power_cut_midway,
    };
    /// How many calls were made so far, reading ones included.
    [[nodiscard]] std::size_t calls() const;
    /// Makes call number `call` (from 0) fail, once; calls after it succeed.
    void fail_at(std::size_t call, Fault fault);

    /// How many changes no sync has kept yet.
    [[nodiscard]] std::size_t unsynced() const;
    /// The disk after a power cut: `survives(i)` says whether unsynced change i (in order of time) is there.
    [[nodiscard]] MemoryDisk after_power_cut(const std::function<bool(std::size_t)>& survives) const;

    /// Turns one bit of a file, on the disk and as it is read. Requires: the file has that bit.
    void flip(const std::string& path, std::size_t bit);
    /// Cuts a file short without anybody's asking.
    void cut(const std::string& path, std::size_t size);
    /// The paths of all files.
    [[nodiscard]] std::vector<std::string> files() const;

private:
    struct State;
    class OpenFile;
    // Shared with the files that are open: they go on writing to this disk when it is moved.
    std::shared_ptr<State> state_;
};

}  // namespace truce::record
