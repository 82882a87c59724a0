// SPDX-License-Identifier: Apache-2.0
#include "server/account_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <unordered_map>

#include "base/text.h"
#include "server/source_rows.h"
#include "sources/accounts.h"
#include "sources/mapping.h"

namespace truce::server {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t longest_told = 4000;
constexpr std::size_t longest_hidden = 400;
constexpr std::size_t shortest_key = 16;
constexpr std::size_t longest_key = 64;
constexpr std::int64_t most_people = 1'000'000;
constexpr double most_km = 2000;

const sources::Mapping& mapping() {
    static const auto read = sources::read_mapping(filed_mapping(), "reports.mapping.yaml");
    return read.mapping.value();
}

/// Which field of the request a column of the row comes from.
std::string field_of(std::string_view column) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 16> fields{{{"date", "when.start"},
                                                                                    {"time", "when.start"},
                                                                                    {"date_end", "when.end"},
                                                                                    {"time_end", "when.end"},
                                                                                    {"precision", "when.precision"},
                                                                                    {"place", "place.name"},
                                                                                    {"lat", "place.lat"},
                                                                                    {"lon", "place.lon"},
                                                                                    {"radius_km", "place.radius_km"},
                                                                                    {"killed_low", "killed.low"},
                                                                                    {"killed_best", "killed.best"},
                                                                                    {"killed_high", "killed.high"},
                                                                                    {"injured_low", "injured.low"},
                                                                                    {"injured_best", "injured.best"},
                                                                                    {"injured_high", "injured.high"},
                                                                                    {"what", "what"}}};
    for (const auto& [name, field] : fields) {
        if (name == column) return std::string(field);
    }
    return std::string(column);
}

void put(NamedCells& row, std::string column, std::string value) {
    if (!value.empty()) row.emplace_back(std::move(column), std::move(value));
}

/// `2016-05-04T00:30` as a day and a clock.
void put_time(NamedCells& row, const std::string& suffix, const std::string& text) {
    const auto t = text.find_first_of("T ");
    put(row, "date" + suffix, text.substr(0, t));
    if (t != std::string::npos) put(row, "time" + suffix, text.substr(t + 1));
}

void put_counts(Form& form, NamedCells& row, const std::string& name) {
    if (!form.has(name)) return;
    auto counts = form.part(name, {"low", "best", "high"});
    std::optional<std::int64_t> before;
    for (const char* which : {"low", "best", "high"}) {
        const auto count = counts.whole(which, 0, most_people);
        if (!count) continue;
        if (before && *count < *before) counts.complain(which, say("field.less_than_before", {{"count", *count}, {"before", *before}}));
        before = count;
        put(row, name + "_" + which, std::to_string(*count));
    }
}

/// What was filed, as a row with all that it says, and the classes of columns that are not for everyone.
struct Filed {
    NamedCells row;
    std::vector<std::pair<std::string, record::FieldClass>> classes;
};

tl::expected<Filed, Response> filed_in(const Request& request, const std::string& key) {
    auto form = Form::of(request, {"when", "place", "act", "attacker", "target", "what", "killed", "injured", "witness", "exact_place"});
    if (!form) return tl::unexpected(form.error());
    Filed filed;
    auto& row = filed.row;
    put(row, "key", key);
    if (!form->has("when")) form->complain("when", say("field.missing"));
    auto when = form->part("when", {"start", "end", "precision"});
    if (form->has("when")) put_time(row, "", when.text("start", 40));
    put_time(row, "_end", when.text_or_none("end", 40));
    put(row, "precision", when.text_or_none("precision", 20));
    if (form->has("place")) {
        auto place = form->part("place", {"lat", "lon", "radius_km", "name"});
        const auto lat = place.number("lat", -90, 90);
        const auto lon = place.number("lon", -180, 180);
        if (lat.has_value() != lon.has_value()) place.complain(lat ? "lon" : "lat", say("field.point_needs_both"));
        if (lat && lon) {
            put(row, "lat", fmt::format("{}", *lat));
            put(row, "lon", fmt::format("{}", *lon));
        }
        if (const auto radius = place.number("radius_km", 0, most_km)) put(row, "radius_km", fmt::format("{}", *radius));
        put(row, "place", place.text_or_none("name"));
    }
    put(row, "act", form->text_or_none("act", 80));
    put(row, "attacker", form->text_or_none("attacker"));
    put(row, "target", form->text_or_none("target"));
    put(row, "what", form->text("what", longest_told));
    put_counts(*form, row, "killed");
    put_counts(*form, row, "injured");
    for (const char* hidden : {"witness", "exact_place"}) {
        put(row, hidden, form->text_or_none(hidden, longest_hidden));
        filed.classes.emplace_back(hidden, record::FieldClass::protected_value);
    }
    if (auto wrong = form->wrong()) return tl::unexpected(*wrong);
    std::ranges::sort(row);
    return filed;
}

/// What the reader finds wrong with the row, by field; nothing where it makes an account of it.
std::optional<Response> fault_of(const Dossier& dossier, const NamedCells& row) {
    NamedCells open;
    for (const auto& cell : row) {
        if (cell.first != "witness" && cell.first != "exact_place") open.push_back(cell);
    }
    const auto table = table_of(std::span(&open, 1));
    const sources::Context context{dossier.actors, dossier.areas, dossier.mission.zone, 1};
    // Columns that were not filled in are missing from the table; the mapping asks for those that are there.
    auto asked = mapping();
    std::erase_if(asked.fields, [&](const auto& field) {
        return !field.second.columns.empty() && std::ranges::none_of(open, [&](const auto& cell) { return cell.first == field.second.columns.front(); });
    });
    const auto read = sources::read_accounts(table, "this account", context, &asked);
    if (!read) return wrong_field({"when", read.error().message});
    if (read->rejects.empty()) return std::nullopt;
    const auto& reject = read->rejects.front();
    return wrong_field({field_of(reject.column_name), say("field.found_want", {{"found", shown(reject.found)}, {"want", Words(reject.expected)}})});
}

