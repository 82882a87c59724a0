// SPDX-License-Identifier: Apache-2.0
// Section (c): linking two sources' accounts, from files to scored links.
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/csv_columns.h"
#include "base/mapped_file.h"
#include "base/side_by_side.h"
#include "linkage/comparands.h"
#include "linkage/link.h"

namespace {

using namespace truce;
using namespace truce::linkage;

constexpr std::string_view unnamed = "Unidentified Armed Group";

struct Accounts {
    Comparands told;
    std::vector<std::uint32_t> sources;
    std::vector<std::uint32_t> ranks;
    std::vector<std::uint32_t> countries;
    std::vector<std::int64_t> truth;
};

Act act_of(std::string_view type) {
    if (type == "Battles") return Act::attack_armed_clash;
    if (type == "Shelling") return Act::attack_shelling;
    if (type == "Airstrike") return Act::attack_air_strike;
    if (type == "IED") return Act::attack_explosive_ied;
    return Act::attack;
}

/// The codes in `book` of a column's categories.
std::vector<std::uint32_t> codes_of(const csv::Column& column, const auto& code) {
    std::vector<std::uint32_t> codes;
    for (const auto& name : column.categories()) codes.push_back(code(name));
    return codes;
}

/// The columns of one file.
csv::Columns columns_of(const std::string& path) {
    using enum csv::ColumnType;
    const std::vector<csv::WantedColumn> wanted{
        {"day", integer},      {"country", integer},  {"lat", real},       {"lon", real},
        {"actor_a", category}, {"actor_b", category}, {"place", category}, {"typ", category},
        {"fat", integer},      {"truth", integer}};
    const auto file = map_file(path);
    if (!file) throw std::runtime_error(file.error().text());
    auto read = csv::read_columns(*file, wanted, {.threads = 1});
    if (!read) throw std::runtime_error(read.error().text());
    return std::move(*read);
}

void add(Accounts& all, const csv::Columns& read, std::uint32_t source) {
    const auto& c = read.columns;
    auto& told = all.told;
    const auto party = [&](std::string_view name) {
        return name == unnamed ? 0U : told.parties.code({.may_be = {}, .key = std::string(name)});
    };
    const auto attackers = codes_of(c[4], party);
    const auto targets = codes_of(c[5], party);
    const auto places = codes_of(c[6], [&](std::string_view name) { return told.names.code(name); });
    std::vector<Act> acts;
    for (const auto& type : c[7].categories()) acts.push_back(act_of(type));
    told.reserve(told.size() + read.rows);
    for (std::size_t i = 0; i < read.rows; ++i) {
        const auto day = static_cast<std::int32_t>(c[0].integers()[i]);
        told.occasions.push_back({day * 86400LL, (day + 1) * 86400LL, day, day});
        told.first_days.push_back(day);
        told.last_days.push_back(day);
        told.lats.push_back(c[2].reals()[i]);
        told.lons.push_back(c[3].reals()[i]);
        told.radii_km.push_back(0);
        told.coarse.push_back(0);
        told.attackers.push_back(attackers[c[4].codes()[i]]);
        told.targets.push_back(targets[c[5].codes()[i]]);
        told.place_names.push_back(places[c[6].codes()[i]]);
        told.acts.push_back(acts[c[7].codes()[i]]);
        told.sides.push_back(Sides::attacker_first);
        told.killed.push_back(CountRange::exactly(static_cast<std::uint32_t>(c[8].integers()[i])));
        told.letters.push_back(Letters::none);
        told.text_ends.push_back(0);
        all.ranks.push_back(static_cast<std::uint32_t>(all.ranks.size()));
        all.sources.push_back(source);
        all.countries.push_back(static_cast<std::uint32_t>(c[1].integers()[i]));
        all.truth.push_back(c[9].integers()[i]);
    }
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Quality {
    double precision = 0;
    double recall = 0;
    [[nodiscard]] double f1() const { return 2 * precision * recall / (precision + recall); }
};

Quality quality(const Accounts& all, const Linked& linked, double from, std::uint64_t true_pairs) {
    std::uint64_t declared = 0;
    std::uint64_t right = 0;
    for (const auto& one : linked.links) {
        if (one.chance < from) continue;
        ++declared;
        right += all.truth[one.pair.a] == all.truth[one.pair.b] ? 1U : 0U;
    }
    return {static_cast<double>(right) / static_cast<double>(declared),
            static_cast<double>(right) / static_cast<double>(true_pairs)};
}

std::uint64_t true_pairs_of(const Accounts& all) {
    std::map<std::int64_t, std::pair<std::uint64_t, std::uint64_t>> by_truth;
    for (std::size_t i = 0; i < all.truth.size(); ++i) {
        auto& [a, b] = by_truth[all.truth[i]];
        ++(all.sources[i] == 0 ? a : b);
    }
    std::uint64_t pairs = 0;
    for (const auto& [truth, counts] : by_truth) pairs += counts.first * counts.second;
    return pairs;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Links two files of accounts with the columns of the reference generator.");
    std::string a;
    std::string b;
    unsigned threads = 2;
    bool weights = false;
    double from = 0.5;
    app.add_option("a", a)->required();
    app.add_option("b", b)->required();
    app.add_option("--threads", threads);
    app.add_option("--from", from, "the least chance of pairs that are kept");
    app.add_flag("--weights", weights, "print what was learned");
    CLI11_PARSE(app, argc, argv);

    const auto start = std::chrono::steady_clock::now();
    std::vector<csv::Columns> files(2);
    run_side_by_side(threads, 2, [&](std::size_t which) { files[which] = columns_of(which == 0 ? a : b); });
    Accounts all;
    for (std::uint32_t source = 0; source < 2; ++source) add(all, files[source], source);
    files.clear();
    const double read = seconds_since(start);
    const std::vector<std::uint8_t> repeats{0, 0};
    LinkSettings settings;
    settings.threads = threads;
    settings.review_from = from;
    settings.window = {.days = 3, .box_degrees = 0.25};
    const LinkInput input{all.told, all.sources, repeats, all.ranks, all.countries, {}};
    const auto linked = link(input, settings);
    const double total = seconds_since(start);

    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    fmt::print("accounts {}  threads {}  read {:.3f} s  total {:.3f} s  CPU {:.3f} s  peak {:.0f} MiB\n",
               all.truth.size(), threads, read, total, of(usage.ru_utime) + of(usage.ru_stime),
               static_cast<double>(usage.ru_maxrss) / 1024);
    const double cpu = of(usage.ru_utime) + of(usage.ru_stime);
    // Splink 4.0.16 on DuckDB with the same window, two threads: seconds, CPU seconds, MiB.
    if (all.truth.size() == 700'000) {
        fmt::print(
            "beside Splink's mark (101.7 s, 133 CPU s, 1.05 GB): {:.0f} times by the clock, {:.0f} times by "
            "CPU, {:.1f} times less memory\n",
            101.7 / total, 133 / cpu, 1.05e9 / 1024 / static_cast<double>(usage.ru_maxrss));
    }
    const auto true_pairs = true_pairs_of(all);
    fmt::print("compared {}  by chance {:.0f}  share {:.5f}  learned {}  true pairs {}\n", linked.compared,
               linked.by_chance.value_or(-1), linked.fit.model.share, static_cast<int>(linked.learned),
               true_pairs);
    for (const double least : {0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99}) {
        if (least < from) continue;
        const auto q = quality(all, linked, least, true_pairs);
        fmt::print("pairs from {:.2f}: precision {:.4f} recall {:.4f} F1 {:.4f}\n", least, q.precision,
                   q.recall, q.f1());
    }
    std::uint64_t wrong = 0;
    for (const auto& one : linked.links) {
        wrong += one.state == LinkState::linked && all.truth[one.pair.a] != all.truth[one.pair.b] ? 1U : 0U;
    }
    fmt::print(
        "linked {}  review {}  kept apart {}  expected false {:.0f}  false {}  expected missed {:.0f}  "
        "incidents {}\n",
        linked.linked, linked.review, linked.kept_apart, linked.expected_false, wrong, linked.expected_missed,
        linked.incidents.size());
    if (weights) {
        for (std::size_t k = 0; k < compared_count; ++k) {
            for (std::uint8_t l = 0; l < compared_fields()[k].levels; ++l) {
                fmt::print("{:10} {}  m {:.5f}  u {:.5f}  {:+.2f}\n", compared_fields()[k].name, l,
                           linked.fit.model.m[k][l], linked.fit.model.u[k][l], linked.fit.model.weight(k, l));
            }
        }
    }
    return 0;
}
