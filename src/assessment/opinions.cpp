// SPDX-License-Identifier: Apache-2.0
#include "assessment/opinions.h"

#include <algorithm>
#include <map>
#include <string>

#include "assessment/assessment.h"

namespace truce {

std::vector<IncidentOpinions> opinions_on(const Dossier& dossier, std::span<const Incident> incidents) {
    std::vector<IncidentOpinions> all;
    if (!dossier.record || dossier.record->opinions.empty()) return all;
    constexpr std::uint32_t none = UINT32_MAX;
    std::vector<std::uint32_t> incident_of(dossier.accounts.size(), none);
    for (std::uint32_t i = 0; i < incidents.size(); ++i) {
        for (const auto account : incidents[i].accounts) incident_of[account.value] = i;
    }
    const auto& recorded = dossier.record->opinions;
    std::map<std::uint32_t, std::map<std::string, std::uint32_t>> by_incident;
    for (std::uint32_t o = 0; o < recorded.size(); ++o) {
        for (const auto account : recorded[o].accounts) {
            // In the record's order, so that a monitor's last word stays.
            if (const auto incident = incident_of[account.value]; incident != none)
                by_incident[incident][recorded[o].monitor] = o;
        }
    }
    for (const auto& [incident, by_monitor] : by_incident) {
        IncidentOpinions one{.incident = IncidentId{incident}};
        std::vector<Opinion> said;
        for (const auto& [monitor, place] : by_monitor) {
            one.opinions.push_back(place);
            said.push_back(recorded[place].opinion);
        }
        one.joint = joint_opinion(said);
        all.push_back(std::move(one));
    }
    return all;
}

const IncidentOpinions* opinions_of(std::span<const IncidentOpinions> all, IncidentId incident) {
    const auto found = std::ranges::lower_bound(all, incident, {}, &IncidentOpinions::incident);
    return found == all.end() || found->incident != incident ? nullptr : &*found;
}

Opinion as_held_against(Opinion opinion, std::string_view agreement, std::string_view duty) {
    const bool other = (!opinion.agreement.empty() && opinion.agreement != agreement) ||
                       (!opinion.duty.empty() && opinion.duty != duty);
    if (other) {
        opinion.breach.reset();
        opinion.reason.clear();
    }
    return opinion;
}

std::vector<analysis::AxisAgreement> agreement_of_monitors(const Dossier& dossier,
                                                           std::span<const IncidentOpinions> opinions) {
    std::vector<analysis::Rating> ratings;
    for (const auto& one : opinions) {
        for (const auto place : one.opinions) {
            const auto& recorded = dossier.record->opinions[place];
            ratings.push_back({one.incident.value, recorded.monitor, recorded.opinion});
        }
    }
    return analysis::monitor_agreement(ratings);
}

}  // namespace truce