/// The accounts that were filed here, by the key that their client gave them.
class FiledAccounts {
public:
    struct Known {
        record::EntryId entry;
        std::uint64_t seq = 0;
        Sha256 said;  ///< hash of the whole row
    };

    /// Does `file` for a key unless it was done; callers with one key wait for one another.
    Response once(const Writing& writing, const std::string& key, const NamedCells& row, const std::function<Response(Known&)>& file) {
        const auto said = hash_of(row);
        std::unique_lock lock(mutex_);
        read_record(writing);
        turn_.wait(lock, [&] { return !filing_.contains(key); });
        if (const auto found = known_.find(key); found != known_.end()) {
            if (found->second.said != said) return conflict();
            return answer(writing, key, found->second, 201);
        }
        filing_.insert(key);
        lock.unlock();
        Known known{.entry = {}, .seq = 0, .said = said};
        try {
            auto response = file(known);
            lock.lock();
            if (response.status == 201) known_.emplace(key, known);
            done(key);
            return response.status == 201 ? answer(writing, key, known, 201) : std::move(response);
        } catch (...) {
            if (!lock.owns_lock()) lock.lock();
            done(key);
            throw;
        }
    }

private:
    static Sha256 hash_of(const NamedCells& row) { return sha256(table_of(std::span(&row, 1))); }

    static Response conflict() {
        return problem(422, say("title.another_account"), say("another_account"));
    }

    static Response answer(const Writing& writing, const std::string& key, const Known& known, int status) {
        const auto id = fmt::format("{}:{}", filed_source, key);
        Json json{{"id", id}, {"account", known.entry.hex()}, {"entry", {{"feed", writing.pen().origin()}, {"seq", known.seq}}}};
        auto response = json_response(json.dump(), status);
        response.headers.add("Location", "/api/accounts/" + percent_encoded(id));
        return response;
    }

    void done(const std::string& key) {
        filing_.erase(key);
        turn_.notify_all();
    }

    /// Takes in what the record had before this server began, once.
    void read_record(const Writing& writing) {
        if (read_) return;
        const auto snapshot = writing.snapshot();
        if (snapshot->record) {
            const auto& view = *snapshot->record;
            for (const auto& account : view.state.accounts) {
                if (account.by != writing.pen().origin() || account.source != filed_source) continue;
                const auto key = std::ranges::find(account.row, "key", &std::pair<std::string, std::string>::first);
                if (key == account.row.end()) continue;
                std::vector<record::Disclosure> opened;
                for (const auto& digest : account.hidden) {
                    auto value = writing.with_store([&](const record::DisclosureStore& store) { return store.open(digest, writing.pen().secret()); });
                    if (value) opened.push_back(*std::move(value));
                }
                const record::AccountReceived received{.source = account.source, .row = account.row, .hidden = account.hidden};
                const auto at = view.by_entry.find(account.entry);
                known_.emplace(key->second, Known{.entry = account.entry,
                                                  .seq = at == view.by_entry.end() ? 0 : view.merged.entries[at->second].seq,
                                                  .said = hash_of(record::row_with(received, opened))});
            }
        }
        read_ = true;
    }

    std::mutex mutex_;
    std::condition_variable turn_;
    std::set<std::string> filing_;
    std::unordered_map<std::string, Known> known_;
    bool read_ = false;
};

Response file_account(const Writing& writing, FiledAccounts& filed_accounts, const Request& request) {
    const std::string key(trimmed(request.headers.find("Idempotency-Key").value_or("")));
    const bool plain = std::ranges::all_of(key, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    });
    if (key.size() < shortest_key || key.size() > longest_key || !plain) {
        return problem(422, say("title.no_idempotency_key"), say("idempotency_key", {{"least", shortest_key}, {"most", longest_key}}));
    }
    auto filed = filed_in(request, key);
    if (!filed) return filed.error();
    if (auto fault = fault_of(writing.snapshot()->dossier(), filed->row)) return *fault;
    return filed_accounts.once(writing, key, filed->row, [&](FiledAccounts::Known& known) {
        record::AccountReceived account{.source = std::string(filed_source), .row = filed->row};
        account.raw = sha256(table_of(std::span(&filed->row, 1)));
        auto withheld = record::withhold(std::move(account), filed->classes);
        if (!withheld.values.empty()) {
            // The values first: an entry that commits to a value nobody has would be worse than a value that nothing commits to.
            const std::vector readers{writing.pen().secret().keys()};
            writing.with_store([&](record::DisclosureStore& store) { store.keep(withheld.values, readers); });
        }
        return writing.write(
            request, std::move(withheld.account),
            [&](Json&, const Pen::Written& written) {
                known.entry = written.id;
                known.seq = written.seq;
            },
            Pen::Until::durable);
    });
}

}  // namespace

bool files_account(const Request& request) {
    return request.method == Method::post && request.path == std::vector<std::string>{"api", "accounts"};
}

void add_account_routes(Router& router, const std::shared_ptr<const Writing>& writing) {
    const auto filed = std::make_shared<FiledAccounts>();  // shared by the handler's copies
    router.add({.method = Method::post,
                .pattern = "/api/accounts",
                .right = Right::account_write,
                .handler = writer(writing, [filed](const Writing& with, const Request& request) { return file_account(with, *filed, request); })});
}

}  // namespace truce::server
