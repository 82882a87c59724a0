// SPDX-License-Identifier: Apache-2.0
#include "sources/mission_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "checkout.h"
#include "geo/shape.h"

namespace truce::sources {
namespace {

namespace fs = std::filesystem;

/// A world of one country: Syria as a rectangle.
constexpr std::string_view one_country =
    R"({"type":"Topology","objects":{"countries":{"type":"GeometryCollection",
"geometries":[{"type":"Polygon","arcs":[[0]],"id":"760","properties":{"name":"Syria"}}]}},
"arcs":[[[35.7,32.3],[42.4,32.3],[42.4,37.3],[35.7,37.3],[35.7,32.3]]]})";

constexpr std::string_view square =
    R"({"type":"Polygon","coordinates":[[[37,36],[37.3,36],[37.3,36.3],[37,36.3],[37,36]]]})";

std::string text_of_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

MissionFiles files_of(const fs::path& folder) {
    MissionFiles files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        const auto path = entry.path().lexically_relative(folder).generic_string();
        if (path.starts_with("accounts/")) {
            files.others.insert(path);
        } else {
            files.texts[path] = text_of_file(entry.path());
        }
    }
    return files;
}

std::string all_text(const std::vector<Error>& errors) {
    std::string text;
    for (const auto& error : errors) text += error.text() + "\n";
    return text;
}

std::string feature(std::string_view properties, std::string_view geometry = square) {
    return R"({"type": "Feature", "properties": {)" + std::string(properties) + R"(}, "geometry": )" +
           std::string(geometry) + "}";
}

std::string features(std::initializer_list<std::string> list) {
    std::string text = "{\"type\": \"FeatureCollection\", \"features\": [\n";
    for (const auto& one : list) text += (text.ends_with("[\n") ? "" : ",\n") + one;
    return text + "\n]}\n";
}

/// The part of an agreement file above what a test is about: six lines.
constexpr std::string_view head =
    "trucewatch: 1\n"
    "agreement: a\n"
    "title: A\n"
    "zone: Asia/Damascus\n"
    "area: aleppo\n"
    "duties: [{id: calm, forbids: [attack]}]\n";

MissionFiles sound_mission() {
    MissionFiles files;
    files.texts["mission.yaml"] = "trucewatch: 1\nmission: m\nzone: Asia/Damascus\n";
    files.texts["actors.yaml"] =
        "trucewatch: 1\n"
        "actors:\n"
        "  - {id: gov, kind: state, spellings: [Government]}\n"
        "  - {id: opp, kind: coalition, spellings: [Opposition]}\n"
        "  - {id: nusra, kind: armed_group, spellings: [Nusra]}\n"
        "  - {id: insurgents, kind: umbrella, relations: [{contains: opp}, {contains: nusra}]}\n";
    files.texts["areas/aleppo.geojson"] = features({feature(R"("id": "aleppo")")});
    files.texts["agreements/a.yaml"] = std::string(head) + "in_force: {from: 2016-05-04T00:01}\n";
    return files;
}

/// The mission with one agreement whose file is the head and then `rest`.
MissionFiles with_agreement(std::string_view rest) {
    auto files = sound_mission();
    files.texts["agreements/a.yaml"] = std::string(head) + std::string(rest);
    return files;
}

std::string errors_of(const MissionFiles& files) {
    const auto loaded = load_mission(files, one_country);
    return loaded ? "" : all_text(loaded.error().errors);
}

std::string errors_of(std::string_view rest) {
    return errors_of(with_agreement(rest));
}

std::string warnings_of(const MissionFiles& files) {
    const auto loaded = load_mission(files, one_country);
    return loaded ? all_text(loaded->warnings) : "errors: " + all_text(loaded.error().errors);
}

std::string warnings_of(std::string_view rest) {
    return warnings_of(with_agreement(rest));
}

/// The agreement of a sound mission with `rest` in its file.
Agreement read(std::string_view rest) {
    const auto loaded = load_mission(with_agreement(rest), one_country);
    EXPECT_TRUE(loaded) << all_text(loaded.error().errors);
    return loaded ? loaded->agreements.front() : Agreement{};
}

