// SPDX-License-Identifier: Apache-2.0
#include "assessment/linking.h"

#include <algorithm>
#include <cassert>
#include <set>
#include <tuple>

#include "analysis/toll.h"
#include "assessment/assessment.h"
#include "linkage/gather.h"
#include "linkage/one_each.h"

namespace truce {
namespace {

using linkage::HumanDecision;
using linkage::LinkState;

/// Two places this near are one, whatever their precision.
constexpr double same_place_km = 2;

When when_together(std::span<const Account* const> accounts) {
    auto common = accounts.front()->told.when;
    auto hull = common;
    for (const auto* account : accounts) {
        const auto& when = account->told.when;
        common.window.first = std::max(common.window.first, when.window.first);
        common.window.end = std::min(common.window.end, when.window.end);
        common.precision = std::min(common.precision, when.precision);
        hull.window.first = std::min(hull.window.first, when.window.first);
        hull.window.end = std::max(hull.window.end, when.window.end);
    }
    if (!common.window.empty()) return common;
    hull.precision = std::max(hull.precision, TimePrecision::days);
    return hull;
}

/// The disc that holds two discs.
Disc around(const Disc& a, const Disc& b) {
    const double km = distance(a.centre, b.centre).in_km();
    const double ra = a.radius.in_km();
    const double rb = b.radius.in_km();
    if (km + rb <= ra) return a;
    if (km + ra <= rb) return b;
    const double radius = (km + ra + rb) / 2;
    return {.centre = destination(a.centre, bearing(a.centre, b.centre), Distance::km(radius - ra)),
            .radius = Distance::km(radius)};
}

Place place_together(std::span<const Account* const> accounts) {
    // Discs before areas, small before large.
    const auto exactness = [](const Account* account) {
        const auto& place = account->told.place;
        const int kind = place.within ? 1 : place.centre ? 0 : 2;
        return std::tuple(kind, place.radius.in_km());
    };
    std::vector<const Account*> order(accounts.begin(), accounts.end());
    std::ranges::stable_sort(order, {}, exactness);
    Place place = order.front()->told.place;
    for (const auto* account : order) {
        const auto& other = account->told.place;
        if (place.name.empty()) place.name = other.name;
        if (place.admin1.empty()) place.admin1 = other.admin1;
        if (place.admin2.empty()) place.admin2 = other.admin2;
        if (place.country.empty()) place.country = other.country;
        if (place.within || other.within || !place.centre || !other.centre) continue;
        const double apart = distance(*place.centre, *other.centre).in_km();
        const double allowed = std::max(same_place_km, place.radius.in_km() + other.radius.in_km());
        if (apart <= allowed) continue;
        const auto both = around({*place.centre, place.radius}, {*other.centre, other.radius});
        place.centre = both.centre;
        place.radius = both.radius;
        place.precision = PlacePrecision::stated;
    }
    return place;
}

Act act_together(std::span<const Account* const> accounts) {
    std::vector<Act> acts;
    for (const auto* account : accounts) {
        if (account->told.act != Act::unknown) acts.push_back(account->told.act);
    }
    if (acts.empty()) return Act::unknown;
    const auto all = [&](auto&& holds) { return std::ranges::all_of(acts, holds); };
    for (const auto finest : acts) {
        if (all([&](Act act) { return is_kind_of(finest, act); })) return finest;
    }
    auto common = Act::unknown;
    for (const auto broader : all_acts()) {
        if (all([&](Act act) { return is_kind_of(act, broader); })) common = broader;
    }
    return common;
}

bool stronger(Basis one, Basis other) {
    const auto strength = [](Basis basis) {
        switch (basis) {
            case Basis::assessed:
                return 4;
            case Basis::reported:
                return 3;
            case Basis::claimed:
                return 2;
            case Basis::alleged:
                return 1;
            case Basis::unknown:
                return 0;
        }
        return 0;
    };
    return strength(one) > strength(other);
}

std::vector<std::optional<ActorId>> actors_of(const Side& side) {
    std::vector<std::optional<ActorId>> actors;
    for (const auto& candidate : side.candidates) actors.push_back(candidate.actor);
    std::ranges::sort(actors);
    return actors;
}

/// Whether `side` names those of `broad`, or members of the umbrellas among them.
bool narrower(const Side& side, const Side& broad, const ActorRegister& actors, sys_seconds when) {
    return std::ranges::all_of(side.candidates, [&](const Candidate& one) {
        if (!one.actor) return false;
        return std::ranges::any_of(broad.candidates, [&](const Candidate& other) {
            return other.actor && (*other.actor == *one.actor ||
                                   actors.may_be(*other.actor, *one.actor, when) == Answer::unknown);
        });
    });
}

Side side_together(std::vector<const Side*> sides, const ActorRegister& actors, sys_seconds when) {
    std::erase_if(sides, [](const Side* side) { return side->candidates.empty(); });
    if (sides.empty()) return {};
    Side together = *sides.front();
    for (const auto* side : sides) {
        if (side == sides.front()) continue;
        const auto before = actors_of(together);
        const auto now = actors_of(*side);
        if (before == now || narrower(together, *side, actors, when)) {
            if (before == now && stronger(side->basis, together.basis)) together.basis = side->basis;
            continue;
        }
        if (narrower(*side, together, actors, when)) {
            together = *side;
            continue;
        }
        for (const auto& candidate : side->candidates) {
            if (std::ranges::find(before, candidate.actor) == before.end())
                together.candidates.push_back(candidate);
        }
        // One of them, and the accounts do not agree which: no share is invented.
        for (auto& candidate : together.candidates) candidate.probability = 0;
        if (stronger(together.basis, side->basis)) together.basis = side->basis;
    }
    return together;
}

bool share_an_actor(const Side& a, const Side& b) {
    const auto x = actors_of(a);
    return std::ranges::any_of(
        actors_of(b), [&](const auto& actor) { return actor && std::ranges::find(x, actor) != x.end(); });
}

Parties parties_together(std::span<const Account* const> accounts, const ActorRegister& actors) {
    const auto stated = [](const Account* account) {
        const auto& parties = account->told.parties;
        return parties.roles == Roles::stated &&
               !(parties.attacker.candidates.empty() && parties.target.candidates.empty());
    };
    const bool any_stated = std::ranges::any_of(accounts, stated);
    const auto when = accounts.front()->told.when.window.first;
    Parties together;
    together.roles = any_stated ? Roles::stated : accounts.front()->told.parties.roles;
    std::vector<const Side*> attackers;
    std::vector<const Side*> targets;
    for (const auto* account : accounts) {
        const auto& parties = account->told.parties;
        for (const auto kind : all_target_kinds()) {
            if (parties.target_kinds.has(kind)) together.target_kinds.add(kind);
        }
        // Who says who began is heard; who does not adds nothing to it.
        if (any_stated && !stated(account)) continue;
        const bool swapped = !any_stated && !attackers.empty() &&
                             !share_an_actor(*attackers.front(), parties.attacker) &&
                             (share_an_actor(*attackers.front(), parties.target) ||
                              share_an_actor(*targets.front(), parties.attacker));
        attackers.push_back(swapped ? &parties.target : &parties.attacker);
        targets.push_back(swapped ? &parties.attacker : &parties.target);
    }
    together.attacker = side_together(std::move(attackers), actors, when);
    together.target = side_together(std::move(targets), actors, when);
    return together;
}

std::optional<CountRange> count_together(std::span<const Account* const> accounts,
                                         std::optional<CountRange> Toll::*which) {
    std::vector<CountRange> told;
    for (const auto* account : accounts) {
        if (const auto& range = account->told.toll.*which) told.push_back(*range);
    }
    return analysis::range_of_accounts(told);
}

class Linking {
public:
    Linking(const Dossier& dossier, const linkage::LinkSettings& settings) : dossier_(dossier) {
        result_.linkage.settings = settings;
    }

