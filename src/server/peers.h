// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/time.h"
#include "server/context.h"
#include "server/exchange_client.h"
#include "server/log.h"
#include "server/pen.h"

namespace truce::server {

/// Exchanges with other monitors' servers by itself: at intervals, and soon after something new is signed here.
///
/// After a failure it tries again after a second, then after twice as long each time, and at the latest after the interval: a line
/// that was cut is made up for within the interval of its coming back, whoever it was that could not be reached.
class Peers {
public:
    struct Settings {
        std::vector<PeerAddress> peers;
        std::chrono::seconds every{20};
        std::chrono::milliseconds patience{60'000};  ///< for one request to a peer
    };
    /// Begins. Requires: what is referred to outlives this; `record_changed` reads the record anew.
    Peers(Settings settings, Pen& pen, OpenKeys keys, Log& log, std::function<sys_seconds()> clock, std::function<void()> record_changed);
    Peers(const Peers&) = delete;
    Peers& operator=(const Peers&) = delete;
    ~Peers() { stop(); }

    /// Ends turns that are underway, and begins no more.
    void stop();

    /// Something new is signed here: exchange soon, but with those who cannot be reached not before their time.
    void look_now();

    /// How it stands with one peer.
    struct State {
        std::string address;
        std::string name;  ///< the monitor; empty until it was reached
        std::optional<sys_seconds> last_try{};
        std::optional<sys_seconds> last_success{};
        std::string fault{};  ///< why the last try failed; empty where it did not
        std::uint64_t failures = 0;  ///< since the last success
        std::uint64_t turns = 0;     ///< successful ones, since the start
        std::uint64_t entries = 0;   ///< new ones got from there, since the start
    };
    [[nodiscard]] std::vector<State> states() const;

private:
    struct Peer {
        PeerExchange exchange;
        State state;
        std::uint64_t seen_wish = 0;  ///< of `wishes_`
        std::thread thread{};
    };
    void run(Peer& peer);
    void take_turn(Peer& peer);
    [[nodiscard]] std::chrono::milliseconds rest_after(std::uint64_t failures) const;

    Settings settings_;
    Pen& pen_;
    OpenKeys keys_;
    Log& log_;
    std::function<sys_seconds()> clock_;
    std::function<void()> record_changed_;

    mutable std::mutex mutex_;  // of all below
    std::condition_variable wake_;
    std::uint64_t wishes_ = 0;
    bool stopping_ = false;
    std::vector<std::unique_ptr<Peer>> peers_;
};

/// `/api/record/peers`: how it stands with each. `peers` null: there are none.
void add_peers(Router& router, Peers* peers);

}  // namespace truce::server
