// SPDX-License-Identifier: Apache-2.0
#include "report/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "assessment/opinions.h"
#include "report/opinion_files.h"
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

/// Texts that are made anew for every row, in the same memory.
class RowTexts {
public:
    explicit RowTexts(const Dossier& dossier) : dossier_(dossier), clock_(dossier.mission.zone) {}

    std::string_view utc(sys_seconds instant) {
        text_.clear();
        append_utc_text(text_, instant);
        return text_;
    }
    std::string_view local(sys_seconds instant) {
        text_.clear();
        clock_.append_text(text_, instant);
        return text_;
    }
    std::string_view kinds(TargetKinds kinds) {
        text_.clear();
        for (const auto kind : all_target_kinds()) {
            if (!kinds.has(kind)) continue;
            if (!text_.empty()) text_ += ';';
            text_ += truce::name_of(kind);
        }
        return text_;
    }
    /// The ids of a side's candidates, the likeliest first as the source has them; an actor not in the
    /// register is `?`.
    std::string_view actors(const Candidates& candidates) {
        text_.clear();
        for (const auto& candidate : candidates) {
            if (!text_.empty()) text_ += ';';
            text_ += candidate.actor ? std::string_view(dossier_.actors[*candidate.actor].id) : "?";
            // A share of 0 is one of several names between which the source does not choose: it is no figure.
            if (candidate.probability > 0 && candidate.probability < 1) {
                fmt::format_to(std::back_inserter(text_), "({:.2f})", candidate.probability);
            }
        }
        return text_;
    }
    std::string_view accounts(const Incident& incident) {
        text_.clear();
        for (const auto account : incident.accounts) {
            if (!text_.empty()) text_ += ';';
            append_name(text_, dossier_, dossier_.accounts[account.value]);
        }
        return text_;
    }
    std::string_view name(const Account& account) {
        text_.clear();
        append_name(text_, dossier_, account);
        return text_;
    }
    std::string_view name(const Incident& incident) {
        return name(dossier_.accounts[incident.accounts.front().value]);
    }
    std::string_view hex(const Sha256& hash) {
        constexpr std::string_view digits = "0123456789abcdef";
        text_.clear();
        for (const auto byte : hash.bytes) {
            text_ += digits[byte >> 4U];
            text_ += digits[byte & 15U];
        }
        return text_;
    }
    std::string_view joined(const std::vector<std::string>& parts) {
        text_.clear();
        for (const auto& part : parts) {
            if (!text_.empty()) text_ += "; ";
            text_ += part;
        }
        return text_;
    }

private:
    const Dossier& dossier_;
    LocalClock clock_;
    std::string text_;
};

void when_cells(TableWriter& table, RowTexts& texts, const When& when) {
    table.plain(texts.utc(when.window.first));
    table.plain(texts.utc(when.window.end));
    table.plain(texts.local(when.window.first));
    table.plain(texts.local(when.window.end));
    table.plain(truce::name_of(when.precision));
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
    table.word(place.within ? std::string_view(dossier.areas[*place.within].id) : std::string_view());
    table.plain(truce::name_of(place.precision));
    table.text(place.name);
    table.text(place.admin1);
}

void party_cells(TableWriter& table, RowTexts& texts, const Parties& parties) {
    table.plain(parties.roles == Roles::stated ? "stated" : "unstated");
    table.word(texts.actors(parties.attacker.candidates));
    table.text(parties.attacker.name);
    table.plain(truce::name_of(parties.attacker.basis));
    table.word(texts.actors(parties.target.candidates));
    table.text(parties.target.name);
    table.word(texts.kinds(parties.target_kinds));
}

void toll_cells(TableWriter& table, const Toll& toll) {
    count_range(table, toll.killed);
    count_range(table, toll.civilians_killed);
    count_range(table, toll.injured);
}

std::vector<std::string> names_of_commitments(const Dossier& dossier, const Assessment& assessment) {
    std::vector<std::string> names;
    for (const auto& commitment : assessment.commitments) names.push_back(name_of(dossier, commitment));
    return names;
}

