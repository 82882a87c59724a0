// SPDX-License-Identifier: Apache-2.0
#include "cli/dossier.h"

#include <fmt/format.h>

#include <iterator>
#include <set>
#include <utility>

#include "base/mapped_file.h"
#include "base/text.h"
#include "cli/folder.h"
#include "cli/mission_record.h"
#include "report/assets.h"
#include "server/source_rows.h"
#include "sources/accounts.h"
#include "sources/comparables.h"
#include "sources/effort_file.h"
#include "sources/list_table.h"
#include "sources/mapping.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;
using Kind = DossierErrors::Kind;

constexpr std::size_t longest_yaml = std::size_t{16} << 20U;
constexpr std::size_t longest_effort_file = std::size_t{64} << 20U;
constexpr std::size_t longest_geojson = std::size_t{1} << 30U;

tl::unexpected<DossierErrors> failed(Error error, std::vector<Error> warnings, Kind kind) {
    return tl::unexpected<DossierErrors>({{std::move(error)}, std::move(warnings), kind});
}

/// What the mission says of a source goes before what its file says of itself.
void declare(Source& source, const sources::AccountsEntry& entry) {
    const auto& declared = entry.declared;
    if (!declared.id.empty()) source.id = declared.id;
    if (!declared.title.empty()) source.title = declared.title;
    if (!declared.licence.empty()) source.licence = declared.licence;
    if (!declared.credit.empty()) source.credit = declared.credit;
    if (!declared.version.empty()) source.version = declared.version;
    if (entry.republish_declared) source.republish = declared.republish;
    if (declared.recording != Recording::not_stated) source.recording = declared.recording;
    source.repeats = declared.repeats;
}

/// An id that no other source has: sources of one format would otherwise share it, and so would their
/// accounts.
std::string unique_id(std::string id, const std::vector<Source>& others) {
    const auto taken = [&](const std::string& candidate) {
        for (const auto& other : others) {
            if (other.id == candidate) return true;
        }
        return false;
    };
    if (!taken(id)) return id;
    for (int n = 2;; ++n) {
        auto candidate = fmt::format("{}-{}", id, n);
        if (!taken(candidate)) return candidate;
    }
}

Result<std::optional<sources::Mapping>> mapping_of(const sources::AccountsEntry& entry, const fs::path& base,
                                                   std::vector<Error>& warnings, std::vector<Error>& errors) {
    if (entry.mapping.empty()) return std::nullopt;
    auto text = read_file(base / entry.mapping, longest_yaml);
    if (!text) return tl::unexpected(text.error());
    auto reading = sources::read_mapping(*text, entry.mapping);
    std::ranges::move(reading.warnings, std::back_inserter(warnings));
    std::ranges::move(reading.errors, std::back_inserter(errors));
    return std::move(reading.mapping);
}

/// Where the text of a source's accounts came from.
struct AccountsText {
    std::string_view text;
    const record::ReceivedTable* table = nullptr;  ///< nothing for a file
};

/// Puts what was read of one source into the dossier; returns which source it became.
SourceId take(ReadDossier& read, const sources::AccountsEntry& entry, sources::ReadResult result,
              const AccountsText& from, const sources::Mapping* mapping) {
    auto& dossier = read.dossier;
    const SourceId id{static_cast<std::uint32_t>(dossier.sources.size())};
    if (!result.rejects.empty())
        read.rejected.push_back({id, sources::rejects_csv(result, from.text, mapping)});
    auto source = std::move(result.source);
    declare(source, entry);
    source.id = unique_id(source.id.empty() ? source.format : source.id, dossier.sources);
    if (from.table != nullptr && from.table->with_withheld > 0) {
        source.warnings.push_back(
            fmt::format("of {} of {} rows some cells are withheld; they were read as empty",
                        from.table->with_withheld, from.table->rows.size()));
    }
    for (const auto& warning : source.warnings)
        read.warnings.push_back({.message = warning, .file = entry.file});
    dossier.sources.push_back(std::move(source));
    for (auto& account : result.accounts) {
        account.source = id;
        // The row as the source gave it, or the entry that stands for it: not the row as it was put together here.
        if (from.table != nullptr) account.raw = from.table->rows[account.row - 1].hash;
    }
    for (auto& reject : result.rejects) reject.source = id;
    if (dossier.accounts.empty()) {
        dossier.accounts = std::move(result.accounts);
    } else {
        std::ranges::move(result.accounts, std::back_inserter(dossier.accounts));
    }
    std::ranges::move(result.rejects, std::back_inserter(dossier.rejects));
    return id;
}

