// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "analysis/durability_models.h"

namespace truce::analysis {

namespace {

using std::chrono::year_month_day;

constexpr std::array tested{ForecastModel::kaplan_meier, ForecastModel::shrunk_hazard, ForecastModel::cox,
                            ForecastModel::weibull};
constexpr std::size_t reliability_bins = 10;

/// The forecasts of one truce: by model and horizon, nothing where the model says nothing.
struct RowForecasts {
    std::uint32_t row = 0;
    std::array<std::vector<std::optional<double>>, tested.size()> holds;
};

bool has_days(const SpellTable& table) {
    return std::ranges::all_of(table.began, [](const auto& began) { return began.has_value(); });
}

/// What was known on a day of all conflicts but one.
SpellTable known_before(const SpellTable& table, std::uint32_t conflict, std::optional<sys_days> day) {
    std::vector<std::uint32_t> kept;
    for (std::uint32_t row = 0; row < table.size(); ++row) {
        if (table.conflict[row] == conflict) continue;
        if (day && *table.began[row] + std::chrono::days(1) >= *day) continue;
        kept.push_back(row);
    }
    SpellTable known = rows_of(table, kept);
    if (!day) return known;
    known.failures = 0;
    for (std::size_t row = 0; row < known.size(); ++row) {
        const auto watched = static_cast<double>((*day - *known.began[row]).count());
        if (known.lasted[row] > watched) {
            known.lasted[row] = std::max(watched, known.entered[row] + 0.5);
            known.failed[row] = 0;
        }
        known.failures += known.failed[row];
    }
    return known;
}

std::vector<RowForecasts> all_forecasts(const SpellTable& table, std::size_t covariates,
                                        const DurabilitySettings& settings, bool rolling) {
    // Truces of one conflict that began in one year are forecast from one fit, as of that year's first day.
    std::map<std::pair<std::uint32_t, int>, std::vector<std::uint32_t>> groups;
    for (std::uint32_t row = 0; row < table.size(); ++row) {
        const int year = rolling ? static_cast<int>(year_month_day(*table.began[row]).year()) : 0;
        groups[{table.conflict[row], year}].push_back(row);
    }
    std::vector<RowForecasts> forecasts;
    for (const auto& [group, rows] : groups) {
        std::optional<sys_days> origin;
        if (rolling) origin = sys_days{std::chrono::year(group.second) / 1 / 1};
        const SpellTable known = known_before(table, group.first, origin);
        if (known.failures < settings.least_failures) continue;
        const FittedModels models(known, covariates, settings);
        for (const std::uint32_t row : rows) {
            const Subject subject{.age = table.entered[row],
                                  .conflict = {},
                                  .kind = table.kind[row],
                                  .covariates = table.of[row]->covariates};
            RowForecasts one{.row = row, .holds = {}};
            for (std::size_t m = 0; m < tested.size(); ++m) {
                for (const int days : settings.horizons) {
                    const auto holds = models.holds(tested.at(m), subject, days);
                    one.holds.at(m).push_back(
                        holds ? std::optional(std::clamp(holds->chance, settings.least_chance,
                                                         1 - settings.least_chance))
                              : std::nullopt);
                }
            }
            forecasts.push_back(std::move(one));
        }
    }
    std::ranges::sort(forecasts, {}, &RowForecasts::row);
    return forecasts;
}

/// The spells that were forecast, counted from when they were.
struct TestSpells {
    std::vector<double> lasted;
    std::vector<std::uint8_t> failed;
    [[nodiscard]] numeric::Spells spells() const { return {.start = {}, .stop = lasted, .failed = failed}; }
    void add(const SpellTable& table, std::uint32_t row) {
        lasted.push_back(table.lasted[row] - table.entered[row]);
        failed.push_back(table.failed[row]);
    }
};

}  // namespace

std::optional<Backtest> backtest(const SpellTable& table, std::size_t covariates,
                                 const DurabilitySettings& settings) {
    const bool rolling = has_days(table);
    const std::vector<RowForecasts> forecasts = all_forecasts(table, covariates, settings, rolling);
    if (forecasts.empty()) return std::nullopt;

    Backtest answer;
    answer.origin = rolling ? Backtest::Origin::rolling : Backtest::Origin::by_conflict_only;
    answer.truces = static_cast<std::uint32_t>(forecasts.size());
    std::set<std::uint32_t> conflicts;
    TestSpells all;
    for (const RowForecasts& one : forecasts) {
        conflicts.insert(table.conflict[one.row]);
        all.add(table, one.row);
    }
    answer.conflicts = static_cast<std::uint32_t>(conflicts.size());
    const numeric::CensoringCurve censoring(all.spells());
    std::size_t middle = settings.horizons.size() / 2;
    for (std::size_t h = 0; h < settings.horizons.size(); ++h) {
        if (settings.horizons[h] == 30) middle = h;
    }
    answer.reliability_days = settings.horizons[middle];

    for (std::size_t m = 0; m < tested.size(); ++m) {
        for (std::size_t h = 0; h < settings.horizons.size(); ++h) {
            const int days = settings.horizons[h];
            TestSpells test;
            std::vector<double> holds;
            std::vector<double> reference;
            std::vector<std::uint32_t> rows;
            for (const RowForecasts& one : forecasts) {
                if (!one.holds.at(m)[h] || !one.holds.at(0)[h]) continue;
                test.add(table, one.row);
                rows.push_back(one.row);
                holds.push_back(*one.holds.at(m)[h]);
                reference.push_back(*one.holds.at(0)[h]);
            }
            if (holds.empty()) continue;
            const auto scored = numeric::forecasts_at(days, holds, test.spells(), censoring);
            const auto by_curve = numeric::forecasts_at(days, reference, test.spells(), censoring);
            HorizonScore score{.model = tested.at(m), .days = days, .spiegelhalter_z = {}, .line = {}};
            score.forecasts = static_cast<std::uint32_t>(holds.size());
            for (const numeric::Forecast& one : scored) {
                score.known += one.weight > 0 ? 1U : 0U;
                score.failures += one.weight > 0 && one.happened ? 1U : 0U;
            }
            score.brier = numeric::brier_score(scored);
            const double curve_brier = numeric::brier_score(by_curve);
            score.skill = curve_brier > 0 ? 1 - score.brier / curve_brier : 0;
            score.log_score = numeric::log_score(scored);
            score.spiegelhalter_z = numeric::spiegelhalter_z(scored);
            score.line = numeric::calibration_line(scored);
            answer.scores.push_back(score);
            for (std::size_t i = 0; i < rows.size(); ++i) {
                const Comparable& one = *table.of[rows[i]];
                answer.forecasts.push_back({.truce = one.name,
                                            .conflict = one.conflict,
                                            .issued = table.began[rows[i]],
                                            .model = tested.at(m),
                                            .days = days,
                                            .fails = scored[i].chance,
                                            .failed = scored[i].happened,
                                            .weight = scored[i].weight});
            }
            if (h == middle && tested.at(m) == ForecastModel::shrunk_hazard)
                answer.reliability = numeric::reliability(scored, reliability_bins, settings.level);
            if (h == middle && tested.at(m) != ForecastModel::kaplan_meier) {
                std::vector<double> fails;
                for (const double chance : holds) fails.push_back(1 - chance);
                const auto harrell = numeric::harrell_concordance(fails, test.spells());
                const auto uno = numeric::uno_concordance(fails, test.spells(), settings.horizons.back());
                if (harrell.concordant + harrell.discordant + harrell.tied_score > 0 &&
                    uno.concordant + uno.discordant + uno.tied_score > 0) {
                    answer.concordance.push_back({tested.at(m), harrell.value(), uno.value()});
                }
            }
        }
    }
    return answer;
}

}  // namespace truce::analysis
