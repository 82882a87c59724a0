// SPDX-License-Identifier: Apache-2.0
#include "record/evidence.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/mapped_file.h"
#include "base/text.h"
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
    const auto parent = folder_.has_parent_path() ? folder_.parent_path() : fs::path(".");
    {
        Disk above(parent, Disk::Access::read);
        DurableWriter(above).make_folders(folder_.filename().string());
    }
    Disk disk(folder_, Disk::Access::write);
    DurableWriter writer(disk);
    const auto name = name_of(hash);
    writer.make_folders(folder_of(name));
    writer.write(name, bytes);
    constexpr mode_t nobody_writes = S_IRUSR | S_IRGRP;
    if (::chmod(path_of(hash).c_str(), nobody_writes) != 0)
        throw StorageFailure(StorageFailure::Act::other, errno, "cannot take the right to write from " + path_of(hash).string());
    return hash;
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
