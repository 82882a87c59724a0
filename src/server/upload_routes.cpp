// SPDX-License-Identifier: Apache-2.0
#include "server/upload_routes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "base/csv.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "record/storage.h"
#include "server/context.h"
#include "server/passwords.h"
#include "server/source_rows.h"
#include "sources/accounts.h"
#include "sources/mapping.h"

namespace truce::server {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr std::uint64_t longest_upload = std::uint64_t{128} << 20U;
constexpr std::size_t longest_mapping = std::size_t{1} << 20U;
constexpr std::size_t longest_name = 120;
constexpr std::size_t longest_row = 60'000;  // an entry has at most 65,535 bytes
constexpr std::size_t rows_at_once = 500;
constexpr std::size_t most_errors_told = 100;
constexpr std::size_t most_kept = 200;

/// One file that came in, and what became of it.
struct Upload {
    std::string id;
    std::string name;
    std::string format;
    std::string state;
    std::uint64_t rows = 0;
    std::uint64_t accounts = 0;  ///< new ones
    std::uint64_t rejects = 0;
    std::uint64_t already_there = 0;
    std::uint64_t written = 0;
    std::vector<Reject> errors{};
    std::string by{};  ///< the person's id
    std::string rejects_csv{};
};

Json json_of(const Upload& upload) {
    Json errors = Json::array();
    for (const auto& error : upload.errors) {
        errors.push_back({{"line", error.line},
                          {"column", error.column_name},
                          {"message", fmt::format("found '{}', want {}", shown(error.found), error.expected)}});
    }
    return {{"id", upload.id},
            {"name", upload.name},
            {"format", upload.format},
            {"state", upload.state},
            {"rows", upload.rows},
            {"accounts", upload.accounts},
            {"rejects", upload.rejects},
            {"already_there", upload.already_there},
            {"errors", std::move(errors)}};
}
std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Response refused(int status, std::string_view field, Words detail) {
    return problem(status, say("title.file_refused"), detail, {{std::string(field), detail}});
}

/// What a file is by its first bytes, where that is nothing that a reader reads.
std::optional<Words> no_text(std::string_view bytes) {
    using namespace std::string_view_literals;
    const std::pair<std::string_view, Words> marks[] = {
        {"PK\x03\x04"sv, say("upload.kind.zip")},
        {"\x1f\x8b"sv, say("upload.kind.packed", {{"by", "gzip"}})},
        {"BZh"sv, say("upload.kind.packed", {{"by", "bzip2"}})},
        {"\xfd\x37zXZ"sv, say("upload.kind.packed", {{"by", "xz"}})},
        {"\x28\xb5\x2f\xfd"sv, say("upload.kind.packed", {{"by", "zstd"}})},
        {"7z\xbc\xaf"sv, say("upload.kind.packed", {{"by", "7-Zip"}})},
        {"Rar!"sv, say("upload.kind.packed", {{"by", "RAR"}})},
        {"%PDF"sv, say("upload.kind.pdf")},
        {"\x89PNG"sv, say("upload.kind.picture")},
        {"\xff\xd8\xff"sv, say("upload.kind.picture")},
        {"GIF8"sv, say("upload.kind.picture")},
        {"\x7f" "ELF"sv, say("upload.kind.program")},
        {"MZ"sv, say("upload.kind.program")},
        {"SQLite format 3"sv, say("upload.kind.database")},
        {"\xd0\xcf\x11\xe0"sv, say("upload.kind.office")}};
    for (const auto& [mark, what] : marks) {
        if (bytes.starts_with(mark)) return what;
    }
    if (bytes.find('\0') != std::string_view::npos) return say("upload.kind.binary");
    return std::nullopt;
}

/// The name as it is shown and kept; nothing where it is none.
std::optional<std::string> plain_name(std::string_view name) {
    if (name.empty() || name.size() > longest_name || name.front() == '.') return std::nullopt;
    const bool plain = std::ranges::none_of(name, [](char c) {
        return c == '/' || c == '\\' || c == ':' || static_cast<unsigned char>(c) < ' ' || c == 0x7f;
    });
    if (!plain || !is_utf8(name)) return std::nullopt;
    return std::string(name);
}

/// Whole files in a folder that only its owner reads, on the disk when this returns.
void keep(const fs::path& folder, const std::vector<std::pair<std::string, std::string_view>>& files) {
    fs::create_directories(folder);
    fs::permissions(folder.parent_path(), fs::perms::owner_all);
    fs::permissions(folder, fs::perms::owner_all);
    record::Disk disk(folder, record::Disk::Access::write);
    std::vector<record::NamedBytes> named;
    for (const auto& [name, bytes] : files) named.push_back({name, std::string(bytes)});
    record::DurableWriter(disk).write(named);
}

/// What was read of a file, and which of its rows are new.
struct Taken {
    Upload upload;
    std::string source;
    std::vector<record::Body> fresh;
};

/// The mapping of the mission with that name; an answer where there is none, or it is wrong.
tl::expected<std::optional<sources::Mapping>, Response> mapping_asked(const Writing& writing, const Request& request) {
    const auto name = request.query.find("mapping");
    if (!name) return std::optional<sources::Mapping>();
    const auto plain = plain_name(*name);
    const auto path = writing.folder() / "accounts" / plain.value_or("");
    if (!plain || !fs::is_regular_file(fs::symlink_status(path)))
        return tl::unexpected(refused(422, "mapping", say("upload.no_mapping", {{"name", shown(*name)}})));
    const auto file = map_file(path.string());
    if (!file || file->text().size() > longest_mapping)
        return tl::unexpected(refused(422, "mapping", say("upload.mapping_unreadable")));
    auto read = sources::read_mapping(file->text(), *plain);
    if (!read.mapping) return tl::unexpected(refused(422, "mapping", say("upload.mapping_wrong", {{"why", Words(read.errors.front().text())}})));
    return std::move(read.mapping);
}

tl::expected<Taken, Response> take(const Writing& writing, const Request& request, const std::string& name) {
    const std::string_view text = request.body;
    if (text.empty()) return tl::unexpected(refused(422, "body", say("upload.empty")));
    if (const auto what = no_text(text)) return tl::unexpected(refused(422, "body", say("upload.is", {{"what", *what}})));
    if (const auto fault = first_utf8_fault(text)) {
        return tl::unexpected(refused(422, "body", say("upload.not_utf8", {{"at", *fault + 1}})));
    }
    const auto mapping = mapping_asked(writing, request);
    if (!mapping) return tl::unexpected(mapping.error());
    const auto snapshot = writing.snapshot();
    const auto& dossier = snapshot->dossier();
    const sources::Context context{dossier.actors, dossier.areas, dossier.mission.zone, 1};
    auto read = sources::read_accounts(text, name, context, *mapping ? &**mapping : nullptr);
    if (!read) return tl::unexpected(refused(422, "body", read.error().text()));

    Taken taken;
    auto& upload = taken.upload;
    upload = {.id = fresh_id("u"), .name = name, .format = read->source.format, .state = "dry_run", .rows = read->source.rows, .by = request.caller->id};
    taken.source = read->source.id.empty() ? read->source.format : read->source.id;
    std::set<Sha256> wanted;
    for (const auto& account : read->accounts) {
        const bool there = (snapshot->record && snapshot->record->by_raw.contains(account.raw)) ||
                           snapshot->assessed->by_raw.contains(account.raw);
        if (there || !wanted.insert(account.raw).second) ++upload.already_there;
    }
    auto rows = sources::cells_by_hash(text, wanted, *mapping ? &**mapping : nullptr);
    std::set<Sha256> done;
    for (const auto& account : read->accounts) {
        if (!wanted.contains(account.raw) || !done.insert(account.raw).second) continue;
        const auto found = rows.find(account.raw);
        std::size_t size = 0;
        if (found != rows.end()) {
            for (const auto& [column, value] : found->second) size += column.size() + 2 * value.size() + 8;
        }
        if (found == rows.end() || size > longest_row) {
            read->rejects.push_back({.source = {},
                                     .row = account.row,
                                     .line = account.line,
                                     .column = 0,
                                     .column_name = {},
                                     .found = found == rows.end() ? "a row that cannot be told by columns" : fmt::format("a row of {} bytes", size),
                                     .expected = fmt::format("a row of {} bytes or fewer for the record", longest_row),
                                     .raw = {}});
            continue;
        }
        taken.fresh.emplace_back(record::AccountReceived{.source = taken.source, .row = std::move(found->second), .hidden = {}, .raw = account.raw});
    }
    upload.accounts = taken.fresh.size();
    upload.rejects = read->rejects.size();
    upload.errors.assign(read->rejects.begin(), read->rejects.begin() + static_cast<std::ptrdiff_t>(std::min(read->rejects.size(), most_errors_told)));
    if (!read->rejects.empty()) upload.rejects_csv = sources::rejects_csv(*read, text, *mapping ? &**mapping : nullptr);
    return taken;
}

/// The uploads of this run of the server; the files of all are in `uploads/`.
class Uploads {
public:
    explicit Uploads(std::function<void(const std::string&)> progress) : progress_(std::move(progress)) {}

