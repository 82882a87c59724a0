// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/count_regression.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "analysis/numeric/count_kernels.h"
#include "analysis/numeric/test_reference.h"
#include "base/random.h"

namespace truce::numeric {
namespace {

/// Columns that live as long as the data that looks at them.
struct Table {
    std::vector<double> counts;
    std::vector<std::vector<double>> columns;
    std::vector<double> offset;

    [[nodiscard]] CountData data() const {
        CountData data{.counts = counts, .columns = {}, .offset = offset};
        for (const auto& column : columns) data.columns.emplace_back(column);
        return data;
    }
};

/// Two groups of two rows: a mean of 2, then one of 6.
Table two_groups() {
    return {.counts = {1, 3, 4, 8}, .columns = {{1, 1, 1, 1}, {0, 0, 1, 1}}, .offset = {}};
}

/// Counts whose log mean is 1 + 0.5 x, clustered by a gamma variable of shape theta (none: Poisson).
Table drawn(std::uint64_t seed, std::size_t rows, double theta) {
    Table table;
    table.columns.resize(2);
    Random random(seed);
    for (std::size_t row = 0; row < rows; ++row) {
        const double x = random.normal();
        const double mean = std::exp(1 + 0.5 * x);
        table.columns[0].push_back(1);
        table.columns[1].push_back(x);
        table.counts.push_back(static_cast<double>(
            random.poisson(std::isinf(theta) ? mean : mean * random.gamma(theta) / theta)));
    }
    return table;
}

/// The terms of METHODS' seat-belt example: a constant, time, the law, time since the law, and the year's
/// wave.
std::optional<Table> seatbelts() {
    const auto file = reference_table("timeseries/seatbelts.csv");
    if (!file) return std::nullopt;
    Table table{
        .counts = file->at("DriversKilled"), .columns = std::vector<std::vector<double>>(6), .offset = {}};
    for (std::size_t row = 0; row < table.counts.size(); ++row) {
        const double t = file->at("t")[row];
        const double wave = 2 * std::numbers::pi * t / 12;
        table.columns[0].push_back(1);
        table.columns[1].push_back(t);
        table.columns[2].push_back(file->at("law")[row]);
        table.columns[3].push_back(std::max(0.0, t - 170));
        table.columns[4].push_back(std::sin(wave));
        table.columns[5].push_back(std::cos(wave));
    }
    return table;
}

void expect_close(double value, double reference, double relative) {
    EXPECT_NEAR(value, reference, std::abs(reference) * relative);
}

TEST(FitPoisson, OfTwoGroupsGivesTheirMeans) {
    const Table table = two_groups();
    const CountFit fit = fit_poisson(table.data()).value();
    EXPECT_NEAR(fit.coefficients[0], std::log(2), 1e-10);
    EXPECT_NEAR(fit.coefficients[1], std::log(3), 1e-10);
    EXPECT_NEAR(fit.covariance(1, 1), 1.0 / 4 + 1.0 / 12, 1e-10);  // 1 / count before + 1 / count after
    EXPECT_NEAR(fit.pearson, (1 + 1) / 2.0 / 2 + (4 + 4) / 6.0 / 2, 1e-10);
    EXPECT_NEAR(fit.fitted[3], 6, 1e-10);
    // ln P(1|2) + ln P(3|2) + ln P(4|6) + ln P(8|6)
    EXPECT_NEAR(fit.log_likelihood,
                4 * std::log(2) - 4 - std::log(6) + 12 * std::log(6) - 12 - std::log(24.0 * 40320), 1e-10);
}

TEST(FitPoisson, TakesTheOffsetForExposure) {
    Table table = two_groups();
    table.offset = {0, 0, std::log(2), std::log(2)};
    EXPECT_NEAR(fit_poisson(table.data()).value().coefficients[1], std::log(1.5), 1e-10);
}

TEST(FitPoisson, SaysWhichColumnIsACombinationOfOthers) {
    Table table = two_groups();
    table.columns.push_back({1, 1, 2, 2});
    table.counts = {1, 3, 4, 8};
    table.columns[0].push_back(1);
    table.columns[1].push_back(0);
    table.columns[2].push_back(1);
    table.counts.push_back(2);
    const auto fit = fit_poisson(table.data());
    ASSERT_FALSE(fit);
    EXPECT_EQ(fit.error().message, "column 3 is a combination of the columns before it");
}

TEST(FitPoisson, DoesNotEstimateAGroupThatCountedNothing) {
    Table table = two_groups();
    table.counts = {1, 3, 0, 0};
    const auto fit = fit_poisson(table.data());
    ASSERT_FALSE(fit);
    EXPECT_NE(fit.error().message.find("nothing was counted"), std::string::npos);
}

TEST(FitPoisson, NeedsMoreRowsThanCoefficients) {
    const Table table{.counts = {1, 2}, .columns = {{1, 1}, {0, 1}}, .offset = {}};
    EXPECT_FALSE(fit_poisson(table.data()));
}

TEST(FitPoisson, NeedsSomethingCounted) {
    const Table table{.counts = {0, 0, 0}, .columns = {{1, 1, 1}}, .offset = {}};
    EXPECT_EQ(fit_poisson(table.data()).error().message, "nothing was counted");
}

TEST(FitCounts, FallsBackToPoissonWhereCountsVaryNoMore) {
    const Table table{.counts = {2, 3, 2, 3, 3, 2}, .columns = {{1, 1, 1, 1, 1, 1}}, .offset = {}};
    const CountFit fit = fit_counts(table.data()).value();
    EXPECT_EQ(fit.family, CountFamily::poisson);
    EXPECT_EQ(fit.theta, std::numeric_limits<double>::infinity());
    EXPECT_LT(fit.poisson_pearson, 1);
}

TEST(FitCounts, WithAConstantAloneHasTheMeanForItsMean) {
    const Table table{
        .counts = {0, 0, 9, 1, 0, 5, 0, 0, 3, 2}, .columns = {std::vector<double>(10, 1.0)}, .offset = {}};
    const CountFit fit = fit_counts(table.data()).value();
    EXPECT_EQ(fit.family, CountFamily::negative_binomial);
    EXPECT_NEAR(fit.coefficients[0], std::log(2), 1e-9);
    EXPECT_NEAR(fit.covariance(0, 0), (1 / 2.0 + 1 / fit.theta) / 10, 1e-9);
}

TEST(FitCounts, SumsToTheCountsSeenWhereThereIsAConstant) {
    EXPECT_TRUE(rc::check([](std::uint64_t seed) {
        const Table table = drawn(seed, 131, 2);
        const CountFit fit = fit_poisson(table.data()).value();
        const double seen = std::accumulate(table.counts.begin(), table.counts.end(), 0.0);
        RC_ASSERT(std::abs(std::accumulate(fit.fitted.begin(), fit.fitted.end(), 0.0) - seen) <
                  1e-6 * (1 + seen));
    }));
}

TEST(FitCounts, DoesNotMindTheUnitsOfAColumn) {
    EXPECT_TRUE(rc::check([](std::uint64_t seed) {
        const Table table = drawn(seed, 90, 1.5);
        Table in_thousands = table;
        for (double& x : in_thousands.columns[1]) x *= 1000;
        const auto fit = fit_counts(table.data());
        const auto scaled = fit_counts(in_thousands.data());
        RC_PRE(fit && scaled);
        RC_ASSERT(std::abs(fit->coefficients[1] - 1000 * scaled->coefficients[1]) < 1e-7);
        RC_ASSERT(std::abs(fit->log_likelihood - scaled->log_likelihood) < 1e-6);
    }));
}

TEST(FitCounts, FindsTheDispersionThatWasDrawn) {
    const Table table = drawn(7, 20000, 1.5);
    const CountFit fit = fit_counts(table.data()).value();
    EXPECT_NEAR(fit.theta, 1.5, 4 * fit.theta_error);
    EXPECT_NEAR(fit.coefficients[1], 0.5, 4 * fit.covariance.standard_error(1));
    EXPECT_LT(fit.theta_error, 0.05);
}

TEST(FitCounts, ReachesTheSameSummitForHugeCounts) {
    // Beyond 65536 the sums over counts go through lgamma: the fit must satisfy its own equation all the
    // same.
    const Table table{.counts = {70000, 150000, 90000, 400000}, .columns = {{1, 1, 1, 1}}, .offset = {}};
    const CountFit fit = fit_counts(table.data()).value();
    EXPECT_NEAR(std::exp(fit.coefficients[0]), 177500, 1e-3);
    EXPECT_NEAR(fit.theta, 2.2, 0.6);  // moments: mean^2 / (variance - mean) = 1.5, likelihood a little more
}

TEST(FitCounts, OfTheSeatBeltLawGivesTheReferenceFigures) {
    // METHODS T3; MASS::glm.nb 7.3-58 and R's glm.
    const auto table = seatbelts();
    if (!table) GTEST_SKIP() << "the reference files are not here";
    const CountFit poisson = fit_poisson(table->data()).value();
    expect_close(poisson.coefficients[2], -.234305700947, 1e-9);
    expect_close(poisson.coefficients[3], .00867445277548, 1e-9);
    expect_close(poisson.deviance, 518.350527679, 1e-9);
    expect_close(poisson.pearson, 2.79934527, 1e-8);

    const CountFit fit = fit_counts(table->data()).value();
    expect_close(fit.coefficients[0], 4.90722901, 1e-6);
    expect_close(fit.coefficients[1], -.000930700296, 1e-6);
    expect_close(fit.coefficients[2], -.229250833, 1e-6);
    expect_close(fit.coefficients[3], .00804192780, 1e-6);
    expect_close(fit.covariance.standard_error(2), .068010982, 1e-6);
    expect_close(fit.theta, 72.6422723, 1e-5);
    expect_close(fit.theta_error, 11.752, 1e-4);
    expect_close(fit.log_likelihood, -826.16502981, 1e-9);
    expect_close(std::exp(fit.coefficients[2]), .795129064, 1e-6);
    const double reach = 1.959963984540054 * fit.covariance.standard_error(2);
    expect_close(std::exp(fit.coefficients[2] - reach), .695899582, 1e-6);
    expect_close(std::exp(fit.coefficients[2] + reach), .908507843, 1e-6);
}

TEST(RobustErrors, OfTheSeatBeltLawGiveTheReferenceFigures) {
    // METHODS T4; R's sandwich::vcovHC(type = "HC0") and NeweyWest(lag = 12, prewhite = FALSE).
    const auto table = seatbelts();
    if (!table) GTEST_SKIP() << "the reference files are not here";
    const CountData data = table->data();
    const CountFit fit = fit_poisson(data).value();
    std::vector<std::int64_t> months(data.rows());
    std::iota(months.begin(), months.end(), 0);
    expect_close(hc0(data, fit).standard_error(2), .0629654595, 1e-7);
    expect_close(newey_west(data, fit, months, 12).standard_error(2), .0523488220, 1e-7);
}

TEST(RobustErrors, WithoutALagAreThoseOfIndependentRows) {
    const Table table = drawn(3, 100, 1);
    const CountData data = table.data();
    const CountFit fit = fit_counts(data).value();
    std::vector<std::int64_t> days(data.rows());
    std::iota(days.begin(), days.end(), 0);
    EXPECT_NEAR(newey_west(data, fit, days, 0)(1, 1), hc0(data, fit)(1, 1), 1e-15);
}

TEST(RobustErrors, PairRowsByTheirTimesNotTheirPlaces) {
    const Table table = drawn(3, 60, 1);
    const CountData data = table.data();
    const CountFit fit = fit_counts(data).value();
    std::vector<std::int64_t> days(data.rows());
    std::iota(days.begin(), days.end(), 0);
    for (auto& day : days) day *= 10;  // ten days apart: none within a lag of nine
    EXPECT_NEAR(newey_west(data, fit, days, 9)(1, 1), hc0(data, fit)(1, 1), 1e-15);
    EXPECT_NE(newey_west(data, fit, days, 10)(1, 1), hc0(data, fit)(1, 1));
}

TEST(RobustErrors, WithAGroupForEachRowAreThoseOfIndependentRows) {
    const Table table = drawn(5, 80, 1);
    const CountData data = table.data();
    const CountFit fit = fit_counts(data).value();
    std::vector<std::uint32_t> own(data.rows());
    std::iota(own.begin(), own.end(), 0U);
    const double few = 80 / 79.0 * 79 / 78.0;
    EXPECT_NEAR(cluster_robust(data, fit, {.of_row = own, .count = 80})(1, 1), few * hc0(data, fit)(1, 1),
                1e-15);
}

TEST(RobustErrors, GrowWithTheRootOfTheCopiesWhereEachRowStandsSeveralTimes) {
    // Four copies of each row tell no more than one: errors by group stay, errors of rows halve.
    const Table table = drawn(5, 60, 1);
    Table copied;
    copied.columns.resize(2);
    std::vector<std::uint32_t> own;
    for (std::size_t row = 0; row < 60; ++row) {
        for (int copy = 0; copy < 4; ++copy) {
            copied.counts.push_back(table.counts[row]);
            for (std::size_t j = 0; j < 2; ++j) copied.columns[j].push_back(table.columns[j][row]);
            own.push_back(static_cast<std::uint32_t>(row));
        }
    }
    const CountFit once = fit_counts(table.data()).value();
    const CountFit fourfold = fit_counts(copied.data()).value();
    const double by_group =
        cluster_robust(copied.data(), fourfold, {.of_row = own, .count = 60}).standard_error(1);
    EXPECT_NEAR(by_group / hc0(table.data(), once).standard_error(1), std::sqrt(60 / 59.0 * 239 / 238.0),
                1e-6);
    EXPECT_NEAR(fourfold.covariance.standard_error(1) / once.covariance.standard_error(1), 0.5, 1e-6);
}

TEST(NeweyWestLag, FollowsTheRule) {
    EXPECT_EQ(newey_west_lag(100), 4);
    EXPECT_EQ(newey_west_lag(400), 6);  // 4 * 4^(2/9) = 5.44
}

TEST(CountKernels, GiveTheSameBitsOnEveryInstructionSet) {
#if defined(__x86_64__)
    if (!__builtin_cpu_supports("avx2")) GTEST_SKIP() << "this machine has no AVX2";
#endif
    const Table table = drawn(11, kernels::block_rows, 0.8);
    const std::array columns{table.columns[0].data(), table.columns[1].data()};
    const kernels::CountBlock block{.counts = table.counts.data(),
                                    .columns = columns.data(),
                                    .column_count = columns.size(),
                                    .offset = nullptr,
                                    .rows = kernels::block_rows};
    const std::array coefficients{0.9, 0.45};
    for (const double theta : {0.7, std::numeric_limits<double>::infinity()}) {
        const kernels::CountPoint point{.coefficients = coefficients.data(),
                                        .theta = theta,
                                        .information = kernels::CountPoint::Information::observed};
        std::array<std::array<double, 12>, 2> answers{};
        for (std::size_t set = 0; set < 2; ++set) {
            std::array<double, 12>& to = answers[set];
            kernels::CountSums sums{};
            sums.gradient = to.data();
            sums.information = to.data() + 2;
            const auto& set_kernels =
                set == 0 ? kernels::portable_count_kernels() : kernels::avx2_count_kernels();
            set_kernels.add(block, point, sums, nullptr);
            to[5] = sums.log_likelihood;
            to[6] = sums.log_ratio;
            to[7] = sums.theta_score;
            to[8] = sums.theta_second;
            to[9] = sums.pearson;
            to[10] = sums.squares;
            to[11] = sums.squared_means;
        }
        for (std::size_t i = 0; i < answers[0].size(); ++i) {
            EXPECT_EQ(std::bit_cast<std::uint64_t>(answers[0][i]),
                      std::bit_cast<std::uint64_t>(answers[1][i]))
                << i;
        }
    }
}

TEST(CountKernels, GiveExponentialsAndLogarithmsToTheLastPlaces) {
    // The fitted mean is e^x, and sums.log_ratio that of ln(1 + e^x / theta).
    const std::vector<double> zeros(kernels::row_step, 0.0);
    for (double x = -690; x < 690; x += 1.37) {
        std::vector<double> values;
        for (std::size_t i = 0; i < kernels::row_step; ++i) values.push_back(x / std::pow(2, i));
        const std::array columns{values.data()};
        const kernels::CountBlock block{.counts = zeros.data(),
                                        .columns = columns.data(),
                                        .column_count = 1,
                                        .offset = nullptr,
                                        .rows = kernels::row_step};
        const double one = 1;
        std::array<double, 1> gradient{};
        std::array<double, 1> information{};
        std::vector<double> fitted(kernels::row_step);
        kernels::CountSums sums{};
        sums.gradient = gradient.data();
        sums.information = information.data();
        kernels::best_count_kernels().add(
            block,
            {.coefficients = &one, .theta = 2, .information = kernels::CountPoint::Information::expected},
            sums, fitted.data());
        double logs = 0;
        for (std::size_t i = 0; i < kernels::row_step; ++i) {
            ASSERT_NEAR(fitted[i] / std::exp(values[i]), 1, 1e-15) << values[i];
            logs += std::log1p(std::exp(values[i]) / 2);
        }
        ASSERT_NEAR(sums.log_ratio, logs, 1e-14 * std::max(1.0, logs)) << x;
    }
}

}  // namespace
}  // namespace truce::numeric