/// What the monitors say of the incident and of this breach, and what that comes to; empty where none has spoken.
void opinion_cells(TableWriter& table, const Dossier& dossier, const Assessment& assessment, const Finding& finding) {
    const auto* opinions = opinions_of(assessment.opinions, finding.incident);
    if (opinions == nullptr) {
        table.missing();
        table.missing();
        return;
    }
    const auto& commitment = assessment.commitments[finding.commitment.value];
    const auto& agreement = dossier.agreements[commitment.agreement.value].id;
    const auto& duty = dossier.agreements[commitment.stated_by.value].duties[commitment.duty].id;
    std::string text;
    std::vector<Opinion> said;
    for (const auto place : opinions->opinions) {
        const auto& recorded = dossier.record->opinions[place];
        said.push_back(as_held_against(recorded.opinion, agreement, duty));
        text += (text.empty() ? "" : ";") + opinion_cell(recorded, said.back());
    }
    table.text(text);
    table.word(truce::name_of(joint_opinion(said).overall));
}

void account_row(TableWriter& table, RowTexts& texts, const Dossier& dossier, const Account& account) {
    const auto& source = dossier.sources[account.source.value];
    table.word(texts.name(account));
    table.word(source.id);
    table.text(source.file);
    table.number(account.row);
    table.number(account.line);
    table.plain(texts.hex(account.raw));
    table.plain(truce::name_of(account.kind));
    table.text(account.key);
    when_cells(table, texts, account.told.when);
    place_cells(table, dossier, account.told.place);
    table.text(account.told.place.admin2);
    table.text(account.told.place.country);
    table.plain(truce::name_of(account.told.act));
    table.text(account.act_as_told);
    party_cells(table, texts, account.told.parties);
    toll_cells(table, account.told.toll);
    table.text(account.summary);
    table.text(account.cites);
    table.text(account.url);
    table.text(texts.joined(account.remarks));
    table.end_row();
}

void incident_row(TableWriter& table, RowTexts& texts, const std::vector<std::string>& duties, const Dossier& dossier,
                  const Assessment& assessment, IncidentId id) {
    const auto& incident = assessment.incidents[id.value];
    const auto& judged = assessment.judged[id.value];
    table.word(texts.name(incident));
    table.word(texts.accounts(incident));
    table.plain(judged.days == Judged::Days::assessed ? "assessed" : "outside");
    table.plain(truce::name_of(judged.in_focus));
    table.plain(truce::name_of(judged.side));
    table.plain(truce::name_of(judged.verdict));
    if (judged.decisive) {
        const auto& finding = assessment.findings[*judged.decisive];
        table.word(duties[finding.commitment.value]);
        table.number(finding.chance.low, chance_decimals);
        table.number(finding.chance.high, chance_decimals);
    } else {
        table.missing();
        table.number(0.0, chance_decimals);
        table.number(0.0, chance_decimals);
    }
    when_cells(table, texts, incident.what.when);
    place_cells(table, dossier, incident.what.place);
    table.plain(truce::name_of(incident.what.act));
    party_cells(table, texts, incident.what.parties);
    toll_cells(table, incident.what.toll);
    table.text(dossier.accounts[incident.accounts.front().value].summary);
    table.end_row();
}

void finding_row(TableWriter& table, RowTexts& texts, const std::vector<std::string>& duties, const Dossier& dossier,
                 const Assessment& assessment, const Finding& finding) {
    const auto& incident = assessment.incidents[finding.incident.value];
    table.word(texts.name(incident));
    table.word(duties[finding.commitment.value]);
    table.plain(truce::name_of(finding.verdict));
    table.number(finding.chance.low, chance_decimals);
    table.number(finding.chance.high, chance_decimals);
    for (const auto& element : finding.elements) {
        table.plain(truce::name_of(element.answer));
        table.plain(truce::name_of(element.reason));
        table.number(element.chance.low, chance_decimals);
        table.number(element.chance.high, chance_decimals);
    }
    table.word(texts.actors(finding.authors));
    table.plain(truce::name_of(finding.order_reached));
    if (finding.flip) {
        table.plain(truce::name_of(finding.flip->element));
        table.plain(truce::name_of(finding.flip->to));
        table.plain(truce::name_of(finding.flip->then));
        table.word(finding.flip->if_actor ? std::string_view(dossier.actors[*finding.flip->if_actor].id)
                                          : std::string_view());
    } else {
        for (int i = 0; i < 4; ++i) table.missing();
    }
    std::string versions;
    for (const auto& version : finding.versions) {
        versions += fmt::format("{}{}={}", versions.empty() ? "" : ";", version.by,
                                truce::name_of(version.verdict));
    }
    table.word(versions);
    opinion_cells(table, dossier, assessment, finding);
    table.end_row();
}

