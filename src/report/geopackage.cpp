// SPDX-License-Identifier: Apache-2.0
#include "report/geopackage.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <memory>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

namespace truce::report {
namespace {

constexpr int wgs84 = 4326;
/// With 24 corners a disc keeps 99 % of its area; more would only make the file larger.
constexpr int corners_of_a_disc = 24;
/// Below this a place is a point on any map that one looks at.
constexpr double least_shown_radius_km = 1.0;

// ---- SQLite ----

class Database {
public:
    explicit Database(const std::filesystem::path& path) : path_(path) {
        sqlite3* raw = nullptr;
        const int code = sqlite3_open_v2(
            path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
        handle_.reset(raw);
        if (code != SQLITE_OK) fail();
    }
    void run(const char* sql) {
        if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
    }
    [[noreturn]] void fail() const {
        throw std::runtime_error(
            fmt::format("cannot write the GeoPackage {}: {}", path_.string(), sqlite3_errmsg(handle_.get())));
    }
    sqlite3* get() const { return handle_.get(); }
    /// All of it is in the file when this returns.
    void close() {
        if (sqlite3_close(handle_.get()) != SQLITE_OK) fail();
        static_cast<void>(handle_.release());
    }

private:
    std::filesystem::path path_;
    std::unique_ptr<sqlite3, decltype(&sqlite3_close)> handle_{nullptr, &sqlite3_close};
};

class Statement {
public:
    Statement(Database& database, std::string_view sql) : database_(database) {
        sqlite3_stmt* raw = nullptr;
        if (sqlite3_prepare_v2(database.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr) !=
            SQLITE_OK) {
            database.fail();
        }
        handle_.reset(raw);
    }
    /// Binds the next value. Texts must live until `step`.
    void text(std::string_view value) {
        sqlite3_bind_text64(handle_.get(), ++next_, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    void copied(std::string_view value) {
        sqlite3_bind_text64(handle_.get(), ++next_, value.data(), value.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8);
    }
    void integer(std::int64_t value) { sqlite3_bind_int64(handle_.get(), ++next_, value); }
    void real(double value) { sqlite3_bind_double(handle_.get(), ++next_, value); }
    void null() { sqlite3_bind_null(handle_.get(), ++next_); }
    /// Must live until `step`, as texts must.
    void blob(std::string_view value) {
        sqlite3_bind_blob64(handle_.get(), ++next_, value.data(), value.size(), SQLITE_STATIC);
    }
    void range(const std::optional<CountRange>& range) {
        if (!range) {
            null(), null(), null();
            return;
        }
        integer(range->low), integer(range->best), integer(range->high);
    }
    void step() {
        if (sqlite3_step(handle_.get()) != SQLITE_DONE) database_.fail();
        sqlite3_reset(handle_.get());
        next_ = 0;
    }

private:
    Database& database_;
    std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> handle_{nullptr, &sqlite3_finalize};
    int next_ = 0;
};

// ---- geometries, as GeoPackage binary: clause 2.1.3 ----

static_assert(std::endian::native == std::endian::little,
              "geometries are written little-endian, as memory has them");

template <class Number>
void append(std::string& out, Number value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out.append(bytes, sizeof value);
}

struct Extent {
    double west = 180;
    double south = 90;
    double east = -180;
    double north = -90;
    bool any = false;

    void take(double lon, double lat) {
        west = std::min(west, lon);
        east = std::max(east, lon);
        south = std::min(south, lat);
        north = std::max(north, lat);
        any = true;
    }
};

std::string header() {
    std::string out = "GP";
    out += '\0';    // version 1
    out += '\x01';  // little-endian, no envelope
    append(out, std::int32_t{wgs84});
    return out;
}

std::string point(Point p, Extent& extent) {
    extent.take(p.lon, p.lat);
    auto out = header();
    out += '\x01';
    append(out, std::uint32_t{1});
    append(out, p.lon);
    append(out, p.lat);
    return out;
}

void append_disc_polygon(std::string& out, const Disc& disc, Extent& extent) {
    out += '\x01';
    append(out, std::uint32_t{3});
    append(out, std::uint32_t{1});
    append(out, std::uint32_t{corners_of_a_disc + 1});
    for (int i = 0; i <= corners_of_a_disc; ++i) {
        // Anticlockwise, the last corner being the first.
        const double degrees = 360.0 * (1.0 - static_cast<double>(i % corners_of_a_disc) / corners_of_a_disc);
        const auto corner =
            destination(disc.centre, Bearing{i % corners_of_a_disc == 0 ? 0.0 : degrees}, disc.radius);
        extent.take(corner.lon, corner.lat);
        append(out, corner.lon);
        append(out, corner.lat);
    }
}

std::string disc_polygon(const Disc& disc, Extent& extent) {
    auto out = header();
    append_disc_polygon(out, disc, extent);
    return out;
}

std::string multipolygon(const Shape& shape, Extent& extent) {
    auto out = header();
    out += '\x01';
    append(out, std::uint32_t{6});
    append(out, static_cast<std::uint32_t>(shape.polygon_count() + shape.discs().size()));
    for (std::size_t p = 0; p < shape.polygon_count(); ++p) {
        out += '\x01';
        append(out, std::uint32_t{3});
        append(out, static_cast<std::uint32_t>(shape.ring_count(p)));
        for (std::size_t r = 0; r < shape.ring_count(p); ++r) {
            const auto ring = shape.ring(p, r);
            append(out, static_cast<std::uint32_t>(ring.size()));
            for (std::size_t v = 0; v < ring.size(); ++v) {
                extent.take(ring[v].lon, ring[v].lat);
                append(out, ring[v].lon);
                append(out, ring[v].lat);
            }
        }
    }
    for (const auto& disc : shape.discs()) append_disc_polygon(out, disc, extent);
    return out;
}

// ---- tables ----

/// Nobody else reads the file before it is whole, and what a crash leaves behind is thrown away: it needs
/// neither a journal nor locks.
constexpr const char* fast_and_alone = R"sql(
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -16384;
)sql";

constexpr const char* schema = R"sql(
PRAGMA application_id = 0x47504B47;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', NULL),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', NULL),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]', 'longitude and latitude on WGS 84');
CREATE TABLE incidents (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, incident TEXT NOT NULL,
  verdict TEXT NOT NULL, start_time DATETIME NOT NULL, end_time DATETIME NOT NULL, time_precision TEXT, radius_km DOUBLE,
  place_precision TEXT, place TEXT, admin1 TEXT, act TEXT, attacker TEXT, target TEXT,
  killed_low INTEGER, killed_best INTEGER, killed_high INTEGER,
  civilians_killed_low INTEGER, civilians_killed_best INTEGER, civilians_killed_high INTEGER, summary TEXT);
CREATE TABLE incident_places (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POLYGON, incident TEXT NOT NULL,
  verdict TEXT NOT NULL, radius_km DOUBLE);
CREATE TABLE areas (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom MULTIPOLYGON, area TEXT NOT NULL, version TEXT,
  name TEXT, mended TEXT);
CREATE TABLE findings (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, incident TEXT NOT NULL, agreement_duty TEXT NOT NULL,
  verdict TEXT NOT NULL, chance_low DOUBLE NOT NULL, chance_high DOUBLE NOT NULL,
  in_force TEXT, in_area TEXT, actor_bound TEXT, target_protected TEXT, not_excluded TEXT, act_prohibited TEXT, no_exception TEXT);
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT, f_table_schema TEXT, f_table_name TEXT,
  f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT,
  ui TEXT, update_time DATETIME);
)sql";

