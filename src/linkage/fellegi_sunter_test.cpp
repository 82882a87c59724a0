// SPDX-License-Identifier: Apache-2.0
#include "linkage/fellegi_sunter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace truce::linkage {
namespace {

const std::vector<ComparedField> three{{"a"}, {"b"}, {"c"}};

LinkModel known_model() {
    return {.share = 0.1,
            .m = {{0.1, 0.9}, {0.2, 0.8}, {0.05, 0.95}},
            .u = {{0.9, 0.1}, {0.7, 0.3}, {0.95, 0.05}}};
}

/// As many pairs as are expected of each pattern in `pairs` pairs.
std::vector<PatternCount> expected_patterns(const LinkModel& model, double pairs) {
    std::vector<PatternCount> patterns;
    for (unsigned bits = 0; bits < 8; ++bits) {
        Pattern pattern;
        double same = model.share;
        double other = 1 - model.share;
        for (std::size_t k = 0; k < 3; ++k) {
            const auto level = static_cast<std::uint8_t>((bits >> k) & 1U);
            pattern.set(k, level);
            same *= model.m[k][level];
            other *= model.u[k][level];
        }
        patterns.push_back({pattern, static_cast<std::uint64_t>(std::llround(pairs * (same + other)))});
    }
    std::ranges::sort(patterns, {}, &PatternCount::pattern);
    return patterns;
}

TEST(Pattern, KeepsLevelsApartFromWhatIsMissing) {
    Pattern pattern;
    pattern.set(0, 0);
    pattern.set(5, 14);
    EXPECT_EQ(pattern.level(0), 0);
    EXPECT_EQ(pattern.level(1), std::nullopt);
    EXPECT_EQ(pattern.level(5), 14);
}

TEST(LinkModel, WeighsByHand) {
    Pattern pattern;
    pattern.set(0, 1);
    pattern.set(1, 0);  // the third field is missing
    const auto model = known_model();
    const double bits = std::log2(0.9 / 0.1) + std::log2(0.2 / 0.7);
    EXPECT_NEAR(model.weight(pattern), bits, 1e-12);
    const double same = 0.1 * 0.9 * 0.2;
    const double other = 0.9 * 0.1 * 0.7;
    EXPECT_NEAR(model.posterior(pattern), same / (same + other), 1e-12);
}

TEST(LinkModel, TheCapBoundsTheWeightBothWays) {
    auto model = known_model();
    model.weight_cap = 1;
    Pattern best;
    Pattern worst;
    for (std::size_t k = 0; k < 3; ++k) {
        best.set(k, 1);
        worst.set(k, 0);
    }
    EXPECT_EQ(model.weight(best), 1);
    EXPECT_EQ(model.weight(worst), -1);
}

TEST(FitLinkModel, FindsTheModelThatPatternsComeFrom) {
    const auto truth = known_model();
    const auto fit = fit_link_model(three, expected_patterns(truth, 1e8), {});
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->model.share, truth.share, 1e-3);
    for (std::size_t k = 0; k < 3; ++k) {
        EXPECT_NEAR(fit->model.m[k][1], truth.m[k][1], 2e-3);
        EXPECT_NEAR(fit->model.u[k][1], truth.u[k][1], 2e-3);
    }
}

TEST(FitLinkModel, KeepsToTheGivenChancesOfOthers) {
    const auto truth = known_model();
    EmSettings settings;
    settings.u = truth.u;
    const auto fit = fit_link_model(three, expected_patterns(truth, 1e6), settings);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->model.u[0][1], truth.u[0][1], 1e-12);
    EXPECT_NEAR(fit->model.share, truth.share, 1e-3);
}

TEST(FitLinkModel, RefusesAnEndWithFarTooManyLinks) {
    EmSettings settings;
    settings.expected_links = 10;  // of a million: ten per cent are then out of the question
    EXPECT_FALSE(fit_link_model(three, expected_patterns(known_model(), 1e6), settings));
}

TEST(FitLinkModel, SilencesAFieldThatSpeaksAgainstTheOthers) {
    auto truth = known_model();
    std::swap(truth.m[1], truth.u[1]);  // on b those that are the same agree less often
    const auto fit = fit_link_model(three, expected_patterns(truth, 1e6), {});
    ASSERT_TRUE(fit);
    EXPECT_EQ(fit->model.silenced, std::vector<std::size_t>{1});
    EXPECT_EQ(fit->model.weight(1, 1), 0);
}

TEST(FitLinkModel, SeparationDoesNotDriveChancesToZero) {
    Pattern all;
    Pattern none;
    for (std::size_t k = 0; k < 3; ++k) {
        all.set(k, 1);
        none.set(k, 0);
    }
    const std::vector<PatternCount> patterns{{none, 100'000}, {all, 50}};
    const auto fit = fit_link_model(three, patterns, {});
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->model.share, 50.0 / 100'050, 1e-9);
    EXPECT_GE(fit->model.u[0][1], 1e-7);
}

TEST(FitLinkModel, TheMostLikelyOfSeveralEndsIsTaken) {
    auto truth = known_model();
    truth.share = 0.004;
    const auto patterns = expected_patterns(truth, 1e7);
    const auto several = fit_link_model(three, patterns, {});
    ASSERT_TRUE(several);
    EXPECT_NEAR(several->model.share, truth.share, 1e-3);
    for (const auto& start : EmSettings{}.starts) {
        EmSettings alone;
        alone.starts = {start};
        const auto one = fit_link_model(three, patterns, alone);
        if (!one) continue;
        EXPECT_GE(several->log_likelihood, one->log_likelihood - 1e-6);
    }
}

TEST(FitLinkModel, OfNoPairsIsAnError) {
    EXPECT_FALSE(fit_link_model(three, {}, {}));
}

TEST(FitLinkModel, WithFewPairsStaysNearWhatWasHeldBefore) {
    const LevelPrior prior{.m = known_model().m, .u = known_model().u, .pairs = 20, .share = 0.1};
    EmSettings settings;
    settings.prior = prior;
    Pattern best;
    for (std::size_t k = 0; k < 3; ++k) best.set(k, 1);
    const auto fit = fit_link_model(three, std::vector<PatternCount>{{best, 1}}, settings);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->model.m[0][1], 0.9, 0.01);
    EXPECT_NEAR(fit->model.share, (1 + 2.0) / 21, 0.01);
}

}  // namespace
}  // namespace truce::linkage
