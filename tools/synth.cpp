// SPDX-License-Identifier: Apache-2.0
// Writes conflict files and commitments of any size from a seed: `synth --help`.
//
// The files have the shape of the real ones (columns, quoting, doubled quotes, lists, missing values, a
// heavy-tailed world) and no real content. The same seed and size give the same bytes on every machine. Rows
// are written as they are made, so that a file may be larger than memory.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// Random numbers from our own distributions over the standard's engine, so that every library gives the
/// same.
class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    /// In [0, 1).
    double share() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
    /// In [0, count).
    std::uint32_t below(std::uint32_t count) {
        return static_cast<std::uint32_t>(((engine_() >> 32) * std::uint64_t{count}) >> 32);
    }
    bool one_in(std::uint32_t count) { return below(count) == 0; }
    /// Standard normal (Box and Muller 1958).
    double normal() {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - share()));
        return radius * std::cos(2.0 * std::numbers::pi * share());
    }
    /// A number of killed: mostly none to three, now and then many.
    std::uint32_t toll() {
        return static_cast<std::uint32_t>(std::min(5000.0, std::exp(0.3 + 1.3 * normal())));
    }
    /// An index below `count` that is the more frequent the smaller it is.
    std::uint32_t skewed(std::uint32_t count, double exponent) {
        const double top = std::pow(static_cast<double>(count) + 1.0, 1.0 - exponent);
        const double place = std::pow(1.0 + share() * (top - 1.0), 1.0 / (1.0 - exponent));
        return std::min(count - 1, static_cast<std::uint32_t>(place - 1.0));
    }
    template <std::size_t n>
    std::string_view one_of(const std::array<std::string_view, n>& choices) {
        return choices[below(static_cast<std::uint32_t>(n))];
    }

private:
    std::mt19937_64 engine_;
};

/// Where something is, in degrees.
struct Spot {
    double lat = 0;
    double lon = 0;
};

constexpr std::uint32_t countries = 100;
constexpr std::uint32_t provinces = 20;
constexpr std::uint32_t dyads = 12;

struct Country {
    Spot centre{};
    double radius = 0;
    std::array<Spot, provinces> province{};
};

/// A made-up world: a hundred countries on a grid, each with its provinces. It depends on no seed, so that
/// files made with different seeds tell of one world.
const std::vector<Country>& world() {
    static const std::vector<Country> all = [] {
        Random random(1000);
        std::vector<Country> made(countries);
        for (std::uint32_t i = 0; i < countries; ++i) {
            Country& country = made[i];
            country.centre = {.lat = -40.0 + 9.0 * (i / 10) + 2.0 * random.share(),
                              .lon = -95.0 + 19.0 * (i % 10) + 4.0 * random.share()};
            country.radius = 1.5 + 3.0 * random.share();
            for (Spot& spot : country.province) {
                const double angle = 2.0 * std::numbers::pi * random.share();
                const double distance = country.radius * 0.8 * std::sqrt(random.share());
                spot = {.lat = country.centre.lat + distance * std::sin(angle),
                        .lon = country.centre.lon + distance * std::cos(angle)};
            }
        }
        return made;
    }();
    return all;
}

/// What the rows of every format are made of.
struct Happening {
    std::uint32_t country = 0;
    std::uint32_t province = 0;
    std::uint32_t dyad = 0;
    std::chrono::year_month_day day{};
    Spot spot{};
    std::uint32_t killed = 0;
};

constexpr std::chrono::sys_days first_day{std::chrono::year{1989} / 1 / 1};
constexpr std::chrono::sys_days end_day{std::chrono::year{2025} / 1 / 1};

std::chrono::sys_days random_day(Random& random, double exponent) {
    const auto days = static_cast<double>((end_day - first_day).count());
    return first_day + std::chrono::days(static_cast<int>(days * std::pow(random.share(), exponent)));
}

Happening random_happening(Random& random) {
    Happening made;
    made.country = random.skewed(countries, 1.3);
    made.province = random.skewed(provinces, 1.1);
    made.dyad = random.skewed(dyads, 1.4);
    // Later years have more: the past was recorded less well.
    made.day = random_day(random, 0.7);
    const Country& country = world()[made.country];
    const Spot& near = country.province[made.province];
    made.spot = {.lat = near.lat + 0.12 * country.radius * random.normal(),
                 .lon = near.lon + 0.12 * country.radius * random.normal()};
    made.killed = random.toll();
    return made;
}

