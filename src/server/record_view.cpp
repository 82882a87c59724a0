// SPDX-License-Identifier: Apache-2.0
#include "server/record_view.h"

#include <algorithm>

#include "record/cosignature.h"
#include "record/feed_folder.h"
#include "record/storage.h"

namespace truce::server {
namespace {

Result<RecordView::Feed> read_feed(const record::Shelf& shelf, const std::string& origin, RecordView& view) {
    const auto folder = shelf.feed(origin);
    if (!folder) return tl::unexpected(folder.error());
    RecordView::Feed feed;
    feed.origin = origin;
    feed.folder = record::folder_name_of(origin);
    feed.head = folder->head();
    for (const auto& key : shelf.keys_of(origin)) feed.keys.push_back(key.text());
    if (folder->checkpoint()) {
        const auto& note = *folder->checkpoint();
        feed.checkpoint = note.bytes();
        for (const auto& witness : shelf.policy().witnesses) {
            const bool signed_by = std::ranges::any_of(note.signatures, [&](const record::SignatureLine& line) {
                return record::cosigned_at(line, witness.key, note.text).has_value();
            });
            if (signed_by) feed.cosigned_by.push_back(witness.name);
        }
        const auto agreed = shelf.agreed_checkpoint(*folder);
        if (!agreed) return tl::unexpected(agreed.error());
        if (*agreed) feed.agreed_size = (*agreed)->head.size;
    }
    record::HeldFeed held{.origin = origin, .entries = {}};
    const auto read = folder->visit(0, folder->size(), [&](std::uint64_t, std::string_view entry) -> Result<void> {
        held.entries.emplace_back(view.bytes.emplace_back(entry));
        return {};
    });
    if (!read) return tl::unexpected(read.error());
    view.held.push_back(std::move(held));
    return feed;
}

}  // namespace

Result<std::shared_ptr<const RecordView>> read_record(const std::filesystem::path& mission, int threads) {
    const auto place = mission / "feeds";
    if (!std::filesystem::is_directory(place)) return std::shared_ptr<const RecordView>();
    record::Disk disk(place, record::Disk::Access::read);
    auto shelf = record::Shelf::open(disk);
    if (!shelf) {
        auto error = shelf.error();
        error.file = (place / error.file).string();
        return failure(std::move(error));
    }
    auto view = std::make_shared<RecordView>();
    view->policy = shelf->policy().text();
    view->quorum = shelf->policy().quorum;
    auto origins = shelf->origins();
    std::ranges::sort(origins);
    for (const auto& origin : origins) {
        auto feed = read_feed(*shelf, origin, *view);
        if (!feed) return tl::unexpected(feed.error());
        view->feeds.push_back(std::move(*feed));
    }
    auto forks = shelf->forks();
    if (!forks) return tl::unexpected(forks.error());
    view->forks = std::move(*forks);
    view->merged = record::merge(view->held, threads);
    view->state = record::fold(view->merged, view->held);
    view->digest = record::state_digest(view->state);
    for (std::uint32_t i = 0; i < view->state.accounts.size(); ++i) {
        const auto& account = view->state.accounts[i];
        view->by_raw.try_emplace(account.raw.value_or(account.entry), i);
    }
    for (std::uint32_t i = 0; i < view->merged.entries.size(); ++i)
        view->by_entry.try_emplace(view->merged.entries[i].id, i);
    return std::shared_ptr<const RecordView>(std::move(view));
}

}  // namespace truce::server
