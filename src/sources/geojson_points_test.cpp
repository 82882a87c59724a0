// SPDX-License-Identifier: Apache-2.0
#include "sources/geojson_points.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sources/mapping.h"
#include "sources/test_mission.h"

namespace truce::sources {
namespace {

std::string collection(std::string_view features, std::string_view more = "") {
    return fmt::format(R"({{"type":"FeatureCollection",{}"features":[
{}
]}})",
                       more, features);
}
std::string feature(std::string_view geometry,
                    std::string_view properties = R"("date":"2016-05-04","act":"shelling")") {
    return fmt::format(R"({{"type":"Feature","id":7,"properties":{{{}}},"geometry":{}}})", properties,
                       geometry);
}
const std::string a_point = R"({"type":"Point","coordinates":[37.15,36.2]})";

TEST(GeoJsonPoints, AFeatureIsARow) {
    const TestMission mission;
    const auto text = collection(feature(a_point));
    EXPECT_EQ(recognise(text), Format::geojson);
    const auto result = mission.read(text);
    ASSERT_TRUE(result) << result.error().text();
    ASSERT_EQ(result->accounts.size(), 1U);
    const auto& account = result->accounts[0];
    EXPECT_EQ(account.told.place.centre, (Point{36.2, 37.15}));
    EXPECT_EQ(account.told.act, Act::attack_shelling);
    EXPECT_EQ(account.key, "7");
    EXPECT_EQ(account.line, 2U);
    EXPECT_EQ(account.raw, sha256(feature(a_point)));
}

TEST(GeoJsonPoints, HeightsAreDroppedAndNullGeometriesAreNoPlace) {
    const TestMission mission;
    const auto result = mission.read(
        collection(feature(R"({"type":"Point","coordinates":[37.15,36.2,400]})") + "," + feature("null")));
    ASSERT_TRUE(result);
    ASSERT_EQ(result->accounts.size(), 2U);
    EXPECT_EQ(result->accounts[0].told.place.centre, (Point{36.2, 37.15}));
    EXPECT_FALSE(result->accounts[1].told.place.centre);
}

TEST(GeoJsonPoints, AnotherCoordinateSystemIsRefused) {
    const TestMission mission;
    const auto crs = [](std::string_view name) {
        return fmt::format(R"("crs":{{"type":"name","properties":{{"name":"{}"}}}},)", name);
    };
    EXPECT_TRUE(mission.read(collection(feature(a_point), crs("urn:ogc:def:crs:OGC:1.3:CRS84"))));
    const auto refused = mission.read(collection(feature(a_point), crs("EPSG:3857")));
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("EPSG:3857"), std::string::npos);
}

TEST(GeoJsonPoints, APolygonIsAReject) {
    const TestMission mission;
    const auto polygon = feature(R"({"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]})");
    const auto result = mission.read(collection(feature(a_point) + ",\n" + polygon));
    ASSERT_TRUE(result);
    ASSERT_EQ(result->rejects.size(), 1U);
    EXPECT_EQ(result->rejects[0].found, "a Polygon");
    EXPECT_EQ(result->rejects[0].raw, polygon);
    EXPECT_EQ(result->rejects[0].line, 3U);
}

TEST(GeoJsonPoints, RejectsAreMendedAndReadAgain) {
    const TestMission mission;
    const auto text = collection(feature(a_point, R"("date":"2016-13-04")"));
    const auto result = mission.read(text);
    ASSERT_TRUE(result);
    auto rejects = rejects_csv(*result, text);
    rejects.replace(rejects.rfind("2016-13-04"), 10, "2016-12-04");
    EXPECT_EQ(recognise(rejects), Format::geojson);
    const auto again = mission.read(rejects);
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->accounts.size(), 1U);
}

TEST(GeoJsonPoints, AnErrorMessageInJsonIsSaid) {
    const TestMission mission;
    const auto result = mission.read(R"({"error":"token expired"})");
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("token expired"), std::string::npos);
}

TEST(GeoJsonPoints, ATextThatBreaksOffIsAnError) {
    const TestMission mission;
    const auto text = collection(feature(a_point));
    EXPECT_FALSE(mission.read(std::string_view(text).substr(0, text.size() / 2)));
}

// simdjson copies what it is given, and may not be given the null pointer of an empty view.
TEST(GeoJsonPoints, NoTextIsAnError) {
    EXPECT_FALSE(geojson::read_features({}));
    EXPECT_FALSE(geojson::read_features("\xEF\xBB\xBF"));
}

TEST(GeoJsonPoints, APropertyMayBeMapped) {
    const TestMission mission;
    const auto by =
        read_mapping("trucewatch: 1\nfields:\n  date: when\n  lat: latitude\n  lon: longitude\n", "m.yaml")
            .mapping;
    ASSERT_TRUE(by);
    const auto result =
        mission.read(collection(feature(a_point, R"("when":"2016-05-04","crew":{"n":[1,2]})")), &*by);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->accounts[0].extra.cells()[0], (ExtraCells::Cell{"crew", R"({"n":[1,2]})"}));
}

TEST(GeoJsonPoints, GedInGeoJsonIsGed) {
    const auto text = real_file("ucdp-ged-car/GEDEvent_v23_1.geojson");
    const auto csv = real_file("ucdp-ged-car/ged231_car.csv");
    if (!text || !csv) GTEST_SKIP() << "the real files are not here";
    const TestMission mission;
    const auto features = mission.read(*text);
    const auto rows = mission.read(*csv);
    ASSERT_TRUE(features && rows);
    EXPECT_EQ(features->source.format, "ucdp-ged");
    ASSERT_EQ(features->accounts.size(), rows->accounts.size());
    for (std::size_t i = 0; i < rows->accounts.size(); i += 97) {
        EXPECT_EQ(features->accounts[i].key, rows->accounts[i].key);
        EXPECT_EQ(features->accounts[i].told.when.window, rows->accounts[i].told.when.window);
        EXPECT_EQ(features->accounts[i].told.toll, rows->accounts[i].told.toll);
    }
}

}  // namespace
}  // namespace truce::sources
