// SPDX-License-Identifier: Apache-2.0
#include "report/licence.h"

#include <fmt/format.h>

#include <algorithm>

namespace truce::report {

bool may_show(const Dossier& dossier, const Account& account, Readers readers) {
    return readers == Readers::own_use || dossier.sources[account.source.value].republish == Republish::rows;
}

bool may_show(const Dossier& dossier, const Incident& incident, Readers readers) {
    return std::ranges::all_of(incident.accounts, [&](AccountId account) {
        return may_show(dossier, dossier.accounts[account.value], readers);
    });
}

std::string name_of(const Dossier& dossier, const Account& account) {
    const auto& source = dossier.sources[account.source.value].id;
    if (account.key.empty()) return fmt::format("{}:row{}", source, account.row);
    // Asked for every row of every table, hence spelled out.
    std::string name;
    name.reserve(source.size() + 1 + account.key.size());
    name += source;
    name += ':';
    name += account.key;
    return name;
}

std::string name_of(const Dossier& dossier, const Incident& incident) {
    return name_of(dossier, dossier.accounts[incident.accounts.front().value]);
}

std::string name_of(const Dossier& dossier, const Commitment& commitment) {
    const auto& duties = dossier.agreements[commitment.stated_by.value].duties;
    return fmt::format("{}/{}", dossier.agreements[commitment.agreement.value].id,
                       duties[commitment.duty].id);
}

}  // namespace truce::report