sys_seconds utc(int y, unsigned m, unsigned d, int hour = 0, int minute = 0) {
    return sys_days{std::chrono::year{y} / std::chrono::month{m} / std::chrono::day{d}} +
           std::chrono::hours{hour} + std::chrono::minutes{minute};
}

TEST(MissionFolder, TheExampleLoadsWithoutErrors) {
    const auto loaded =
        load_mission(files_of(checkout() / "examples/aleppo-2016"), one_country);
    ASSERT_TRUE(loaded) << all_text(loaded.error().errors);
    EXPECT_EQ(loaded->mission.id, "aleppo-2016");
    EXPECT_GE(loaded->agreements.size(), 7U);
    for (const auto& warning : loaded->warnings) EXPECT_NE(warning.line, 0U) << warning.text();
}

TEST(MissionFolder, ASoundMissionHasNeitherErrorNorWarning) {
    EXPECT_EQ(errors_of(sound_mission()), "");
    EXPECT_EQ(warnings_of(sound_mission()), "");
}

TEST(MissionFolder, AnEmptyFolderSaysWhatIsMissing) {
    EXPECT_EQ(errors_of(MissionFiles{}),
              "actors.yaml: the folder has no actors.yaml; doc/formats/actors.md shows what one looks like\n"
              "mission.yaml: the folder has no mission.yaml, so it is no mission; doc/formats/mission.md "
              "shows what one "
              "looks like\n");
}

// Times

TEST(AgreementFile, LocalTimesAreReadInTheAgreementsZone) {
    const auto a = read("in_force: {from: 2016-05-04T00:01, to: 2016-05-06T00:01}\n");
    EXPECT_EQ(a.from, Moment::at(utc(2016, 5, 3, 21, 1)));
    EXPECT_EQ(a.until, Moment::at(utc(2016, 5, 5, 21, 1)));
}

TEST(AgreementFile, ADateAloneBeginsAndEndsWithItsFirstInstant) {
    const auto a = read("in_force: {from: 2016-05-04, to: 2016-05-06}\n");
    EXPECT_EQ(a.from, Moment::at(utc(2016, 5, 3, 21)));
    EXPECT_EQ(a.until, Moment::at(utc(2016, 5, 5, 21)));
}

TEST(AgreementFile, AnAnnouncementsDateAloneIsTheWholeDay) {
    const auto a = read("announced: 2016-05-04\nin_force: {from: 2016-05-04}\n");
    EXPECT_EQ(a.announced, (Moment{utc(2016, 5, 3, 21), utc(2016, 5, 4, 21) - std::chrono::seconds{1}}));
}

TEST(AgreementFile, APartialDateIsAnInterval) {
    const auto a = read("in_force: {from: 2016-05, to: {earliest: 2016-07-01, latest: 2016-07-10}}\n");
    EXPECT_EQ(a.from, (Moment{utc(2016, 4, 30, 21), utc(2016, 5, 30, 21)}));
    EXPECT_EQ(a.until, (Moment{utc(2016, 6, 30, 21), utc(2016, 7, 9, 21)}));
}

TEST(AgreementFile, UnknownStaysUnknownAndNoEndIsOpen) {
    const auto a = read("in_force: {from: unknown, to: unknown}\n");
    EXPECT_EQ(a.from, Moment::unknown());
    EXPECT_EQ(a.until, Moment::unknown());
    EXPECT_EQ(read("in_force: {from: 2016-05-04}\n").until, Moment::at(open_end));
    EXPECT_EQ(read("in_force: {from: 2016-05-04, to: open}\n").until, Moment::at(open_end));
}

TEST(AgreementFile, ALengthMayStandForTheEnd) {
    EXPECT_EQ(read("in_force: {from: 2016-05-04T00:01, for: PT48H}\n").until,
              Moment::at(utc(2016, 5, 5, 21, 1)));
    // The clocks go forward in the night before 25 March 2016: three days are 71 hours then.
    EXPECT_EQ(read("in_force: {from: 2016-03-23T00:30, for: P3D}\n").until,
              Moment::at(utc(2016, 3, 25, 21, 30)));
    EXPECT_EQ(read("in_force: {from: 2016-03-23T00:30, for: PT72H}\n").until,
              Moment::at(utc(2016, 3, 25, 22, 30)));
}

