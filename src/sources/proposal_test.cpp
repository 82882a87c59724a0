// SPDX-License-Identifier: Apache-2.0
#include "sources/proposal.h"

#include <gtest/gtest.h>

#include "sources/mapping.h"
#include "sources/test_mission.h"

namespace truce::sources {
namespace {

Mapping read_back(const std::string& yaml) {
    auto reading = read_mapping(yaml, "proposed.yaml");
    if (!reading.mapping) throw std::runtime_error(reading.errors[0].text() + "\n" + yaml);
    return *reading.mapping;
}

TEST(Proposal, APlainTableIsReadByWhatIsProposed) {
    const TestMission mission;
    const std::string text =
        "Report of the cell\nDate;Lieu;Type d'incident;Latitude;Longitude;Tués;Météo\n"
        "27/04/2016;Alep;Frappe aérienne;36,2;37,15;3;pluie\n04/05/2016;Alep;Autre "
        "chose;36,2;37,15;0;soleil\n";
    const auto yaml = proposed_mapping(text, "cell.csv");
    ASSERT_TRUE(yaml) << yaml.error().text();
    const auto mapping = read_back(*yaml);
    const auto result = mission.read(text, &mapping);
    ASSERT_TRUE(result) << result.error().text();
    ASSERT_EQ(result->accounts.size(), 2U) << *yaml;
    EXPECT_EQ(result->accounts[0].told.act, Act::attack_air_strike);
    EXPECT_EQ(result->accounts[1].told.act, Act::unknown);
    EXPECT_EQ(utc_text(result->accounts[1].told.when.window.first), "2016-05-03T21:00:00Z");
    EXPECT_EQ(result->accounts[0].told.place.centre, (Point{36.2, 37.15}));
    EXPECT_NE(yaml->find("#   Météo ('pluie', 'soleil')"), std::string::npos);
}

TEST(Proposal, ADateThatCanBeReadTwoWaysIsLeftToTheUser) {
    const auto yaml = proposed_mapping("Date,Place\n03/04/2016,a\n05/06/2016,b\n", "x.csv");
    ASSERT_TRUE(yaml);
    EXPECT_EQ(read_back(*yaml).rule(Field::date)->form, DateForm::by_itself);
    EXPECT_NE(yaml->find("CHECK: 2 dates can be read two ways"), std::string::npos);
}

TEST(Proposal, WithoutADateTheProposalSaysSo) {
    const auto yaml = proposed_mapping("a,b\nx,y\n", "x.csv");
    ASSERT_TRUE(yaml);
    EXPECT_NE(yaml->find("no column holds dates"), std::string::npos);
}

TEST(Proposal, HostileNamesStayInTheirPlace) {
    const auto yaml =
        proposed_mapping("date,\"x\nfields: {}\",\"type\"\n2016-05-04,1,\"a: b\n# c\"\n", "x\n.csv");
    ASSERT_TRUE(yaml);
    const auto mapping = read_back(*yaml);
    EXPECT_EQ(mapping.fields.size(), 2U);
}

TEST(Proposal, APageInPlaceOfATableIsRefused) {
    EXPECT_FALSE(proposed_mapping("<!DOCTYPE html><html></html>", "x.csv"));
}

}  // namespace
}  // namespace truce::sources
