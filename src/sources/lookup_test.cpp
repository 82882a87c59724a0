// SPDX-License-Identifier: Apache-2.0
#include "sources/lookup.h"

#include <gtest/gtest.h>

#include "sources/test_mission.h"

namespace truce::sources {
namespace {

class LookupTest : public testing::Test {
protected:
    TestMission mission_;
    Context context_ = mission_.context();
    Lookup lookup_{context_};
};

TEST_F(LookupTest, TheUnitsKindMayStandBesideTheName) {
    EXPECT_EQ(lookup_.admin(1, "Aleppo"), AreaId{0});
    EXPECT_EQ(lookup_.admin(1, "Aleppo Governorate"), AreaId{0});
    EXPECT_EQ(lookup_.admin(1, "Province of Aleppo"), AreaId{0});
    EXPECT_EQ(lookup_.admin(1, "Aleppo North"), std::nullopt);
    EXPECT_EQ(lookup_.admin(2, "Aleppo"), std::nullopt);
}

TEST_F(LookupTest, ACodeGoesBeforeAName) {
    EXPECT_EQ(lookup_.actor("118", "Nusra Front", CodeSystem::ucdp), ActorId{0});
    EXPECT_EQ(lookup_.actor("999", "Nusra Front", CodeSystem::ucdp), ActorId{2});
}

TEST_F(LookupTest, SomeoneUnknownToTheMissionIsACandidateWithoutAnId) {
    const auto side = lookup_.side("", "Army of Elsewhere", CodeSystem::none, Basis::reported);
    EXPECT_EQ(side.candidates, (Candidates{Candidate{std::nullopt, 1.0}}));
    EXPECT_EQ(side.name, "Army of Elsewhere");
}

TEST_F(LookupTest, AnUnidentifiedGroupIsNoCandidate) {
    const auto side = lookup_.side("", "Unidentified Armed Group (Syria)", CodeSystem::none, Basis::reported);
    EXPECT_TRUE(side.candidates.empty());
    EXPECT_EQ(side.basis, Basis::unknown);
    EXPECT_EQ(side.name, "Unidentified Armed Group (Syria)");
}

TEST_F(LookupTest, DaysRunFromMidnightToMidnightAlsoWhenTheClocksChange) {
    using namespace std::chrono_literals;
    // Syria put its clocks forward on Friday 25 March 2016 at midnight.
    const auto period = lookup_.days(sys_days{2016y / 3 / 24}, sys_days{2016y / 3 / 25});
    EXPECT_EQ(utc_text(period.first), "2016-03-23T22:00:00Z");
    EXPECT_EQ(utc_text(period.end), "2016-03-25T21:00:00Z");
}

}  // namespace
}  // namespace truce::sources
