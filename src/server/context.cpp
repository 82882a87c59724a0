// SPDX-License-Identifier: Apache-2.0
#include "server/context.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.h"
#include "base/text.h"

namespace truce::server {

Response conditional(const Request& request, std::string_view version, const std::function<Response()>& make) {
    std::string told = fmt::format("{}\n{}\n{}\n", version, request.raw_path, request.raw_query);
    told += request.headers.find("Accept-Language").value_or("");
    if (request.caller) told += fmt::format("\n{}\n{}", name_of(request.caller->role), request.caller->party);
    const auto tag = fmt::format("W/\"{}\"", sha256(told).hex().substr(0, 24));
    if (const auto given = request.headers.find("If-None-Match")) {
        const auto tags = split(*given, ',');
        if (std::ranges::find(tags, tag) != tags.end() || *given == "*") {
            Response unchanged;
            unchanged.status = 304;
            unchanged.headers.add("ETag", tag);
            return unchanged;
        }
    }
    auto response = make();
    if (response.status == 200) response.headers.set("ETag", tag);
    return response;
}

Handler answering(const Context& context, Response (*endpoint)(const Context&, const Request&)) {
    return [&context, endpoint](const Request& request) { return endpoint(context, request); };
}

Response bad_parameter(const FieldError& error) {
    return problem(400, say("title.wrong_parameter"), say("field_is", {{"field", shown(error.field, 60)}, {"message", error.message}}), {error});
}

std::optional<Response> unknown_parameter(const Request& request, std::initializer_list<std::string_view> known) {
    for (const auto& [name, _] : request.query.pairs()) {
        if (std::ranges::find(known, name) != known.end()) continue;
        const std::vector<std::string> names(known.begin(), known.end());
        return bad_parameter({name, say("field.no_parameter", {{"hint", hint(name, names)}})});
    }
    return std::nullopt;
}

Response not_found(std::string_view kind, std::string_view id) {
    return problem(404, say("title.not_found"), say("no_such", {{"id", shown(id, 80)}, {"kind", say("kind." + std::string(kind))}}));
}

std::string base_url_of(const Context& context, const Request& request) {
    if (!context.base_url.empty()) return context.base_url;
    std::string host(request.headers.find("Host").value_or("localhost"));
    const bool plain = std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == ':' || c == '[' || c == ']';
    });
    return fmt::format("{}://{}", request.secure ? "https" : "http", plain ? host : "localhost");
}

}  // namespace truce::server
