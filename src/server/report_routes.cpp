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

/// All that are kept, the latest first.
std::vector<Json> all_told(const Writing& writing) {
    std::vector<Json> rows;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder_of(writing), none)) {
        const auto name = entry.path().filename().string();
        if (!name.ends_with(".json") || name.ends_with(".assessment.json")) continue;
        if (auto told = told_of(writing, name.substr(0, name.size() - 5))) rows.push_back(std::move(*told));
    }
    std::ranges::sort(rows, std::ranges::greater{}, [](const Json& row) { return row.value("id", ""); });
    return rows;
}

Response list_reports(const Writing& writing, const Request& request, bool pdf) {
    auto rows = all_told(writing);
    std::erase_if(rows, [&](const Json& told) { return !may_see(request, told); });
    return json_response(Json{{"total", rows.size()}, {"pdf", pdf}, {"rows", rows}}.dump());
}

/// What a report is made of beside the present numbers.
struct Wanted {
    std::string title{};
    Tier tier = Tier::mission;
    std::vector<std::string> languages{};  ///< the mission's where there are none
    std::optional<report::Earlier> earlier{};
    std::optional<sys_days> daily{};
};

/// What an earlier report told, to compare with; nothing where there is no report of that id.
std::optional<Result<report::Earlier>> earlier_report(const Writing& writing, const std::string& id) {
    const auto text = told_of(writing, id) ? text_of_file(folder_of(writing) / fmt::format("{}.assessment.json", id)) : std::nullopt;
    if (!text) return std::nullopt;
    return report::parse_earlier(*text);
}

/// Makes a report and keeps it: what the list says of it.
Result<Json> make(const Writing& writing, Wanted wanted) {
    const auto snapshot = writing.snapshot();
    auto html = report_html(*snapshot, wanted.languages, std::move(wanted.earlier));
    if (!html) return tl::unexpected(html.error());
    const auto hash = sha256(*html).hex();
    const auto made = utc_text(writing.now());
    auto id = made;
    std::erase_if(id, [](char c) { return c == '-' || c == ':'; });
    // 20160504T000100Z-1a2b3c4d: by name in the order in which they were made. What is alike in all of these is one report.
    id += "-" + sha256(fmt::format("{}\n{}\n{}", hash, name_of_tier(wanted.tier), wanted.title)).hex().substr(0, 8);
    if (auto same = told_of(writing, id)) return *same;
    Json from = Json::object();
    if (snapshot->record) {
        for (const auto& feed : snapshot->record->feeds) from[feed.origin] = feed.head.size;
    }
    const Json daily = wanted.daily ? Json(day_text(*wanted.daily)) : Json(nullptr);
    Json told{{"id", id},           {"title", wanted.title},   {"tier", name_of_tier(wanted.tier)}, {"made", made}, {"daily", daily},
              {"sha256", hash},     {"bytes", html->size()},   {"published", nullptr},              {"entry", nullptr}, {"from", from}};
    fs::create_directories(folder_of(writing));
    write_whole(folder_of(writing) / fmt::format("{}.html", id), *html);
    write_whole(folder_of(writing) / fmt::format("{}.assessment.json", id), snapshot->assessed->json);
    write_whole(folder_of(writing) / fmt::format("{}.json", id), told.dump(1));  // last: what it names is there
    return told;
}

Response make_report(const Writing& writing, const Request& request) {
    auto form = Form::of(request, {"title", "tier", "languages", "previous"});
    if (!form) return form.error();
    Wanted wanted{.title = form->text_or_none("title", 200)};
    const auto tier = form->word("tier", tier_named, "parties, mission or everyone");
    if (!tier && !form->has("tier")) form->complain("tier", say("field.tier"));
    if (form->has("languages")) wanted.languages = form->texts("languages", 1, 8);
    for (const auto& language : wanted.languages) {
        if (std::ranges::none_of(assets::catalogues(), [&](const auto& one) { return one.language == language; }))
            form->complain("languages", say("field.no_language", {{"name", language}}));
    }
    if (const auto previous = form->text_or_none("previous", 40); !previous.empty()) {
        auto earlier = earlier_report(writing, previous);
        if (!earlier) {
            form->complain("previous", say("field.no_report"));
        } else if (*earlier) {
            wanted.earlier = std::move(**earlier);
        } else {
            form->complain("previous", earlier->error().message);
        }
    }
    if (auto wrong = form->wrong()) return *wrong;
    wanted.tier = *tier;
    const auto told = make(writing, std::move(wanted));
    if (!told) return problem(500, say("title.report_impossible"), told.error().text());
    writing.log().write("report.made", {{"person", request.caller->id}, {"report", told->value("id", "")}});
    return json_response(told->dump(), 201);
}