TEST(AgreementFile, TimesThatTheClocksSkippedOrShowedTwiceAreErrors) {
    EXPECT_EQ(
        errors_of("in_force: {from: 2016-03-25T00:30}\n"),
        "agreements/a.yaml:7:18: from: 2016-03-25 00:30 does not exist in Asia/Damascus: the clocks were put "
        "forward over it; give a time that exists, or add the offset from UTC\n");
    EXPECT_EQ(
        errors_of("in_force: {from: 2016-10-27T23:30}\n"),
        "agreements/a.yaml:7:18: from: 2016-10-27 23:30 happened twice in Asia/Damascus: the clocks were put "
        "back; add the offset from UTC, as in +02:00\n");
    EXPECT_EQ(read("in_force: {from: 2016-10-27T23:30+02:00}\n").from, Moment::at(utc(2016, 10, 27, 21, 30)));
}

TEST(AgreementFile, ADateThatDoesNotExistIsAnError) {
    EXPECT_EQ(
        errors_of("in_force: {from: 2016-13-04}\n"),
        "agreements/a.yaml:7:18: from '2016-13-04' is not understood (date '2016-13-04' has month 13; want "
        "01 to "
        "12); want YYYY-MM-DD, YYYY-MM-DDTHH:MM, a month YYYY-MM, a year YYYY, {earliest: .., latest: ..} or "
        "unknown\n");
}

TEST(AgreementFile, AnEndBeforeTheStartIsAnError) {
    EXPECT_EQ(errors_of("in_force: {from: 2016-05-04, to: 2016-05-04}\n"),
              "agreements/a.yaml:7:34: the end is not after the start; 'to' is the first instant at which "
              "the agreement "
              "no longer holds\n");
}

TEST(AgreementFile, ToAndForExcludeEachOther) {
    EXPECT_EQ(errors_of("in_force: {from: 2016-05-04, to: 2016-05-06, for: P2D}\n"),
              "agreements/a.yaml:7:51: 'to' and 'for' both say when it ends; leave one of them\n");
}

TEST(AgreementFile, AMalformedDurationSaysWhatIsWanted) {
    EXPECT_EQ(
        errors_of("in_force: {from: 2016-05-04, for: 48h}\n"),
        "agreements/a.yaml:7:35: for must be an ISO 8601 duration in days or hours, as P3D or PT48H; found "
        "'48h'\n");
}

// Names

TEST(AgreementFile, UndefinedNamesAreToldWithTheNearest) {
    EXPECT_EQ(errors_of("in_force: {from: 2016-05-04}\n"
                        "relation: [{reaffirms: b}]\n"
                        "adherents: [{actor: gvo}]\n"
                        "except_areas: [alepo]\n"),
              "agreements/a.yaml:8:24: agreement 'b' is not defined; did you mean 'a'?\n"
              "agreements/a.yaml:9:21: actor 'gvo' is not defined; did you mean 'gov'?\n"
              "agreements/a.yaml:10:16: area 'alepo' is not defined; did you mean 'aleppo'?\n");
}

TEST(AgreementFile, UnknownKeysAndWordsAreToldWithTheNearest) {
    EXPECT_EQ(
        errors_of("in_force: {from: 2016-05-04, renewall: none}\n"
                  "class: definitve\n"
                  "adherants: []\n"),
        "agreements/a.yaml:7:30: in_force has no key 'renewall'; did you mean 'renewal'?\n"
        "agreements/a.yaml:8:8: class must be unclear, cessation_of_hostilities, preliminary or definitive; "
        "found "
        "'definitve'; did you mean 'definitive'?\n"
        "agreements/a.yaml:9:1: the agreement file has no key 'adherants'; did you mean 'adherents'?\n");
}

