// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "record/entry.h"
#include "record/feed.h"
#include "record/head_memory.h"
#include "record/key.h"
#include "record/shelf.h"
#include "record/witness.h"

namespace truce::server {

/// A monitor's keys, open, and the memory of what they signed. What is referred to outlives its user.
struct OpenKeys {
    const record::MonitorSecret& secret;
    const record::SigningKey& feed;
    record::HeadMemory& memory;
    record::Witness& witness;
};

/// The monitor's own feed, open for writing by any number of threads: what one server writes into the record goes through it.
///
/// Those who write at the same time share one sync of the disk. Entries are under a signed checkpoint soon after: at once where
/// little is written, and at the latest after `Settings::publish_within` where much is.
class Pen {
public:
    struct Settings {
        std::chrono::milliseconds publish_within{500};  ///< or twice what the last one took, with all that heard of it, if that is longer
        std::function<sys_seconds()> clock{};  ///< what entries claim; the machine's clock where nothing is given
        record::FeedSettings feed{};
    };
    /// Opens the feed of `keys` on `shelf`, and publishes what was acknowledged in it before. Fails where the policy does not
    /// name it, or it does not verify.
    /// Requires: nobody else writes on the shelf but within `exclusively`.
    [[nodiscard]] static Result<std::unique_ptr<Pen>> open(record::Shelf& shelf, OpenKeys keys, Settings settings);
    ~Pen();
    Pen(const Pen&) = delete;
    Pen& operator=(const Pen&) = delete;

    struct Written {
        std::string feed;
        std::uint64_t seq = 0;
        record::EntryId id;
    };
    /// How long `write` waits.
    enum class Until : std::uint8_t {
        durable,    ///< the entries are on the disk for ever
        published,  ///< and under a signed checkpoint, and `on_published` has been called for it
    };
    /// Adds entries, all or none, next to one another, `by` having written them. When it returns they are acknowledged. Fails for
    /// a body that makes no entry (too long, text that is no UTF-8). Throws record::StorageFailure where the disk fails: then
    /// whether they are in the feed is not known to anyone, and the feed is opened anew before the next.
    [[nodiscard]] Result<std::vector<Written>> write(const std::string& by, std::vector<record::Body> bodies,
                                                     Until until = Until::durable);

    [[nodiscard]] const std::string& origin() const { return origin_; }
    [[nodiscard]] const record::MonitorSecret& secret() const { return keys_.secret; }
    /// How many entries are acknowledged.
    [[nodiscard]] std::uint64_t size() const;

    /// Called after each checkpoint with the size that it signs, by the pen's own thread.
    void on_published(std::function<void(std::uint64_t size)> listener);
    /// Publishes what there is, then lets `use` change the record, alone: for an exchange. Afterwards the feed is opened anew.
    /// Returns what `use` returns; fails where the feed cannot be opened again.
    [[nodiscard]] Result<void> exclusively(const std::function<Result<void>(record::Shelf&)>& use);
    /// Publishes what there is, then lets `use` read the record while nobody writes here. Returns what `use` returns.
    [[nodiscard]] Result<void> undisturbed(const std::function<Result<void>(const record::Shelf&)>& use);
    /// Lets `use` sign with the monitor's witness, alone. Returns what `use` returns.
    [[nodiscard]] Result<void> as_witness(const std::function<Result<void>(const record::Shelf&, record::Witness&)>& use);

    struct Counts {
        std::uint64_t entries = 0;      ///< written since the start
        std::uint64_t syncs = 0;        ///< how many writes of the journal they took
        std::uint64_t checkpoints = 0;  ///< signed since the start
        std::uint64_t failures = 0;     ///< of the disk
    };
    [[nodiscard]] Counts counts() const;

private:
    struct Wish {
        const std::string* by;
        std::vector<record::Body>* bodies;
        Result<std::vector<Written>> outcome{};
        std::exception_ptr failed{};
        bool done = false;
    };
    Pen(record::Shelf& shelf, OpenKeys keys, Settings settings);
    [[nodiscard]] Result<void> open_feed();
    [[nodiscard]] Result<void> read_seen();
    /// Writes what waits, all in one; returns when `wish` is done.
    void serve(Wish& wish);
    void write_batch(std::deque<Wish*>& batch);
    [[nodiscard]] Result<std::vector<std::string>> bytes_of(Wish& wish, std::uint64_t first);
    void publish_once();
    void publish_until_stopped();

    record::Shelf& shelf_;
    OpenKeys keys_;
    Settings settings_;
    std::string origin_;

    std::mutex waiting_mutex_;  // of the two below
    std::condition_variable served_;
    std::deque<Wish*> waiting_;
    bool leader_ = false;

    mutable std::mutex feed_mutex_;  // of the feed and all below
    std::unique_ptr<record::Feed> feed_;
    std::map<std::string, std::uint64_t> held_;  // sizes of others' feeds
    std::map<std::string, std::uint64_t> told_;  // of those, what entries here said
    Counts counts_;

    std::mutex publish_mutex_;  // of all below
    std::condition_variable to_publish_;
    std::condition_variable published_;
    std::uint64_t acknowledged_size_ = 0;
    std::uint64_t published_size_ = 0;
    std::uint64_t tries_ = 0;  // of publishing, those that failed too
    std::exception_ptr publish_failed_;
    std::function<void(std::uint64_t)> listener_;
    bool stopping_ = false;
    std::thread publisher_;
};

}  // namespace truce::server
