// SPDX-License-Identifier: Apache-2.0
#include "record/storage.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

#include "record/name_until_whole.h"

namespace truce::record {
namespace {

using Act = StorageFailure::Act;

/// More files than this are brought to the disk by one call for all of it.
constexpr std::size_t most_synced_singly = 8;

[[noreturn]] void fail(Act act, std::string_view did, const std::string& path) {
    const int error_number = errno;
    throw StorageFailure(act, error_number, fmt::format("{} {}", did, path));
}

/// Calls again what a signal interrupted.
template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

/// A file descriptor that closes itself. What it wrote counts as written only after a sync, so that nothing
/// is lost that `close` could tell of.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

class DiskFile final : public File {
public:
    DiskFile(int number, std::string path) : descriptor_(number), path_(std::move(path)) {}

    void write(std::uint64_t offset, std::string_view bytes) override {
        while (!bytes.empty()) {
            const auto written = uninterrupted([&] {
                return ::pwrite(descriptor_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
            });
            if (written < 0) fail(Act::write, "cannot write", path_);
            if (written == 0) {
                errno = EIO;
                fail(Act::write, "nothing was written to", path_);
            }
            offset += static_cast<std::uint64_t>(written);
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    void truncate(std::uint64_t size) override {
        if (uninterrupted([&] { return ::ftruncate(descriptor_.number(), static_cast<off_t>(size)); }) != 0) {
            fail(Act::write, "cannot cut", path_);
        }
    }

    void sync() override {
        // Not called again after a signal either: what the first call met is gone by the second.
        if (::fdatasync(descriptor_.number()) != 0) fail(Act::sync, "cannot bring to the disk", path_);
    }

private:
    Descriptor descriptor_;
    std::string path_;
};

}  // namespace

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? std::string{} : path.substr(0, slash);
}

void DurableWriter::make_folders(const std::string& folder) {
    if (folder.empty() || known_folders_.contains(folder)) return;
    const auto parent = folder_of(folder);
    make_folders(parent);
    storage_->make_folder(folder);
    storage_->sync_folder(parent);
    known_folders_.insert(folder);
}

void DurableWriter::write(std::span<const NamedBytes> files) {
    const auto temporary = [](const NamedBytes& file) { return name_until_whole(file.path); };
    std::size_t begun = 0;
    try {
        for (const auto& file : files) {
            make_folders(folder_of(file.path));
            ++begun;
            const auto open = storage_->open(temporary(file));
            // What a run left that was cut off may be longer.
            open->truncate(0);
            open->write(0, file.bytes);
            if (files.size() <= most_synced_singly) open->sync();
        }
        if (files.size() > most_synced_singly) storage_->sync_everything();
    } catch (const StorageFailure&) {
        for (const auto& file : files.first(begun)) {
            try {
                storage_->remove(temporary(file));
            } catch (const StorageFailure&) {  // and so it stays, and is written over by the next who writes
                                               // this file
            }
        }
        throw;
    }
    std::set<std::string> folders;
    for (const auto& file : files) {
        storage_->rename(temporary(file), file.path);
        folders.insert(folder_of(file.path));
    }
    for (const auto& folder : folders) storage_->sync_folder(folder);
}

void DurableWriter::write(const std::string& path, std::string_view bytes) {
    const NamedBytes file{path, std::string(bytes)};
    write(std::span(&file, 1));
}

Disk::Disk(std::filesystem::path folder, Access access) : folder_(std::move(folder)) {
    struct stat status {};
    if (::stat(folder_.c_str(), &status) != 0) fail(Act::other, "cannot open the folder", folder_.string());
    if (!S_ISDIR(status.st_mode)) {
        errno = ENOTDIR;
        fail(Act::other, "cannot open the folder", folder_.string());
    }
    root_ = uninterrupted([&] { return ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (root_ < 0) fail(Act::other, "cannot open the folder", folder_.string());
    if (access == Access::read) return;
    const auto path = full("lock");
    lock_ = uninterrupted([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); });
    if (lock_ < 0) {
        const int error_number = errno;
        ::close(std::exchange(root_, -1));
        errno = error_number;
        fail(Act::other, "cannot open", path);
    }
    if (uninterrupted([&] { return ::flock(lock_, LOCK_EX | LOCK_NB); }) != 0) {
        const int error_number = errno;
        ::close(std::exchange(lock_, -1));
        ::close(std::exchange(root_, -1));
        errno = error_number;
        fail(Act::other, error_number == EWOULDBLOCK ? "another program is writing in" : "cannot lock",
             folder_.string());
    }
}

Disk::~Disk() {
    if (lock_ >= 0) ::close(lock_);
    if (root_ >= 0) ::close(root_);
}

std::string Disk::full(const std::string& path) const {
    return path.empty() ? folder_.string() : (folder_ / path).string();
}

std::optional<std::string> Disk::read(const std::string& path) const {
    const auto name = full(path);
    const Descriptor file(
        uninterrupted([&] { return ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY); }));
    if (file.number() < 0) {
        if (errno == ENOENT) return std::nullopt;
        fail(Act::read, "cannot open", name);
    }
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) fail(Act::read, "cannot read", name);
    if (!S_ISREG(status.st_mode)) {
        errno = EINVAL;
        fail(Act::read, "this is no ordinary file:", name);
    }
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t at = 0;
    while (at < bytes.size()) {
        const auto got = uninterrupted([&] {
            return ::pread(file.number(), bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
        });
        if (got < 0) fail(Act::read, "cannot read", name);
        if (got == 0)
            break;  // another program cut it short; whoever reads it will find that it does not verify
        at += static_cast<std::size_t>(got);
    }
    bytes.resize(at);
    return bytes;
}

std::vector<std::string> Disk::list(const std::string& folder) const {
    const auto name = full(folder);
    const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(name.c_str()), &::closedir);
    if (!open) {
        if (errno == ENOENT) return {};
        fail(Act::read, "cannot list", name);
    }
    std::vector<std::string> names;
    while (true) {
        errno = 0;
        // Each call has a stream of its own.
        const auto* entry = ::readdir(open.get());  // NOLINT(concurrency-mt-unsafe)
        if (entry == nullptr) break;
        const std::string found = entry->d_name;
        if (found == "." || found == "..") continue;
        bool is_folder = entry->d_type == DT_DIR;
        if (entry->d_type == DT_UNKNOWN) {
            struct stat status {};
            is_folder =
                ::stat(fmt::format("{}/{}", name, found).c_str(), &status) == 0 && S_ISDIR(status.st_mode);
        }
        names.push_back(is_folder ? found + "/" : found);
    }
    if (errno != 0) fail(Act::read, "cannot list", name);
    std::ranges::sort(names);
    return names;
}

std::unique_ptr<File> Disk::open(const std::string& path) {
    const auto name = full(path);
    const int number =
        uninterrupted([&] { return ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600); });
    if (number < 0) fail(Act::write, "cannot open", name);
    return std::make_unique<DiskFile>(number, name);
}

void Disk::rename(const std::string& from, const std::string& to) {
    assert(folder_of(from) == folder_of(to));
    if (::rename(full(from).c_str(), full(to).c_str()) != 0) fail(Act::write, "cannot rename", full(from));
}

void Disk::remove(const std::string& path) {
    const auto name = full(path);
    if (::unlink(name.c_str()) == 0 || errno == ENOENT) return;
    if ((errno == EISDIR || errno == EPERM) && (::rmdir(name.c_str()) == 0 || errno == ENOENT)) return;
    fail(Act::write, "cannot remove", name);
}

void Disk::make_folder(const std::string& path) {
    if (::mkdir(full(path).c_str(), 0700) != 0 && errno != EEXIST)
        fail(Act::write, "cannot make", full(path));
}

void Disk::sync_folder(const std::string& path) {
    const auto name = full(path);
    const Descriptor folder(
        uninterrupted([&] { return ::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
    if (folder.number() < 0 || ::fsync(folder.number()) != 0)
        fail(Act::sync, "cannot bring to the disk", name);
}

void Disk::sync_everything() {
    // Tells of failed writes since Linux 5.8.
    if (::syncfs(root_) != 0) fail(Act::sync, "cannot bring to the disk", folder_.string());
}

SubStorage::SubStorage(Storage& whole, std::string folder) : whole_(&whole), folder_(std::move(folder)) {}

std::string SubStorage::within(const std::string& path) const {
    if (path.empty() || folder_.empty()) return folder_ + path;
    return folder_ + "/" + path;
}

std::optional<std::string> SubStorage::read(const std::string& path) const {
    return whole_->read(within(path));
}

std::vector<std::string> SubStorage::list(const std::string& folder) const {
    return whole_->list(within(folder));
}

std::unique_ptr<File> SubStorage::open(const std::string& path) {
    return whole_->open(within(path));
}

void SubStorage::rename(const std::string& from, const std::string& to) {
    whole_->rename(within(from), within(to));
}

void SubStorage::remove(const std::string& path) {
    whole_->remove(within(path));
}

void SubStorage::make_folder(const std::string& path) {
    whole_->make_folder(within(path));
}

void SubStorage::sync_folder(const std::string& path) {
    whole_->sync_folder(within(path));
}

void SubStorage::sync_everything() {
    whole_->sync_everything();
}

}  // namespace truce::record
