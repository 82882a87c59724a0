// SPDX-License-Identifier: Apache-2.0
#include "server/snapshot.h"

#include <algorithm>

#include "base/text.h"
#include "report/assets.h"
#include "report/json.h"
#include "report/licence.h"

namespace truce::server {
namespace {

using Dimension = List::Dimension;
constexpr auto closed = Dimension::Values::closed;
constexpr auto open = Dimension::Values::open;

std::vector<std::string> verdict_names() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < VerdictCounts{}.size(); ++i) names.emplace_back(name_of(static_cast<Verdict>(i)));
    return names;
}

Dimension act_dimension() {
    Dimension acts{"act", closed, {}, [](std::string_view value, std::string_view given) {
                       const auto act = act_named(value);
                       const auto broader = act_named(given);
                       return act && broader && is_kind_of(*act, *broader);
                   }};
    for (const auto act : all_acts()) acts.values.emplace_back(name_of(act));
    return acts;
}

std::vector<std::uint32_t> actor_values(List& list, std::size_t dimension, const Dossier& dossier, const Side& side) {
    std::vector<std::uint32_t> values;
    for (const auto& candidate : side.candidates)
        values.push_back(list.value(dimension, candidate.actor ? dossier.actors[*candidate.actor].id : "?"));
    if (values.empty()) values.push_back(list.value(dimension, "?"));
    return values;
}

void append_text(std::string& out, std::string_view text) {
    if (text.empty()) return;
    out += ' ';
    out += text;
}

std::string happening_text(const Dossier& dossier, const Happening& what) {
    std::string text;
    append_text(text, what.place.name);
    append_text(text, what.place.admin1);
    append_text(text, what.place.admin2);
    for (const auto* side : {&what.parties.attacker, &what.parties.target}) {
        append_text(text, side->name);
        for (const auto& candidate : side->candidates) {
            if (!candidate.actor) continue;
            for (const auto& [_, name] : dossier.actors[*candidate.actor].name.by_language) append_text(text, name);
        }
    }
    return text;
}

List incident_list(const Dossier& dossier, const Assessment& assessment) {
    enum : std::size_t { verdict, act, attacker, target, admin1, source, in_focus, side, days, target_kind };
    Dimension kinds{"target_kind", closed, {}};
    for (const auto kind : all_target_kinds()) kinds.values.emplace_back(name_of(kind));
    List list({{"verdict", closed, verdict_names()},
               act_dimension(),
               {"attacker", open, {}},
               {"target", open, {}},
               {"admin1", open, {}},
               {"source", open, {}},
               {"in_focus", closed, {"yes", "no", "unclear"}},
               {"side", closed, {"before", "after", "ended"}},
               {"days", closed, {"assessed", "outside"}},
               kinds},
              dossier.mission.zone);
    for (std::size_t i = 0; i < assessment.incidents.size(); ++i) {
        const auto& incident = assessment.incidents[i];
        const auto& judged = assessment.judged[i];
        const auto& what = incident.what;
        List::Row row;
        row.id = report::name_of(dossier, incident);
        row.values.resize(target_kind + 1);
        row.values[verdict] = {static_cast<std::uint32_t>(judged.verdict)};
        row.values[act] = {list.value(act, name_of(what.act))};
        row.values[attacker] = actor_values(list, attacker, dossier, what.parties.attacker);
        row.values[target] = actor_values(list, target, dossier, what.parties.target);
        row.values[admin1] = {list.value(admin1, what.place.admin1)};
        row.values[in_focus] = {list.value(in_focus, name_of(judged.in_focus))};
        row.values[side] = {static_cast<std::uint32_t>(judged.side)};
        row.values[days] = {judged.days == Judged::Days::assessed ? 0U : 1U};
        for (const auto kind : all_target_kinds()) {
            if (what.parties.target_kinds.has(kind))
                row.values[target_kind].push_back(list.value(target_kind, name_of(kind)));
        }
        row.when = what.when.window;
        row.place = what.place.centre;
        if (what.toll.killed) row.killed = what.toll.killed->best;
        row.text = row.id + happening_text(dossier, what);
        for (const auto id : incident.accounts) {
            const auto& account = dossier.accounts[id.value];
            row.values[source].push_back(list.value(source, dossier.sources[account.source.value].id));
            append_text(row.text, account.summary);
            append_text(row.text, account.cites);
        }
        list.add(row);
    }
    list.finish();
    return list;
}

List account_list(const Dossier& dossier) {
    enum : std::size_t { source, kind, act };
    List list({{"source", open, {}},
               {"kind", closed, {"incident", "lead", "corroboration", "aggregate"}},
               act_dimension()},
              dossier.mission.zone);
    for (const auto& account : dossier.accounts) {
        List::Row row;
        row.id = report::name_of(dossier, account);
        row.values = {{list.value(source, dossier.sources[account.source.value].id)},
                      {list.value(kind, name_of(account.kind))},
                      {list.value(act, name_of(account.told.act))}};
        row.when = account.told.when.window;
        row.place = account.told.place.centre;
        if (account.told.toll.killed) row.killed = account.told.toll.killed->best;
        row.text = row.id + happening_text(dossier, account.told);
        append_text(row.text, account.summary);
        append_text(row.text, account.cites);
        list.add(row);
    }
    list.finish();
    return list;
}

