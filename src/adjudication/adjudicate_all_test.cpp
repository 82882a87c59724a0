// SPDX-License-Identifier: Apache-2.0
#include "adjudication/adjudicate_all.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <string>

#include "adjudication/lookups.h"
#include "model/agreement.h"

namespace truce {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

constexpr sys_seconds spring = sys_days{std::chrono::year{2016} / 3 / 1};

/// A small random mission: everything that can be uncertain is, sometimes.
struct Mission {
    ActorRegister actors;
    AreaRegister areas;
    std::vector<Agreement> agreements;
    std::vector<Commitment> commitments;
    std::vector<Incident> incidents;
};

int up_to(int most) {
    return *rc::gen::inRange(0, most + 1);
}
bool one_in(int n) {
    return up_to(n - 1) == 0;
}
template <class T>
T one_of(std::initializer_list<T> all) {
    return *(all.begin() + up_to(static_cast<int>(all.size()) - 1));
}

sys_seconds some_instant() {
    return spring + hours{6 * up_to(240)};
}
Moment some_moment() {
    if (one_in(12)) return Moment::unknown();
    const auto at = some_instant();
    return one_in(4) ? Moment{at, at + days{up_to(5)}} : Moment::at(at);
}
Period some_period() {
    const auto first = one_in(3) ? open_start : some_instant();
    return {first, one_in(3) ? open_end : std::max(first, spring) + hours{12 * (1 + up_to(60))}};
}

constexpr int actor_count = 9;
ActorId some_actor() {
    return ActorId{static_cast<std::uint32_t>(up_to(actor_count - 1))};
}

ActorRegister some_actors() {
    std::vector<Actor> actors(actor_count);
    for (int i = 0; i < actor_count; ++i) {
        auto& one = actors[static_cast<std::size_t>(i)];
        one.id = "a" + std::to_string(i);
        one.kind = one_of({ActorKind::armed_group, ActorKind::state, ActorKind::umbrella,
                           ActorKind::civilians, ActorKind::organisation});
        for (int r = up_to(2); r > 0; --r) {
            one.relations.push_back(
                {one_of({ActorRelation::contains, ActorRelation::part_of, ActorRelation::commands,
                         ActorRelation::allied_with, ActorRelation::splinter_of, ActorRelation::same_as}),
                 some_actor(), one_in(2) ? Period{} : some_period()});
        }
    }
    return ActorRegister(std::move(actors));
}

AreaRegister some_areas() {
    std::vector<Area> areas;
    for (int i = 0; i < 8; ++i) {
        Area area;
        area.id = "area" + std::to_string(i);
        const double lat = up_to(20) * 0.1;
        const double lon = one_in(5) ? 178.0 + up_to(15) * 0.1 : up_to(20) * 0.1;
        if (one_in(3)) {
            area.shape = Shape(Disc{{lat, lon}, Distance::km(5 + up_to(60))});
        } else {
            area.shape = rectangle({lat, lon, lat + 0.3 + up_to(10) * 0.1, lon + 0.3 + up_to(3) * 0.1});
        }
        areas.push_back(std::move(area));
    }
    return AreaRegister(std::move(areas));
}

AreaId some_area() {
    return AreaId{static_cast<std::uint32_t>(up_to(7))};
}
AreaClause some_clause() {
    if (one_in(5)) return {{{"usa", some_area()}, {"russia", some_area()}}};
    return {{{"", some_area()}}};
}

Act some_act() {
    return all_acts()[static_cast<std::size_t>(up_to(static_cast<int>(all_acts().size()) - 1))];
}
Act some_likely_act() {
    return one_of({Act::attack, Act::attack_shelling, Act::attack_air_strike, Act::access_deny, Act::detain,
                   Act::training_fire, Act::unknown, Act::attack_explosive_mine});
}
TargetKinds some_kinds() {
    TargetKinds kinds;
    for (int i = up_to(2); i > 0; --i) {
        kinds.add(one_of({TargetKind::civilian, TargetKind::adherent, TargetKind::medical,
                          TargetKind::combatant, TargetKind::humanitarian}));
    }
    return kinds;
}

Agreement some_agreement(int which, int count) {
    Agreement one;
    one.id = "agreement" + std::to_string(which);
    one.from = some_moment();
    one.until = one_in(3) ? Moment::at(open_end) : some_moment();
    if (one.until.latest < one.from.earliest) std::swap(one.from, one.until);
    if (!one_in(5)) one.area = some_clause();
    for (int i = up_to(2) / 2; i > 0; --i) one.except_areas.push_back(some_clause());
    if (one_in(5)) one.suspensions.emplace_back(some_moment(), some_moment());
    for (int i = up_to(3); i > 0; --i) {
        Adherent adherent;
        adherent.actor = some_actor();
        if (one_in(4)) adherent.accepted = some_moment();
        if (one_in(6)) adherent.withdrawn = some_moment();
        if (one_in(6)) adherent.suspended_from = some_moment();
        if (one_in(4)) adherent.reach = Adherent::Reach::allies_and_associates;
        one.adherents.push_back(adherent);
    }
    for (int i = up_to(2); i > 0; --i) {
        Exclusion exclusion;
        exclusion.actor = some_actor();
        if (one_in(3)) exclusion.during = some_period();
        if (one_in(4)) exclusion.version = "russia";
        if (one_in(4)) {
            exclusion.scope = Exclusion::Scope::actor_in_delineated_area;
            if (!one_in(3)) exclusion.delineated = some_clause();
        }
        one.excluded.push_back(exclusion);
    }
    for (int i = 1 + up_to(1); i > 0; --i) {
        Duty duty;
        duty.id = "duty" + std::to_string(up_to(2));
        duty.deontic =
            one_of({Deontic::prohibited, Deontic::prohibited, Deontic::obligatory, Deontic::permitted});
        duty.acts = {one_of({Act::attack, Act::attack_air_strike, Act::access_allow, Act::training_fire})};
        duty.against = some_kinds();
        if (one_in(5)) duty.area = some_clause();
        if (one_in(6)) duty.from = some_moment();
        one.duties.push_back(duty);
    }
    if (one_in(3)) {
        Exception exception;
        exception.kind = one_of({ExceptionKind::self_defence, ExceptionKind::live_fire_in_area});
        if (one_in(2)) exception.area = some_clause();
        one.exceptions.push_back(exception);
    }
    if (one_in(3)) one.notification = Notification{.grace = hours{72}, .during = {}, .chain = {}};
    if (one_in(2)) {
        one.lineage.push_back(
            {one_of({LineageRelation::reaffirms, LineageRelation::extends_area_of,
                     LineageRelation::supersedes, LineageRelation::suspends, LineageRelation::terminates}),
             AgreementId{static_cast<std::uint32_t>(up_to(count - 1))},
             one_in(3) ? std::optional(some_moment()) : std::nullopt});
    }
    return one;
}

Side some_side() {
    Side side;
    side.basis = one_of({Basis::reported, Basis::assessed, Basis::claimed, Basis::alleged});
    const int count = up_to(2);
    for (int i = 0; i < count; ++i) {
        const auto actor = one_in(6) ? std::nullopt : std::optional(some_actor());
        side.candidates.push_back({actor, count == 1 ? one_of({1.0, 0.9, 0.7}) : one_of({0.5, 0.3, 0.0})});
    }
    return side;
}

Incident some_incident() {
    Incident one;
    one.accounts = {AccountId{0}};
    auto& what = one.what;
    const auto first = some_instant();
    what.when.window = {first, first + one_of({seconds{1}, seconds{60}, seconds{days{1}}, seconds{days{7}},
                                               seconds{days{31}}, seconds{days{400}}})};
    if (one_in(12)) what.when.window = {};
    if (one_in(8)) {
        what.place.within = some_area();
    } else if (!one_in(8)) {
        const double lon = one_in(6) ? one_of({179.95, -180.0, 180.0, -179.9}) : up_to(30) * 0.1;
        what.place.centre = Point{one_in(30) ? 90.0 : up_to(30) * 0.1, lon};
        what.place.radius = Distance::km(one_of({0.0, 0.0, 1.0, 25.0, 300.0}));
    }
    what.act = one_in(4) ? some_act() : some_likely_act();
    what.parties.attacker = some_side();
    what.parties.target = some_side();
    what.parties.roles = one_in(4) ? Roles::unstated : Roles::stated;
    what.parties.target_kinds = some_kinds();
    if (one_in(5)) what.excuses = {{ExceptionKind::self_defence, one_of({Basis::claimed, Basis::assessed})}};
    return one;
}

Mission some_mission() {
    Mission mission;
    mission.actors = some_actors();
    mission.areas = some_areas();
    const int count = 1 + up_to(3);
    for (int i = 0; i < count; ++i) mission.agreements.push_back(some_agreement(i, count));
    mission.commitments = commitments_of(mission.agreements);
    for (int i = 100; i > 0; --i) mission.incidents.push_back(some_incident());
    return mission;
}

/// Shares of discs are good to 1e-6 in either form.
void expect_near(Chance a, Chance b) {
    RC_ASSERT(std::abs(a.low - b.low) < 1e-6);
    RC_ASSERT(std::abs(a.high - b.high) < 1e-6);
}

void expect_same(const Finding& bulk, const Finding& plain) {
    RC_ASSERT(bulk.incident == plain.incident);
    RC_ASSERT(bulk.commitment == plain.commitment);
    RC_ASSERT(name_of(bulk.verdict) == name_of(plain.verdict));
    expect_near(bulk.chance, plain.chance);
    for (std::size_t i = 0; i < element_count; ++i) {
        RC_ASSERT(name_of(bulk.elements[i].reason) == name_of(plain.elements[i].reason));
        RC_ASSERT(bulk.elements[i].answer == plain.elements[i].answer);
        expect_near(bulk.elements[i].chance, plain.elements[i].chance);
    }
    RC_ASSERT(bulk.order_reached == plain.order_reached);
    RC_ASSERT(bulk.flip == plain.flip);
    RC_ASSERT(bulk.authors.size() == plain.authors.size());
    for (std::size_t i = 0; i < bulk.authors.size(); ++i) {
        RC_ASSERT(bulk.authors[i].actor == plain.authors[i].actor);
    }
    RC_ASSERT(bulk.versions.size() == plain.versions.size());
    for (std::size_t i = 0; i < bulk.versions.size(); ++i) {
        RC_ASSERT(bulk.versions[i].by == plain.versions[i].by);
        RC_ASSERT(bulk.versions[i].verdict == plain.versions[i].verdict);
    }
}

/// Counts a pair that the bulk form passed over, by the plain form's reason; one between others as such, wherever it was.
void expect_passed_over(PassedOver& counted, const Finding& plain, bool between_others) {
    RC_ASSERT(plain.verdict == Verdict::out_of_scope || plain.verdict == Verdict::not_breach);
    RC_ASSERT(plain.chance == Chance::impossible());
    if (plain[Element::in_force].answer != Answer::no && between_others) {
        ++counted.between_others;
        return;
    }
    RC_ASSERT(plain.verdict == Verdict::out_of_scope);
    switch (plain.reason()) {
        case Reason::before_entry_into_force:
            ++counted.before;
            return;
        case Reason::after_end:
        case Reason::superseded:
        case Reason::terminated:
            ++counted.after;
            return;
        case Reason::suspended:
        case Reason::between_periods:
            ++counted.in_a_pause;
            return;
        case Reason::outside_area:
            ++counted.outside;
            return;
        default:
            RC_FAIL("passed over for " + std::string(name_of(plain.reason())));
    }
}

bool may_fit(const Finding& plain) {
    return plain[Element::in_force].answer != Answer::no &&
           (plain[Element::in_area].answer != Answer::no || plain[Element::in_area].reason != Reason::outside_area);
}

TEST(AdjudicateAll, GivesWhatThePlainFormGivesOnRandomMissions) {
    const bool holds = rc::check([] {
        const auto mission = some_mission();
        const Setting setting{mission.actors, mission.areas};
        const PlainLookups lookups(setting);
        const auto all = adjudicate_all(mission.incidents, mission.commitments, setting);
        RC_ASSERT(all.first.size() == mission.incidents.size() + 1);
        for (std::uint32_t i = 0; i < mission.incidents.size(); ++i) {
            auto next = all.of({i}).begin();
            PassedOver passed_over;
            std::optional<CommitmentId> first_between_others;
            std::size_t of_others = 0;
            for (std::uint32_t c = 0; c < mission.commitments.size(); ++c) {
                const auto plain =
                    adjudicate(mission.incidents[i], {i}, mission.commitments[c], {c}, setting);
                const bool others = lies_between_others(mission.incidents[i], mission.commitments[c], lookups);
                if (others && may_fit(plain) && !first_between_others) first_between_others = CommitmentId{c};
                if (next != all.of({i}).end() && next->commitment == CommitmentId{c}) {
                    of_others += others ? 1 : 0;
                    expect_same(*next++, plain);
                } else {
                    expect_passed_over(passed_over, plain, others);
                }
            }
            RC_ASSERT(next == all.of({i}).end());
            // Which pairs between others are near is for the bulk form to say; the rest of them is elsewhere.
            auto counted = all.passed_over[i];
            RC_ASSERT(counted.between_others <= passed_over.between_others);
            RC_ASSERT(counted.total() == passed_over.total());
            passed_over.outside += passed_over.between_others - counted.between_others;
            passed_over.between_others = counted.between_others;
            RC_ASSERT(counted == passed_over);
            // One stands for all, where nothing else does.
            if (of_others > 0) {
                RC_ASSERT(all.of({i}).size() == 1U);
                RC_ASSERT(all.of({i}).front().commitment == *first_between_others);
            }
            if (first_between_others) RC_ASSERT(!all.of({i}).empty());
        }
    });
    EXPECT_TRUE(holds);
}

TEST(AdjudicateAll, GivesTheSameOnAnyNumberOfThreads) {
    const bool holds = rc::check([] {
        auto mission = some_mission();
        // Enough incidents for several chunks of work.
        while (!mission.incidents.empty() && mission.incidents.size() < 2500) {
            const auto again = mission.incidents;
            mission.incidents.insert(mission.incidents.end(), again.begin(), again.end());
        }
        const CommitmentIndex index(mission.commitments, {mission.actors, mission.areas});
        const auto one = index.adjudicate_all(mission.incidents, 1);
        const auto three = index.adjudicate_all(mission.incidents, 3);
        RC_ASSERT(one.first == three.first);
        RC_ASSERT(one.passed_over == three.passed_over);
        for (std::size_t i = 0; i < one.findings.size(); ++i) {
            RC_ASSERT(one.findings[i].chance == three.findings[i].chance);
            RC_ASSERT(one.findings[i].authors == three.findings[i].authors);
            RC_ASSERT(one.findings[i].flip == three.findings[i].flip);
        }
    });
    EXPECT_TRUE(holds);
}

TEST(AdjudicateAll, FightingBetweenOthersIsCountedAndOneFindingStandsForIt) {
    std::vector<Actor> known(3);
    known[0].id = "party";
    known[1].id = "other-party";
    known[2].id = "stranger";
    const ActorRegister actors(std::move(known));
    std::vector<Area> drawn(1);
    drawn[0].id = "town";
    drawn[0].shape = rectangle({36, 37, 37, 38});
    const AreaRegister areas(std::move(drawn));
    Agreement truce;
    truce.from = Moment::at(spring);
    truce.until = Moment::at(spring + days{10});
    truce.area = AreaClause{{{"", AreaId{0}}}};
    truce.adherents.resize(2);
    truce.adherents[0].actor = ActorId{0};
    truce.adherents[1].actor = ActorId{1};
    truce.duties.resize(3);
    for (auto& duty : truce.duties) {
        duty.acts = {Act::attack};
        duty.against = {TargetKind::adherent};
    }
    truce.duties[2].against = {TargetKind::adherent, TargetKind::combatant};
    const auto commitments = commitments_of(std::span(&truce, 1));
    const auto fight = [](ActorId a, ActorId b) {
        Incident one;
        one.what.when.window = {spring + days{1}, spring + days{1} + hours{1}};
        one.what.place.centre = Point{36.5, 37.5};
        one.what.act = Act::attack;
        one.what.parties.roles = Roles::unstated;
        one.what.parties.target_kinds = {TargetKind::combatant};
        one.what.parties.attacker = {{{a, 1.0}}, "a", Basis::reported};
        one.what.parties.target = {{{b, 1.0}}, "b", Basis::reported};
        return one;
    };
    const std::vector<Incident> incidents{fight(ActorId{0}, ActorId{1}), fight(ActorId{0}, ActorId{2}),
                                          fight(ActorId{2}, ActorId{2})};
    const auto all = adjudicate_all(incidents, commitments, {actors, areas});
    EXPECT_EQ(all.of(IncidentId{0}).size(), 3U);
    // The third duty protects whoever fights: to attack a stranger may breach it.
    ASSERT_EQ(all.of(IncidentId{1}).size(), 1U);
    EXPECT_EQ(all.of(IncidentId{1}).front().commitment, CommitmentId{2});
    EXPECT_EQ(all.passed_over[1], (PassedOver{0, 0, 0, 0, 2}));
    ASSERT_EQ(all.of(IncidentId{2}).size(), 1U);
    EXPECT_EQ(all.of(IncidentId{2}).front().commitment, CommitmentId{0});
    EXPECT_EQ(all.passed_over[2], (PassedOver{0, 0, 0, 0, 2}));
}

TEST(AdjudicateAll, OfNothingIsNothing) {
    const ActorRegister actors;
    const AreaRegister areas;
    const auto all = adjudicate_all({}, {}, {actors, areas});
    EXPECT_TRUE(all.findings.empty());
    EXPECT_EQ(all.first, std::vector<std::size_t>{0});
}

TEST(AdjudicateAll, PassesOverEachCommitmentForAReason) {
    const ActorRegister actors;
    std::vector<Area> drawn(1);
    drawn[0].id = "town";
    drawn[0].shape = rectangle({36, 37, 37, 38});
    const AreaRegister areas(std::move(drawn));
    Agreement truce;
    truce.from = Moment::at(spring);
    truce.until = Moment::at(spring + days{10});
    truce.area = AreaClause{{{"", AreaId{0}}}};
    truce.duties.resize(1);
    truce.duties[0].acts = {Act::attack};
    const auto commitments = commitments_of(std::span(&truce, 1));
    const auto at = [](Point place, days after) {
        Incident one;
        one.what.when.window = {spring + after, spring + after + hours{1}};
        one.what.place.centre = place;
        return one;
    };
    const std::vector<Incident> incidents{at({36.5, 37.5}, days{-1}), at({36.5, 37.5}, days{10}),
                                          at({30.0, 37.5}, days{1}), at({36.5, 37.5}, days{1})};
    const auto all = adjudicate_all(incidents, commitments, {actors, areas});
    EXPECT_EQ(all.passed_over[0], (PassedOver{1, 0, 0, 0, 0}));
    EXPECT_EQ(all.passed_over[1], (PassedOver{0, 1, 0, 0, 0}));
    EXPECT_EQ(all.passed_over[2], (PassedOver{0, 0, 0, 1, 0}));
    EXPECT_EQ(all.passed_over[3], PassedOver{});
    EXPECT_EQ(all.findings.size(), 1U);
}

}  // namespace
}  // namespace truce