    Response upload(const Writing& writing, const Request& request) {
        for (const auto& [parameter, value] : request.query.pairs()) {
            if (parameter != "name" && parameter != "dry_run" && parameter != "mapping")
                return bad_parameter({parameter, say("field.no_parameter", {{"hint", hint(parameter, {"name", "dry_run", "mapping"})}})});
        }
        const auto name = plain_name(request.query.find("name").value_or(""));
        if (!name) return refused(422, "name", say("upload.name", {{"most", longest_name}}));
        auto taken = take(writing, request, *name);
        if (!taken) {
            writing.log().write("upload.refused", {{"person", request.caller->id}});
            return taken.error();
        }
        auto& upload = taken->upload;
        if (request.query.find("dry_run") == "1") return json_response(dumped(json_of(upload)));
        try {
            if (!taken->fresh.empty()) write(writing, request, *taken);
        } catch (const record::StorageFailure&) {
            // and so whoever sent the file knows that it is not all there, and can send it again
            writing.log().write("record.disk_failed");
            return problem(503, say("title.disk_failed"), say("upload.disk_failed", {{"written", upload.written}, {"all", upload.accounts}}));
        }
        upload.state = "done";
        const int status = upload.written > 0 ? 201 : 200;
        remember(upload);
        writing.log().write("upload.done", {{"person", request.caller->id}, {"rows", fmt::format("{}", upload.rows)}, {"accounts", fmt::format("{}", upload.accounts)}});
        auto response = json_response(dumped(json_of(upload)), status);
        response.headers.add("Location", "/api/uploads/" + upload.id);
        return response;
    }

