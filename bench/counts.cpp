// SPDX-License-Identifier: Apache-2.0
// Regressions of counts, beside another program's: bench/counts.py runs both in turn and compares their
// answers.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/numeric/count_regression.h"

namespace {

using truce::numeric::CountData;
using truce::numeric::CountFit;
using truce::numeric::RowGroups;

/// The columns of a table of numbers, by header.
std::map<std::string, std::vector<double>> columns_of(const std::string& path) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::string> names;
    std::vector<std::vector<double>*> order;
    std::map<std::string, std::vector<double>> columns;
    std::size_t column = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of(",\n", at), text.size());
        const std::string_view cell(text.data() + at, end - at);
        if (order.size() < column + 1) {
            order.push_back(&columns[std::string(cell)]);
        } else {
            double value = 0;
            std::from_chars(cell.data(), cell.data() + cell.size(), value);
            order[column]->push_back(value);
        }
        column = end < text.size() && text[end] == ',' ? column + 1 : 0;
        at = end + 1;
    }
    return columns;
}

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: bench_counts TABLE.csv RUNS\n";
        return 2;
    }
    const auto table = columns_of(argv[1]);
    const std::vector<double>& counts = table.at("y");
    const std::vector<double> constant(counts.size(), 1.0);
    CountData data{.counts = counts, .columns = {constant}};
    for (const char* name : {"post", "t", "tpost", "s", "c", "x1", "x2", "x3", "x4", "x5"})
        data.columns.emplace_back(table.at(name));
    std::vector<std::uint32_t> unit;
    for (const double value : table.at("unit")) unit.push_back(static_cast<std::uint32_t>(value));
    const RowGroups groups{.of_row = unit, .count = *std::ranges::max_element(unit) + 1};

    const int runs = std::max(1, std::atoi(argv[2]));
    std::vector<double> plain;
    std::vector<double> clustered;
    CountFit fit;
    double cluster_error = 0;
    for (int run = 0; run < runs; ++run) {
        const double start = cpu_seconds();
        fit = truce::numeric::fit_counts(data).value();
        const double fitted = cpu_seconds();
        cluster_error = truce::numeric::cluster_robust(data, fit, groups).standard_error(1);
        const double robust = cpu_seconds();
        plain.push_back(fitted - start);
        clustered.push_back(robust - start);
    }
    std::ranges::sort(plain);
    std::ranges::sort(clustered);
    fmt::print(
        "{{\"rows\": {}, \"plain\": {:.6f}, \"clustered\": {:.6f}, \"theta\": {:.12g}, \"log_likelihood\": "
        "{:.9f}, ",
        counts.size(), plain[plain.size() / 2], clustered[clustered.size() / 2], fit.theta,
        fit.log_likelihood);
    fmt::print("\"cluster_error\": {:.9g}, \"passes\": {}, \"coefficients\": [", cluster_error, fit.passes);
    for (std::size_t j = 0; j < fit.coefficients.size(); ++j)
        fmt::print("{}{:.12g}", j == 0 ? "" : ", ", fit.coefficients[j]);
    fmt::print("]}}\n");
}