std::string date(std::chrono::year_month_day day) {
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                       static_cast<unsigned>(day.day()));
}

std::string side(std::uint32_t country, std::uint32_t dyad, bool government) {
    if (government) return fmt::format("Government of Country {:02}", country);
    return fmt::format("Front {}{} of Country {:02}", static_cast<char>('A' + dyad),
                       static_cast<char>('A' + (country * 7 + dyad) % 26), country);
}

/// A sentence or two without quotes; commas where `commas` says so.
void add_words(std::string& line, Random& random, std::uint32_t count, std::string_view between) {
    static constexpr std::array<std::string_view, 28> words{
        "shells",    "fell",     "near",      "the",      "market", "after",     "dawn",
        "residents", "said",     "monitors",  "observed", "two",    "columns",   "moving",
        "toward",    "district", "artillery", "fire",     "was",    "reported",  "wounded",
        "hospital",  "convoy",   "waited",    "at",       "line",   "ceasefire", "office"};
    for (std::uint32_t i = 0; i < count; ++i) {
        if (i != 0) line += random.one_in(9) ? between : " ";
        line += random.one_of(words);
    }
}

/// One file being written; it complains of what could not be written.
class Output {
public:
    explicit Output(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "wb")) {
        if (file_ == nullptr) throw std::runtime_error(fmt::format("{}: cannot be written", path));
    }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    ~Output() {
        if (file_ != nullptr) std::fclose(file_);
    }

    void write(std::string_view text) {
        if (std::fwrite(text.data(), 1, text.size(), file_) != text.size())
            throw std::runtime_error(fmt::format("{}: disk full?", path_));
    }
    void finish() {
        if (std::fclose(std::exchange(file_, nullptr)) != 0)
            throw std::runtime_error(fmt::format("{}: disk full?", path_));
    }

private:
    std::string path_;
    std::FILE* file_;
};

void write_ged(Output& out, std::uint64_t rows, std::uint64_t seed) {
    out.write(
        "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,conflict_new_id,conflict_"
        "name,dyad_dset_id,"
        "dyad_new_id,dyad_name,side_a_dset_id,side_a_new_id,side_a,side_b_dset_id,side_b_new_id,side_b,"
        "number_of_sources,"
        "source_article,source_office,source_date,source_headline,source_original,where_prec,where_"
        "coordinates,"
        "where_description,adm_1,adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,region,"
        "event_clarity,"
        "date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low,gwnoa,"
        "gwnob\n");
    static constexpr std::array<std::string_view, 5> regions{"Africa", "Americas", "Asia", "Europe",
                                                             "Middle East"};
    Random random(seed);
    std::string line;
    for (std::uint64_t i = 0; i < rows; ++i) {
        const Happening it = random_happening(random);
        const std::string a = side(it.country, it.dyad, true);
        const std::string b = side(it.country, it.dyad, false);
        const std::string day = date(it.day);
        const auto last =
            std::chrono::sys_days(it.day) + std::chrono::days(random.one_in(8) ? random.below(7) : 0);
        const std::uint32_t kind = random.below(10) < 7 ? 1 : 2 + random.below(2);
        const std::uint32_t deaths_a = random.below(it.killed + 1);
        const std::uint32_t deaths_b = random.below(it.killed - deaths_a + 1);
        const std::uint32_t dyad_id = 700 + it.country * dyads + it.dyad;
        line.clear();
        fmt::format_to(std::back_inserter(line),
                       "{},\"C{:02}-{}-{}-{}\",{},1,{},{},{},{},\"Country {:02}: Government\",{},{},\"{} - "
                       "{}\",{},{},{},{},{},{},{},",
                       100000 + i, it.country, static_cast<int>(it.day.year()), it.dyad, i,
                       static_cast<int>(it.day.year()), random.one_in(20) ? "Check deaths" : "Clear", kind,
                       300 + it.country, 300 + it.country, it.country, dyad_id, dyad_id, a, b,
                       100 + it.country, 100 + it.country, a, 2000 + dyad_id, 2000 + dyad_id, b,
                       1 + random.below(4));
        line += "\"\"\"News wire, ";
        line += day;
        line += "\"\", ";
        add_words(line, random, 9, ", ");
        line += random.one_in(30) ? ";\n\"\"second source\"\"\"," : "\",";
        fmt::format_to(std::back_inserter(line), "\"News wire\",{},\"", day);
        add_words(line, random, 8, ", ");
        line += "\",\"";
        add_words(line, random, 4, " ");
        fmt::format_to(std::back_inserter(line), "\",{},\"Town {}\",\"", 1 + random.skewed(7, 1.5),
                       random.below(5000));
        add_words(line, random, 6, ", ");
        const double lat = it.spot.lat;
        const double lon = it.spot.lon;
        const auto cell = static_cast<std::uint32_t>(std::floor((lat + 90.0) * 2.0) * 720.0 +
                                                     std::floor((lon + 180.0) * 2.0) + 1.0);
        fmt::format_to(std::back_inserter(line),
                       "\",\"Province {} of Country {:02}\",\"District {}\",{:.6f},{:.6f},POINT ({:.6f} "
                       "{:.6f}),{},Country {:02},{},{},{},{},{} 00:00:00.000,{} 00:00:00.000,",
                       it.province, it.country, random.below(200), lat, lon, lon, lat, cell, it.country,
                       it.country + 2, regions[it.country % 5], 1 + random.below(2),
                       1 + random.skewed(5, 1.8), day, date(last));
        const std::uint32_t low = it.killed == 0 ? 0 : random.below(it.killed + 1);
        fmt::format_to(std::back_inserter(line), "{},{},{},0,{},{},{},", deaths_a, deaths_b,
                       it.killed - deaths_a - deaths_b, it.killed, it.killed + random.below(it.killed + 2),
                       low);
        if (kind != 2) fmt::format_to(std::back_inserter(line), "{}", 100 + it.country);
        line += ",\n";
        out.write(line);
    }
}