TEST(AgreementFile, AnActThatIsNoneIsToldWithTheNearest) {
    auto files = sound_mission();
    files.texts["agreements/a.yaml"] =
        "trucewatch: 1\nagreement: a\ntitle: A\nzone: UTC\narea: aleppo\nin_force: {from: 2016-05-04}\n"
        "duties: [{id: x, forbids: [attack.shellling, dancing]}]\n";
    EXPECT_EQ(errors_of(files),
              "agreements/a.yaml:7:28: 'attack.shellling' is no act that a duty can name; did you mean "
              "'attack.shelling'?\n"
              "agreements/a.yaml:7:46: 'dancing' is no act that a duty can name; doc/formats/agreement.md "
              "lists them\n");
}

TEST(AgreementFile, AZoneThatIsNoneIsToldWithTheNearest) {
    auto files = sound_mission();
    files.texts["agreements/a.yaml"] =
        "trucewatch: 1\nagreement: a\ntitle: A\nzone: Asia/Damascuss\narea: aleppo\nin_force: {from: "
        "2016-05-04}\n"
        "duties: [{id: x, forbids: [attack]}]\n";
    EXPECT_EQ(errors_of(files),
              "agreements/a.yaml:4:7: time zone 'Asia/Damascuss' is not in the IANA database; did you mean "
              "'Asia/Damascus'?\n");
}

TEST(AgreementFile, ARelationToItselfIsAnError) {
    EXPECT_EQ(errors_of("in_force: {from: 2016-05-04}\nrelation: [{reaffirms: a}]\n"),
              "agreements/a.yaml:8:24: agreement 'a' stands in a relation to itself\n");
}

TEST(AgreementFile, TwoFilesWithOneIdAreAnError) {
    auto files = sound_mission();
    files.texts["agreements/b.yaml"] = files.texts["agreements/a.yaml"];
    EXPECT_EQ(errors_of(files),
              "agreements/b.yaml:2:12: agreement 'a' is defined twice; first in agreements/a.yaml\n");
}

// Parts

TEST(AgreementFile, ADutyThatRequiresAndForbidsTheSameThingIsOne) {
    const auto a = read(
        "in_force: {from: 2016-05-04}\n"
        "pre_effective_duties:\n"
        "  - {id: aid, requires: [access.allow], forbids: [access.deny], for: [humanitarian]}\n");
    ASSERT_EQ(a.duties.size(), 2U);
    EXPECT_EQ(a.duties[1].deontic, Deontic::obligatory);
    EXPECT_EQ(a.duties[1].until, a.from);
    EXPECT_TRUE(a.duties[1].against.has(TargetKind::humanitarian));
}

TEST(AgreementFile, AParagraphWithTwoDutiesBecomesTwo) {
    const auto a = read(
        "in_force: {from: 2016-05-04}\n"
        "pre_effective_duties: [{id: x, requires: [release], forbids: [recon]}]\n");
    ASSERT_EQ(a.duties.size(), 3U);
    EXPECT_EQ(a.duties[1].id, "x");
    EXPECT_EQ(a.duties[2].id, "x.prohibited");
}

TEST(AgreementFile, FieldsWithoutAPlaceInTheModelAreKept) {
    const auto a = read(
        "in_force: {from: 2016-05-04, stated: [{by: gov, from: 2016-05-05}]}\n"
        "adherents: [{actor: gov, side: government, accepted: unknown, includes: [allied_with]}]\n");
    const std::vector<std::pair<std::string, std::string>> kept{
        {"in_force.stated", "{by: gov, from: 2016-05-05}"}, {"adherents[0].side", "government"}};
    EXPECT_EQ(a.raw_codes, kept);
    EXPECT_EQ(a.adherents.front().accepted, Moment::unknown());
    EXPECT_EQ(a.adherents.front().reach, Adherent::Reach::allies_and_associates);
}

