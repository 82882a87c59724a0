// SPDX-License-Identifier: Apache-2.0
#include "record/received.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace truce::record {
namespace {

void append_cell(std::string& csv, std::string_view cell) {
    csv += '"';
    for (const char c : cell) {
        if (c == '"') csv += '"';
        csv += c;
    }
    csv += '"';
}

/// Finds accounts by their entries.
class Accounts {
public:
    explicit Accounts(const State& state) : state_(state) {
        for (std::uint32_t i = 0; i < state.accounts.size(); ++i)
            by_entry_.emplace_back(state.accounts[i].entry, i);
        std::ranges::sort(by_entry_);
    }
    [[nodiscard]] const AccountState* find(const EntryId& entry) const {
        const auto found =
            std::ranges::lower_bound(by_entry_, entry, {}, &std::pair<EntryId, std::uint32_t>::first);
        if (found == by_entry_.end() || found->first != entry) return nullptr;
        return &state_.accounts[found->second];
    }

private:
    const State& state_;
    std::vector<std::pair<EntryId, std::uint32_t>> by_entry_;
};

/// A decision on the rows of `entries`; without accounts where they are fewer than two rows.
LinkDecision decision_on(const Accounts& accounts, LinkDecision::Kind kind,
                         const std::vector<EntryId>& entries, std::string by, std::string why) {
    LinkDecision decision{.kind = kind, .by = std::move(by), .why = std::move(why), .file = "feeds"};
    std::set<Sha256> rows;
    for (const EntryId& entry : entries) {
        const AccountState* account = accounts.find(entry);
        if (account == nullptr || !rows.insert(row_hash(*account)).second) continue;
        decision.accounts.push_back({.source = account->source, .raw = row_hash(*account).hex()});
    }
    if (rows.size() < 2) decision.accounts.clear();
    return decision;
}

/// Of whom an account is the duplicate, where a monitor says so and none says that it stands for itself.
const AccountScoped* duplicate(const AccountState& account) {
    const AccountScoped* found = nullptr;
    for (const auto& [monitor, scoped] : account.scoped) {
        if (scoped.scope == Scope::logged) return nullptr;
        if (scoped.scope == Scope::duplicate && scoped.duplicate_of && found == nullptr) found = &scoped;
    }
    return found;
}

}  // namespace

Sha256 row_hash(const AccountState& account) {
    return account.raw && account.hidden.empty() ? *account.raw : account.entry;
}

std::vector<std::pair<std::string, std::uint64_t>> sources_of(const State& state) {
    std::map<std::string, std::uint64_t> counts;
    for (const AccountState& account : state.accounts) ++counts[account.source];
    return {counts.begin(), counts.end()};
}

ReceivedTable table_of(const State& state, std::string_view source, std::span<const std::string> wanted,
                       const std::set<Sha256>& left_out) {
    std::map<std::string_view, std::size_t> columns;
    for (const std::string& column : wanted) columns.try_emplace(column);
    for (const AccountState& account : state.accounts) {
        if (account.source != source) continue;
        for (const auto& [column, cell] : account.row) columns.try_emplace(column);
    }
    ReceivedTable table;
    std::size_t next = 0;
    for (auto& [column, place] : columns) {
        place = next++;
        if (place > 0) table.csv += ',';
        append_cell(table.csv, column);
    }
    table.csv += '\n';
    std::map<Sha256, std::size_t> by_hash;
    std::vector<std::string_view> cells;
    for (const AccountState& account : state.accounts) {
        if (account.source != source) continue;
        const Sha256 hash = row_hash(account);
        if (left_out.contains(hash)) continue;
        const auto [known, fresh] = by_hash.try_emplace(hash, table.rows.size());
        if (!fresh) {
            table.rows[known->second].entries.push_back(account.entry);
            continue;
        }
        table.rows.push_back({.hash = hash, .entries = {account.entry}});
        if (!account.hidden.empty()) ++table.with_withheld;
        cells.assign(columns.size(), {});
        for (const auto& [column, cell] : account.row) cells[columns.at(column)] = cell;
        for (std::size_t c = 0; c < cells.size(); ++c) {
            if (c > 0) table.csv += ',';
            append_cell(table.csv, cells[c]);
        }
        table.csv += '\n';
    }
    return table;
}

std::vector<LinkDecision> link_decisions(const State& state) {
    const Accounts accounts(state);
    std::vector<LinkDecision> decisions;
    const auto add = [&](LinkDecision decision) {
        if (!decision.accounts.empty()) decisions.push_back(std::move(decision));
    };
    for (const LinkState& link : state.links) {
        if (link.status != LinkStatus::holds) continue;
        add(decision_on(accounts, LinkDecision::Kind::link, link.accounts, link.by, link.grounds));
    }
    for (const AccountState& account : state.accounts) {
        const AccountScoped* scoped = duplicate(account);
        if (scoped == nullptr) continue;
        std::string by;
        for (const auto& [monitor, said] : account.scoped) {
            if (&said == scoped) by = monitor;
        }
        add(decision_on(accounts, LinkDecision::Kind::link, {account.entry, *scoped->duplicate_of}, by,
                        scoped->reason));
    }
    for (const LinkState& link : state.links) {
        if (link.status == LinkStatus::holds) continue;
        add(decision_on(accounts, LinkDecision::Kind::split, link.accounts, link.by, link.grounds));
    }
    return decisions;
}

}  // namespace truce::record
