// SPDX-License-Identifier: Apache-2.0
#include "record/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "base/side_by_side.h"

namespace truce::record {
namespace {

/// The readable entries of all feeds, feed after feed in order of origin, with what each one waits for.
struct Pool {
    struct Feed {
        std::string_view origin;
        std::size_t first = 0;  ///< in `entries`
        std::size_t end = 0;
    };
    std::vector<Entry> entries;
    std::vector<Feed> feeds;
    /// Entry indices by id, for look-ups; sorted, so that nobody can choose ids that collide.
    std::vector<std::pair<EntryId, std::uint32_t>> by_id;

    [[nodiscard]] std::optional<std::uint32_t> find(const EntryId& id) const {
        const auto found = std::ranges::lower_bound(by_id, id, {}, &std::pair<EntryId, std::uint32_t>::first);
        if (found == by_id.end() || found->first != id) return std::nullopt;
        return found->second;
    }

    /// The entries that must come before entry `i`, its neighbour in the feed aside. Of a feed that is held
    /// only in part, what is held of what was seen.
    [[nodiscard]] std::vector<std::uint32_t> come_before(std::size_t i) const {
        std::vector<std::uint32_t> others;
        for (const EntryId& id : references_of(entries[i].body)) {
            if (const auto other = find(id)) others.push_back(*other);
        }
        for (const auto& [origin, size] : entries[i].seen) {
            const auto feed = std::ranges::lower_bound(feeds, std::string_view(origin), {}, &Feed::origin);
            if (feed == feeds.end() || feed->origin != origin) continue;
            const auto first = entries.begin() + static_cast<std::ptrdiff_t>(feed->first);
            const auto end = entries.begin() + static_cast<std::ptrdiff_t>(feed->end);
            const auto unseen = std::ranges::lower_bound(first, end, size, {}, &Entry::seq);
            if (unseen != first) others.push_back(static_cast<std::uint32_t>(unseen - entries.begin()) - 1);
        }
        return others;
    }
};

/// What is wrong with where an entry says it stands; empty where nothing is.
std::string misplaced(const Entry& entry, std::string_view origin, std::uint64_t seq) {
    if (entry.feed != origin) return fmt::format("it says that it belongs to the feed '{}'", entry.feed);
    if (entry.seq != seq) return fmt::format("it says that its place is {}", entry.seq);
    return {};
}

Pool read_all(std::span<const HeldFeed> feeds, int threads, std::vector<Irregular>& irregular) {
    std::vector<const HeldFeed*> in_order;
    for (const HeldFeed& feed : feeds) in_order.push_back(&feed);
    std::ranges::sort(in_order, {}, [](const HeldFeed* feed) -> const std::string& { return feed->origin; });

    Pool pool;
    std::size_t held = 0;
    for (const HeldFeed* feed : in_order) held += feed->entries.size();
    pool.entries.resize(held);
    std::vector<std::string> faults(held);
    std::size_t end = 0;
    for (const HeldFeed* feed : in_order) {
        // Each entry is read into its place; what has a fault leaves a gap, which the next ones close.
        const std::size_t first = end;
        run_side_by_side(static_cast<unsigned>(std::max(threads, 1)), feed->entries.size(), [&](std::size_t seq) {
            auto entry = parse_entry(feed->entries[seq]);
            auto& fault = faults[first + seq];
            fault = entry ? misplaced(*entry, feed->origin, seq) : std::move(entry.error().message);
            if (fault.empty()) pool.entries[first + seq] = std::move(*entry);
        });
        for (std::size_t seq = 0; seq < feed->entries.size(); ++seq) {
            auto& fault = faults[first + seq];
            if (!fault.empty())
                irregular.push_back({.feed = feed->origin, .seq = seq, .what = std::move(fault)});
            else if (end++ != first + seq)
                pool.entries[end - 1] = std::move(pool.entries[first + seq]);
        }
        pool.feeds.push_back({.origin = feed->origin, .first = first, .end = end});
    }
    pool.entries.resize(end);
    pool.by_id.reserve(pool.entries.size());
    for (std::size_t i = 0; i < pool.entries.size(); ++i) {
        pool.by_id.emplace_back(pool.entries[i].id, static_cast<std::uint32_t>(i));
    }
    std::ranges::sort(pool.by_id);
    return pool;
}

/// Works out, for each entry, how many steps it is from the start: one more than the most of any that it
/// comes after.
class StepCount {
public:
    StepCount(const Pool& pool, std::vector<Irregular>& irregular)
        : pool_(pool),
          irregular_(irregular),
          steps_(pool.entries.size(), not_yet),
          waiters_of_(pool.feeds.size()),
          blocked_on_(pool.feeds.size()) {
        for (const auto& feed : pool.feeds) next_.push_back(feed.first);
    }

