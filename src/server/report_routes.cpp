// SPDX-License-Identifier: Apache-2.0
#include "server/report_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/sha256.h"
#include "report/assets.h"
#include "report/earlier.h"
#include "server/mission.h"

namespace truce::server {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using record::Tier;

constexpr std::array tiers{std::pair{std::string_view("parties"), Tier::parties},
                           std::pair{std::string_view("mission"), Tier::mission},
                           std::pair{std::string_view("everyone"), Tier::everyone}};

std::optional<Tier> tier_named(std::string_view name) {
    const auto found = std::ranges::find(tiers, name, &decltype(tiers)::value_type::first);
    return found == tiers.end() ? std::nullopt : std::optional(found->second);
}

std::string_view name_of_tier(Tier tier) { return std::ranges::find(tiers, tier, &decltype(tiers)::value_type::second)->first; }

fs::path folder_of(const Writing& writing) { return writing.folder() / "reports"; }

/// Whether a text can be a report's id: nothing that could lead out of the folder is.
bool plain_id(std::string_view id) {
    return !id.empty() && id.size() <= 40 && std::ranges::all_of(id, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == 'T' || c == 'Z' || c == '-';
    });
}

std::optional<std::string> text_of_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Writes a file whole or not at all. Throws where the disk fails.
void write_whole(const fs::path& path, std::string_view text) {
    const auto unfinished = fs::path(path.string() + ".tmp");
    {
        std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
        file.exceptions(std::ios::failbit | std::ios::badbit);
        file.write(text.data(), static_cast<std::streamsize>(text.size()));
        file.close();
    }
    fs::rename(unfinished, path);
}

/// What the list says of one report; nothing where there is none of that id.
std::optional<Json> told_of(const Writing& writing, std::string_view id) {
    if (!plain_id(id)) return std::nullopt;
    const auto text = text_of_file(folder_of(writing) / fmt::format("{}.json", id));
    if (!text) return std::nullopt;
    auto told = Json::parse(*text, nullptr, false);
    if (!told.is_object() || told.value("id", "") != id || !told.contains("published")) return std::nullopt;
    return told;
}

Response no_report() { return problem(404, say("title.not_found"), say("no_report")); }

/// Whether whoever asks may see a report: the mission's people all of them, a party's liaison what is published and not for
/// the mission alone.
bool may_see(const Request& request, const Json& told) {
    return request.caller->party.empty() || (!told.at("published").is_null() && told.value("tier", "") != "mission");
}

Response list_reports(const Writing& writing, const Request& request) {
    std::vector<Json> rows;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder_of(writing), none)) {
        const auto name = entry.path().filename().string();
        if (!name.ends_with(".json") || name.ends_with(".assessment.json")) continue;
        auto told = told_of(writing, name.substr(0, name.size() - 5));
        if (told && may_see(request, *told)) rows.push_back(std::move(*told));
    }
    std::ranges::sort(rows, std::ranges::greater{}, [](const Json& row) { return row.value("id", ""); });
    return json_response(Json{{"total", rows.size()}, {"rows", rows}}.dump());
}

Response make_report(const Writing& writing, const Request& request) {
    auto form = Form::of(request, {"title", "tier", "languages", "previous"});
    if (!form) return form.error();
    const auto title = form->text_or_none("title", 200);
    const auto tier = form->word("tier", tier_named, "parties, mission or everyone");
    if (!tier && !form->has("tier")) form->complain("tier", say("field.tier"));
    const auto languages = form->has("languages") ? form->texts("languages", 1, 8) : std::vector<std::string>();
    for (const auto& language : languages) {
        if (std::ranges::none_of(assets::catalogues(), [&](const auto& one) { return one.language == language; }))
            form->complain("languages", say("field.no_language", {{"name", language}}));
    }
    const auto previous = form->text_or_none("previous", 40);
    std::optional<report::Earlier> earlier;
    if (!previous.empty()) {
        const auto kept = folder_of(writing) / fmt::format("{}.assessment.json", previous);
        const auto text = told_of(writing, previous) ? text_of_file(kept) : std::nullopt;
        if (!text) {
            form->complain("previous", say("field.no_report"));
        } else if (auto parsed = report::parse_earlier(*text)) {
            earlier = std::move(*parsed);
        } else {
            form->complain("previous", parsed.error().message);
        }
    }
    if (auto wrong = form->wrong()) return *wrong;
    const auto snapshot = writing.snapshot();
    auto html = report_html(*snapshot, languages, std::move(earlier));
    if (!html) return problem(500, say("title.report_impossible"), html.error().text());
    const auto hash = sha256(*html).hex();
    const auto made = utc_text(writing.now());
    auto id = made;
    std::erase_if(id, [](char c) { return c == '-' || c == ':'; });
    // 20160504T000100Z-1a2b3c4d: by name in the order in which they were made. What is alike in all of these is one report.
    id += "-" + sha256(fmt::format("{}\n{}\n{}", hash, name_of_tier(*tier), title)).hex().substr(0, 8);
    if (const auto same = told_of(writing, id)) return json_response(same->dump(), 201);
    Json from = Json::object();
    if (snapshot->record) {
        for (const auto& feed : snapshot->record->feeds) from[feed.origin] = feed.head.size;
    }
    const Json told{{"id", id},         {"title", title},     {"tier", name_of_tier(*tier)}, {"made", made}, {"sha256", hash},
                    {"bytes", html->size()}, {"published", nullptr}, {"entry", nullptr},          {"from", from}};
    fs::create_directories(folder_of(writing));
    write_whole(folder_of(writing) / fmt::format("{}.html", id), *html);
    write_whole(folder_of(writing) / fmt::format("{}.assessment.json", id), snapshot->assessed->json);
    write_whole(folder_of(writing) / fmt::format("{}.json", id), told.dump(1));  // last: what it names is there
    writing.log().write("report.made", {{"person", request.caller->id}, {"report", id}});
    return json_response(told.dump(), 201);
}