struct VerdictColour {
    Verdict verdict;
    std::string_view rgb;
};

/// Okabe and Ito's palette, which colour-blind people can tell apart; the report uses the same.
constexpr std::array verdict_colours{
    VerdictColour{Verdict::breach, "213,94,0"},
    VerdictColour{Verdict::breach_likely, "230,159,0"},
    VerdictColour{Verdict::undetermined, "117,117,117"},
    VerdictColour{Verdict::out_of_scope_likely, "86,180,233"},
    VerdictColour{Verdict::not_breach, "0,158,115"},
    VerdictColour{Verdict::out_of_scope, "0,114,178"},
};

std::string style_by_verdict(std::string_view symbol_class, std::string_view symbol_type,
                             std::string_view alpha) {
    std::string categories;
    std::string symbols;
    for (std::size_t i = 0; i < verdict_colours.size(); ++i) {
        const auto& [verdict, rgb] = verdict_colours[i];
        const auto name = truce::name_of(verdict);
        categories +=
            fmt::format(R"(<category value="{}" label="{}" symbol="{}" render="true"/>)", name, name, i);
        symbols += fmt::format(
            R"(<symbol name="{}" type="{}" alpha="1"><layer class="{}" enabled="1"><Option type="Map">)"
            R"(<Option name="color" type="QString" value="{},{}"/><Option name="outline_color" type="QString" value="{},255"/>)"
            R"(<Option name="size" type="QString" value="2.4"/></Option><prop k="color" v="{},{}"/>)"
            R"(<prop k="outline_color" v="{},255"/><prop k="size" v="2.4"/></layer></symbol>)",
            i, symbol_type, symbol_class, rgb, alpha, rgb, rgb, alpha, rgb);
    }
    return fmt::format(R"(<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis version="3.22">)"
                       R"(<renderer-v2 type="categorizedSymbol" attr="verdict"><categories>{}</categories>)"
                       R"(<symbols>{}</symbols></renderer-v2></qgis>)",
                       categories, symbols);
}

