// SPDX-License-Identifier: Apache-2.0
#include "report/geopackage.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <memory>
#include <numbers>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "report/sqlite_rows.h"

namespace truce::report {
namespace {

constexpr int wgs84 = 4326;
/// With 24 corners a disc keeps 99 % of its area; more would only make the file larger.
constexpr int corners_of_a_disc = 24;
/// Up to this a place is a point on any map that one looks at; "the place itself" is a kilometre wide.
constexpr double point_radius_km = 1.0;

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
    void integer(std::int64_t value) { sqlite3_bind_int64(handle_.get(), ++next_, value); }
    void real(double value) { sqlite3_bind_double(handle_.get(), ++next_, value); }
    void null() { sqlite3_bind_null(handle_.get(), ++next_); }
    /// Whether there is another row.
    bool next_row() {
        const int code = sqlite3_step(handle_.get());
        if (code != SQLITE_ROW && code != SQLITE_DONE) database_.fail();
        return code == SQLITE_ROW;
    }
    std::string text_of_column(int column) {
        return reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
    }
    std::int64_t integer_of_column(int column) { return sqlite3_column_int64(handle_.get(), column); }
    void step() {
        if (next_row()) database_.fail();
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

void begin_geometry(std::string& out) {
    out.assign("GP");
    out += '\0';    // version 1
    out += '\x01';  // little-endian, no envelope
    append(out, std::int32_t{wgs84});
}

void make_point(std::string& out, Point p, Extent& extent) {
    extent.take(p.lon, p.lat);
    begin_geometry(out);
    out += '\x01';
    append(out, std::uint32_t{1});
    append(out, p.lon);
    append(out, p.lat);
}

/// The directions in which a disc's corners lie, from north by west to south.
struct Directions {
    static constexpr int half = corners_of_a_disc / 2;
    std::array<double, half + 1> sine{};
    std::array<double, half + 1> cosine{};
    Directions() {
        for (int i = 0; i <= half; ++i) {
            const double course = std::numbers::pi * i / half;
            sine[static_cast<std::size_t>(i)] = i == half ? 0.0 : std::sin(course);
            cosine[static_cast<std::size_t>(i)] = i == 0 ? 1.0 : i == half ? -1.0 : std::cos(course);
        }
    }
};

/// The corners of a disc, anticlockwise from north, the last being the first. Those in the east mirror those
/// in the west, so half of the trigonometry serves for all.
std::array<Point, corners_of_a_disc + 1> corners_of(const Disc& disc) {
    static const Directions directions;
    constexpr double radians = std::numbers::pi / 180;
    const double lat = disc.centre.lat * radians;
    const double arc = disc.radius.in_km() / earth_radius_km;
    const double sin_lat = std::sin(lat);
    const double cos_lat = std::cos(lat);
    const double sin_arc = std::sin(arc);
    const double cos_arc = std::cos(arc);
    std::array<Point, corners_of_a_disc + 1> corners;
    for (std::size_t i = 0; i <= Directions::half; ++i) {
        const double z = sin_lat * cos_arc + cos_lat * sin_arc * directions.cosine[i];
        const double east = directions.sine[i] * sin_arc;
        const double north = cos_lat * cos_arc - sin_lat * sin_arc * directions.cosine[i];
        const double arrival = std::atan2(z, std::sqrt(east * east + north * north)) / radians;
        const double turn = std::atan2(east, north) / radians;
        corners[i] = normalised({std::clamp(arrival, -90.0, 90.0), disc.centre.lon - turn});
        corners[corners_of_a_disc - i] = normalised({corners[i].lat, disc.centre.lon + turn});
    }
    return corners;
}

void append_disc_polygon(std::string& out, const Disc& disc, Extent& extent) {
    out += '\x01';
    append(out, std::uint32_t{3});
    append(out, std::uint32_t{1});
    append(out, std::uint32_t{corners_of_a_disc + 1});
    for (const auto corner : corners_of(disc)) {
        extent.take(corner.lon, corner.lat);
        append(out, corner.lon);
        append(out, corner.lat);
    }
}

void make_disc_polygon(std::string& out, const Disc& disc, Extent& extent) {
    begin_geometry(out);
    append_disc_polygon(out, disc, extent);
}

void make_multipolygon(std::string& out, const Shape& shape, Extent& extent) {
    begin_geometry(out);
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
}

// ---- tables ----

/// Nobody else reads the file before it is whole, and what a crash leaves behind is thrown away: it needs
/// neither a journal nor locks.
constexpr const char* fast_and_alone = R"sql(
PRAGMA page_size = 8192;
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
CREATE TABLE commitments (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, agreement_duty TEXT NOT NULL, agreement TEXT NOT NULL,
  duty TEXT NOT NULL, title TEXT);
CREATE TABLE findings (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, incident_fid INTEGER NOT NULL,
  commitment_fid INTEGER NOT NULL, verdict TEXT NOT NULL, chance_low DOUBLE NOT NULL, chance_high DOUBLE NOT NULL, element TEXT,
  reason TEXT);
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

/// The instant in the form that GeoPackage wants of a DATETIME.
void make_datetime(std::string& out, sys_seconds instant) {
    out.clear();
    append_utc_text(out, instant);
    out.insert(out.size() - 1, ".000");
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

void register_table(Database& database, std::string_view table, std::string_view description,
                    const std::string& changed) {
    Statement contents(
        database,
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES (?, 'attributes', ?, ?, ?)");
    contents.text(table);
    contents.text(table);
    contents.text(description);
    contents.text(changed);
    contents.step();
}

/// Says to SQLite how far the numbering of a table that it did not fill itself has come.
void register_sequence(Database& database, std::string_view table, std::int64_t last) {
    Statement sequence(database, "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)");
    sequence.text(table);
    sequence.integer(last);
    sequence.step();
}

/// Makes the tables, all empty but for the styles. The root pages of those to be filled, by name.
std::unordered_map<std::string, std::uint32_t> make_tables(const std::filesystem::path& path,
                                                           const std::string& changed) {
    Database database(path);
    database.run(fast_and_alone);
    database.run("BEGIN");
    database.run(schema);
    register_style(database, "incidents", style_by_verdict("SimpleMarker", "marker", "220"), changed);
    register_style(database, "incident_places", style_by_verdict("SimpleFill", "fill", "30"), changed);
    register_style(database, "areas", area_style(), changed);
    std::unordered_map<std::string, std::uint32_t> roots;
    {
        Statement tables(database, "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'");
        while (tables.next_row()) {
            roots[tables.text_of_column(0)] = static_cast<std::uint32_t>(tables.integer_of_column(1));
        }
    }
    database.run("COMMIT");
    database.close();
    return roots;
}

/// The rows of every table and how far they reach.
struct Layers {
    SqliteRows incidents;
    SqliteRows places;
    SqliteRows areas;
    SqliteRows commitments;
    SqliteRows findings;
    Extent of_incidents{};
    Extent of_places{};
    Extent of_areas{};

    Layers(SqliteFile& file, const std::unordered_map<std::string, std::uint32_t>& roots)
        : incidents(file, roots.at("incidents")),
          places(file, roots.at("incident_places")),
          areas(file, roots.at("areas")),
          commitments(file, roots.at("commitments")),
          findings(file, roots.at("findings")) {}
    void finish() {
        for (auto* rows : {&incidents, &places, &areas, &commitments, &findings}) rows->finish();
    }
};

void put(SqliteRows& row, const std::optional<CountRange>& range) {
    if (range) {
        row.integer(range->low), row.integer(range->best), row.integer(range->high);
    } else {
        row.null(), row.null(), row.null();
    }
}

/// Texts that are made anew for every row, in the same memory.
class RowTexts {
public:
    explicit RowTexts(const Dossier& dossier) : dossier_(dossier) {}

    std::string_view datetime(sys_seconds instant) {
        make_datetime(text_, instant);
        return text_;
    }
    std::string_view ids(const Side& side) {
        text_.clear();
        for (const auto& candidate : side.candidates) {
            if (!text_.empty()) text_ += ';';
            text_ += candidate.actor ? std::string_view(dossier_.actors[*candidate.actor].id) : "?";
        }
        return text_;
    }

private:
    const Dossier& dossier_;
    std::string text_;
};

/// Fills the layers of incidents and of their places. Each incident's number in its layer, 0 where it may not
/// be shown.
std::vector<std::int64_t> write_incidents(Layers& layers, const Dossier& dossier,
                                          const Assessment& assessment, Readers readers) {
    std::vector<std::int64_t> numbers(assessment.incidents.size());
    std::string geometry;
    RowTexts texts(dossier);
    auto& row = layers.incidents;
    for (std::size_t i = 0; i < assessment.incidents.size(); ++i) {
        const auto& incident = assessment.incidents[i];
        if (!may_show(dossier, incident, readers)) continue;
        const auto& what = incident.what;
        const auto name = name_of(dossier, incident);
        const auto verdict = truce::name_of(assessment.judged[i].verdict);
        row.rowid();
        if (what.place.centre) {
            make_point(geometry, *what.place.centre, layers.of_incidents);
            row.blob(geometry);
        } else {
            row.null();
        }
        row.text(name);
        row.text(verdict);
        row.text(texts.datetime(what.when.window.first));
        row.text(texts.datetime(what.when.window.end));
        row.text(truce::name_of(what.when.precision));
        row.real(what.place.radius.in_km());
        row.text(truce::name_of(what.place.precision));
        row.text(what.place.name);
        row.text(what.place.admin1);
        row.text(truce::name_of(what.act));
        row.text(texts.ids(what.parties.attacker));
        row.text(texts.ids(what.parties.target));
        put(row, what.toll.killed);
        put(row, what.toll.civilians_killed);
        row.text(dossier.accounts[incident.accounts.front().value].summary);
        row.end_row();
        numbers[i] = row.rows();
        if (!what.place.centre || what.place.radius.in_km() <= point_radius_km) continue;
        make_disc_polygon(geometry, {*what.place.centre, what.place.radius}, layers.of_places);
        auto& place = layers.places;
        place.rowid();
        place.blob(geometry);
        place.text(name);
        place.text(verdict);
        place.real(what.place.radius.in_km());
        place.end_row();
    }
    return numbers;
}

void write_areas(Layers& layers, const Dossier& dossier) {
    std::string geometry;
    auto& row = layers.areas;
    for (const auto& area : dossier.areas.areas()) {
        if (area.shape.empty()) continue;
        make_multipolygon(geometry, area.shape, layers.of_areas);
        row.rowid();
        row.blob(geometry);
        row.text(area.id);
        row.text(area.version);
        row.text(area.name.in("en", area.id));
        row.text(area.mended);
        row.end_row();
    }
}

void write_findings(Layers& layers, const Dossier& dossier, const Assessment& assessment,
                    const std::vector<std::int64_t>& incident_numbers) {
    auto& commitments = layers.commitments;
    for (const auto& commitment : assessment.commitments) {
        const auto& agreement = dossier.agreements[commitment.agreement.value];
        commitments.rowid();
        commitments.text(name_of(dossier, commitment));
        commitments.text(agreement.id);
        commitments.text(dossier.agreements[commitment.stated_by.value].duties[commitment.duty].id);
        commitments.text(agreement.title.in("en", agreement.id));
        commitments.end_row();
    }
    auto& row = layers.findings;
    for (const auto& finding : assessment.findings) {
        const auto incident = incident_numbers[finding.incident.value];
        if (incident == 0) continue;
        row.rowid();
        row.integer(incident);
        row.integer(std::int64_t{finding.commitment.value} + 1);
        row.text(truce::name_of(finding.verdict));
        row.real(finding.chance.low);
        row.real(finding.chance.high);
        const auto element = finding.decided_by();
        row.text(element ? truce::name_of(*element) : std::string_view());
        row.text(truce::name_of(finding.reason()));
        row.end_row();
    }
}

void register_layers(const std::filesystem::path& path, const Layers& layers, const std::string& changed) {
    Database database(path);
    database.run(fast_and_alone);
    database.run("BEGIN");
    register_layer(database, "incidents", "POINT", "Incidents, by verdict", changed, layers.of_incidents);
    register_layer(database, "incident_places", "POLYGON", "Where an incident may have been", changed,
                   layers.of_places);
    register_layer(database, "areas", "MULTIPOLYGON", "Areas of the agreements", changed, layers.of_areas);
    register_table(database, "commitments", "What was promised", changed);
    register_table(database, "findings", "Incidents held against commitments", changed);
    register_sequence(database, "incidents", layers.incidents.rows());
    register_sequence(database, "incident_places", layers.places.rows());
    register_sequence(database, "areas", layers.areas.rows());
    register_sequence(database, "commitments", layers.commitments.rows());
    register_sequence(database, "findings", layers.findings.rows());
    database.run("COMMIT");
    database.close();
}

}  // namespace

void write_geopackage(const std::filesystem::path& path, const Dossier& dossier, const Assessment& assessment,
                      Readers readers) {
    // The last instant that the assessment speaks of: the file must not depend on the day it was made.
    std::string changed;
    make_datetime(changed, dossier.mission.zone.days(assessment.days.first, assessment.days.last).end);
    const auto roots = make_tables(path, changed);
    SqliteFile file(path);
    Layers layers(file, roots);
    const auto numbers = write_incidents(layers, dossier, assessment, readers);
    write_areas(layers, dossier);
    write_findings(layers, dossier, assessment, numbers);
    layers.finish();
    file.close();
    register_layers(path, layers, changed);
}

}  // namespace truce::report
