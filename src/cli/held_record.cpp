// SPDX-License-Identifier: Apache-2.0
#include "cli/held_record.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "cli/record_folder.h"

namespace truce::cli {

Result<HeldRecord> HeldRecord::read(const std::string& folder) {
    const auto open = open_record(folder, record::Disk::Access::read);
    if (!open) return tl::unexpected(open.error());
    HeldRecord held;
    for (const std::string& origin : open->shelf.origins()) {
        const auto feed = open->shelf.feed(origin);
        if (!feed) return tl::unexpected(feed.error());
        record::HeldFeed one{.origin = origin, .entries = {}};
        const auto read =
            feed->visit(0, feed->size(), [&](std::uint64_t, std::string_view entry) -> Result<void> {
                one.entries.emplace_back(held.bytes_.emplace_back(entry));
                return {};
            });
        if (!read) return tl::unexpected(read.error());
        held.feeds_.push_back(std::move(one));
    }
    std::ranges::sort(held.feeds_, {}, &record::HeldFeed::origin);
    return held;
}

Result<std::vector<record::HeldFeed>> HeldRecord::as_of(std::string_view text) const {
    std::vector<record::HeldFeed> then = feeds_;
    if (text.find('=') == std::string_view::npos) {
        const auto local = parse_local_time(text);
        if (!local) return tl::unexpected(local.error());
        const auto instant = Zone::utc().instant(*local);
        if (!instant) return tl::unexpected(instant.error());
        for (record::HeldFeed& feed : then) feed.entries.resize(record::size_as_of(feed, *instant));
        return then;
    }
    std::vector<std::size_t> sizes(then.size(), 0);
    for (const std::string_view part : split(text, ',')) {
        const auto equals = part.rfind('=');
        const auto feed = std::ranges::find(then, part.substr(0, equals), &record::HeldFeed::origin);
        const long long size =
            equals == std::string_view::npos ? -1 : parse_integer(part.substr(equals + 1)).value_or(-1);
        if (size < 0 || feed == then.end()) {
            return failure(
                {.message = fmt::format("'{}' is no feed of this record with a size; want ORIGIN=SIZE",
                                        shown(part))});
        }
        if (static_cast<std::size_t>(size) > feed->entries.size()) {
            return failure({.message = fmt::format("of '{}' {} entries are held here, not {}", feed->origin,
                                                   feed->entries.size(), size)});
        }
        sizes[static_cast<std::size_t>(feed - then.begin())] = static_cast<std::size_t>(size);
    }
    for (std::size_t i = 0; i < then.size(); ++i) then[i].entries.resize(sizes[i]);
    return then;
}

std::string sizes_text(const std::vector<record::HeldFeed>& feeds) {
    std::string text;
    for (const record::HeldFeed& feed : feeds)
        text += fmt::format("{}{}={}", text.empty() ? "" : ",", feed.origin, feed.entries.size());
    return text;
}

}  // namespace truce::cli