void write_acled(Output& out, std::uint64_t rows, std::uint64_t seed) {
    out.write(
        "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_"
        "actor_1,inter1,"
        "actor2,assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,"
        "location,latitude,"
        "longitude,geo_precision,source,source_scale,notes,fatalities,tags,timestamp\n");
    struct Kind {
        std::string_view disorder;
        std::string_view event;
        std::string_view sub;
    };
    static constexpr std::array<Kind, 6> kinds{
        {{"Political violence", "Battles", "Armed clash"},
         {"Political violence", "Explosions/Remote violence", "Shelling/artillery/missile attack"},
         {"Political violence", "Violence against civilians", "Attack"},
         {"Strategic developments", "Strategic developments", "Agreement"},
         {"Demonstrations", "Protests", "Peaceful protest"},
         {"Demonstrations", "Riots", "Mob violence"}}};
    Random random(seed);
    std::string line;
    for (std::uint64_t i = 0; i < rows; ++i) {
        const Happening it = random_happening(random);
        const std::uint32_t which = random.below(6);
        const Kind& kind = kinds[which];
        line.clear();
        fmt::format_to(
            std::back_inserter(line),
            "C{:02}{},{},{},{},\"{}\",{},\"{}\",\"{}\",,{},\"{}\",\"{}\",{},{},{},{},\"Region {}\",\"Country "
            "{:02}\",\"Province {}\",\"District {}\",,\"Town {}\",{:.4f},{:.4f},{},\"News wire; Local "
            "press\",\"National-International\",\"On {}, ",
            it.country, i, date(it.day), static_cast<int>(it.day.year()), 1 + random.skewed(3, 1.9),
            kind.disorder, kind.event, kind.sub, side(it.country, it.dyad, true), 1 + random.below(8),
            side(it.country, it.dyad, false), random.one_in(5) ? "Civilians (Country)" : "",
            1 + random.below(8), 11 + random.below(60), which == 2 ? "\"Civilian targeting\"" : "",
            4 + it.country, it.country % 16, it.country, it.province, random.below(200), random.below(5000),
            it.spot.lat, it.spot.lon, 1 + random.skewed(3, 1.9), date(it.day));
        add_words(line, random, 36, ", ");
        if (random.one_in(40)) line += ".\nA \"\"second\"\" report differs";
        fmt::format_to(std::back_inserter(line), " [size=no report].\",{},{},{}\n",
                       which == 4 ? 0 : it.killed, random.one_in(10) ? "local administrators" : "",
                       1'600'000'000 + i);
        out.write(line);
    }
}

void add_gdelt_actor(std::string& line, Random& random, std::string_view code, std::string_view name) {
    const bool known = !random.one_in(4);
    if (known) {
        fmt::format_to(std::back_inserter(line), "{}\t{}\tXXA\t\t\t\t\t{}\t\t\t", code, name, code.substr(3));
    } else {
        line += "\t\t\t\t\t\t\t\t\t\t";
    }
}

void add_gdelt_place(std::string& line, Random& random, const Happening& it, bool known) {
    if (!known) {
        line += "0\t\t\t\t\t\t\t\t";
        return;
    }
    fmt::format_to(std::back_inserter(line),
                   "4\tTown {}, Province {}, Country {:02}\tC{}\tC{}{:02}\t{}\t{:.4f}\t{:.4f}\t-{}\t",
                   random.below(5000), it.province, it.country, it.country % 10, it.country % 10, it.province,
                   random.below(300000), it.spot.lat, it.spot.lon, 1'000'000 + random.below(3'000'000));
}

void write_gdelt(Output& out, std::uint64_t rows, std::uint64_t seed) {
    Random random(seed);
    std::string line;
    for (std::uint64_t i = 0; i < rows; ++i) {
        const Happening it = random_happening(random);
        const int year = static_cast<int>(it.day.year());
        const auto month = static_cast<unsigned>(it.day.month());
        const auto day = static_cast<unsigned>(it.day.day());
        const std::uint32_t root = 1 + random.below(20);
        line.clear();
        fmt::format_to(std::back_inserter(line), "{}\t{:04}{:02}{:02}\t{:04}{:02}\t{}\t{:.4f}\t",
                       400'000'000 + i, year, month, day, year, month, year, year + (month - 0.5) / 12.0);
        add_gdelt_actor(line, random, "XXAGOV", "GOVERNMENT");
        add_gdelt_actor(line, random, "XXAREB", "REBEL \"FRONT\"");
        fmt::format_to(std::back_inserter(line),
                       "{}\t{:02}{}\t{:02}{}\t{:02}\t{}\t{:.1f}\t{}\t{}\t{}\t{:.14f}\t", random.below(2),
                       root, random.below(10), root, random.below(10), root, 1 + random.below(4),
                       static_cast<double>(random.below(201)) / 10.0 - 10.0, 1 + random.below(20),
                       1 + random.below(3), 1 + random.below(20), 4.0 * random.normal() - 2.0);
        add_gdelt_place(line, random, it, !random.one_in(10));
        add_gdelt_place(line, random, it, !random.one_in(3));
        add_gdelt_place(line, random, it, true);
        fmt::format_to(std::back_inserter(line),
                       "{:04}{:02}{:02}{:02}{:02}00\thttps://news.example.org/{:04}/{:02}/{:02}/"
                       "article-{}-shelling-reported-near-line.html\n",
                       year, month, day, random.below(24), 15 * random.below(4), year, month, day, i);
        out.write(line);
    }
}

/// One commitment: who is bound to whom, when, and where, as a closed ring.
struct Commitment {
    std::uint64_t id = 0;
    std::chrono::sys_days start{};
    /// The last day that is covered.
    std::chrono::sys_days last{};
    std::uint32_t side_a = 0;
    std::uint32_t side_b = 0;
    /// 0 a whole country, 1 a province, 2 a district.
    std::uint32_t scope = 0;
    std::vector<Spot> ring{};
};

/// Commitments one by one, without end: for whoever writes them, as one file or as a mission's folder.
class Commitments {
public:
    explicit Commitments(std::uint64_t seed) : random_(seed) {}

    Commitment next() {
        Commitment made{.id = next_id_++};
        const std::uint32_t country = random_.skewed(countries, 1.3);
        const std::uint32_t dyad = random_.skewed(dyads, 1.4);
        made.start = random_day(random_, 0.8);
        made.last =
            made.start +
            std::chrono::days(1 + static_cast<int>(std::min(9000.0, std::exp(4.2 + 1.6 * random_.normal()))));
        made.side_a = 100 + country;
        made.side_b = 2000 + 700 + country * dyads + dyad;
        made.scope = random_.below(10) < 4 ? 0 : 1 + random_.below(2);
        const Country& home = world()[country];
        const Spot centre = made.scope == 0 ? home.centre : home.province[random_.skewed(provinces, 1.1)];
        const double radius = home.radius * std::array{1.05, 0.3, 0.12}[made.scope];
        const std::uint32_t vertices = made.scope == 0   ? 2000 + random_.below(8000)
                                       : made.scope == 1 ? 300 + random_.below(1700)
                                                         : 80 + random_.below(600);
        made.ring = coast(centre, radius, vertices);
        return made;
    }

private:
    /// A ragged ring around `centre` that does not cross itself: its distance from there is a single function
    /// of the angle, a sum of waves that get smaller as they get shorter.
    std::vector<Spot> coast(Spot centre, double radius, std::uint32_t vertices) {
        constexpr int waves = 48;
        std::array<double, waves> height{};
        std::array<double, waves> phase{};
        for (int i = 1; i < waves; ++i) {
            height[static_cast<std::size_t>(i)] = 0.2 * random_.normal() / i;
            phase[static_cast<std::size_t>(i)] = 2.0 * std::numbers::pi * random_.share();
        }
        std::vector<Spot> ring;
        ring.reserve(vertices + std::size_t{1});
        for (std::uint32_t v = 0; v < vertices; ++v) {
            const double angle = 2.0 * std::numbers::pi * v / vertices;
            double distance = 1.0 + 0.003 * random_.normal();
            for (int i = 1; i < waves; ++i) {
                distance += height[static_cast<std::size_t>(i)] *
                            std::cos(i * angle + phase[static_cast<std::size_t>(i)]);
            }
            distance = radius * std::max(distance, 0.1);
            ring.push_back({.lat = centre.lat + distance * std::sin(angle),
                            .lon = centre.lon + distance * std::cos(angle)});
        }
        ring.push_back(ring.front());
        return ring;
    }

    Random random_;
    std::uint64_t next_id_ = 0;
};

void write_commitments(Output& out, std::uint64_t count, std::uint64_t seed) {
    out.write("cid,start_day,end_day,actor_a,actor_b,scope,wkt\n");
    Commitments commitments(seed);
    std::string line;
    for (std::uint64_t i = 0; i < count; ++i) {
        const Commitment made = commitments.next();
        line.clear();
        fmt::format_to(std::back_inserter(line), "{},{},{},{},{},{},\"POLYGON((", made.id,
                       made.start.time_since_epoch().count(), made.last.time_since_epoch().count(),
                       made.side_a, made.side_b, made.scope);
        for (std::size_t v = 0; v < made.ring.size(); ++v) {
            fmt::format_to(std::back_inserter(line), "{}{:.6f} {:.6f}", v == 0 ? "" : ",", made.ring[v].lon,
                           made.ring[v].lat);
        }
        line += "))\"\n";
        out.write(line);
    }
}

/// Incidents as the adjudication join takes them: number, day, place, the two sides.
void write_slim(Output& out, std::uint64_t rows, std::uint64_t seed) {
    out.write("id,day,lat,lon,actor_a,actor_b\n");
    Random random(seed);
    for (std::uint64_t i = 0; i < rows; ++i) {
        const Happening it = random_happening(random);
        out.write(fmt::format("{},{},{:.6f},{:.6f},{},{}\n", i,
                              std::chrono::sys_days(it.day).time_since_epoch().count(), it.spot.lat,
                              it.spot.lon, 100 + it.country, 2000 + 700 + it.country * dyads + it.dyad));
    }
}

/// A mission folder: `agreements` ceasefires, each with an area and two parties, and `rows` accounts in GED's
/// layout.
void write_mission(const std::filesystem::path& folder, std::uint64_t agreements, std::uint64_t rows,
                   std::uint64_t seed) {
    for (const auto* part : {"agreements", "areas", "accounts"})
        std::filesystem::create_directories(folder / part);
    {
        Output accounts((folder / "accounts" / "ged.csv").string());
        write_ged(accounts, rows, seed);
        accounts.finish();
    }
    Output mission((folder / "mission.yaml").string());
    mission.write(
        "trucewatch: 1\nmission: made-up\ntitle: {en: Made-up conflicts of a made-up world}\nzone: "
        "UTC\nlanguages: [en]\n"
        "truce: c00000\naccounts:\n  - {file: accounts/ged.csv}\n");
    mission.finish();
    Output actors((folder / "actors.yaml").string());
    actors.write("trucewatch: 1\nactors:\n");
    for (std::uint32_t country = 0; country < countries; ++country) {
        actors.write(fmt::format(
            "  - {{id: government-{:02}, kind: state, name: {{en: {}}}, codes: {{ucdp: [{}]}}}}\n", country,
            side(country, 0, true), 100 + country));
        for (std::uint32_t dyad = 0; dyad < dyads; ++dyad) {
            actors.write(fmt::format(
                "  - {{id: front-{:02}-{:02}, kind: armed_group, name: {{en: {}}}, codes: {{ucdp: [{}]}}}}\n",
                country, dyad, side(country, dyad, false), 2700 + country * dyads + dyad));
        }
    }
    actors.finish();
    Output areas((folder / "areas" / "register.geojson").string());
    areas.write("{\"type\":\"FeatureCollection\",\"features\":[\n");
    Commitments commitments(seed);
    std::string line;
    for (std::uint64_t i = 0; i < agreements; ++i) {
        const Commitment made = commitments.next();
        line = fmt::format(
            "{}{{\"type\":\"Feature\",\"properties\":{{\"id\":\"a{:05}\"}},\"geometry\":{{\"type\":"
            "\"Polygon\",\"coordinates\":[[",
            i == 0 ? "" : ",\n", made.id);
        for (std::size_t v = 0; v < made.ring.size(); ++v) {
            fmt::format_to(std::back_inserter(line), "{}[{:.6f},{:.6f}]", v == 0 ? "" : ",", made.ring[v].lon,
                           made.ring[v].lat);
        }
        line += "]]}}";
        areas.write(line);
        const std::uint32_t country = made.side_a - 100;
        const std::uint32_t dyad = made.side_b - 2700 - country * dyads;
        Output agreement((folder / "agreements" / fmt::format("c{:05}.yaml", made.id)).string());
        agreement.write(
            fmt::format("trucewatch: 1\nagreement: c{0:05}\ntitle: {{en: Ceasefire {0}}}\nclass: "
                        "cessation_of_hostilities\nzone: UTC\n"
                        "in_force: {{from: {1}, to: {2}}}\narea: a{0:05}\nadherents:\n  - {{actor: "
                        "government-{3:02}}}\n  - {{actor: front-{3:02}-{4:02}}}\n"
                        "duties:\n  - {{id: no-attacks, forbids: [attack], against: [adherent, civilian]}}\n",
                        made.id, date(made.start), date(made.last + std::chrono::days(1)), country, dyad));
        agreement.finish();
    }
    areas.write("\n]}\n");
    areas.finish();
}

}  // namespace

