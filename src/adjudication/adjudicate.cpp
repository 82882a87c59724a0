// SPDX-License-Identifier: Apache-2.0
#include "adjudication/adjudicate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "adjudication/lookups.h"
#include "base/few.h"

namespace truce {
namespace {

constexpr double rounding = chance_rounding;
constexpr double widest_disc_km = 10'000.0;

Chance cleaned(Chance chance) {
    const auto clean = [](double p) { return p <= rounding ? 0.0 : p >= 1.0 - rounding ? 1.0 : p; };
    return {clean(chance.low), clean(chance.high)};
}

Answer answer_of(Chance chance) {
    if (chance.low >= 1.0) return Answer::yes;
    return chance.high <= 0.0 ? Answer::no : Answer::unknown;
}

ElementAnswer answered(Reason reason, Chance chance) {
    const auto clean = cleaned(chance);
    return {answer_of(clean), reason, clean};
}

/// The chance of one of several grounds, of which no more than one can hold in the same instant.
Chance any_of_two(Chance a, Chance b) {
    return {std::max(a.low, b.low), std::min(1.0, a.high + b.high)};
}

/// A chance and the fact it rests on.
struct Ground {
    Chance chance;
    Reason reason = Reason::none;
};

// ---- time

/// How much of the incident's window lies between two moments: certainly, and at most.
Chance share_between_moments(Period window, Moment from, Moment until) {
    return {share_within(window, {from.latest, until.earliest}),
            share_within(window, {from.earliest, until.latest})};
}

/// Why no part of the window is in force.
Reason why_not_in_force(Period window, const Commitment& commitment) {
    const auto& stretches = commitment.in_force;
    const auto reason_after = [](Ending ending) {
        switch (ending) {
            case Ending::expiry:
                return Reason::after_end;
            case Ending::suspension:
                return Reason::suspended;
            case Ending::supersession:
                return Reason::superseded;
            case Ending::termination:
                return Reason::terminated;
        }
        return Reason::after_end;
    };
    const Force* last_before = nullptr;
    for (const auto& stretch : stretches) {
        if (stretch.until.latest <= window.first) last_before = &stretch;
    }
    if (last_before == nullptr) {
        // Suspended from the first hour on: it had entered into force by its own terms.
        const bool entered = commitment.entered.latest <= window.first;
        return entered ? Reason::suspended : Reason::before_entry_into_force;
    }
    if (last_before == &stretches.back()) return reason_after(last_before->ending);
    return last_before->ending == Ending::expiry ? Reason::between_periods
                                                 : reason_after(last_before->ending);
}

/// The part of the window that can matter: what is asked of parties is asked of the time in force.
Period window_in_force(Period window, const Commitment& commitment) {
    const auto common =
        overlap(window, {commitment.in_force.front().from.earliest, commitment.in_force.back().until.latest});
    return common.empty() ? window : common;
}

// ---- place

/// What one guarantor's eyes see; `by` is empty where all agree, or for those without a version of their own.
struct View {
    std::string_view by{};
    const Lookups* lookups = nullptr;
};
using Views = Few<View, 2>;

bool has_version(const AreaClause& clause, std::string_view by) {
    return std::ranges::any_of(clause.versions, [&](const auto& version) { return version.by == by; });
}

/// Calls `visit` for each drawing of the clause that counts in this view: the guarantor's own; without one,
/// the common one; without that, all, since nobody knows which.
template <class Visit>
void for_each_drawing(const AreaClause& clause, const View& view, Visit&& visit) {
    const auto only = [&](std::string_view by) {
        for (const auto& version : clause.versions) {
            if (version.by == by) visit(version.area);
        }
    };
    if (has_version(clause, view.by)) return only(view.by);
    if (has_version(clause, {})) return only({});
    for (const auto& version : clause.versions) visit(version.area);
}

Chance share_in_clause(const Place& place, const AreaClause& clause, const View& view) {
    std::optional<Chance> chance;
    for_each_drawing(clause, view, [&](AreaId area) {
        const auto one = share_of_place(place, area, *view.lookups);
        chance = chance ? hull(*chance, one) : one;
    });
    return chance.value_or(Chance::unknown());
}

/// Whether what `except` takes out lies within the area, so that shares may be subtracted.
bool lies_within(const AreaClause& except, const std::optional<AreaClause>& area, const View& view) {
    if (!area) return false;
    bool within = true;
    for_each_drawing(except, view, [&](AreaId part) {
        for_each_drawing(*area, view, [&](AreaId whole) {
            within = within && view.lookups->share_of(part, whole).low >= 1.0 - rounding;
        });
    });
    return within;
}

ElementAnswer check_in_area(const Place& place, const Commitment& commitment, const View& view) {
    const bool known_place = place.within.has_value() || is_usable_disc(place);
    if (!known_place) return answered(Reason::place_not_known, Chance::unknown());
    const auto in = commitment.area ? share_in_clause(place, *commitment.area, view) : Chance::unknown();
    const auto in_clean = cleaned(in);
    if (in_clean.high <= 0.0) return answered(Reason::outside_area, Chance::impossible());

    // P(in the area and in nothing excepted), within the bounds that shares alone allow (Frechet 1935).
    Chance out{0.0, 0.0};
    const AreaClause* only_except = nullptr;
    int excepted = 0;
    for (const auto& except : commitment.except_areas) {
        const auto one = share_in_clause(place, except, view);
        if (one.high <= 0.0) continue;
        ++excepted;
        only_except = &except;
        out = any_of_two(out, one);
    }
    Chance chance{std::max(0.0, in.low - out.high), std::min(in.high, 1.0 - out.low)};
    if (excepted == 1 && chance.low < chance.high && lies_within(*only_except, commitment.area, view)) {
        chance.high = std::max(0.0, in.high - out.low);
    }
    const auto clean = cleaned(chance);
    if (!commitment.area) {
        return answered(clean.high <= 0.0 ? Reason::excepted_area : Reason::area_not_known, clean);
    }
    if (clean.low >= 1.0) return answered(Reason::inside_area, clean);
    if (clean.high <= 0.0) return answered(Reason::excepted_area, clean);
    return answered(Reason::partly_inside, clean);
}

// ---- parties

/// One who may have acted, or been hit, and what follows from that for the commitment.
struct Term {
    std::optional<ActorId> actor;
    /// What the source gives for its being this one.
    double weight = 1.0;
    /// Bound (as attacker) or protected (as target).
    Ground holds;
    /// Of an excluded group, there and then.
    Ground excluded{Chance::impossible(), Reason::nobody_excluded};
};
using Terms = Few<Term, 2>;

/// Whether an adherence lasted through the window, and what spoke against it.
Ground adherence(const Adherent& adherent, Period window) {
    const auto from = adherent.accepted.value_or(Moment::at(open_start));
    const auto until = adherent.withdrawn.value_or(Moment::at(open_end));
    const Period possible{from.earliest, until.latest};
    const Period certain{from.latest, until.earliest};
    Chance chance = share_between_moments(window, from, until);
    if (adherent.suspended_from) {
        const auto resumed = adherent.suspended_until.value_or(Moment::at(open_end));
        const Period surely_out{adherent.suspended_from->latest, resumed.earliest};
        const Period perhaps_out{adherent.suspended_from->earliest, resumed.latest};
        chance.high -= share_within(window, overlap(possible, surely_out));
        chance.low -= share_within(window, overlap(certain, perhaps_out));
    }
    chance = cleaned({std::max(0.0, chance.low), std::max(0.0, chance.high)});
    if (chance.low >= 1.0) return {chance, Reason::party_bound};
    if (chance.high <= 0.0) {
        if (window.first < from.earliest) return {chance, Reason::not_yet_accepted};
        return {chance, until.latest <= window.first ? Reason::withdrawn : Reason::adherence_suspended};
    }
    return {chance, chance.low < chance.high ? Reason::acceptance_not_known : Reason::date_straddles};
}

Ground standing_to(Standing standing, const Adherent& adherent) {
    switch (standing) {
        case Standing::itself:
            return {Chance::certain(), Reason::party_bound};
        case Standing::commanded:
            return {Chance::certain(), Reason::commanded_by_party};
        case Standing::ally:
            if (adherent.reach == Adherent::Reach::allies_and_associates) {
                return {Chance::certain(), Reason::associated_with_party};
            }
            return {Chance::unknown(), Reason::attacker_ally};
        case Standing::umbrella:
            return {Chance::unknown(), Reason::attacker_umbrella};
        case Standing::changes:
            return {Chance::unknown(), Reason::relation_changes};
        case Standing::none:
            return {Chance::impossible(), Reason::not_a_party};
    }
    return {Chance::unknown(), Reason::none};
}

/// Whether `actor` is, or acts for, one of `adherents` who had accepted and not withdrawn.
Ground adherence_of(ActorId actor, const std::vector<Adherent>& adherents, Period window,
                    const Lookups& lookups) {
    Ground found{Chance::impossible(), Reason::not_a_party};
    bool any = false;
    Chance best = Chance::impossible();
    for (const auto& adherent : adherents) {
        const auto who = standing_to(lookups.standing(actor, adherent.actor, window), adherent);
        if (who.chance.high <= 0.0) continue;
        const auto when = adherence(adherent, window);
        const auto chance = both(who.chance, when.chance);
        const bool better =
            !any || chance.low > best.low || (chance.low == best.low && chance.high > best.high);
        if (better) {
            best = chance;
            found.reason = when.chance.low >= 1.0 || (who.chance.low < 1.0 && when.chance.high > 0.0)
                               ? who.reason
                               : when.reason;
        }
        found.chance = any ? any_of_two(found.chance, chance) : chance;
        any = true;
        if (found.chance.low >= 1.0) break;
    }
    return found;
}

/// The reason of an attacker's standing, said of a target.
Reason said_of_target(Reason reason) {
    if (reason == Reason::party_bound || reason == Reason::commanded_by_party ||
        reason == Reason::associated_with_party) {
        return Reason::target_adherent;
    }
    if (reason == Reason::not_a_party) return Reason::target_not_protected;
    if (reason == Reason::attacker_umbrella) return Reason::target_umbrella;
    if (reason == Reason::attacker_ally) return Reason::target_ally;
    if (reason == Reason::withdrawn) return Reason::target_withdrawn;
    if (reason == Reason::not_yet_accepted) return Reason::target_not_yet_accepted;
    return reason;
}

/// Whether `actor` was of an excluded group there and then, in this view.
Ground exclusion_of(ActorId actor, bool as_attacker, const Incident& incident, const Commitment& commitment,
                    Period window, const View& view) {
    Ground found{Chance::impossible(), Reason::nobody_excluded};
    for (const auto& exclusion : commitment.excluded) {
        if (!exclusion.version.empty() && exclusion.version != view.by) continue;
        Ground one{Chance::certain(), as_attacker ? Reason::attacker_excluded : Reason::target_excluded};
        switch (view.lookups->standing(actor, exclusion.actor, window)) {
            case Standing::itself:
            case Standing::commanded:
                break;
            case Standing::umbrella:
                one = {Chance::unknown(), Reason::umbrella_holds_excluded};
                break;
            case Standing::changes:
                one = {Chance::unknown(), Reason::relation_changes};
                break;
            case Standing::ally:  // who fights beside an excluded group is not of it
            case Standing::none:
                continue;
        }
        const auto in_time = share_within(window, exclusion.during);
        if (in_time <= 0.0) continue;
        if (in_time < 1.0) one = {both(one.chance, Chance::exactly(in_time)), Reason::date_straddles};
        if (exclusion.scope == Exclusion::Scope::actor_in_delineated_area) {
            const auto on_ground =
                exclusion.delineated
                    ? cleaned(share_in_clause(incident.what.place, *exclusion.delineated, view))
                    : Chance::unknown();
            if (on_ground.high <= 0.0) continue;
            if (on_ground.low < 1.0) one = {both(one.chance, on_ground), Reason::exclusion_depends_on_ground};
        }
        if (found.reason == Reason::nobody_excluded || one.chance.low > found.chance.low) {
            found.reason = one.reason;
        }
        found.chance = any_of_two(found.chance, one.chance);
    }
    return found;
}

/// Calls `visit(actor, weight)` for each candidate, and once without actor for what is missing to 1.
template <class Visit>
void for_each_candidate(const Side& side, Visit&& visit) {
    double sum = 0.0;
    for (const auto& candidate : side.candidates) sum += std::max(0.0, candidate.probability);
    const double scale = sum > 1.0 ? 1.0 / sum : 1.0;
    for (const auto& candidate : side.candidates) {
        if (candidate.probability > 0.0) visit(&candidate, candidate.probability * scale);
    }
    if (const double rest = 1.0 - sum * scale; rest > rounding || side.candidates.empty()) {
        visit(static_cast<const Candidate*>(nullptr), side.candidates.empty() ? 1.0 : rest);
    }
}

/// What is known on an opponent's word alone may be so, or be anything else.
void doubt(Term& term, Reason reason) {
    term.holds = {Chance::unknown(), reason};
    if (term.excluded.chance.high > 0.0) term.excluded = {Chance::unknown(), reason};
}

Terms attackers_of(const Side& side, const Incident& incident, const Commitment& commitment, Period window,
                   const View& view) {
    Terms terms;
    for_each_candidate(side, [&](const Candidate* candidate, double weight) {
        Term term;
        term.weight = weight;
        if (candidate == nullptr) {
            term.holds = {Chance::unknown(), Reason::attacker_unknown};
        } else if (!candidate->actor) {
            term.holds = {Chance::unknown(), Reason::attacker_not_registered};
        } else {
            term.actor = candidate->actor;
            term.holds = adherence_of(*term.actor, commitment.bound, window, *view.lookups);
            term.excluded = exclusion_of(*term.actor, true, incident, commitment, window, view);
            if (side.basis == Basis::alleged) doubt(term, Reason::attacker_alleged);
        }
        terms.push_back(term);
    });
    return terms;
}

/// Whether the kinds of people or things hit are protected as such.
std::optional<Reason> protected_by_kind(TargetKinds hit, TargetKinds protects) {
    if (protects.empty() || protects.has(TargetKind::anyone)) return Reason::protects_anyone;
    if (protects.has(TargetKind::civilian) && hit.any_civilian()) return Reason::target_civilian;
    for (const auto kind : all_target_kinds()) {
        if (kind != TargetKind::adherent && protects.has(kind) && hit.has(kind)) {
            return Reason::target_kind_protected;
        }
    }
    return std::nullopt;
}

/// Whether an actor may be someone other than fighters, where the source does not say who was hit.
bool may_be_unarmed(ActorKind kind) {
    return kind == ActorKind::organisation || kind == ActorKind::unknown;
}

/// Whether the target is protected, its kind having said nothing for it.
Ground protection_of(const Candidate* candidate, TargetKinds hit, const Commitment& commitment, Period window,
                     const View& view) {
    const auto protects = commitment.against;
    if (candidate == nullptr || !candidate->actor) {
        // Known to be a kind that the duty does not name: then only an adherent's forces could still be
        // meant.
        const bool only_others = !hit.empty() && !hit.has(TargetKind::combatant);
        if (only_others || (!hit.empty() && !protects.has(TargetKind::adherent))) {
            return {Chance::impossible(), Reason::target_not_protected};
        }
        return {Chance::unknown(),
                candidate == nullptr ? Reason::target_unknown : Reason::target_not_registered};
    }
    const auto actor = *candidate->actor;
    const auto kind = view.lookups->setting().actors[actor].kind;
    if (kind == ActorKind::civilians && protects.has(TargetKind::civilian)) {
        return {Chance::certain(), Reason::target_civilian};
    }
    Ground found{Chance::impossible(), Reason::target_not_protected};
    if (protects.has(TargetKind::adherent)) {
        found = adherence_of(actor, commitment.adherents, window, *view.lookups);
        found.reason = said_of_target(found.reason);
    }
    if (found.chance.high <= 0.0 && hit.empty() && may_be_unarmed(kind)) {
        return {Chance::unknown(), Reason::target_unknown};
    }
    return found;
}

Terms targets_of(const Side& side, const Incident& incident, const Commitment& commitment, Period window,
                 const View& view) {
    Terms terms;
    const auto hit = incident.what.parties.target_kinds;
    const auto by_kind = protected_by_kind(hit, commitment.against);
    for_each_candidate(side, [&](const Candidate* candidate, double weight) {
        Term term;
        term.weight = weight;
        if (candidate != nullptr) term.actor = candidate->actor;
        const bool as_civilian = by_kind && (by_kind != Reason::protects_anyone || hit.any_civilian());
        term.holds = by_kind ? Ground{Chance::certain(), *by_kind}
                             : protection_of(candidate, hit, commitment, window, view);
        // An excluded group among civilians does not take their protection from them.
        if (term.actor && !as_civilian) {
            term.excluded = exclusion_of(*term.actor, false, incident, commitment, window, view);
        }
        if (term.actor && !by_kind && side.basis == Basis::alleged) doubt(term, Reason::target_alleged);
        terms.push_back(term);
    });
    return terms;
}

// ---- act and exceptions

ElementAnswer check_act(Act act, const Commitment& commitment) {
    if (act == Act::unknown) {
        if (commitment.breaching_acts.empty()) {
            return answered(Reason::act_not_covered, Chance::impossible());
        }
        return answered(Reason::act_unknown, Chance::unknown());
    }
    const auto covers = [&](Act broader) { return is_kind_of(act, broader); };
    if (std::ranges::any_of(commitment.permitted_acts, covers)) {
        return answered(Reason::act_permitted, Chance::impossible());
    }
    if (std::ranges::any_of(commitment.breaching_acts, covers)) {
        const bool fails = commitment.deontic == Deontic::obligatory;
        return answered(fails ? Reason::act_fails_duty : Reason::act_forbidden, Chance::certain());
    }
    if (std::ranges::any_of(commitment.breaching_acts, [&](Act narrower) { return may_be(act, narrower); })) {
        return answered(Reason::act_too_broad, Chance::unknown());
    }
    return answered(Reason::act_not_covered, Chance::impossible());
}

/// Whether the exception is met, on what the accounts say.
Ground exception_met(const Exception& exception, const Happening& what, const View& view) {
    const auto act_fits = [&](Act act) { return is_kind_of(what.act, act); };
    if (!exception.acts.empty() && !std::ranges::any_of(exception.acts, act_fits)) {
        return {Chance::impossible(), Reason::no_exception_applies};
    }
    Ground met{Chance::impossible(), Reason::no_exception_applies};
    const auto applies =
        exception.kind == ExceptionKind::self_defence ? Reason::self_defence : Reason::exception_applies;
    for (const auto& [kind, basis] : what.excuses) {
        if (kind != exception.kind) continue;
        const bool found_so = basis == Basis::reported || basis == Basis::assessed;
        if (found_so) {
            met = {Chance::certain(), applies};
            break;
        }
        met = {Chance::unknown(), Reason::exception_not_ruled_out};
    }
    if (exception.kind == ExceptionKind::live_fire_in_area && what.act == Act::training_fire) {
        met = exception.area ? Ground{Chance::certain(), applies}
                             : Ground{Chance::unknown(), Reason::exception_not_ruled_out};
    }
    if (met.chance.high > 0.0 && exception.area) {
        const auto there = cleaned(share_in_clause(what.place, *exception.area, view));
        if (there.high <= 0.0) return {Chance::impossible(), Reason::no_exception_applies};
        if (there.low < 1.0) met = {both(met.chance, there), Reason::exception_not_ruled_out};
    }
    return met;
}

ElementAnswer check_exceptions(const Happening& what, const Commitment& commitment, const View& view) {
    Ground met{Chance::impossible(), Reason::no_exception_applies};
    for (const auto& exception : commitment.exceptions) {
        const auto one = exception_met(exception, what, view);
        if (one.chance.high <= 0.0) continue;
        if (met.chance.high <= 0.0 || one.chance.low > met.chance.low) met.reason = one.reason;
        met.chance = any_of_two(met.chance, one.chance);
    }
    return answered(met.reason, opposite(met.chance));
}

// ---- putting it together

/// One reading of who did it to whom.
struct Reading {
    Terms attackers;
    Terms targets;
};

/// All that one guarantor's view makes of a pair.
struct Judgement {
    ElementAnswer in_force;
    ElementAnswer in_area;
    ElementAnswer act;
    ElementAnswer exceptions;
    Few<Reading, 2> readings;  // one, or both ways round
};

/// An element answered otherwise than it is, for the search of what would flip a verdict.
struct Supposed {
    Element element;
    Chance chance;
};

Chance supposing(const std::optional<Supposed>& supposed, Element element, Chance otherwise) {
    return supposed && supposed->element == element ? supposed->chance : otherwise;
}

/// P(holds and not excluded), over all who may have been the one.
Chance side_chance(const Terms& terms, Element holds, const std::optional<Supposed>& supposed) {
    Chance sum{0.0, 0.0};
    for (const auto& term : terms) {
        const auto one = both(supposing(supposed, holds, term.holds.chance),
                              supposing(supposed, Element::not_excluded, opposite(term.excluded.chance)));
        sum.low += term.weight * one.low;
        sum.high += term.weight * one.high;
    }
    return sum;
}

Chance reading_chance(const Reading& reading, const std::optional<Supposed>& supposed) {
    return both(side_chance(reading.attackers, Element::actor_bound, supposed),
                side_chance(reading.targets, Element::target_protected, supposed));
}

Chance chance_of(const Judgement& judgement, const std::optional<Supposed>& supposed = std::nullopt) {
    Chance who = reading_chance(judgement.readings.front(), supposed);
    for (std::size_t i = 1; i < judgement.readings.size(); ++i) {
        who = hull(who, reading_chance(judgement.readings[i], supposed));
    }
    Chance chance = both(supposing(supposed, Element::in_force, judgement.in_force.chance),
                         supposing(supposed, Element::in_area, judgement.in_area.chance));
    chance = both(chance, who);
    chance = both(chance, supposing(supposed, Element::act_prohibited, judgement.act.chance));
    return cleaned(both(chance, supposing(supposed, Element::no_exception, judgement.exceptions.chance)));
}

/// The mean answer over all who may have been the one.
ElementAnswer element_over(const Terms& terms, const auto& ground_of) {
    Chance sum{0.0, 0.0};
    std::optional<Ground> first;
    bool alike = true;
    for (const auto& term : terms) {
        const Ground ground = ground_of(term);
        sum.low += term.weight * ground.chance.low;
        sum.high += term.weight * ground.chance.high;
        if (!first) {
            first = ground;
        } else if (ground.reason != first->reason) {
            alike = false;
        }
    }
    const auto clean = cleaned(sum);
    const bool settled = answer_of(clean) != Answer::unknown;
    return answered(alike || settled ? first->reason : Reason::candidates_differ, clean);
}

Ground not_excluded(const Term& term) {
    return {opposite(term.excluded.chance), term.excluded.reason};
}

ElementAnswer exclusion_over(const Reading& reading) {
    const auto attackers = element_over(reading.attackers, not_excluded);
    const auto targets = element_over(reading.targets, not_excluded);
    const auto chance = both(attackers.chance, targets.chance);
    return answered(attackers.chance.low <= targets.chance.low && attackers.answer != Answer::yes
                        ? attackers.reason
                        : targets.reason,
                    chance);
}

/// The answer when it is not known which of the two holds. Where one doubt takes in the other answer, that
/// doubt is the reason: to know which of them began would not settle it.
ElementAnswer either(const ElementAnswer& a, const ElementAnswer& b, Reason when_they_differ) {
    const auto chance = hull(a.chance, b.chance);
    if (chance == a.chance) return a;
    if (chance == b.chance) return b;
    return answered(when_they_differ, chance);
}

using Elements = std::array<ElementAnswer, element_count>;

Elements elements_of(const Judgement& judgement) {
    Elements elements;
    const auto at = [&](Element element) -> ElementAnswer& {
        return elements[static_cast<std::size_t>(element)];
    };
    at(Element::in_force) = judgement.in_force;
    at(Element::in_area) = judgement.in_area;
    at(Element::act_prohibited) = judgement.act;
    at(Element::no_exception) = judgement.exceptions;
    const auto holds = [](const Term& term) { return term.holds; };
    bool first = true;
    for (const auto& reading : judgement.readings) {
        const auto bound = element_over(reading.attackers, holds);
        const auto covered = element_over(reading.targets, holds);
        const auto excluded = exclusion_over(reading);
        at(Element::actor_bound) =
            first ? bound : either(at(Element::actor_bound), bound, Reason::roles_unstated);
        at(Element::target_protected) =
            first ? covered : either(at(Element::target_protected), covered, Reason::roles_unstated);
        at(Element::not_excluded) =
            first ? excluded : either(at(Element::not_excluded), excluded, Reason::roles_unstated);
        first = false;
    }
    return elements;
}

Verdict verdict_of(Chance chance, const Elements& elements) {
    if (chance.low >= 1.0) return Verdict::breach;
    if (chance.low >= likely_from - rounding) return Verdict::breach_likely;
    if (chance.high <= 0.0) {
        for (std::size_t i = 0; i < element_count; ++i) {
            if (elements[i].answer != Answer::no) continue;
            const auto element = static_cast<Element>(i);
            const bool by_act = element == Element::act_prohibited || element == Element::no_exception;
            return by_act ? Verdict::not_breach : Verdict::out_of_scope;
        }
        return Verdict::out_of_scope;
    }
    return chance.high < unlikely_below - rounding ? Verdict::out_of_scope_likely : Verdict::undetermined;
}

/// The guarantors who have an area or a list of their own; one view without a name where none has.
Views views_of(const Commitment& commitment, const Lookups& lookups) {
    Views views;
    const auto note = [&](std::string_view by) {
        if (std::ranges::find(views, by, &View::by) == views.end()) views.push_back({by, &lookups});
    };
    for_each_clause(commitment, [&](const AreaClause& clause) {
        for (const auto& version : clause.versions) {
            if (!version.by.empty()) note(version.by);
        }
    });
    bool own_lists = false;
    for (const auto& exclusion : commitment.excluded) {
        if (exclusion.version.empty()) continue;
        note(exclusion.version);
        own_lists = true;
    }
    // One guarantor alone has a list of its own: the others exclude nobody but those on whom all agree.
    if (views.size() == 1 && own_lists) note({});
    if (views.empty()) note({});
    std::sort(views.begin(), views.end(), [](const View& a, const View& b) { return a.by < b.by; });
    return views;
}

using Judgements = Few<Judgement, 1>;

Judgement judged_in(const View& view, const Incident& incident, const Commitment& commitment,
                    const ElementAnswer& in_force) {
    const auto& what = incident.what;
    const auto window = window_in_force(what.when.window, commitment);
    Judgement judgement{
        .in_force = in_force,
        .in_area = check_in_area(what.place, commitment, view),
        .act = check_act(what.act, commitment),
        .exceptions = check_exceptions(what, commitment, view),
        .readings = {},
    };
    judgement.readings.push_back({attackers_of(what.parties.attacker, incident, commitment, window, view),
                                  targets_of(what.parties.target, incident, commitment, window, view)});
    if (what.parties.roles == Roles::unstated) {
        judgement.readings.push_back({attackers_of(what.parties.target, incident, commitment, window, view),
                                      targets_of(what.parties.attacker, incident, commitment, window, view)});
    }
    return judgement;
}

Candidates authors_of(const Judgement& judgement) {
    Candidates authors;
    double sum = 0.0;
    for (const auto& reading : judgement.readings) {
        const auto targets = side_chance(reading.targets, Element::target_protected, std::nullopt);
        for (const auto& term : reading.attackers) {
            const auto still =
                both(both(term.holds.chance, opposite(term.excluded.chance)), targets).high * term.weight;
            if (still <= rounding) continue;
            const auto same = std::ranges::find(authors, term.actor, &Candidate::actor);
            if (same == authors.end()) {
                authors.push_back({term.actor, still});
            } else {
                same->probability += still;
            }
            sum += still;
        }
    }
    for (auto& author : authors) author.probability /= sum;
    std::ranges::sort(authors, [](const Candidate& a, const Candidate& b) {
        if (std::abs(a.probability - b.probability) > rounding) return a.probability > b.probability;
        if (a.actor.has_value() != b.actor.has_value()) return a.actor.has_value();
        return a.actor < b.actor;
    });
    return authors;
}

OrderReached order_reached(const When& when, const Commitment& commitment, Answer in_force) {
    if (!commitment.notification || in_force == Answer::no) return OrderReached::not_required;
    if (!commitment.notification->grace) return OrderReached::unknown;
    const auto grace = *commitment.notification->grace;
    const auto open = commitment.entered.earliest + grace;
    const auto over = commitment.entered.latest == open_end ? open_end : commitment.entered.latest + grace;
    if (when.window.end <= open) return OrderReached::within_window;
    return when.window.first >= over ? OrderReached::window_over : OrderReached::unknown;
}

// ---- what would flip the verdict

/// Everyone whom one side's names may mean: each candidate, an umbrella standing for its members.
std::vector<ActorId> alternatives(const Side& side, sys_seconds when, const ActorRegister& actors) {
    std::vector<ActorId> all;
    const auto note = [&](ActorId actor) {
        if (std::ranges::find(all, actor) == all.end()) all.push_back(actor);
    };
    for (const auto& candidate : side.candidates) {
        if (!candidate.actor) continue;
        const auto& relations = actors[*candidate.actor].relations;
        const bool is_umbrella = std::ranges::any_of(
            relations, [](const DatedRelation& r) { return r.relation == ActorRelation::contains; });
        const auto members = is_umbrella ? actors.members(*candidate.actor, when) : std::vector<ActorId>{};
        if (members.empty()) note(*candidate.actor);
        for (const auto member : members) note(member);
    }
    return all;
}

/// What one element's other answer, or another attacker or target, would make of the pair.
struct Outlook {
    Elements elements;
    Chance chance = Chance::unknown();
    Verdict verdict = Verdict::undetermined;
};

Outlook outlook_over(const Judgements& judgements, const std::optional<Supposed>& supposed = std::nullopt) {
    Outlook all;
    for (std::size_t v = 0; v < judgements.size(); ++v) {
        const auto elements = elements_of(judgements[v]);
        const auto chance = chance_of(judgements[v], supposed);
        all.chance = v == 0 ? chance : hull(all.chance, chance);
        for (std::size_t i = 0; i < element_count; ++i) {
            const bool of_place = static_cast<Element>(i) == Element::in_area;
            all.elements[i] = v == 0 ? elements[i]
                                     : either(all.elements[i], elements[i],
                                              of_place ? Reason::areas_differ : Reason::lists_differ);
        }
    }
    if (supposed) {
        auto& element = all.elements[static_cast<std::size_t>(supposed->element)];
        element = answered(element.reason, supposed->chance);
    }
    all.verdict = verdict_of(all.chance, all.elements);
    return all;
}

Judgements judged(const Views& views, const Incident& incident, const Commitment& commitment,
                  const ElementAnswer& in_force) {
    Judgements judgements;
    for (const auto& view : views) judgements.push_back(judged_in(view, incident, commitment, in_force));
    return judgements;
}

/// One actor whose being the one would change the verdict, when just one stands out: the only one who would
/// put the incident out of scope, else the only one who would make it a breach.
std::optional<Flip> flip_by_actor(const Incident& incident, const Commitment& commitment,
                                  const Finding& finding, bool of_attacker, const Views& views) {
    const auto& parties = incident.what.parties;
    const auto& side = of_attacker ? parties.attacker : parties.target;
    const auto others =
        alternatives(side, incident.what.when.window.first, views.front().lookups->setting().actors);
    constexpr std::size_t most_tried = 256;
    const std::size_t fewest = side.basis == Basis::alleged ? 1 : 2;
    if (others.size() < fewest || others.size() > most_tried) return std::nullopt;

    std::vector<Flip> clearing;
    std::vector<Flip> breaching;
    for (const auto actor : others) {
        Incident supposed = incident;
        auto& one = of_attacker ? supposed.what.parties.attacker : supposed.what.parties.target;
        one.candidates.assign(1, {actor, 1.0});
        one.basis = Basis::assessed;
        const auto then = outlook_over(judged(views, supposed, commitment, finding[Element::in_force]));
        if (then.verdict == finding.verdict) continue;
        const auto holds = of_attacker ? Element::actor_bound : Element::target_protected;
        const auto excluded = then.elements[static_cast<std::size_t>(Element::not_excluded)].answer;
        if (then.verdict == Verdict::breach || then.verdict == Verdict::breach_likely) {
            breaching.push_back({holds, Answer::yes, then.verdict, actor});
        } else if (then.verdict == Verdict::out_of_scope || then.verdict == Verdict::not_breach) {
            const auto element = excluded == Answer::no ? Element::not_excluded : holds;
            clearing.push_back({element, Answer::no, then.verdict, actor});
        }
    }
    if (clearing.size() == 1) return clearing.front();
    if (breaching.size() == 1) return breaching.front();
    return std::nullopt;
}

std::optional<Flip> flip_of(const Incident& incident, const Commitment& commitment, const Finding& finding,
                            const Views& views, const Judgements& judgements) {
    if (finding.verdict == Verdict::breach) return std::nullopt;
    const bool ruled_out = finding.chance.high <= 0.0;
    // Where two elements say no, no single one could change that.
    if (ruled_out && std::ranges::count(finding.elements, Answer::no, &ElementAnswer::answer) > 1) {
        return std::nullopt;
    }
    if (!ruled_out && incident.what.parties.roles == Roles::stated) {
        for (const bool of_attacker : {true, false}) {
            if (auto flip = flip_by_actor(incident, commitment, finding, of_attacker, views)) return flip;
        }
    }
    for (const auto to : {Answer::yes, Answer::no}) {
        if (ruled_out && to == Answer::no) break;
        for (std::size_t i = 0; i < element_count; ++i) {
            const auto element = static_cast<Element>(i);
            const auto now = finding.elements[i].answer;
            if (now == Answer::yes || now == to) continue;
            const auto chance = to == Answer::yes ? Chance::certain() : Chance::impossible();
            const auto then = outlook_over(judgements, Supposed{element, chance});
            if (then.verdict != finding.verdict) return Flip{element, to, then.verdict, std::nullopt};
        }
    }
    return std::nullopt;
}

}  // namespace

Chance share_of_place(const Place& place, AreaId area, const Lookups& lookups) {
    if (place.within) {
        return *place.within == area ? Chance::certain() : lookups.share_of(*place.within, area);
    }
    if (!is_usable_disc(place)) return Chance::unknown();
    return Chance::exactly(lookups.share_in({*place.centre, place.radius}, area));
}

bool is_usable_disc(const Place& place) {
    return place.centre && is_valid(*place.centre) && place.radius.in_km() < widest_disc_km;
}

ElementAnswer check_in_force(const When& when, const Commitment& commitment) {
    const auto window = when.window;
    double certain = 0.0;
    double possible = 0.0;
    auto counted_to = open_start;  // stretches with fuzzy ends may overlap: no instant counts twice
    for (const auto& stretch : commitment.in_force) {
        certain += share_within(window, {stretch.from.latest, stretch.until.earliest});
        const Period widest{std::max(counted_to, stretch.from.earliest), stretch.until.latest};
        if (widest.empty()) continue;
        possible += share_within(window, widest);
        counted_to = widest.end;
    }
    const auto chance = cleaned({std::min(certain, possible), std::min(1.0, possible)});
    if (chance.low >= 1.0) return answered(Reason::within_period, chance);
    if (chance.high <= 0.0) return answered(why_not_in_force(window, commitment), Chance::impossible());
    // No date, or none that ends: nothing says that each of ten thousand years is as likely as the other.
    const bool undated = window.first == open_start || window.end == open_end;
    if (undated) return answered(Reason::date_not_known, Chance::unknown());
    return answered(chance.low < chance.high ? Reason::period_not_known : Reason::date_straddles, chance);
}

bool lies_between_others(const Incident& incident, const Commitment& commitment, const Lookups& lookups) {
    const auto& parties = incident.what.parties;
    const auto window = window_in_force(incident.what.when.window, commitment);
    const auto is_of_excluded = [&](const Candidate& candidate) {
        return std::ranges::any_of(commitment.excluded, [&](const Exclusion& exclusion) {
            const auto standing = lookups.standing(*candidate.actor, exclusion.actor, window);
            return standing != Standing::none && standing != Standing::ally;
        });
    };
    const auto all_known = [&](const Side& side) {
        double sum = 0.0;
        for (const auto& candidate : side.candidates) {
            if (!candidate.actor || candidate.probability <= 0.0 || is_of_excluded(candidate)) return false;
            sum += candidate.probability;
        }
        return side.basis != Basis::alleged && sum >= 1.0 - rounding;
    };
    if (!all_known(parties.attacker) || !all_known(parties.target)) return false;
    const auto no_party = [&](const Side& side, const std::vector<Adherent>& adherents) {
        return std::ranges::all_of(side.candidates, [&](const Candidate& candidate) {
            return std::ranges::all_of(adherents, [&](const Adherent& adherent) {
                return lookups.standing(*candidate.actor, adherent.actor, window) == Standing::none;
            });
        });
    };
    const auto by_kind = protected_by_kind(parties.target_kinds, commitment.against);
    const View view{.lookups = &lookups};
    const auto unprotected = [&](const Side& side) {
        return !by_kind && std::ranges::all_of(side.candidates, [&](const Candidate& candidate) {
            return protection_of(&candidate, parties.target_kinds, commitment, window, view).chance.high <= 0.0;
        });
    };
    const auto between_others = [&](const Side& attacker, const Side& target) {
        return no_party(attacker, commitment.bound) ||
               (no_party(target, commitment.adherents) && unprotected(target));
    };
    return between_others(parties.attacker, parties.target) &&
           (parties.roles == Roles::stated || between_others(parties.target, parties.attacker));
}

Finding judge(const Incident& incident, IncidentId incident_id, const Commitment& commitment,
              CommitmentId commitment_id, const Lookups& lookups) {
    const auto in_force = check_in_force(incident.what.when, commitment);
    const auto views = views_of(commitment, lookups);
    const auto judgements = judged(views, incident, commitment, in_force);
    const auto all = outlook_over(judgements);

    Finding finding;
    finding.incident = incident_id;
    finding.commitment = commitment_id;
    finding.elements = all.elements;
    finding.chance = all.chance;
    finding.verdict = all.verdict;
    std::size_t gravest = 0;
    for (std::size_t v = 0; views.size() > 1 && v < views.size(); ++v) {
        const auto chance = chance_of(judgements[v]);
        finding.versions.push_back(
            {std::string(views[v].by), chance, verdict_of(chance, elements_of(judgements[v]))});
        if (chance.high > finding.versions[gravest].chance.high) gravest = v;
    }
    if (finding.chance.high > 0.0) finding.authors = authors_of(judgements[gravest]);
    finding.order_reached = order_reached(incident.what.when, commitment, in_force.answer);
    finding.flip = flip_of(incident, commitment, finding, views, judgements);
    return finding;
}

Finding adjudicate(const Incident& incident, IncidentId incident_id, const Commitment& commitment,
                   CommitmentId commitment_id, const Setting& setting) {
    return judge(incident, incident_id, commitment, commitment_id, PlainLookups(setting));
}

}  // namespace truce
