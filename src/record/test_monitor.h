// SPDX-License-Identifier: Apache-2.0
// A monitor in memory, for tests: its disk, its keys, its feed and the copies that it holds.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "record/exchange.h"
#include "record/feed.h"
#include "record/key.h"
#include "record/memory_disk.h"

namespace truce::record::test {

inline MonitorSecret secret_of(const std::string& name) {
    return {name, sha256("secret of " + name).bytes};
}

/// A policy for these monitors: all of them must agree.
inline std::string policy_of(const std::vector<std::string>& names) {
    std::string text;
    std::string all;
    for (const auto& name : names) {
        text += secret_of(name).keys().card();
        all += " " + name;
    }
    return text + "group everybody all" + all + "\nquorum everybody\n";
}

class Monitor {
public:
    /// Starts from what is on the disk, and makes what is not there.
    Monitor(const std::string& name, const std::string& policy, MemoryDisk disk = {})
        : disk_(std::move(disk)),
          feed_key_(secret_of(name).feed_key()),
          witness_key_(secret_of(name).witness_key()),
          shelf_folder_(disk_, "feeds"),
          memory_folder_(disk_, "memory"),
          memory_(memory_folder_, {feed_key_.verifier(), witness_key_.verifier()}),
          witness_(witness_key_, memory_) {
        DurableWriter writer(disk_);
        writer.make_folders("feeds");
        writer.make_folders("memory");
        auto shelf = Shelf::open(shelf_folder_);
        if (!shelf) shelf = Shelf::create(shelf_folder_, policy);
        shelf_ = std::make_unique<Shelf>(*std::move(shelf));
        shelf_->make_feed_folder(name);
        auto feed = open_feed();
        const auto is_new = !shelf_->feed_storage(name).read("checkpoint");
        if (!feed && is_new) feed = Feed::create(shelf_->feed_storage(name), feed_key_, memory_, settings());
        if (feed) feed_ = std::make_unique<Feed>(*std::move(feed));
        if (!feed) why_no_feed_ = feed.error().text();
    }

    [[nodiscard]] const std::string& name() const { return feed_key_.verifier().name; }
    MemoryDisk& disk() { return disk_; }
    /// The disk as it is when the program ends without the power going. The monitor is of no use any more.
    MemoryDisk take_disk() {
        feed_.reset();
        shelf_.reset();
        return std::move(disk_);
    }
    Shelf& shelf() { return *shelf_; }
    Witness& witness() { return witness_; }
    HeadMemory& memory() { return memory_; }
    [[nodiscard]] bool has_feed() const { return feed_ != nullptr; }
    Feed& feed() { return *feed_; }
    [[nodiscard]] const std::string& why_no_feed() const { return why_no_feed_; }
    [[nodiscard]] const SigningKey& feed_key() const { return feed_key_; }

    std::uint64_t say(const std::string& entry) { return feed_->append(entry).value(); }
    Note publish() { return feed_->publish(feed_key_, memory_).value(); }

    /// A bundle for someone who holds `reader_has`; with what is said here published first.
    std::string bundle(const std::vector<Shelf::Held>& reader_has = {}) {
        if (feed_) publish();
        std::string bytes;
        const auto written =
            write_bundle(*shelf_, name(), reader_has, [&](std::string_view piece) { bytes += piece; });
        if (!written) bytes = "cannot: " + written.error().text();
        return bytes;
    }

    Result<MergeReport> merge(std::string_view bytes, std::int64_t seconds = 1'473'706'800) {
        const auto bundle = parse_bundle_file(bytes);
        if (!bundle) return tl::unexpected(bundle.error());
        // The own feed's folder may change: by cosignatures, and when it is restored.
        feed_.reset();
        const Reader reader{.own_origin = name(),
                            .own_memory = &memory_,
                            .witness = &witness_,
                            .now = std::chrono::sys_seconds{std::chrono::seconds{seconds}}};
        auto report = merge_bundle(*shelf_, *bundle, reader);
        auto feed = open_feed();
        if (feed) feed_ = std::make_unique<Feed>(*std::move(feed));
        return report;
    }

    [[nodiscard]] std::vector<std::string> entries_of(const std::string& origin) const {
        std::vector<std::string> entries;
        const auto feed = shelf_->feed(origin).value();
        const auto visited =
            feed.visit(0, feed.size(), [&](std::uint64_t, std::string_view entry) -> Result<void> {
                entries.emplace_back(entry);
                return {};
            });
        if (!visited) entries.push_back("cannot: " + visited.error().text());
        return entries;
    }
    [[nodiscard]] std::vector<Shelf::Held> held() const {
        std::vector<Shelf::Held> held;
        for (const auto& origin : shelf_->origins())
            held.push_back({origin, shelf_->feed(origin).value().size()});
        return held;
    }

private:
    Result<Feed> open_feed() {
        return Feed::open(shelf_->feed_storage(name()), name(), {feed_key_.verifier()}, memory_, settings());
    }
    static FeedSettings settings() {
        return {.journal_bytes = 1 << 16,
                .fresh_salt = [] { return Journal::Salt{'a', ' ', 's', 'a', 'l', 't', '-', '1'}; }};
    }

    MemoryDisk disk_;
    SigningKey feed_key_;
    SigningKey witness_key_;
    SubStorage shelf_folder_;
    SubStorage memory_folder_;
    HeadMemory memory_;
    Witness witness_;
    std::unique_ptr<Shelf> shelf_;
    std::unique_ptr<Feed> feed_;
    std::string why_no_feed_;
};

}  // namespace truce::record::test
