// SPDX-License-Identifier: Apache-2.0
// Survival estimators beside R's package survival: `survival FILE`, FILE having the columns time, event, x1
// to x5 and grp. `survival --help`; bench/survival.sh makes the file and runs it.
//
// Both programs hold the table in memory. Figures are compared first, and where they differ none is printed.
#include <fmt/format.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/numeric/cox.h"
#include "analysis/numeric/kaplan_meier.h"
#include "analysis/numeric/lifetime.h"
#include "base/random.h"

namespace {

using truce::numeric::CoxFit;
using truce::numeric::CoxInput;
using truce::numeric::Spells;

/// Seconds that this process has computed, on all its threads.
double cpu_seconds() {
    timespec spent{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) * 1e-9;
}

struct Table {
    std::vector<double> time;
    std::vector<std::uint8_t> event;
    std::array<std::vector<double>, 5> x;
    std::vector<std::uint32_t> group;

    [[nodiscard]] Spells spells() const { return {.start = {}, .stop = time, .failed = event}; }
    [[nodiscard]] std::array<std::span<const double>, 5> columns() const {
        return {x[0], x[1], x[2], x[3], x[4]};
    }
};

Table read(const std::string& file) {
    std::ifstream in(file);
    std::string line;
    if (!std::getline(in, line) || line != "time,event,x1,x2,x3,x4,x5,grp")
        throw std::runtime_error(file + ": want the columns time,event,x1,x2,x3,x4,x5,grp");
    Table table;
    while (std::getline(in, line)) {
        std::array<double, 8> row{};
        const char* at = line.data();
        const char* const end = at + line.size();
        for (double& value : row) {
            const auto [rest, status] = std::from_chars(at, end, value);
            if (status != std::errc{}) throw std::runtime_error(file + ": a number is missing in: " + line);
            at = rest == end ? rest : rest + 1;
        }
        table.time.push_back(row[0]);
        table.event.push_back(row[1] != 0 ? 1 : 0);
        for (std::size_t i = 0; i < 5; ++i) table.x.at(i).push_back(row.at(2 + i));
        table.group.push_back(static_cast<std::uint32_t>(row[7]));
    }
    return table;
}

/// Whole days of a Weibull distribution with falling hazard, a tenth of them censored, many tied.
void make(std::size_t rows, const std::string& file) {
    std::ofstream out(file);
    out << "time,event,x1,x2,x3,x4,x5,grp\n";
    truce::Random random(3);
    for (std::size_t i = 0; i < rows; ++i) {
        std::array<double, 5> x{};
        for (double& value : x) value = std::round(random.normal() * 1e6) / 1e6;
        const double rate = 0.002 * std::exp(0.5 * x[0] - 0.3 * x[1] + 0.2 * x[2]);
        const double life = std::max(1.0, std::ceil(std::pow(random.exponential() / rate, 1 / 0.7) * 0.02));
        const double seen = 30 + static_cast<double>(random.below(1970));
        out << fmt::format("{},{},{},{},{},{},{},{}\n", std::min(life, seen), life <= seen ? 1 : 0, x[0],
                           x[1], x[2], x[3], x[4], i % 4);
    }
}

/// R as a process that is told what to do, line by line.
class Peer {
public:
    explicit Peer(const std::string& script, const std::string& file) {
        std::array<int, 2> to{};
        std::array<int, 2> from{};
        if (pipe(to.data()) != 0 || pipe(from.data()) != 0) throw std::runtime_error("no pipe");
        child_ = fork();
        if (child_ == 0) {
            dup2(to[0], 0);
            dup2(from[1], 1);
            for (const int end : {to[0], to[1], from[0], from[1]}) close(end);
            execlp("Rscript", "Rscript", script.c_str(), file.c_str(), nullptr);
            _exit(127);
        }
        close(to[0]);
        close(from[1]);
        in_ = fdopen(to[1], "w");
        out_ = fdopen(from[0], "r");
        name = line();
    }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    ~Peer() {
        fclose(in_);
        fclose(out_);
        waitpid(child_, nullptr, 0);
    }

    /// CPU seconds, and then the figures.
    std::vector<double> work(const std::string& what) {
        fmt::print(in_, "{}\n", what);
        fflush(in_);
        std::istringstream answer(line());
        std::vector<double> numbers;
        for (double number = 0; answer >> number;) numbers.push_back(number);
        if (numbers.size() < 2) throw std::runtime_error("no answer of R to " + what);
        return numbers;
    }

