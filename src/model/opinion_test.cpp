// SPDX-License-Identifier: Apache-2.0
#include "model/opinion.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace truce {
namespace {

Opinion confirmed_violation_by(std::string author) {
    return {.occurrence = Occurrence::confirmed,
            .breach = BreachOpinion::violation,
            .attribution = AttributionLevel::party,
            .authors = {std::move(author)}};
}

TEST(JointOpinion, NobodySpokeSoThereIsNoFinding) {
    EXPECT_EQ(joint_opinion({}).overall, JointStatus::no_finding);
    const std::array silent{Opinion{}, Opinion{}};
    EXPECT_EQ(joint_opinion(silent).overall, JointStatus::no_finding);
}

TEST(JointOpinion, OneMonitorAloneIsOneSided) {
    const std::array opinions{confirmed_violation_by("a"), Opinion{}};
    EXPECT_EQ(joint_opinion(opinions).occurrence, JointStatus::one_sided);
    EXPECT_EQ(joint_opinion(opinions).overall, JointStatus::one_sided);
}

TEST(JointOpinion, TwoWhoSayTheSameAgree) {
    const std::array opinions{confirmed_violation_by("a"), confirmed_violation_by("a")};
    EXPECT_EQ(joint_opinion(opinions).overall, JointStatus::agreed);
}

TEST(JointOpinion, AgreeingThatItHappenedIsNotAgreeingWhoDidIt) {
    const std::array opinions{confirmed_violation_by("a"), confirmed_violation_by("b")};
    const auto joint = joint_opinion(opinions);
    EXPECT_EQ(joint.occurrence, JointStatus::agreed);
    EXPECT_EQ(joint.breach, JointStatus::agreed);
    EXPECT_EQ(joint.attribution, JointStatus::divergent);
    EXPECT_EQ(joint.overall, JointStatus::divergent);
}

TEST(JointOpinion, UnverifiableIsAnAnswerThatCanDiverge) {
    std::array opinions{confirmed_violation_by("a"), Opinion{.occurrence = Occurrence::unverifiable}};
    EXPECT_EQ(joint_opinion(opinions).occurrence, JointStatus::divergent);
}

TEST(JointOpinion, AnAxisThatOneLeftOpenIsOneSided) {
    const std::array opinions{confirmed_violation_by("a"), Opinion{.occurrence = Occurrence::confirmed}};
    const auto joint = joint_opinion(opinions);
    EXPECT_EQ(joint.occurrence, JointStatus::agreed);
    EXPECT_EQ(joint.breach, JointStatus::one_sided);
    EXPECT_EQ(joint.overall, JointStatus::one_sided);
}

TEST(Grade, IsALetterAndADigit) {
    EXPECT_EQ(parse_grade("B2"), (Grade{.reliability = 'B', .credibility = 2}));
    EXPECT_EQ(text_of(*parse_grade("F6")), "F6");
    for (const auto* wrong : {"", "B", "G1", "A0", "A7", "a1", "A11"})
        EXPECT_FALSE(parse_grade(wrong)) << wrong;
}

RC_GTEST_PROP(JointOpinion, TheOrderOfTheMonitorsDoesNotMatter, ()) {
    const auto axis = [](int answers) { return *rc::gen::inRange(-1, answers); };
    std::vector<Opinion> opinions(*rc::gen::inRange<std::size_t>(1, 5));
    for (Opinion& opinion : opinions) {
        if (const int a = axis(4); a >= 0) opinion.occurrence = static_cast<Occurrence>(a);
        if (const int a = axis(3); a >= 0) opinion.breach = static_cast<BreachOpinion>(a);
        if (const int a = axis(4); a >= 0) opinion.attribution = static_cast<AttributionLevel>(a);
    }
    const auto joint = joint_opinion(opinions);
    std::ranges::reverse(opinions);
    RC_ASSERT(joint_opinion(opinions) == joint);
    std::ranges::rotate(opinions, opinions.begin() + 1);
    RC_ASSERT(joint_opinion(opinions) == joint);
}

}  // namespace
}  // namespace truce
