// SPDX-License-Identifier: Apache-2.0
#include "model/commitment.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace truce {
bool brings_duties(LineageRelation relation) {
    switch (relation) {
        case LineageRelation::extends_area_of:
        case LineageRelation::extends_time_of:
        case LineageRelation::reaffirms:
        case LineageRelation::recommits_to:
        case LineageRelation::implements:
            return true;
        case LineageRelation::supersedes:
        case LineageRelation::suspends:
        case LineageRelation::terminates:
        case LineageRelation::annex_of:
        case LineageRelation::follows:
            return false;
    }
    return false;
}

namespace {

Moment earlier_of(Moment a, Moment b) {
    return {std::min(a.earliest, b.earliest), std::min(a.latest, b.latest)};
}
Moment later_of(Moment a, Moment b) {
    return {std::max(a.earliest, b.earliest), std::max(a.latest, b.latest)};
}

/// A stretch taken out of a period, and why.
struct Cut {
    Moment from;
    Moment until;
    Ending ending;
};

bool is_certainly_empty(const Force& stretch) {
    return stretch.until.latest <= stretch.from.earliest;
}

/// Bounds that each end puts on the other: nothing ends before it begins.
Force tightened(Force stretch) {
    stretch.until.earliest = std::max(stretch.until.earliest, stretch.from.earliest);
    stretch.until.latest = std::max(stretch.until.latest, stretch.until.earliest);
    stretch.from.latest =
        std::max(stretch.from.earliest, std::min(stretch.from.latest, stretch.until.latest));
    return stretch;
}

/// `stretches` less `cut`. Where an end of the cut is known only within bounds, so is what it leaves.
std::vector<Force> without(const std::vector<Force>& stretches, const Cut& cut) {
    std::vector<Force> left_over;
    for (const auto& stretch : stretches) {
        if (cut.from.earliest >= stretch.until.latest || cut.until.latest <= stretch.from.earliest) {
            left_over.push_back(stretch);
            continue;
        }
        const Force before{stretch.from, earlier_of(stretch.until, cut.from), cut.ending};
        if (!is_certainly_empty(before)) left_over.push_back(tightened(before));
        const Force after{later_of(stretch.from, cut.until), stretch.until, stretch.ending};
        if (!is_certainly_empty(after)) left_over.push_back(tightened(after));
    }
    if (left_over.empty()) {
        const auto& first = stretches.front();
        left_over.push_back({first.from, first.from, cut.ending});
    }
    return left_over;
}

std::optional<Ending> ending_by(LineageRelation relation) {
    switch (relation) {
        case LineageRelation::supersedes:
            return Ending::supersession;
        case LineageRelation::suspends:
            return Ending::suspension;
        case LineageRelation::terminates:
            return Ending::termination;
        case LineageRelation::extends_area_of:
        case LineageRelation::extends_time_of:
        case LineageRelation::reaffirms:
        case LineageRelation::recommits_to:
        case LineageRelation::implements:
        case LineageRelation::annex_of:
        case LineageRelation::follows:
            return std::nullopt;
    }
    return std::nullopt;
}

/// What `agreements` cut out of each one's period, by agreement.
std::vector<std::vector<Cut>> cuts_of(std::span<const Agreement> agreements) {
    std::vector<std::vector<Cut>> cuts(agreements.size());
    for (std::size_t i = 0; i < agreements.size(); ++i) {
        for (const auto& [from, until] : agreements[i].suspensions) {
            cuts[i].push_back(
                {from, {std::max(until.earliest, from.earliest), until.latest}, Ending::suspension});
        }
    }
    for (const auto& agreement : agreements) {
        for (const auto& link : agreement.lineage) {
            const auto ending = ending_by(link.relation);
            if (!ending || &agreements[link.other.value] == &agreement) continue;
            const auto from = link.at.value_or(agreement.from);
            auto until = Moment::at(open_end);
            if (*ending == Ending::suspension) {
                until = {std::max(agreement.until.earliest, from.earliest), agreement.until.latest};
            }
            cuts[link.other.value].push_back({from, until, *ending});
        }
    }
    return cuts;
}

/// The agreement itself, then those from which it takes duties: its parents in order, then theirs. Each once,
/// so that a cycle ends where it closes.
std::vector<AgreementId> with_parents(std::span<const Agreement> agreements, AgreementId child) {
    std::vector<AgreementId> line{child};
    for (std::size_t i = 0; i < line.size(); ++i) {
        for (const auto& link : agreements[line[i].value].lineage) {
            if (brings_duties(link.relation) && std::ranges::find(line, link.other) == line.end()) {
                line.push_back(link.other);
            }
        }
    }
    return line;
}

std::vector<Adherent> those_bound(const Agreement& agreement) {
    std::vector<Adherent> bound;
    std::ranges::copy_if(agreement.adherents, std::back_inserter(bound), [](const Adherent& adherent) {
        return adherent.capacity == Capacity::signatory || adherent.capacity == Capacity::adherent;
    });
    return bound;
}

/// What all commitments under one agreement share: its own clauses, and where it is silent its parents'.
struct Frame {
    std::vector<AgreementId> line;
    std::vector<Adherent> adherents;
    std::vector<Exclusion> excluded;
    std::vector<Exception> exceptions;
    std::optional<AreaClause> area;
    std::vector<AreaClause> except_areas;
    std::optional<Notification> notification;
    std::vector<Act> permitted;
    bool extends_area = false;
};

Frame frame_of(std::span<const Agreement> agreements, AgreementId id) {
    Frame frame;
    frame.line = with_parents(agreements, id);
    for (const auto member : frame.line) {
        const auto& one = agreements[member.value];
        if (frame.adherents.empty()) frame.adherents = those_bound(one);
        if (frame.excluded.empty()) frame.excluded = one.excluded;
        if (frame.exceptions.empty()) frame.exceptions = one.exceptions;
        if (!frame.notification) frame.notification = one.notification;
        if (!frame.area && one.area) {
            // What is excepted goes with the area that it is cut out of.
            frame.area = one.area;
            frame.except_areas = one.except_areas;
        }
        for (const auto& duty : one.duties) {
            const bool for_all = duty.bound.empty() && !duty.area && !duty.from && !duty.until;
            if (duty.deontic != Deontic::permitted || !for_all) continue;
            frame.permitted.insert(frame.permitted.end(), duty.acts.begin(), duty.acts.end());
        }
    }
    const auto& own = agreements[id.value];
    if (frame.except_areas.empty()) frame.except_areas = own.except_areas;
    frame.extends_area = own.area && std::ranges::any_of(own.lineage, [](const Lineage& link) {
                             return link.relation == LineageRelation::extends_area_of;
                         });
    return frame;
}

std::vector<Adherent> bound_by(const Duty& duty, const Agreement& stated_by,
                               const std::vector<Adherent>& adherents) {
    if (duty.bound.empty()) return adherents;
    std::vector<Adherent> bound;
    for (const auto actor : duty.bound) {
        const auto before = bound.size();
        const auto is_it = [&](const Adherent& adherent) { return adherent.actor == actor; };
        std::ranges::copy_if(adherents, std::back_inserter(bound), is_it);
        // A duty may bind a guarantor, or a unit of a party.
        if (bound.size() == before) {
            std::ranges::copy_if(stated_by.adherents, std::back_inserter(bound), is_it);
        }
        if (bound.size() == before) {
            Adherent named;
            named.actor = actor;
            named.capacity = Capacity::signatory;
            bound.push_back(named);
        }
    }
    return bound;
}

/// The period of a duty before anything is cut from it.
Force period_of(const Agreement& agreement, const Duty& duty, bool own) {
    Force period{agreement.from, agreement.until};
    if (agreement.renewal == Renewal::automatic) period.until = Moment::at(open_end);
    if (own) {
        if (duty.from) period.from = *duty.from;
        if (duty.until) period.until = *duty.until;
    } else {
        if (duty.from) period.from = later_of(period.from, *duty.from);
        if (duty.until) period.until = earlier_of(period.until, *duty.until);
    }
    return tightened(period);
}

std::vector<Act> acts_that_breach(const Duty& duty) {
    if (duty.deontic == Deontic::prohibited) return duty.acts;
    std::vector<Act> breaching;
    for (const auto required : duty.acts) {
        for (const auto act : acts_that_fail(required)) {
            if (std::ranges::find(breaching, act) == breaching.end()) breaching.push_back(act);
        }
    }
    return breaching;
}

}  // namespace

