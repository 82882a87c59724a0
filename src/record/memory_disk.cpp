// SPDX-License-Identifier: Apache-2.0
#include "record/memory_disk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <set>
#include <utility>

namespace truce::record {
namespace {

using Act = StorageFailure::Act;

/// A file, whatever its names: number in the table of files.
using FileNumber = std::size_t;

/// What is in a folder: names of files, and folders.
struct Names {
    std::map<std::string, FileNumber> files;
    std::set<std::string> folders{""};
};

/// A change that a power cut may undo. `file` changes belong to a file, the others to the folder `folder`.
struct Change {
    enum class Kind { write, truncate, create, rename, remove, make_folder } kind;
    std::string folder;
    FileNumber file = 0;
    std::uint64_t offset = 0;
    std::string bytes;
    std::string path;
    std::string other_path;

    [[nodiscard]] bool is_of_file() const { return kind == Kind::write || kind == Kind::truncate; }
};

void apply(const Change& change, Names& names, std::vector<std::string>& files) {
    switch (change.kind) {
        case Change::Kind::write: {
            auto& bytes = files[change.file];
            if (bytes.size() < change.offset + change.bytes.size())
                bytes.resize(change.offset + change.bytes.size());
            bytes.replace(change.offset, change.bytes.size(), change.bytes);
            break;
        }
        case Change::Kind::truncate:
            files[change.file].resize(change.offset);
            break;
        case Change::Kind::create:
            if (names.folders.contains(change.folder)) names.files[change.path] = change.file;
            break;
        case Change::Kind::rename:
            // Where the creation of the old name is lost, the new name still comes to point at the file.
            names.files.erase(change.path);
            if (names.folders.contains(change.folder)) names.files[change.other_path] = change.file;
            break;
        case Change::Kind::remove:
            names.files.erase(change.path);
            names.folders.erase(change.path);
            break;
        case Change::Kind::make_folder:
            if (names.folders.contains(change.folder)) names.folders.insert(change.path);
            break;
    }
}

}  // namespace

struct MemoryDisk::State {
    // As programs see it, and as it would be if the power went and nothing unsynced were kept.
    Names names;
    std::vector<std::string> files;
    Names kept_names;
    std::vector<std::string> kept_files;
    std::vector<Change> unsynced;

    std::size_t calls = 0;
    std::optional<std::pair<std::size_t, Fault>> fault;

    /// The fault of this call, if it has one. A power cut before the call is thrown from here.
    std::optional<Fault> begin_call() {
        const auto call = calls++;
        if (!fault || fault->first != call) return std::nullopt;
        const auto kind = fault->second;
        fault.reset();
        if (kind == Fault::power_cut) throw PowerCut{};
        return kind;
    }

    [[noreturn]] static void fail(Fault kind, Act act, const std::string& path) {
        if (kind == Fault::power_cut_midway) throw PowerCut{};
        throw StorageFailure(act, kind == Fault::full ? ENOSPC : EIO, fmt::format("cannot use {}", path));
    }

    void change(Change made) {
        apply(made, names, files);
        unsynced.push_back(std::move(made));
    }

    /// Keeps the changes that a sync is about, or drops them where it fails.
    template <class IsMeant>
    void sync(IsMeant is_meant, std::optional<Fault> failing, const std::string& path) {
        for (const auto& one : unsynced) {
            if (is_meant(one) && !failing) apply(one, kept_names, kept_files);
        }
        // A power cut in a sync leaves everything open; a failure drops it: the cache has it and the disk
        // will not.
        if (failing != Fault::power_cut_midway) std::erase_if(unsynced, is_meant);
        if (failing) fail(*failing, Act::sync, path);
    }
};

class MemoryDisk::OpenFile final : public File {
public:
    OpenFile(std::shared_ptr<State> state, FileNumber file, std::string path)
        : state_(std::move(state)), file_(file), path_(std::move(path)) {}

    void write(std::uint64_t offset, std::string_view bytes) override {
        const auto failing = state_->begin_call();
        if (failing) bytes = bytes.substr(0, bytes.size() / 2);
        if (!bytes.empty()) {
            state_->change({.kind = Change::Kind::write,
                            .folder = {},
                            .file = file_,
                            .offset = offset,
                            .bytes = std::string(bytes),
                            .path = {},
                            .other_path = {}});
        }
        if (failing) State::fail(*failing, Act::write, path_);
    }

    void truncate(std::uint64_t size) override {
        if (const auto failing = state_->begin_call()) State::fail(*failing, Act::write, path_);
        if (state_->files[file_].size() == size) return;
        state_->change({.kind = Change::Kind::truncate,
                        .folder = {},
                        .file = file_,
                        .offset = size,
                        .bytes = {},
                        .path = {},
                        .other_path = {}});
    }

