// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/effective_size.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace truce::numeric {

namespace {

double mean_of(std::span<const double> values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

double variance_of(std::span<const double> values) {
    const double mean = mean_of(values);
    double sum = 0;
    for (const double value : values) sum += (value - mean) * (value - mean);
    return sum / static_cast<double>(values.size() - 1);
}

}  // namespace

double effective_size(std::span<const double> chain) {
    assert(chain.size() >= 4);
    const std::size_t n = chain.size();
    const double mean = mean_of(chain);
    const auto covariance = [&](std::size_t lag) {
        double sum = 0;
        for (std::size_t i = 0; i + lag < n; ++i) sum += (chain[i] - mean) * (chain[i + lag] - mean);
        return sum;
    };
    const double variance = covariance(0);
    if (!(variance > 0)) return static_cast<double>(n);
    double time = -1;
    double last = std::numeric_limits<double>::infinity();
    for (std::size_t lag = 0; lag + 1 < n; lag += 2) {
        const double pair = (covariance(lag) + covariance(lag + 1)) / variance;
        if (pair <= 0) break;
        last = std::min(last, pair);
        time += 2 * last;
    }
    return static_cast<double>(n) / std::max(time, 1.0);
}

double potential_scale_reduction(std::span<const std::vector<double>> chains) {
    assert(!chains.empty());
    const std::size_t half = chains[0].size() / 2;
    assert(half >= 2);
    std::vector<double> means;
    double within = 0;
    for (const auto& chain : chains) {
        assert(chain.size() == chains[0].size());
        for (const auto part : {std::span(chain).first(half), std::span(chain).last(half)}) {
            means.push_back(mean_of(part));
            within += variance_of(part);
        }
    }
    within /= static_cast<double>(means.size());
    const double between = variance_of(means);
    if (!(within > 0)) return between > 0 ? std::numeric_limits<double>::infinity() : 1;
    const auto n = static_cast<double>(half);
    return std::sqrt((n - 1) / n + between / within);
}

}  // namespace truce::numeric
