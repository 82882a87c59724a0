// SPDX-License-Identifier: Apache-2.0
#include "record/shelf.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/sha256.h"
#include "base/text.h"
#include "record/verify.h"

namespace truce::record {
namespace {

constexpr std::string_view policy_path = "policy";
constexpr std::string_view witness_suffix = "/witness";
/// What nobody needs more of than this from one peer.
constexpr std::size_t most_peer_bytes = std::size_t{1} << 20U;

std::string cosigned_path(std::uint64_t size) {
    return fmt::format("cosigned/{}", size);
}

Result<Policy> checked_policy(std::string_view text) {
    auto policy = parse_policy(text);
    if (!policy) {
        auto error = policy.error();
        error.file = policy_path;
        return failure(error);
    }
    for (const auto& log : policy->logs) {
        if (is_plain_name(log.key.name)) continue;
        return failure({.message = fmt::format("the feed's name '{}' has characters other than a-z 0-9 . - /",
                                               shown(log.key.name, 80)),
                        .file = std::string(policy_path)});
    }
    return policy;
}

bool is_signed_by_key_of(const Note& note, const SignatureLine& line) {
    return std::ranges::any_of(note.signatures, [&](const SignatureLine& other) {
        return other.name == line.name && other.id == line.id;
    });
}

/// Adds the signature lines of `more` by keys that have not signed `note`; whether there were any.
bool add_lines(Note& note, const Note& more) {
    bool added = false;
    for (const auto& line : more.signatures) {
        const auto same_key = [&](const SignatureLine& other) {
            return other.name == line.name && other.id == line.id;
        };
        if (std::ranges::any_of(note.signatures, same_key) || note.signatures.size() == most_signatures)
            continue;
        note.signatures.push_back(line);
        added = true;
    }
    return added;
}

/// Whether whoever signed `less` signed `more` too.
bool has_all_signers(const Note& more, const Note& less) {
    return std::ranges::all_of(less.signatures,
                               [&](const SignatureLine& line) { return is_signed_by_key_of(more, line); });
}

/// Whether someone signed it who is not the feed's own monitor: what it says of itself it can say again.
bool has_another_witness(const Note& note, const std::string& origin) {
    return std::ranges::any_of(note.signatures, [&](const SignatureLine& line) {
        return line.name != origin && line.name != origin + std::string(witness_suffix);
    });
}

}  // namespace

std::string folder_name_of(const std::string& origin) {
    auto name = origin;
    std::ranges::replace(name, '/', '_');
    return name;
}

Shelf::Shelf(Storage& folder, Policy policy)
    : folder_(&folder), policy_(std::move(policy)), writer_(std::make_unique<DurableWriter>(folder)) {
    for (const auto& origin : origins()) {
        feeds_.emplace_back(origin, std::make_unique<SubStorage>(folder, folder_name_of(origin)));
    }
}

Result<Shelf> Shelf::open(Storage& folder) {
    const auto text = folder.read(std::string(policy_path));
    if (!text) {
        return failure(
            {.message = "there is no record here: the file is missing; 'truce record init' makes one",
             .file = std::string(policy_path)});
    }
    auto policy = checked_policy(*text);
    if (!policy) return tl::unexpected(std::move(policy).error());
    return Shelf(folder, *std::move(policy));
}

Result<Shelf> Shelf::create(Storage& folder, std::string_view policy_text) {
    if (folder.read(std::string(policy_path))) return failure({.message = "there is a record here already"});
    auto policy = checked_policy(policy_text);
    if (!policy) return tl::unexpected(std::move(policy).error());
    DurableWriter(folder).write(std::string(policy_path), policy_text);
    return Shelf(folder, *std::move(policy));
}

std::vector<std::string> Shelf::origins() const {
    std::vector<std::string> origins;
    for (const auto& log : policy_.logs) {
        if (std::ranges::find(origins, log.key.name) == origins.end()) origins.push_back(log.key.name);
    }
    return origins;
}

Storage& Shelf::feed_storage(const std::string& origin) const {
    const auto found = std::ranges::find(feeds_, origin, [](const auto& feed) { return feed.first; });
    assert(found != feeds_.end());
    return *found->second;
}

std::vector<VerifierKey> Shelf::keys_of(const std::string& origin) const {
    std::vector<VerifierKey> keys;
    for (const auto& log : policy_.logs) {
        if (log.key.name == origin) keys.push_back(log.key);
    }
    return keys;
}

Result<FeedFolder> Shelf::feed(const std::string& origin) const {
    auto feed = FeedFolder::open(feed_storage(origin), origin, keys_of(origin));
    if (feed) return feed;
    auto error = feed.error();
    error.file = folder_name_of(origin) + (error.file.empty() ? "" : "/" + error.file);
    return failure(error);
}

void Shelf::make_feed_folder(const std::string& origin) {
    writer_->make_folders(folder_name_of(origin));
}

const Policy::Witness* Shelf::witness_of(const std::string& origin) const {
    const auto name = origin + std::string(witness_suffix);
    const auto found =
        std::ranges::find(policy_.witnesses, name, [](const auto& witness) { return witness.key.name; });
    return found == policy_.witnesses.end() ? nullptr : &*found;
}

Result<std::vector<SignedCheckpoint>> Shelf::cosigned(const std::string& origin) const {
    std::vector<SignedCheckpoint> kept;
    const auto& storage = feed_storage(origin);
    for (const auto& name : storage.list("cosigned")) {
        if (!parse_count(name)) continue;
        const auto bytes = storage.read("cosigned/" + name);
        auto verified =
            bytes ? verify_signatures(policy_, *bytes) : failure({.message = "it cannot be read"});
        if (verified && verified->head.origin != origin)
            verified = failure({.message = "it is of another feed"});
        if (!verified) {
            return failure(
                {.message = verified.error().message, .file = folder_name_of(origin) + "/cosigned/" + name});
        }
        kept.push_back(parse_signed_checkpoint(*bytes).value());
    }
    std::ranges::sort(kept, {}, [](const SignedCheckpoint& one) { return one.head.size; });
    return kept;
}

Result<void> Shelf::keep_cosigned(FeedFolder& feed, const Note& checkpoint) {
    const auto head = parse_checkpoint(checkpoint.text);
    if (!head) return tl::unexpected(head.error());
    if (feed.checkpoint() && feed.checkpoint()->text == checkpoint.text) {
        Note latest = *feed.checkpoint();
        if (add_lines(latest, checkpoint)) feed.add_signatures(latest.signatures);
    }
    if (!has_another_witness(checkpoint, feed.origin())) return {};
    auto kept = cosigned(feed.origin());
    if (!kept) return tl::unexpected(std::move(kept).error());
    const auto says_no_more = [&](const SignedCheckpoint& one, const SignedCheckpoint& other) {
        return other.head.size > one.head.size &&
               (has_all_signers(other.note, one.note) ||
                (!policy_.quorum.empty() && verify_checkpoint(policy_, other.note.bytes())));
    };
    auto same =
        std::ranges::find(*kept, checkpoint.text, [](const SignedCheckpoint& one) { return one.note.text; });
    if (same != kept->end()) {
        if (!add_lines(same->note, checkpoint)) return {};
    } else {
        const SignedCheckpoint fresh{*head, checkpoint};
        const auto beyond = [&](const SignedCheckpoint& other) { return says_no_more(fresh, other); };
        if (std::ranges::any_of(*kept, beyond)) return {};
        same = kept->insert(kept->end(), fresh);
    }
    auto& storage = feed_storage(feed.origin());
    DurableWriter(storage).write(cosigned_path(head->size), same->note.bytes());
    for (const auto& one : *kept) {
        if (says_no_more(one, *same)) storage.remove(cosigned_path(one.head.size));
    }
    return {};
}

Result<std::optional<SignedCheckpoint>> Shelf::agreed_checkpoint(const FeedFolder& feed) const {
    if (feed.checkpoint() && verify_checkpoint(policy_, feed.checkpoint()->bytes())) {
        return std::optional(SignedCheckpoint{feed.head(), *feed.checkpoint()});
    }
    const auto kept = cosigned(feed.origin());
    if (!kept) return tl::unexpected(kept.error());
    for (auto at = kept->size(); at-- > 0;) {
        if (verify_checkpoint(policy_, (*kept)[at].note.bytes())) return std::optional((*kept)[at]);
    }
    return std::optional<SignedCheckpoint>{};
}

Result<std::vector<Shelf::KeptFork>> Shelf::forks() const {
    std::vector<KeptFork> kept;
    for (const auto& name : folder_->list("forks")) {
        if (!name.ends_with(".fork")) continue;
        const auto path = "forks/" + name;
        auto fork = parse_fork(folder_->read(path).value_or(std::string{}));
        auto origin = fork ? verify_fork(policy_, *fork) : tl::unexpected(fork.error());
        if (!origin) return failure({.message = origin.error().message, .file = path});
        kept.push_back({*std::move(origin), *std::move(fork)});
    }
    return kept;
}

bool Shelf::keep_fork(const Fork& fork) {
    const auto bytes = fork.bytes();
    const auto path = fmt::format("forks/{}.fork", sha256(bytes).hex());
    if (folder_->read(path)) return false;
    writer_->write(path, bytes);
    return true;
}

std::vector<Shelf::Held> Shelf::peer(const std::string& name) const {
    std::vector<Held> held;
    const auto text = folder_->read("peers/" + folder_name_of(name)).value_or(std::string{});
    if (text.size() > most_peer_bytes) return held;
    for (const auto line : split(text, '\n')) {
        const auto space = line.rfind(' ');
        const auto size =
            space == std::string_view::npos ? std::nullopt : parse_count(line.substr(space + 1));
        if (size) held.push_back({std::string(line.substr(0, space)), *size});
    }
    return held;
}

void Shelf::keep_peer(const std::string& name, const std::vector<Held>& held) {
    std::string text;
    for (const auto& one : held) text += fmt::format("{} {}\n", one.origin, one.size);
    const auto path = "peers/" + folder_name_of(name);
    if (folder_->read(path) != text) writer_->write(path, text);
}

}  // namespace truce::record
