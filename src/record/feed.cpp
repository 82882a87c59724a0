// SPDX-License-Identifier: Apache-2.0
#include "record/feed.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <cassert>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "record/cosignature.h"
#include "record/tiles.h"
#include "record/verify.h"

namespace truce::record {
namespace {

/// A frame of the journal holds at most so many bytes of entries: it is built in memory.
constexpr std::size_t frame_bytes = std::size_t{16} << 20U;

Journal::Salt random_salt() {
    if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be used on this machine");
    Journal::Salt salt;
    randombytes_buf(salt.data(), salt.size());
    return salt;
}

/// Makes room for `more` elements, so that putting them in takes no memory.
template <class T>
void make_room(std::vector<T>& list, std::size_t more) {
    const auto wanted = list.size() + more;
    if (wanted > list.capacity()) list.reserve(std::max(wanted, list.capacity() * 2));
}

}  // namespace

Result<Feed> Feed::create(Storage& folder, const SigningKey& key, HeadMemory& memory, FeedSettings settings) {
    const auto& origin = key.verifier().name;
    const auto before = memory.last(origin);
    if (!before) return tl::unexpected(before.error());
    if (*before && (*before)->head.size > 0) {
        return failure(
            {.message = fmt::format("this key has signed {} entries of '{}' before; a second feed under that "
                                    "name would be a second history",
                                    (*before)->head.size, origin)});
    }
    auto files = FeedFolder::open(folder, origin, {key.verifier()});
    if (!files) return tl::unexpected(std::move(files).error());
    if (files->checkpoint()) return failure({.message = fmt::format("there is a feed '{}' already", origin)});
    Note note{.text = files->head().text(), .signatures = {}};
    note.signatures.push_back(key.sign(note.text));
    if (auto kept = memory.advance(note, {}); !kept) return tl::unexpected(std::move(kept).error());
    files->seal(note);
    return open(folder, origin, {key.verifier()}, memory, std::move(settings));
}

Result<Feed> Feed::open(Storage& folder, const std::string& origin, std::vector<VerifierKey> keys,
                        const HeadMemory& memory, FeedSettings settings) {
    auto files = FeedFolder::open(folder, origin, std::move(keys));
    if (!files) return tl::unexpected(std::move(files).error());
    if (!files->checkpoint()) {
        return failure(
            {.message = fmt::format("there is no feed '{}' here: its checkpoint is missing", origin)});
    }
    auto found = Journal::read(folder, files->size());
    if (!found) return tl::unexpected(std::move(found).error());
    const auto signed_last = memory.last(origin);
    if (!signed_last) return tl::unexpected(signed_last.error());
    const auto acknowledged = files->size() + found->entries.size();
    if (!*signed_last || (*signed_last)->head.size > acknowledged) {
        return failure(
            {.message = fmt::format(
                 "the feed '{}' has {} entries here but {}: an old copy was brought back. It takes "
                 "no entry until it is restored from a copy that another monitor holds",
                 origin, acknowledged,
                 *signed_last ? fmt::format("{} were signed", (*signed_last)->head.size)
                              : std::string("what was signed last is not remembered"))});
    }
    // A run that was killed may have left its last writes in memory only: what this one builds on must be on
    // the disk.
    folder.open("checkpoint")->sync();
    folder.sync_folder("");
    return Feed(folder, *std::move(files), *std::move(found), std::move(settings));
}

Feed::Feed(Storage& folder, FeedFolder files, Journal::Found found, FeedSettings settings)
    : files_(std::move(files)), remarks_(found.remarks), journal_bytes_(settings.journal_bytes) {
    journal_ = std::make_unique<Journal>(folder, found, files_.size(),
                                         settings.fresh_salt ? std::move(settings.fresh_salt) : random_salt);
    pending_ = std::move(found.entries);
    pending_leaves_ = std::move(found.leaves);
    if (!pending_.empty()) {
        remarks_.push_back(
            fmt::format("{} acknowledged entries are not under a checkpoint yet", pending_.size()));
    }
}

Error Feed::not_writable() const {
    return {.message = fmt::format(
                "the disk failed while '{}' was written, and what it holds is not known; open the "
                "feed again to go on",
                origin())};
}

Result<std::uint64_t> Feed::append(const std::string& entry) {
    return append(std::span(&entry, 1));
}

Result<std::uint64_t> Feed::append(std::span<const std::string> entries) {
    if (!writable_) return failure(not_writable());
    for (const auto& entry : entries) {
        if (entry.size() > longest_entry) {
            return failure(
                {.message = fmt::format("an entry of {} bytes is too long; at most {} fit, larger things go "
                                        "in by their hash",
                                        entry.size(), longest_entry)});
        }
    }
    const auto first = size();
    std::vector<Hash> leaves;
    leaves.reserve(entries.size());
    for (const auto& entry : entries) leaves.push_back(leaf_hash(entry));
    for (std::size_t at = 0; at < entries.size();) {
        std::size_t end = at;
        for (std::size_t bytes = 0; end < entries.size() && (end == at || bytes < frame_bytes); ++end) {
            bytes += entries[end].size();
        }
        const auto part = entries.subspan(at, end - at);
        const auto part_leaves = std::span(leaves).subspan(at, end - at);
        // All memory is taken before the journal is written: once the entries are on the disk, they must be
        // in the feed.
        std::vector<std::string> copies(part.begin(), part.end());
        make_room(pending_, part.size());
        make_room(pending_leaves_, part.size());
        try {
            journal_->append(size(), part, part_leaves);
        } catch (...) {
            writable_ = journal_->is_usable();
            throw;
        }
        std::ranges::move(copies, std::back_inserter(pending_));
        std::ranges::copy(part_leaves, std::back_inserter(pending_leaves_));
        at = end;
    }
    return first;
}

Result<std::string> Feed::entry(std::uint64_t index) const {
    if (index < files_.size() || index >= size()) return files_.entry(index);
    return pending_[index - files_.size()];
}

Result<Note> Feed::publish(const SigningKey& key, HeadMemory& memory) {
    const auto* only = &key;
    return publish(std::span(&only, 1), memory);
}

Result<Note> Feed::publish(std::span<const SigningKey* const> keys, HeadMemory& memory) {
    if (!writable_) return failure(not_writable());
    try {
        const auto before = memory.last(origin());
        if (!before) return tl::unexpected(before.error());
        if (!*before)
            return failure({.message = "what was signed last is not remembered; nothing is signed"});
        files_.drop_extension();
        const auto head = files_.extend(pending_, pending_leaves_);
        if (!head) return tl::unexpected(head.error());
        Note note{.text = head->text(), .signatures = {}};
        if (pending_.empty()) note = *files_.checkpoint();
        const auto signed_before = note.signatures.size();
        for (const auto* key : keys) {
            const auto line = key->sign(note.text);
            if (std::ranges::find(note.signatures, line) == note.signatures.end())
                note.signatures.push_back(line);
        }
        if (pending_.empty() && note.signatures.size() == signed_before) return note;
        const auto proof = files_.prove_extended_from((*before)->head.size);
        if (!proof) return tl::unexpected(proof.error());
        if (auto kept = memory.advance(note, *proof); !kept) return tl::unexpected(std::move(kept).error());
        files_.seal(note);
        pending_.clear();
        pending_leaves_.clear();
        if (journal_->length() > journal_bytes_) journal_->clear();
        return note;
    } catch (const StorageFailure& broken) {
        if (broken.act() == StorageFailure::Act::sync) writable_ = false;
        throw;
    }
}

void Feed::add_signatures(std::span<const SignatureLine> lines) {
    try {
        files_.add_signatures(lines);
    } catch (const StorageFailure& broken) {
        if (broken.act() == StorageFailure::Act::sync) writable_ = false;
        throw;
    }
}

}  // namespace truce::record
