// SPDX-License-Identifier: Apache-2.0
#include "record/evidence.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <set>

#include "base/mapped_file.h"
#include "base/text.h"
#include "record/erase.h"
#include "record/name_until_whole.h"
#include "record/storage.h"

namespace truce::record {
namespace {

namespace fs = std::filesystem;

std::string name_of(const Sha256& hash) {
    return hash.hex().substr(0, 2) + "/" + hash.hex();
}

}  // namespace

fs::path EvidenceStore::path_of(const Sha256& hash) const {
    return folder_ / name_of(hash);
}

bool EvidenceStore::holds(const Sha256& hash) const {
    return fs::exists(path_of(hash));
}

Result<std::string> EvidenceStore::bytes_of(const Sha256& hash) const {
    const auto path = path_of(hash);
    if (!fs::exists(path))
        return failure({.message = fmt::format("file {} is not held here", hash.hex().substr(0, 16))});
    const auto file = map_file(path.string());
    if (!file) return tl::unexpected(file.error());
    std::string bytes(file->text());
    if (sha256(bytes) != hash || file->changed()) {
        return failure({.message = "what is held here has another hash than its name says: it was changed or the disk is failing; "
                                   "bring it back from another copy",
                        .file = path.string()});
    }
    return bytes;
}

Sha256 EvidenceStore::keep(std::string_view bytes) {
    const auto hash = sha256(bytes);
    if (bytes_of(hash)) return hash;
    write(name_of(hash), bytes);
    constexpr mode_t nobody_writes = S_IRUSR | S_IRGRP;
    if (::chmod(path_of(hash).c_str(), nobody_writes) != 0)
        throw StorageFailure(StorageFailure::Act::other, errno, "cannot take the right to write from " + path_of(hash).string());
    return hash;
}

void EvidenceStore::write(const std::string& name, std::string_view bytes) {
    const auto parent = folder_.has_parent_path() ? folder_.parent_path() : fs::path(".");
    {
        Disk above(parent, Disk::Access::read);
        DurableWriter(above).make_folders(folder_.filename().string());
    }
    Disk disk(folder_, Disk::Access::write);
    DurableWriter(disk).write(name, bytes);
}

fs::path EvidenceStore::notes_of(const Sha256& hash) const {
    return folder_ / "copies" / hash.hex();
}

void EvidenceStore::note_copy(const Sha256& hash, const fs::path& copy) {
    std::size_t number = 0;
    while (fs::exists(notes_of(hash) / std::to_string(number))) ++number;
    write(fmt::format("copies/{}/{}", hash.hex(), number), fs::absolute(copy).string());
}

EvidenceStore::Destroyed EvidenceStore::destroy(const Sha256& hash) {
    Destroyed destroyed;
    const auto erase_file = [&](const fs::path& file) {
        if (erase(file)) destroyed.files.push_back(file);
    };
    erase_file(path_of(hash));
    erase_file(name_until_whole(path_of(hash).string()));
    if (!fs::exists(notes_of(hash))) return destroyed;
    const std::set<fs::path> notes(fs::directory_iterator(notes_of(hash)), fs::directory_iterator());
    for (const auto& note : notes) {
        // What ends otherwise is a note that was never whole, and so no copy was written after it.
        if (note.extension() == ".tmp") {
            erase(note);
            continue;
        }
        const auto path = map_file(note.string());
        if (!path) throw StorageFailure(StorageFailure::Act::read, EIO, "cannot read " + note.string());
        const fs::path copy(path->text());
        if (!fs::exists(copy)) {
            if (!erase(name_until_whole(copy.string()))) destroyed.missing.push_back(copy);
        } else if (const auto bytes = map_file(copy.string()); bytes && sha256(bytes->text()) == hash) {
            erase_file(copy);
        } else {
            destroyed.changed.push_back(copy);
        }
        erase(note);
    }
    fs::remove(notes_of(hash));
    return destroyed;
}

Result<Sha256> parse_evidence_name(std::string_view text) {
    Sha256 hash;
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
    const bool whole = text.size() == 2 * hash.bytes.size();
    for (std::size_t i = 0; whole && i < hash.bytes.size(); ++i) {
        const int high = digit(text[2 * i]);
        const int low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0) break;
        hash.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    if (!whole || hash.hex() != text)
        return failure({.message = fmt::format("'{}' is no SHA-256; want 64 hexadecimal digits in small letters", shown(text))});
    return hash;
}

}  // namespace truce::record