TEST(AgreementFile, AListOfExcludedNamesEachOnIt) {
    const auto a = read(
        "in_force: {from: 2016-05-04}\n"
        "excluded: [{list: un, basis: un_designated, actors: [nusra, insurgents]}]\n");
    ASSERT_EQ(a.excluded.size(), 2U);
    EXPECT_EQ(a.excluded[1].basis, ExclusionBasis::un_designated);
    EXPECT_EQ(warnings_of("in_force: {from: 2016-05-04}\nexcluded: [{list: un}]\n"),
              "agreements/a.yaml:8:12: the list 'un' names nobody, so nobody is excluded by it; add actors: "
              "[..] with "
              "those on it that matter here\n");
}

// Areas

TEST(AreasFile, EachGuarantorsDrawingIsAVersion) {
    auto files = with_agreement("in_force: {from: 2016-05-04}\n");
    files.texts["areas/aleppo.geojson"] = features(
        {feature(R"("id": "aleppo", "version": "gov")"), feature(R"("id": "aleppo", "version": "opp")")});
    const auto loaded = load_mission(files);
    ASSERT_TRUE(loaded) << all_text(loaded.error().errors);
    const auto& versions = loaded->agreements.front().area->versions;
    ASSERT_EQ(versions.size(), 2U);
    EXPECT_EQ(versions[0].by, "gov");
    EXPECT_EQ(loaded->areas[versions[1].area].version, "opp");
}

TEST(AreasFile, ACountryIsTakenFromTheShapesAtHand) {
    auto files = sound_mission();
    auto& text = files.texts["agreements/a.yaml"];
    text.replace(text.find("area: aleppo"), 12, "area: {country: SYR}");
    files.texts.erase("areas/aleppo.geojson");
    const auto loaded = load_mission(files, one_country);
    ASSERT_TRUE(loaded) << all_text(loaded.error().errors);
    const auto& area = loaded->areas[loaded->agreements.front().area->versions.front().area];
    EXPECT_EQ(area.code, "SYR");
    EXPECT_TRUE(contains(area.shape, {36.2, 37.16}));
    EXPECT_FALSE(contains(area.shape, {33.3, 44.4}));
    const auto without = load_mission(files);
    ASSERT_FALSE(without);
    EXPECT_EQ(all_text(without.error().errors),
              "agreements/a.yaml:5:17: no shape is at hand for country 'SYR'; add a feature with "
              "\"admin_level\": 0 and "
              "\"code\": \"SYR\" to areas/\n");
}

TEST(AreasFile, CirclesAndBufferedLinesAreAreas) {
    auto files = sound_mission();
    files.texts["areas/aleppo.geojson"] =
        features({feature(R"("id": "aleppo", "circle": {"radius_m": 5000})",
                          R"({"type":"Point","coordinates":[37.16,36.2]})"),
                  feature(R"("id": "line", "buffer_m": 500)",
                          R"({"type":"LineString","coordinates":[[37,36],[37.5,36]]})")});
    const auto loaded = load_mission(files);
    ASSERT_TRUE(loaded) << all_text(loaded.error().errors);
    EXPECT_TRUE(contains(loaded->areas.areas()[0].shape, {36.22, 37.16}));
    EXPECT_TRUE(contains(loaded->areas.areas()[1].shape, {36.003, 37.2}));
    EXPECT_FALSE(contains(loaded->areas.areas()[1].shape, {36.01, 37.2}));
    EXPECT_EQ(all_text(loaded->warnings), "areas/aleppo.geojson:3: area 'line' is used by no agreement\n");
}

TEST(AreasFile, APolygonThatCrossesItselfIsMendedVisibly) {
    auto files = sound_mission();
    files.texts["areas/aleppo.geojson"] = features(
        {feature(R"("id": "aleppo")",
                 R"({"type":"Polygon","coordinates":[[[37,36],[38,37],[38,36],[37,37],[37,36]]]})")});
    const auto loaded = load_mission(files);
    ASSERT_TRUE(loaded) << all_text(loaded.error().errors);
    EXPECT_FALSE(loaded->areas.areas().front().mended.empty());
    EXPECT_TRUE(all_text(loaded->warnings).starts_with("areas/aleppo.geojson:2: area 'aleppo' was mended: "))
        << all_text(loaded->warnings);
}