    std::string name;

private:
    std::string line() {
        std::string text;
        for (int c = 0; (c = fgetc(out_)) != EOF && c != '\n';) text += static_cast<char>(c);
        return text;
    }
    pid_t child_ = 0;
    FILE* in_ = nullptr;
    FILE* out_ = nullptr;
};

std::vector<double> figures_of(const CoxFit& fit) {
    std::vector<double> figures(fit.coefficients);
    for (std::size_t i = 0; i < fit.coefficients.size(); ++i) figures.push_back(fit.standard_error(i));
    figures.push_back(fit.null_log_likelihood);
    figures.push_back(fit.log_likelihood);
    return figures;
}

std::vector<double> cox(const Table& table, bool by_cluster) {
    const auto columns = table.columns();
    CoxInput input{.spells = table.spells(), .covariates = columns};
    if (by_cluster) input.cluster = table.group;
    return figures_of(truce::numeric::fit_cox(input).value());
}

std::vector<double> kaplan_meier(const Table& table) {
    const auto curves = truce::numeric::kaplan_meier(table.spells(), table.group, 4);
    double survival = 0;
    double error = 0;
    double first = curves.front().steps.front().failures;
    double band = 0;
    for (const auto& curve : curves) {
        for (const auto& step : curve.steps) {
            survival += step.survival;
            if (std::isfinite(step.greenwood)) error += std::sqrt(step.greenwood);
            const auto at = curve.at(step.time);
            band += at.interval.high - at.interval.low;
        }
    }
    if (!(band > 0)) throw std::runtime_error("no band");
    return {survival, error, first};
}

std::vector<double> log_rank(const Table& table) {
    const auto test = truce::numeric::log_rank(table.spells(), table.group, 4);
    std::vector<double> figures{test.chi_squared};
    for (const auto& group : test.groups) figures.push_back(group.expected);
    return figures;
}

std::vector<double> weibull(const Table& table) {
    const auto columns = table.columns();
    const auto fit =
        truce::numeric::fit_lifetime(truce::numeric::Lifetime::weibull, table.spells(), columns).value();
    std::vector<double> figures(fit.coefficients);
    figures.push_back(fit.scale);
    figures.push_back(fit.log_likelihood);
    return figures;
}

/// The largest difference relative to the figure (to 1 where that is smaller).
double difference(const std::vector<double>& ours, const std::vector<double>& theirs) {
    if (ours.size() != theirs.size()) return INFINITY;
    double largest = 0;
    for (std::size_t i = 0; i < ours.size(); ++i)
        largest = std::max(largest, std::abs(ours[i] - theirs[i]) / std::max(1.0, std::abs(theirs[i])));
    return largest;
}

struct Work {
    std::string name;
    std::string title;
    double goal;
    std::function<std::vector<double>(const Table&)> ours;
};

}  // namespace

int main(int count, char** arguments) {
    CLI::App app{"Survival estimators beside R's package survival."};
    std::string file;
    std::string script;
    int pairs = 5;
    int cluster_pairs = 1;
    std::vector<std::string> only;
    std::size_t rows = 0;
    app.add_option("file", file, "the table: time,event,x1,x2,x3,x4,x5,grp")->required();
    app.add_option("--make", rows, "write a table of so many rows to the file, and no more");
    app.add_option("--peer", script, "bench/survival.R; without it our times alone");
    app.add_option("--pairs", pairs, "runs of each program, in turn");
    app.add_option("--cluster-pairs", cluster_pairs,
                   "the same for the cluster-robust fit, which takes R long");
    app.add_option("--only", only, "km, logrank, cox, cluster, weibull");
    CLI11_PARSE(app, count, arguments);

    if (rows > 0) {
        make(rows, file);
        return EXIT_SUCCESS;
    }
    const std::vector<Work> works{
        {"km", "Kaplan-Meier by 4 groups, with bands", 20, kaplan_meier},
        {"logrank", "log-rank test of 4 groups", 0, log_rank},
        {"cox", "Cox, Efron's ties, 5 covariates", 20, [](const Table& t) { return cox(t, false); }},
        {"cluster", "the same, cluster-robust", 500, [](const Table& t) { return cox(t, true); }},
        {"weibull", "Weibull, 5 covariates", 15, weibull},
    };
    const Table table = read(file);
    std::optional<Peer> peer;
    if (!script.empty()) peer.emplace(script, file);
    fmt::print("{} rows{}{}; CPU seconds, one thread\n", table.time.size(), peer ? "; peer: " : "",
               peer ? peer->name : "");
    int differing = 0;
    for (const Work& work : works) {
        if (!only.empty() && std::ranges::find(only, work.name) == only.end()) continue;
        work.ours(table);  // warm
        std::vector<double> ours;
        std::vector<double> theirs;
        std::vector<double> ratios;
        double off = 0;
        const int runs = work.name == "cluster" ? cluster_pairs : pairs;
        for (int run = 0; run < runs; ++run) {
            const double before = cpu_seconds();
            const std::vector<double> figures = work.ours(table);
            ours.push_back(cpu_seconds() - before);
            if (!peer) continue;
            std::vector<double> answer = peer->work(work.name);
            theirs.push_back(answer.front());
            answer.erase(answer.begin());
            off = std::max(off, difference(figures, answer));
            ratios.push_back(theirs.back() / ours.back());
        }
        std::ranges::sort(ours);
        const double median = ours[ours.size() / 2];
        if (!peer) {
            fmt::print("{:38} ours {:.4f} [{:.4f}-{:.4f}]\n", work.title, median, ours.front(), ours.back());
            continue;
        }
        if (off > 1e-7) {
            fmt::print("{:38} figures differ by {:.1e}: no ratio\n", work.title, off);
            ++differing;
            continue;
        }
        std::ranges::sort(theirs);
        std::ranges::sort(ratios);
        fmt::print("{:38} ours {:.4f}, R {:.3f}: {:.1f} times [{:.1f}-{:.1f}], figures within {:.0e}{}\n",
                   work.title, median, theirs[theirs.size() / 2], ratios[ratios.size() / 2], ratios.front(),
                   ratios.back(), off,
                   work.goal > 0 ? fmt::format(" (goal {:.0f}: {})", work.goal,
                                               ratios[ratios.size() / 2] >= work.goal ? "met" : "not met")
                                 : "");
    }
    return differing == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
