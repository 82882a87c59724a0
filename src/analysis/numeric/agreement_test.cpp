// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/agreement.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <string_view>

#include "base/random.h"

namespace truce::numeric {
namespace {

/// Rows of digits; a dot where a rater said nothing.
Ratings ratings_of(std::span<const std::string_view> rows) {
    Ratings ratings(rows.size(), rows.front().size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
        for (std::size_t u = 0; u < rows[r].size(); ++u) {
            if (rows[r][u] != '.') ratings.at(r, u) = rows[r][u] - '0';
        }
    }
    return ratings;
}

// Krippendorff (2011), example C: four observers, twelve units.
TEST(KrippendorffAlpha, ReproducesHisExample) {
    constexpr std::array<std::string_view, 4> rows{"123321412...", "1233224125.3", ".3332342251.",
                                                   "12332441251."};
    const Ratings ratings = ratings_of(rows);
    EXPECT_NEAR(krippendorff_alpha(ratings, Scale::nominal)->value, 0.743421, 1e-6);
    EXPECT_NEAR(krippendorff_alpha(ratings, Scale::interval)->value, 0.849107, 1e-6);
}

TEST(KrippendorffAlpha, IsOneWhereAllAgreeThroughout) {
    constexpr std::array<std::string_view, 2> rows{"0120", "0120"};
    EXPECT_DOUBLE_EQ(krippendorff_alpha(ratings_of(rows), Scale::nominal)->value, 1.0);
}

TEST(KrippendorffAlpha, CannotBeSaidWhereEverybodyAlwaysSaysTheSame) {
    constexpr std::array<std::string_view, 2> rows{"1111", "1111"};
    EXPECT_FALSE(krippendorff_alpha(ratings_of(rows), Scale::nominal));
}

TEST(KrippendorffAlpha, CannotBeSaidWhereNoUnitHasTwoAnswers) {
    constexpr std::array<std::string_view, 2> rows{"01..", "..10"};
    EXPECT_FALSE(krippendorff_alpha(ratings_of(rows), Scale::nominal));
}

/// Raters of a known accuracy on classes drawn evenly.
Ratings simulated(std::span<const double> accuracy, std::size_t units, std::size_t classes,
                  std::vector<std::size_t>& truth, Random& random) {
    Ratings ratings(accuracy.size(), units);
    truth.resize(units);
    for (std::size_t u = 0; u < units; ++u) {
        truth[u] = random.below(classes);
        for (std::size_t r = 0; r < accuracy.size(); ++r) {
            std::size_t said = truth[u];
            if (random.uniform() >= accuracy[r]) said = (said + 1 + random.below(classes - 1)) % classes;
            ratings.at(r, u) = static_cast<double>(said);
        }
    }
    return ratings;
}

TEST(RaterReliability, FindsWhoIsToBeBelieved) {
    constexpr std::array accuracy{0.95, 0.8, 0.6};
    Random random(1);
    std::vector<std::size_t> truth;
    const auto found = rater_reliability(simulated(accuracy, 4000, 3, truth, random), 3);
    ASSERT_TRUE(found);
    for (std::size_t r = 0; r < accuracy.size(); ++r) {
        double right = 0;
        for (std::size_t c = 0; c < 3; ++c) right += found->confusion[r][c * 3 + c] / 3;
        EXPECT_NEAR(right, accuracy[r], 0.03);
    }
    EXPECT_FALSE(found->may_be_flipped);
}

TEST(RaterReliability, KnownUnitsKeepLiarsFromTurningTheTruthOver) {
    // Three who lie together outvote one who does not; forty verified units tell them apart.
    constexpr std::array accuracy{0.95, 0.2, 0.2, 0.2};
    Random random(2);
    std::vector<std::size_t> truth;
    const auto ratings = simulated(accuracy, 2000, 2, truth, random);
    EXPECT_TRUE(rater_reliability(ratings, 2)->may_be_flipped);
    std::vector<std::optional<std::size_t>> known(truth.begin(), truth.begin() + 40);
    const auto found = rater_reliability(ratings, 2, known);
    EXPECT_GT(found->confusion[0][0], 0.9);
    EXPECT_LT(found->confusion[1][0], 0.3);
}

TEST(RaterReliability, SaysNothingOfNothing) {
    EXPECT_FALSE(rater_reliability(Ratings(2, 5), 2));
}

RC_GTEST_PROP(KrippendorffAlpha, TheOrderOfRatersAndOfCodesDoesNotMatterToTheNominalScale, ()) {
    const auto units = *rc::gen::inRange<std::size_t>(1, 12);
    Ratings ratings(3, units);
    Ratings turned(3, units);
    for (std::size_t r = 0; r < 3; ++r) {
        for (std::size_t u = 0; u < units; ++u) {
            const int code = *rc::gen::inRange(-1, 4);
            if (code < 0) continue;
            ratings.at(r, u) = code;
            turned.at(2 - r, units - 1 - u) = 3 - code;
        }
    }
    const auto a = krippendorff_alpha(ratings, Scale::nominal);
    const auto b = krippendorff_alpha(turned, Scale::nominal);
    RC_ASSERT(a.has_value() == b.has_value());
    if (a) RC_ASSERT(std::abs(a->value - b->value) < 1e-12);
}

}  // namespace
}  // namespace truce::numeric
