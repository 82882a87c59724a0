// SPDX-License-Identifier: Apache-2.0
#include "cli/mission_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "base/yaml.h"
#include "cli/held_record.h"
#include "sources/agreement_file.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;

/// The id that an agreement's text gives itself; empty where it gives none.
std::string id_in(std::string_view text) {
    const auto reading = read_yaml(text);
    const auto* id = reading.root ? sources::agreement_id_in(*reading.root) : nullptr;
    return id == nullptr ? std::string() : id->text;
}

/// The versions that no other amends, one of each text.
std::vector<const record::AgreementVersion*> standing(const std::vector<record::AgreementVersion>& versions) {
    std::vector<const record::AgreementVersion*> found;
    for (const auto& version : versions) {
        const bool known =
            std::ranges::any_of(found, [&](const auto* other) { return other->text == version.text; });
        if (!version.amended && !known) found.push_back(&version);
    }
    return found;
}

}  // namespace

std::vector<Error> MissionRecord::add_agreements(sources::MissionFiles& files, std::vector<Error>& warnings) {
    std::vector<Error> errors;
    if (state.agreements.empty()) return errors;
    std::map<std::string, std::string> file_of;
    for (const auto& [path, text] : files.texts) {
        if (path.starts_with("agreements/")) file_of.try_emplace(id_in(text), path);
    }
    for (const auto& [id, versions] : state.agreements) {
        const auto texts = standing(versions);
        if (texts.empty()) continue;
        if (const auto file = file_of.find(id); file != file_of.end()) {
            const auto& own = files.texts.at(file->second);
            const bool same = std::ranges::any_of(texts, [&](const auto* text) { return text->text == own; });
            if (!same) {
                warnings.push_back(
                    {.message = fmt::format("entry {} of the record adopts another text of agreement '{}'; the file's is the one "
                                            "that counts here",
                                            texts.front()->entry.hex().substr(0, 16), shown(id)),
                     .file = file->second});
            }
            continue;
        }
        if (texts.size() > 1) {
            errors.push_back(
                {.message = fmt::format("different texts of agreement '{}' stand in the record ({} by {}, {} by {}); one must amend "
                                        "the other, or a file in agreements/ must say which is assessed",
                                        shown(id), texts[0]->entry.hex().substr(0, 16), texts[0]->by,
                                        texts[1]->entry.hex().substr(0, 16), texts[1]->by),
                 .file = "feeds"});
            continue;
        }
        const auto& text = *texts.front();
        const auto path = fmt::format("feeds/{}.yaml", text.entry.hex().substr(0, 16));
        if (const auto own = id_in(text.text); own != id) {
            errors.push_back({.message = fmt::format("this entry adopts agreement '{}', and its text calls itself '{}'",
                                                     shown(id), shown(own)),
                              .file = path});
            continue;
        }
        files.texts.emplace(path, text.text);
        agreements_.push_back({.agreement = id, .entry = text.entry.hex(), .text = sha256(text.text)});
    }
    return errors;
}

void MissionRecord::note_rows(SourceId source, const record::ReceivedTable& table) {
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        for (const auto& entry : table.rows[i].entries) rows_.emplace_back(entry, Row{source, i + 1});
    }
}

void MissionRecord::tell(Dossier& dossier, std::vector<Error>& warnings) const {
    auto decisions = record::link_decisions(state);
    dossier.link_decisions.insert(dossier.link_decisions.begin(), std::make_move_iterator(decisions.begin()),
                                  std::make_move_iterator(decisions.end()));
    std::map<Row, AccountId> account_of_row;
    for (std::uint32_t a = 0; a < dossier.accounts.size(); ++a)
        account_of_row.emplace(Row{dossier.accounts[a].source, dossier.accounts[a].row}, AccountId{a});
    auto rows = rows_;
    std::ranges::sort(rows);
    const auto account_of = [&](const record::EntryId& entry) -> std::optional<AccountId> {
        const auto row = std::ranges::lower_bound(rows, entry, {}, [](const auto& r) { return r.first; });
        if (row == rows.end() || row->first != entry) return std::nullopt;
        const auto account = account_of_row.find(row->second);
        return account == account_of_row.end() ? std::nullopt : std::optional(account->second);
    };
    auto& told = dossier.record.emplace();
    told.sizes = state.sizes;
    told.state = record::state_digest(state);
    told.agreements = agreements_;
    std::map<record::EntryId, RecordedOpinion> opinions;
    std::size_t elsewhere = 0;
    for (const auto& incident : state.incidents) {
        if (incident.opinions.empty()) continue;
        std::vector<AccountId> accounts;
        for (const auto& entry : incident.accounts) {
            if (const auto account = account_of(entry)) accounts.push_back(*account);
        }
        std::ranges::sort(accounts);
        accounts.erase(std::unique(accounts.begin(), accounts.end()), accounts.end());
        if (accounts.empty()) elsewhere += incident.opinions.size();
        for (const auto& [monitor, standing_one] : incident.opinions) {
            opinions.emplace(standing_one.entry, RecordedOpinion{.monitor = monitor,
                                                                 .entry = standing_one.entry.hex(),
                                                                 .accounts = accounts,
                                                                 .opinion = standing_one.opinion,
                                                                 .replaced = standing_one.replaced});
        }
    }
    for (const auto& entry : opinions_in_order_) {
        if (const auto found = opinions.find(entry); found != opinions.end())
            told.opinions.push_back(std::move(found->second));
    }
    if (elsewhere > 0) {
        warnings.push_back({.message = fmt::format("{} opinion{} of the record speak{} of accounts that were not read", elsewhere,
                                                   elsewhere == 1 ? "" : "s", elsewhere == 1 ? "s" : ""),
                            .file = "feeds"});
    }
    for (const auto& [source, count] : record::sources_of(state)) {
        if (read_sources.contains(source)) continue;
        warnings.push_back({.message = fmt::format("the record has {} account{} of source '{}', which the mission does not take from "
                                                   "it; '- {{record: {}}}' in its list of accounts does",
                                                   count, count == 1 ? "" : "s", shown(source), shown(source)),
                            .file = "mission.yaml"});
    }
}

Result<std::optional<MissionRecord>> read_mission_record(const fs::path& folder, const std::string& as_of,
                                                         int threads) {
    if (!fs::exists(folder / "feeds" / "policy")) {
        if (as_of.empty()) return std::nullopt;
        return failure({.message = "there is no record here, so there is nothing to go back in", .file = (folder / "feeds").string()});
    }
    const auto held = HeldRecord::read(folder.string());
    if (!held) return tl::unexpected(held.error());
    auto feeds = held->feeds();
    if (!as_of.empty()) {
        auto then = held->as_of(as_of);
        if (!then) return tl::unexpected(then.error());
        feeds = std::move(*then);
    }
    const auto merged = record::merge(feeds, threads);
    std::vector<record::EntryId> opinions;
    for (const auto& entry : merged.entries) {
        if (std::holds_alternative<record::OpinionGiven>(entry.body)) opinions.push_back(entry.id);
    }
    return std::optional(MissionRecord(record::fold(merged, feeds), std::move(opinions)));
}

}  // namespace truce::cli
