// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/lifetime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <cmath>
#include <vector>

#include "analysis/numeric/test_survival.h"
#include "base/random.h"

namespace truce::numeric {
namespace {

constexpr double sixth = 1e-6;

using ::testing::HasSubstr;

TEST(FitLifetime, ReproducesTheReferenceOnLungD5) {
    const auto lung = testing::lung(testing::LungRows::complete);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    const auto columns = lung->columns();
    const auto fit = fit_lifetime(Lifetime::weibull, lung->spells(), columns);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->coefficients[0], 6.273435252, 6 * sixth);
    EXPECT_NEAR(fit->coefficients[1], -.00747543941, .01 * sixth);
    EXPECT_NEAR(fit->coefficients[2], .40109054117, sixth);
    EXPECT_NEAR(fit->coefficients[3], -.3396380983, sixth);
    EXPECT_NEAR(fit->scale, .731108992137, sixth);
    EXPECT_NEAR(fit->log_likelihood, -1132.43874588, 1e-7);
    // R 4.2.2, survival 3.5-3: sqrt(diag(survreg(...)$var)).
    EXPECT_NEAR(fit->standard_error(0), 0.45357771080213, 1e-6);
    EXPECT_NEAR(fit->standard_error(1), 0.00676350766741, 1e-8);
    EXPECT_NEAR(fit->standard_error(3), 0.08347841502855, 1e-7);
    EXPECT_NEAR(fit->standard_error(4), 0.06134645525997, 1e-7);
}

TEST(FitLifetime, ReproducesTheInterceptOnlyReferenceOnLungD5) {
    const auto lung = testing::lung(testing::LungRows::all);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    const auto fit = fit_lifetime(Lifetime::weibull, lung->spells());
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->coefficients[0], 6.034903910226, 6 * sixth);
    EXPECT_NEAR(fit->scale, .759393601124, sixth);
    EXPECT_NEAR(fit->log_likelihood, -1153.851188089, 1e-7);
}

TEST(FitLifetime, AgreesWithRSurvivalOnLogNormalTimes) {
    // R 4.2.2, survival 3.5-3: survreg(Surv(time, status) ~ age + sex + ph.ecog, lung, dist = "lognormal").
    const auto lung = testing::lung(testing::LungRows::complete);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    const auto columns = lung->columns();
    const auto fit = fit_lifetime(Lifetime::log_normal, lung->spells(), columns);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->coefficients[0], 6.4947867272339, 1e-6);
    EXPECT_NEAR(fit->coefficients[2], 0.5219528789466, 1e-7);
    EXPECT_NEAR(fit->scale, 1.02863458146, 1e-7);
    EXPECT_NEAR(fit->log_likelihood, -1146.88183109, 1e-7);
    EXPECT_NEAR(fit->standard_error(0), 0.58275627592636, 1e-6);
    EXPECT_NEAR(fit->standard_error(4), 0.05596062452851, 1e-7);
}

TEST(FitLifetime, OfExponentialTimesWithoutCensoringIsCloseToTheirMean) {
    Random random(4);
    std::vector<double> stop;
    for (int i = 0; i < 3000; ++i) stop.push_back(40 * random.exponential());
    const std::vector<std::uint8_t> failed(stop.size(), 1);
    const auto fit = fit_lifetime(Lifetime::weibull, Spells{.stop = stop, .failed = failed});
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->scale, 1, 4 * fit->standard_error(1));
    EXPECT_NEAR(fit->coefficients[0], std::log(40), 4 * fit->standard_error(0));
    const auto alive = predict_survival(*fit, {}, std::array{0.0, 40.0});
    EXPECT_EQ(alive[0].value, 1);
    EXPECT_NEAR(alive[1].value, std::exp(-1), 0.03);
    EXPECT_TRUE(alive[1].interval.contains(alive[1].value));
}

