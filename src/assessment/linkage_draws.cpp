// SPDX-License-Identifier: Apache-2.0
#include "assessment/linkage_draws.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "assessment/assessment.h"
#include "assessment/documented_toll.h"
#include "base/random.h"

namespace truce {

namespace {

constexpr std::size_t most_accounts = 20000;

/// A link between two of the accounts that take part, by their places among them.
struct OpenLink {
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    double chance = 1;
};

/// Accounts in groups, none of which holds two accounts of a source that does not repeat itself.
class Groups {
public:
    Groups(const Dossier& dossier, std::span<const AccountId> accounts)
        : parent_(accounts.size()), sources_(accounts.size()) {
        std::iota(parent_.begin(), parent_.end(), 0U);
        for (std::size_t i = 0; i < accounts.size(); ++i) {
            const auto source = dossier.accounts[accounts[i].value].source;
            if (dossier.sources[source.value].repeats == Repeats::never) sources_[i] = {source.value};
        }
    }

    void join(std::uint32_t a, std::uint32_t b) {
        a = root(a);
        b = root(b);
        if (a == b) return;
        std::vector<std::uint32_t> both;
        std::ranges::set_intersection(sources_[a], sources_[b], std::back_inserter(both));
        if (!both.empty()) return;
        std::ranges::set_union(sources_[a], sources_[b], std::back_inserter(both));
        const auto first = std::min(a, b);
        parent_[std::max(a, b)] = first;
        sources_[first] = std::move(both);
    }

    /// Which group each account is in, numbered from 0 without a gap, by their first accounts.
    [[nodiscard]] std::vector<std::uint32_t> numbered() {
        std::vector<std::uint32_t> number(parent_.size());
        std::uint32_t next = 0;
        for (std::uint32_t i = 0; i < parent_.size(); ++i) {
            const auto first = root(i);
            number[i] = first == i ? next++ : number[first];
        }
        return number;
    }

private:
    std::uint32_t root(std::uint32_t i) {
        while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
        return i;
    }

    std::vector<std::uint32_t> parent_;
    std::vector<std::vector<std::uint32_t>> sources_;  // in rising order; of sources that repeat nothing
};

double chance_of(const AccountLink& link) {
    switch (link.state) {
        case linkage::LinkState::linked:
        case linkage::LinkState::review:
            return link.chance;
        case linkage::LinkState::decided_together:
            return 1;
        case linkage::LinkState::kept_apart:
        case linkage::LinkState::decided_apart:
        case linkage::LinkState::not_heeded:
            return 0;
    }
    return 0;
}

}  // namespace

std::vector<std::vector<analysis::IncidentToll>> linkage_draws(const Dossier& dossier,
                                                               std::span<const Incident> made,
                                                               const Linkage& linkage,
                                                               std::span<const IncidentId> incidents,
                                                               int draws, std::uint64_t seed) {
    std::vector<AccountId> accounts;
    std::unordered_map<std::uint32_t, std::uint32_t> place_of;
    for (const auto incident : incidents) {
        for (const auto account : made[incident.value].accounts) {
            place_of.emplace(account.value, static_cast<std::uint32_t>(accounts.size()));
            accounts.push_back(account);
        }
        if (accounts.size() > most_accounts) return {};
    }
    std::vector<OpenLink> links;
    bool open = false;
    for (const auto& link : linkage.links) {
        const auto a = place_of.find(link.a.value);
        const auto b = place_of.find(link.b.value);
        const double chance = chance_of(link);
        if (a == place_of.end() || b == place_of.end() || chance <= 0) continue;
        links.push_back({.a = a->second, .b = b->second, .chance = chance});
        // Beyond this no twenty draws would show the difference.
        constexpr double certain = 0.9999;
        open = open || chance < certain;
    }
    if (!open) return {};
    std::ranges::stable_sort(links, std::ranges::greater{}, &OpenLink::chance);

    std::vector<analysis::AccountToll> tolls;
    for (const auto account : accounts) {
        const auto& told = dossier.accounts[account.value].told;
        tolls.push_back(toll_of(told, analysis::local_days(told.when.window, dossier.mission.zone)));
    }
    std::vector<std::vector<analysis::IncidentToll>> groupings;
    for (int draw = 0; draw < draws; ++draw) {
        Random random(seed, static_cast<std::uint64_t>(draw));
        Groups groups(dossier, accounts);
        for (const auto& link : links) {
            if (random.uniform() < link.chance) groups.join(link.a, link.b);
        }
        groupings.push_back(analysis::group_accounts(tolls, groups.numbered()));
    }
    return groupings;
}

}  // namespace truce
