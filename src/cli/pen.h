// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/held_record.h"
#include "cli/keyring.h"
#include "cli/record_folder.h"
#include "record/entry.h"

namespace truce::cli {

/// The own feed, open for writing, with all that its next entry must know of the others.
class Pen {
public:
    /// Opens the record of a mission folder with a key file. `by` writes, within the monitor's office.
    [[nodiscard]] static Result<Pen> open(const std::string& folder, const std::string& key_file,
                                          const std::string& passphrase_file, const std::string& by);

    [[nodiscard]] const HeldRecord& held() const { return held_; }
    [[nodiscard]] const record::MonitorSecret& secret() const { return key_->secret; }
    [[nodiscard]] std::uint64_t size() const { return feed_.size(); }

    /// Writes entries; they are acknowledged and signed when it returns. Prints the id of each.
    Result<void> write(std::vector<record::Body> bodies);

private:
    Pen(HeldRecord held, std::unique_ptr<OpenKey> key, OpenRecord record, record::Feed feed, std::string by)
        : held_(std::move(held)),
          key_(std::move(key)),
          record_(std::move(record)),
          feed_(std::move(feed)),
          by_(std::move(by)) {}

    /// The sizes of other feeds, as far as they grew since the last entry of this one that said any.
    [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> newly_seen() const;

    HeldRecord held_;
    std::unique_ptr<OpenKey> key_;
    OpenRecord record_;
    record::Feed feed_;
    std::string by_;
};

}  // namespace truce::cli