    Response status(const Request& request) {
        const std::lock_guard lock(mutex_);
        const auto* upload = find(request.part("id"));
        return upload == nullptr ? gone() : json_response(dumped(json_of(*upload)));
    }

    Response rejects(const Request& request) {
        const std::lock_guard lock(mutex_);
        const auto* upload = find(request.part("id"));
        if (upload == nullptr) return gone();
        auto response = text_response("text/csv; charset=utf-8", upload->rejects_csv);
        response.headers.add("Content-Disposition", "attachment; filename=\"rejects.csv\"");
        return response;
    }

private:
    static Response gone() { return problem(404, say("title.not_found"), say("upload.no_upload")); }

    void write(const Writing& writing, const Request& request, Taken& taken) {
        auto& upload = taken.upload;
        upload.state = "reading";
        keep(writing.folder() / "uploads" / upload.id, {{"received", request.body}, {"rejects.csv", upload.rejects_csv}});
        const auto& by = request.caller->name;
        const auto send = [&](std::vector<record::Body> bodies, Pen::Until until) {
            const auto written = writing.pen().write(by, std::move(bodies), until);
            if (!written) throw std::runtime_error("a row makes no entry: " + written.error().text());
        };
        std::vector<record::Body> collected;
        collected.emplace_back(record::EvidenceHandled{
            .sha256 = sha256(request.body), .step = record::Custody::collected, .by = by, .to = {}, .why = "uploaded as " + upload.name});
        send(std::move(collected), Pen::Until::durable);
        for (std::size_t first = 0; first < taken.fresh.size(); first += rows_at_once) {
            const auto end = std::min(first + rows_at_once, taken.fresh.size());
            const auto at = [&](std::size_t place) { return std::make_move_iterator(taken.fresh.begin() + static_cast<std::ptrdiff_t>(place)); };
            send({at(first), at(end)}, end == taken.fresh.size() ? Pen::Until::published : Pen::Until::durable);
            upload.written = end;
            if (progress_) {
                progress_(dumped({{"id", upload.id}, {"rows", upload.written}, {"of", upload.accounts}, {"rejects", upload.rejects}, {"state", "reading"}}));
            }
        }
    }

    void remember(const Upload& upload) {
        const std::lock_guard lock(mutex_);
        uploads_.push_back(upload);
        if (uploads_.size() > most_kept) uploads_.pop_front();
    }
    const Upload* find(const std::string& id) const {
        const auto found = std::ranges::find(uploads_, id, &Upload::id);
        return found == uploads_.end() ? nullptr : &*found;
    }

    std::function<void(const std::string&)> progress_;
    std::mutex mutex_;
    std::deque<Upload> uploads_;
};

}  // namespace

void add_upload_routes(Router& router, const std::shared_ptr<const Writing>& writing, std::function<void(const std::string&)> progress) {
    const auto uploads = std::make_shared<Uploads>(std::move(progress));  // shared by the handlers
    router.add({.method = Method::post,
                .pattern = "/api/uploads",
                .right = Right::upload,
                .handler = writer(writing, [uploads](const Writing& with, const Request& request) { return uploads->upload(with, request); }),
                .body_bytes = longest_upload});
    router.add({.method = Method::get, .pattern = "/api/uploads/{id}", .right = Right::upload, .handler = [uploads](const Request& request) { return uploads->status(request); }});
    router.add({.method = Method::get, .pattern = "/api/uploads/{id}/rejects.csv", .right = Right::upload, .handler = [uploads](const Request& request) { return uploads->rejects(request); }});
}

}  // namespace truce::server