std::string area_style() {
    return R"(<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis version="3.22"><renderer-v2 type="singleSymbol">)"
           R"(<symbols><symbol name="0" type="fill" alpha="1"><layer class="SimpleFill" enabled="1">)"
           R"(<prop k="color" v="0,0,0,12"/><prop k="outline_color" v="40,40,40,255"/><prop k="outline_style" v="dash"/>)"
           R"(<prop k="outline_width" v="0.5"/></layer></symbol></symbols></renderer-v2></qgis>)";
}

std::string ids_of(const Dossier& dossier, const Side& side) {
    std::string text;
    for (const auto& candidate : side.candidates) {
        if (!text.empty()) text += ';';
        text += candidate.actor ? dossier.actors[*candidate.actor].id : std::string("?");
    }
    return text;
}

/// The instant in the form that GeoPackage wants of a DATETIME.
std::string datetime(sys_seconds instant) {
    auto text = utc_text(instant);
    text.insert(text.size() - 1, ".000");
    return text;
}

void register_layer(Database& database, std::string_view table, std::string_view type, std::string_view title,
                    const std::string& changed, const Extent& extent) {
    Statement contents(database,
                       "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, 4326)");
    contents.text(table);
    contents.text(table);
    contents.text(title);
    contents.text(changed);
    if (extent.any) {
        contents.real(extent.west), contents.real(extent.south), contents.real(extent.east),
            contents.real(extent.north);
    } else {
        contents.null(), contents.null(), contents.null(), contents.null();
    }
    contents.step();
    Statement column(database, "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)");
    column.text(table);
    column.text(type);
    column.step();
}

void register_style(Database& database, std::string_view table, const std::string& qml,
                    const std::string& changed) {
    Statement style(database,
                    "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
                    "f_geometry_column, styleName, "
                    "styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) "
                    "VALUES ('', '', ?, 'geom', 'Trucewatch', ?, '', 1, 'by verdict', '', '', ?)");
    style.text(table);
    style.text(qml);
    style.text(changed);
    style.step();
}

