// SPDX-License-Identifier: Apache-2.0
#include "server/exchange_pages.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/sha256.h"
#include "base/text.h"
#include "record/exchange.h"
#include "record/witness_protocol.h"
#include "server/exchange_client.h"
#include "server/rows.h"

namespace truce::server {
namespace {

constexpr std::uint64_t longest_bundle = std::uint64_t{256} << 20U;

Response no_key() {
    return problem(409, say("title.no_key"), say("no_key"));
}

/// What the caller says it holds: `have=monitor.example/usa=97`, once for each feed.
tl::expected<std::vector<record::Shelf::Held>, FieldError> held_by(const Query& query) {
    std::vector<record::Shelf::Held> held;
    for (const auto text : query.all("have")) {
        const auto equals = text.rfind('=');
        const auto size = equals == std::string_view::npos ? std::nullopt : record::parse_count(text.substr(equals + 1));
        if (!size) return tl::unexpected<FieldError>({"have", say("field.no_held", {{"found", shown(text, 80)}})});
        held.push_back({std::string(text.substr(0, equals)), *size});
    }
    return held;
}

Response pull(const Request& request, Pen& pen) {
    if (auto refused = unknown_parameter(request, {"have"})) return std::move(*refused);
    const auto held = held_by(request.query);
    if (!held) return bad_parameter(held.error());
    Result<std::string> bundle;
    // What is acknowledged and not published goes out too: `undisturbed` publishes first.
    const auto read = pen.undisturbed([&](const record::Shelf& shelf) -> Result<void> {
        bundle = bundle_of(shelf, pen.origin(), *held);
        return {};
    });
    const auto made = read ? bundle.map([](const std::string&) {}) : read;
    if (!made) return problem(500, say("title.unsound_record"), made.error().text());
    return text_response("application/octet-stream", std::move(*bundle));
}

Response push(const Context& context, const Request& request, Pen& pen, OpenKeys& keys) {
    const auto bundle = record::parse_bundle_file(request.body, {.bundle_bytes = longest_bundle});
    if (!bundle) return problem(422, say("title.no_bundle"), bundle.error().text());
    Json object;
    const auto merged = pen.exclusively([&](record::Shelf& shelf) -> Result<void> {
        const auto report = record::merge_bundle(
            shelf, *bundle,
            {.own_origin = pen.origin(), .own_memory = &keys.memory, .witness = &keys.witness, .now = context.now()});
        if (!report) return tl::unexpected(report.error());
        auto& feeds = object["feeds"] = Json::array();
        for (const auto& feed : report->feeds) {
            feeds.push_back(
                {{"origin", feed.origin}, {"before", feed.before}, {"after", feed.after}, {"cosigned", feed.cosigned}});
        }
        object["forked"] = report->forked;
        object["remarks"] = report->remarks;
        return {};
    });
    if (!merged) return problem(422, say("title.unsound_bundle"), merged.error().text());
    context.record_changed();
    return json_response(dumped(object));
}

/// The feeds that showed two histories.
Result<std::vector<std::string>> forked_feeds(const record::Shelf& shelf) {
    const auto forks = shelf.forks();
    if (!forks) return tl::unexpected(forks.error());
    std::vector<std::string> origins;
    for (const auto& kept : *forks) origins.push_back(kept.origin);
    return origins;
}

Response add_checkpoint(const Context& context, const Request& request, Pen& pen) {
    record::WitnessAnswer answer;
    const auto asked = pen.as_witness([&](const record::Shelf& shelf, record::Witness& witness) -> Result<void> {
        const auto forked = forked_feeds(shelf);
        if (!forked) return tl::unexpected(forked.error());
        auto answered = record::answer_add_checkpoint(shelf.policy(), *forked, witness, request.body, context.now());
        if (!answered) return tl::unexpected(answered.error());
        answer = *std::move(answered);
        return {};
    });
    if (!asked) return problem(500, say("title.cannot_sign"), asked.error().text());
    const auto status = static_cast<int>(answer.verdict);
    if (answer.verdict == record::WitnessVerdict::cosigned) return text_response("text/plain; charset=utf-8", std::move(answer.body));
    if (answer.verdict == record::WitnessVerdict::conflict) return text_response("text/x.tlog.size", std::move(answer.body), status);
    return problem(status, say("title.not_cosigned"), answer.why);
}

/// The latest checkpoint that the witness cosigned of the feed whose origin has this hash.
Response witnessed_checkpoint(const Request& request, Pen& pen) {
    const auto& hash = request.part("origin");
    std::optional<std::string> note;
    const auto read = pen.as_witness([&](const record::Shelf&, record::Witness& witness) -> Result<void> {
        const auto origins = witness.memory().origins();
        if (!origins) return tl::unexpected(origins.error());
        for (const auto& origin : *origins) {
            if (sha256(origin).hex() != hash) continue;
            const auto last = witness.memory().last(origin);
            if (!last) return tl::unexpected(last.error());
            if (*last) note = (*last)->note.bytes();
        }
        return {};
    });
    if (!read) return problem(500, say("title.cannot_sign"), read.error().text());
    if (!note) return not_found("checkpoint", hash);
    return text_response("text/plain; charset=utf-8", std::move(*note));
}

}  // namespace

void add_exchange(Router& router, const Context& context, Pen* pen, OpenKeys* keys) {
    router.get("/exchange", [pen](const Request& request) { return pen == nullptr ? no_key() : pull(request, *pen); },
               Right::exchange);
    router.add({.method = Method::post,
                .pattern = "/exchange",
                .right = Right::exchange,
                .handler = [&context, pen, keys](const Request& request) {
                    return pen == nullptr ? no_key() : push(context, request, *pen, *keys);
                },
                .body_bytes = longest_bundle});
    // A witness asks nobody who they are: what counts is the feed's signature under the checkpoint (C2SP tlog-witness).
    router.add({.method = Method::post,
                .pattern = "/witness/add-checkpoint",
                .right = Right::anyone,
                .handler = [&context, pen](const Request& request) {
                    return pen == nullptr ? no_key() : add_checkpoint(context, request, *pen);
                }});
    router.get("/witness/{origin}/checkpoint",
               [pen](const Request& request) { return pen == nullptr ? no_key() : witnessed_checkpoint(request, *pen); });
}

}  // namespace truce::server
