// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace truce::record {

/// The machine failed at a file: full, broken, not allowed. Says what was done to which file.
class StorageFailure : public std::system_error {
public:
    /// What the machine would not do. A failed `sync` may have lost bytes that were written before it; asking
    /// again would say that all is well.
    enum class Act { read, write, sync, other };

    StorageFailure(Act act, int error_number, const std::string& what)
        : std::system_error(error_number, std::generic_category(), what), act_(act) {}
    [[nodiscard]] Act act() const { return act_; }

private:
    Act act_;
};

/// One file, open for writing.
class File {
public:
    virtual ~File() = default;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    /// Writes all of `bytes` at `offset`. When it fails, any part of them may have been written.
    virtual void write(std::uint64_t offset, std::string_view bytes) = 0;
    virtual void truncate(std::uint64_t size) = 0;
    /// Returns once what was written is on the disk and will be there after a power cut, the file's length
    /// included; its name is `Storage::sync_folder`'s.
    virtual void sync() = 0;

protected:
    File() = default;
};

/// The files under one folder, as the record needs them: little enough that a disk in memory can stand for it
/// and fail in every way a disk can.
///
/// Paths are relative, with `/`; "" is the folder itself. Everything throws `StorageFailure` when the machine
/// fails. What was written, created, renamed or removed is seen at once by this program, and survives a power
/// cut only after the `sync` that its description names. Not for several threads at once, but for `read` and
/// `list`.
class Storage {
public:
    virtual ~Storage() = default;
    Storage(const Storage&) = delete;
    Storage& operator=(const Storage&) = delete;

    /// All bytes of a file; nothing where there is none.
    [[nodiscard]] virtual std::optional<std::string> read(const std::string& path) const = 0;
    /// The names in a folder in order, subfolders with a `/` behind; none where there is no such folder.
    [[nodiscard]] virtual std::vector<std::string> list(const std::string& folder) const = 0;
    /// Opens a file for writing and creates it where it is not.
    [[nodiscard]] virtual std::unique_ptr<File> open(const std::string& path) = 0;
    /// Gives a file another name in the same folder; one that has that name goes.
    virtual void rename(const std::string& from, const std::string& to) = 0;
    /// Removes a file or an empty folder; does nothing where there is none.
    virtual void remove(const std::string& path) = 0;
    /// Makes a folder; does nothing where it is. Its parent must be there.
    virtual void make_folder(const std::string& path) = 0;
    /// Returns once the names in this folder are on the disk.
    virtual void sync_folder(const std::string& path) = 0;
    /// Does for all that was written, names included, what `sync` and `sync_folder` do; for many files this
    /// is cheaper.
    virtual void sync_everything() = 0;

protected:
    Storage() = default;
};

/// A file to be written.
struct NamedBytes {
    std::string path;
    std::string bytes;
};

/// Writes files so that a power cut leaves each old or new, and never half.
///
/// Holds the folders that it knows to be on the disk, because a folder that an earlier run made may not be:
/// one object for one run over one storage.
class DurableWriter {
public:
    explicit DurableWriter(Storage& storage) : storage_(&storage) {}

    /// Writes all files under temporary names, syncs them, gives them their names and syncs the folders.
    /// Returns once everything is on the disk. After a failure each file is as it was or as it should be.
    void write(std::span<const NamedBytes> files);
    void write(const std::string& path, std::string_view bytes);
    /// Makes the folder and those above it, all of them on the disk.
    void make_folders(const std::string& folder);

private:
    Storage* storage_;
    std::set<std::string> known_folders_;
};

/// The folder that a path lies in: "" for a name alone.
[[nodiscard]] std::string folder_of(const std::string& path);

/// Storage in a folder of this machine.
class Disk final : public Storage {
public:
    enum class Access {
        /// Nobody else may write meanwhile: holds a lock on the folder, on the file `lock`.
        write,
        read,
    };
    /// Throws `StorageFailure` when the folder is not there, or another program writes in it.
    Disk(std::filesystem::path folder, Access access);
    ~Disk() override;

    [[nodiscard]] std::optional<std::string> read(const std::string& path) const override;
    [[nodiscard]] std::vector<std::string> list(const std::string& folder) const override;
    [[nodiscard]] std::unique_ptr<File> open(const std::string& path) override;
    void rename(const std::string& from, const std::string& to) override;
    void remove(const std::string& path) override;
    void make_folder(const std::string& path) override;
    void sync_folder(const std::string& path) override;
    void sync_everything() override;

private:
    [[nodiscard]] std::string full(const std::string& path) const;
    std::filesystem::path folder_;
    // The folder itself, open from the start: errors of writing that come after this are told by
    // `sync_everything`.
    int root_ = -1;
    int lock_ = -1;
};

/// A part of another storage: paths are those below `folder`, which must be there before anything is written.
class SubStorage final : public Storage {
public:
    SubStorage(Storage& whole, std::string folder);

    [[nodiscard]] std::optional<std::string> read(const std::string& path) const override;
    [[nodiscard]] std::vector<std::string> list(const std::string& folder) const override;
    [[nodiscard]] std::unique_ptr<File> open(const std::string& path) override;
    void rename(const std::string& from, const std::string& to) override;
    void remove(const std::string& path) override;
    void make_folder(const std::string& path) override;
    void sync_folder(const std::string& path) override;
    void sync_everything() override;

private:
    [[nodiscard]] std::string within(const std::string& path) const;
    Storage* whole_;
    std::string folder_;
};

}  // namespace truce::record
