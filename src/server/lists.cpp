// SPDX-License-Identifier: Apache-2.0
#include "server/lists.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "report/geojson.h"
#include "report/licence.h"
#include "report/tables.h"
#include "server/features.h"
#include "server/rows.h"
#include "server/visible.h"

namespace truce::server {
namespace {

using report::Readers;

/// How many rows one piece of a file holds.
constexpr std::size_t rows_at_once = 500;

/// The rows that a file answers, and who will read it.
struct Export {
    SnapshotPtr snapshot;
    std::vector<std::uint32_t> rows;
    Readers readers = Readers::everyone;
};

Json facets_json(const List& list, const List::Answer& answer) {
    auto facets = Json::object();
    for (std::size_t d = 0; d < answer.facets.size(); ++d) {
        auto& counts = facets[list.dimensions()[d].name] = Json::object();
        for (std::size_t v = 0; v < answer.facets[d].size(); ++v) {
            if (answer.facets[d][v] > 0) counts[list.dimensions()[d].values[v]] = answer.facets[d][v];
        }
    }
    return facets;
}

/// A page of a list: `row` gives the JSON of one.
template <class RowJson>
Response page_of(const List& list, const List::Question& question, RowJson row) {
    const auto answer = list.answer(question);
    Json object{{"total", answer.total}};
    auto& rows = object["rows"] = Json::array();
    for (const auto number : answer.rows) rows.push_back(row(number));
    if (answer.next) object["next"] = *answer.next;
    if (question.facets == List::Question::Facets::with) object["facets"] = facets_json(list, answer);
    return json_response(dumped(object));
}

/// A file may be passed on, unless somebody asks for the mission's own.
Readers readers_of_file(const Request& request) {
    return request.query.find("own_use") == "1" ? readers_of(request) : Readers::everyone;
}

/// A file made in pieces: `write` writes the rows [first, last) of the export.
Response file_of(std::string_view content_type, std::string_view name, std::shared_ptr<const Export> data,
                 std::function<std::string(const Export&, std::size_t first, std::size_t last)> write) {
    Response response;
    response.headers.add("Content-Type", std::string(content_type));
    response.headers.add("Content-Disposition", fmt::format("attachment; filename=\"{}\"", name));
    response.body = Pieces([data = std::move(data), write = std::move(write), next = std::size_t{0}, ended = false]() mutable {
        if (ended) return std::string();
        const auto first = next;
        next = std::min(next + rows_at_once, data->rows.size());
        ended = next == data->rows.size();
        return write(*data, first, next);
    });
    return response;
}

template <class Id>
std::vector<Id> ids_of(const Export& data, std::size_t first, std::size_t last) {
    std::vector<Id> ids;
    for (auto i = first; i < last; ++i) ids.push_back(Id{data.rows[i]});
    return ids;
}

// Incidents.

/// The monitors' joint status is the record's, which changes without the numbers; so it is no filter of the
/// list itself.
std::optional<FieldError> take_joint(const Request& request, const SnapshotPtr& snapshot, List::Question& question) {
    const auto wanted = request.query.all("joint");
    if (wanted.empty()) return std::nullopt;
    std::vector<JointStatus> statuses;
    for (const auto name : wanted) {
        bool known = false;
        for (const auto status :
             {JointStatus::no_finding, JointStatus::one_sided, JointStatus::agreed, JointStatus::divergent}) {
            if (name_of(status) != name) continue;
            known = true;
            statuses.push_back(status);
        }
        if (!known) return FieldError{"joint", say("field.want", {{"want", Words("no_finding, one_sided, agreed, divergent")}})};
    }
    question.also = [snapshot, statuses, before = std::move(question.also)](std::uint32_t row) {
        if (before && !before(row)) return false;
        return std::ranges::find(statuses, joint_of(*snapshot, snapshot->assessment().incidents[row])) != statuses.end();
    };
    return std::nullopt;
}

bool may_see(const Snapshot& snapshot, const Request& request, IncidentId incident) {
    return report::may_show(snapshot.dossier(), snapshot.assessment().incidents[incident.value], readers_of(request));
}
bool may_see(const Snapshot& snapshot, const Request& request, AccountId account) {
    return report::may_show(snapshot.dossier(), snapshot.dossier().accounts[account.value], readers_of(request));
}

tl::expected<List::Question, FieldError> incident_question(const Request& request, const SnapshotPtr& snapshot) {
    auto question = snapshot->assessed->incidents.question(request.query, {"joint", "own_use"});
    if (!question) return question;
    if (readers_of(request) != Readers::own_use) {
        question->also = [snapshot](std::uint32_t row) {
            return report::may_show(snapshot->dossier(), snapshot->assessment().incidents[row], Readers::everyone);
        };
    }
    if (!request.query.find("sort")) question->order = List::Question::Order::start;
    if (const auto wrong = take_joint(request, snapshot, *question)) return tl::unexpected(*wrong);
    return question;
}

Response incidents(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto question = incident_question(request, snapshot);
    if (!question) return bad_parameter(question.error());
    return conditional(request, snapshot->version, [&] {
        return page_of(snapshot->assessed->incidents, *question,
                       [&](std::uint32_t row) { return incident_json(*snapshot, {row}); });
    });
}

Response incidents_csv(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto question = incident_question(request, snapshot);
    if (!question) return bad_parameter(question.error());
    return conditional(request, snapshot->version, [&] {
        auto data = std::make_shared<const Export>(
            Export{snapshot, snapshot->assessed->incidents.all(*question), readers_of_file(request)});
        return file_of("text/csv; charset=utf-8", "incidents.csv", data,
                       [](const Export& from, std::size_t first, std::size_t last) {
                           std::string out;
                           report::write_incident_rows_csv([&](std::string_view piece) { out += piece; },
                                                           from.snapshot->dossier(), from.snapshot->assessment(),
                                                           ids_of<IncidentId>(from, first, last),
                                                           first == 0 ? report::Header::with : report::Header::without,
                                                           from.readers);
                           return out.empty() ? std::string("\r\n") : out;
                       });
    });
}

Response incidents_geojson(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto question = incident_question(request, snapshot);
    if (!question) return bad_parameter(question.error());
    return conditional(request, snapshot->version, [&] {
        const auto readers = readers_of_file(request);
        auto rows = snapshot->assessed->incidents.all(*question);
        std::erase_if(rows, [&](std::uint32_t row) {
            return !report::may_show(snapshot->dossier(), snapshot->assessment().incidents[row], readers);
        });
        auto data = std::make_shared<const Export>(Export{snapshot, std::move(rows), readers});
        return file_of("application/geo+json", "incidents.geojson", data,
                       [](const Export& from, std::size_t first, std::size_t last) {
                           std::string out = first == 0 ? "{\"type\":\"FeatureCollection\",\"features\":[" : "";
                           for (auto i = first; i < last; ++i) {
                               out += i == 0 ? "\n" : ",\n";
                               report::append_incident_feature(out, from.snapshot->dossier(),
                                                               from.snapshot->assessment(), {from.rows[i]});
                           }
                           if (last == from.rows.size()) out += "\n]}\n";
                           return out;
                       });
    });
}

/// All incidents by column: what a list, a map and a course need of very many at once.
Response incident_columns(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto question = incident_question(request, snapshot);
    if (!question) return bad_parameter(question.error());
    return conditional(request, snapshot->version, [&] {
        const auto& dossier = snapshot->dossier();
        const auto& assessment = snapshot->assessment();
        std::map<std::string, std::vector<std::string>> dictionaries;
        std::map<std::string, std::unordered_map<std::string, std::size_t>> places;
        for (const auto* name : {"verdict", "act", "attacker", "admin1", "source", "in_focus", "side", "joint"})
            dictionaries[name];
        const auto number = [&](const std::string& dictionary, std::string_view word) {
            auto& words = dictionaries[dictionary];
            const auto [found, is_new] = places[dictionary].try_emplace(std::string(word), words.size());
            if (is_new) words.emplace_back(word);
            return found->second;
        };
        LocalClock clock(dossier.mission.zone);
        std::map<std::string, std::string> columns;
        const std::vector<std::string> names{"id",     "first", "last",     "lat",    "lon",    "km",       "within", "verdict", "killed",
                                             "act",    "attacker", "admin1", "source", "in_focus", "side",   "joint"};
        for (const auto& name : names) columns[name];
        const auto put = [&](const char* name, const auto& text) {
            auto& column = columns[name];
            if (!column.empty()) column += ',';
            column += text;
        };
        const auto whole = [](auto value) { return fmt::format("{}", value); };
        for (const auto row : snapshot->assessed->incidents.all(*question)) {
            const auto& incident = assessment.incidents[row];
            const auto& judged = assessment.judged[row];
            const auto& what = incident.what;
            std::string id;
            append_json_string(id, snapshot->assessed->incidents.id(row));
            put("id", id);
            put("first", whole(clock.day(what.when.window.first).time_since_epoch().count()));
            put("last", whole(clock.day(what.when.window.end - std::chrono::seconds{1}).time_since_epoch().count()));
            put("lat", what.place.centre ? fmt::format("{:.5f}", what.place.centre->lat) : std::string("null"));
            put("lon", what.place.centre ? fmt::format("{:.5f}", what.place.centre->lon) : std::string("null"));
            put("km", fmt::format("{:.3f}", what.place.radius.in_km()));
            put("within", what.place.within ? "1" : "0");
            put("verdict", whole(number("verdict", name_of(judged.verdict))));
            put("killed", what.toll.killed ? whole(what.toll.killed->best) : std::string("-1"));
            put("act", whole(number("act", name_of(what.act))));
            std::vector<std::size_t> attackers;
            for (const auto& candidate : what.parties.attacker.candidates)
                attackers.push_back(number("attacker", candidate.actor ? dossier.actors[*candidate.actor].id : "?"));
            if (attackers.empty()) attackers.push_back(number("attacker", "?"));
            put("attacker", fmt::format("[{}]", fmt::join(attackers, ",")));
            put("admin1", whole(number("admin1", what.place.admin1.view())));
            std::vector<std::size_t> sources;
            for (const auto account : incident.accounts) {
                const auto source =
                    number("source", dossier.sources[dossier.accounts[account.value].source.value].id);
                if (std::ranges::find(sources, source) == sources.end()) sources.push_back(source);
            }
            put("source", fmt::format("[{}]", fmt::join(sources, ",")));
            put("in_focus", whole(number("in_focus", judged.in_focus == InFocus::yes  ? "yes"
                                                     : judged.in_focus == InFocus::no ? "no"
                                                                                      : "unclear")));
            put("side", whole(number("side", name_of(judged.side))));
            put("joint", whole(number("joint", name_of(joint_of(*snapshot, incident)))));
        }
        std::string out = "{\"version\":\"" + snapshot->version + "\",\"dictionaries\":" + dumped(Json(dictionaries));
        for (const auto& name : names) out += fmt::format(",\"{}\":[{}]", name, columns[name]);
        out += '}';
        return json_response(std::move(out));
    });
}

Response incident(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto row = snapshot->assessed->incidents.row_of(request.part("id"));
    if (!row || !may_see(*snapshot, request, IncidentId{*row})) return not_found("incident", request.part("id"));
    return conditional(request, snapshot->version,
                       [&] { return json_response(dumped(incident_detail_json(*snapshot, {*row}))); });
}

// Accounts.

Response accounts(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto& list = snapshot->assessed->accounts;
    auto question = list.question(request.query);
    if (!question) return bad_parameter(question.error());
    question->also = [&](std::uint32_t row) { return may_see(*snapshot, request, AccountId{row}); };
    return conditional(request, snapshot->version, [&] {
        return page_of(list, *question, [&](std::uint32_t row) { return account_json(*snapshot, {row}); });
    });
}

Response accounts_csv(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto question = snapshot->assessed->accounts.question(request.query, {"own_use"});
    if (!question) return bad_parameter(question.error());
    return conditional(request, snapshot->version, [&] {
        auto data = std::make_shared<const Export>(
            Export{snapshot, snapshot->assessed->accounts.all(*question), readers_of_file(request)});
        return file_of("text/csv; charset=utf-8", "accounts.csv", data,
                       [](const Export& from, std::size_t first, std::size_t last) {
                           std::string out;
                           report::write_account_rows_csv([&](std::string_view piece) { out += piece; },
                                                          from.snapshot->dossier(), ids_of<AccountId>(from, first, last),
                                                          first == 0 ? report::Header::with : report::Header::without,
                                                          from.readers);
                           return out.empty() ? std::string("\r\n") : out;
                       });
    });
}

Response accounts_geojson(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto question = snapshot->assessed->accounts.question(request.query, {"own_use"});
    if (!question) return bad_parameter(question.error());
    return conditional(request, snapshot->version, [&] {
        const auto readers = readers_of_file(request);
        auto rows = snapshot->assessed->accounts.all(*question);
        std::erase_if(rows, [&](std::uint32_t row) {
            return !report::may_show(snapshot->dossier(), snapshot->dossier().accounts[row], readers);
        });
        auto data = std::make_shared<const Export>(Export{snapshot, std::move(rows), readers});
        return file_of("application/geo+json", "accounts.geojson", data,
                       [](const Export& from, std::size_t first, std::size_t last) {
                           std::string out = first == 0 ? "{\"type\":\"FeatureCollection\",\"features\":[" : "";
                           for (auto i = first; i < last; ++i) {
                               out += i == 0 ? "\n" : ",\n";
                               out += dumped(account_feature(*from.snapshot, {from.rows[i]}));
                           }
                           if (last == from.rows.size()) out += "\n]}\n";
                           return out;
                       });
    });
}

Response account(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto row = snapshot->assessed->accounts.row_of(request.part("id"));
    if (!row || !may_see(*snapshot, request, AccountId{*row})) return not_found("account", request.part("id"));
    return conditional(request, snapshot->version,
                       [&] { return json_response(dumped(account_json(*snapshot, {*row}))); });
}

// Findings.

Response findings(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto& list = snapshot->assessed->findings;
    auto question = list.question(request.query);
    if (!question) return bad_parameter(question.error());
    question->also = [&](std::uint32_t row) {
        return may_see(*snapshot, request, snapshot->assessment().findings[row].incident);
    };
    return conditional(request, snapshot->version, [&] {
        return page_of(list, *question, [&](std::uint32_t row) {
            return finding_json(*snapshot, snapshot->assessment().findings[row]);
        });
    });
}

Response findings_csv(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto question = snapshot->assessed->findings.question(request.query, {"own_use"});
    if (!question) return bad_parameter(question.error());
    return conditional(request, snapshot->version, [&] {
        auto data = std::make_shared<const Export>(
            Export{snapshot, snapshot->assessed->findings.all(*question), readers_of_file(request)});
        return file_of("text/csv; charset=utf-8", "findings.csv", data,
                       [](const Export& from, std::size_t first, std::size_t last) {
                           std::string out;
                           report::write_finding_rows_csv(
                               [&](std::string_view piece) { out += piece; }, from.snapshot->dossier(),
                               from.snapshot->assessment(), std::span(from.rows).subspan(first, last - first),
                               first == 0 ? report::Header::with : report::Header::without, from.readers);
                           return out.empty() ? std::string("\r\n") : out;
                       });
    });
}

// What a mission has few of.

template <class RowsJson>
Response all_of(const Context& context, const Request& request, RowsJson rows_json) {
    if (auto refused = unknown_parameter(request, {})) return std::move(*refused);
    const auto snapshot = context.current.get();
    return conditional(request, snapshot->version, [&] {
        Json rows = rows_json(*snapshot);
        return json_response(dumped({{"total", rows.size()}, {"rows", std::move(rows)}}));
    });
}

Json agreements_json(const Snapshot& snapshot) {
    auto rows = Json::array();
    for (std::uint32_t i = 0; i < snapshot.dossier().agreements.size(); ++i)
        rows.push_back(agreement_json(snapshot, {i}));
    return rows;
}

std::optional<AgreementId> agreement_named(const Snapshot& snapshot, std::string_view id) {
    const auto& all = snapshot.dossier().agreements;
    const auto found = std::ranges::find(all, id, &Agreement::id);
    if (found == all.end()) return std::nullopt;
    return AgreementId{static_cast<std::uint32_t>(found - all.begin())};
}

Response agreement(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto id = agreement_named(*snapshot, request.part("id"));
    if (!id) return not_found("agreement", request.part("id"));
    return conditional(request, snapshot->version,
                       [&] { return json_response(dumped(agreement_json(*snapshot, *id))); });
}

Response agreement_text(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto id = agreement_named(*snapshot, request.part("id"));
    if (!id) return not_found("agreement", request.part("id"));
    // The mission's own path of the file, as it was read; never the request's.
    std::ifstream file(context.folder / snapshot->dossier().agreements[id->value].file, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), {});
    if (!file.is_open() || text.empty()) return not_found("file", request.part("id"));
    return text_response("text/plain; charset=utf-8", std::move(text));
}

Json actors_json(const Snapshot& snapshot) {
    auto rows = Json::array();
    for (const auto& actor : snapshot.dossier().actors.actors()) rows.push_back(actor_json(snapshot.dossier(), actor));
    return rows;
}

Json areas_json(const Snapshot& snapshot) {
    auto rows = Json::array();
    for (const auto& area : snapshot.dossier().areas.areas()) {
        rows.push_back({{"id", area.id}, {"version", area.version}, {"name", json_of(area.name)}, {"bbox", box_json(area.shape)}});
    }
    return rows;
}

Response areas_geojson(const Context& context, const Request& request) {
    if (auto refused = unknown_parameter(request, {})) return std::move(*refused);
    const auto snapshot = context.current.get();
    return conditional(request, snapshot->version, [&] {
        std::string out = "{\"type\":\"FeatureCollection\",\"features\":[";
        bool first = true;
        for (const auto& area : snapshot->dossier().areas.areas()) {
            out += first ? "\n" : ",\n";
            first = false;
            out += dumped(area_feature(area));
        }
        out += "\n]}\n";
        return text_response("application/geo+json", std::move(out));
    });
}

}  // namespace

