// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/cox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "analysis/numeric/test_survival.h"
#include "base/random.h"

namespace truce::numeric {
namespace {

constexpr double sixth = 1e-6;  // six digits

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(FitCox, SolvesThePartialLikelihoodByHand) {
    // Three spells, x = 1, 0, 1, failing at 1, 2, 3. With r = exp(b) the likelihood is
    // r/(2r + 1) * 1/(1 + r) * 1; its maximum is where 2 r^2 = 1.
    const std::vector<double> stop{1, 2, 3};
    const std::vector<std::uint8_t> failed{1, 1, 1};
    const std::vector<double> x{1, 0, 1};
    const std::array<std::span<const double>, 1> columns{x};
    const auto fit = fit_cox({.spells = {.stop = stop, .failed = failed}, .covariates = columns});
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->coefficients[0], -std::log(2) / 2, 1e-9);
    EXPECT_NEAR(fit->null_log_likelihood, -std::log(6), 1e-12);
}

TEST(FitCox, ReproducesTheReferenceOnLungD1) {
    const auto lung = testing::lung(testing::LungRows::complete);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    const auto columns = lung->columns();
    const auto fit = fit_cox({.spells = lung->spells(), .covariates = columns});
    ASSERT_TRUE(fit);
    EXPECT_EQ(fit->spells, 227U);
    EXPECT_EQ(fit->failures, 164U);
    EXPECT_NEAR(fit->coefficients[0], .0110667645601, .01 * sixth);
    EXPECT_NEAR(fit->coefficients[1], -.552612395704, sixth);
    EXPECT_NEAR(fit->coefficients[2], .46372847537, sixth);
    EXPECT_NEAR(fit->standard_error(0), .009267411, 1e-9);
    EXPECT_NEAR(fit->standard_error(1), .167739054, 1e-8);
    EXPECT_NEAR(fit->standard_error(2), .113577266, 1e-8);
    EXPECT_NEAR(fit->null_log_likelihood, -744.480455761, 1e-8);
    EXPECT_NEAR(fit->log_likelihood, -729.230121375, 1e-8);
    EXPECT_NEAR(fit->score_test, 30.4999227, 30 * sixth);
    EXPECT_TRUE(fit->unbounded.empty());
}

TEST(FitCox, ReproducesTheBreslowReferenceOnLungD2) {
    const auto lung = testing::lung(testing::LungRows::complete);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    const auto columns = lung->columns();
    const auto fit = fit_cox({.spells = lung->spells(), .covariates = columns, .ties = Ties::breslow});
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->coefficients[0], .0110411363495, .01 * sixth);
    EXPECT_NEAR(fit->coefficients[1], -.551889569788, sixth);
    EXPECT_NEAR(fit->coefficients[2], .46294704061, sixth);
    EXPECT_NEAR(fit->log_likelihood, -729.488705177, 1e-8);
}

TEST(PredictSurvival, ReproducesTheReferenceOnLungD3) {
    const auto lung = testing::lung(testing::LungRows::complete);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    const auto columns = lung->columns();
    const auto fit = fit_cox({.spells = lung->spells(), .covariates = columns});
    ASSERT_TRUE(fit);
    const auto alive = predict_survival(*fit, std::array{60.0, 1.0, 1.0}, std::array{30.0, 180.0, 365.0});
    EXPECT_NEAR(alive[0].value, .950829208912, sixth);
    EXPECT_NEAR(alive[1].value, .685942974368, sixth);
    EXPECT_NEAR(alive[2].value, .335863369536, sixth);
    // R 4.2.2, survival 3.5-3: summary(survfit(fit, newdata), times)$std.err.
    EXPECT_NEAR(alive[0].standard_error, 0.0154327982437, 1e-9);
    EXPECT_NEAR(alive[1].standard_error, 0.0364575943657, 1e-9);
    EXPECT_NEAR(alive[2].standard_error, 0.0433718666213, 1e-9);
}

