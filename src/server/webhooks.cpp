// SPDX-License-Identifier: Apache-2.0
#include "server/webhooks.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <exception>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/base64.h"
#include "server/rows.h"

namespace truce::server {
namespace {

constexpr std::size_t shortest_secret = 24;
constexpr std::size_t longest_secret = 64;
constexpr std::size_t id_bytes = 18;
constexpr std::int64_t most_waiting = 10'000;  // of one webhook; the oldest go first
constexpr std::chrono::seconds longest_rest = std::chrono::hours(6);
constexpr int most_doublings = 20;

std::string fresh_message_id() {
    std::array<char, id_bytes> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    auto id = "msg_" + base64({bytes.data(), bytes.size()});
    for (char& c : id) {
        if (c == '+' || c == '/') c = '-';
    }
    return id;
}

std::int64_t seconds_of(sys_seconds at) { return at.time_since_epoch().count(); }
sys_seconds instant_of(std::int64_t seconds) { return sys_seconds(std::chrono::seconds(seconds)); }

std::chrono::seconds rest_after(const Webhook& hook, std::int64_t tries) {
    return std::min(longest_rest, hook.first_rest * (1 << std::min<std::int64_t>(tries, most_doublings)));
}

}  // namespace

std::string webhook_signature(std::string_view secret, std::string_view id, sys_seconds at, std::string_view body) {
    const auto message = fmt::format("{}.{}.{}", id, seconds_of(at), body);
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    const auto* made = HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(message.data()),
                            message.size(), mac.data(), &size);
    if (made == nullptr) throw std::runtime_error("HMAC-SHA256 cannot be computed");
    return "v1," + base64({reinterpret_cast<const char*>(mac.data()), size});
}

std::optional<std::string> webhook_secret(std::string_view text) {
    constexpr std::string_view mark = "whsec_";
    if (!text.starts_with(mark)) return std::nullopt;
    auto bytes = base64_decoded(text.substr(mark.size()));
    if (!bytes || bytes->size() < shortest_secret || bytes->size() > longest_secret) return std::nullopt;
    return bytes;
}

Webhooks::Webhooks(const std::filesystem::path& file, std::vector<Webhook> hooks, Log& log, std::function<sys_seconds()> clock)
    : log_(log), clock_(std::move(clock)), queue_(file) {
    queue_.run(
        "CREATE TABLE IF NOT EXISTS waiting (number INTEGER PRIMARY KEY AUTOINCREMENT, hook TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, "
        "queued INTEGER NOT NULL, tries INTEGER NOT NULL, next_try INTEGER NOT NULL) STRICT; "
        "CREATE INDEX IF NOT EXISTS of_hook ON waiting (hook, number);");
    for (auto& hook : hooks) {
        const Client::Settings settings{.trusted = hook.trusted, .reach = hook.reach, .patience = hook.patience, .longest_answer = 65536};
        const auto id = hook.id;
        hooks_.push_back(std::unique_ptr<Hook>(new Hook{.settings = std::move(hook), .client = Client(settings), .state = {.id = id}}));
    }
    for (const auto& hook : hooks_) hook->thread = std::thread([this, one = hook.get()] { run(*one); });
}

Webhooks::~Webhooks() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (const auto& hook : hooks_) hook->client.stop();
    for (const auto& hook : hooks_) hook->thread.join();
}

void Webhooks::send(std::string_view kind, std::string_view json) {
    const auto now = clock_();
    Json data = Json::parse(json, nullptr, false);
    const auto body = dumped({{"type", kind}, {"timestamp", instant_or_null(now)}, {"data", data.is_discarded() ? Json() : std::move(data)}});
    {
        const std::scoped_lock lock(mutex_);
        PrivateDatabase::Transaction change(queue_);
        for (const auto& hook : hooks_) {
            const auto& settings = hook->settings;
            if (hook->state.gone || std::ranges::find(settings.kinds, kind) == settings.kinds.end()) continue;
            PrivateDatabase::Statement(queue_, "INSERT INTO waiting (hook, id, body, queued, tries, next_try) VALUES (?, ?, ?, ?, 0, ?)")
                .with(settings.id)
                .with(fresh_message_id())
                .with(body)
                .with(seconds_of(now))
                .with(seconds_of(now))
                .step();
            PrivateDatabase::Statement(queue_,
                                       "DELETE FROM waiting WHERE hook = ? AND number NOT IN (SELECT number FROM waiting WHERE hook = ? ORDER BY number DESC LIMIT ?)")
                .with(settings.id)
                .with(settings.id)
                .with(most_waiting)
                .step();
        }
        change.commit();
    }
    wake_.notify_all();
}

