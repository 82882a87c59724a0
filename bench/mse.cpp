// SPDX-License-Identifier: Apache-2.0
// Multiple systems estimation beside the marks of the programs that people use for it, which are R packages
// that Debian does not have: their times, on a machine of the same kind, are given below with each work.
//
//     bench_mse [--repeat N] [--peer-factor F]
//
// All times are CPU seconds of one thread, the median of N repeats. Answers are compared with the peers'
// first; where they differ there is no ratio. `--peer-factor` multiplies the marks, for a machine that is
// known to be faster or slower than theirs.
#include <fmt/format.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "analysis/numeric/capture_bootstrap.h"
#include "analysis/numeric/decomposable.h"
#include "analysis/numeric/effective_size.h"
#include "analysis/numeric/latent_class.h"
#include "analysis/numeric/log_linear.h"
#include "analysis/numeric/quantile.h"
#include "analysis/numeric/test_list_tables.h"
#include "base/random.h"

namespace {

using namespace truce;
using namespace truce::numeric;

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// The median CPU time of some work.
template <class Work>
double time_of(int repeat, Work work) {
    std::vector<double> times;
    for (int i = 0; i < repeat; ++i) {
        const double start = cpu_seconds();
        work();
        times.push_back(cpu_seconds() - start);
    }
    std::ranges::sort(times);
    return sample_quantile(times, {.value = 0.5});
}

bool close(double value, double expected, double relative) {
    return std::abs(value - expected) <= relative * std::abs(expected);
}

void print(const char* work, bool same, double seconds, double mark, const char* peer) {
    if (!same) {
        fmt::print("{:<46} answers differ: no figure\n", work);
        return;
    }
    fmt::print("{:<46} {:9.4f} s   {} {:.1f} s: {:.0f} times\n", work, seconds, peer, mark, mark / seconds);
}

double quantile(std::vector<double> draws, double share) {
    std::ranges::sort(draws);
    return sample_quantile(draws, {.value = share});
}

/// As many people, lists and combinations as the largest published use of LCMCR at hand (verdata's R1), but
/// drawn: three classes of people, ten lists.
ListCounts ten_lists() {
    constexpr int lists = 10;
    constexpr int people = 30000;
    Random random(10);
    ListCounts counts(lists);
    for (int i = 0; i < people; ++i) {
        const double level = i % 10 < 6 ? 0.02 : i % 10 < 9 ? 0.12 : 0.3;
        ListSet set = 0;
        for (unsigned j = 0; j < lists; ++j) {
            if (random.uniform() < level * (j < 3 ? 3.0 : 0.7)) set |= ListSet{1} << j;
        }
        if (set != 0) counts.add(set, 1);
    }
    return counts;
}

}  // namespace

int main(int argc, char** argv) {
    int repeat = 5;
    double factor = 1;
    CLI::App app("Multiple systems estimation beside the marks of other programs");
    app.add_option("--repeat", repeat)->check(CLI::PositiveNumber);
    app.add_option("--peer-factor", factor)->check(CLI::PositiveNumber);
    CLI11_PARSE(app, argc, argv);

    {
        std::vector<RankedModel> ranked;
        const double seconds = time_of(repeat, [&] { ranked = rank_models(modern_slavery()); });
        const bool same = ranked.front().model.name(5) == "[123,25,34]" &&
                          close(ranked.front().fit.population(), 25311, 1e-4) &&
                          hierarchical_models(5).size() == 6893;
        print("all 6,893 hierarchical models of five lists", same, seconds, 42.3 * factor,
              "Rcapture closedpMS.t");
    }
    {
        GraphAverage average;
        const double seconds = time_of(
            repeat, [&] { average = average_over_graphs(modern_slavery(), {.most_unseen = 100000}); });
        const auto median = modern_slavery().total() + discrete_quantile(average.unseen, {.value = 0.5});
        print("822 graphs of five lists, 0 to 100,000 unseen", median == 22990, seconds, 5.1 * factor,
              "dga bma.cr");
    }
    {
        std::optional<Bootstrap> bootstrap;
        const double seconds =
            time_of(repeat, [&] { bootstrap = bootstrap_with_choice(modern_slavery(), {.seed = 1}); });
        print("1,000 bootstraps with stepwise choice", bootstrap && close(bootstrap->population, 11313, 1e-4),
              seconds, 83.8 * factor, "SparseMSE estimatepopulation");
        fmt::print("    {:.0f} ({:.0f}-{:.0f}); SparseMSE 11,313 (8,785-14,701)\n", bootstrap->population,
                   bootstrap->interval.low, bootstrap->interval.high);
    }
    {
        constexpr double mark = 112;  // effective draws a second
        double worst = 0;
        std::vector<double> rates;
        for (int i = 0; i < repeat; ++i) {
            const double start = cpu_seconds();
            const auto drawn =
                draw_latent_classes(kosovo(), {.draws = 20000, .seed = static_cast<std::uint64_t>(i)});
            const double seconds = cpu_seconds() - start;
            const double effective = effective_size(drawn.population);
            rates.push_back(effective / seconds);
            worst = std::max(worst, std::abs(quantile(drawn.population, 0.5) / 10412 - 1));
            fmt::print("    seed {}: {:.0f} ({:.0f}-{:.0f}), {:.0f} effective draws in {:.2f} s\n", i,
                       quantile(drawn.population, 0.5), quantile(drawn.population, 0.025),
                       quantile(drawn.population, 0.975), effective, seconds);
        }
        std::ranges::sort(rates);
        const double rate = sample_quantile(rates, {.value = 0.5});
        // The reference's own chains lie between 10,266 and 10,528.
        if (worst < 0.015) {
            fmt::print("{:<46} {:9.0f} effective draws/s   LCMCR {:.0f}: {:.0f} times\n",
                       "latent classes, Kosovo, burning in included", rate, mark / factor,
                       rate / (mark / factor));
        } else {
            fmt::print("{:<46} answers differ: no figure\n", "latent classes, Kosovo");
        }
    }
    {
        const auto counts = ten_lists();
        const auto patterns = std::ranges::count_if(counts.cells(), [](std::uint64_t n) { return n > 0; });
        const double start = cpu_seconds();
        const auto drawn = draw_latent_classes(counts, {.classes = 15, .burn_in = 500, .draws = 1000});
        const double seconds = cpu_seconds() - start;
        const double effective = effective_size(drawn.population);
        fmt::print(
            "latent classes, ten drawn lists, {} people, {} combinations: {:.0f} ({:.0f}-{:.0f}), {:.0f} "
            "effective draws in {:.2f} s\n    (LCMCR had 16.7 a second on verdata's R1, which is not at "
            "hand: no ratio)\n",
            counts.total(), patterns, quantile(drawn.population, 0.5), quantile(drawn.population, 0.025),
            quantile(drawn.population, 0.975), effective, seconds);
    }
    return 0;
}