TEST(FitCox, ReproducesTheReferenceOnHeartD10) {
    const auto heart = testing::reference_table("heart.csv");
    if (!heart) GTEST_SKIP() << "needs ../shared";
    const std::vector<double>& events = heart->at("event");
    const std::vector<std::uint8_t> failed(events.begin(), events.end());
    const std::vector<double>& ids = heart->at("id");
    const std::vector<std::uint32_t> cluster(ids.begin(), ids.end());
    const std::array<std::span<const double>, 4> columns{heart->at("age"), heart->at("year"),
                                                         heart->at("surgery"), heart->at("transplant")};
    const CoxInput input{.spells = {.start = heart->at("start"), .stop = heart->at("stop"), .failed = failed},
                         .covariates = columns,
                         .cluster = cluster};
    const auto fit = fit_cox(input);
    ASSERT_TRUE(fit);
    EXPECT_THAT(fit->coefficients,
                ElementsAre(DoubleNear(.0271666409577, .01 * sixth), DoubleNear(-.146346345674, sixth),
                            DoubleNear(-.637209889967, sixth), DoubleNear(-.010250772409, .01 * sixth)));
    EXPECT_NEAR(fit->log_likelihood, -290.565616218, 1e-8);
    // R 4.2.2, survival 3.5-3: the same with cluster(id), and cox.zph.
    EXPECT_NEAR(fit->standard_error(0), 0.0138918929241, 1e-9);
    EXPECT_NEAR(fit->standard_error(1), 0.0730798592394, 1e-9);
    EXPECT_NEAR(fit->standard_error(2), 0.3582102023844, 1e-8);
    EXPECT_NEAR(fit->standard_error(3), 0.3168823490625, 1e-8);
    EXPECT_EQ(fit->clusters, 103U);
    const auto test = test_proportionality(input, *fit).value();
    EXPECT_NEAR(test.covariates[1].chi_squared, 1.7164144292076, 1e-6);
    EXPECT_NEAR(test.all.chi_squared, 3.4731022988456, 1e-6);
}

TEST(FitCox, AgreesWithRSurvivalOnStrata) {
    // R 4.2.2, survival 3.5-3: coxph(Surv(time, status) ~ age + ph.ecog + strata(sex), lung), cox.zph and
    // survfit of it.
    const auto lung = testing::lung(testing::LungRows::complete);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    const std::array<std::span<const double>, 2> columns{lung->age, lung->ecog};
    std::vector<std::uint32_t> stratum;
    for (const double sex : lung->sex) stratum.push_back(sex == 1 ? 0 : 1);
    const CoxInput input{.spells = lung->spells(), .covariates = columns, .stratum = stratum};
    const auto fit = fit_cox(input);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->coefficients[0], 0.0105662546009, 1e-9);
    EXPECT_NEAR(fit->coefficients[1], 0.4624244343583, 1e-8);
    EXPECT_NEAR(fit->standard_error(1), 0.11476109785480, 1e-8);
    EXPECT_NEAR(fit->log_likelihood, -628.770939501, 1e-8);
    const auto alive = predict_survival(*fit, std::array{60.0, 1.0}, std::array{30.0, 365.0}, 0);
    EXPECT_NEAR(alive[0].value, 0.939011040637, 1e-9);
    EXPECT_NEAR(alive[1].standard_error, 0.0457742901964, 1e-9);
}

TEST(FitCox, AgreesWithRSurvivalOnClusters) {
    // R 4.2.2, survival 3.5-3: coxph(Surv(time, status) ~ age + sex + ph.ecog, cluster = inst)$var; one row
    // without an institution is left out.
    const auto table = testing::reference_table("lung.csv");
    if (!table) GTEST_SKIP() << "needs ../shared";
    testing::Lung lung;
    std::vector<std::uint32_t> cluster;
    for (std::size_t i = 0; i < table->at("time").size(); ++i) {
        if (std::isnan(table->at("ph.ecog")[i]) || std::isnan(table->at("inst")[i])) continue;
        lung.time.push_back(table->at("time")[i]);
        lung.died.push_back(table->at("status")[i] == 2 ? 1 : 0);
        lung.age.push_back(table->at("age")[i]);
        lung.sex.push_back(table->at("sex")[i]);
        lung.ecog.push_back(table->at("ph.ecog")[i]);
        cluster.push_back(static_cast<std::uint32_t>(table->at("inst")[i]));
    }
    const auto columns = lung.columns();
    const auto fit = fit_cox({.spells = lung.spells(), .covariates = columns, .cluster = cluster});
    ASSERT_TRUE(fit);
    EXPECT_NEAR((*fit->robust)(0, 0), 4.74545604887e-05, 1e-11);
    EXPECT_NEAR((*fit->robust)(0, 1), 1.306333738e-04, 1e-10);
    EXPECT_NEAR((*fit->robust)(1, 1), 0.01260829848866, 1e-9);
    EXPECT_NEAR((*fit->robust)(1, 2), -0.00398971105026, 1e-9);
}