std::vector<Act> acts_that_fail(Act required) {
    if (required == Act::access_allow) return {Act::access_deny, Act::siege};
    if (required == Act::release) return {Act::detain};
    // Who digs in or goes forward does not withdraw; a movement alone may be the withdrawal.
    if (required == Act::withdraw) return {Act::territory_acquire, Act::fortify};
    // What was only left undone (a notice not given) cannot be seen from anything that happened.
    return {};
}

std::vector<Commitment> commitments_of(std::span<const Agreement> agreements) {
    std::vector<Commitment> commitments;
    const auto cuts = cuts_of(agreements);
    for (std::uint32_t i = 0; i < agreements.size(); ++i) {
        const AgreementId id{i};
        const auto& agreement = agreements[i];
        const auto frame = frame_of(agreements, id);
        std::vector<std::string_view> stated;
        for (const auto source : frame.line) {
            const bool own = source == id;
            const auto& from = agreements[source.value];
            std::vector<std::string_view> stated_here;
            for (std::uint32_t d = 0; d < from.duties.size(); ++d) {
                const auto& duty = from.duties[d];
                if (!duty.id.empty()) {
                    if (!own && std::ranges::find(stated, duty.id) != stated.end()) continue;
                    stated_here.push_back(duty.id);
                }
                if (duty.deontic == Deontic::permitted) continue;
                const auto period = period_of(agreement, duty, own);
                std::vector<Force> in_force{period};
                for (const auto& cut : cuts[i]) in_force = without(in_force, cut);
                std::ranges::stable_sort(in_force, {}, [](const Force& f) { return f.from.earliest; });
                const bool own_area = duty.area && (own || !frame.extends_area);
                commitments.push_back({
                    .agreement = id,
                    .stated_by = source,
                    .duty = d,
                    .deontic = duty.deontic,
                    .breaching_acts = acts_that_breach(duty),
                    .permitted_acts = frame.permitted,
                    .against = duty.against,
                    .bound = bound_by(duty, from, frame.adherents),
                    .adherents = frame.adherents,
                    .excluded = frame.excluded,
                    .exceptions = frame.exceptions,
                    .area = own_area ? duty.area : frame.area,
                    .except_areas = frame.except_areas,
                    .in_force = std::move(in_force),
                    .notification = frame.notification,
                    .entered = period.from,
                });
            }
            stated.insert(stated.end(), stated_here.begin(), stated_here.end());
        }
    }
    return commitments;
}

}  // namespace truce