List finding_list(const Dossier& dossier, const Assessment& assessment) {
    enum : std::size_t { verdict, agreement, incident };
    List list({{"verdict", closed, verdict_names()}, {"agreement", open, {}}, {"incident", open, {}}},
              dossier.mission.zone);
    for (const auto& finding : assessment.findings) {
        const auto& commitment = assessment.commitments[finding.commitment.value];
        const auto& of = assessment.incidents[finding.incident.value];
        const auto name = report::name_of(dossier, of);
        List::Row row;
        row.id = name + "|" + report::name_of(dossier, commitment);
        row.values = {{static_cast<std::uint32_t>(finding.verdict)},
                      {list.value(agreement, dossier.agreements[commitment.agreement.value].id)},
                      {list.value(incident, name)}};
        row.when = of.what.when.window;
        list.add(row);
    }
    list.finish();
    return list;
}

}  // namespace

Result<std::shared_ptr<const Assessed>> make_assessed(Dossier dossier, std::vector<Error> warnings,
                                                      const Settings& settings, sys_seconds as_of) {
    auto assessment = assess(dossier, settings);
    if (!assessment) return tl::unexpected(assessment.error());
    auto incidents = incident_list(dossier, *assessment);
    auto accounts = account_list(dossier);
    auto findings = finding_list(dossier, *assessment);
    auto json = report::assessment_json(dossier, *assessment);
    std::vector<std::optional<IncidentId>> incident_of(dossier.accounts.size());
    for (std::uint32_t i = 0; i < assessment->incidents.size(); ++i) {
        for (const auto account : assessment->incidents[i].accounts) incident_of[account.value] = IncidentId{i};
    }
    std::map<Sha256, std::uint32_t> by_raw;
    for (std::uint32_t i = 0; i < dossier.accounts.size(); ++i) by_raw.try_emplace(dossier.accounts[i].raw, i);
    // The numbers hold the sources' hashes, and follow from them, from the agreements and the settings.
    std::string told = json;
    for (const auto& agreement : dossier.agreements) {
        for (const auto& [language, text] : agreement.title.by_language) told += language + text;
    }
    auto version = sha256(told).hex().substr(0, 16);
    return std::make_shared<const Assessed>(Assessed{std::move(dossier), std::move(warnings), std::move(*assessment),
                                                     std::move(json), std::move(version), as_of, std::move(incidents),
                                                     std::move(accounts), std::move(findings),
                                                     std::move(incident_of), std::move(by_raw)});
}

const record::IncidentState* Snapshot::state_of(const Incident& incident) const {
    if (!record) return nullptr;
    for (const auto id : incident.accounts) {
        const auto found = record->by_raw.find(dossier().accounts[id.value].raw);
        if (found == record->by_raw.end()) continue;
        return &record->state.incidents[record->state.accounts[found->second].incident];
    }
    return nullptr;
}

std::optional<IncidentId> Snapshot::incident_of(const record::EntryId& account) const {
    if (!record) return std::nullopt;
    const auto* held = record->state.account(account);
    if (held == nullptr) return std::nullopt;
    const auto found = assessed->by_raw.find(held->raw.value_or(held->entry));
    if (found == assessed->by_raw.end()) return std::nullopt;
    return assessed->incident_of[found->second];
}

SnapshotPtr make_snapshot(std::shared_ptr<const Assessed> assessed, std::shared_ptr<const RecordView> record) {
    auto version = assessed->version;
    if (record) {
        std::string heads = record->digest.hex();
        for (const auto& feed : record->feeds) heads += feed.checkpoint;
        version += "-" + sha256(heads).hex().substr(0, 16);
    }
    return std::make_shared<const Snapshot>(Snapshot{std::move(assessed), std::move(record), std::move(version)});
}

void Current::set(SnapshotPtr next) {
    const std::scoped_lock lock(setting_);
    const auto before = snapshot_.load();
    snapshot_.store(next);
    if (before->version == next->version) return;
    for (const auto& listener : listeners_) listener(*before, *next);
}

Result<Catalogues> Catalogues::load() {
    Catalogues catalogues;
    for (const auto& one : assets::catalogues()) {
        auto messages = report::Messages::parse(one.language, one.json);
        if (!messages) return tl::unexpected(messages.error());
        catalogues.all_.push_back(std::move(*messages));
    }
    return catalogues;
}

const report::Messages* Catalogues::find(std::string_view language) const {
    const auto found = std::ranges::find(all_, language, &report::Messages::language);
    return found == all_.end() ? nullptr : &*found;
}

const report::Messages& Catalogues::of(const Request& request, const Mission& mission) const {
    if (const auto asked = request.query.find("lang")) {
        if (const auto* messages = find(*asked)) return *messages;
    }
    if (const auto accepted = request.headers.find("Accept-Language")) {
        for (const auto choice : split(*accepted, ',')) {
            const auto tag = choice.substr(0, choice.find_first_of(";-"));
            if (const auto* messages = find(lower_ascii(trimmed(tag)))) return *messages;
        }
    }
    for (const auto& language : mission.languages) {
        if (const auto* messages = find(language)) return *messages;
    }
    return all_.front();
}

}  // namespace truce::server
