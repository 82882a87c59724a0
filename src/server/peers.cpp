// SPDX-License-Identifier: Apache-2.0
#include "server/peers.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>

#include "server/rows.h"

namespace truce::server {
namespace {

constexpr std::chrono::milliseconds first_rest{1000};
/// What is signed in one moment goes out together.
constexpr std::chrono::milliseconds gathering{200};

std::uint64_t new_entries(const record::MergeReport& report) {
    std::uint64_t sum = 0;
    for (const auto& feed : report.feeds) sum += feed.after - feed.before;
    return sum;
}

}  // namespace

Peers::Peers(Settings settings, Pen& pen, OpenKeys keys, Log& log, std::function<sys_seconds()> clock, std::function<void()> record_changed)
    : settings_(std::move(settings)), pen_(pen), keys_(keys), log_(log), clock_(std::move(clock)), record_changed_(std::move(record_changed)) {
    for (const auto& address : settings_.peers) {
        peers_.push_back(std::unique_ptr<Peer>(new Peer{
            .exchange = {address, {.trusted = {}, .patience = settings_.patience}}, .state = {.address = address.address.text(), .name = {}}}));
    }
    for (const auto& peer : peers_) peer->thread = std::thread([this, one = peer.get()] { run(*one); });
}

void Peers::stop() {
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) return;
        stopping_ = true;
    }
    wake_.notify_all();
    for (const auto& peer : peers_) peer->exchange.stop();
    for (const auto& peer : peers_) peer->thread.join();
}

void Peers::look_now() {
    {
        const std::scoped_lock lock(mutex_);
        ++wishes_;
    }
    wake_.notify_all();
}

std::chrono::milliseconds Peers::rest_after(std::uint64_t failures) const {
    const std::chrono::milliseconds longest = settings_.every;
    if (failures == 0) return longest;
    return std::min(longest, first_rest * (1 << std::min<std::uint64_t>(failures - 1, 16)));
}

void Peers::run(Peer& peer) {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        peer.seen_wish = wishes_;
        lock.unlock();
        take_turn(peer);
        lock.lock();
        const auto failures = peer.state.failures;
        const bool wanted = wake_.wait_for(lock, rest_after(failures), [&] { return stopping_ || (failures == 0 && wishes_ != peer.seen_wish); });
        if (wanted && !stopping_) wake_.wait_for(lock, gathering, [&] { return stopping_; });
    }
}

void Peers::take_turn(Peer& peer) {
    const OwnSide own{
        .own_origin = pen_.origin(),
        .held =
            [&] {
                Result<std::vector<record::Shelf::Held>> held;
                const auto read = pen_.undisturbed([&](const record::Shelf& shelf) -> Result<void> {
                    held = held_on(shelf);
                    return {};
                });
                if (!read) held = tl::unexpected(read.error());
                return held;
            },
        .merge =
            [&](const record::Bundle& bundle) {
                Result<record::MergeReport> report;
                const auto merged = pen_.exclusively([&](record::Shelf& shelf) -> Result<void> {
                    report = record::merge_bundle(
                        shelf, bundle, {.own_origin = pen_.origin(), .own_memory = &keys_.memory, .witness = &keys_.witness, .now = clock_()});
                    return {};
                });
                if (!merged) report = tl::unexpected(merged.error());
                if (report) record_changed_();
                return report;
            },
        .bundle_for =
            [&](std::span<const record::Shelf::Held> reader_has) {
                Result<std::string> bundle;
                const auto made = pen_.undisturbed([&](const record::Shelf& shelf) -> Result<void> {
                    bundle = bundle_of(shelf, pen_.origin(), reader_has);
                    return {};
                });
                if (!made) bundle = tl::unexpected(made.error());
                return bundle;
            }};
    Result<ExchangeTurn> turn;
    try {
        turn = peer.exchange.turn(own);
    } catch (const std::exception& failed) {
        // and so this peer is tried again later, as when it cannot be reached
        turn = failure({.message = failed.what()});
    }
    const std::scoped_lock lock(mutex_);
    auto& state = peer.state;
    state.last_try = clock_();
    if (!turn) {
        // The first failure is told, not each of a long night.
        if (state.failures++ == 0 && !stopping_) log_.write("exchange.failed", {{"peer", state.address}, {"why", turn.error().text()}});
        state.fault = turn.error().text();
        return;
    }
    if (state.failures > 0) log_.write("exchange.works_again", {{"peer", state.address}});
    state.name = turn->peer;
    state.last_success = state.last_try;
    state.fault.clear();
    state.failures = 0;
    ++state.turns;
    if (!turn->taken) return;
    state.entries += new_entries(*turn->taken);
    for (const auto& origin : turn->taken->forked) log_.write("exchange.two_histories", {{"feed", origin}});
}

std::vector<Peers::State> Peers::states() const {
    const std::scoped_lock lock(mutex_);
    std::vector<State> states;
    for (const auto& peer : peers_) states.push_back(peer->state);
    return states;
}

void add_peers(Router& router, Peers* peers) {
    router.get("/api/record/peers", [peers](const Request& request) {
        if (auto refused = unknown_parameter(request, {})) return std::move(*refused);
        Json rows = Json::array();
        for (const auto& state : peers == nullptr ? std::vector<Peers::State>() : peers->states()) {
            rows.push_back({{"address", state.address},
                            {"monitor", state.name.empty() ? Json() : Json(state.name)},
                            {"last_try", instant_or_null(state.last_try)},
                            {"last_success", instant_or_null(state.last_success)},
                            {"fault", state.fault.empty() ? Json() : Json(state.fault)},
                            {"failures", state.failures},
                            {"turns", state.turns},
                            {"entries", state.entries}});
        }
        return json_response(dumped({{"total", rows.size()}, {"rows", std::move(rows)}}));
    });
}

}  // namespace truce::server
