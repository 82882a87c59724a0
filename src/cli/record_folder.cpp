// SPDX-License-Identifier: Apache-2.0
#include "cli/record_folder.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <utility>

#include "base/text.h"
#include "record/exchange.h"

namespace truce::cli {

Result<OpenRecord> open_record(const std::string& folder, record::Disk::Access access) {
    const auto feeds = std::filesystem::path(folder) / "feeds";
    if (!std::filesystem::is_directory(feeds)) {
        return failure(
            {.message = "there is no record here; 'truce record init' makes one", .file = feeds.string()});
    }
    auto disk = std::make_unique<record::Disk>(feeds, access);
    auto shelf = record::Shelf::open(*disk);
    if (!shelf) {
        auto error = shelf.error();
        error.file = (feeds / error.file).string();
        return failure(error);
    }
    return OpenRecord{std::move(disk), *std::move(shelf)};
}

Result<record::Feed> open_own_feed(const OpenRecord& record, const OpenKey& key) {
    const auto& origin = key.secret.name();
    const auto keys = record.shelf.keys_of(origin);
    if (keys.empty()) {
        return failure({.message = fmt::format("the policy of this record does not name '{}'", origin)});
    }
    auto feed = record::Feed::open(record.shelf.feed_storage(origin), origin, keys, *key.memory);
    if (!feed) return feed;
    for (const auto& remark : feed->remarks()) std::cerr << origin << ": " << remark << "\n";
    return feed;
}

Result<record::Checkpoint> publish(OpenRecord& record, OpenKey& key, record::Feed& feed) {
    const auto note = feed.publish(key.feed, *key.memory);
    if (!note) return tl::unexpected(note.error());
    const auto head = record::parse_checkpoint(note->text);
    if (!head) return tl::unexpected(head.error());
    if (record.shelf.witness_of(feed.origin()) != nullptr) {
        const auto size = key.witness->cosigned_size(feed.origin());
        if (!size) return tl::unexpected(size.error());
        const auto proof = feed.published().prove_from(*size);
        if (!proof) return tl::unexpected(proof.error());
        const auto line = key.witness->cosign(*note, *proof, now());
        if (!line) return tl::unexpected(line.error());
        feed.add_signatures(std::span(&*line, 1));
    }
    return *head;
}

Result<std::string> feed_named(const record::Shelf& shelf, const std::string& name) {
    const auto origins = shelf.origins();
    std::vector<std::string> meant;
    for (const auto& origin : origins) {
        if (origin == name) return origin;
        if (origin.find(name) != std::string::npos) meant.push_back(origin);
    }
    if (meant.size() == 1) return meant.front();
    return failure({.message = fmt::format("feed '{}' is {}{}", shown(name, 60),
                                           meant.empty() ? "not in the policy" : "a part of several names",
                                           did_you_mean(name, origins))});
}

std::chrono::sys_seconds now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::string time_text(std::chrono::sys_seconds time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                       fmt::gmtime(static_cast<std::time_t>(time.time_since_epoch().count())));
}

}  // namespace truce::cli