TEST(AreasFile, WhatIsNoAreaIsAnErrorWithItsLine) {
    auto files = sound_mission();
    files.texts["areas/b.geojson"] = features(
        {feature(R"("id": "p")", R"({"type":"Point","coordinates":[37,36]})"), feature(R"("name": "nobody")"),
         feature(R"("id": "aleppo")"), feature(R"("id": "n")", "null")});
    EXPECT_EQ(errors_of(files),
              "areas/b.geojson:2: area 'p': is a point, and a point has no extent; add \"circle\": "
              "{\"radius_m\": ..} "
              "to its properties\n"
              "areas/b.geojson:3: a feature lacks the property 'id', the name that agreements use for it\n"
              "areas/b.geojson:4: area 'aleppo' is defined twice; first in areas/aleppo.geojson:2\n"
              "areas/b.geojson:5: area 'n': has no geometry; draw it, or take the feature out\n");
}

TEST(AreasFile, WhatIsNoGeoJsonIsRefused) {
    auto files = sound_mission();
    files.texts["areas/b.geojson"] = "<html>";
    const auto errors = errors_of(files);
    EXPECT_TRUE(errors.starts_with("areas/b.geojson:1: this is not GeoJSON with features (")) << errors;
}

// Checks over several parts

TEST(Check, ALineageThatRunsInACircleIsNamed) {
    auto files = with_agreement("in_force: {from: 2016-05-04}\nrelation: [{reaffirms: b}]\n");
    auto b = files.texts["agreements/a.yaml"];
    b.replace(b.find("agreement: a"), 12, "agreement: b");
    b.replace(b.find("reaffirms: b"), 12, "implements: a");
    files.texts["agreements/b.yaml"] = b;
    EXPECT_EQ(errors_of(files), "agreements/a.yaml:8:24: the lineage runs in a circle: a -> b -> a\n");
}

TEST(Check, AChildThatOutlivesItsParentIsWarnedOf) {
    auto files = with_agreement("in_force: {from: 2016-05-04, to: 2016-05-10}\nrelation: [{reaffirms: b}]\n");
    auto b = std::string(head) + "in_force: {from: 2016-05-01, to: 2016-05-06}\n";
    b.replace(b.find("agreement: a"), 12, "agreement: b");
    files.texts["agreements/b.yaml"] = b;
    EXPECT_EQ(
        warnings_of(files),
        "agreements/a.yaml:7:34: it outlives 'b', which it reaffirms and which ends 2016-05-06 00:00\n");
}

TEST(Check, AGapInAChainOfExtensionsIsWarnedOf) {
    auto files =
        with_agreement("in_force: {from: 2016-05-07, to: 2016-05-10}\nrelation: [{extends_time_of: b}]\n");
    auto b = std::string(head) + "in_force: {from: 2016-05-01, to: 2016-05-06T12:00}\n";
    b.replace(b.find("agreement: a"), 12, "agreement: b");
    files.texts["agreements/b.yaml"] = b;
    EXPECT_EQ(warnings_of(files),
              "agreements/a.yaml:8:30: a gap of 12 h: 'b' ends 2016-05-06 12:00 and this begins 2016-05-07 "
              "00:00; in "
              "between neither holds\n");
}

TEST(Check, ContradictionsBetweenPartiesAndExclusionsAreWarnedOf) {
    EXPECT_EQ(warnings_of("in_force: {from: 2016-05-04}\n"
                          "adherents: [{actor: gov}, {actor: opp}, {actor: insurgents}, {actor: gov}]\n"
                          "excluded: [{actor: gov}, {actor: nusra}, {actor: insurgents}]\n"),
              "agreements/a.yaml:8:62: 'gov' stands twice among the adherents\n"
              "agreements/a.yaml:9:12: 'gov' is excluded and an adherent too\n"
              "agreements/a.yaml:9:26: 'nusra' is excluded, and the adherent 'insurgents' contains it\n"
              "agreements/a.yaml:9:42: 'insurgents' is excluded, and contains 'opp', which is an adherent\n"
              "agreements/a.yaml:9:42: 'insurgents' is excluded and an adherent too\n");
}

