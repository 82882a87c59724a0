// SPDX-License-Identifier: Apache-2.0
// The adjudication join beside PostGIS: which places lie in which commitment's area, in its period, between
// its parties. `join --help`; bench/join.sh prepares the peer and runs it.
//
// Answers are compared first, as a number of pairs and a checksum over them; on any difference no figure is
// printed.
#include <fmt/format.h>
#include <sys/stat.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "geo/area_index.h"
#include "geo/shape.h"

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using truce::AreaIndex;
using truce::AreaPairs;
using truce::AreaQuery;
using truce::PlaceIndex;
using truce::Shape;
using truce::ShapeBuilder;

/// Seconds that this process has computed, on all its threads.
double cpu_seconds() {
    timespec spent{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

double wall_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Seconds {
    double cpu = 0;
    double wall = 0;
};

template <class Work>
Seconds timed(Work&& work) {
    const double cpu = cpu_seconds();
    const double wall = wall_seconds();
    work();
    return {cpu_seconds() - cpu, wall_seconds() - wall};
}

std::string text_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Takes numbers off a line, one after another.
class Numbers {
public:
    explicit Numbers(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}
    template <class T>
    T next() {
        T value{};
        const auto [rest, status] = std::from_chars(at_, end_, value);
        if (status != std::errc{})
            throw std::runtime_error("a number is missing near: " +
                                     std::string(at_, std::min(at_ + 40, end_)));
        at_ = rest == end_ ? rest : rest + 1;
        return value;
    }

private:
    const char* at_;
    const char* end_;
};

template <class EachLine>
void for_each_line(std::string_view text, EachLine&& each_line) {
    std::size_t at = text.find('\n') + 1;  // past the header
    while (at != 0 && at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (end > at) each_line(text.substr(at, end - at));
        at = end + 1;
    }
}

/// id,day,lat,lon,actor_a,actor_b
struct Places {
    std::vector<std::uint64_t> ids;
    std::vector<double> lats, lons;
    std::vector<sys_days> when;
    std::vector<std::uint32_t> dyads;

    [[nodiscard]] truce::PlaceColumns columns() const {
        return {.lats = lats, .lons = lons, .first_days = when, .keys = dyads};
    }
};

std::uint32_t dyad_of(std::uint32_t actor_a, std::uint32_t actor_b) {
    return actor_a << 16 | (actor_b & 0xFFFF);
}

Places read_places(const std::string& file) {
    Places places;
    for_each_line(text_of(file), [&](std::string_view line) {
        Numbers numbers(line);
        places.ids.push_back(numbers.next<std::uint64_t>());
        places.when.push_back(sys_days{days{numbers.next<int>()}});
        places.lats.push_back(numbers.next<double>());
        places.lons.push_back(numbers.next<double>());
        const auto actor_a = numbers.next<std::uint32_t>();
        places.dyads.push_back(dyad_of(actor_a, numbers.next<std::uint32_t>()));
    });
    return places;
}

/// cid,start_day,end_day,actor_a,actor_b,scope,"POLYGON((lon lat, ...))"
struct Commitments {
    std::vector<std::uint64_t> ids;
    std::vector<Shape> shapes;
    std::vector<AreaQuery> by_dyad_day, by_day, by_place;
    std::size_t vertices = 0;
};

Commitments read_commitments(const std::string& file) {
    Commitments all;
    for_each_line(text_of(file), [&](std::string_view line) {
        Numbers numbers(line);
        all.ids.push_back(numbers.next<std::uint64_t>());
        const sys_days first{days{numbers.next<int>()}};
        const sys_days last{days{numbers.next<int>()}};
        const auto actor_a = numbers.next<std::uint32_t>();
        const std::uint32_t dyad = dyad_of(actor_a, numbers.next<std::uint32_t>());
        std::vector<double> lats, lons;
        const std::size_t open = line.find("((") + 2;
        const std::string_view ring = line.substr(open, line.find(')', open) - open);
        Numbers positions(ring);
        const auto vertices = static_cast<std::size_t>(std::ranges::count(ring, ',')) + 1;
        for (std::size_t i = 0; i < vertices; ++i) {
            lons.push_back(positions.next<double>());
            lats.push_back(positions.next<double>());
        }
        ShapeBuilder builder;
        builder.begin_polygon();
        if (const auto added = builder.add_ring(lats, lons); !added)
            throw std::runtime_error(added.error().message);
        const auto shape = static_cast<std::uint32_t>(all.shapes.size());
        all.shapes.push_back(builder.finish());
        const truce::DayInterval period{first, last + days{1}};
        all.by_dyad_day.push_back({.shape = shape, .days = period, .key = dyad});
        all.by_day.push_back({.shape = shape, .days = period});
        all.by_place.push_back({.shape = shape});
        all.vertices += vertices;
    });
    return all;
}

/// What a join found, in a form that two programs can compare.
struct Answer {
    std::uint64_t pairs = 0;
    std::uint64_t checksum = 0;
    friend bool operator==(const Answer&, const Answer&) = default;
};

Answer answer_of(const AreaPairs& pairs, const Places& places, const Commitments& commitments) {
    Answer answer{.pairs = pairs.places.size()};
    for (std::size_t q = 0; q < commitments.ids.size(); ++q) {
        for (const std::uint32_t place : pairs.places_of(q)) {
            answer.checksum += (places.ids[place] * 2654435761 + commitments.ids[q] * 40503) % 1000000007;
        }
    }
    return answer;
}

struct Question {
    std::string name;
    std::string title;
    std::string condition;
    const std::vector<AreaQuery>* queries;
};

/// The same join by PostGIS, run by psql.
class Peer {
public:
    Peer(std::string psql, std::string table) : psql_(std::move(psql)), table_(std::move(table)) {}

    struct Run {
        Answer answer;
        Seconds time;
    };
    [[nodiscard]] Run run(const Question& question) const {
        const std::string sql = fmt::format(
            "select count(*), sum((e.id::bigint*2654435761+c.cid*40503)%1000000007) from {} e join cm c on "
            "ST_Intersects(c.geom,e.geom) {}",
            table_, question.condition);
        const std::string command = fmt::format(
            "{} -qAt -v ON_ERROR_STOP=1 -c 'set max_parallel_workers_per_gather=0' -c 'set jit=off' -c 'set "
            "client_min_messages=log' -c 'set log_statement_stats=on' -c '\\timing on' -c '{}' 2>&1",
            psql_, sql);
        Run run;
        FILE* pipe = popen(command.c_str(), "r");
        if (pipe == nullptr) throw std::runtime_error("cannot start: " + psql_);
        std::string said;
        char buffer[4096];
        while (fgets(buffer, sizeof buffer, pipe) != nullptr) {
            const std::string_view line(buffer);
            said += line;
            if (line.starts_with("Time: ")) run.time.wall = Numbers(line.substr(6)).next<double>() / 1000;
            // "!	1.230000 s user, 0.010000 s system, 1.240000 s elapsed": the backend's own
            if (const auto user = line.find(" s user, "); user != line.npos && line.starts_with("!")) {
                const auto first = line.find_first_of("0123456789");
                if (line.find("[") == line.npos) {
                    run.time.cpu = Numbers(line.substr(first)).next<double>() +
                                   Numbers(line.substr(user + 9)).next<double>();
                }
            }
            if (const auto bar = line.find('|'); bar != line.npos && line[0] >= '0' && line[0] <= '9') {
                run.answer = {Numbers(line).next<std::uint64_t>(),
                              Numbers(line.substr(bar + 1)).next<std::uint64_t>()};
            }
        }
        if (pclose(pipe) != 0 || run.time.wall <= 0 || run.time.cpu <= 0)
            throw std::runtime_error("PostGIS did not answer: " + said);
        return run;
    }

private:
    std::string psql_;
    std::string table_;
};

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

std::string spread(const std::vector<double>& values) {
    const auto [low, high] = std::ranges::minmax(values);
    return fmt::format("{:.4g} [{:.4g}-{:.4g}]", median(values), low, high);
}

std::string load() {
    std::string text = text_of("/proc/loadavg");
    return text.substr(0, text.find(' '));
}

struct Options {
    std::string places;
    std::string commitments;
    std::string psql;
    std::string table = "ev";
    int pairs = 5;
    unsigned threads = 1;
    bool polygon_only_beside_peer = false;
};

void measure(const Options& options) {
    Places places;
    Commitments commitments;
    const Seconds reading = timed([&] {
        places = read_places(options.places);
        commitments = read_commitments(options.commitments);
    });
    fmt::print("{} places, {} commitments, {} vertices; read in {:.2f} s; load {}; {} thread{}\n",
               places.ids.size(), commitments.ids.size(), commitments.vertices, reading.wall, load(),
               options.threads, options.threads == 1 ? "" : "s");
    const truce::JoinSettings settings{.threads = options.threads};
    AreaIndex areas(commitments.shapes, settings);
    PlaceIndex index(places.columns());

    const std::vector<Question> questions{
        {"q1", "parties, date and polygon",
         "and e.day between c.start_day and c.end_day and e.actor_a=c.actor_a and e.actor_b=c.actor_b",
         &commitments.by_dyad_day},
        {"q0", "date and polygon", "and e.day between c.start_day and c.end_day", &commitments.by_day},
        {"qp", "polygon only", "", &commitments.by_place},
    };
    const bool like_the_marks = places.ids.size() == 350'000 && commitments.vertices == 6'434'733;
    for (const Question& question : questions) {
        const Answer answer = answer_of(areas.join(index, *question.queries, settings), places, commitments);
        fmt::print("\n{} ({}): {} pairs, checksum {}\n", question.name, question.title, answer.pairs,
                   answer.checksum);
        const bool beside_peer =
            !options.psql.empty() && (question.name != "qp" || options.polygon_only_beside_peer);
        const int rounds = question.name == "qp" && beside_peer ? 1 : options.pairs;
        std::vector<double> warm, cold, warm_ratio, cold_ratio, peer_cpu, warm_wall_ratio;
        for (int i = 0; i < rounds; ++i) {
            std::vector<Shape> parsed(commitments.shapes);
            const Seconds cold_time = timed([&] {
                // From parsed columns to pairs, every index built.
                const AreaIndex fresh_areas(std::move(parsed), settings);
                const PlaceIndex fresh_index(places.columns());
                const AreaPairs found = fresh_areas.join(fresh_index, *question.queries, settings);
                if (found.places.size() != answer.pairs) throw std::runtime_error("two runs differ");
            });
            const Seconds warm_time = timed([&] {
                const AreaPairs found = areas.join(index, *question.queries, settings);
                if (found.places.size() != answer.pairs) throw std::runtime_error("two runs differ");
            });
            cold.push_back(cold_time.cpu);
            warm.push_back(warm_time.cpu);
            if (!beside_peer) continue;
            const Peer::Run peer = Peer(options.psql, options.table).run(question);
            if (peer.answer != answer) {
                throw std::runtime_error(fmt::format("PostGIS finds {} pairs with checksum {}: no figures",
                                                     peer.answer.pairs, peer.answer.checksum));
            }
            peer_cpu.push_back(peer.time.cpu);
            warm_ratio.push_back(peer.time.cpu / warm_time.cpu);
            cold_ratio.push_back(peer.time.cpu / cold_time.cpu);
            warm_wall_ratio.push_back(peer.time.wall / warm_time.wall);
        }
        fmt::print("  warm, CPU s: {}\n  cold, CPU s: {}\n", spread(warm), spread(cold));
        if (beside_peer) {
            fmt::print("  PostGIS with its best index, same pairs, CPU s: {}\n", spread(peer_cpu));
            fmt::print(
                "  times as fast as PostGIS: warm {}, cold {} (CPU, median of {} pairs); warm by the clock "
                "{}\n",
                spread(warm_ratio), spread(cold_ratio), rounds, spread(warm_wall_ratio));
        }
        if (like_the_marks && question.name == "q1") {
            fmt::print("  hand-tuned Shapely 2 took 0.72 CPU s on a machine of this kind: {:.0f} times\n",
                       0.72 / median(warm));
        }
        if (like_the_marks && question.name == "qp") {
            fmt::print("  Shapely 2 took 27.4 CPU s on a machine of this kind: {:.0f} times\n",
                       27.4 / median(warm));
        }
    }

    const std::size_t asked = std::min<std::size_t>(places.ids.size(), 20'000);
    std::uint64_t found = 0;
    const Seconds one_by_one = timed([&] {
        for (std::size_t i = 0; i < asked; ++i) {
            areas.for_each_containing(
                {places.lats[i], places.lons[i]}, [&](std::uint32_t) { ++found; },
                [&](std::uint32_t shape) {
                    const auto& period = *commitments.by_day[shape].days;
                    return period.first <= places.when[i] && places.when[i] < period.end;
                });
        }
    });
    fmt::print("\none place against the register, by date and polygon: {:.2f} us ({} found for {} places)\n",
               one_by_one.cpu / static_cast<double>(asked) * 1e6, found, asked);
    fmt::print("load at the end {}\n", load());
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Joins places to commitments, and compares with PostGIS when told how to reach it."};
    Options options;
    app.add_option("PLACES", options.places, "CSV: id,day,lat,lon,actor_a,actor_b")->required();
    app.add_option("COMMITMENTS", options.commitments, "CSV: cid,start_day,end_day,actor_a,actor_b,scope,wkt")
        ->required();
    app.add_option("--psql", options.psql, "command that starts psql on the loaded database");
    app.add_option("--table", options.table, "the table of places there");
    app.add_option("--pairs", options.pairs, "how often the two run in turn")->check(CLI::Range(1, 1000));
    app.add_option("--threads", options.threads, "threads of ours; PostGIS has one")
        ->check(CLI::Range(1, 1024));
    app.add_flag("--polygon-only", options.polygon_only_beside_peer,
                 "run PostGIS on the polygon-only join, too (a minute)");
    CLI11_PARSE(app, argc, argv);
    try {
        measure(options);
    } catch (const std::exception& error) {
        fmt::print(stderr, "join: {}\n", error.what());
        return 3;
    }
    return 0;
}
