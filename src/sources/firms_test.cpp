// SPDX-License-Identifier: Apache-2.0
#include "sources/firms.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sources/test_mission.h"

namespace truce::sources {
namespace {

class FirmsTest : public testing::Test {
protected:
    /// A VIIRS row with that time of overpass.
    Result<ReadResult> at(std::string_view time) const {
        return mission_.read(
            fmt::format("latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,"
                        "confidence,version,"
                        "bright_ti5,frp,daynight\n48.26,37.21,297.5,0.53,0.67,2025-08-11,{},N20,VIIRS,n,2."
                        "0NRT,281.8,0.36,N\n",
                        time));
    }
    std::string instant(std::string_view time) const {
        const auto result = at(time);
        return result && result->accounts.size() == 1 ? utc_text(result->accounts[0].told.when.window.first)
                                                      : "none";
    }
    TestMission mission_;
};

TEST_F(FirmsTest, TheTimeIsUtcWithOrWithoutItsZeros) {
    EXPECT_EQ(instant("0048"), "2025-08-11T00:48:00Z");
    EXPECT_EQ(instant("112"), "2025-08-11T01:12:00Z");
    EXPECT_EQ(instant("48"), "2025-08-11T00:48:00Z");
    EXPECT_EQ(instant("5"), "2025-08-11T00:05:00Z");
    EXPECT_EQ(instant("00:45:00"), "2025-08-11T00:45:00Z");
    EXPECT_EQ(instant("2575"), "none");
}

TEST_F(FirmsTest, AFireCorroboratesAndIsNoIncident) {
    const auto result = at("0048");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->source.format, "firms");
    EXPECT_EQ(result->accounts[0].kind, AccountKind::corroboration);
    EXPECT_EQ(result->accounts[0].told.act, Act::unknown);
}

TEST_F(FirmsTest, TheRadiusIsHalfThePixelsDiagonal) {
    EXPECT_NEAR(at("0048")->accounts[0].told.place.radius.in_km(), 0.4271, 0.0001);
}

TEST_F(FirmsTest, AModisRowWithoutPixelSizesIsAKilometreWide) {
    const auto result = mission_.read(
        "latitude,longitude,brightness,acq_date,acq_time,satellite,confidence\n10,20,310,2020-01-01,0000,"
        "Aqua,80\n");
    ASSERT_TRUE(result);
    EXPECT_NEAR(result->accounts[0].told.place.radius.in_km(), 0.7071, 0.0001);
}

TEST_F(FirmsTest, AnErrorInPlaceOfDataIsSaid) {
    const auto result = mission_.read("Invalid MAP_KEY.");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message.substr(0, 42), "the file says only 'Invalid MAP_KEY.'; wan");
}

TEST_F(FirmsTest, TheRealExcerptIsRead) {
    const auto text = real_file("firms-sample/J1_VIIRS_C2_NRT_2025223_ukraine_excerpt.csv");
    if (!text) GTEST_SKIP() << "the real files are not here";
    const auto result = mission_.read(*text);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->accounts.size(), 25U);
}

}  // namespace
}  // namespace truce::sources
