// SPDX-License-Identifier: Apache-2.0
// The adjudication join with everything that adjudication adds to it: 350,000 incidents against 2,200
// commitments, each pair that fits in time and place judged element by element.
//
//     adjudicate EVENTS.csv COMMITMENTS.csv [--threads N] [--repeat N] [--peer SECONDS]
//
// EVENTS: id,day,lat,lon,actor_a,actor_b (day counted from 1970-01-01). COMMITMENTS:
// cid,start_day,end_day,actor_a,actor_b,scope,"POLYGON((lon lat,...))", the last day included. Prints the
// number of pairs and their checksum, sum of (id * 2654435761 + cid * 40503) mod 1000000007, for date and
// polygon (q0) and for dyad, date and polygon (q1), which other programs have to match, and seconds: cold
// (parsed arrays to findings), warm (index kept), one incident at a time. `--peer` is another program's time
// for q0 in the same run; the ratio is printed then.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adjudication/adjudicate_all.h"
#include "geo/shape.h"
#include "model/commitment.h"

namespace {

using namespace truce;

struct World {
    std::vector<Actor> actors;
    std::unordered_map<int, ActorId> actor_by_code;
    std::vector<Area> areas;
    std::vector<Agreement> agreements;
    std::vector<Incident> incidents;

    ActorId actor(int code) {
        const ActorId next{static_cast<std::uint32_t>(actors.size())};
        const auto [found, added] = actor_by_code.try_emplace(code, next);
        if (added) {
            Actor one;
            one.id = fmt::format("{}", code);
            one.kind = ActorKind::armed_group;
            actors.push_back(std::move(one));
        }
        return found->second;
    }
};

[[noreturn]] void give_up(const std::string& why) {
    fmt::print(stderr, "adjudicate: {}\n", why);
    std::exit(3);
}

std::string text_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) give_up(path + " cannot be read");
    return {std::istreambuf_iterator<char>(in), {}};
}

template <class Number>
Number take_number(std::string_view& text, char then) {
    Number value{};
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{}) give_up(fmt::format("'{}' is no number", text.substr(0, 20)));
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty() && text.front() == then) text.remove_prefix(1);
    return value;
}

sys_seconds day_start(int day) {
    return sys_days{std::chrono::days{day}};
}

void read_events(const std::string& path, World& world) {
    const auto text = text_of(path);
    std::string_view rest = text;
    rest.remove_prefix(std::min(rest.size(), rest.find('\n') + 1));
    while (!rest.empty()) {
        Incident one;
        const auto id = take_number<std::uint32_t>(rest, ',');
        const auto day = take_number<int>(rest, ',');
        const auto lat = take_number<double>(rest, ',');
        const auto lon = take_number<double>(rest, ',');
        const auto a = take_number<int>(rest, ',');
        const auto b = take_number<int>(rest, '\n');
        one.accounts.push_back({id});
        one.what.when = {{day_start(day), day_start(day + 1)}, TimePrecision::day};
        one.what.place.centre = Point{lat, lon};
        one.what.act = Act::attack;
        one.what.parties.attacker = {{{world.actor(a), 1.0}}, {}, Basis::reported};
        one.what.parties.target = {{{world.actor(b), 1.0}}, {}, Basis::reported};
        world.incidents.push_back(std::move(one));
    }
}

Shape polygon(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.size(), rest.find("((") + 2));
    std::vector<double> lats;
    std::vector<double> lons;
    while (!rest.empty() && rest.front() != ')') {
        lons.push_back(take_number<double>(rest, ' '));
        lats.push_back(take_number<double>(rest, ','));
    }
    rest.remove_prefix(std::min(rest.size(), rest.find('\n') + 1));
    ShapeBuilder builder;
    builder.begin_polygon();
    if (const auto added = builder.add_ring(lats, lons); !added) give_up(added.error().text());
    return builder.finish();
}

