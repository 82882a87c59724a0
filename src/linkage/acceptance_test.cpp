// SPDX-License-Identifier: Apache-2.0
// Published data sets and the answers of the programs that scholars use for them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/csv_columns.h"
#include "base/mapped_file.h"
#include "checkout.h"
#include "linkage/fellegi_sunter.h"
#include "linkage/similarity.h"
#include "linkage/taxonomy.h"

namespace truce::linkage {
namespace {

using csv::ColumnType;

std::string shared(const std::string& file) {
    return checkout() / "../shared/acceptance" / file;
}

#define SKIP_WITHOUT(file) \
    if (!std::filesystem::exists(shared(file))) GTEST_SKIP() << "no ../shared/acceptance/" << (file)

csv::Columns columns_of(const std::string& file, std::span<const csv::WantedColumn> wanted) {
    const auto mapped = map_file(shared(file));
    auto columns = csv::read_columns(*mapped, wanted, {});
    return std::move(*columns);
}

// L1 to L3: the three made-up lists of car crashes that come with the package meltt for R (71, 64 and 60
// rows).

struct Crashes {
    std::vector<double> lats;
    std::vector<double> lons;
    std::vector<std::uint8_t> coarse;
    std::vector<std::int32_t> first_days;
    std::vector<std::int32_t> last_days;
    std::vector<std::uint32_t> sources;
    std::vector<Taxonomy> taxonomies;

