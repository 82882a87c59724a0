// SPDX-License-Identifier: Apache-2.0
#include "server/exchange_client.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"

namespace truce::server {
namespace {

/// What a peer says of why it refuses, in its own words; they are only shown.
std::string refusal_of(const Incoming& answer) {
    const auto json = nlohmann::json::parse(answer.body, nullptr, false);
    const auto told = json.is_object() && json.contains("detail") && json["detail"].is_string() ? json["detail"].get<std::string>() : std::string();
    const auto advice = answer.status == 401   ? "; make a token with the scope 'exchange' there, as a monitor"
                        : answer.status == 403 ? "; the token must have the scope 'exchange' and be a monitor's"
                                               : "";
    return fmt::format("it answers {}{}{}{}", answer.status, told.empty() ? "" : ": ", shown(told, 300), advice);
}

std::string target_for(std::span<const record::Shelf::Held> held) {
    std::string target = "/exchange";
    char before = '?';
    for (const auto& one : held) {
        target += fmt::format("{}have={}%3D{}", before, percent_encoded(one.origin), one.size);
        before = '&';
    }
    return target;
}

}  // namespace

Result<std::vector<record::Shelf::Held>> held_on(const record::Shelf& shelf) {
    std::vector<record::Shelf::Held> held;
    for (const auto& origin : shelf.origins()) {
        const auto feed = shelf.feed(origin);
        if (!feed) return tl::unexpected(feed.error());
        held.push_back({origin, feed->size()});
    }
    return held;
}

Result<std::string> bundle_of(const record::Shelf& shelf, const std::string& from, std::span<const record::Shelf::Held> reader_has) {
    std::string bundle;
    const auto made = record::write_bundle(shelf, from, reader_has, [&](std::string_view piece) { bundle += piece; });
    if (!made) return tl::unexpected(made.error());
    return bundle;
}

PeerExchange::PeerExchange(const PeerAddress& peer, Client::Settings settings)
    : peer_(peer), client_([&] {
          settings.trusted = peer.trusted;
          return settings;
      }()) {}

Result<Incoming> PeerExchange::ask(Method method, const std::string& target, std::string_view body) {
    Outgoing request{.method = method, .target = target, .headers = {{"Authorization", "Bearer " + peer_.token}}, .body = body};
    if (method == Method::post) request.headers.emplace_back("Content-Type", "application/octet-stream");
    auto answer = client_.send(peer_.address, request);
    if (!answer) return answer;
    if (answer->status != 200) return failure({.message = fmt::format("{}: {}", peer_.address.text(), refusal_of(*answer))});
    return answer;
}

Result<ExchangeTurn> PeerExchange::turn(const OwnSide& own) {
    const auto held = own.held();
    if (!held) return tl::unexpected(held.error());
    const auto answer = ask(Method::get, target_for(*held), {});
    if (!answer) return tl::unexpected(answer.error());
    const auto bundle = record::parse_bundle_file(answer->body);
    if (!bundle) return failure({.message = fmt::format("{}: {}", peer_.address.text(), bundle.error().message)});
    if (bundle->from == own.own_origin)
        return failure({.message = fmt::format("{}: this is the own server ({}); name another monitor's", peer_.address.text(), own.own_origin)});
    ExchangeTurn turn{.peer = bundle->from, .taken = {}, .peer_forked = {}};
    if (const auto now = sha256(answer->body); now != last_taken_) {
        auto report = own.merge(*bundle);
        if (!report) return failure({.message = fmt::format("{}: {}", peer_.address.text(), report.error().text())});
        turn.taken = *std::move(report);
        last_taken_ = now;
    }
    const auto ours = own.bundle_for(bundle->held);
    if (!ours) return tl::unexpected(ours.error());
    const auto now = sha256(*ours);
    if (now == last_brought_) return turn;
    const auto brought = ask(Method::post, "/exchange", *ours);
    if (!brought) return tl::unexpected(brought.error());
    last_brought_ = now;
    turn.brought = true;
    const auto told = nlohmann::json::parse(brought->body, nullptr, false);
    if (told.is_object() && told.contains("forked") && told["forked"].is_array()) {
        for (const auto& origin : told["forked"]) {
            if (origin.is_string()) turn.peer_forked.push_back(shown(origin.get<std::string>(), 80));
        }
    }
    return turn;
}

}  // namespace truce::server