/// Reads the text of one source into the dossier.
std::optional<SourceId> read_into(ReadDossier& read, const sources::AccountsEntry& entry,
                                  const AccountsText& from, const sources::Mapping* mapping, int threads,
                                  std::vector<Error>& errors) {
    const auto& dossier = read.dossier;
    const sources::Context context{dossier.actors, dossier.areas, dossier.mission.zone, threads,
                                   sources::Context::ExtraCells::left_out};
    auto result = sources::read_accounts(from.text, entry.file, context, mapping);
    if (!result) {
        errors.push_back(std::move(result.error()));
        if (errors.back().file.empty()) errors.back().file = entry.file;
        return std::nullopt;
    }
    return take(read, entry, std::move(*result), from, mapping);
}

/// The table of one source of the record. A mapping is made to fit: the record's table is written by one rule, however the file
/// was, and columns that are withheld from every row are empty in it.
record::ReceivedTable table_from(const MissionRecord& record, const std::string& source,
                                 std::optional<sources::Mapping>& mapping) {
    auto table = record::table_of(record.state, source);
    if (!mapping) return table;
    mapping->form = {.delimiter = ',', .quoting = csv::Quoting::rfc4180};
    mapping->preamble_rows = 0;
    mapping->column_names.clear();
    if (table.with_withheld == 0) return table;
    std::vector<std::string> wanted;
    for (const auto& [field, rule] : mapping->fields) {
        wanted.insert(wanted.end(), rule.columns.begin(), rule.columns.end());
    }
    return record::table_of(record.state, source, wanted);
}

/// Reads one file of accounts, or one source of the record, into the dossier.
Result<void> add_accounts(ReadDossier& read, const sources::AccountsEntry& entry, const fs::path& base,
                          MissionRecord* record, int threads, std::vector<Error>& errors) {
    auto mapping = mapping_of(entry, base, read.warnings, errors);
    if (!mapping) return tl::unexpected(mapping.error());
    if (!entry.mapping.empty() && !*mapping) return {};  // its errors are already told
    const auto* known_mapping = *mapping ? &**mapping : nullptr;
    if (!entry.record.empty()) {
        if (record == nullptr) {
            errors.push_back({.message = fmt::format("accounts: source '{}' is to come from the record, and the folder keeps "
                                                     "none; 'truce record init' makes one",
                                                     shown(entry.record)),
                              .file = "mission.yaml",
                              .line = entry.where.line,
                              .column = entry.where.column});
            return {};
        }
        const auto table = table_from(*record, entry.record, *mapping);
        record->read_sources.insert(entry.record);
        if (table.rows.empty()) {
            read.warnings.push_back(
                {.message = "the record has no account of this source so far", .file = entry.file});
            return {};
        }
        const auto id = read_into(read, entry, {table.csv, &table}, known_mapping, threads, errors);
        if (id) record->note_rows(*id, table);
        return {};
    }
    const auto path = base / entry.file;
    auto file = map_file(path.string());
    if (!file) return tl::unexpected(file.error());
    if (!read_into(read, entry, {file->text()}, known_mapping, threads, errors)) return {};
    if (file->changed()) {
        return failure(
            {.message = "the file changed while it was read; wait until it is complete, and run again",
             .file = path.string()});
    }
    return {};
}

/// Reads the sources of the record that the mission does not name, as far as it is known what they are: reports that
/// were filed one by one, and rows whose columns tell their format. Rows that a file has too, by their hash, are the
/// file's. Of sources that no reader knows `MissionRecord::tell` warns.
void add_unnamed_sources(ReadDossier& read, MissionRecord& record, int threads) {
    std::set<Sha256> in_files;
    for (const auto& account : read.dossier.accounts) in_files.insert(account.raw);
    for (const auto& [name, count] : record::sources_of(record.state)) {
        if (record.read_sources.contains(name)) continue;
        sources::AccountsEntry entry;
        entry.file = fmt::format("feeds ({})", name);
        entry.record = name;
        entry.declared.id = name;
        std::optional<sources::Mapping> mapping;
        std::vector<std::string> wanted;
        if (name == server::filed_source) {
            entry.declared.repeats = Repeats::may;  // several people file what they saw of one incident
            mapping = sources::read_mapping(server::filed_mapping(), name).mapping;
            for (const auto& [field, rule] : mapping->fields) {
                wanted.insert(wanted.end(), rule.columns.begin(), rule.columns.end());
            }
        }
        const auto table = record::table_of(record.state, name, wanted, in_files);
        if (table.rows.empty()) {
            record.read_sources.insert(name);
            continue;
        }
        std::vector<Error> unknown;
        const auto id =
            read_into(read, entry, {table.csv, &table}, mapping ? &*mapping : nullptr, threads, unknown);
        if (!id) continue;
        record.read_sources.insert(name);
        record.note_rows(*id, table);
    }
}

