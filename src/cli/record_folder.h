// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/keyring.h"
#include "record/feed.h"
#include "record/shelf.h"
#include "record/storage.h"

namespace truce::cli {

/// A record in a folder of this machine: `FOLDER/feeds`.
struct OpenRecord {
    std::unique_ptr<record::Disk> disk;
    record::Shelf shelf;
};

/// Opens the record of a mission folder.
[[nodiscard]] Result<OpenRecord> open_record(const std::string& folder, record::Disk::Access access);

/// Opens the own feed for writing and prints what was found on the way to the standard error.
[[nodiscard]] Result<record::Feed> open_own_feed(const OpenRecord& record, const OpenKey& key);

/// Publishes what is acknowledged in `feed` and cosigns it with the monitor's witness key, as a quorum of all
/// asks for.
[[nodiscard]] Result<record::Checkpoint> publish(OpenRecord& record, OpenKey& key, record::Feed& feed);

/// The origin of the feed that `name` means: the whole of one, or a part of it that no other has.
[[nodiscard]] Result<std::string> feed_named(const record::Shelf& shelf, const std::string& name);

/// The time on this machine's clock.
[[nodiscard]] std::chrono::sys_seconds now();
/// 2016-09-12T19:00:00Z.
[[nodiscard]] std::string time_text(std::chrono::sys_seconds time);

}  // namespace truce::cli
