// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace truce {

/// A file's bytes as one text, without reading them all into memory: a memory map where the file has one, a
/// copy where it has none (a pipe, a device, a file of /proc).
///
/// Another program may cut the file short while it is read. The bytes that are gone then read as zeros, the
/// program goes on, and `changed()` says so: whoever reports from the bytes asks it at the end. Move-only;
/// what `text()` returned stays valid across a move and ends with the object.
class MappedFile {
public:
    MappedFile(MappedFile&&) noexcept;
    MappedFile& operator=(MappedFile&&) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    /// All bytes of the file as it was when it was opened.
    [[nodiscard]] std::string_view text() const { return text_; }

    /// The path as it was given to `map_file`.
    [[nodiscard]] const std::string& path() const { return path_; }

    /// Whether the file's length or time of change differs from when it was opened, or some of its bytes
    /// could not be read. Always false for a copy.
    [[nodiscard]] bool changed() const;

    /// Gives back the memory behind the bytes [first, last), for files larger than memory. They may be read
    /// again.
    void release(std::size_t first, std::size_t last) const;

private:
    friend Result<MappedFile> map_file(std::string path);
    struct Mapping;

    MappedFile(std::string path, std::string copy);
    MappedFile(std::string path, std::unique_ptr<Mapping> mapping);

    std::string path_;
    std::unique_ptr<Mapping> mapping_;
    std::unique_ptr<const std::string> copy_;
    std::string_view text_;
};

/// Opens the file at `path` for reading.
///
/// Fails with a sentence for a file that is missing, may not be read or is a folder, and for a stream (pipe,
/// device) of more than 2 GiB, because a stream must be held in memory. An empty file is an empty text. The
/// first call installs a process-wide handler of SIGBUS, which passes on every signal that is not about a map
/// of ours.
Result<MappedFile> map_file(std::string path);

}  // namespace truce