tl::expected<ReadDossier, DossierErrors> with_accounts(sources::LoadedMission loaded, const fs::path& base,
                                                       MissionRecord* record, int threads) {
    ReadDossier read;
    read.warnings = std::move(loaded.warnings);
    read.dossier.mission = std::move(loaded.mission);
    read.dossier.mission.focus_version = std::move(loaded.focus_version);
    read.dossier.actors = std::move(loaded.actors);
    read.dossier.areas = std::move(loaded.areas);
    read.dossier.agreements = std::move(loaded.agreements);
    read.dossier.link_decisions = std::move(loaded.link_decisions);
    std::vector<Error> errors;
    for (const auto& entry : loaded.accounts) {
        if (auto added = add_accounts(read, entry, base, record, threads, errors); !added) {
            return failed(std::move(added.error()), std::move(read.warnings), Kind::could_not_read);
        }
    }
    if (record != nullptr && errors.empty()) add_unnamed_sources(read, *record, threads);
    if (const auto& wanted = read.dossier.mission.comparables; wanted && !wanted->file.empty()) {
        auto comparables = read_register(*wanted, base, read.warnings);
        if (comparables) {
            read.dossier.comparables = std::move(*comparables);
        } else {
            errors.push_back(std::move(comparables.error()));
        }
    }
    if (const auto& wanted = read.dossier.mission.lists; wanted && !wanted->file.empty()) {
        auto lists = read_listed_dead(*wanted, base);
        if (lists) {
            read.dossier.lists = std::move(*lists);
        } else {
            std::ranges::move(lists.error(), std::back_inserter(errors));
        }
    }
    if (const auto& wanted = read.dossier.mission.effort; !wanted.empty()) {
        if (const auto effort = read_effort_file(base / wanted, wanted)) {
            read.dossier.effort = *effort;
        } else {
            errors.push_back(effort.error());
        }
    }
    if (!errors.empty()) {
        return tl::unexpected<DossierErrors>(
            {std::move(errors), std::move(read.warnings), Kind::wrong_content});
    }
    if (record != nullptr) record->tell(read.dossier, read.warnings);
    return read;
}

Result<std::vector<sources::LooseFile>> read_loose(const std::vector<std::string>& paths,
                                                   std::size_t longest) {
    std::vector<sources::LooseFile> files;
    for (const auto& path : paths) {
        auto text = read_file(path, longest);
        if (!text) return tl::unexpected(text.error());
        files.push_back({path, std::move(*text)});
    }
    return files;
}

/// FILE or FILE:MAPPING. A colon in a file's own name is no separator where that file exists.
sources::AccountsEntry accounts_entry(const std::string& given) {
    sources::AccountsEntry entry;
    const auto colon = given.rfind(':');
    if (colon == std::string::npos || fs::exists(given)) {
        entry.file = given;
    } else {
        entry.file = given.substr(0, colon);
        entry.mapping = given.substr(colon + 1);
    }
    return entry;
}

}  // namespace

Result<std::vector<DayWatched>> read_effort_file(const fs::path& path, const std::string& name) {
    const auto text = read_file(path.string(), longest_effort_file);
    if (!text) return tl::unexpected(text.error());
    const auto effort = sources::read_effort(*text, name);
    if (!effort) return tl::unexpected(effort.error());
    std::vector<DayWatched> watched;
    for (const auto& [day, amount] : *effort) watched.push_back({day, amount});
    return watched;
}