TEST(Check, WhatAnAgreementLacksIsWarnedOf) {
    auto files = sound_mission();
    files.texts["agreements/a.yaml"] =
        "trucewatch: 1\nagreement: a\ntitle: A\nin_force: {from: 2016-05-04}\n";
    EXPECT_EQ(
        warnings_of(files),
        "agreements/a.yaml:2:12: no zone is given; its times are read as Asia/Damascus\n"
        "agreements/a.yaml:2:12: it has no duties and no parent to take them from, so nothing can breach it\n"
        "areas/aleppo.geojson:2: area 'aleppo' is used by no agreement\n");
}

TEST(Check, AcceptanceAfterTheEndAndActsBothRequiredAndForbiddenAreWarnedOf) {
    EXPECT_EQ(warnings_of("in_force: {from: 2016-05-04, to: 2016-05-06}\n"
                          "adherents: [{actor: gov, accepted: 2016-05-07}]\n"
                          "pre_effective_duties: [{id: x, requires: [attack.shelling]}]\n"),
              "agreements/a.yaml:8:13: 'gov' accepts 2016-05-07 00:00, after the end (2016-05-06 00:00)\n"
              "agreements/a.yaml:9:24: duty 'x' requires attack.shelling, which duty 'calm' forbids\n");
}

TEST(Check, AnAreaWithTheVersionOfOneAloneIsWarnedOf) {
    auto files = sound_mission();
    files.texts["areas/aleppo.geojson"] = features({feature(R"("id": "aleppo", "version": "gvo")")});
    EXPECT_EQ(
        warnings_of(files),
        "agreements/a.yaml:5:7: the area's only version is that of 'gvo'; a version that all agree on needs "
        "no "
        "name\n"
        "agreements/a.yaml:5:7: the area has a version of 'gvo', which is no actor; did you mean 'gov'?\n");
}

// mission.yaml

TEST(MissionFile, FocusTruceAndAccountsMustBeThere) {
    auto files = sound_mission();
    files.texts["mission.yaml"] +=
        "focus: alepo\ntruce: b\naccounts:\n  - accounts/gde.csv\n  - {file: accounts/ged.csv, source: "
        "{republish: maybe}}\n";
    files.others = {"accounts/ged.csv"};
    EXPECT_EQ(
        errors_of(files),
        "mission.yaml:4:8: focus: area 'alepo' is not defined; did you mean 'aleppo'?\n"
        "mission.yaml:5:8: truce: agreement 'b' is not defined; did you mean 'a'?\n"
        "mission.yaml:7:5: accounts: file 'accounts/gde.csv' is not in the folder; did you mean "
        "'accounts/ged.csv'?\n"
        "mission.yaml:8:50: republish must be true, false, rows, aggregates or nothing; found 'maybe'\n");
}

TEST(MissionFile, WithoutAListEveryFileOfAccountsIsTakenWithItsMapping) {
    auto files = sound_mission();
    files.others = {"accounts/b.csv", "accounts/b.mapping.yaml", "accounts/ged.csv"};
    const auto loaded = load_mission(files);
    ASSERT_TRUE(loaded) << all_text(loaded.error().errors);
    ASSERT_EQ(loaded->accounts.size(), 2U);
    EXPECT_EQ(loaded->accounts[0].mapping, "accounts/b.mapping.yaml");
    EXPECT_EQ(loaded->accounts[1].mapping, "");
}

TEST(MissionFile, AFileThatTheListLeavesOutIsWarnedOf) {
    auto files = sound_mission();
    files.texts["mission.yaml"] += "accounts: []\n";
    files.others = {"accounts/ged.csv"};
    EXPECT_EQ(warnings_of(files),
              "accounts/ged.csv: the file is not in the mission's list of accounts, so it is not "
              "read\n");
}

TEST(MissionFile, ThePeriodsEndIsTheFirstDayNoLongerInIt) {
    auto files = sound_mission();
    files.texts["mission.yaml"] += "period: {from: 2016-02-15, to: 2016-05-21}\n";
    const auto loaded = load_mission(files);
    ASSERT_TRUE(loaded);
    using namespace std::chrono;
    EXPECT_EQ(loaded->mission.period, (DayRange{sys_days{2016y / 2 / 15}, sys_days{2016y / 5 / 20}}));
}