    LinkedIncidents run() {
        auto& linkage = result_.linkage;
        linkage.accounts = static_cast<std::uint64_t>(
            std::ranges::count(dossier_.accounts, AccountKind::incident, &Account::kind));
        if (!worth_comparing()) {
            result_.incidents = one_incident_each(dossier_.accounts);
            linkage.decisions.resize(dossier_.link_decisions.size());
            linkage.witnesses.assign(result_.incidents.size(), 1);
            linkage.incidents = result_.incidents.size();
            return std::move(result_);
        }
        linkage.compared = true;
        const linkage::Surroundings surroundings{dossier_.sources, dossier_.actors, dossier_.areas,
                                                 dossier_.mission.zone};
        const auto gathered = linkage::gather(dossier_.accounts, surroundings, linkage.settings.threads);
        const auto decisions =
            linkage::find_decisions(dossier_.link_decisions, gathered, dossier_.accounts, dossier_.sources);
        linkage.found = linkage::link(gathered.input(decisions.pairs), linkage.settings);
        make_incidents(gathered);
        take_links(gathered);
        tell_decisions(decisions);
        linkage.found.incidents = {};
        linkage.found.links = {};
        linkage.incidents = result_.incidents.size();
        return std::move(result_);
    }

private:
    [[nodiscard]] bool worth_comparing() const {
        if (!dossier_.link_decisions.empty()) return true;
        std::set<std::uint32_t> sources;
        for (const auto& account : dossier_.accounts) {
            if (account.kind == AccountKind::incident) sources.insert(account.source.value);
        }
        return sources.size() > 1 || std::ranges::any_of(sources, [&](std::uint32_t s) {
                   return dossier_.sources[s].repeats == Repeats::may;
               });
    }

