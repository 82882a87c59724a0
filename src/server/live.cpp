// SPDX-License-Identifier: Apache-2.0
#include "server/live.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "server/rows.h"

namespace truce::server {
namespace {

constexpr std::chrono::seconds heartbeat{15};

std::shared_ptr<const std::string> shared(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

}  // namespace

Live::Live(std::string run, std::size_t kept) : run_(std::move(run)), most_kept_(kept), heart_([this] { keep_alive(); }) {}

Live::~Live() {
    close();
    heart_.join();
}

void Live::close() {
    {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
        for (const auto& outlet : outlets_) outlet->close();
        outlets_.clear();
    }
    closing_.notify_all();
}

void Live::send(std::string_view kind, std::string_view json) {
    if (listener_) listener_(kind, json);
    const std::scoped_lock lock(mutex_);
    if (closed_) return;
    const auto number = next_++;
    auto text = shared(fmt::format("id: {}-{}\nevent: {}\ndata: {}\n\n", run_, number, kind, json));
    kept_.push_back({number, text});
    if (kept_.size() > most_kept_) kept_.pop_front();
    send_to_all(text);
}

void Live::send_to_all(const std::shared_ptr<const std::string>& text) {
    std::erase_if(outlets_, [&](const std::shared_ptr<Outlet>& outlet) { return !outlet->send(text); });
}

void Live::add(const std::shared_ptr<Outlet>& outlet, std::string_view last_id) {
    const std::scoped_lock lock(mutex_);
    if (closed_) return outlet->close();
    std::string first = "retry: 3000\n\n";
    const auto reset = [&] { first += fmt::format("id: {}-{}\nevent: reset\ndata: {{}}\n\n", run_, next_ - 1); };
    if (last_id.empty()) {
        // The id from which this reader can come back, though nothing has been sent to it so far.
        first += fmt::format("id: {}-{}\nevent: hello\ndata: {{}}\n\n", run_, next_ - 1);
    } else {
        const auto dash = last_id.rfind('-');
        std::uint64_t seen = 0;
        const auto digits = dash == std::string_view::npos ? std::string_view() : last_id.substr(dash + 1);
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), seen);
        const bool ours = dash != std::string_view::npos && last_id.substr(0, dash) == run_ && read.ec == std::errc{} &&
                          read.ptr == digits.data() + digits.size() && seen < next_;
        const auto oldest = kept_.empty() ? next_ : kept_.front().number;
        if (!ours || seen + 1 < oldest) {
            reset();
        } else {
            for (const auto& kept : kept_) {
                if (kept.number > seen) first += *kept.text;
            }
        }
    }
    if (outlet->send(shared(std::move(first)))) outlets_.push_back(outlet);
}

std::size_t Live::readers() const {
    const std::scoped_lock lock(mutex_);
    return outlets_.size();
}

void Live::keep_alive() {
    const auto beat = shared(": here\n\n");
    std::unique_lock lock(mutex_);
    while (!closing_.wait_for(lock, heartbeat, [this] { return closed_; })) send_to_all(beat);
}

void add_live(Router& router, const Context& context, Live& live) {
    context.current.on_change([&live](const Snapshot& before, const Snapshot& now) {
        if (before.assessed != now.assessed) {
            live.send("assessment", dumped({{"version", now.version},
                                            {"incidents", now.assessment().incidents.size()},
                                            {"accounts", now.dossier().accounts.size()}}));
        }
        if (!now.record) return;
        for (const auto& feed : now.record->feeds) {
            std::uint64_t size_before = 0;
            if (before.record) {
                const auto found = std::ranges::find(before.record->feeds, feed.origin, &RecordView::Feed::origin);
                if (found != before.record->feeds.end()) size_before = found->head.size;
            }
            if (feed.head.size != size_before)
                live.send("record", dumped({{"feed", feed.origin}, {"size", feed.head.size}, {"version", now.version}}));
        }
    });
    router.get("/api/stream", [&live](const Request& request) {
        Response response;
        response.headers.add("Content-Type", "text/event-stream");
        response.headers.add("Cache-Control", "no-store");
        response.headers.add("X-Accel-Buffering", "no");
        const std::string last_id(request.headers.find("Last-Event-ID").value_or(request.query.find("last_id").value_or("")));
        response.body = Subscribe([&live, last_id](const std::shared_ptr<Outlet>& outlet) { live.add(outlet, last_id); });
        return response;
    });
}

}  // namespace truce::server
