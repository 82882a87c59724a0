// SPDX-License-Identifier: Apache-2.0
#include "analysis/daily_hazard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "analysis/numeric/normal.h"

namespace truce::analysis {

namespace {

constexpr std::size_t covariate_count = 4;
constexpr double age_unit = 100;

std::array<double, covariate_count> covariates_of(double age, double violence) {
    const double t = age / age_unit;
    return {t, t * t, t * t * t, std::log1p(violence)};
}

}  // namespace

numeric::Interval DailyHazard::violence_ratio(numeric::Level level) const {
    const double b = fit.coefficients[covariate_count];
    const double reach = numeric::normal_reach(level) * fit.standard_error(covariate_count);
    return {std::exp(b - reach), std::exp(b + reach)};
}

Holds DailyHazard::holds(double age, double violence_of_week, int days, numeric::Level level) const {
    assert(violence_of_week >= 0 && days >= 0);
    // Under the complementary log-log link the day's cumulative hazard is exp(eta), and those of days add up.
    double hazard = 0;
    std::vector<double> lean(covariate_count + 1, 0.0);
    for (int day = 1; day <= days; ++day) {
        const auto x = covariates_of(age + day, violence_of_week);
        double eta = fit.coefficients[0];
        for (std::size_t c = 0; c < covariate_count; ++c) eta += fit.coefficients[c + 1] * x.at(c);
        const double of_day = std::exp(eta);
        hazard += of_day;
        lean[0] += of_day;
        for (std::size_t c = 0; c < covariate_count; ++c) lean[c + 1] += of_day * x.at(c);
    }
    if (hazard <= 0) return {1, {1, 1}};
    const double error = std::sqrt(fit.robust.value_or(fit.variance).variance_of_sum(lean)) / hazard;
    const double factor = std::exp(numeric::normal_reach(level) * error);
    return {std::exp(-hazard), {std::exp(-hazard * factor), std::exp(-hazard / factor)}};
}

Result<DailyHazard> fit_daily_hazard(std::span<const TruceDay> days, int lag) {
    assert(lag >= 1);
    constexpr std::uint32_t least_failures = 40;  // ten for each covariate
    std::map<std::string, std::vector<const TruceDay*>, std::less<>> truces;
    for (const TruceDay& day : days) truces[day.truce].push_back(&day);

    std::array<std::vector<double>, covariate_count> columns;
    std::vector<std::uint8_t> failed;
    std::vector<std::uint32_t> cluster;
    std::map<std::string, std::uint32_t, std::less<>> conflicts;
    std::uint32_t failures = 0;
    for (auto& [name, own] : truces) {
        std::ranges::stable_sort(own, {}, &TruceDay::day);
        // A truce without a conflict stands alone.
        const std::string conflict =
            own.front()->conflict.empty() ? "truce " + name : "conflict " + own.front()->conflict;
        const auto number =
            conflicts.emplace(conflict, static_cast<std::uint32_t>(conflicts.size())).first->second;
        for (std::size_t i = 0; i < own.size(); ++i) {
            if (i > 0 && own[i]->day != own[i - 1]->day + 1) {
                return failure(
                    {.message = fmt::format("truce '{}': day {} follows day {}; want each day once", name,
                                            own[i]->day, own[i - 1]->day)});
            }
            if (own[i]->failed && i + 1 < own.size()) {
                return failure({.message = fmt::format("truce '{}' has days after its failure on day {}",
                                                       name, own[i]->day)});
            }
            double violence = 0;
            for (int back = lag; back < lag + DailyHazard::week; ++back) {
                if (static_cast<std::size_t>(back) <= i)
                    violence += own[i - static_cast<std::size_t>(back)]->violence;
            }
            const auto x = covariates_of(own[i]->day, violence);
            for (std::size_t c = 0; c < covariate_count; ++c) columns.at(c).push_back(x.at(c));
            failed.push_back(own[i]->failed ? 1 : 0);
            cluster.push_back(number);
            failures += own[i]->failed ? 1U : 0U;
        }
    }
    if (failures < least_failures) {
        return failure(
            {.message = fmt::format("{} of the truces failed; want at least {}, ten for each covariate",
                                    failures, least_failures)});
    }
    std::array<std::span<const double>, covariate_count> views;
    std::ranges::copy(columns, views.begin());
    auto fit = numeric::fit_binary({.yes = failed, .covariates = views, .weights = {}, .cluster = cluster},
                                   numeric::Link::cloglog);
    if (!fit) return tl::unexpected(fit.error());
    return DailyHazard{.fit = std::move(*fit),
                       .lag = lag,
                       .rows = static_cast<std::uint32_t>(failed.size()),
                       .failures = failures};
}

}  // namespace truce::analysis