    [[nodiscard]] Spots spots() const { return {lats, lons, coarse, first_days, last_days}; }
};

/// The levels of each source's categories.
std::map<std::string, std::vector<std::string>> levels_of(const std::string& file, std::size_t depth) {
    std::vector<csv::WantedColumn> wanted;
    for (std::size_t i = 0; i < depth + 2; ++i) wanted.push_back({i, ColumnType::text});
    const auto table = columns_of(file, wanted);
    std::map<std::string, std::vector<std::string>> levels;
    for (std::size_t row = 0; row < table.rows; ++row) {
        auto& of_category =
            levels[fmt::format("{}:{}", table.columns[0].text(row), table.columns[1].text(row))];
        for (std::size_t l = 0; l < depth; ++l) of_category.emplace_back(table.columns[2 + l].text(row));
    }
    return levels;
}

Crashes crashes() {
    struct Kind {
        std::string name;
        std::size_t depth;
    };
    const std::array<Kind, 3> kinds{{{"model", 3}, {"color", 2}, {"damage", 1}}};
    Crashes all;
    std::vector<std::map<std::string, std::vector<std::string>>> levels;
    std::map<std::string, std::uint32_t> codes;
    for (const auto& kind : kinds) {
        levels.push_back(levels_of("linkage-meltt/taxonomy_" + kind.name + "_tax.csv", kind.depth));
        all.taxonomies.push_back({.depth = kind.depth, .categories = {}});
    }
    for (std::uint32_t s = 0; s < 3; ++s) {
        const std::vector<csv::WantedColumn> wanted{
            {"dataset", ColumnType::text},   {"date", ColumnType::day},       {"enddate", ColumnType::day},
            {"latitude", ColumnType::real},  {"longitude", ColumnType::real}, {"model_tax", ColumnType::text},
            {"color_tax", ColumnType::text}, {"damage_tax", ColumnType::text}};
        const auto table = columns_of(fmt::format("linkage-meltt/crash_data{}.csv", s + 1), wanted);
        for (std::size_t row = 0; row < table.rows; ++row) {
            all.sources.push_back(s);
            all.coarse.push_back(0);
            all.first_days.push_back(table.columns[1].days()[row]);
            all.last_days.push_back(table.columns[2].days()[row]);
            all.lats.push_back(table.columns[3].reals()[row]);
            all.lons.push_back(table.columns[4].reals()[row]);
            for (std::size_t k = 0; k < kinds.size(); ++k) {
                const auto& found = levels[k].at(
                    fmt::format("{}:{}", table.columns[0].text(row), table.columns[5 + k].text(row)));
                for (const auto& category : found) {
                    const auto code = codes.try_emplace(category, codes.size() + 1).first->second;
                    all.taxonomies[k].categories.push_back(code);
                }
            }
        }
    }
    return all;
}

using Groups = std::vector<std::vector<std::uint32_t>>;

/// How many groups there are of each set of sources: "13" is one account of the first and one of the third.
std::map<std::string, std::size_t> by_sources(const Groups& groups, const Crashes& all) {
    std::map<std::string, std::size_t> counts;
    for (const auto& group : groups) {
        std::string sources;
        for (const auto i : group) sources += static_cast<char>('1' + all.sources[i]);
        std::ranges::sort(sources);
        ++counts[sources];
    }
    return counts;
}

constexpr MelttWindow usual_window{.km = 4, .days = 2};

TEST(Meltt, TheCrashListsGiveTheMatchesThatThePackageFinds) {  // L1
    SKIP_WITHOUT("linkage-meltt/crash_data1.csv");
    const auto all = crashes();
    ASSERT_EQ(all.sources.size(), 195U);
    const auto pairs = meltt_pairs(all.spots(), all.sources, all.taxonomies, usual_window);
    const std::map<std::string, std::size_t> expected{{"1", 41}, {"2", 34}, {"3", 31},  {"12", 5},
                                                      {"13", 4}, {"23", 4}, {"123", 21}};
    EXPECT_EQ(by_sources(meltt_groups(pairs, all.sources), all), expected);
    EXPECT_EQ(by_sources(meltt_groups_one_by_one(pairs, all.sources), all), expected);
}

TEST(Meltt, TwentySixMatchesAreOfOneDayAndEightOfSeveral) {  // L1
    SKIP_WITHOUT("linkage-meltt/crash_data1.csv");
    const auto all = crashes();
    const auto pairs = meltt_pairs(all.spots(), all.sources, all.taxonomies, usual_window);
    const auto groups = meltt_groups(pairs, all.sources);
    const auto one_day = [&](const auto& group) {
        return group.size() > 1 && all.first_days[group.front()] == all.last_days[group.front()];
    };
    const auto several = [&](const auto& group) {
        return group.size() > 1 && all.first_days[group.front()] != all.last_days[group.front()];
    };
    EXPECT_EQ(std::ranges::count_if(groups, one_day), 26);
    EXPECT_EQ(std::ranges::count_if(groups, several), 8);
}

struct WindowCase {
    MelttWindow window;
    std::size_t pairs;
    std::size_t unique;
};

class MelttWindows : public testing::TestWithParam<WindowCase> {};

TEST_P(MelttWindows, OtherWindowsGiveThePackagesNumbers) {  // L2
    SKIP_WITHOUT("linkage-meltt/crash_data1.csv");
    const auto all = crashes();
    const auto pairs = meltt_pairs(all.spots(), all.sources, all.taxonomies, GetParam().window);
    EXPECT_EQ(pairs.size(), GetParam().pairs);
    EXPECT_EQ(meltt_groups_one_by_one(pairs, all.sources).size(), GetParam().unique);
}

INSTANTIATE_TEST_SUITE_P(L2, MelttWindows,
                         testing::Values(WindowCase{{1, 2}, 25, 172}, WindowCase{{4, 1}, 70, 140},
                                         WindowCase{{4, 3}, 79, 140}, WindowCase{{8, 2}, 82, 138}));

TEST(Meltt, JoiningWhateverAChainConnectsRemovesOneTooMany) {  // L3
    SKIP_WITHOUT("linkage-meltt/crash_data1.csv");
    const auto all = crashes();
    const auto pairs = meltt_pairs(all.spots(), all.sources, all.taxonomies, usual_window);
    const std::vector<std::uint8_t> repeats(3);
    Clusters chained(all.sources, repeats);
    for (const auto& one : pairs) chained.insist(one.pair);
    EXPECT_EQ(195 - chained.groups().size(), 56U);
    EXPECT_EQ(195 - meltt_groups(pairs, all.sources).size(), 55U);
}

// L4, L5: RLdata500 of the package RecordLinkage for R: 500 made-up persons, 50 of them twice.

struct Persons {
    csv::Columns table;
    std::vector<PatternCount> patterns;
};

Pattern exact_agreement(const csv::Columns& table, std::size_t a, std::size_t b) {
    Pattern pattern;
    for (std::size_t k = 0; k < 5; ++k) {
        pattern.set(k, table.columns[k].text(a) == table.columns[k].text(b) ? 1 : 0);
    }
    return pattern;
}

Persons rldata500() {
    const std::vector<csv::WantedColumn> wanted{
        {"fname_c1", ColumnType::text}, {"lname_c1", ColumnType::text}, {"by", ColumnType::text},
        {"bm", ColumnType::text},       {"bd", ColumnType::text},       {"id", ColumnType::text}};
    Persons persons{columns_of("linkage-rldata500/RLdata500.csv", wanted), {}};
    std::map<Pattern, std::uint64_t> counts;
    for (std::size_t a = 0; a < persons.table.rows; ++a) {
        for (std::size_t b = 0; b < a; ++b) ++counts[exact_agreement(persons.table, a, b)];
    }
    for (const auto& [pattern, count] : counts) persons.patterns.push_back({pattern, count});
    return persons;
}

const std::vector<ComparedField> five_fields{{"fname_c1"}, {"lname_c1"}, {"by"}, {"bm"}, {"bd"}};

void expect_within(double seen, double expected, double relative) {
    EXPECT_NEAR(seen, expected, relative * std::abs(expected));
}

TEST(FellegiSunter, RLdata500GivesThePublishedEstimates) {  // L4
    SKIP_WITHOUT("linkage-rldata500/RLdata500.csv");
    const auto persons = rldata500();
    const auto fit = fit_link_model(five_fields, persons.patterns, {});
    ASSERT_TRUE(fit);
    expect_within(fit->log_likelihood, -80718.99964, 1e-9);
    expect_within(fit->model.share, 5.45195e-4, 1e-4);
    const std::array<double, 5> m{.583759, .589715, .721847, .864154, .728321};
    const std::array<double, 5> u{.00932209, .0181252, .0119978, .0838471, .0330719};
    for (std::size_t k = 0; k < 5; ++k) {
        expect_within(fit->model.m[k][1], m[k], 1e-4);
        expect_within(fit->model.u[k][1], u[k], 1e-4);
    }
}

struct Declared {
    int all = 0;
    int right = 0;
    friend bool operator==(const Declared&, const Declared&) = default;
};

Declared declared(const Persons& persons, const LinkModel& model, double from) {
    Declared found;
    for (std::size_t a = 0; a < persons.table.rows; ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            if (model.posterior(exact_agreement(persons.table, a, b)) <= from) continue;
            ++found.all;
            if (persons.table.columns[5].text(a) == persons.table.columns[5].text(b)) ++found.right;
        }
    }
    return found;
}

TEST(FellegiSunter, RLdata500GivesThePublishedNumbersOfLinks) {  // L5
    SKIP_WITHOUT("linkage-rldata500/RLdata500.csv");
    const auto persons = rldata500();
    const auto fit = fit_link_model(five_fields, persons.patterns, {});
    ASSERT_TRUE(fit);
    EXPECT_EQ(declared(persons, fit->model, 0.5), (Declared{57, 49}));
    EXPECT_EQ(declared(persons, fit->model, 0.85), (Declared{46, 46}));
}

// L6: the two lists that come with the package fastLink for R (500 and 350 rows).

constexpr double fastlink_full = 0.94;
constexpr double fastlink_partial = 0.88;

struct FastLinkField {
    std::string name;
    enum class By : std::uint8_t { equality, likeness, likeness_with_partial } by;
};

const std::array<FastLinkField, 7> fastlink_fields{{
    {"firstname", FastLinkField::By::likeness_with_partial},
    {"middlename", FastLinkField::By::likeness},
    {"lastname", FastLinkField::By::likeness_with_partial},
    {"housenum", FastLinkField::By::equality},
    {"streetname", FastLinkField::By::likeness_with_partial},
    {"city", FastLinkField::By::likeness},
    {"birthyear", FastLinkField::By::equality},
}};

std::optional<std::uint8_t> fastlink_level(const FastLinkField& field, std::string_view a,
                                           std::string_view b) {
    const auto missing = [](std::string_view text) { return text.empty() || text == "NA"; };
    if (missing(a) || missing(b)) return std::nullopt;
    if (field.by == FastLinkField::By::equality) return a == b ? std::uint8_t{1} : std::uint8_t{0};
    const double likeness = jaro_winkler(a, b);
    if (field.by == FastLinkField::By::likeness)
        return likeness >= fastlink_full ? std::uint8_t{1} : std::uint8_t{0};
    return likeness >= fastlink_full      ? std::uint8_t{2}
           : likeness >= fastlink_partial ? std::uint8_t{1}
                                          : std::uint8_t{0};
}

TEST(FellegiSunter, TheListsOfFastLinkGiveFiftyMatches) {  // L6
    SKIP_WITHOUT("linkage-fastlink/dfA.csv");
    std::vector<csv::WantedColumn> wanted;
    std::vector<ComparedField> fields;
    for (const auto& field : fastlink_fields) {
        wanted.push_back({field.name, ColumnType::text});
        fields.push_back({field.name, field.by == FastLinkField::By::likeness_with_partial
                                          ? std::uint8_t{3}
                                          : std::uint8_t{2}});
    }
    const auto first = columns_of("linkage-fastlink/dfA.csv", wanted);
    const auto second = columns_of("linkage-fastlink/dfB.csv", wanted);
    ASSERT_EQ(first.rows * second.rows, 175'000U);
    std::map<Pattern, std::uint64_t> counts;
    std::vector<std::pair<Pattern, bool>> pairs;
    for (std::size_t a = 0; a < first.rows; ++a) {
        for (std::size_t b = 0; b < second.rows; ++b) {
            Pattern pattern;
            bool full = true;  // every field is there and agrees fully: what fastLink counts as exact
            for (std::size_t k = 0; k < fields.size(); ++k) {
                const auto level =
                    fastlink_level(fastlink_fields[k], first.columns[k].text(a), second.columns[k].text(b));
                if (level) pattern.set(k, *level);
                full = full && level && *level + 1 == fields[k].levels;
            }
            ++counts[pattern];
            pairs.emplace_back(pattern, full);
        }
    }
    std::vector<PatternCount> patterns;
    for (const auto& [pattern, count] : counts) patterns.push_back({pattern, count});
    const auto fit = fit_link_model(fields, patterns, {});
    ASSERT_TRUE(fit);
    int matches = 0;
    int exact = 0;
    for (const auto& [pattern, same] : pairs) {
        if (fit->model.posterior(pattern) < 0.85) continue;
        ++matches;
        exact += same ? 1 : 0;
    }
    EXPECT_EQ(matches, 50);
    EXPECT_EQ(exact, 43);
    EXPECT_NEAR(fit->model.share, 50.0 / 175'000, 1e-7);
}

}  // namespace
}  // namespace truce::linkage
