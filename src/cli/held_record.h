// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/merge.h"

namespace truce::cli {

/// The feeds of a record as far as they are published, every entry followed up to its signed head.
class HeldRecord {
public:
    /// Reads the record of a mission folder (`FOLDER/feeds`). Fails where there is none, or a feed does not
    /// verify.
    [[nodiscard]] static Result<HeldRecord> read(const std::string& folder);

    /// The feeds, valid as long as this is.
    [[nodiscard]] const std::vector<record::HeldFeed>& feeds() const { return feeds_; }

    /// The feeds as they were, by what people write: an instant (`2016-05-05T12:00Z`: by the claims of the
    /// entries) or sizes
    /// (`monitor.example/usa=97,monitor.example/russia=118`, a feed that is not named being empty). Fails for
    /// other texts, and for sizes that are not held.
    [[nodiscard]] Result<std::vector<record::HeldFeed>> as_of(std::string_view text) const;

private:
    std::deque<std::string> bytes_;  // what the feeds point into
    std::vector<record::HeldFeed> feeds_;
};

/// Sizes of feeds as `as_of` reads them.
[[nodiscard]] std::string sizes_text(const std::vector<record::HeldFeed>& feeds);

}  // namespace truce::cli
