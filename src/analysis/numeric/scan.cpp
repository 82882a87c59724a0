// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/scan.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "analysis/numeric/sum.h"

namespace truce::numeric {

namespace {

constexpr std::uint64_t too_many_cases = std::uint64_t{1} << 24U;

/// Rounds to multiples of a power of two so small that it does not matter, and so large that all sums of the
/// values are exact.
void make_sums_exact(std::vector<double>& values) {
    CompensatedSum all;
    for (const double value : values) all.add(value);
    constexpr int bits = 51;
    const double unit = std::exp2(std::ilogb(all.value()) - bits);
    for (double& value : values) {
        if (value > 0) value = std::max(std::nearbyint(value / unit), 1.0) * unit;
    }
}

}  // namespace

Result<ScanTable> ScanTable::make(ScanModel model, std::size_t sites, std::size_t bins,
                                  std::vector<std::uint32_t> cases, std::vector<double> base) {
    const auto error = [](const char* message) { return tl::unexpected(Error{message}); };
    if (cases.size() != sites * bins || cases.empty()) {
        return error("a scan needs the number of cases of every site in every bin");
    }
    const std::uint64_t all_cases = std::accumulate(cases.begin(), cases.end(), std::uint64_t{0});
    if (all_cases == 0) return error("a scan needs at least one case");
    if (all_cases >= too_many_cases) return error("a scan takes fewer than 16,777,216 cases");
    double all_base = static_cast<double>(all_cases);
    if (model == ScanModel::space_time_permutation) {
        if (!base.empty()) return error("the space-time permutation scan takes no expected counts");
    } else {
        if (base.size() != cases.size()) {
            return error("a scan needs what is expected of every site in every bin");
        }
        CompensatedSum sum;
        for (std::size_t i = 0; i < base.size(); ++i) {
            if (!std::isfinite(base[i]) || base[i] < 0) {
                return error("what a scan expects must be a finite number, at least 0");
            }
            if (base[i] == 0 && cases[i] > 0) return error("there are cases where none can be expected");
            if (model == ScanModel::bernoulli && (base[i] < cases[i] || base[i] != std::floor(base[i]))) {
                return error("trials must be whole numbers, and no fewer than their cases");
            }
            sum.add(base[i]);
        }
        if (model == ScanModel::poisson) {
            for (double& value : base) value *= all_base / sum.value();
        } else {
            all_base = sum.value();
        }
        if (model != ScanModel::bernoulli) make_sums_exact(base);
    }
    ScanTable table(ScanStatistic(model, static_cast<double>(all_cases), all_base));
    table.sites_ = sites;
    table.bins_ = bins;
    table.cases_ = std::move(cases);
    table.base_ = std::move(base);
    table.all_cases_ = all_cases;
    return table;
}

std::vector<double> ScanTable::weights() const {
    std::vector<double> weights;
    weights.reserve(sites_);
    for (std::size_t site = 0; site < sites_; ++site) {
        const auto of_cases = cases(site);
        const auto of_base = base(site);
        weights.push_back(base_.empty() ? std::accumulate(of_cases.begin(), of_cases.end(), 0.0)
                                        : std::accumulate(of_base.begin(), of_base.end(), 0.0));
    }
    return weights;
}

std::optional<ScanWindow> most_likely_plainly(const ScanTable& table, const Circles& circles,
                                              const ScanDesign& design, std::span<const char> barred) {
    assert(circles.sites() == table.sites());
    const std::size_t bins = table.bins();
    const bool permutation = table.model() == ScanModel::space_time_permutation;
    const auto all = static_cast<double>(table.all_cases());
    const std::vector<double> weights = table.weights();

    // Sums from the first bin on.
    std::vector<double> bin_cases(bins + 1, 0);
    for (std::size_t site = 0; site < table.sites(); ++site) {
        for (std::size_t bin = 0; bin < bins; ++bin) bin_cases[bin + 1] += table.cases(site)[bin];
    }
    std::partial_sum(bin_cases.begin(), bin_cases.end(), bin_cases.begin());

    std::optional<ScanWindow> best;
    for (std::uint32_t centre = 0; centre < table.sites(); ++centre) {
        std::vector<double> cases(bins + 1, 0);
        std::vector<double> base(bins + 1, 0);
        double weight = 0;
        std::uint32_t members = 0;
        for (const std::uint32_t zone : circles.zones(centre)) {
            for (; members < zone; ++members) {
                const std::uint32_t site = circles.members(centre)[members];
                if (!barred.empty() && barred[site] != 0) break;
                double site_cases = 0;
                double site_base = 0;
                for (std::size_t bin = 0; bin < bins; ++bin) {
                    cases[bin + 1] += site_cases += table.cases(site)[bin];
                    if (!permutation) base[bin + 1] += site_base += table.base(site)[bin];
                }
                weight += weights[site];
            }
            if (members < zone) break;
            const std::size_t first_end = design.windows.end == ScanWindows::End::last_bin ? bins : 1;
            for (std::size_t end = first_end; end <= bins; ++end) {
                const std::size_t longest = std::min(design.windows.longest, end);
                for (std::size_t first = end - longest; first < end; ++first) {
                    const double in_window = cases[end] - cases[first];
                    const double base_of_window = permutation
                                                      ? weight * (bin_cases[end] - bin_cases[first]) / all
                                                      : base[end] - base[first];
                    if (in_window < std::max(design.least_cases, 1U)) continue;
                    const double value = table.statistic()(in_window, base_of_window);
                    if (value <= (best ? best->statistic : 0)) continue;
                    best = ScanWindow{.centre = centre,
                                      .members = zone,
                                      .first_bin = static_cast<std::uint32_t>(first),
                                      .end_bin = static_cast<std::uint32_t>(end),
                                      .cases = static_cast<std::uint64_t>(in_window),
                                      .base = base_of_window,
                                      .expected = table.statistic().expected(base_of_window),
                                      .statistic = value};
                }
            }
        }
    }
    return best;
}

double rank_p(double statistic, std::span<const double> greatest) {
    constexpr double rounding = 1e-9;
    const double least = statistic - rounding * std::max(1.0, std::abs(statistic));
    const auto as_great = std::ranges::count_if(greatest, [&](double value) { return value >= least; });
    return static_cast<double>(1 + as_great) / static_cast<double>(1 + greatest.size());
}

std::optional<double> gumbel_p(double statistic, std::span<const double> greatest) {
    constexpr std::size_t enough = 99;
    if (greatest.size() < enough) return std::nullopt;
    const auto count = static_cast<double>(greatest.size());
    CompensatedSum sum;
    for (const double value : greatest) sum.add(value);
    const double mean = sum.value() / count;
    CompensatedSum squares;
    for (const double value : greatest) squares.add((value - mean) * (value - mean));
    const double deviation = std::sqrt(squares.value() / (count - 1));
    if (!(deviation > 0)) return std::nullopt;
    const double scale = deviation * std::sqrt(6.0) / std::numbers::pi;
    const double location = mean - std::numbers::egamma * scale;
    return -std::expm1(-std::exp(-(statistic - location) / scale));
}

}  // namespace truce::numeric
