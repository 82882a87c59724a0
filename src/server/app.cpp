// SPDX-License-Identifier: Apache-2.0
#include "server/app.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>

#include "base/sha256.h"
#include "report/assets.h"

namespace truce::server {
namespace {

/// A file as it is answered with, hashed once.
struct File {
    std::string content_type;
    std::shared_ptr<const std::string> bytes;
    std::string tag;
};

File file_of(std::string_view content_type, std::string_view bytes) {
    return {.content_type = std::string(content_type),
            .bytes = std::make_shared<const std::string>(bytes),
            .tag = fmt::format("\"{}\"", sha256(bytes).hex().substr(0, 32))};
}

Response answer(const File& file, const Request& request) {
    Response response;
    response.headers.add("ETag", file.tag);
    response.headers.add("Cache-Control", "no-cache");
    const auto held = request.headers.find("If-None-Match");
    if (held && held->find(file.tag) != std::string_view::npos) {
        response.status = 304;
        return response;
    }
    response.headers.add("Content-Type", file.content_type);
    response.body = file.bytes;
    return response;
}

Handler handler_of(std::string_view content_type, std::string_view bytes) {
    return [file = file_of(content_type, bytes)](const Request& request) { return answer(file, request); };
}

/// The addresses of the app's pages: those of `pageAt` in web/src/app/pages.tsx.
constexpr std::string_view pages[] = {"/",       "/now",      "/terms",   "/terms/{id}", "/incidents", "/incidents/{id}",
                                      "/review", "/notices",  "/analysis", "/record",     "/reports",   "/new",
                                      "/upload", "/people",   "/me"};

}  // namespace

void add_app(Router& router) {
    for (const auto& file : assets::app_files()) {
        const auto at = file.name == "sw.js" ? std::string("/sw.js") : fmt::format("/app/{}", file.name);
        router.get(at, handler_of(file.content_type, file.bytes), Right::anyone);
        if (file.name != "index.html") continue;
        for (const auto page : pages) router.get(std::string(page), handler_of(file.content_type, file.bytes), Right::anyone);
    }
    for (const auto& catalogue : assets::catalogues()) {
        router.get(fmt::format("/app/messages/{}.json", catalogue.language), handler_of("application/json", catalogue.json),
                   Right::anyone);
    }
}

}  // namespace truce::server