    void sync() override {
        const auto failing = state_->begin_call();
        state_->sync([&](const Change& one) { return one.is_of_file() && one.file == file_; }, failing,
                     path_);
    }

private:
    std::shared_ptr<State> state_;
    FileNumber file_;
    std::string path_;
};

MemoryDisk::MemoryDisk() : state_(std::make_shared<State>()) {}
MemoryDisk::~MemoryDisk() = default;
MemoryDisk::MemoryDisk(MemoryDisk&& other) noexcept : state_(std::move(other.state_)) {}
MemoryDisk& MemoryDisk::operator=(MemoryDisk&& other) noexcept {
    state_ = std::move(other.state_);
    return *this;
}

std::optional<std::string> MemoryDisk::read(const std::string& path) const {
    if (const auto failing = state_->begin_call()) State::fail(*failing, Act::read, path);
    const auto found = state_->names.files.find(path);
    if (found == state_->names.files.end()) return std::nullopt;
    return state_->files[found->second];
}

std::vector<std::string> MemoryDisk::list(const std::string& folder) const {
    if (const auto failing = state_->begin_call()) State::fail(*failing, Act::read, folder);
    std::vector<std::string> found;
    const auto name_in = [&](const std::string& path) {
        return folder.empty() ? path : path.substr(folder.size() + 1);
    };
    for (const auto& [path, file] : state_->names.files) {
        if (folder_of(path) == folder) found.push_back(name_in(path));
    }
    for (const auto& path : state_->names.folders) {
        if (!path.empty() && folder_of(path) == folder) found.push_back(name_in(path) + "/");
    }
    std::ranges::sort(found);
    return found;
}

std::unique_ptr<File> MemoryDisk::open(const std::string& path) {
    if (const auto failing = state_->begin_call()) State::fail(*failing, Act::write, path);
    if (!state_->names.folders.contains(folder_of(path))) {
        throw StorageFailure(Act::write, ENOENT, fmt::format("cannot open {}", path));
    }
    auto found = state_->names.files.find(path);
    if (found == state_->names.files.end()) {
        const auto file = state_->files.size();
        state_->files.emplace_back();
        state_->kept_files.emplace_back();
        state_->change({.kind = Change::Kind::create,
                        .folder = folder_of(path),
                        .file = file,
                        .offset = 0,
                        .bytes = {},
                        .path = path,
                        .other_path = {}});
        found = state_->names.files.find(path);
    }
    return std::make_unique<OpenFile>(state_, found->second, path);
}

void MemoryDisk::rename(const std::string& from, const std::string& to) {
    const auto failing = state_->begin_call();
    const auto found = state_->names.files.find(from);
    if (failing) State::fail(*failing, Act::write, from);
    if (found == state_->names.files.end()) {
        throw StorageFailure(Act::write, ENOENT, fmt::format("cannot rename {}", from));
    }
    assert(folder_of(from) == folder_of(to));
    state_->change({.kind = Change::Kind::rename,
                    .folder = folder_of(from),
                    .file = found->second,
                    .offset = 0,
                    .bytes = {},
                    .path = from,
                    .other_path = to});
}

void MemoryDisk::remove(const std::string& path) {
    if (const auto failing = state_->begin_call()) State::fail(*failing, Act::write, path);
    if (!state_->names.files.contains(path) && !state_->names.folders.contains(path)) return;
    state_->change({.kind = Change::Kind::remove,
                    .folder = folder_of(path),
                    .file = 0,
                    .offset = 0,
                    .bytes = {},
                    .path = path,
                    .other_path = {}});
}

void MemoryDisk::make_folder(const std::string& path) {
    if (const auto failing = state_->begin_call()) State::fail(*failing, Act::write, path);
    if (!state_->names.folders.contains(folder_of(path))) {
        throw StorageFailure(Act::write, ENOENT, fmt::format("cannot make {}", path));
    }
    if (state_->names.folders.contains(path)) return;
    state_->change({.kind = Change::Kind::make_folder,
                    .folder = folder_of(path),
                    .file = 0,
                    .offset = 0,
                    .bytes = {},
                    .path = path,
                    .other_path = {}});
}

void MemoryDisk::sync_folder(const std::string& path) {
    const auto failing = state_->begin_call();
    state_->sync([&](const Change& one) { return !one.is_of_file() && one.folder == path; }, failing, path);
}

void MemoryDisk::sync_everything() {
    const auto failing = state_->begin_call();
    state_->sync([](const Change&) { return true; }, failing, "everything");
}

std::size_t MemoryDisk::calls() const {
    return state_->calls;
}

void MemoryDisk::fail_at(std::size_t call, Fault fault) {
    state_->fault = {call, fault};
}

std::size_t MemoryDisk::unsynced() const {
    return state_->unsynced.size();
}

MemoryDisk MemoryDisk::after_power_cut(const std::function<bool(std::size_t)>& survives) const {
    MemoryDisk after;
    after.state_->names = state_->kept_names;
    after.state_->files = state_->kept_files;
    for (std::size_t at = 0; at < state_->unsynced.size(); ++at) {
        if (survives(at)) apply(state_->unsynced[at], after.state_->names, after.state_->files);
    }
    // A name whose folder is gone cannot be reached.
    std::erase_if(after.state_->names.files, [&](const auto& name) {
        return !after.state_->names.folders.contains(folder_of(name.first));
    });
    after.state_->kept_names = after.state_->names;
    after.state_->kept_files = after.state_->files;
    return after;
}

void MemoryDisk::flip(const std::string& path, std::size_t bit) {
    const auto file = state_->names.files.at(path);
    for (auto* bytes : {&state_->files[file], &state_->kept_files[file]}) {
        if (bit / 8 < bytes->size())
            (*bytes)[bit / 8] = static_cast<char>((*bytes)[bit / 8] ^ (1 << bit % 8));
    }
}

void MemoryDisk::cut(const std::string& path, std::size_t size) {
    const auto file = state_->names.files.at(path);
    for (auto* bytes : {&state_->files[file], &state_->kept_files[file]}) {
        if (bytes->size() > size) bytes->resize(size);
    }
}

std::vector<std::string> MemoryDisk::files() const {
    std::vector<std::string> paths;
    for (const auto& [path, file] : state_->names.files) paths.push_back(path);
    return paths;
}

}  // namespace truce::record