TEST(FitLifetime, MultipliesTimesAndNothingElse) {
    EXPECT_TRUE(rc::check([](std::uint16_t seed) {
        Random random(seed);
        std::vector<double> stop;
        std::vector<double> x;
        std::vector<std::uint8_t> failed;
        for (int i = 0; i < 50; ++i) {
            x.push_back(random.normal());
            stop.push_back(10 * random.exponential() * std::exp(x.back()) + 0.01);
            failed.push_back(random.below(3) > 0 ? 1 : 0);
        }
        const std::array<std::span<const double>, 1> columns{x};
        for (const Lifetime lifetime : {Lifetime::weibull, Lifetime::log_normal}) {
            const auto days = fit_lifetime(lifetime, Spells{.stop = stop, .failed = failed}, columns);
            std::vector<double> hours(stop);
            for (double& time : hours) time *= 24;
            const auto in_hours = fit_lifetime(lifetime, Spells{.stop = hours, .failed = failed}, columns);
            RC_ASSERT(days.has_value() && in_hours.has_value());
            RC_ASSERT(std::abs(days->coefficients[0] + std::log(24) - in_hours->coefficients[0]) < 1e-6);
            RC_ASSERT(std::abs(days->coefficients[1] - in_hours->coefficients[1]) < 1e-6);
            RC_ASSERT(std::abs(days->scale - in_hours->scale) < 1e-6);
        }
    }));
}

TEST(FitLifetime, RefusesATimeOfZero) {
    const std::vector<double> stop{0, 1, 2};
    const std::vector<std::uint8_t> failed{1, 1, 0};
    EXPECT_THAT(fit_lifetime(Lifetime::weibull, Spells{.stop = stop, .failed = failed}).error().message,
                HasSubstr("not above 0"));
}

TEST(FitLifetime, RefusesAConstantCovariate) {
    const std::vector<double> stop{3, 1, 2};
    const std::vector<std::uint8_t> failed{1, 1, 0};
    const std::vector<double> x{2, 2, 2};
    const std::array<std::span<const double>, 1> columns{x};
    EXPECT_THAT(
        fit_lifetime(Lifetime::weibull, Spells{.stop = stop, .failed = failed}, columns).error().message,
        HasSubstr("parameter 1"));
}

/// Half never fail; the others fail within weeks; all are watched for `watched` days at most.
struct Cured {
    std::vector<double> stop;
    std::vector<std::uint8_t> failed;
    explicit Cured(double watched) {
        Random random(8);
        for (int i = 0; i < 600; ++i) {
            const double life = random.below(2) == 0 ? 1e9 : 20 * random.exponential() + 0.01;
            const double seen = watched * (0.5 + random.uniform() / 2);
            stop.push_back(std::min(life, seen));
            failed.push_back(life <= seen ? 1 : 0);
        }
    }
    [[nodiscard]] Spells spells() const { return {.start = {}, .stop = stop, .failed = failed}; }
};

TEST(FitCure, FindsTheShareThatNeverFails) {
    const Cured cured(500);
    const auto fit = fit_cure(cured.spells());
    ASSERT_TRUE(fit);
    EXPECT_TRUE(fit->cured_interval.contains(0.5));
    EXPECT_LT(fit->cured_interval.high - fit->cured_interval.low, 0.1);
    EXPECT_NEAR(fit->scale, 1, 0.15);
    EXPECT_NEAR(fit->survival(1e6), fit->cured, 1e-9);
    EXPECT_EQ(fit->survival(0), 1);
}

TEST(FitCure, IsLikelierThanTheSameModelWithoutACure) {
    const Cured cured(500);
    EXPECT_GT(fit_cure(cured.spells())->log_likelihood,
              fit_lifetime(Lifetime::weibull, cured.spells())->log_likelihood);
}

TEST(FitCure, RefusesWithoutAPlateau) {
    const Cured cured(30);
    EXPECT_FALSE(plateau_of(cured.spells()).there_is_one());
    EXPECT_THAT(fit_cure(cured.spells()).error().message, HasSubstr("do not stop well before"));
}

TEST(PlateauOf, CountsThoseWatchedPastTheLastFailure) {
    const std::vector<double> stop{1, 2, 8, 9, 10};
    const std::vector<std::uint8_t> failed{1, 1, 0, 0, 0};
    const Plateau plateau = plateau_of(Spells{.stop = stop, .failed = failed});
    EXPECT_EQ(plateau.last_failure, 2);
    EXPECT_EQ(plateau.last_seen, 10);
    EXPECT_EQ(plateau.watched_past, 3U);
    EXPECT_NEAR(plateau.chance_of_none, std::pow(0.6, 5), 1e-12);
}

}  // namespace
}  // namespace truce::numeric
