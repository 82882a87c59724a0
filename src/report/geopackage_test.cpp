// SPDX-License-Identifier: Apache-2.0
#include "report/geopackage.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "geo/shape.h"

namespace truce::report {
namespace {

/// A GeoPackage in a folder of its own that goes when the test ends.
class Written {
public:
    Written(const Dossier& dossier, const Assessment& assessment) {
        auto pattern = (std::filesystem::temp_directory_path() / "geopackage_test.XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        write_geopackage(path(), dossier, assessment, Readers::everyone);
    }
    Written(const Written&) = delete;
    Written& operator=(const Written&) = delete;
    ~Written() { std::filesystem::remove_all(folder_); }

    std::string path() const { return (folder_ / "made.gpkg").string(); }
    std::string bytes() const {
        std::ifstream file(path(), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::ptrdiff_t files() const { return std::distance(std::filesystem::directory_iterator(folder_), {}); }

private:
    std::filesystem::path folder_;
};

/// The first column of the first row that `sql` finds in the GeoPackage.
std::string first_of(const Written& made, const char* sql) {
    sqlite3* database = nullptr;
    sqlite3_open_v2(made.path().c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
    sqlite3_stmt* statement = nullptr;
    std::string value;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK) {
        value = sqlite3_errmsg(database);
    } else if (sqlite3_step(statement) == SQLITE_ROW) {
        value = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return value;
}

struct Sample {
    Dossier dossier;
    Assessment assessment;
};

Sample sample() {
    Sample made;
    Source source;
    source.id = "s";
    source.republish = Republish::rows;
    made.dossier.sources = {source};
    Area area;
    area.id = "aleppo";
    area.shape = rectangle({36, 37, 36.5, 37.5});
    made.dossier.areas = AreaRegister({area});
    Account account;
    account.key = "1";
    account.told.when.window = {sys_days{std::chrono::days{16925}}, sys_days{std::chrono::days{16926}}};
    account.told.place.centre = Point{36.2, 37.1};
    account.told.place.radius = Distance::km(5);
    made.dossier.accounts = {account};
    made.assessment.incidents = {{{AccountId{0}}, account.told}};
    made.assessment.judged.resize(1);
    made.assessment.judged[0].verdict = Verdict::breach;
    made.assessment.days = {sys_days{std::chrono::days{16925}}, sys_days{std::chrono::days{16925}}};
    return made;
}

TEST(GeoPackage, IsOneByItsMarkAndHasEveryLayer) {
    const auto made = sample();
    const Written package(made.dossier, made.assessment);
    EXPECT_EQ(package.bytes().substr(68, 4), "GPKG");
    EXPECT_EQ(
        first_of(package,
                 "SELECT group_concat(table_name) FROM (SELECT table_name FROM gpkg_contents ORDER BY 1)"),
        "areas,commitments,findings,incident_places,incidents");
    EXPECT_EQ(first_of(package, "PRAGMA integrity_check"), "ok");
    EXPECT_EQ(first_of(package, "SELECT count(*) FROM pragma_foreign_key_check"), "0");
}

TEST(GeoPackage, TimesAreUtcDatetimes) {
    const auto made = sample();
    const Written package(made.dossier, made.assessment);
    EXPECT_EQ(first_of(package, "SELECT start_time FROM incidents"), "2016-05-04T00:00:00.000Z");
}

TEST(GeoPackage, FindingsNameTheirIncidentAndCommitmentByTheirRows) {
    auto made = sample();
    Agreement agreement;
    agreement.id = "sy-2016";
    agreement.duties.emplace_back().id = "no-attacks";
    made.dossier.agreements = {agreement};
    made.assessment.commitments.emplace_back();
    Finding finding;
    finding.verdict = Verdict::undetermined;
    finding.elements[1] = {Answer::unknown, Reason::partly_inside, {0.25, 0.25}};
    finding.elements[0] = {Answer::yes, Reason::within_period, Chance::certain()};
    for (std::size_t i = 2; i < element_count; ++i) finding.elements[i] = finding.elements[0];
    finding.chance = {0.25, 0.25};
    made.assessment.findings = {finding};
    const Written package(made.dossier, made.assessment);
    EXPECT_EQ(
        first_of(package,
                 "SELECT incident || ' ' || agreement_duty || ' ' || findings.verdict || ' ' || chance_low "
                 "|| ' ' || "
                 "element || ' ' || reason FROM findings JOIN incidents ON incident_fid = incidents.fid "
                 "JOIN commitments ON commitment_fid = commitments.fid"),
        "s:1 sy-2016/no-attacks undetermined 0.25 in_area partly_inside");
}

TEST(GeoPackage, WhatSqliteAddsComesAfterOurRows) {
    const auto made = sample();
    const Written package(made.dossier, made.assessment);
    EXPECT_EQ(first_of(package, "SELECT seq FROM sqlite_sequence WHERE name = 'incidents'"), "1");
}

TEST(GeoPackage, ThePlaceItselfIsAPointAlone) {
    auto made = sample();
    made.assessment.incidents[0].what.place.radius = Distance::km(1);
    const Written package(made.dossier, made.assessment);
    EXPECT_EQ(first_of(package, "SELECT count(*) FROM incident_places"), "0");
}

TEST(GeoPackage, AnUncertainPlaceIsAPolygon) {
    const auto made = sample();
    const Written package(made.dossier, made.assessment);
    // Header of 8 bytes, then WKB: byte order, type 3 (polygon), one ring, 25 points of 16 bytes.
    EXPECT_EQ(first_of(package, "SELECT length(geom) FROM incident_places"),
              std::to_string(8 + 1 + 4 + 4 + 4 + 25 * 16));
}

TEST(GeoPackage, TheSameAssessmentGivesTheSameBytes) {
    const auto made = sample();
    EXPECT_EQ(Written(made.dossier, made.assessment).bytes(), Written(made.dossier, made.assessment).bytes());
}

TEST(GeoPackage, NothingLiesBesideItOnceItIsWritten) {
    const auto made = sample();
    EXPECT_EQ(Written(made.dossier, made.assessment).files(), 1);
}

}  // namespace
}  // namespace truce::report
