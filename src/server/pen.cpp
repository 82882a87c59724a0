// SPDX-License-Identifier: Apache-2.0
#include "server/pen.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <span>
#include <stdexcept>
#include <utility>

#include "record/storage.h"

namespace truce::server {
namespace {

sys_seconds machine_clock() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

}  // namespace

Pen::Pen(record::Shelf& shelf, OpenKeys keys, Settings settings)
    : shelf_(shelf), keys_(keys), settings_(std::move(settings)), origin_(keys_.secret.name()) {
    if (!settings_.clock) settings_.clock = machine_clock;
}

Result<std::unique_ptr<Pen>> Pen::open(record::Shelf& shelf, OpenKeys keys, Settings settings) {
    std::unique_ptr<Pen> pen(new Pen(shelf, keys, std::move(settings)));
    if (const auto opened = pen->open_feed(); !opened) return tl::unexpected(opened.error());
    if (const auto read = pen->read_seen(); !read) return tl::unexpected(read.error());
    pen->publish_once();
    pen->acknowledged_size_ = pen->feed_->size();
    pen->published_size_ = pen->feed_->published().size();
    pen->publisher_ = std::thread([raw = pen.get()] { raw->publish_until_stopped(); });
    return pen;
}

Pen::~Pen() {
    if (!publisher_.joinable()) return;
    {
        const std::lock_guard lock(publish_mutex_);
        stopping_ = true;
    }
    to_publish_.notify_all();
    publisher_.join();
}

Result<void> Pen::open_feed() {
    const auto keys = shelf_.keys_of(origin_);
    if (keys.empty()) return failure({.message = fmt::format("the policy of this record does not name '{}'", origin_)});
    feed_.reset();
    auto feed = record::Feed::open(shelf_.feed_storage(origin_), origin_, keys, keys_.memory, settings_.feed);
    if (!feed) return tl::unexpected(feed.error());
    feed_ = std::make_unique<record::Feed>(*std::move(feed));
    return {};
}

Result<void> Pen::read_seen() {
    held_.clear();
    for (const auto& origin : shelf_.origins()) {
        if (origin == origin_) continue;
        const auto feed = shelf_.feed(origin);
        if (!feed) return tl::unexpected(feed.error());
        held_[origin] = feed->size();
    }
    told_.clear();
    const auto note = [&](std::string_view bytes) {
        const auto entry = record::parse_entry(bytes);
        if (!entry) return;
        for (const auto& [origin, size] : entry->seen) told_[origin] = std::max(told_[origin], size);
    };
    const auto& published = feed_->published();
    const auto visited = published.visit(0, published.size(), [&](std::uint64_t, std::string_view bytes) -> Result<void> {
        note(bytes);
        return {};
    });
    if (!visited) return visited;
    for (auto index = published.size(); index < feed_->size(); ++index) {
        const auto bytes = feed_->entry(index);
        if (!bytes) return tl::unexpected(bytes.error());
        note(*bytes);
    }
    return {};
}

Result<std::vector<Pen::Written>> Pen::write(const std::string& by, std::vector<record::Body> bodies, Until until) {
    if (bodies.empty()) return std::vector<Written>{};
    Wish wish{.by = &by, .bodies = &bodies};
    serve(wish);
    if (wish.failed) std::rethrow_exception(wish.failed);
    if (!wish.outcome || until == Until::durable) return wish.outcome;
    const auto end = wish.outcome->back().seq + 1;
    std::unique_lock lock(publish_mutex_);
    const auto tries = tries_;
    to_publish_.notify_all();
    published_.wait(lock, [&] { return published_size_ >= end || (publish_failed_ && tries_ > tries + 1) || stopping_; });
    // What is acknowledged stays so; that it could not be signed yet is told by the metrics and the log.
    return wish.outcome;
}

void Pen::serve(Wish& wish) {
    std::unique_lock lock(waiting_mutex_);
    waiting_.push_back(&wish);
    while (!wish.done) {
        if (leader_) {
            served_.wait(lock);
            continue;
        }
        // The first who waits writes for all who do; whoever comes meanwhile is in the next batch.
        leader_ = true;
        std::deque<Wish*> batch;
        batch.swap(waiting_);
        lock.unlock();
        write_batch(batch);
        lock.lock();
        for (Wish* one : batch) one->done = true;
        leader_ = false;
        served_.notify_all();
    }
}

Result<std::vector<std::string>> Pen::bytes_of(Wish& wish, std::uint64_t first) {
    std::vector<std::string> entries;
    std::vector<Written> written;
    for (record::Body& body : *wish.bodies) {
        record::Entry entry{.id = {},
                            .feed = origin_,
                            .seq = first + entries.size(),
                            .by = *wish.by,
                            .claimed = settings_.clock(),
                            .seen = {},
                            .body = std::move(body)};
        if (entries.empty()) {
            for (const auto& [origin, size] : held_) {
                const auto told = told_.find(origin);
                if (size > (told == told_.end() ? 0 : told->second)) entry.seen.emplace_back(origin, size);
            }
        }
        auto bytes = record::entry_bytes(entry);
        if (!bytes) return tl::unexpected(bytes.error());
        const auto read = record::parse_entry(*bytes);
        if (!read) return tl::unexpected(read.error());
        written.push_back({origin_, entry.seq, read->id});
        entries.push_back(*std::move(bytes));
    }
    wish.outcome = std::move(written);
    return entries;
}

void Pen::write_batch(std::deque<Wish*>& batch) {
    const std::lock_guard lock(feed_mutex_);
    std::vector<Wish*> taken;
    try {
        if (!feed_ || !feed_->is_writable()) {
            if (const auto opened = open_feed(); !opened) {
                for (Wish* wish : batch) wish->outcome = tl::unexpected(opened.error());
                return;
            }
        }
        std::vector<std::string> entries;
        for (Wish* wish : batch) {
            auto bytes = bytes_of(*wish, feed_->size() + entries.size());
            if (!bytes) {
                wish->outcome = tl::unexpected(bytes.error());
                continue;
            }
            std::ranges::move(*bytes, std::back_inserter(entries));
            taken.push_back(wish);
            told_ = held_;
        }
        if (entries.empty()) return;
        const auto first = feed_->append(entries);
        ++counts_.syncs;
        if (!first) {
            for (Wish* wish : taken) wish->outcome = tl::unexpected(first.error());
            return;
        }
        counts_.entries += entries.size();
    } catch (...) {
        // and so each of those who asked is told, and others are served
        ++counts_.failures;
        for (Wish* wish : batch) wish->failed = std::current_exception();
        return;
    }
    {
        const std::lock_guard publishing(publish_mutex_);
        acknowledged_size_ = feed_->size();
    }
    to_publish_.notify_all();
}

void Pen::publish_once() {
    const std::lock_guard lock(feed_mutex_);
    if (!feed_ || feed_->size() == feed_->published().size()) return;
    const auto fail = [](const Error& error) { throw std::runtime_error(error.text()); };
    const auto note = feed_->publish(keys_.feed, keys_.memory);
    if (!note) fail(note.error());
    ++counts_.checkpoints;
    if (shelf_.witness_of(origin_) == nullptr) return;
    // A quorum of all asks for the own cosignature too.
    const auto size = keys_.witness.cosigned_size(origin_);
    if (!size) fail(size.error());
    const auto proof = feed_->published().prove_from(*size);
    if (!proof) fail(proof.error());
    const auto line = keys_.witness.cosign(*note, *proof, settings_.clock());
    if (!line) fail(line.error());
    feed_->add_signatures(std::span(&*line, 1));
}

void Pen::publish_until_stopped() {
    std::unique_lock lock(publish_mutex_);
    auto next = std::chrono::steady_clock::time_point{};
    while (true) {
        to_publish_.wait(lock, [&] { return stopping_ || acknowledged_size_ > published_size_; });
        const bool all_published = acknowledged_size_ <= published_size_;
        if (stopping_ && (all_published || publish_failed_)) return;
        // Under load, checkpoints are signed only so often, and take a third of the time at most: writers wait meanwhile.
        if (!stopping_ && std::chrono::steady_clock::now() < next) to_publish_.wait_until(lock, next, [&] { return stopping_; });
        const auto size = acknowledged_size_;
        const auto listener = listener_;
        lock.unlock();
        std::exception_ptr failed;
        const auto began = std::chrono::steady_clock::now();
        try {
            publish_once();
        } catch (...) {
            failed = std::current_exception();  // and so it is tried again, what is acknowledged being on the disk
        }
        if (!failed && listener) listener(size);
        const auto ended = std::chrono::steady_clock::now();
        next = ended + std::max<std::chrono::steady_clock::duration>(settings_.publish_within, 2 * (ended - began));
        lock.lock();
        ++tries_;
        publish_failed_ = failed;
        if (!failed) published_size_ = std::max(published_size_, size);
        published_.notify_all();
        if (failed && !stopping_) {
            lock.unlock();
            {
                const std::lock_guard feed_lock(feed_mutex_);
                ++counts_.failures;
            }
            lock.lock();
            to_publish_.wait_for(lock, std::chrono::seconds(1), [&] { return stopping_; });
        }
    }
}

void Pen::on_published(std::function<void(std::uint64_t)> listener) {
    const std::lock_guard lock(publish_mutex_);
    listener_ = std::move(listener);
}

std::uint64_t Pen::size() const {
    const std::lock_guard lock(feed_mutex_);
    return feed_ ? feed_->size() : 0;
}

Pen::Counts Pen::counts() const {
    const std::lock_guard lock(feed_mutex_);
    return counts_;
}

Result<void> Pen::exclusively(const std::function<Result<void>(record::Shelf&)>& use) {
    publish_once();
    const std::lock_guard lock(feed_mutex_);
    feed_.reset();
    auto used = use(shelf_);
    if (const auto opened = open_feed(); !opened) return opened;
    if (const auto read = read_seen(); !read) return read;
    const std::lock_guard publishing(publish_mutex_);
    acknowledged_size_ = feed_->size();
    published_size_ = feed_->published().size();
    return used;
}

Result<void> Pen::undisturbed(const std::function<Result<void>(const record::Shelf&)>& use) {
    publish_once();
    const std::lock_guard lock(feed_mutex_);
    return use(shelf_);
}

Result<void> Pen::as_witness(const std::function<Result<void>(const record::Shelf&, record::Witness&)>& use) {
    const std::lock_guard lock(feed_mutex_);
    return use(shelf_, keys_.witness);
}

}  // namespace truce::server