    void make_incidents(const linkage::Gathered& gathered) {
        auto& linkage = result_.linkage;
        const auto& groups = linkage.found.incidents;
        result_.incidents.reserve(groups.size());
        linkage.witnesses.reserve(groups.size());
        incident_of_.resize(gathered.accounts.size());
        for (const auto& group : groups) {
            const IncidentId id{static_cast<std::uint32_t>(result_.incidents.size())};
            Incident incident;
            for (const auto row : group) {
                incident.accounts.push_back(gathered.accounts[row]);
                incident_of_[row] = id;
            }
            if (group.size() == 1) {
                incident.what = dossier_.accounts[gathered.accounts[group.front()].value].told;
                linkage.witnesses.push_back(1);
            } else {
                auto rows = group;
                std::ranges::sort(rows, {}, [&](std::uint32_t row) { return gathered.ranks[row]; });
                std::vector<const Account*> accounts;
                for (const auto row : rows)
                    accounts.push_back(&dossier_.accounts[gathered.accounts[row].value]);
                incident.what = told_together(accounts, dossier_.actors);
                linkage.witnesses.push_back(
                    static_cast<std::uint32_t>(linkage::witnesses(accounts, dossier_.sources)));
                ++linkage.joined;
            }
            result_.incidents.push_back(std::move(incident));
        }
    }

    void take_links(const linkage::Gathered& gathered) {
        auto& linkage = result_.linkage;
        for (const auto& one : linkage.found.links) {
            const auto place = static_cast<std::uint32_t>(linkage.links.size());
            linkage.links.push_back({.a = gathered.accounts[one.pair.a],
                                     .b = gathered.accounts[one.pair.b],
                                     .state = one.state,
                                     .pattern = one.pattern,
                                     .km = one.km,
                                     .weight = one.weight,
                                     .chance = one.chance,
                                     .score = one.score,
                                     .incident_a = incident_of_[one.pair.a],
                                     .incident_b = incident_of_[one.pair.b]});
            linkage.by_incident.emplace_back(incident_of_[one.pair.a], place);
            if (incident_of_[one.pair.b] != incident_of_[one.pair.a])
                linkage.by_incident.emplace_back(incident_of_[one.pair.b], place);
        }
        std::ranges::sort(linkage.by_incident);
    }

    /// Each decision is heeded unless one of its pairs was not, or some of it was not found.
    void tell_decisions(const linkage::FoundDecisions& decisions) {
        auto& outcomes = result_.linkage.decisions;
        outcomes.resize(dossier_.link_decisions.size());
        std::set<std::pair<std::uint32_t, std::uint32_t>> contradicted;
        for (const auto& one : result_.linkage.found.links) {
            if (one.state != LinkState::not_heeded) continue;
            contradicted.insert({std::min(one.pair.a, one.pair.b), std::max(one.pair.a, one.pair.b)});
        }
        for (std::size_t i = 0; i < decisions.pairs.size(); ++i) {
            const auto [a, b] = decisions.pairs[i].pair;
            if (contradicted.contains({std::min(a, b), std::max(a, b)}))
                outcomes[decisions.of[i]].state = DecisionOutcome::State::contradicted;
        }
        for (const auto& [decision, what] : decisions.not_found) {
            auto& outcome = outcomes[decision];
            outcome.state = DecisionOutcome::State::not_found;
            outcome.not_found += outcome.not_found.empty() ? what : ", " + what;
        }
    }

    const Dossier& dossier_;
    LinkedIncidents result_;
    std::vector<IncidentId> incident_of_;
};

}  // namespace

std::vector<std::uint32_t> Linkage::links_of(IncidentId incident) const {
    std::vector<std::uint32_t> places;
    for (auto it = std::ranges::lower_bound(by_incident, std::pair(incident, std::uint32_t{0}));
         it != by_incident.end() && it->first == incident; ++it) {
        places.push_back(it->second);
    }
    return places;
}

LinkedIncidents link_accounts(const Dossier& dossier, const linkage::LinkSettings& settings) {
    return Linking(dossier, settings).run();
}

Happening told_together(std::span<const Account* const> accounts, const ActorRegister& actors) {
    assert(!accounts.empty());
    Happening what;
    what.when = when_together(accounts);
    what.place = place_together(accounts);
    what.act = act_together(accounts);
    what.parties = parties_together(accounts, actors);
    what.toll = {.killed = count_together(accounts, &Toll::killed),
                 .civilians_killed = count_together(accounts, &Toll::civilians_killed),
                 .injured = count_together(accounts, &Toll::injured),
                 .combatants_killed = count_together(accounts, &Toll::combatants_killed),
                 .unknown_killed = count_together(accounts, &Toll::unknown_killed),
                 .women_killed = count_together(accounts, &Toll::women_killed),
                 .children_killed = count_together(accounts, &Toll::children_killed)};
    for (const auto* account : accounts) {
        for (const auto& excuse : account->told.excuses) {
            if (std::ranges::find(what.excuses, excuse) == what.excuses.end()) what.excuses.push_back(excuse);
        }
    }
    return what;
}

}  // namespace truce
