// SPDX-License-Identifier: Apache-2.0
// Brain cancer in New Mexico, 1973 to 1991: the example of Kulldorff, Athas, Feuer, Miller and Key (1998),
// American Journal of Public Health 88: 1377. Expected values by two independent programs (R and C++).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "analysis/numeric/scan.h"
#include "base/text.h"
#include "checkout.h"

namespace truce::numeric {
namespace {

constexpr std::size_t years = 19;

class NewMexico : public testing::Test {
protected:
    std::vector<std::string> counties;
    std::vector<PlanarPoint> sites;
    std::vector<std::uint32_t> cases;
    std::vector<double> population;

    void SetUp() override {
        const std::filesystem::path folder =
            checkout() / "../shared/acceptance/scan-new-mexico";
        if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
        std::map<std::string, std::size_t> county_of;
        for (const auto& row : rows(folder / "NMgeo.csv")) {
            county_of.emplace(row[0], counties.size());
            counties.push_back(row[0]);
            sites.push_back({std::stod(row[1]), std::stod(row[2])});
        }
        cases.assign(counties.size() * years, 0);
        for (const auto& row : rows(folder / "NMcas.csv")) {
            cases[county_of.at(row[0]) * years + std::stoul(row[2]) - 1973] +=
                static_cast<std::uint32_t>(std::stoul(row[1]));
        }
        // Censuses of 1973, 1982 and 1991, the years between them by straight lines.
        std::vector<std::array<double, 3>> census(counties.size());
        for (const auto& row : rows(folder / "NMpop.csv")) {
            census[county_of.at(row[0])][(std::stoul(row[1]) - 73) / 9] += std::stod(row[2]);
        }
        for (const auto& [first, second, third] : census) {
            for (std::size_t year = 0; year < years; ++year) {
                const double share = static_cast<double>(year % 9) / 9;
                population.push_back(year < 9    ? first + share * (second - first)
                                     : year < 18 ? second + share * (third - second)
                                                 : third);
            }
        }
    }

    static std::vector<std::vector<std::string>> rows(const std::filesystem::path& file) {
        std::vector<std::vector<std::string>> rows;
        std::ifstream in(file);
        std::string line;
        std::getline(in, line);
        while (std::getline(in, line)) {
            std::erase(line, '"');
            std::vector<std::string> row;
            for (const std::string_view cell : split(line, ',')) row.emplace_back(cell);
            rows.push_back(row);
        }
        return rows;
    }

    std::vector<std::string> names(const Circles& circles, const ScanWindow& window) const {
        std::vector<std::string> names;
        for (const std::uint32_t site : circles.members(window.centre).first(window.members)) {
            names.push_back(counties[site]);
        }
        return names;
    }
};

void expect_relative(double value, double expected) {
    EXPECT_NEAR(value, expected, 1e-6 * expected);
}

TEST_F(NewMexico, InSpaceAloneIsBernalilloAndSevenOthers) {
    std::vector<std::uint32_t> in_all(counties.size(), 0);
    std::vector<double> people(counties.size(), 0);
    for (std::size_t i = 0; i < cases.size(); ++i) {
        in_all[i / years] += cases[i];
        people[i / years] += population[i];
    }
    const auto table = ScanTable::make(ScanModel::poisson, counties.size(), 1, in_all, people).value();
    const Circles circles(sites, table.weights(), {});
    const ScanDesign design{.windows = {.longest = 1}, .least_cases = 1};
    const auto best = most_likely(table, circles, design);
    ASSERT_TRUE(best.has_value());
    EXPECT_THAT(names(circles, *best),
                testing::UnorderedElementsAre("Bernalillo", "Sandoval", "Valencia", "Torrance", "SantaFe",
                                              "LosAlamos", "Socorro", "SanMiguel"));
    EXPECT_EQ(best->cases, 642U);
    expect_relative(best->expected, 586.0513568);
    const auto all = static_cast<double>(table.all_cases());
    expect_relative(642 / best->expected / ((all - 642) / (all - best->expected)), 1.2104576);
    expect_relative(best->statistic, 5.33536310736);

    const auto greatest =
        greatest_of_replicates(table, circles, design, single_cases(table, 1), {.replicates = 9999});
    EXPECT_NEAR(rank_p(best->statistic, greatest), 0.0505, 0.0055);
}

TEST_F(NewMexico, InSpaceAndTimeIsTheSameFrom1985To1989) {
    const auto table = ScanTable::make(ScanModel::poisson, counties.size(), years, cases, population).value();
    const Circles circles(sites, table.weights(), {});
    const ScanDesign design{.windows = {.longest = 9}, .least_cases = 1};
    const auto best = most_likely(table, circles, design);
    ASSERT_TRUE(best.has_value());
    EXPECT_EQ(best, most_likely_plainly(table, circles, design));
    EXPECT_THAT(names(circles, *best), testing::Contains("Bernalillo"));
    EXPECT_EQ(best->members, 8U);
    EXPECT_EQ(1973 + best->first_bin, 1985U);
    EXPECT_EQ(1973 + best->end_bin - 1, 1989U);
    EXPECT_EQ(best->cases, 232U);
    expect_relative(best->expected, 170.8092366);
    const auto all = static_cast<double>(table.all_cases());
    expect_relative(232 / best->expected / ((all - 232) / (all - best->expected)), 1.4463759);
    expect_relative(best->statistic, 11.7487272885);

    auto greatest =
        greatest_of_replicates(table, circles, design, single_cases(table, 1), {.replicates = 9999});
    EXPECT_LT(rank_p(best->statistic, greatest), 0.008);
    std::ranges::sort(greatest);
    EXPECT_NEAR(greatest[9499], 9.29, 0.15);
}

}  // namespace
}  // namespace truce::numeric
