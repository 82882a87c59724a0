// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/survival_scores.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <cmath>
#include <vector>

#include "analysis/numeric/cox.h"
#include "analysis/numeric/kaplan_meier.h"
#include "analysis/numeric/test_survival.h"

namespace truce::numeric {
namespace {

constexpr double sixth = 1e-6;

TEST(CensoringCurve, LetsFailuresLeaveBeforeTheCensoringsOfTheirTime) {
    // At 2 one fails and one is censored: of the two others left at risk with it, 2/3 remain.
    const std::vector<double> stop{2, 2, 3, 4};
    const std::vector<std::uint8_t> failed{1, 0, 1, 0};
    const CensoringCurve curve(Spells{.stop = stop, .failed = failed});
    EXPECT_EQ(curve.before(2), 1);
    EXPECT_DOUBLE_EQ(curve.at(2), 2.0 / 3);
    EXPECT_DOUBLE_EQ(curve.at(3.5), 2.0 / 3);
    EXPECT_EQ(curve.at(4), 0);
}

TEST(BrierScore, ReproducesTheReferenceOnLungD8) {
    const auto lung = testing::lung(testing::LungRows::complete);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    const auto columns = lung->columns();
    const auto fit = fit_cox({.spells = lung->spells(), .covariates = columns});
    ASSERT_TRUE(fit);
    const SurvivalCurve curve = kaplan_meier(lung->spells());
    const CensoringCurve censoring(lung->spells());
    const std::array times{90.0, 180.0, 365.0, 730.0};
    const std::array by_cox{.0977476779, .1786855403, .2255963093, .0995911303};
    const std::array by_curve{.1014186186, .1994425588, .2420869103, .1026996782};
    std::array<std::vector<double>, 4> predicted;
    for (std::size_t i = 0; i < lung->time.size(); ++i) {
        const auto alive =
            predict_survival(*fit, std::array{lung->age[i], lung->sex[i], lung->ecog[i]}, times);
        for (std::size_t k = 0; k < times.size(); ++k) predicted.at(k).push_back(alive[k].value);
    }
    for (std::size_t k = 0; k < times.size(); ++k) {
        EXPECT_NEAR(brier_score(forecasts_at(times.at(k), predicted.at(k), lung->spells(), censoring)),
                    by_cox.at(k), sixth / 10);
        const std::vector<double> same(lung->time.size(), curve.at(times.at(k)).value);
        EXPECT_NEAR(brier_score(forecasts_at(times.at(k), same, lung->spells(), censoring)), by_curve.at(k),
                    sixth / 10);
    }
}

TEST(Concordance, ReproducesTheReferenceOnLungD9) {
    const auto lung = testing::lung(testing::LungRows::complete);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    const auto columns = lung->columns();
    const auto fit = fit_cox({.spells = lung->spells(), .covariates = columns});
    ASSERT_TRUE(fit);
    std::vector<double> score;
    for (std::size_t i = 0; i < lung->time.size(); ++i) {
        score.push_back(fit->coefficients[0] * lung->age[i] + fit->coefficients[1] * lung->sex[i] +
                        fit->coefficients[2] * lung->ecog[i]);
    }
    const Concordance harrell = harrell_concordance(score, lung->spells());
    EXPECT_EQ(harrell.concordant, 12544);
    EXPECT_EQ(harrell.discordant, 7117);
    EXPECT_EQ(harrell.tied_score, 126);
    EXPECT_EQ(harrell.tied_time, 28);
    EXPECT_NEAR(harrell.value(), .637135493, sixth);
    EXPECT_NEAR(uno_concordance(score, lung->spells()).value(), .626148295, sixth);
}

struct AnyScored {
    std::vector<double> stop;
    std::vector<std::uint8_t> failed;
    std::vector<double> score;
    [[nodiscard]] Spells spells() const { return {.start = {}, .stop = stop, .failed = failed}; }
};
AnyScored any_scored() {
    AnyScored any;
    const auto n = *rc::gen::inRange<std::size_t>(1, 40);
    for (std::size_t i = 0; i < n; ++i) {
        any.stop.push_back(*rc::gen::inRange(1, 12));
        any.failed.push_back(static_cast<std::uint8_t>(*rc::gen::inRange(0, 2)));
        any.score.push_back(*rc::gen::inRange(0, 8));
    }
    return any;
}

TEST(HarrellConcordance, CountsPairsAsTheDefinitionDoes) {
    EXPECT_TRUE(rc::check([] {
        const AnyScored any = any_scored();
        Concordance pairs;
        for (std::size_t i = 0; i < any.stop.size(); ++i) {
            for (std::size_t j = 0; j < any.stop.size(); ++j) {
                if (i == j || any.failed[i] == 0) continue;
                if (any.stop[i] == any.stop[j] && any.failed[j] != 0) {
                    (any.score[i] == any.score[j] ? pairs.tied_both : pairs.tied_time) += 0.5;
                } else if (any.stop[i] <= any.stop[j]) {
                    if (any.score[i] > any.score[j]) pairs.concordant += 1;
                    if (any.score[i] < any.score[j]) pairs.discordant += 1;
                    if (any.score[i] == any.score[j]) pairs.tied_score += 1;
                }
            }
        }
        const Concordance counted = harrell_concordance(any.score, any.spells());
        RC_ASSERT(counted.concordant == pairs.concordant);
        RC_ASSERT(counted.discordant == pairs.discordant);
        RC_ASSERT(counted.tied_score == pairs.tied_score);
        RC_ASSERT(counted.tied_time == pairs.tied_time);
        RC_ASSERT(counted.tied_both == pairs.tied_both);
    }));
}

TEST(UnoConcordance, WithoutCensoringIsHarrells) {
    EXPECT_TRUE(rc::check([] {
        AnyScored any = any_scored();
        std::ranges::fill(any.failed, 1);
        const Concordance uno = uno_concordance(any.score, any.spells());
        const Concordance harrell = harrell_concordance(any.score, any.spells());
        RC_ASSERT(uno.concordant == harrell.concordant && uno.discordant == harrell.discordant);
    }));
}

TEST(ForecastsAt, WeighToTheNumberOfSpells) {
    // With the tie rule the weights of the known make up for the unknown exactly, so long as anyone is
    // watched past the horizon.
    EXPECT_TRUE(rc::check([] {
        AnyScored any = any_scored();
        any.stop.push_back(20);
        any.failed.push_back(0);
        const std::vector<double> predicted(any.stop.size(), 0.5);
        double weight = 0;
        for (const Forecast& one : forecasts_at(6, predicted, any.spells(), CensoringCurve(any.spells())))
            weight += one.weight;
        RC_ASSERT(std::abs(weight - static_cast<double>(any.stop.size())) < 1e-9);
    }));
}

}  // namespace
}  // namespace truce::numeric
