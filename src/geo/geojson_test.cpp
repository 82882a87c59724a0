// SPDX-License-Identifier: Apache-2.0
#include "geo/geojson.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "checkout.h"
#include "geo/validity.h"

namespace truce {
namespace {

using testing::HasSubstr;

std::string refusal(std::string_view text) {
    const auto geometry = geometry_from_geojson(text);
    return geometry ? "" : geometry.error().message;
}

std::string written(const Geometry& geometry) {
    std::string out;
    append_geojson(out, geometry);
    return out;
}

std::string rewritten(std::string_view text) {
    const auto geometry = geometry_from_geojson(text);
    return geometry ? written(*geometry) : geometry.error().message;
}

constexpr std::string_view square = R"({"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]})";

TEST(GeoJson, OfAPolygonReadsBackAsWritten) {
    EXPECT_EQ(rewritten(square), square);
}

TEST(GeoJson, OfEveryKindReadsBackAsWritten) {
    const std::string point = R"({"type":"Point","coordinates":[37.16,36.2]})";
    const std::string points = R"({"type":"MultiPoint","coordinates":[[37.16,36.2],[1,2]]})";
    const std::string line = R"({"type":"LineString","coordinates":[[37.16,36.2],[1,2]]})";
    const std::string lines =
        R"({"type":"MultiLineString","coordinates":[[[37.16,36.2],[1,2]],[[3,4],[5,6]]]})";
    EXPECT_EQ(rewritten(point), point);
    EXPECT_EQ(rewritten(points), points);
    EXPECT_EQ(rewritten(line), line);
    EXPECT_EQ(rewritten(lines), lines);
    EXPECT_EQ(rewritten("null"), "null");
}

TEST(GeoJson, MayNameItsTypeLast) {
    EXPECT_EQ(rewritten(R"( {"coordinates" : [[[0,0],[1,0],[1,1],[0,1],[0,0]]] , "type" : "Polygon"} )"),
              square);
}

TEST(GeoJson, MayHoldHeights) {
    EXPECT_EQ(rewritten(R"({"type":"Polygon","coordinates":[[[0,0,5],[1,0,5],[1,1,5,7],[0,1,5],[0,0,5]]]})"),
              square);
}

TEST(GeoJson, MayRunTheWrongWayRound) {
    EXPECT_EQ(rewritten(R"({"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[1,0],[0,0]]]})"),
              R"({"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]})");
}

TEST(GeoJson, MayHoldMembersThatNobodyKnows) {
    EXPECT_EQ(
        rewritten(
            R"({"bbox":[0,0,1,1],"type":"Polygon","x":{"a":[true,"}"]},"coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]})"),
        square);
}

TEST(GeoJson, WithoutCoordinatesIsNoGeometry) {
    EXPECT_EQ(rewritten(R"({"type":"MultiPolygon","coordinates":[]})"), "null");
    EXPECT_EQ(rewritten(R"({"type":"Polygon","coordinates":[]})"), "null");
    EXPECT_EQ(rewritten(R"({"type":"Point","coordinates":[ ]})"), "null");
    EXPECT_EQ(rewritten(R"({"type":"GeometryCollection","geometries":[]})"), "null");
}

TEST(GeoJson, OfACollectionOfOneKindIsOneGeometry) {
    EXPECT_EQ(
        rewritten(
            R"({"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"MultiPoint","coordinates":[[3,4]]}]})"),
        R"({"type":"MultiPoint","coordinates":[[1,2],[3,4]]})");
    EXPECT_THAT(
        refusal(R"({"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},)" +
                std::string(square) + "]}"),
        HasSubstr("different kinds"));
}

TEST(GeoJson, NamesThePathOfARingThatIsNotClosed) {
    EXPECT_THAT(
        refusal(
            R"({"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[0,0],[1,0],[1,1],[0,1]]]]})"),
        HasSubstr(
            "coordinates[1][0]: a ring is not closed: it begins at lon 0, lat 0 and ends at lon 0, lat 1"));
}

TEST(GeoJson, RefusesMetres) {
    EXPECT_THAT(refusal(R"({"type":"Point","coordinates":[334597,4007706]})"),
                HasSubstr("no place in degrees"));
    EXPECT_THAT(
        refusal(
            R"({"type":"Polygon","coordinates":[[[334597,4007706],[334598,4007706],[334598,4007707],[334597,4007706]]]})"),
        HasSubstr("metres must be converted"));
}

TEST(GeoJson, RefusesAnotherReferenceSystem) {
    EXPECT_THAT(
        refusal(
            R"({"type":"Point","coordinates":[1,2],"crs":{"type":"name","properties":{"name":"EPSG:3857"}}})"),
        HasSubstr("other than WGS 84"));
    EXPECT_EQ(
        refusal(
            R"({"type":"Point","coordinates":[1,2],"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}})"),
        "");
}