int main(int argc, char** argv) try {
    CLI::App app{
        "Writes made-up conflict files and commitments of any size; the same seed gives the same bytes.",
        "synth"};
    std::string shape;
    std::uint64_t rows = 0;
    std::string path;
    std::uint64_t seed = 1;
    app.add_option("shape", shape, "ged, acled, gdelt, commitments, slim, or mission")
        ->required()
        ->check(CLI::IsMember({"ged", "acled", "gdelt", "commitments", "slim", "mission"}));
    app.add_option("rows", rows, "how many rows")->required();
    app.add_option("file", path, "the file to write; for a mission the folder")->required();
    std::uint64_t agreements = 2200;
    app.add_option("--agreements", agreements, "how many agreements a mission has (2200)");
    app.add_option("--seed", seed, "the seed (1)");
    CLI11_PARSE(app, argc, argv);
    if (shape == "mission") {
        write_mission(path, agreements, rows, seed);
        return 0;
    }
    Output out(path);
    if (shape == "ged") write_ged(out, rows, seed);
    if (shape == "acled") write_acled(out, rows, seed);
    if (shape == "gdelt") write_gdelt(out, rows, seed);
    if (shape == "commitments") write_commitments(out, rows, seed);
    if (shape == "slim") write_slim(out, rows, seed);
    out.finish();
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "synth: {}\n", error.what());
    return 3;
}
