// SPDX-License-Identifier: Apache-2.0
#include "model/commitment.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

namespace truce {
namespace {

using std::chrono::days;

constexpr sys_seconds start = sys_days{std::chrono::year{2016} / 2 / 27};

Moment day(int n) {
    return Moment::at(start + days{n});
}

/// In force from day 0 to day 30, one duty "attacks" that forbids attacks, one adherent, one exclusion.
Agreement parent() {
    Agreement one;
    one.id = "parent";
    one.from = day(0);
    one.until = day(30);
    one.area = AreaClause{{{"", AreaId{0}}}};
    Adherent adherent;
    adherent.actor = ActorId{1};
    one.adherents = {adherent};
    Exclusion exclusion;
    exclusion.actor = ActorId{2};
    one.excluded = {exclusion};
    Duty duty;
    duty.id = "attacks";
    duty.acts = {Act::attack};
    one.duties = {duty};
    return one;
}

/// In force from day 10 to day 12; `relation` to the agreement before it; nothing else of its own.
Agreement child(LineageRelation relation) {
    Agreement one;
    one.id = "child";
    one.from = day(10);
    one.until = day(12);
    one.lineage = {{relation, AgreementId{0}, std::nullopt}};
    return one;
}

std::vector<Commitment> of(const Agreement& first, const Agreement& second) {
    const std::vector<Agreement> both{first, second};
    return commitments_of(both);
}

TEST(CommitmentsOf, AnAgreementAloneAreItsDuties) {
    const auto one = parent();
    const auto commitments = commitments_of(std::span(&one, 1));
    ASSERT_EQ(commitments.size(), 1U);
    EXPECT_EQ(commitments[0].in_force, (std::vector<Force>{{day(0), day(30), Ending::expiry}}));
    EXPECT_EQ(commitments[0].bound.size(), 1U);
    EXPECT_EQ(commitments[0].breaching_acts, std::vector<Act>{Act::attack});
}

TEST(CommitmentsOf, AChildTakesWhatItLeavesOutAndKeepsItsOwnPeriod) {
    const auto commitments = of(parent(), child(LineageRelation::reaffirms));
    ASSERT_EQ(commitments.size(), 2U);
    const auto& inherited = commitments[1];
    EXPECT_EQ(inherited.agreement, AgreementId{1});
    EXPECT_EQ(inherited.stated_by, AgreementId{0});
    EXPECT_EQ(inherited.in_force, (std::vector<Force>{{day(10), day(12), Ending::expiry}}));
    EXPECT_EQ(inherited.entered, day(10));
    ASSERT_TRUE(inherited.area);
    EXPECT_EQ(inherited.area->versions[0].area, AreaId{0});
    EXPECT_EQ(inherited.bound.size(), 1U);
    EXPECT_EQ(inherited.excluded.size(), 1U);
    EXPECT_EQ(commitments[0].in_force, (std::vector<Force>{{day(0), day(30), Ending::expiry}}));
}

TEST(CommitmentsOf, AChildsOwnClausesStandInPlaceOfItsParents) {
    auto own = child(LineageRelation::reaffirms);
    own.area = AreaClause{{{"", AreaId{7}}}};
    Adherent adherent;
    adherent.actor = ActorId{5};
    own.adherents = {adherent};
    const auto commitments = of(parent(), own);
    EXPECT_EQ(commitments[1].area->versions[0].area, AreaId{7});
    EXPECT_EQ(commitments[1].bound[0].actor, ActorId{5});
}

TEST(CommitmentsOf, AnAnnexBringsNoDuties) {
    EXPECT_EQ(of(parent(), child(LineageRelation::annex_of)).size(), 1U);
}

TEST(CommitmentsOf, SupersessionEndsTheOther) {
    const auto commitments = of(parent(), child(LineageRelation::supersedes));
    EXPECT_EQ(commitments[0].in_force, (std::vector<Force>{{day(0), day(10), Ending::supersession}}));
}

TEST(CommitmentsOf, ASuspensionCutsThePeriodInTwo) {
    const auto commitments = of(parent(), child(LineageRelation::suspends));
    EXPECT_EQ(commitments[0].in_force, (std::vector<Force>{{day(0), day(10), Ending::suspension},
                                                           {day(12), day(30), Ending::expiry}}));
}

TEST(CommitmentsOf, ATerminationOfUnknownDateLeavesAnEndOfUnknownDate) {
    auto end = child(LineageRelation::terminates);
    end.lineage[0].at = Moment{start + days{5}, start + days{9}};
    const auto commitments = of(parent(), end);
    EXPECT_EQ(commitments[0].in_force,
              (std::vector<Force>{{day(0), {start + days{5}, start + days{9}}, Ending::termination}}));
}

TEST(CommitmentsOf, WhatIsCutOffBeforeItBeginsKeepsAStretchOfNoLength) {
    auto end = child(LineageRelation::terminates);
    end.lineage[0].at = day(-3);
    const auto commitments = of(parent(), end);
    EXPECT_EQ(commitments[0].in_force, (std::vector<Force>{{day(0), day(0), Ending::termination}}));
}

TEST(CommitmentsOf, AnAgreementThatSupersedesItselfIsLeftAlone) {
    auto one = parent();
    one.lineage = {{LineageRelation::supersedes, AgreementId{0}, std::nullopt}};
    const auto commitments = commitments_of(std::span(&one, 1));
    EXPECT_EQ(commitments[0].in_force, (std::vector<Force>{{day(0), day(30), Ending::expiry}}));
}

TEST(CommitmentsOf, AGuarantorIsNotBoundUnlessADutyNamesIt) {
    auto one = parent();
    Adherent guarantor;
    guarantor.actor = ActorId{9};
    guarantor.capacity = Capacity::guarantor;
    one.adherents.push_back(guarantor);
    Duty vouch;
    vouch.id = "vouch";
    vouch.bound = {ActorId{9}};
    one.duties.push_back(vouch);
    const auto commitments = commitments_of(std::span(&one, 1));
    EXPECT_EQ(commitments[0].bound.size(), 1U);
    ASSERT_EQ(commitments[1].bound.size(), 1U);
    EXPECT_EQ(commitments[1].bound[0].actor, ActorId{9});
    EXPECT_EQ(commitments[1].adherents.size(), 1U);
}

TEST(CommitmentsOf, ADutyMayBindBeforeTheRestDoes) {
    auto one = parent();
    one.duties[0].from = day(-4);
    one.duties[0].until = day(0);
    const auto commitments = commitments_of(std::span(&one, 1));
    EXPECT_EQ(commitments[0].in_force, (std::vector<Force>{{day(-4), day(0), Ending::expiry}}));
}

TEST(CommitmentsOf, AnAutomaticRenewalGoesOnUntilSomebodyEndsIt) {
    auto one = parent();
    one.renewal = Renewal::automatic;
    EXPECT_EQ(commitments_of(std::span(&one, 1))[0].in_force[0].until, Moment::at(open_end));
    EXPECT_EQ(of(one, child(LineageRelation::terminates))[0].in_force[0].until, day(10));
}

TEST(CommitmentsOf, APermissionIsNoCommitment) {
    auto one = parent();
    Duty may;
    may.deontic = Deontic::permitted;
    may.acts = {Act::training_fire};
    one.duties.push_back(may);
    const auto commitments = commitments_of(std::span(&one, 1));
    ASSERT_EQ(commitments.size(), 1U);
    EXPECT_EQ(commitments[0].permitted_acts, std::vector<Act>{Act::training_fire});
}

TEST(CommitmentsOf, AnyLineageWhateverEndsAndKeepsItsStretchesInOrder) {
    const bool holds = rc::check([] {
        const int count = *rc::gen::inRange(1, 7);
        std::vector<Agreement> all;
        for (int i = 0; i < count; ++i) {
            auto one = parent();
            const int from = *rc::gen::inRange(0, 40);
            one.from = {start + days{from}, start + days{from + *rc::gen::inRange(0, 3)}};
            one.until = day(from + *rc::gen::inRange(0, 40));
            for (int r = *rc::gen::inRange(0, 4); r > 0; --r) {
                one.lineage.push_back(
                    {*rc::gen::element(LineageRelation::reaffirms, LineageRelation::suspends,
                                       LineageRelation::supersedes, LineageRelation::extends_time_of),
                     AgreementId{static_cast<std::uint32_t>(*rc::gen::inRange(0, count))}, std::nullopt});
            }
            one.duties[0].id = std::to_string(*rc::gen::inRange(0, 3));
            all.push_back(one);
        }
        for (const auto& commitment : commitments_of(all)) {
            RC_ASSERT(!commitment.in_force.empty());
            RC_ASSERT(std::ranges::is_sorted(commitment.in_force, {},
                                             [](const Force& force) { return force.from.earliest; }));
            for (const auto& force : commitment.in_force) {
                RC_ASSERT(force.from.earliest <= force.from.latest);
                RC_ASSERT(force.until.earliest <= force.until.latest);
                RC_ASSERT(force.from.earliest <= force.until.latest);
            }
        }
    });
    EXPECT_TRUE(holds);
}

TEST(ActsThatFail, AreTheOppositesOfWhatIsRequired) {
    EXPECT_EQ(acts_that_fail(Act::access_allow), (std::vector<Act>{Act::access_deny, Act::siege}));
    EXPECT_EQ(acts_that_fail(Act::release), std::vector<Act>{Act::detain});
}

TEST(ActsThatFail, AnOmissionCannotBeSeenFromAnIncident) {
    EXPECT_TRUE(acts_that_fail(Act::notify).empty());
}

}  // namespace
}  // namespace truce
