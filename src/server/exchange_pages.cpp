// SPDX-License-Identifier: Apache-2.0
#include "server/exchange_pages.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "record/exchange.h"
#include "server/rows.h"

namespace truce::server {
namespace {

constexpr std::uint64_t longest_bundle = std::uint64_t{256} << 20U;

Response no_key() {
    return problem(409, "No key", "This server was started without a monitor's key (--key), so it exchanges nothing.");
}

/// What the caller says it holds: `have=monitor.example/usa=97`, once for each feed.
tl::expected<std::vector<record::Shelf::Held>, FieldError> held_by(const Query& query) {
    std::vector<record::Shelf::Held> held;
    for (const auto text : query.all("have")) {
        const auto equals = text.rfind('=');
        const auto size = equals == std::string_view::npos ? std::nullopt : record::parse_count(text.substr(equals + 1));
        if (!size) return tl::unexpected<FieldError>({"have", fmt::format("'{}' is no ORIGIN=SIZE", shown(text, 80))});
        held.push_back({std::string(text.substr(0, equals)), *size});
    }
    return held;
}

Response pull(const Request& request, Pen& pen) {
    if (auto refused = unknown_parameter(request, {"have"})) return std::move(*refused);
    const auto held = held_by(request.query);
    if (!held) return bad_parameter(held.error());
    std::string bundle;
    // What is acknowledged and not published goes out too: `exclusively` publishes first.
    const auto made = pen.exclusively([&](record::Shelf& shelf) {
        return record::write_bundle(shelf, pen.origin(), *held, [&](std::string_view piece) { bundle += piece; });
    });
    if (!made) return problem(500, "The record does not verify", made.error().text());
    return text_response("application/octet-stream", std::move(bundle));
}

Response push(const Context& context, const Request& request, Pen& pen, OpenKeys& keys) {
    const auto bundle = record::parse_bundle_file(request.body, {.bundle_bytes = longest_bundle});
    if (!bundle) return problem(422, "No bundle", bundle.error().text());
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
    if (!merged) return problem(422, "The bundle does not verify", merged.error().text());
    context.record_changed();
    return json_response(dumped(object));
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
}

}  // namespace truce::server