Response give(const Writing& writing, const std::string& id) {
    auto html = text_of_file(folder_of(writing) / fmt::format("{}.html", id));
    return html ? report_response(std::move(*html)) : no_report();
}

constexpr std::string_view pdf_ending = ".pdf";

std::string id_of(const Request& request) {
    auto id = request.part("id");
    for (const std::string_view ending : {std::string_view(".html"), pdf_ending}) {
        if (id.ends_with(ending)) return id.substr(0, id.size() - ending.size());
    }
    return id;
}

Response pdf_response(std::string pdf) { return text_response("application/pdf", std::move(pdf)); }

/// Makes PDF files of reports, one at a time: a browser takes as much memory as the server.
class Press {
public:
    explicit Press(std::optional<PdfProgram> program) : program_(std::move(program)) {}
    [[nodiscard]] bool there() const { return program_.has_value(); }

    /// The kept PDF of a report, made first where there is none.
    Response print(const Writing& writing, const std::string& id) {
        const auto kept = folder_of(writing) / fmt::format("{}.pdf", id);
        if (auto pdf = text_of_file(kept)) return pdf_response(std::move(*pdf));
        if (!program_) {
            return problem(501, say("title.no_pdf_program"), say("no_pdf_program"));
        }
        const std::unique_lock lock(busy_, std::try_to_lock);
        if (!lock) {
            auto later = problem(503, say("title.pdf_busy"), say("pdf_busy"));
            later.headers.add("Retry-After", "5");
            return later;
        }
        const auto html = text_of_file(folder_of(writing) / fmt::format("{}.html", id));
        if (!html) return no_report();
        auto pdf = pdf_of(*program_, *html, patience);
        if (!pdf) {
            writing.log().write("pdf.failed", {{"report", id}, {"why", pdf.error().text()}});
            return problem(500, say("title.pdf_impossible"), say("pdf_impossible"));
        }
        write_whole(kept, *pdf);
        return pdf_response(std::move(*pdf));
    }

private:
    static constexpr std::chrono::seconds patience{60};
    std::optional<PdfProgram> program_;
    std::mutex busy_;
};

Response one_report(const Writing& writing, const Request& request, Press& press) {
    const auto id = id_of(request);
    const auto told = told_of(writing, id);
    if (!told || !may_see(request, *told)) return no_report();
    return request.part("id").ends_with(pdf_ending) ? press.print(writing, id) : give(writing, id);
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

void add_report_routes(Router& router, const std::shared_ptr<const Writing>& writing, std::optional<PdfProgram> program) {
    const auto press = std::make_shared<Press>(std::move(program));  // shared by the routes
    const auto publishing = std::make_shared<std::mutex>();  // shared with the copies that std::function makes
    router.get("/api/reports", [writing, press](const Request& request) { return list_reports(*writing, request, press->there()); });
    router.add({.method = Method::post, .pattern = "/api/reports", .right = Right::report_make, .handler = reader(writing, make_report)});
    router.get("/api/reports/{id}", [writing, press](const Request& request) { return one_report(*writing, request, *press); });
    router.add({.method = Method::post, .pattern = "/api/reports/{id}/publish", .right = Right::report_publish, .handler = writer(writing, [publishing](const Writing& held, const Request& request) {
                    const std::scoped_lock lock(*publishing);
                    return publish(held, request);
                })});
    router.get("/published/{id}", reader(writing, published_report), Right::anyone);
}

std::optional<sys_days> day_due(const Zone& zone, std::chrono::minutes cut_off, sys_seconds now) {
    const auto today = zone.local_day(now);
    const auto minutes = static_cast<int>(cut_off.count());
    const auto due = zone.instants({.day = today, .hour = minutes / 60, .minute = minutes % 60});
    return now >= due.first ? std::optional(today) : std::nullopt;
}

Result<void> make_daily_report(const Writing& writing, sys_days day) {
    Wanted wanted{.daily = day};
    const auto name = day_text(day);
    for (const auto& told : all_told(writing)) {
        const auto other = told.contains("daily") && told.at("daily").is_string() ? told.at("daily").get<std::string>() : std::string();
        if (other == name) return {};
        if (other.empty() || other > name || wanted.earlier) continue;
        if (auto earlier = earlier_report(writing, told.value("id", "")); earlier && *earlier) wanted.earlier = std::move(**earlier);
    }
    const auto told = make(writing, std::move(wanted));
    if (!told) return tl::unexpected(told.error());
    writing.log().write("report.made", {{"daily", name}, {"report", told->value("id", "")}});
    return {};
}

}  // namespace truce::server