// Actors

TEST(ActorsFile, RelationsAreLinkedAndDated) {
    auto files = sound_mission();
    files.texts["actors.yaml"] +=
        "  - {id: x, relations: [{part_of: gov, from: 2016-05-01, to: 2016-06-01}]}\n";
    const auto loaded = load_mission(files);
    ASSERT_TRUE(loaded) << all_text(loaded.error().errors);
    const auto x = *loaded->actors.with_id("x");
    const auto gov = *loaded->actors.with_id("gov");
    EXPECT_EQ(loaded->actors.acts_for(x, gov, utc(2016, 5, 15)), Answer::yes);
    EXPECT_EQ(loaded->actors.acts_for(x, gov, utc(2016, 5, 31, 20, 59)), Answer::yes);
    EXPECT_EQ(loaded->actors.acts_for(x, gov, utc(2016, 5, 31, 21)), Answer::no);
}

TEST(ActorsFile, SlipsAreToldWithTheirPlace) {
    auto files = sound_mission();
    files.texts["actors.yaml"] +=
        "  - {id: gov, kind: state}\n"
        "  - {id: z, kind: army, relations: [{partof: gov}, {part_of: gvo}, {part_of: z}]}\n";
    EXPECT_EQ(
        errors_of(files),
        "actors.yaml:7:10: actor 'gov' is defined twice; first in actors.yaml:3\n"
        "actors.yaml:8:19: kind must be state, armed_group, coalition, umbrella, organisation, civilians or "
        "unknown; found 'army'\n"
        "actors.yaml:8:37: a relation must be one of contains, part_of, commands, allied_with, "
        "associated_with, "
        "splinter_of, co_located_with, same_as or speaks_for, as {part_of: other-id}\n"
        "actors.yaml:8:38: relation has no key 'partof'; did you mean 'part_of'?\n"
        "actors.yaml:8:62: actor 'gvo' is not defined; did you mean 'gov'?\n"
        "actors.yaml:8:78: actor 'z' has a relation with itself\n");
}

// Loose files

TEST(LooseFiles, ActorsAreMadeUpWhereNoneAreGiven) {
    LooseFiles files;
    files.areas.push_back({"areas.geojson", features({feature(R"("id": "aleppo")")})});
    files.agreements.push_back(
        {"a.yaml", std::string(head) + "in_force: {from: 2016-05-04}\nadherents: [{actor: gov}]\n"});
    const auto loaded = load_loose(files);
    ASSERT_TRUE(loaded) << all_text(loaded.error().errors);
    EXPECT_TRUE(loaded->actors.with_id("gov"));
    EXPECT_EQ(loaded->mission.zone.name(), "Asia/Damascus");
    EXPECT_EQ(all_text(loaded->warnings),
              "a.yaml:8:21: actor 'gov' is defined nowhere; it has no name, code or relation, so no source's "
              "wording "
              "but this one is matched with it\n");
}

TEST(LooseFiles, WhereActorsAreGivenTheyMustBeDefined) {
    LooseFiles files;
    files.actors.push_back({"actors.yaml", "trucewatch: 1\nactors: [{id: gov, spellings: [G]}]\n"});
    files.agreements.push_back(
        {"a.yaml",
         "trucewatch: 1\nagreement: a\ntitle: A\nzone: UTC\nin_force: {from: 2016-05-04}\n"
         "adherents: [{actor: opp}]\n"});
    const auto loaded = load_loose(files);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(all_text(loaded.error().errors), "a.yaml:6:21: actor 'opp' is not defined\n");
}

// Everything at once

TEST(MissionFolder, AllErrorsOfAVeryBrokenMissionAreToldAtOnce) {
    const auto folder = checkout() / "tests/golden/broken-mission";
    const auto loaded = load_mission(files_of(folder / "mission"), one_country);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(all_text(loaded.error().errors), text_of_file(folder / "errors.txt"));
}

}  // namespace
}  // namespace truce::sources