void read_commitments(const std::string& path, World& world) {
    const auto text = text_of(path);
    std::string_view rest = text;
    rest.remove_prefix(std::min(rest.size(), rest.find('\n') + 1));
    while (!rest.empty()) {
        Agreement one;
        one.id = fmt::format("{}", take_number<int>(rest, ','));
        one.from = Moment::at(day_start(take_number<int>(rest, ',')));
        one.until = Moment::at(day_start(take_number<int>(rest, ',') + 1));
        for (int side = 0; side < 2; ++side) {
            Adherent adherent;
            adherent.actor = world.actor(take_number<int>(rest, ','));
            one.adherents.push_back(adherent);
        }
        const AreaId area_id{static_cast<std::uint32_t>(world.areas.size())};
        Area area;
        area.id = one.id;
        area.shape = polygon(rest);
        world.areas.push_back(std::move(area));
        one.area = AreaClause{{{"", area_id}}};
        one.duties.resize(1);
        one.duties[0].acts = {Act::attack};
        one.duties[0].against = {TargetKind::adherent};
        world.agreements.push_back(std::move(one));
    }
}

double seconds_of(const auto& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void print_pairs(std::string_view what, std::span<const Finding> findings, const auto& wanted) {
    std::size_t pairs = 0;
    std::uint64_t sum = 0;
    for (const auto& finding : findings) {
        if (!wanted(finding)) continue;
        ++pairs;
        sum += (std::uint64_t{finding.incident.value} * 2654435761U +
                std::uint64_t{finding.commitment.value} * 40503U) %
               1000000007U;
    }
    fmt::print("{}: {} pairs, checksum {}\n", what, pairs, sum);
}

double median(std::vector<double> times) {
    std::ranges::sort(times);
    return times[times.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Times adjudicate_all on files of incidents and commitments");
    std::string events;
    std::string commitments_file;
    unsigned threads = 1;
    int repeat = 5;
    double peer = 0;
    app.add_option("events", events)->required();
    app.add_option("commitments", commitments_file)->required();
    app.add_option("--threads", threads)->check(CLI::Range(1, 256));
    app.add_option("--repeat", repeat)->check(CLI::Range(1, 1000));
    app.add_option("--peer", peer);
    CLI11_PARSE(app, argc, argv);

    World world;
    read_events(events, world);
    read_commitments(commitments_file, world);
    const ActorRegister actors(std::move(world.actors));
    const AreaRegister areas(std::move(world.areas));
    const auto commitments = commitments_of(world.agreements);
    const Setting setting{actors, areas};
    fmt::print("{} incidents, {} commitments, {} threads\n", world.incidents.size(), commitments.size(),
               threads);

    Findings all;
    const double cold =
        seconds_of([&] { all = adjudicate_all(world.incidents, commitments, setting, threads); });
    const CommitmentIndex index(commitments, setting, threads);
    std::vector<double> warm;
    for (int i = 0; i < repeat; ++i) {
        all = {};
        warm.push_back(seconds_of([&] { all = index.adjudicate_all(world.incidents, threads); }));
    }
    const std::size_t singles = std::min<std::size_t>(20000, world.incidents.size());
    std::size_t found = 0;
    const double single = seconds_of([&] {
        for (std::size_t i = 0; i < singles; ++i) {
            found += index.adjudicate_all(std::span(world.incidents).subspan(i, 1)).findings.size();
        }
    });

    print_pairs("q0, date and polygon", all.findings, [](const Finding&) { return true; });
    print_pairs("q1, dyad, date and polygon", all.findings,
                [](const Finding& finding) { return finding.verdict == Verdict::breach; });
    fmt::print("cold {:.3f} s, warm {:.3f} s, one incident {:.2f} us ({} findings in {})\n", cold,
               median(warm), 1e6 * single / static_cast<double>(std::max<std::size_t>(1, singles)), found,
               singles);
    if (peer > 0)
        fmt::print("the peer took {:.2f} times as long (warm), {:.2f} (cold)\n", peer / median(warm),
                   peer / cold);
    return 0;
}