TEST(TestProportionality, ReproducesTheReferenceOnLungD11) {
    const auto lung = testing::lung(testing::LungRows::complete);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    const auto columns = lung->columns();
    const CoxInput input{.spells = lung->spells(), .covariates = columns};
    const auto test = test_proportionality(input, *fit_cox(input)).value();
    EXPECT_NEAR(test.covariates[0].chi_squared, 0.187987674, sixth);
    EXPECT_NEAR(test.covariates[1].chi_squared, 2.305437227, 2 * sixth);
    EXPECT_NEAR(test.covariates[2].chi_squared, 2.054248774, 2 * sixth);
    EXPECT_NEAR(test.all.chi_squared, 4.463657589, 4 * sixth);
    EXPECT_EQ(test.all.degrees, 3);
}

/// Spells of a known model: hazard exp(x1 / 2 - x2) at first, whole days.
struct Drawn {
    std::vector<double> stop;
    std::vector<std::uint8_t> failed;
    std::vector<double> x1;
    std::vector<double> x2;
    std::vector<std::uint32_t> cluster;

    explicit Drawn(std::uint64_t seed, std::size_t n = 200) {
        Random random(seed);
        for (std::size_t i = 0; i < n; ++i) {
            x1.push_back(random.normal());
            x2.push_back(random.normal());
            const double life = std::ceil(20 * random.exponential() * std::exp(x2.back() - x1.back() / 2));
            const double seen = std::ceil(60 * random.uniform_open());
            stop.push_back(std::min(life, seen));
            failed.push_back(life <= seen ? 1 : 0);
            cluster.push_back(static_cast<std::uint32_t>(random.below(20)));
        }
    }
    [[nodiscard]] Spells spells() const { return {.start = {}, .stop = stop, .failed = failed}; }
    [[nodiscard]] std::array<std::span<const double>, 2> columns() const { return {x1, x2}; }
};

TEST(FitCox, DoesNotMindHowASpellIsCutInTwo) {
    // Any spell of [0, t] tells as much as [0, s] and then (s, t].
    const Drawn drawn(1);
    std::vector<double> start;
    std::vector<double> stop;
    std::vector<std::uint8_t> failed;
    std::vector<double> x1;
    std::vector<double> x2;
    std::vector<std::uint32_t> cluster;
    for (std::size_t i = 0; i < drawn.stop.size(); ++i) {
        for (const bool second : {false, true}) {
            start.push_back(second ? drawn.stop[i] / 3 : 0);
            stop.push_back(second ? drawn.stop[i] : drawn.stop[i] / 3);
            failed.push_back(second ? drawn.failed[i] : 0);
            x1.push_back(drawn.x1[i]);
            x2.push_back(drawn.x2[i]);
            cluster.push_back(drawn.cluster[i]);
        }
    }
    const std::array<std::span<const double>, 2> cut_columns{x1, x2};
    const auto columns = drawn.columns();
    const auto whole = fit_cox({.spells = drawn.spells(), .covariates = columns, .cluster = drawn.cluster});
    const auto cut = fit_cox({.spells = {.start = start, .stop = stop, .failed = failed},
                              .covariates = cut_columns,
                              .cluster = cluster});
    ASSERT_TRUE(whole && cut);
    EXPECT_NEAR(whole->coefficients[0], cut->coefficients[0], 1e-10);
    EXPECT_NEAR(whole->log_likelihood, cut->log_likelihood, 1e-8);
    EXPECT_NEAR((*whole->robust)(0, 0), (*cut->robust)(0, 0), 1e-10);
    EXPECT_NEAR(whole->baseline[0].back().hazard, cut->baseline[0].back().hazard, 1e-9);
}

TEST(FitCox, FindsTheEffectsItWasGiven) {
    const Drawn drawn(2, 4000);
    const auto columns = drawn.columns();
    const auto fit = fit_cox({.spells = drawn.spells(), .covariates = columns});
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->coefficients[0], 0.5, 4 * fit->standard_error(0));
    EXPECT_NEAR(fit->coefficients[1], -1, 4 * fit->standard_error(1));
}

