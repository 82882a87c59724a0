// SPDX-License-Identifier: Apache-2.0
// Holds the methods against missions whose truth is known: `validity --help`. tools/validate runs it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "scores.h"

namespace {

using truce::Random;
using namespace truce::validity;

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

std::vector<Case> all_cases() {
    std::vector<Case> all;
    for (const auto& make : {trend_cases, hotspot_cases, linkage_cases, toll_cases, durability_cases}) {
        auto cases = make();
        std::move(cases.begin(), cases.end(), std::back_inserter(all));
    }
    return all;
}

/// FNV-1a: each case has streams of its own, whichever other cases there are and run.
std::uint64_t number_of(std::string_view name) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

std::string figure(Kind kind, double value) {
    return kind == Kind::mean ? fmt::format("{:.3f}", value) : fmt::format("{:.1f}%", 100 * value);
}

std::string table_of(const Case& one, const Scores& scores) {
    constexpr double z = 1.96;
    std::string text = fmt::format("### {}\n\n{}\n\n| | figure | found | 95% range | wanted | trials |\n"
                                   "| --- | --- | --- | --- | --- | --- |\n",
                                   one.name, one.truth);
    for (std::size_t i = 0; i < one.wanted.size(); ++i) {
        const Wanted& wanted = one.wanted[i];
        const Score& score = scores.of(i);
        const auto range = score.range(wanted.kind, z);
        text += fmt::format("| {} | {} | {} | {} to {} | {} to {} | {} |\n", name_of(wanted.kind),
                            wanted.remark.empty() ? wanted.what : fmt::format("{} ({})", wanted.what, wanted.remark),
                            score.number() == 0 ? "none" : figure(wanted.kind, score.mean()),
                            figure(wanted.kind, range.low), figure(wanted.kind, range.high),
                            figure(wanted.kind, wanted.bounds.low), figure(wanted.kind, wanted.bounds.high),
                            score.number());
    }
    return text + '\n';
}

/// The figures that cannot be where they are wanted, even allowing for how few draws there are.
int outside(const Case& one, const Scores& scores) {
    constexpr double z = 3.9;  // one in ten thousand
    int count = 0;
    for (std::size_t i = 0; i < one.wanted.size(); ++i) {
        const Wanted& wanted = one.wanted[i];
        const auto range = scores.of(i).range(wanted.kind, z);
        if (range.low <= wanted.bounds.high && wanted.bounds.low <= range.high) continue;
        ++count;
        std::cerr << fmt::format("{}: {}: found {} ({} trials), wanted {} to {}\n", one.name, wanted.what,
                                 figure(wanted.kind, scores.of(i).mean()), scores.of(i).number(),
                                 figure(wanted.kind, wanted.bounds.low), figure(wanted.kind, wanted.bounds.high));
    }
    return count;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Holds the methods against simulated missions whose truth is known");
    std::uint64_t draws = 400;
    std::uint64_t seed = 20160504;
    std::string only;
    std::string tables;
    bool quiet = false;
    app.add_option("--draws", draws, "draws of each case")->check(CLI::PositiveNumber);
    app.add_option("--seed", seed, "where the draws come from");
    app.add_option("--case", only, "only cases whose name or chapter holds this");
    app.add_option("--tables", tables, "a file to write the tables to, as Markdown");
    app.add_flag("--quiet", quiet, "print only what lies outside of what is wanted");
    CLI11_PARSE(app, argc, argv);

    std::string text;
    std::string chapter;
    int faults = 0;
    for (const Case& one : all_cases()) {
        if (!only.empty() && one.name.find(only) == std::string::npos && one.chapter.find(only) == std::string::npos)
            continue;
        const double start = cpu_seconds();
        Scores scores(one.wanted);
        for (std::uint64_t draw = 0; draw < draws; ++draw) {
            Random random(seed, number_of(one.name) + draw);
            one.draw(random, seed + draw, scores);
        }
        if (one.chapter != chapter) {
            chapter = one.chapter;
            text += fmt::format("## {}\n\n", chapter);
        }
        const std::string table = table_of(one, scores);
        text += table;
        if (!quiet) std::cout << table << fmt::format("({:.1f} s)\n\n", cpu_seconds() - start) << std::flush;
        faults += outside(one, scores);
    }
    if (!tables.empty()) {
        std::ofstream out(tables, std::ios::binary);
        if (!(out << text).flush()) {
            std::cerr << fmt::format("{} cannot be written\n", tables);
            return 3;
        }
    }
    if (faults > 0) std::cerr << fmt::format("{} figures lie outside of what is wanted\n", faults);
    return faults > 0 ? 1 : 0;
}