    std::vector<std::uint32_t> run() {
        for (std::size_t feed = 0; feed < pool_.feeds.size(); ++feed) go_on(feed);
        // Who knows an entry beforehand can refer to it from before it, and so in a circle. Then the first
        // feed that is stuck goes on as if the reference were none. What is stuck does not depend on the
        // order of the work, so neither does this.
        for (std::size_t feed = 0; feed < pool_.feeds.size(); ++feed) {
            while (next_[feed] < pool_.feeds[feed].end) {
                const Entry& entry = pool_.entries[next_[feed]];
                irregular_.push_back({.feed = entry.feed,
                                      .seq = entry.seq,
                                      .what = "it speaks of an entry that comes after it"});
                std::erase(waiters_of_[feed_of(blocked_on_[feed])], feed);
                go_on(feed, OpenReference::passed_over);
            }
        }
        return std::move(steps_);
    }

private:
    static constexpr std::uint32_t not_yet = 0;
    enum class OpenReference : std::uint8_t { waited_for, passed_over };

    [[nodiscard]] std::size_t feed_of(std::uint32_t entry) const {
        const auto after = std::ranges::upper_bound(pool_.feeds, std::size_t{entry}, {}, &Pool::Feed::end);
        return static_cast<std::size_t>(after - pool_.feeds.begin());
    }

    /// Takes a feed as far as it comes, and every feed that waited for what is done thereby.
    void go_on(std::size_t feed, OpenReference at_first = OpenReference::waited_for) {
        std::vector<std::size_t> ready{feed};
        while (!ready.empty()) {
            const std::size_t here = ready.back();
            ready.pop_back();
            advance(here, std::exchange(at_first, OpenReference::waited_for));
            std::erase_if(waiters_of_[here], [&](std::size_t waiter) {
                if (steps_[blocked_on_[waiter]] == not_yet) return false;
                ready.push_back(waiter);
                return true;
            });
        }
    }

    void advance(std::size_t feed, OpenReference at_first) {
        const std::size_t first = pool_.feeds[feed].first;
        const std::size_t end = pool_.feeds[feed].end;
        while (next_[feed] < end) {
            const std::size_t i = next_[feed];
            std::uint32_t most = i == first ? 0 : steps_[i - 1];
            for (const std::uint32_t other : pool_.come_before(i)) {
                if (steps_[other] != not_yet) {
                    most = std::max(most, steps_[other]);
                } else if (at_first == OpenReference::waited_for) {
                    blocked_on_[feed] = other;
                    waiters_of_[feed_of(other)].push_back(feed);
                    return;
                }
            }
            at_first = OpenReference::waited_for;
            steps_[i] = most + 1;
            ++next_[feed];
        }
    }

    const Pool& pool_;
    std::vector<Irregular>& irregular_;
    std::vector<std::uint32_t> steps_;
    std::vector<std::size_t> next_;                     ///< of each feed, its first entry that is not done
    std::vector<std::vector<std::size_t>> waiters_of_;  ///< the feeds that wait for an entry of this one
    std::vector<std::uint32_t> blocked_on_;  ///< of each feed that waits, the entry that it waits for
};

/// Moves entries so that the one at `order[i]` comes to stand at `i`, within the one list: there may be a million.
void put_in_order(std::vector<Entry>& entries, std::vector<std::uint32_t> order) {
    for (std::uint32_t start = 0; start < order.size(); ++start) {
        if (order[start] == start) continue;
        Entry first = std::move(entries[start]);
        std::uint32_t gap = start;
        for (; order[gap] != start; gap = std::exchange(order[gap], gap)) entries[gap] = std::move(entries[order[gap]]);
        entries[gap] = std::move(first);
        order[gap] = gap;
    }
}

std::vector<Dangling> dangling_references(const Pool& pool) {
    std::vector<Dangling> dangling;
    for (const Entry& entry : pool.entries) {
        for (const EntryId& id : references_of(entry.body)) {
            if (!pool.find(id)) dangling.push_back({.from = entry.id, .to = id});
        }
    }
    std::ranges::sort(dangling);
    return dangling;
}

}  // namespace

Merged merge(std::span<const HeldFeed> feeds, int threads) {
    Merged merged;
    Pool pool = read_all(feeds, threads, merged.irregular);
    const auto steps = StepCount(pool, merged.irregular).run();
    merged.dangling = dangling_references(pool);
    std::ranges::sort(merged.irregular, {},
                      [](const Irregular& i) { return std::tie(i.feed, i.seq, i.what); });
    std::vector<std::uint32_t> order(pool.entries.size());
    std::iota(order.begin(), order.end(), 0U);
    // The pool is by feed and place already, so that a stable order by steps is the whole rule.
    std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return steps[i]; });
    put_in_order(pool.entries, std::move(order));
    merged.entries = std::move(pool.entries);
    return merged;
}

std::size_t size_as_of(const HeldFeed& feed, sys_seconds instant) {
    std::size_t size = 0;
    for (const std::string_view bytes : feed.entries) {
        const auto entry = parse_entry(bytes);
        if (entry && entry->claimed > instant) break;
        ++size;
    }
    return size;
}

}  // namespace truce::record
