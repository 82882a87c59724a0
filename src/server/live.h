// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "server/context.h"

namespace truce::server {

/// Sends what happens to whoever listens, by server-sent events (HTML Living Standard 9.2).
///
/// Ids count up from the server's start and carry a name of that start, so that an id of an earlier run is
/// known for one: its reader is told `reset`, to fetch all anew. The last `kept` are kept for readers who
/// come back. A reader who is too slow is dropped by its outlet and comes back.
class Live {
public:
    /// `run` names this run of the server, of letters and digits.
    Live(std::string run, std::size_t kept = 1000);
    /// Closes all streams.
    ~Live();

    /// Sends to all; `json` is one line.
    void send(std::string_view kind, std::string_view json);
    /// Called with all that is sent, by the thread that sends it. Set before anything is sent.
    void on_send(std::function<void(std::string_view kind, std::string_view json)> listener) { listener_ = std::move(listener); }
    /// Adds a reader, sends what it missed since `last_id` (empty: nothing), then all that comes.
    void add(const std::shared_ptr<Outlet>& outlet, std::string_view last_id);
    [[nodiscard]] std::size_t readers() const;
    void close();

private:
    struct Kept {
        std::uint64_t number;
        std::shared_ptr<const std::string> text;
    };
    void send_to_all(const std::shared_ptr<const std::string>& text);
    void keep_alive();

    std::function<void(std::string_view, std::string_view)> listener_;
    std::string run_;
    std::size_t most_kept_;
    mutable std::mutex mutex_;
    std::condition_variable closing_;
    bool closed_ = false;
    std::uint64_t next_ = 1;
    std::deque<Kept> kept_;
    std::vector<std::shared_ptr<Outlet>> outlets_;  // each shared with its connection
    std::thread heart_;
};

/// `/api/stream`. The answers to changes of `context.current` are sent by it.
void add_live(Router& router, const Context& context, Live& live);

}  // namespace truce::server
