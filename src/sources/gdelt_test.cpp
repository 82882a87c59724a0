// SPDX-License-Identifier: Apache-2.0
#include "sources/gdelt.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "sources/test_mission.h"

namespace truce::sources {
namespace {

/// An ordinary row of an edition with some cells changed.
std::string row(gdelt::Edition edition, const std::map<std::string, std::string>& changed) {
    std::map<std::string, std::string> cells{{"GLOBALEVENTID", "5"},
                                             {"SQLDATE", "20160504"},
                                             {"MonthYear", "201605"},
                                             {"Year", "2016"},
                                             {"FractionDate", "2016.3397"},
                                             {"Actor1Code", "SYRGOV"},
                                             {"Actor1Name", "SYRIA"},
                                             {"EventCode", "194"},
                                             {"EventRootCode", "19"},
                                             {"ActionGeo_Type", "4"},
                                             {"ActionGeo_FullName", "Aleppo, Halab, Syria"},
                                             {"ActionGeo_Lat", "36.2"},
                                             {"ActionGeo_Long", "37.15"},
                                             {"ActionGeo_FeatureID", "-2541479"},
                                             {"DATEADDED", "20160504"},
                                             {"SOURCEURL", "http://example.org"}};
    for (const auto& [column, value] : changed) cells[column] = value;
    std::string line;
    for (const auto& name : gdelt::column_names(edition)) line += cells[name] + "\t";
    line.pop_back();
    return line;
}

class GdeltTest : public testing::Test {
protected:
    Account only(const std::map<std::string, std::string>& changed) const {
        auto result = mission_.read(row(gdelt::Edition::v2, changed) + "\n");
        if (!result) throw std::runtime_error(result.error().text());
        if (result->accounts.size() != 1) throw std::runtime_error(result->rejects.at(0).found);
        return result->accounts[0];
    }
    TestMission mission_;
};

TEST_F(GdeltTest, BothEditionsAreKnownByTheShapeOfTheirRows) {
    EXPECT_EQ(recognise(row(gdelt::Edition::v2, {}) + "\n"), Format::gdelt);
    EXPECT_EQ(recognise(row(gdelt::Edition::v1, {}) + "\n"), Format::gdelt);
}

TEST_F(GdeltTest, ZeroCoordinatesAreNotAPlaceInTheGulfOfGuinea) {
    const auto account = only({{"ActionGeo_Lat", "0"}, {"ActionGeo_Long", "0"}});
    EXPECT_FALSE(account.told.place.centre.has_value());
    EXPECT_EQ(account.remarks, std::vector<std::string>{"coordinates 0, 0 are taken as not known"});
}

TEST_F(GdeltTest, ARowIsALeadAndNoIncident) {
    const auto account = only({});
    EXPECT_EQ(account.kind, AccountKind::lead);
    EXPECT_EQ(account.told.act, Act::attack_shelling);
    EXPECT_EQ(account.told.place.country, "Syria");
    EXPECT_EQ(account.told.place.precision, PlacePrecision::town);
    EXPECT_EQ(account.url, "http://example.org");
}

TEST_F(GdeltTest, AStrayQuoteIsData) {
    const auto text =
        row(gdelt::Edition::v2, {{"Actor1Name", "\"SYRIA"}}) + "\n" + row(gdelt::Edition::v2, {}) + "\n";
    const auto result = mission_.read(text);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->accounts.size(), 2U);
    EXPECT_EQ(result->accounts[0].told.parties.attacker.name, "\"SYRIA");
}

TEST_F(GdeltTest, ACodedDayFarFromTheArticleIsRemarkedOn) {
    EXPECT_EQ(only({{"DATEADDED", "20260504120000"}}).remarks.size(), 1U);
    EXPECT_TRUE(only({{"DATEADDED", "20160505120000"}}).remarks.empty());
}

TEST_F(GdeltTest, ACountryIsThatWideAndNoPoint) {
    const auto account = only({{"ActionGeo_Type", "1"}, {"ActionGeo_FullName", "Syria"}});
    EXPECT_EQ(account.told.place.precision, PlacePrecision::country);
    EXPECT_GE(account.told.place.radius, Distance::km(500));
}

TEST_F(GdeltTest, CodesKeepTheirZerosAndTheLongestCounts) {
    EXPECT_EQ(gdelt::act_of("0841"), Act::release);
    EXPECT_EQ(gdelt::act_of("1831"), Act::attack_suicide_bombing);
    EXPECT_EQ(gdelt::act_of("196"), Act::attack);
    EXPECT_EQ(gdelt::act_of("0871"), Act::other);
    EXPECT_EQ(gdelt::act_of("841"), Act::other);
}

TEST_F(GdeltTest, TheRealExcerptIsReadThoughOneRowEndsEarly) {
    const auto text = real_file("gdelt-schema/gdelt1_daily_excerpt_4rows.tsv");
    if (!text) GTEST_SKIP() << "the real files are not here";
    const auto result = mission_.read(*text);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->accounts.size(), 4U);
}

}  // namespace
}  // namespace truce::sources
