// SPDX-License-Identifier: Apache-2.0
#include "server/writing.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/mapped_file.h"
#include "base/text.h"
#include "record/storage.h"
#include "report/licence.h"
#include "server/source_rows.h"

namespace truce::server {

Writing::Writing(Current& current, Pen* pen, std::filesystem::path folder, Log& log, std::function<sys_seconds()> clock)
    : current_(current), pen_(pen), folder_(std::move(folder)), log_(log), clock_(std::move(clock)) {}

Response Writing::cannot_write() const {
    return problem(503, say("title.read_only"), say("read_only"));
}

Response Writing::write(const Request& request, record::Body body, const Then& then, Pen::Until until) const {
    if (!can_write()) return cannot_write();
    std::vector<record::Body> bodies;
    bodies.push_back(std::move(body));
    try {
        const auto written = pen_->write(request.caller->name, std::move(bodies), until);
        if (!written) return problem(422, say("title.no_entry"), say("no_entry", {{"why", Words(written.error().text())}}));
        const auto& one = written->front();
        nlohmann::ordered_json answer{{"id", one.id.hex()}, {"entry", {{"feed", one.feed}, {"seq", one.seq}}}};
        if (then) then(answer, one);
        return json_response(answer.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace), 201);
    } catch (const record::StorageFailure& failed) {
        // and so whoever asked knows that nothing was acknowledged, and can try again
        log_.write("record.disk_failed");
        auto answer = problem(503, say("title.disk_failed"), say("disk_failed"));
        answer.headers.add("Retry-After", "5");
        return answer;
    }
}

std::optional<record::EntryId> entry_named(std::string_view text) {
    record::EntryId id;
    if (text.size() != 2 * id.bytes.size()) return std::nullopt;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        const auto* const first = text.data() + 2 * i;
        const auto read = std::from_chars(first, first + 2, id.bytes[i], 16);
        if (read.ec != std::errc{} || read.ptr != first + 2) return std::nullopt;
    }
    return id;
}

namespace {

/// The row of a file of the mission as an account to be received.
record::AccountReceived received_of(const std::filesystem::path& folder, const Dossier& dossier, const Account& account) {
    const auto& source = dossier.sources[account.source.value];
    record::AccountReceived received{.source = source.id};
    received.raw = account.raw;
    // A table without a header is read by a mapping, which is not known here: its columns have no names.
    const bool no_header = source.format == "table" && std::ranges::any_of(dossier.accounts, [&](const Account& other) {
        return other.source == account.source && other.line == 1;
    });
    if (source.republish == Republish::rows && !no_header) {
        if (const auto file = map_file((folder / source.file).string())) {
            auto rows = sources::cells_by_hash(file->text(), {account.raw});
            if (const auto found = rows.find(account.raw); found != rows.end()) received.row = std::move(found->second);
        }
    }
    if (received.row.empty()) received.row = {{"key", account.key.empty() ? fmt::format("row {}", account.row) : account.key}};
    return received;
}

}  // namespace

tl::expected<record::EntryId, Response> Writing::account_meant(const Request& request, const std::string& field,
                                                               const std::string& id) const {
    if (!can_write()) return tl::unexpected(cannot_write());
    const std::lock_guard lock(receiving_);
    const auto now_snapshot = snapshot();
    if (!now_snapshot->record) return tl::unexpected(cannot_write());
    const auto& view = *now_snapshot->record;
    if (const auto entry = entry_named(id)) {
        if (view.state.account(*entry) != nullptr) return *entry;
        return tl::unexpected(wrong_field({field, say("field.entry_not_held", {{"entry", id.substr(0, 12)}})}));
    }
    const auto& assessed = *now_snapshot->assessed;
    const auto& dossier = now_snapshot->dossier();
    std::vector<AccountId> meant;
    if (const auto row = assessed.incidents.row_of(id)) {
        for (const auto account : now_snapshot->assessment().incidents[*row].accounts) meant.push_back(account);
    } else if (const auto account_row = assessed.accounts.row_of(id)) {
        meant.push_back(AccountId{*account_row});
    } else {
        return tl::unexpected(wrong_field({field, say("field.no_incident", {{"id", shown(id)}})}));
    }
    for (const AccountId account : meant) {
        const auto held = view.by_raw.find(dossier.accounts[account.value].raw);
        if (held != view.by_raw.end()) return view.state.accounts[held->second].entry;
    }
    std::vector<record::Body> bodies;
    bodies.emplace_back(received_of(folder_, dossier, dossier.accounts[meant.front().value]));
    const auto written = pen_->write(request.caller->name, std::move(bodies), Pen::Until::published);
    if (!written)
        return tl::unexpected(problem(422, say("title.no_entry"), say("no_entry", {{"why", Words(written.error().text())}})));
    return written->front().id;
}

Handler writer(const std::shared_ptr<const Writing>& writing, std::function<Response(const Writing&, const Request&)> answer) {
    return [writing, answer = std::move(answer)](const Request& request) {
        return writing->can_write() ? answer(*writing, request) : writing->cannot_write();
    };
}

}  // namespace truce::server