TEST(FitCox, DoesNotMindTheOrderOfTheSpells) {
    EXPECT_TRUE(rc::check([](std::uint16_t seed) {
        Drawn drawn(seed, 60);
        const auto columns = drawn.columns();
        const auto fit = fit_cox({.spells = drawn.spells(), .covariates = columns});
        Drawn turned = drawn;
        std::ranges::reverse(turned.stop);
        std::ranges::reverse(turned.failed);
        std::ranges::reverse(turned.x1);
        std::ranges::reverse(turned.x2);
        const auto turned_columns = turned.columns();
        const auto again = fit_cox({.spells = turned.spells(), .covariates = turned_columns});
        RC_ASSERT(fit.has_value() && again.has_value());
        RC_ASSERT(std::abs(fit->coefficients[1] - again->coefficients[1]) < 1e-8);
    }));
}

TEST(FitCox, ScalesItsCoefficientsAsItsCovariates) {
    EXPECT_TRUE(rc::check([](std::uint16_t seed) {
        Drawn drawn(seed, 60);
        const auto columns = drawn.columns();
        const auto fit = fit_cox({.spells = drawn.spells(), .covariates = columns});
        for (double& x : drawn.x1) x = 1000 * x + 7;
        const auto scaled_columns = drawn.columns();
        const auto scaled = fit_cox({.spells = drawn.spells(), .covariates = scaled_columns});
        RC_ASSERT(fit.has_value() && scaled.has_value());
        RC_ASSERT(std::abs(fit->coefficients[0] - 1000 * scaled->coefficients[0]) < 1e-7);
        RC_ASSERT(std::abs(fit->log_likelihood - scaled->log_likelihood) < 1e-7);
    }));
}

TEST(FitCox, RefusesACovariateThatIsACombinationOfOthers) {
    const Drawn drawn(3);
    std::vector<double> sum(drawn.x1);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += 2 * drawn.x2[i];
    const std::array<std::span<const double>, 3> columns{drawn.x1, drawn.x2, sum};
    const auto fit = fit_cox({.spells = drawn.spells(), .covariates = columns});
    ASSERT_FALSE(fit);
    EXPECT_THAT(fit.error().message, HasSubstr("covariate 3"));
}

TEST(FitCox, RefusesSpellsOfWhichNoneFailed) {
    Drawn drawn(3);
    std::ranges::fill(drawn.failed, 0);
    const auto columns = drawn.columns();
    EXPECT_EQ(fit_cox({.spells = drawn.spells(), .covariates = columns}).error().message, "nothing failed");
}

TEST(FitCox, RefusesANumberThatIsNotFinite) {
    Drawn drawn(3);
    drawn.x2[5] = std::numeric_limits<double>::quiet_NaN();
    const auto columns = drawn.columns();
    EXPECT_THAT(fit_cox({.spells = drawn.spells(), .covariates = columns}).error().message,
                HasSubstr("covariate 2"));
}

TEST(FitCox, SaysWhichCoefficientHasNoEnd) {
    // All that failed have x = 1.
    const std::vector<double> stop{1, 2, 3, 4, 5, 6};
    const std::vector<std::uint8_t> failed{1, 1, 1, 0, 0, 0};
    const std::vector<double> x{1, 1, 1, 0, 0, 0};
    const std::array<std::span<const double>, 1> columns{x};
    const auto fit = fit_cox({.spells = {.stop = stop, .failed = failed}, .covariates = columns});
    ASSERT_TRUE(fit);
    EXPECT_THAT(fit->unbounded, ElementsAre(0U));
}

TEST(FitCox, WithoutCovariatesGivesTheBaselineOfNelsonAndAalen) {
    // Breslow's ties: the hazard is the sum of d / n.
    const std::vector<double> stop{1, 2, 2, 4};
    const std::vector<std::uint8_t> failed{1, 1, 1, 0};
    const auto fit =
        fit_cox({.spells = {.stop = stop, .failed = failed}, .covariates = {}, .ties = Ties::breslow});
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->baseline[0].back().hazard, 1.0 / 4 + 2.0 / 3, 1e-12);
}

}  // namespace
}  // namespace truce::numeric