Response give(const Writing& writing, const std::string& id) {
    auto html = text_of_file(folder_of(writing) / fmt::format("{}.html", id));
    return html ? report_response(std::move(*html)) : no_report();
}

std::string id_of(const Request& request) {
    auto id = request.part("id");
    if (id.ends_with(".html")) id.resize(id.size() - 5);
    return id;
}

Response one_report(const Writing& writing, const Request& request) {
    const auto id = id_of(request);
    const auto told = told_of(writing, id);
    return told && may_see(request, *told) ? give(writing, id) : no_report();
}

/// To whoever has no session a report that is not published for everyone is not there at all.
Response published_report(const Writing& writing, const Request& request) {
    const auto id = id_of(request);
    const auto told = told_of(writing, id);
    if (!told || told->at("published").is_null() || told->value("tier", "") != "everyone") return no_report();
    return give(writing, id);
}

/// Requires: one at a time, so that nothing is published twice.
Response publish(const Writing& writing, const Request& request) {
    const auto id = id_of(request);
    auto told = told_of(writing, id);
    if (!told) return no_report();
    if (!told->at("published").is_null()) return json_response(told->dump(), 201);  // asked twice: published once
    const auto html = text_of_file(folder_of(writing) / fmt::format("{}.html", id));
    const auto hash = entry_named(told->value("sha256", ""));
    const auto tier = tier_named(told->value("tier", ""));
    if (!html || !hash || !tier || sha256(*html) != *hash)
        return problem(409, say("title.changed_since"), say("report_changed"));
    record::ReleaseMade release{.tier = *tier, .what = "report " + id, .sha256 = *hash};
    for (const auto& [origin, size] : (*told)["from"].items()) release.from.emplace_back(origin, size.get<std::uint64_t>());
    std::ranges::sort(release.from);
    return writing.write(request, std::move(release), [&](Json& answer, const Pen::Written& written) {
        (*told)["published"] = utc_text(writing.now());
        (*told)["entry"] = written.id.hex();
        write_whole(folder_of(writing) / fmt::format("{}.json", id), told->dump(1));
        answer = *told;
    });
}

/// For routes that need no pen.
Handler reader(const std::shared_ptr<const Writing>& writing, Response (*answer)(const Writing&, const Request&)) {
    return [writing, answer](const Request& request) { return answer(*writing, request); };
}

}  // namespace

void add_report_routes(Router& router, const std::shared_ptr<const Writing>& writing) {
    const auto publishing = std::make_shared<std::mutex>();  // shared with the copies that std::function makes
    router.get("/api/reports", reader(writing, list_reports));
    router.add({.method = Method::post, .pattern = "/api/reports", .right = Right::report_make, .handler = reader(writing, make_report)});
    router.get("/api/reports/{id}", reader(writing, one_report));
    router.add({.method = Method::post, .pattern = "/api/reports/{id}/publish", .right = Right::report_publish, .handler = writer(writing, [publishing](const Writing& held, const Request& request) {
                    const std::scoped_lock lock(*publishing);
                    return publish(held, request);
                })});
    router.get("/published/{id}", reader(writing, published_report), Right::anyone);
}

}  // namespace truce::server
