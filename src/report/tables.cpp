// SPDX-License-Identifier: Apache-2.0
#include "report/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/table_writer.h"

namespace truce::report {
namespace {

constexpr int coordinate_decimals = 6;
constexpr int chance_decimals = 6;

void count_range(TableWriter& table, const std::optional<CountRange>& range) {
    if (!range) {
        table.missing();
        table.missing();
        table.missing();
        return;
    }
    table.number(std::uint64_t{range->low});
    table.number(std::uint64_t{range->best});
    table.number(std::uint64_t{range->high});
}

std::string kinds_text(TargetKinds kinds) {
    std::string text;
    for (const auto kind : all_target_kinds()) {
        if (!kinds.has(kind)) continue;
        if (!text.empty()) text += ';';
        text += truce::name_of(kind);
    }
    return text;
}

/// The ids of a side's candidates, the likeliest first as the source has them; an actor not in the register
/// is `?`.
std::string actors_text(const Dossier& dossier, const Candidates& candidates) {
    std::string text;
    for (const auto& candidate : candidates) {
        if (!text.empty()) text += ';';
        text += candidate.actor ? dossier.actors[*candidate.actor].id : std::string("?");
        // A share of 0 is one of several names between which the source does not choose: it is no figure.
        if (candidate.probability > 0 && candidate.probability < 1) {
            text += fmt::format("({:.2f})", candidate.probability);
        }
    }
    return text;
}

constexpr auto account_columns = std::to_array<std::string_view>({"account",
                                                                  "source",
                                                                  "file",
                                                                  "row",
                                                                  "line",
                                                                  "sha256",
                                                                  "kind",
                                                                  "key",
                                                                  "start_utc",
                                                                  "end_utc",
                                                                  "start_local",
                                                                  "end_local",
                                                                  "time_precision",
                                                                  "lat",
                                                                  "lon",
                                                                  "radius_km",
                                                                  "within",
                                                                  "place_precision",
                                                                  "place",
                                                                  "admin1",
                                                                  "admin2",
                                                                  "country",
                                                                  "act",
                                                                  "act_as_told",
                                                                  "roles",
                                                                  "attacker",
                                                                  "attacker_name",
                                                                  "attacker_basis",
                                                                  "target",
                                                                  "target_name",
                                                                  "target_kinds",
                                                                  "killed_low",
                                                                  "killed_best",
                                                                  "killed_high",
                                                                  "civilians_killed_low",
                                                                  "civilians_killed_best",
                                                                  "civilians_killed_high",
                                                                  "injured_low",
                                                                  "injured_best",
                                                                  "injured_high",
                                                                  "summary",
                                                                  "cites",
                                                                  "url",
                                                                  "remarks"});

constexpr auto incident_columns = std::to_array<std::string_view>({"incident",
                                                                   "accounts",
                                                                   "days",
                                                                   "in_focus",
                                                                   "side",
                                                                   "verdict",
                                                                   "commitment",
                                                                   "chance_low",
                                                                   "chance_high",
                                                                   "start_utc",
                                                                   "end_utc",
                                                                   "start_local",
                                                                   "end_local",
                                                                   "time_precision",
                                                                   "lat",
                                                                   "lon",
                                                                   "radius_km",
                                                                   "within",
                                                                   "place_precision",
                                                                   "place",
                                                                   "admin1",
                                                                   "act",
                                                                   "roles",
                                                                   "attacker",
                                                                   "attacker_name",
                                                                   "attacker_basis",
                                                                   "target",
                                                                   "target_name",
                                                                   "target_kinds",
                                                                   "killed_low",
                                                                   "killed_best",
                                                                   "killed_high",
                                                                   "civilians_killed_low",
                                                                   "civilians_killed_best",
                                                                   "civilians_killed_high",
                                                                   "injured_low",
                                                                   "injured_best",
                                                                   "injured_high",
                                                                   "summary"});

void when_cells(TableWriter& table, const Dossier& dossier, const When& when) {
    table.word(utc_text(when.window.first));
    table.word(utc_text(when.window.end));
    table.word(dossier.mission.zone.local_text(when.window.first));
    table.word(dossier.mission.zone.local_text(when.window.end));
    table.word(truce::name_of(when.precision));
}

void place_cells(TableWriter& table, const Dossier& dossier, const Place& place) {
    if (place.centre) {
        table.number(place.centre->lat, coordinate_decimals);
        table.number(place.centre->lon, coordinate_decimals);
        table.number(place.radius.in_km(), 3);
    } else {
        table.missing();
        table.missing();
        table.missing();
    }
    table.word(place.within ? dossier.areas[*place.within].id : std::string());
    table.word(truce::name_of(place.precision));
    table.text(place.name);
    table.text(place.admin1);
}

void party_cells(TableWriter& table, const Dossier& dossier, const Parties& parties) {
    table.word(parties.roles == Roles::stated ? "stated" : "unstated");
    table.word(actors_text(dossier, parties.attacker.candidates));
    table.text(parties.attacker.name);
    table.word(truce::name_of(parties.attacker.basis));
    table.word(actors_text(dossier, parties.target.candidates));
    table.text(parties.target.name);
    table.word(kinds_text(parties.target_kinds));
}

void toll_cells(TableWriter& table, const Toll& toll) {
    count_range(table, toll.killed);
    count_range(table, toll.civilians_killed);
    count_range(table, toll.injured);
}

std::string_view in_focus_text(InFocus in_focus) {
    switch (in_focus) {
        case InFocus::yes:
            return "yes";
        case InFocus::no:
            return "no";
        case InFocus::unclear:
            return "unclear";
    }
    return "";
}

std::string_view answer_text(Answer answer) {
    switch (answer) {
        case Answer::no:
            return "no";
        case Answer::unknown:
            return "unknown";
        case Answer::yes:
            return "yes";
    }
    return "";
}

}  // namespace

void write_accounts_csv(const Sink& sink, const Dossier& dossier, Readers readers, TableForm form) {
    TableWriter table(form, sink);
    table.header(account_columns);
    for (const auto& account : dossier.accounts) {
        if (!may_show(dossier, account, readers)) continue;
        const auto& source = dossier.sources[account.source.value];
        table.word(name_of(dossier, account));
        table.word(source.id);
        table.text(source.file);
        table.number(account.row);
        table.number(account.line);
        table.word(account.raw.hex());
        table.word(truce::name_of(account.kind));
        table.text(account.key);
        when_cells(table, dossier, account.told.when);
        place_cells(table, dossier, account.told.place);
        table.text(account.told.place.admin2);
        table.text(account.told.place.country);
        table.word(truce::name_of(account.told.act));
        table.text(account.act_as_told);
        party_cells(table, dossier, account.told.parties);
        toll_cells(table, account.told.toll);
        table.text(account.summary);
        table.text(account.cites);
        table.text(account.url);
        table.text(fmt::format("{}", fmt::join(account.remarks, "; ")));
        table.end_row();
    }
    table.finish();
}

void write_incidents_csv(const Sink& sink, const Dossier& dossier, const Assessment& assessment,
                         Readers readers, TableForm form) {
    TableWriter table(form, sink);
    table.header(incident_columns);
    for (std::size_t i = 0; i < assessment.incidents.size(); ++i) {
        const auto& incident = assessment.incidents[i];
        if (!may_show(dossier, incident, readers)) continue;
        const auto& judged = assessment.judged[i];
        table.word(name_of(dossier, incident));
        std::string accounts;
        for (const auto account : incident.accounts) {
            if (!accounts.empty()) accounts += ';';
            accounts += name_of(dossier, dossier.accounts[account.value]);
        }
        table.word(accounts);
        table.word(judged.days == Judged::Days::assessed ? "assessed" : "outside");
        table.word(in_focus_text(judged.in_focus));
        table.word(judged.side == Judged::Side::before ? "before" : "after");
        table.word(truce::name_of(judged.verdict));
        if (judged.decisive) {
            const auto& finding = assessment.findings[*judged.decisive];
            table.word(name_of(dossier, assessment.commitments[finding.commitment.value]));
            table.number(finding.chance.low, chance_decimals);
            table.number(finding.chance.high, chance_decimals);
        } else {
            table.missing();
            table.number(0.0, chance_decimals);
            table.number(0.0, chance_decimals);
        }
        when_cells(table, dossier, incident.what.when);
        place_cells(table, dossier, incident.what.place);
        table.word(truce::name_of(incident.what.act));
        party_cells(table, dossier, incident.what.parties);
        toll_cells(table, incident.what.toll);
        table.text(dossier.accounts[incident.accounts.front().value].summary);
        table.end_row();
    }
    table.finish();
}

void write_findings_csv(const Sink& sink, const Dossier& dossier, const Assessment& assessment,
                        Readers readers, TableForm form) {
    TableWriter table(form, sink);
    std::vector<std::string> names{"incident", "commitment", "verdict", "chance_low", "chance_high"};
    for (std::size_t e = 0; e < element_count; ++e) {
        const auto element = truce::name_of(static_cast<Element>(e));
        for (const auto* part : {"", "_reason", "_low", "_high"})
            names.push_back(fmt::format("{}{}", element, part));
    }
    for (const auto* name :
         {"authors", "order_reached", "flip_element", "flip_to", "flip_then", "flip_if_actor", "versions"}) {
        names.emplace_back(name);
    }
    for (const auto& name : names) table.word(name);
    table.end_row();
    std::vector<std::string> duties;
    for (const auto& commitment : assessment.commitments) duties.push_back(name_of(dossier, commitment));
    for (const auto& finding : assessment.findings) {
        const auto& incident = assessment.incidents[finding.incident.value];
        if (!may_show(dossier, incident, readers)) continue;
        table.word(name_of(dossier, incident));
        table.word(duties[finding.commitment.value]);
        table.word(truce::name_of(finding.verdict));
        table.number(finding.chance.low, chance_decimals);
        table.number(finding.chance.high, chance_decimals);
        for (const auto& element : finding.elements) {
            table.word(answer_text(element.answer));
            table.word(truce::name_of(element.reason));
            table.number(element.chance.low, chance_decimals);
            table.number(element.chance.high, chance_decimals);
        }
        table.word(actors_text(dossier, finding.authors));
        table.word(truce::name_of(finding.order_reached));
        if (finding.flip) {
            table.word(truce::name_of(finding.flip->element));
            table.word(answer_text(finding.flip->to));
            table.word(truce::name_of(finding.flip->then));
            table.word(finding.flip->if_actor ? dossier.actors[*finding.flip->if_actor].id : std::string());
        } else {
            for (int i = 0; i < 4; ++i) table.missing();
        }
        std::string versions;
        for (const auto& version : finding.versions) {
            versions += fmt::format("{}{}={}", versions.empty() ? "" : ";", version.by,
                                    truce::name_of(version.verdict));
        }
        table.word(versions);
        table.end_row();
    }
    table.finish();
}

}  // namespace truce::report