TEST(GeoJson, RefusesWhatIsNoGeometry) {
    EXPECT_THAT(refusal(R"({"type":"Feature","geometry":null})"), HasSubstr("want a geometry"));
    EXPECT_THAT(refusal(R"({"type":"Circle","coordinates":[1,2]})"), HasSubstr("type 'Circle'"));
    EXPECT_THAT(refusal(R"({"coordinates":[1,2]})"), HasSubstr("without 'type'"));
    EXPECT_THAT(refusal(R"({"type":"Point"})"), HasSubstr("without 'coordinates'"));
    EXPECT_THAT(refusal(R"({"type":"Point","coordinates":[1]})"), HasSubstr("two numbers"));
    EXPECT_THAT(refusal(R"({"type":"Point","coordinates":["1","2"]})"), HasSubstr("want a number"));
    EXPECT_THAT(refusal(R"({"type":"Point","coordinates":[01,2]})"), HasSubstr("begins with 0"));
    EXPECT_THAT(refusal(R"({"type":"Point","coordinates":[1e999,2]})"), HasSubstr("too large"));
    EXPECT_THAT(refusal(R"({"type":"Point","coordinates":[1,2]} x)"), HasSubstr("after the geometry"));
    EXPECT_THAT(refusal(R"({"type":"Point","coordinates":[1,2)"), HasSubstr("the text ends"));
    EXPECT_THAT(refusal(""), HasSubstr("the text ends"));
}

TEST(GeoJson, RefusesDeepNesting) {
    std::string collections;
    for (int i = 0; i < 100'000; ++i) collections += R"({"type":"GeometryCollection","geometries":[)";
    EXPECT_THAT(refusal(collections), HasSubstr("nested more than 64 deep"));
    EXPECT_THAT(refusal(R"({"x":)" + std::string(100'000, '[')), HasSubstr("nested more than 64 deep"));
}

TEST(GeoJson, RefusesMoreVerticesThanAllowed) {
    EXPECT_FALSE(geometry_from_geojson(square, {.vertices = 4, .depth = 64}));
    EXPECT_TRUE(geometry_from_geojson(square, {.vertices = 5, .depth = 64}));
}

TEST(GeoJson, OfADiscIsAPolygonOf128Corners) {
    std::string out;
    append_geojson(out, Shape(Disc{{36, 37}, Distance::km(10)}));
    const auto shape = shape_from_geojson(out);
    ASSERT_TRUE(shape);
    EXPECT_EQ(shape->lats().size(), 129U);
}

TEST(GeoJson, KeepsEveryNumberToTheLastBit) {
    EXPECT_TRUE(rc::check([](double a, double b) {
        const double lat = std::remainder(a, 90.0);
        const double lon = std::remainder(b, 180.0);
        RC_PRE(std::isfinite(lat) && std::isfinite(lon));
        const auto back = geometry_from_geojson(written(Points{{{lat, lon}}}));
        RC_ASSERT(back.has_value());
        RC_ASSERT(*back == Geometry(Points{{{lat, lon}}}));
    }));
}

TEST(GeoJson, ReadsNumbersAsTheStandardLibraryDoes) {
    EXPECT_TRUE(rc::check([] {
        const auto digits =
            *rc::gen::container<std::string>(rc::gen::inRange('0', static_cast<char>('9' + 1)));
        const int exponent = *rc::gen::inRange(-30, 2);
        const std::string number = "1." + digits + "7e" + std::to_string(exponent);
        const auto geometry =
            geometry_from_geojson(R"({"type":"Point","coordinates":[)" + number + ",1." + digits + "7]}");
        RC_ASSERT(geometry.has_value());
        const Point p = std::get<Points>(*geometry).points.front();
        double expected = 0;
        std::istringstream(number) >> expected;
        RC_ASSERT(p.lon == expected);
        std::istringstream("1." + digits + "7") >> expected;
        RC_ASSERT(p.lat == expected);
    }));
}

TEST(ShapeFromGeoJson, RefusesALineAndSaysWhatToDo) {
    const auto shape = shape_from_geojson(R"({"type":"LineString","coordinates":[[0,0],[1,1]]})");
    ASSERT_FALSE(shape);
    EXPECT_THAT(shape.error().message, HasSubstr("give it a buffer"));
}

TEST(CountryShapes, DecodesSharedArcsAndQuantisation) {
    // Two unit squares side by side: arc 0 is the border between them, the second country runs it backwards.
    const auto countries =
        country_shapes(R"({"type":"Topology","transform":{"scale":[0.5,0.5],"translate":[10,20]},
        "arcs":[[[2,0],[0,2]],[[2,2],[-2,0],[0,-2],[2,0]],[[2,0],[2,0],[0,2],[-2,0]]],
        "objects":{"countries":{"type":"GeometryCollection","geometries":[
            {"type":"Polygon","arcs":[[0,1]],"id":"004","properties":{"name":"West"}},
            {"type":"MultiPolygon","arcs":[[[-1,2]]],"properties":{"name":"East"}}]}}})");
    ASSERT_TRUE(countries) << countries.error().message;
    ASSERT_EQ(countries->size(), 2U);
    EXPECT_EQ((*countries)[0].iso_numeric, 4);
    EXPECT_EQ((*countries)[1].iso_numeric, 0);
    EXPECT_EQ((*countries)[1].name, "East");
    EXPECT_EQ((*countries)[0].shape.bounds(), (Box{20, 10, 21, 11}));
    EXPECT_EQ((*countries)[1].shape.bounds(), (Box{20, 11, 21, 12}));
    EXPECT_TRUE(contains((*countries)[0].shape, {20.5, 10.5}));
    EXPECT_TRUE(contains((*countries)[1].shape, {20.5, 11.5}));
}

TEST(CountryShapes, RefusesAnArcThatIsNotThere) {
    const auto countries =
        country_shapes(R"({"type":"Topology","arcs":[],"objects":{"countries":{"geometries":[
        {"type":"Polygon","arcs":[[5]]}]}}})");
    ASSERT_FALSE(countries);
    EXPECT_THAT(countries.error().message, HasSubstr("arc 5 of 0"));
}

