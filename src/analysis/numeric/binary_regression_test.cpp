// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/binary_regression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "analysis/numeric/test_survival.h"

namespace truce::numeric {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(FitBinary, OfATwoByTwoTableHasTheOddsOfIt) {
    // 3 yes of 10 where x = 0, 8 yes of 10 where x = 1.
    std::vector<std::uint8_t> yes;
    std::vector<double> x;
    for (int i = 0; i < 20; ++i) {
        x.push_back(i < 10 ? 0 : 1);
        yes.push_back(i < 3 || i >= 12 ? 1 : 0);
    }
    const std::array<std::span<const double>, 1> columns{x};
    const auto logit = fit_binary({.yes = yes, .covariates = columns}, Link::logit);
    ASSERT_TRUE(logit);
    EXPECT_NEAR(logit->coefficients[0], std::log(3.0 / 7), 1e-10);
    EXPECT_NEAR(logit->coefficients[1], std::log(8.0 / 2 * 7 / 3), 1e-10);
    EXPECT_NEAR(logit->standard_error(1), std::sqrt(1.0 / 3 + 1.0 / 7 + 1.0 / 8 + 1.0 / 2), 1e-8);
    const auto cloglog = fit_binary({.yes = yes, .covariates = columns}, Link::cloglog);
    ASSERT_TRUE(cloglog);
    EXPECT_NEAR(cloglog->chance(std::array{0.0}), 0.3, 1e-8);
    EXPECT_NEAR(cloglog->chance(std::array{1.0}), 0.8, 1e-8);
}

TEST(FitBinary, AgreesWithROnLung) {
    // R 4.2.2: glm(status == 2 ~ age + sex + ph.ecog, binomial) and binomial("cloglog").
    const auto lung = testing::lung(testing::LungRows::complete);
    if (!lung) GTEST_SKIP() << "needs ../shared";
    const auto columns = lung->columns();
    const auto logit = fit_binary({.yes = lung->died, .covariates = columns}, Link::logit);
    ASSERT_TRUE(logit);
    EXPECT_NEAR(logit->coefficients[0], 0.5634403875365, 1e-7);
    EXPECT_NEAR(logit->coefficients[2], -1.0824466489312, 1e-7);
    EXPECT_NEAR(logit->log_likelihood, -120.355538726, 1e-8);
    EXPECT_NEAR(logit->standard_error(0), 1.2230031845311, 1e-4);
    EXPECT_NEAR(logit->standard_error(3), 0.2375351708224, 1e-5);
    const auto cloglog = fit_binary({.yes = lung->died, .covariates = columns}, Link::cloglog);
    ASSERT_TRUE(cloglog);
    EXPECT_NEAR(cloglog->coefficients[0], 0.18545973498273, 1e-5);
    EXPECT_NEAR(cloglog->coefficients[3], 0.41881504256962, 1e-6);
    EXPECT_NEAR(cloglog->log_likelihood, -120.821781844, 1e-8);
    EXPECT_NEAR(cloglog->standard_error(2), 0.18194074899974, 1e-5);
}

TEST(FitBinary, TakesAWeightForSoManyRows) {
    const std::vector<std::uint8_t> yes{1, 0, 1, 0};
    const std::vector<double> x{0, 0, 1, 1};
    const std::vector<double> weights{3, 7, 8, 2};
    const std::array<std::span<const double>, 1> columns{x};
    const auto fit = fit_binary({.yes = yes, .covariates = columns, .weights = weights}, Link::logit);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(fit->coefficients[1], std::log(8.0 / 2 * 7 / 3), 1e-10);
}

TEST(FitBinary, WithEachRowTwiceInOneClusterIsNoSurer) {
    std::vector<std::uint8_t> yes;
    std::vector<double> x;
    std::vector<std::uint32_t> cluster;
    for (std::uint32_t i = 0; i < 40; ++i) {
        for (int twice = 0; twice < 2; ++twice) {
            x.push_back(i % 7);
            yes.push_back(i % 3 == 0 || i % 5 == 1 ? 1 : 0);
            cluster.push_back(i);
        }
    }
    const std::array<std::span<const double>, 1> columns{x};
    const auto twice = fit_binary({.yes = yes, .covariates = columns, .cluster = cluster}, Link::logit);
    std::vector<std::uint8_t> yes_once;
    std::vector<double> x_once;
    std::vector<std::uint32_t> alone;
    for (std::uint32_t i = 0; i < 40; ++i) {
        yes_once.push_back(yes[2 * i]);
        x_once.push_back(x[2 * i]);
        alone.push_back(i);
    }
    const std::array<std::span<const double>, 1> columns_once{x_once};
    const auto once =
        fit_binary({.yes = yes_once, .covariates = columns_once, .cluster = alone}, Link::logit);
    ASSERT_TRUE(twice && once);
    EXPECT_NEAR(twice->standard_error(1), once->standard_error(1), 1e-9);
}

TEST(FitBinary, SaysWhichCovariateTellsAllYesFromAllNo) {
    const std::vector<std::uint8_t> yes{0, 0, 0, 1, 1, 1};
    const std::vector<double> x{0, 1, 2, 3, 4, 5};
    const std::array<std::span<const double>, 1> columns{x};
    const auto fit = fit_binary({.yes = yes, .covariates = columns}, Link::logit);
    if (fit) {
        EXPECT_THAT(fit->unbounded, ElementsAre(1U));
    } else {
        EXPECT_THAT(fit.error().message, HasSubstr("covariate"));
    }
}

TEST(FitBinary, NeedsAYesAndANo) {
    EXPECT_EQ(
        fit_binary({.yes = std::vector<std::uint8_t>{0, 0}, .covariates = {}}, Link::logit).error().message,
        "no row ended in a yes");
    EXPECT_EQ(
        fit_binary({.yes = std::vector<std::uint8_t>{1, 1}, .covariates = {}}, Link::logit).error().message,
        "no row ended in a no");
}

}  // namespace
}  // namespace truce::numeric
