// SPDX-License-Identifier: Apache-2.0
#include "cli/pen.h"

#include <algorithm>
#include <iostream>
#include <map>

namespace truce::cli {

Result<Pen> Pen::open(const std::string& folder, const std::string& key_file, const std::string& passphrase_file,
                      const std::string& by) {
    auto held = HeldRecord::read(folder);
    if (!held) return tl::unexpected(held.error());
    auto key = open_key(key_file, passphrase_file);
    if (!key) return tl::unexpected(key.error());
    auto record = open_record(folder, record::Disk::Access::write);
    if (!record) return tl::unexpected(record.error());
    auto feed = open_own_feed(*record, **key);
    if (!feed) return tl::unexpected(feed.error());
    return Pen(std::move(*held), std::move(*key), std::move(*record), std::move(*feed), by);
}

Result<void> Pen::write(std::vector<record::Body> bodies) {
    std::vector<std::string> entries;
    std::vector<record::EntryId> ids;
    for (record::Body& body : bodies) {
        const auto bytes =
            record::entry_bytes({.id = {},
                                 .feed = feed_.origin(),
                                 .seq = feed_.size() + entries.size(),
                                 .by = by_,
                                 .claimed = now(),
                                 .seen = entries.empty() ? newly_seen() : decltype(newly_seen()){},
                                 .body = std::move(body)});
        if (!bytes) return tl::unexpected(bytes.error());
        ids.push_back(record::parse_entry(*bytes).value().id);
        entries.push_back(*bytes);
    }
    if (const auto first = feed_.append(entries); !first) return tl::unexpected(first.error());
    if (const auto head = publish(record_, *key_, feed_); !head) return tl::unexpected(head.error());
    for (const record::EntryId& id : ids) std::cout << id.hex() << "\n";
    return {};
}

std::vector<std::pair<std::string, std::uint64_t>> Pen::newly_seen() const {
    std::map<std::string, std::uint64_t> told;
    for (const record::HeldFeed& feed : held_.feeds()) {
        if (feed.origin != feed_.origin()) continue;
        for (const std::string_view bytes : feed.entries) {
            const auto entry = record::parse_entry(bytes);
            if (!entry) continue;
            for (const auto& [origin, size] : entry->seen) told[origin] = std::max(told[origin], size);
        }
    }
    std::vector<std::pair<std::string, std::uint64_t>> seen;
    for (const record::HeldFeed& feed : held_.feeds()) {
        if (feed.origin != feed_.origin() && feed.entries.size() > told[feed.origin])
            seen.emplace_back(feed.origin, feed.entries.size());
    }
    return seen;
}

}  // namespace truce::cli
