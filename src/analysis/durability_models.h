// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/durability.h"
#include "analysis/durability_spells.h"
#include "analysis/numeric/cox.h"
#include "analysis/numeric/lifetime.h"

namespace truce::analysis {

/// Of whom something is foretold.
struct Subject {
    double age = 0;
    std::optional<std::uint32_t> conflict;  ///< its number; nothing where the table has none of it
    std::optional<std::uint32_t> kind;
    std::span<const double> covariates;
};

/// Every model, fitted to one table of spells.
class FittedModels {
public:
    /// Requires: the table outlives it.
    FittedModels(const SpellTable& table, std::size_t covariates, const DurabilitySettings& settings);

    /// What a model says of one horizon, or why it says nothing. own_violence is none of them.
    [[nodiscard]] tl::expected<Holds, NoForecast> holds(ForecastModel model, const Subject& subject,
                                                        int days) const;

    [[nodiscard]] const numeric::SurvivalCurve& curve() const { return curve_; }
    [[nodiscard]] const std::optional<numeric::LifetimeFit>& weibull() const { return weibull_.best; }
    [[nodiscard]] const std::optional<numeric::CureFit>& cure() const { return cure_; }
    [[nodiscard]] const std::optional<numeric::CoxFit>& cox() const { return cox_; }
    /// Nothing where no Cox model was fitted, or the test cannot be made.
    [[nodiscard]] std::optional<numeric::ProportionalityTest> proportionality() const;

private:
    [[nodiscard]] tl::expected<Holds, NoForecast> shrunk_hazard(const Subject& subject, int days) const;
    [[nodiscard]] tl::expected<Holds, NoForecast> by_cox(const Subject& subject, int days) const;
    struct Lifetimes;
    [[nodiscard]] tl::expected<Holds, NoForecast> by_lifetime(const Lifetimes& fits, const Subject& subject,
                                                              int days) const;
    /// The rows of which all covariates are known, as columns.
    struct Complete {
        SpellTable rows;
        std::vector<std::vector<double>> columns;
        std::vector<std::span<const double>> views;
    };
    [[nodiscard]] numeric::CoxInput cox_input() const;

    const SpellTable& table_;
    DurabilitySettings settings_;
    std::size_t covariates_;
    Complete complete_;
    numeric::SurvivalCurve curve_;
    bool by_kind_ = false;
    std::optional<NoForecast> no_cox_;
    std::optional<numeric::CoxFit> cox_;
    /// With the covariates where there are enough failures for them, and without.
    struct Lifetimes {
        std::optional<numeric::LifetimeFit> best;
        std::optional<numeric::LifetimeFit> plain;
    };
    Lifetimes weibull_;
    Lifetimes log_normal_;
    std::optional<numeric::CureFit> cure_;
    NoForecast no_cure_ = NoForecast::no_plateau;
};

/// Each model's forecasts at each truce's beginning from what was known then, and how good they were. Nothing
/// where no truce could be forecast.
std::optional<Backtest> backtest(const SpellTable& table, std::size_t covariates,
                                 const DurabilitySettings& settings);

}  // namespace truce::analysis