/// Natural Earth as the npm package world-atlas 2.0.2 has it; TRUCEWATCH_WORLD_ATLAS names its folder.
std::string world_atlas_text() {
    const char* given = std::getenv("TRUCEWATCH_WORLD_ATLAS");
    const std::string folder =
        given != nullptr ? given : (checkout() / "web/node_modules/world-atlas").string();
    std::ifstream file(folder + "/countries-10m.json", std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(CountryShapes, ReadsNaturalEarth) {
    const std::string text = world_atlas_text();
    if (text.empty())
        GTEST_SKIP() << "world-atlas is not installed; set TRUCEWATCH_WORLD_ATLAS to its folder";
    const auto countries = country_shapes(text);
    ASSERT_TRUE(countries) << countries.error().message;
    EXPECT_EQ(countries->size(), 255U);
    const auto country = [&](int code) {
        return *std::ranges::find(*countries, code, &CountryShape::iso_numeric);
    };
    EXPECT_EQ(country(760).name, "Syria");
    EXPECT_TRUE(contains(country(760).shape, {36.2, 37.16}));
    EXPECT_FALSE(contains(country(760).shape, {33.89, 35.5}));
    // Chukotka lies beyond the antimeridian, Fiji on both sides of it, the South Pole in Antarctica.
    EXPECT_TRUE(contains(country(643).shape, {66.0, -172.0}));
    EXPECT_TRUE(contains(country(643).shape, {55.75, 37.6}));
    EXPECT_FALSE(contains(country(643).shape, {66.0, -10.0}));
    EXPECT_TRUE(contains(country(242).shape, {-17.8, 178.0}));
    EXPECT_TRUE(contains(country(10).shape, {-90.0, 0.0}));
    EXPECT_TRUE(contains(country(10).shape, {-85.0, 100.0}));
    // Land areas by the CIA World Factbook, to 2 %.
    EXPECT_NEAR(area(country(643).shape).value, 17'098'242, 0.02 * 17'098'242);
    EXPECT_NEAR(area(country(760).shape).value, 187'437, 0.02 * 187'437);
    EXPECT_NEAR(area(country(40).shape).value, 83'871, 0.02 * 83'871);
}

TEST(CountryShapes, OfNaturalEarthCanAllBeMended) {
    const std::string text = world_atlas_text();
    if (text.empty())
        GTEST_SKIP() << "world-atlas is not installed; set TRUCEWATCH_WORLD_ATLAS to its folder";
    const auto countries = country_shapes(text);
    ASSERT_TRUE(countries);
    std::vector<std::string> refused;
    const auto mended = std::ranges::count_if(*countries, [&](const CountryShape& country) {
        const auto result = mend(country.shape);
        if (!result) refused.push_back(country.name);
        EXPECT_TRUE(!result || std::abs(result->area_after.value / result->area_before.value - 1) < 5e-3)
            << country.name << ": " << result->note;
        return result && !result->note.empty();
    });
    // Quantisation leaves the Vatican no surface: refused, with the reason, and not lost.
    EXPECT_THAT(refused, testing::ElementsAre("Vatican"));
    EXPECT_GT(mended, 0);
    EXPECT_LT(mended, 60);
}

}  // namespace
}  // namespace truce
