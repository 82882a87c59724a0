// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/wild_bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace truce::numeric {
namespace {

/// Areas with their own level and their own response to a truce that covers the second half of the days.
struct Panel {
    std::vector<double> counts;
    std::vector<std::vector<double>> columns;
    std::vector<std::uint32_t> area_of_row;
    std::uint32_t areas;

    [[nodiscard]] CountData data() const {
        CountData data{.counts = counts, .columns = {}};
        for (const auto& column : columns) data.columns.emplace_back(column);
        return data;
    }
    [[nodiscard]] RowGroups groups() const { return {.of_row = area_of_row, .count = areas}; }
};

Panel panel(std::uint64_t seed, std::uint32_t areas, double effect, double spread) {
    Panel panel{.counts = {},
                .columns = std::vector<std::vector<double>>(areas + 1),
                .area_of_row = {},
                .areas = areas};
    Random random(seed);
    for (std::uint32_t area = 0; area < areas; ++area) {
        const double own = effect + spread * random.normal();
        for (int day = 0; day < 60; ++day) {
            const bool truce = day >= 30;
            panel.counts.push_back(static_cast<double>(random.poisson(3 * std::exp(truce ? own : 0))));
            panel.area_of_row.push_back(area);
            panel.columns[0].push_back(truce ? 1 : 0);
            for (std::uint32_t other = 0; other < areas; ++other)
                panel.columns[other + 1].push_back(other == area ? 1 : 0);
        }
    }
    return panel;
}

TEST(WildClusterInterval, LeavesOutNoEffectJustWhenPIsSmall) {
    const Panel clear = panel(1, 8, -1, 0.2);
    const WildInterval found = wild_cluster_interval(clear.data(), clear.groups(), 0, {.seed = 3}).value();
    EXPECT_LT(found.p, 0.05);
    EXPECT_LT(found.interval.high, 0);
    const Panel unclear = panel(1, 8, 0, 0.5);
    const WildInterval none = wild_cluster_interval(unclear.data(), unclear.groups(), 0, {.seed = 3}).value();
    EXPECT_GT(none.p, 0.05);
    EXPECT_TRUE(none.interval.contains(0));
}

TEST(WildClusterInterval, IsWiderThanTheNormalOneWhereAreasAreFew) {
    const Panel few = panel(4, 6, -0.5, 0.4);
    const CountFit fit = fit_counts(few.data()).value();
    const double error = cluster_robust(few.data(), fit, few.groups()).standard_error(0);
    const WildInterval found = wild_cluster_interval(few.data(), few.groups(), 0, {.seed = 1}).value();
    EXPECT_GT(found.interval.high - found.interval.low, 2 * 1.96 * error);
    EXPECT_TRUE(found.interval.contains(fit.coefficients[0]));
}

TEST(WildClusterInterval, IsTheSameForTheSameSeed) {
    const Panel areas = panel(9, 7, -0.3, 0.3);
    const auto once =
        wild_cluster_interval(areas.data(), areas.groups(), 0, {.replications = 199, .seed = 5}).value();
    const auto again =
        wild_cluster_interval(areas.data(), areas.groups(), 0, {.replications = 199, .seed = 5}).value();
    EXPECT_EQ(once.interval, again.interval);
    EXPECT_EQ(once.p, again.p);
}

TEST(WildClusterInterval, HoldsTheTruthAboutAsOftenAsItSays) {
    // 60 panels of 8 areas: 57 expected at 95%, and fewer than 51 with a chance of one in two hundred.
    int held = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const Panel areas = panel(100 + seed, 8, 0, 0.4);
        const auto p =
            wild_cluster_interval(areas.data(), areas.groups(), 0, {.replications = 99, .seed = seed})
                .value()
                .p;
        held += p >= 0.05 ? 1 : 0;
    }
    EXPECT_GE(held, 51);
}

}  // namespace
}  // namespace truce::numeric