void register_findings(Database& database, const std::string& changed) {
    Statement findings(
        database,
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('findings', 'attributes', 'findings', 'Incidents held against commitments', ?)");
    findings.text(changed);
    findings.step();
}

void write_incidents(Database& database, const Dossier& dossier, const Assessment& assessment,
                     Readers readers, Extent& points, Extent& places) {
    Statement row(
        database,
        "INSERT INTO incidents (geom, incident, verdict, start_time, end_time, time_precision, radius_km, "
        "place_precision, place, admin1, act, attacker, target, killed_low, killed_best, killed_high, "
        "civilians_killed_low, civilians_killed_best, civilians_killed_high, summary) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    Statement disc(database,
                   "INSERT INTO incident_places (geom, incident, verdict, radius_km) VALUES (?,?,?,?)");
    std::string geometry;
    for (std::size_t i = 0; i < assessment.incidents.size(); ++i) {
        const auto& incident = assessment.incidents[i];
        if (!may_show(dossier, incident, readers)) continue;
        const auto& what = incident.what;
        const auto name = name_of(dossier, incident);
        const auto verdict = truce::name_of(assessment.judged[i].verdict);
        if (what.place.centre) {
            geometry = point(*what.place.centre, points);
            row.blob(geometry);
        } else {
            row.null();
        }
        row.text(name);
        row.text(verdict);
        row.copied(datetime(what.when.window.first));
        row.copied(datetime(what.when.window.end));
        row.text(truce::name_of(what.when.precision));
        row.real(what.place.radius.in_km());
        row.text(truce::name_of(what.place.precision));
        row.text(what.place.name);
        row.text(what.place.admin1);
        row.text(truce::name_of(what.act));
        row.copied(ids_of(dossier, what.parties.attacker));
        row.copied(ids_of(dossier, what.parties.target));
        row.range(what.toll.killed);
        row.range(what.toll.civilians_killed);
        row.text(dossier.accounts[incident.accounts.front().value].summary);
        row.step();
        if (what.place.centre && what.place.radius.in_km() >= least_shown_radius_km) {
            geometry = disc_polygon({*what.place.centre, what.place.radius}, places);
            disc.blob(geometry);
            disc.text(name);
            disc.text(verdict);
            disc.real(what.place.radius.in_km());
            disc.step();
        }
    }
}

void write_areas(Database& database, const Dossier& dossier, Extent& extent) {
    Statement row(database, "INSERT INTO areas (geom, area, version, name, mended) VALUES (?,?,?,?,?)");
    for (const auto& area : dossier.areas.areas()) {
        if (area.shape.empty()) continue;
        const auto geometry = multipolygon(area.shape, extent);
        row.blob(geometry);
        row.text(area.id);
        row.text(area.version);
        row.copied(area.name.in("en", area.id));
        row.text(area.mended);
        row.step();
    }
}

void write_findings(Database& database, const Dossier& dossier, const Assessment& assessment,
                    Readers readers) {
    Statement row(database,
                  "INSERT INTO findings (incident, agreement_duty, verdict, chance_low, chance_high, "
                  "in_force, in_area, "
                  "actor_bound, target_protected, not_excluded, act_prohibited, no_exception) "
                  "VALUES (?,?,?,?,?,?,?,?,?,?,?,?)");
    std::vector<std::string> duties;
    for (const auto& commitment : assessment.commitments) duties.push_back(name_of(dossier, commitment));
    for (const auto& finding : assessment.findings) {
        const auto& incident = assessment.incidents[finding.incident.value];
        if (!may_show(dossier, incident, readers)) continue;
        const auto name = name_of(dossier, incident);
        row.text(name);
        row.text(duties[finding.commitment.value]);
        row.text(truce::name_of(finding.verdict));
        row.real(finding.chance.low);
        row.real(finding.chance.high);
        for (const auto& element : finding.elements) row.text(truce::name_of(element.reason));
        row.step();
    }
}

}  // namespace

void write_geopackage(const std::filesystem::path& path, const Dossier& dossier, const Assessment& assessment,
                      Readers readers) {
    Database database(path);
    // The last instant that the assessment speaks of: the file must not depend on the day it was made.
    const auto changed = datetime(dossier.mission.zone.days(assessment.days.first, assessment.days.last).end);
    database.run(fast_and_alone);
    database.run("BEGIN");
    database.run(schema);
    Extent points;
    Extent places;
    Extent areas;
    write_incidents(database, dossier, assessment, readers, points, places);
    write_areas(database, dossier, areas);
    write_findings(database, dossier, assessment, readers);
    register_layer(database, "incidents", "POINT", "Incidents, by verdict", changed, points);
    register_layer(database, "incident_places", "POLYGON", "Where an incident may have been", changed,
                   places);
    register_layer(database, "areas", "MULTIPOLYGON", "Areas of the agreements", changed, areas);
    register_findings(database, changed);
    register_style(database, "incidents", style_by_verdict("SimpleMarker", "marker", "220"), changed);
    register_style(database, "incident_places", style_by_verdict("SimpleFill", "fill", "30"), changed);
    register_style(database, "areas", area_style(), changed);
    database.run("COMMIT");
    database.close();
}

}  // namespace truce::report
