// SPDX-License-Identifier: Apache-2.0
#include "cli/record_accounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "cli/folder.h"
#include "cli/held_record.h"
#include "record/state.h"
#include "server/source_rows.h"
#include "sources/accounts.h"
#include "sources/mapping.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t longest_yaml = std::size_t{16} << 20U;

/// The mapping that rows of a source are read with, and what the mission says of the source; nothing where there is none.
struct Reading {
    std::optional<sources::Mapping> mapping;
    const sources::AccountsEntry* entry = nullptr;
};
Reading reading_of(const std::string& source, const std::vector<sources::AccountsEntry>& entries, const fs::path& folder) {
    for (const auto& entry : entries) {
        std::optional<sources::Mapping> mapping;
        if (!entry.mapping.empty()) {
            if (const auto text = read_file(folder / entry.mapping, longest_yaml)) mapping = sources::read_mapping(*text, entry.mapping).mapping;
        }
        if (entry.declared.id == source || (mapping && mapping->id == source)) return {std::move(mapping), &entry};
    }
    if (source == server::filed_source) return {sources::read_mapping(server::filed_mapping(), "reports").mapping, nullptr};
    return {};
}

std::string unused_id(const std::string& id, const std::vector<Source>& others) {
    const auto taken = [&](const std::string& candidate) {
        return std::ranges::any_of(others, [&](const auto& other) { return other.id == candidate; });
    };
    auto candidate = id;
    for (int n = 2; taken(candidate); ++n) candidate = fmt::format("{}-{}", id, n);
    return candidate;
}

/// Reads the rows of one source into the dossier.
void add_source(ReadDossier& read, const std::string& id, const std::vector<const record::AccountState*>& accounts,
                const std::vector<sources::AccountsEntry>& entries, const fs::path& folder, int threads) {
    auto& dossier = read.dossier;
    std::vector<server::NamedCells> rows;
    for (const auto* account : accounts) rows.push_back(account->row);
    const auto table = server::table_of(rows);
    auto reading = reading_of(id, entries, folder);
    if (reading.mapping) {
        // Cells that nobody filled in are no column here; the mapping asks for those that are there.
        std::set<std::string> columns;
        for (const auto& row : rows) {
            for (const auto& [name, value] : row) columns.insert(name);
        }
        std::erase_if(reading.mapping->fields, [&](const auto& field) {
            return !field.second.columns.empty() &&
                   std::ranges::none_of(field.second.columns, [&](const auto& column) { return columns.contains(column); });
        });
    }
    const auto file = fmt::format("feeds ({})", id);
    const sources::Context context{dossier.actors, dossier.areas, dossier.mission.zone, threads};
    auto result = sources::read_accounts(table, file, context, reading.mapping ? &*reading.mapping : nullptr);
    if (!result) {
        read.warnings.push_back({.message = fmt::format("{} accounts of source '{}' in the record are not read: {}", accounts.size(),
                                                        shown(id), result.error().message),
                                 .file = "feeds"});
        return;
    }
    const SourceId number{static_cast<std::uint32_t>(dossier.sources.size())};
    if (!result->rejects.empty())
        read.rejected.push_back({number, sources::rejects_csv(*result, table, reading.mapping ? &*reading.mapping : nullptr)});
    auto source = std::move(result->source);
    source.id = unused_id(id, dossier.sources);
    if (reading.entry != nullptr) {
        const auto& declared = reading.entry->declared;
        if (!declared.title.empty()) source.title = declared.title;
        if (!declared.licence.empty()) source.licence = declared.licence;
        if (!declared.credit.empty()) source.credit = declared.credit;
        if (reading.entry->republish_declared) source.republish = declared.republish;
        if (declared.recording != Recording::not_stated) source.recording = declared.recording;
        source.repeats = declared.repeats;
    } else if (id == server::filed_source) {
        source.repeats = Repeats::may;  // several people file what they saw of one incident
    }
    dossier.sources.push_back(std::move(source));
    for (auto& account : result->accounts) {
        const auto* held = accounts[account.row - 1];
        account.source = number;
        account.raw = held->raw.value_or(held->entry);
        dossier.accounts.push_back(std::move(account));
    }
    for (auto& reject : result->rejects) {
        reject.source = number;
        dossier.rejects.push_back(std::move(reject));
    }
}

}  // namespace

void add_record_accounts(ReadDossier& read, const std::vector<sources::AccountsEntry>& entries, const fs::path& folder, int threads) {
    if (folder.empty() || !fs::is_directory(folder / "feeds")) return;
    const auto held = HeldRecord::read(folder.string());
    if (!held) {
        read.warnings.push_back({.message = "the accounts of the record are left out: " + held.error().text(), .file = "feeds"});
        return;
    }
    std::set<Sha256> in_files;
    for (const auto& account : read.dossier.accounts) in_files.insert(account.raw);
    const auto state = record::state_of(held->feeds(), threads);
    std::map<std::string, std::vector<const record::AccountState*>> by_source;
    for (const auto& account : state.accounts) {
        if (account.raw && in_files.contains(*account.raw)) continue;
        by_source[account.source].push_back(&account);
    }
    for (const auto& [source, accounts] : by_source) add_source(read, source, accounts, entries, folder, threads);
}

}  // namespace truce::cli
