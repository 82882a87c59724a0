// SPDX-License-Identifier: Apache-2.0
#include "server/record_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/text.h"
#include "record/feed_folder.h"
#include "record/storage.h"
#include "server/rows.h"

namespace truce::server {
namespace {

constexpr std::size_t most_rows = 1000;

Response no_record() {
    return problem(404, say("title.no_record"), say("no_record"));
}

struct Page {
    std::size_t limit = 50;
    std::size_t first = 0;
};
/// `limit` and a `cursor` that is a place in the list: lists of the record only grow.
tl::expected<Page, FieldError> page_asked(const Query& query) {
    Page page;
    if (const auto text = query.find("limit")) {
        const auto limit = parse_integer(*text);
        if (!limit || *limit < 1 || *limit > static_cast<long long>(most_rows))
            return tl::unexpected<FieldError>({"limit", say("field.want_whole", {{"least", 1}, {"most", most_rows}})});
        page.limit = static_cast<std::size_t>(*limit);
    }
    if (const auto text = query.find("cursor")) {
        const auto first = parse_integer(*text);
        if (!first || *first < 0) return tl::unexpected<FieldError>({"cursor", say("field.no_cursor")});
        page.first = static_cast<std::size_t>(*first);
    }
    return page;
}

template <class Rows, class RowJson>
Response answer_page(const Rows& rows, const Page& page, RowJson row) {
    Json object{{"total", rows.size()}};
    auto& list = object["rows"] = Json::array();
    const auto first = std::min(page.first, rows.size());
    const auto last = std::min(first + page.limit, rows.size());
    for (auto i = first; i < last; ++i) list.push_back(row(rows[i]));
    if (last < rows.size()) object["next"] = std::to_string(last);
    return json_response(dumped(object));
}

Response feeds(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    if (!snapshot->record) return no_record();
    return conditional(request, snapshot->version, [&] {
        const auto& view = *snapshot->record;
        Json object;
        auto& rows = object["feeds"] = Json::array();
        for (const auto& feed : view.feeds) {
            const bool forked = std::ranges::any_of(view.forks, [&](const auto& fork) { return fork.origin == feed.origin; });
            rows.push_back({{"origin", feed.origin},
                            {"folder", feed.folder},
                            {"own", feed.origin == context.own_feed},
                            {"size", feed.head.size},
                            {"root", feed.head.root.hex()},
                            {"checkpoint", feed.checkpoint},
                            {"cosigned_by", feed.cosigned_by},
                            {"agreed_size", feed.agreed_size ? Json(*feed.agreed_size) : Json(nullptr)},
                            {"forked", forked},
                            {"keys", feed.keys}});
        }
        object["policy"] = view.policy;
        object["quorum"] = view.quorum;
        object["digest"] = view.digest.hex();
        return json_response(dumped(object));
    });
}

Response entries(const Context& context, const Request& request) {
    if (auto refused = unknown_parameter(request, {"limit", "cursor", "feed", "kind"})) return std::move(*refused);
    const auto snapshot = context.current.get();
    if (!snapshot->record) return no_record();
    const auto page = page_asked(request.query);
    if (!page) return bad_parameter(page.error());
    return conditional(request, snapshot->version, [&] {
        const auto feed = request.query.find("feed");
        const auto kind = request.query.find("kind");
        std::vector<const record::Entry*> chosen;
        for (const auto& entry : snapshot->record->merged.entries) {
            if (feed && entry.feed != *feed) continue;
            if (kind && record::kind_of(entry.body) != *kind) continue;
            chosen.push_back(&entry);
        }
        return answer_page(chosen, *page, [](const record::Entry* entry) { return entry_json(*entry); });
    });
}

/// Opens the record's folder anew: proofs need its tiles, of which the view keeps none.
struct OpenShelf {
    std::unique_ptr<record::Disk> disk;
    record::Shelf shelf;
};
Result<OpenShelf> open_shelf(const Context& context) {
    auto disk = std::make_unique<record::Disk>(context.folder / "feeds", record::Disk::Access::read);
    auto shelf = record::Shelf::open(*disk);
    if (!shelf) return tl::unexpected(shelf.error());
    return OpenShelf{std::move(disk), std::move(*shelf)};
}

const RecordView::Feed* feed_of(const Snapshot& snapshot, std::string_view name) {
    const auto& feeds = snapshot.record->feeds;
    const auto found = std::ranges::find_if(
        feeds, [&](const RecordView::Feed& feed) { return feed.folder == name || feed.origin == name; });
    return found == feeds.end() ? nullptr : &*found;
}

Response proof(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    if (!snapshot->record) return no_record();
    const auto* feed = feed_of(*snapshot, request.part("feed"));
    if (feed == nullptr) return not_found("feed", request.part("feed"));
    const auto index = parse_integer(request.part("index"));
    const auto open = open_shelf(context);
    if (!open) return problem(500, say("title.record_unreadable"), open.error().text());
    const auto folder = open->shelf.feed(feed->origin);
    if (!folder) return problem(500, say("title.unsound_record"), folder.error().text());
    if (!index || *index < 0 || static_cast<std::uint64_t>(*index) >= folder->size())
        return not_found("entry", request.part("index"));
    const auto place = static_cast<std::uint64_t>(*index);
    // Under what the quorum stands behind, where that has the entry.
    const auto agreed = open->shelf.agreed_checkpoint(*folder);
    const auto entry = folder->entry(place);
    const bool under_agreed = agreed && *agreed && (*agreed)->head.size > place;
    const auto made = under_agreed ? folder->prove(place, **agreed) : folder->prove(place);
    if (!entry || !made) return problem(500, say("title.unsound_record"), (entry ? made.error() : entry.error()).text());
    return json_response(dumped({{"origin", feed->origin},
                                 {"index", place},
                                 {"entry", base64(*entry)},
                                 {"proof", made->bytes()}}));
}

Response forks(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    if (!snapshot->record) return no_record();
    return conditional(request, snapshot->version, [&] {
        auto rows = Json::array();
        for (const auto& kept : snapshot->record->forks) {
            rows.push_back({{"origin", kept.origin},
                            {"proof", base64(kept.fork.bytes())},
                            {"explanation", fmt::format("{} signed two different histories of its first {} entries. Anyone who has "
                                                        "its public key can check this proof.",
                                                        kept.origin, kept.fork.size)}});
        }
        return json_response(dumped({{"total", rows.size()}, {"rows", std::move(rows)}}));
    });
}

Response state_text_file(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    if (!snapshot->record) return no_record();
    return conditional(request, snapshot->version,
                       [&] { return text_response("text/plain; charset=utf-8", record::state_text(snapshot->record->state)); });
}

Response opinions(const Context& context, const Request& request) {
    if (auto refused = unknown_parameter(request, {"limit", "cursor", "incident"})) return std::move(*refused);
    const auto snapshot = context.current.get();
    const auto page = page_asked(request.query);
    if (!page) return bad_parameter(page.error());
    return conditional(request, snapshot->version, [&] {
        std::vector<Json> rows;
        if (snapshot->record) {
            const auto wanted = request.query.find("incident");
            for (const auto& incident : snapshot->record->state.incidents) {
                for (const auto& [by, opinion] : incident.opinions) {
                    auto row = opinion_json(*snapshot, incident, by, opinion);
                    if (!wanted || row["incident"] == *wanted) rows.push_back(std::move(row));
                }
            }
        }
        return answer_page(rows, *page, [](const Json& row) { return row; });
    });
}

Response inquiries(const Context& context, const Request& request) {
    if (auto refused = unknown_parameter(request, {})) return std::move(*refused);
    const auto snapshot = context.current.get();
    return conditional(request, snapshot->version, [&] {
        auto rows = Json::array();
        if (snapshot->record) {
            for (const auto& inquiry : snapshot->record->state.inquiries) rows.push_back(inquiry_json(*snapshot, inquiry));
        }
        return json_response(dumped({{"total", rows.size()}, {"rows", std::move(rows)}}));
    });
}

/// A file of a feed as C2SP tlog-tiles has it: `checkpoint`, `tile/0/000`, `tile/entries/x001/234.p/5`.
Response feed_file(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    if (!snapshot->record) return no_record();
    const auto* feed = feed_of(*snapshot, request.part("monitor"));
    if (feed == nullptr) return not_found("feed", request.part("monitor"));
    const auto& file = request.part("file");
    if (file == "checkpoint") {
        auto response = text_response("text/plain; charset=utf-8", feed->checkpoint);
        response.headers.add("Cache-Control", "no-cache");
        return response;
    }
    // Only what a tile's path may hold: no other file of the folder can be named by it.
    const bool is_tile = file.starts_with("tile/") && std::ranges::all_of(file, [](char c) {
                             return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '/' || c == '.';
                         }) && file.find("..") == std::string::npos && file.find("//") == std::string::npos;
    if (!is_tile) return not_found("file", file);
    const auto path = context.folder / "feeds" / feed->folder / file;
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed)) return not_found("file", file);
    std::ifstream in(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    auto response = text_response("application/octet-stream", std::move(bytes));
    // A whole tile never changes.
    if (file.find(".p/") == std::string::npos) response.headers.add("Cache-Control", "private, max-age=31536000, immutable");
    return response;
}

}  // namespace

void add_record_pages(Router& router, const Context& context) {
    router.get("/api/record/feeds", answering(context, feeds));
    router.get("/api/record/entries", answering(context, entries));
    router.get("/api/record/proofs/{feed}/{index}", answering(context, proof));
    router.get("/api/record/forks", answering(context, forks));
    router.get("/api/record/state.txt", answering(context, state_text_file));
    router.get("/api/opinions", answering(context, opinions));
    router.get("/api/inquiries", answering(context, inquiries));
    router.get("/feeds/{monitor}/{file...}", answering(context, feed_file));
}

}  // namespace truce::server
