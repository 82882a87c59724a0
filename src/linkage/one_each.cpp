// SPDX-License-Identifier: Apache-2.0
#include "linkage/one_each.h"

#include <algorithm>

#include "base/large_pages.h"

namespace truce {

std::vector<Incident> one_incident_each(std::span<const Account> accounts) {
    std::vector<Incident> incidents;
    incidents.reserve(
        static_cast<std::size_t>(std::ranges::count(accounts, AccountKind::incident, &Account::kind)));
    ask_for_large_pages(incidents.data(), incidents.capacity() * sizeof(Incident));
    for (std::uint32_t i = 0; i < accounts.size(); ++i) {
        if (accounts[i].kind != AccountKind::incident) continue;
        incidents.push_back({.accounts = {AccountId{i}}, .what = accounts[i].told});
    }
    return incidents;
}

}  // namespace truce
