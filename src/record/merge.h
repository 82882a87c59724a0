// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "record/entry.h"

namespace truce::record {

/// A feed as far as it is held here: its entries' bytes, from the first on. Requires of all: verified against
/// the feed's signed head (record/verify.h).
struct HeldFeed {
    std::string origin;
    std::vector<std::string_view> entries;
};

/// An entry that stands in a feed and has no effect, and why: it cannot be read, or says another feed or
/// place than its own. It stays in the feed, and is shown.
struct Irregular {
    std::string feed;
    std::uint64_t seq = 0;
    std::string what;
    friend bool operator==(const Irregular&, const Irregular&) = default;
};

/// A reference to an entry that is held nowhere here: its feed has not come in so far, or never existed.
struct Dangling {
    EntryId from;
    EntryId to;
    friend auto operator<=>(const Dangling&, const Dangling&) = default;
};

/// All feeds' entries in one order.
struct Merged {
    std::vector<Entry> entries;
    std::vector<Irregular> irregular;  ///< by feed, then place
    std::vector<Dangling> dangling;    ///< in order
};

/// Merges feeds into one order, which depends on nothing but the set of entries: not on the order in which
/// feeds are given or came in, not on clocks, not on the number of threads.
///
/// An entry comes after all that stand before it in its feed, after all that it refers to and after all that
/// it says its author had seen. Of what is left open, entries of fewer such steps from the start come first,
/// then feeds by origin. So an entry that another monitor could have known of never moves behind what was
/// written in answer to it, and an author's clock moves nothing.
///
/// Requires: no two feeds of one origin. Cost: O(n log n) in entries and references.
/// The rule is RELIABILITY's "order by ancestry, never by clock"; the steps are Lamport's clock (1978), CACM
/// 21(7).
[[nodiscard]] Merged merge(std::span<const HeldFeed> feeds, int threads = 1);

/// How many of a feed's entries had been written at `instant`, going by what their authors claimed: the
/// longest beginning of the feed without a later claim. Entries that cannot be read count with the one
/// before.
[[nodiscard]] std::size_t size_as_of(const HeldFeed& feed, sys_seconds instant);

}  // namespace truce::record
