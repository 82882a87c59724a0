// SPDX-License-Identifier: Apache-2.0
// The space-time scan statistic on files in SaTScan's form (`place count yyyy/mm/dd` and `place lat lon`),
// beside what SaTScan took for the same. `bench_scan --help`.
//
// The observed statistic is printed with all its digits, so that it can be held against the peer's, and, with
// --plain, against the plain enumeration of all windows.
#include <fmt/format.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "analysis/numeric/circles.h"
#include "analysis/numeric/scan.h"

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using namespace truce::numeric;

/// Seconds that this process has computed, on all its threads.
double cpu_seconds() {
    timespec spent{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

struct Options {
    std::string cases;
    std::string places;
    std::string model = "permutation";
    std::string first = "2016/01/01";
    std::string last = "2019/12/31";
    std::string bin = "week";
    double share = 0.5;
    double time_share = 0.5;
    double radius_km = 0;
    std::uint32_t replicates = 9;
    unsigned threads = 1;
    std::uint64_t seed = 1;
    double peer_seconds = 0;
    std::string set;
    bool plain = false;
    bool ties_together = false;
};

/// `2016/01/31`, or `2016/01` for the first of the month.
sys_days day_of(const std::string& text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 1;
    year = std::stoi(text.substr(0, 4));
    month = static_cast<unsigned>(std::stoul(text.substr(5, 2)));
    if (text.size() >= 10) day = static_cast<unsigned>(std::stoul(text.substr(8, 2)));
    return std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
}

struct Instance {
    std::vector<std::string> names;
    std::vector<truce::Point> sites;
    std::size_t bins = 0;
    std::vector<std::uint32_t> cases;
};

/// Weeks are counted back from the last day, as SaTScan does: the first may be shorter.
Instance read(const Options& options) {
    Instance instance;
    std::map<std::string, std::size_t> site_of;
    std::ifstream places(options.places);
    std::string name;
    for (truce::Point point; places >> name >> point.lat >> point.lon;) {
        site_of.emplace(name, instance.sites.size());
        instance.names.push_back(name);
        instance.sites.push_back(point);
    }
    const sys_days first = day_of(options.first);
    const sys_days last = day_of(options.last);
    const auto bin_of = [&](sys_days day) -> std::size_t {
        if (options.bin == "month") {
            const std::chrono::year_month_day from(first);
            const std::chrono::year_month_day to(day);
            const auto months = (to.year() / to.month()) - (from.year() / from.month());
            return static_cast<std::size_t>(months.count());
        }
        const auto length = options.bin == "week" ? 7 : 1;
        return static_cast<std::size_t>(((last - first).count() + length) / length - 1 -
                                        (last - day).count() / length);
    };
    instance.bins = bin_of(last) + 1;
    instance.cases.assign(instance.sites.size() * instance.bins, 0);
    std::ifstream cases(options.cases);
    std::string day;
    for (std::uint32_t count = 0; cases >> name >> count >> day;) {
        instance.cases[site_of.at(name) * instance.bins + bin_of(day_of(day))] += count;
    }
    return instance;
}

void print(const ScanWindow& window, const Instance& instance, const Circles& circles, double seconds) {
    const auto of_bin = [](std::uint32_t bin) { return bin + 1; };
    fmt::print(
        "statistic {:.6f}, about {} ({:.4f}, {:.4f}), {} places, radius {:.2f} km, bins {} to {} of {}, "
        "{} cases, {:.4f} expected; {:.3f} s\n",
        window.statistic, instance.names[window.centre], instance.sites[window.centre].lat,
        instance.sites[window.centre].lon, window.members, circles.radius(window.centre, window.members),
        of_bin(window.first_bin), window.end_bin, instance.bins, window.cases, window.expected, seconds);
}

int run(const Options& options) {
    const Instance instance = read(options);
    const bool poisson = options.model == "poisson";
    std::vector<double> base;
    if (poisson) {
        for (std::size_t site = 0; site < instance.sites.size(); ++site) {
            double population = 0;
            for (std::size_t bin = 0; bin < instance.bins; ++bin) {
                population += instance.cases[site * instance.bins + bin];
            }
            base.insert(base.end(), instance.bins, population);
        }
    }
    const auto table = ScanTable::make(poisson ? ScanModel::poisson : ScanModel::space_time_permutation,
                                       instance.sites.size(), instance.bins, instance.cases, base);
    if (!table) throw std::runtime_error(table.error().message);
    CircleLimits limits{.share = options.share,
                        .ties = options.ties_together ? Ties::together : Ties::one_by_one};
    if (options.radius_km > 0) limits.radius = truce::Distance::km(options.radius_km);

    double start = cpu_seconds();
    const Circles circles(instance.sites, table->weights(), limits);
    std::size_t zones = 0;
    for (std::size_t centre = 0; centre < circles.sites(); ++centre) zones += circles.zones(centre).size();
    const double circles_took = cpu_seconds() - start;
    const ScanDesign design{.windows = {.longest = static_cast<std::size_t>(
                                            static_cast<double>(instance.bins) * options.time_share)},
                            .least_cases = 2};
    fmt::print("{} places, {} bins, {} cases, {} zones in {:.3f} s\n", instance.sites.size(), instance.bins,
               table->all_cases(), zones, circles_took);

    const scan_kernels::Kernels* kernels = &scan_kernels::best_kernels();
    using scan_kernels::InstructionSet;
    if (options.set == "portable") kernels = scan_kernels::kernels_for(InstructionSet::portable);

    start = cpu_seconds();
    const auto best = most_likely(*table, circles, design, {}, *kernels);
    const double best_took = cpu_seconds() - start;
    if (best) print(*best, instance, circles, best_took);
    if (options.plain) {
        start = cpu_seconds();
        const auto plainly = most_likely_plainly(*table, circles, design);
        if (plainly) print(*plainly, instance, circles, cpu_seconds() - start);
        if (plainly != best) throw std::runtime_error("the two forms differ");
    }
    if (options.replicates == 0 || !best) return 0;

    start = cpu_seconds();
    const auto greatest =
        greatest_of_replicates(*table, circles, design, single_cases(*table, options.seed),
                               {.replicates = options.replicates, .threads = options.threads}, {}, *kernels);
    const double took = cpu_seconds() - start;
    const double each = took / options.replicates;
    fmt::print("{} replicates: {:.3f} s CPU, {:.5f} s each; greatest {:.6f}, p {:.4f}\n", options.replicates,
               took, each, *std::ranges::max_element(greatest), rank_p(best->statistic, greatest));
    if (options.peer_seconds > 0) {
        fmt::print("SaTScan's mark {:.3f} s each: {:.1f} times as fast\n", options.peer_seconds,
                   options.peer_seconds / each);
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"The space-time scan statistic beside SaTScan's marks."};
    app.add_option("cases", options.cases, "case file: place count date")->required();
    app.add_option("places", options.places, "coordinates file: place lat lon")->required();
    app.add_option("--model", options.model)->check(CLI::IsMember({"permutation", "poisson"}));
    app.add_option("--first", options.first, "first day, yyyy/mm/dd");
    app.add_option("--last", options.last, "last day");
    app.add_option("--bin", options.bin)->check(CLI::IsMember({"day", "week", "month"}));
    app.add_option("--share", options.share, "largest share of the cases in a circle");
    app.add_option("--time-share", options.time_share, "largest share of the time in a window");
    app.add_option("--radius", options.radius_km, "largest radius in km; 0: none");
    app.add_option("--replicates", options.replicates);
    app.add_option("--threads", options.threads);
    app.add_option("--seed", options.seed);
    app.add_option("--peer", options.peer_seconds, "the peer's CPU seconds for one replicate");
    app.add_option("--set", options.set, "portable, instead of the best that this machine has");
    app.add_flag("--plain", options.plain, "also by plain enumeration, which must agree");
    app.add_flag("--ties-together", options.ties_together,
                 "whole circles only; SaTScan lets ties in one by one");
    CLI11_PARSE(app, argc, argv);
    return run(options);
}
