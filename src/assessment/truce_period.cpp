// SPDX-License-Identifier: Apache-2.0
#include "assessment/truce_period.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace truce {
namespace {

/// A week, and an hour for a change of clocks in it.
constexpr std::chrono::seconds dated_within = std::chrono::days{7} + std::chrono::hours{1};

/// The agreement, those that carry it on, those that carry these on. Each once, so that a cycle ends where it closes.
std::vector<AgreementId> carried_on(std::span<const Agreement> agreements, AgreementId truce) {
    std::vector<AgreementId> line{truce};
    for (std::size_t i = 0; i < line.size(); ++i) {
        for (std::uint32_t a = 0; a < agreements.size(); ++a) {
            const bool carries_on = std::ranges::any_of(agreements[a].lineage, [&](const Lineage& link) {
                return link.other == line[i] && (link.relation == LineageRelation::extends_time_of ||
                                                 link.relation == LineageRelation::supersedes);
            });
            if (carries_on && std::ranges::find(line, AgreementId{a}) == line.end())
                line.push_back(AgreementId{a});
        }
    }
    return line;
}

Moment later_of(Moment a, Moment b) {
    return {std::max(a.earliest, b.earliest), std::max(a.latest, b.latest)};
}

}  // namespace

Moment end_of_truce(std::span<const Agreement> agreements, std::span<const Commitment> commitments,
                    AgreementId truce) {
    Moment end = Moment::at(open_start);
    for (const auto id : carried_on(agreements, truce)) {
        bool has_duties = false;
        for (const auto& commitment : commitments) {
            if (commitment.agreement != id) continue;
            has_duties = true;
            end = later_of(end, commitment.in_force.back().until);
        }
        const auto& agreement = agreements[id.value];
        if (has_duties) continue;
        end = later_of(end, agreement.renewal == Renewal::automatic ? Moment::at(open_end) : agreement.until);
    }
    return end.latest >= open_end ? Moment::at(open_end) : end;
}

std::optional<DayRange> days_of_record(std::span<const Incident> incidents, const Zone& zone) {
    if (incidents.empty()) return std::nullopt;
    constexpr std::chrono::seconds last_second{1};
    struct Reach {
        sys_seconds first = open_end;
        sys_seconds end = open_start;
    };
    Reach of_all;
    Reach of_record;
    bool any_dated = false;
    for (const auto& incident : incidents) {
        const auto& window = incident.what.when.window;
        of_all = {std::min(of_all.first, window.first), std::max(of_all.end, window.end)};
        const bool dated = window.length() <= dated_within;
        any_dated |= dated;
        of_record = {std::min(of_record.first, dated ? window.first : window.end - last_second),
                     std::max(of_record.end, dated ? window.end : window.first + last_second)};
    }
    const auto& reach = any_dated ? of_record : of_all;
    return DayRange{zone.local_day(reach.first), zone.local_day(reach.end - last_second)};
}

}  // namespace truce