void add_lists(Router& router, const Context& context) {
    router.get("/api/incidents", answering(context, incidents));
    router.get("/api/incidents.columns", answering(context, incident_columns));
    const auto add_file = [&](std::string name, Response (*endpoint)(const Context&, const Request&)) {
        router.get("/api/" + name, answering(context, endpoint), Right::export_rows);
    };
    add_file("incidents.csv", incidents_csv);
    add_file("incidents.geojson", incidents_geojson);
    router.get("/api/incidents/{id}", answering(context, incident));
    router.get("/api/accounts", answering(context, accounts));
    add_file("accounts.csv", accounts_csv);
    add_file("accounts.geojson", accounts_geojson);
    router.get("/api/accounts/{id}", answering(context, account));
    router.get("/api/findings", answering(context, findings));
    add_file("findings.csv", findings_csv);
    router.get("/api/agreements",
               [&context](const Request& request) { return all_of(context, request, agreements_json); });
    router.get("/api/agreements/{id}", answering(context, agreement));
    router.get("/api/agreements/{id}/text", answering(context, agreement_text));
    router.get("/api/actors", [&context](const Request& request) { return all_of(context, request, actors_json); });
    router.get("/api/areas", [&context](const Request& request) { return all_of(context, request, areas_json); });
    router.get("/api/areas.geojson", answering(context, areas_geojson));
}

}  // namespace truce::server