std::optional<Webhooks::Message> Webhooks::first_of(const std::string& hook) {
    PrivateDatabase::Statement first(queue_, "SELECT number, id, body, queued, tries, next_try FROM waiting WHERE hook = ? ORDER BY number LIMIT 1");
    first.with(hook);
    if (!first.step()) return std::nullopt;
    return Message{.number = first.number(0),
                   .id = first.text(1),
                   .body = first.text(2),
                   .queued = instant_of(first.number(3)),
                   .tries = first.number(4),
                   .next_try = instant_of(first.number(5))};
}

void Webhooks::remove(const Message& message) {
    PrivateDatabase::Statement(queue_, "DELETE FROM waiting WHERE number = ?").with(message.number).step();
}

void Webhooks::run(Hook& hook) {
    std::unique_lock lock(mutex_);
    while (!stopping_ && !hook.state.gone) {
        try {
            work(hook, lock);
        } catch (const std::exception&) {
            // and so, what waits being on the disk, it is tried again when that works
            log_.write("webhook.queue_failed", {{"webhook", hook.settings.id}});
            if (!lock.owns_lock()) lock.lock();
            wake_.wait_for(lock, hook.settings.first_rest, [&] { return stopping_; });
        }
    }
}

void Webhooks::work(Hook& hook, std::unique_lock<std::mutex>& lock) {
    const auto message = first_of(hook.settings.id);
    if (!message) return wake_.wait(lock);
    // New messages wait behind this one: only the end of its rest, or of the server, is waited for.
    if (const auto rest = message->next_try - clock_(); rest > std::chrono::seconds(0)) {
        wake_.wait_for(lock, rest, [&] { return stopping_; });
        return;
    }
    lock.unlock();
    deliver(hook, *message);
    lock.lock();
}

void Webhooks::deliver(Hook& hook, const Message& message) {
    const auto now = clock_();
    const Outgoing request{.method = Method::post,
                           .target = {},
                           .headers = {{"Content-Type", "application/json"},
                                       {"webhook-id", message.id},
                                       {"webhook-timestamp", std::to_string(seconds_of(now))},
                                       {"webhook-signature", webhook_signature(hook.settings.secret, message.id, now, message.body)}},
                           .body = message.body};
    const auto answer = hook.client.send(hook.settings.address, request);
    const std::scoped_lock lock(mutex_);
    if (stopping_ && !answer) return;
    if (!answer) return failed(hook, message, answer.error().message);
    if (answer->status == 410) {
        hook.state.gone = true;
        PrivateDatabase::Statement(queue_, "DELETE FROM waiting WHERE hook = ?").with(hook.settings.id).step();
        log_.write("webhook.gone", {{"webhook", hook.settings.id}});
        return;
    }
    if (answer->status < 200 || answer->status > 299) return failed(hook, message, fmt::format("it answers {}", answer->status));
    remove(message);
    ++hook.state.delivered;
}

void Webhooks::failed(Hook& hook, const Message& message, const std::string& why) {
    const auto now = clock_();
    ++hook.state.failures;
    if (now - message.queued >= hook.settings.longest_try) {
        remove(message);
        log_.write("webhook.given_up", {{"webhook", hook.settings.id}, {"why", why}});
        return;
    }
    // The first failure of a message is told, not each of a long night.
    if (message.tries == 0) log_.write("webhook.failed", {{"webhook", hook.settings.id}, {"why", why}});
    PrivateDatabase::Statement(queue_, "UPDATE waiting SET tries = ?, next_try = ? WHERE number = ?")
        .with(message.tries + 1)
        .with(seconds_of(now + rest_after(hook.settings, message.tries)))
        .with(message.number)
        .step();
}

std::vector<Webhooks::State> Webhooks::states() const {
    const std::scoped_lock lock(mutex_);
    std::vector<State> states;
    for (const auto& hook : hooks_) {
        auto state = hook->state;
        PrivateDatabase::Statement count(queue_, "SELECT count(*) FROM waiting WHERE hook = ?");
        count.with(state.id);
        if (count.step()) state.waiting = static_cast<std::uint64_t>(count.number(0));
        states.push_back(std::move(state));
    }
    return states;
}

}  // namespace truce::server