void finding_header(TableWriter& table) {
    std::vector<std::string> names{"incident", "commitment", "verdict", "chance_low", "chance_high"};
    for (std::size_t e = 0; e < element_count; ++e) {
        const auto element = truce::name_of(static_cast<Element>(e));
        for (const auto* part : {"", "_reason", "_low", "_high"})
            names.push_back(fmt::format("{}{}", element, part));
    }
    for (const auto* name :
         {"authors", "order_reached", "flip_element", "flip_to", "flip_then", "flip_if_actor", "versions", "opinions",
          "joint"}) {
        names.emplace_back(name);
    }
    for (const auto& name : names) table.word(name);
    table.end_row();
}

}  // namespace

void write_accounts_csv(const Sink& sink, const Dossier& dossier, Readers readers, TableForm form) {
    TableWriter table(form, sink);
    table.header(account_columns);
    RowTexts texts(dossier);
    for (const auto& account : dossier.accounts) {
        if (may_show(dossier, account, readers)) account_row(table, texts, dossier, account);
    }
    table.finish();
}

void write_incidents_csv(const Sink& sink, const Dossier& dossier, const Assessment& assessment,
                         Readers readers, TableForm form) {
    TableWriter table(form, sink);
    table.header(incident_columns);
    RowTexts texts(dossier);
    const auto duties = names_of_commitments(dossier, assessment);
    for (std::uint32_t i = 0; i < assessment.incidents.size(); ++i) {
        if (may_show(dossier, assessment.incidents[i], readers))
            incident_row(table, texts, duties, dossier, assessment, {i});
    }
    table.finish();
}

void write_findings_csv(const Sink& sink, const Dossier& dossier, const Assessment& assessment,
                        Readers readers, TableForm form) {
    TableWriter table(form, sink);
    finding_header(table);
    const auto duties = names_of_commitments(dossier, assessment);
    RowTexts texts(dossier);
    for (const auto& finding : assessment.findings) {
        if (may_show(dossier, assessment.incidents[finding.incident.value], readers))
            finding_row(table, texts, duties, dossier, assessment, finding);
    }
    table.finish();
}

void write_account_rows_csv(const Sink& sink, const Dossier& dossier, std::span<const AccountId> accounts,
                            Header header, Readers readers) {
    TableWriter table(TableForm::plain, sink);
    if (header == Header::with) table.header(account_columns);
    RowTexts texts(dossier);
    for (const auto id : accounts) {
        const auto& account = dossier.accounts[id.value];
        if (may_show(dossier, account, readers)) account_row(table, texts, dossier, account);
    }
    table.finish();
}

void write_incident_rows_csv(const Sink& sink, const Dossier& dossier, const Assessment& assessment,
                             std::span<const IncidentId> incidents, Header header, Readers readers) {
    TableWriter table(TableForm::plain, sink);
    if (header == Header::with) table.header(incident_columns);
    RowTexts texts(dossier);
    const auto duties = names_of_commitments(dossier, assessment);
    for (const auto id : incidents) {
        if (may_show(dossier, assessment.incidents[id.value], readers))
            incident_row(table, texts, duties, dossier, assessment, id);
    }
    table.finish();
}

void write_finding_rows_csv(const Sink& sink, const Dossier& dossier, const Assessment& assessment,
                            std::span<const std::uint32_t> findings, Header header, Readers readers) {
    TableWriter table(TableForm::plain, sink);
    if (header == Header::with) finding_header(table);
    RowTexts texts(dossier);
    const auto duties = names_of_commitments(dossier, assessment);
    for (const auto place : findings) {
        const auto& finding = assessment.findings[place];
        if (may_show(dossier, assessment.incidents[finding.incident.value], readers))
            finding_row(table, texts, duties, dossier, assessment, finding);
    }
    table.finish();
}

}  // namespace truce::report
