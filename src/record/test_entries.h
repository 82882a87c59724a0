// SPDX-License-Identifier: Apache-2.0
// Small feeds for tests, written as one would tell them.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "record/entry.h"
#include "record/merge.h"

namespace truce::record {

inline sys_seconds at(int minute) {
    return sys_days(std::chrono::year(2016) / 5 / 4) + std::chrono::minutes(minute);
}

/// A feed in the making: each entry is written as the next of it.
class TestFeed {
public:
    explicit TestFeed(std::string origin) : origin_(std::move(origin)) {}

    /// Writes `body` with all of `other` seen.
    EntryId write_having_seen(const TestFeed& other, Body body) {
        return write(std::move(body), at(0), {{other.origin_, other.size()}});
    }

    EntryId write(Body body, sys_seconds claimed = at(0),
                  std::vector<std::pair<std::string, std::uint64_t>> seen = {}) {
        const auto bytes = entry_bytes({.id = {},
                                        .feed = origin_,
                                        .seq = bytes_.size(),
                                        .by = "duty officer",
                                        .claimed = claimed,
                                        .seen = std::move(seen),
                                        .body = std::move(body)});
        bytes_.push_back(bytes.value());
        return parse_entry(bytes_.back()).value().id;
    }
    void write_bytes(std::string bytes) { bytes_.push_back(std::move(bytes)); }
    EntryId account(std::string key) {
        return write(AccountReceived{.source = "field", .row = {{"key", std::move(key)}}});
    }
    [[nodiscard]] HeldFeed held() const { return held(bytes_.size()); }
    [[nodiscard]] HeldFeed held(std::size_t size) const {
        HeldFeed feed{.origin = origin_, .entries = {}};
        for (std::size_t i = 0; i < size; ++i) feed.entries.emplace_back(bytes_[i]);
        return feed;
    }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

private:
    std::string origin_;
    std::deque<std::string> bytes_;  // what is held points into these
};

}  // namespace truce::record
