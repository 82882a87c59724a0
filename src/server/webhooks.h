// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/time.h"
#include "server/client.h"
#include "server/database.h"
#include "server/log.h"

/// Tells other servers what happens here, by requests that they can check and that are not lost (Standard Webhooks 1.0.0).
namespace truce::server {

/// One receiver, as the settings name it.
struct Webhook {
    std::string id;       ///< its name in the queue, in the log and in `/metrics`
    WebAddress address;
    std::string secret;   ///< the bytes that messages are signed with; shared with the receiver
    std::vector<std::string> kinds;  ///< of what it is told: names of server-sent events
    Client::Reach reach = Client::Reach::public_only;
    std::string trusted{};           ///< PEM file of certificates that the receiver's must go back to; empty: the system's
    std::chrono::seconds first_rest{5};          ///< after a first failure; twice as long after each, at most six hours
    std::chrono::seconds longest_try{3 * 86400};  ///< after that a message is given up
    std::chrono::milliseconds patience{15'000};   ///< for one request
};

/// `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`: the header `webhook-signature`.
[[nodiscard]] std::string webhook_signature(std::string_view secret, std::string_view id, sys_seconds at, std::string_view body);
/// The bytes of a secret as it is passed on: `whsec_` and base64 of 24 to 64 bytes. Nothing for anything else.
[[nodiscard]] std::optional<std::string> webhook_secret(std::string_view text);

/// Sends messages to webhooks from a queue in a file, each webhook's in order.
///
/// A message is on the disk when `send` returns, and is taken out once the receiver has answered 2xx: it may come twice, and then has
/// the same `webhook-id`. A receiver that does not answer so is asked again after a while that grows; one that answers 410 is told
/// nothing more until the server is started again, and what waits for it is let go of. No redirect is followed.
class Webhooks {
public:
    /// Begins with what waits in `file`. Requires: what is referred to outlives this.
    Webhooks(const std::filesystem::path& file, std::vector<Webhook> hooks, Log& log, std::function<sys_seconds()> clock);
    Webhooks(const Webhooks&) = delete;
    Webhooks& operator=(const Webhooks&) = delete;
    /// Ends requests that are underway; their messages stay in the queue.
    ~Webhooks();

    /// Queues a message for each webhook that is told of this kind. `json` is the event's data. Throws std::runtime_error where the
    /// file fails.
    void send(std::string_view kind, std::string_view json);

    struct State {
        std::string id;
        std::uint64_t waiting = 0;
        std::uint64_t delivered = 0;  ///< since the start
        std::uint64_t failures = 0;   ///< tries that failed, since the start
        bool gone = false;            ///< it answered 410
    };
    [[nodiscard]] std::vector<State> states() const;

private:
    struct Hook {
        Webhook settings;
        Client client;
        State state{};
        std::thread thread{};
    };
    struct Message {
        std::int64_t number = 0;
        std::string id;
        std::string body;
        sys_seconds queued{};
        std::int64_t tries = 0;
        sys_seconds next_try{};
    };
    void run(Hook& hook);
    /// Delivers what waits for a hook, or waits. Requires: `lock` holds the mutex.
    void work(Hook& hook, std::unique_lock<std::mutex>& lock);
    [[nodiscard]] std::optional<Message> first_of(const std::string& hook);
    void deliver(Hook& hook, const Message& message);
    void failed(Hook& hook, const Message& message, const std::string& why);
    void remove(const Message& message);

    Log& log_;
    std::function<sys_seconds()> clock_;
    mutable std::mutex mutex_;  // of all below
    std::condition_variable wake_;
    bool stopping_ = false;
    mutable PrivateDatabase queue_;
    std::vector<std::unique_ptr<Hook>> hooks_;
};

}  // namespace truce::server
