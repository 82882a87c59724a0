// SPDX-License-Identifier: Apache-2.0
#include "server/recorded.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sources/accounts.h"
#include "sources/mapping.h"
#include "server/source_rows.h"

namespace truce::server {
namespace {

/// The rows of one source, in merged order, each with what finds it in the record again.
struct Rows {
    std::string source;
    std::vector<NamedCells> cells;
    std::vector<Sha256> raw;
};

std::vector<Rows> rows_by_source(const Dossier& dossier, const RecordView& record) {
    std::set<Sha256> held;
    for (const auto& account : dossier.accounts) held.insert(account.raw);
    std::vector<Rows> all;
    for (const auto& account : record.state.accounts) {
        const auto raw = account.raw.value_or(account.entry);
        if (account.row.empty() || !held.insert(raw).second) continue;
        auto found = std::ranges::find(all, account.source, &Rows::source);
        if (found == all.end()) found = all.insert(all.end(), Rows{account.source, {}, {}});
        found->cells.push_back(account.row);
        found->raw.push_back(raw);
    }
    return all;
}

std::string unique_id(const std::string& id, const std::vector<Source>& others) {
    const auto taken = [&](const std::string& candidate) {
        return std::ranges::find(others, candidate, &Source::id) != others.end();
    };
    if (!taken(id)) return id;
    for (int n = 2;; ++n) {
        auto candidate = fmt::format("{}-{}", id, n);
        if (!taken(candidate)) return candidate;
    }
}

}  // namespace

std::vector<Error> add_recorded(Dossier& dossier, const RecordView& record, int threads) {
    static const auto filed = sources::read_mapping(filed_mapping(), "reports.mapping.yaml");
    std::vector<Error> warnings;
    for (const auto& rows : rows_by_source(dossier, record)) {
        const auto text = table_of(rows.cells);
        const auto* mapping = rows.source == filed_source ? &*filed.mapping : nullptr;
        const sources::Context context{dossier.actors, dossier.areas, dossier.mission.zone, threads};
        const auto name = fmt::format("feeds ({})", rows.source);
        auto read = sources::read_accounts(text, name, context, mapping);
        if (!read) {
            warnings.push_back({.message = fmt::format("{} accounts of the record cannot be read: {}", rows.cells.size(),
                                                       read.error().message),
                                .file = name});
            continue;
        }
        const SourceId id{static_cast<std::uint32_t>(dossier.sources.size())};
        read->source.id = unique_id(rows.source, dossier.sources);
        for (auto& account : read->accounts) {
            account.source = id;
            account.raw = rows.raw[account.row - 1];
        }
        for (auto& reject : read->rejects) reject.source = id;
        dossier.sources.push_back(std::move(read->source));
        std::ranges::move(read->accounts, std::back_inserter(dossier.accounts));
        std::ranges::move(read->rejects, std::back_inserter(dossier.rejects));
    }
    return warnings;
}

}  // namespace truce::server
