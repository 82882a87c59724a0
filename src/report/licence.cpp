// SPDX-License-Identifier: Apache-2.0
#include "report/licence.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

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
    std::string name;
    append_name(name, dossier, account);
    return name;
}

void append_name(std::string& out, const Dossier& dossier, const Account& account) {
    out += dossier.sources[account.source.value].id;
    out += ':';
    if (account.key.empty()) {
        fmt::format_to(std::back_inserter(out), "row{}", account.row);
    } else {
        out += account.key;
    }
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
