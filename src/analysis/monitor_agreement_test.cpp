// SPDX-License-Identifier: Apache-2.0
#include "analysis/monitor_agreement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace truce::analysis {
namespace {

using ::testing::Contains;
using ::testing::Not;

Rating says(std::uint32_t incident, std::string monitor, Occurrence occurrence) {
    return {incident, std::move(monitor), {.occurrence = occurrence}};
}

/// Krippendorff's example K1 has no place here (its codes are numbers); two monitors on ten incidents, of which they differ on two.
/// By hand: ten pairs, two of them differ: Do = 0.2. Of 20 answers 10 are confirmed, 10 not: De = 2 * 10 * 10 / (20 * 19).
std::vector<Rating> ten_incidents() {
    std::vector<Rating> ratings;
    for (std::uint32_t i = 0; i < 10; ++i) {
        ratings.push_back(says(i, "usa", i < 5 ? Occurrence::confirmed : Occurrence::not_confirmed));
        ratings.push_back(says(i, "russia", (i < 4 || i == 5) ? Occurrence::confirmed : Occurrence::not_confirmed));
    }
    return ratings;
}

TEST(MonitorAgreement, AlphaIsAsWorkedByHand) {
    const auto found = monitor_agreement(ten_incidents());
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].incidents, 10U);
    ASSERT_TRUE(found[0].alpha);
    EXPECT_NEAR(*found[0].alpha, 1 - 0.2 * 20 * 19 / 200, 1e-12);
}

TEST(MonitorAgreement, LowAgreementOfFewIncidentsComesWithItsWarnings) {
    const auto found = monitor_agreement(ten_incidents());
    EXPECT_THAT(found[0].warnings, Contains(AgreementWarning::too_low));
    EXPECT_THAT(found[0].warnings, Contains(AgreementWarning::few));
}

TEST(MonitorAgreement, OfTwoMonitorsItIsNotSaidWhoseWordIsWorthMore) {
    const auto found = monitor_agreement(ten_incidents());
    EXPECT_TRUE(found[0].reliability.empty());
    EXPECT_THAT(found[0].warnings, Contains(AgreementWarning::two_raters));
}

TEST(MonitorAgreement, OneOfThreeWhoOftenStandsAloneIsWorthLess) {
    std::vector<Rating> ratings;
    for (std::uint32_t i = 0; i < 40; ++i) {
        const auto truth = i % 2 == 0 ? Occurrence::confirmed : Occurrence::not_confirmed;
        const auto other = i % 2 == 0 ? Occurrence::not_confirmed : Occurrence::confirmed;
        ratings.push_back(says(i, "a", truth));
        ratings.push_back(says(i, "b", i == 7 ? other : truth));
        ratings.push_back(says(i, "c", i % 3 == 0 ? other : truth));
    }
    const auto found = monitor_agreement(ratings);
    ASSERT_EQ(found[0].reliability.size(), 3U);
    EXPECT_GT(found[0].reliability[0].right, 0.95);
    EXPECT_LT(found[0].reliability[2].right, 0.8);
    EXPECT_THAT(found[0].warnings, Not(Contains(AgreementWarning::two_raters)));
}

TEST(MonitorAgreement, DoesNotDependOnTheOrder) {
    auto ratings = ten_incidents();
    const auto before = monitor_agreement(ratings);
    std::ranges::reverse(ratings);
    EXPECT_EQ(*monitor_agreement(ratings)[0].alpha, *before[0].alpha);
}

TEST(MonitorAgreement, AnswersThatAreAllTheSameLeaveNothingToCompare) {
    const std::vector ratings{says(1, "a", Occurrence::confirmed), says(1, "b", Occurrence::confirmed)};
    const auto found = monitor_agreement(ratings);
    EXPECT_FALSE(found[0].alpha);
    EXPECT_THAT(found[0].warnings, Contains(AgreementWarning::one_answer));
}

TEST(MonitorAgreement, AnAxisOfWhichNobodySpokeIsLeftOut) {
    EXPECT_TRUE(monitor_agreement({}).empty());
}

}  // namespace
}  // namespace truce::analysis