tl::expected<ListedDead, std::vector<Error>> read_listed_dead(const Mission::Lists& wanted,
                                                              const fs::path& base) {
    const auto file = map_file((base / wanted.file).string());
    if (!file) return tl::unexpected(std::vector{file.error()});
    const auto table = sources::read_list_table(
        file->text(), wanted.file,
        {.lists = wanted.columns, .count = wanted.count, .stratum = wanted.stratum});
    if (!table) return tl::unexpected(table.error());
    const auto counts_of = [&](const sources::ListedPeople& listed) {
        numeric::ListCounts counts(static_cast<int>(table->lists.size()));
        for (const auto& [set, number] : listed) counts.add(set, number);
        return counts;
    };
    ListedDead lists{.file = wanted.file,
                     .strata = {},
                     .population = wanted.population == Mission::Lists::Population::open
                                       ? analysis::PopulationIs::open
                                       : analysis::PopulationIs::closed};
    for (const auto& stratum : table->strata) {
        lists.strata.push_back({.name = stratum.name,
                                .table = {.lists = table->lists, .counts = counts_of(stratum.listed)},
                                .draws = {}});
        for (const auto& draw : stratum.draws) lists.strata.back().draws.push_back(counts_of(draw));
    }
    return lists;
}

Result<Comparables> read_register(const Mission::Register& wanted, const fs::path& base,
                                  std::vector<Error>& warnings) {
    const auto path = base / wanted.file;
    const auto file = map_file(path.string());
    if (!file) return tl::unexpected(file.error());
    auto read = sources::read_comparables(file->text(), wanted.file, {}, wanted.ends);
    if (!read) return tl::unexpected(read.error());
    if (file->changed())
        return failure({.message = "the file changed while it was read; try again", .file = path.string()});
    for (auto& warning : read->warnings)
        warnings.push_back({.message = std::move(warning), .file = wanted.file});
    if (!read->rejects.empty()) {
        const auto& first = read->rejects.front();
        warnings.push_back(
            {.message = fmt::format("{} rows cannot be read; the first: column '{}': found '{}', want {}",
                                    read->rejects.size(), shown(first.column_name), shown(first.found),
                                    first.expected),
             .file = wanted.file,
             .line = first.line});
    }
    return std::move(read->comparables);
}

tl::expected<ReadDossier, DossierErrors> read_dossier(const fs::path& folder, int threads,
                                                      const std::string& as_of) {
    auto found = read_mission_folder(folder);
    if (!found) return tl::unexpected<DossierErrors>({std::move(found.error()), {}, Kind::could_not_read});
    auto record = read_mission_record(folder, as_of, threads);
    if (!record) return failed(std::move(record.error()), std::move(found->warnings), Kind::could_not_read);
    auto* const kept = *record ? &**record : nullptr;
    if (kept != nullptr) {
        if (auto errors = kept->add_agreements(found->files, found->warnings); !errors.empty())
            return tl::unexpected<DossierErrors>(
                {std::move(errors), std::move(found->warnings), Kind::wrong_content});
    }
    auto loaded = sources::load_mission(found->files, assets::countries_10m(), threads);
    if (!loaded) {
        auto warnings = std::move(found->warnings);
        std::ranges::move(loaded.error().warnings, std::back_inserter(warnings));
        return tl::unexpected<DossierErrors>(
            {std::move(loaded.error().errors), std::move(warnings), Kind::wrong_content});
    }
    loaded->warnings.insert(loaded->warnings.begin(), found->warnings.begin(), found->warnings.end());
    found->files = {};  // the texts may be as large as the accounts
    return with_accounts(std::move(*loaded), folder, kept, threads);
}

tl::expected<ReadDossier, DossierErrors> read_dossier(const GivenFiles& files, int threads) {
    sources::LooseFiles loose;
    loose.zone = files.zone;
    const auto take = [](Result<std::vector<sources::LooseFile>> read,
                         std::vector<sources::LooseFile>& into) {
        if (read) into = std::move(*read);
        return read ? std::optional<Error>() : std::optional(std::move(read.error()));
    };
    if (auto error = take(read_loose(files.agreements, longest_yaml), loose.agreements)) {
        return failed(std::move(*error), {}, Kind::could_not_read);
    }
    if (auto error = take(read_loose(files.actors, longest_yaml), loose.actors)) {
        return failed(std::move(*error), {}, Kind::could_not_read);
    }
    if (auto error = take(read_loose(files.areas, longest_geojson), loose.areas)) {
        return failed(std::move(*error), {}, Kind::could_not_read);
    }
    for (const auto& given : files.accounts) loose.accounts.push_back(accounts_entry(given));
    auto loaded = sources::load_loose(loose, assets::countries_10m(), threads);
    if (!loaded) {
        return tl::unexpected<DossierErrors>(
            {std::move(loaded.error().errors), std::move(loaded.error().warnings), Kind::wrong_content});
    }
    return with_accounts(std::move(*loaded), {}, nullptr, threads);
}

}  // namespace truce::cli
