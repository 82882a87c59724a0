// SPDX-License-Identifier: Apache-2.0
#include "analysis/durability_models.h"

#include <algorithm>
#include <cmath>

#include "analysis/numeric/gamma_hazard.h"
#include "analysis/numeric/normal.h"

namespace truce::analysis {

namespace {

/// With fewer watched past an age, nothing is said of what becomes of a truce of that age.
constexpr std::uint32_t least_at_age = 10;

Holds held(const numeric::Estimated& estimate) {
    return {estimate.value, estimate.interval};
}

bool all_known(std::span<const double> covariates) {
    return std::ranges::none_of(covariates, [](double value) { return std::isnan(value); });
}

}  // namespace

FittedModels::FittedModels(const SpellTable& table, std::size_t covariates,
                           const DurabilitySettings& settings)
    : table_(table), settings_(settings), covariates_(covariates), curve_(kaplan_meier(table.spells())) {
    std::vector<std::uint32_t> kept;
    for (std::uint32_t row = 0; row < table.size(); ++row) {
        if (all_known(table.of[row]->covariates)) kept.push_back(row);
    }
    complete_.rows = rows_of(table, kept);
    complete_.columns.resize(covariates);
    for (const Comparable* one : complete_.rows.of) {
        for (std::size_t c = 0; c < covariates; ++c) complete_.columns[c].push_back(one->covariates[c]);
    }
    complete_.views.assign(complete_.columns.begin(), complete_.columns.end());

    // Kinds have baselines of their own where each has seen enough failures for one.
    std::vector<std::uint32_t> failures_of_kind(table.kinds, 0);
    std::vector<bool> seen(table.kinds, false);
    for (std::size_t row = 0; row < complete_.rows.size(); ++row) {
        failures_of_kind[complete_.rows.kind[row]] += complete_.rows.failed[row];
        seen[complete_.rows.kind[row]] = true;
    }
    by_kind_ = true;
    for (std::uint32_t kind = 0; kind < table.kinds; ++kind) {
        if (seen[kind] && failures_of_kind[kind] < settings.least_failures) by_kind_ = false;
    }

    const bool enough = complete_.rows.failures >= settings.least_failures_per_covariate * covariates;
    if (!enough || complete_.rows.failures == 0) {
        no_cox_ = NoForecast::too_few_per_covariate;
    } else if (covariates > 0) {
        auto fit = numeric::fit_cox(cox_input());
        if (by_kind_ && (!fit || !fit->unbounded.empty())) {
            // A covariate that kind decides does not vary within kinds.
            by_kind_ = false;
            fit = numeric::fit_cox(cox_input());
        }
        if (fit && fit->unbounded.empty()) {
            cox_ = std::move(*fit);
        } else {
            no_cox_ = NoForecast::not_fitted;
        }
    }
    const numeric::Spells spells = table.spells();
    if (!spells.start.empty()) return;  // lifetimes are fitted only to spells seen from their beginning
    const bool with_covariates = covariates > 0 && enough;
    const auto lifetime = [&](numeric::Lifetime which) {
        Lifetimes fits;
        if (auto fit = numeric::fit_lifetime(which, spells)) fits.plain = std::move(*fit);
        fits.best = fits.plain;
        if (!with_covariates) return fits;
        if (auto fit = numeric::fit_lifetime(which, complete_.rows.spells(), complete_.views))
            fits.best = std::move(*fit);
        return fits;
    };
    weibull_ = lifetime(numeric::Lifetime::weibull);
    log_normal_ = lifetime(numeric::Lifetime::log_normal);
    if (numeric::plateau_of(spells).there_is_one()) {
        if (auto fit = numeric::fit_cure(spells, settings.level)) {
            cure_ = *fit;
        } else {
            no_cure_ = NoForecast::not_fitted;
        }
    }
}

numeric::CoxInput FittedModels::cox_input() const {
    return {.spells = complete_.rows.spells(),
            .covariates = complete_.views,
            .stratum = by_kind_ ? std::span<const std::uint32_t>(complete_.rows.kind)
                                : std::span<const std::uint32_t>(),
            .cluster = complete_.rows.conflict};
}

std::optional<numeric::ProportionalityTest> FittedModels::proportionality() const {
    if (!cox_) return std::nullopt;
    return numeric::test_proportionality(cox_input(), *cox_);
}

tl::expected<Holds, NoForecast> FittedModels::holds(ForecastModel model, const Subject& subject,
                                                    int days) const {
    if (curve_.at_risk_after(subject.age) < least_at_age)
        return tl::unexpected(NoForecast::too_few_at_this_age);
    switch (model) {
        case ForecastModel::kaplan_meier: {
            // Past the last time seen the curve knows nothing.
            if (subject.age + days > curve_.last_seen())
                return tl::unexpected(NoForecast::too_few_at_this_age);
            const auto estimate = curve_.conditional(subject.age, subject.age + days, settings_.level);
            if (!estimate) return tl::unexpected(NoForecast::too_few_at_this_age);
            return held(*estimate);
        }
        case ForecastModel::shrunk_hazard:
            return shrunk_hazard(subject, days);
        case ForecastModel::cox:
            return by_cox(subject, days);
        case ForecastModel::weibull:
            return by_lifetime(weibull_, subject, days);
        case ForecastModel::log_normal:
            return by_lifetime(log_normal_, subject, days);
        case ForecastModel::cure: {
            if (!cure_) return tl::unexpected(no_cure_);
            const auto with = [&](double cured) {
                numeric::CureFit fit = *cure_;
                fit.cured = cured;
                return fit.survival(subject.age + days) / fit.survival(subject.age);
            };
            return Holds{with(cure_->cured),
                         {with(cure_->cured_interval.low), with(cure_->cured_interval.high)}};
        }
        case ForecastModel::daily_hazard:
        case ForecastModel::own_violence:
            break;
    }
    return tl::unexpected(NoForecast::not_fitted);
}

tl::expected<Holds, NoForecast> FittedModels::shrunk_hazard(const Subject& subject, int days) const {
    std::vector<numeric::FailuresSeen> conflicts(table_.conflicts);
    double failures = 0;
    double exposure = 0;
    for (std::size_t row = 0; row < table_.size(); ++row) {
        const double from = std::max(subject.age, table_.entered[row]);
        const double to = std::min(subject.age + days, table_.lasted[row]);
        if (to <= from) continue;
        const bool failed = table_.failed[row] != 0 && table_.lasted[row] <= subject.age + days;
        numeric::FailuresSeen& own = conflicts[table_.conflict[row]];
        own.failures += failed ? 1 : 0;
        own.exposure += to - from;
        failures += failed ? 1 : 0;
        exposure += to - from;
    }
    if (exposure <= 0) return tl::unexpected(NoForecast::too_few_at_this_age);
    // Without a failure at these ages, Jeffreys' prior on one hazard for all.
    if (failures == 0) {
        const numeric::GammaHazard belief{.failures = 0.5, .exposure = exposure};
        return Holds{belief.holds(days), belief.holds_interval(days, settings_.level)};
    }
    if (subject.conflict && conflicts[*subject.conflict].exposure > 0) {
        const numeric::GammaHazard belief =
            numeric::believed_hazard(conflicts, conflicts[*subject.conflict]).value();
        return Holds{belief.holds(days), belief.holds_interval(days, settings_.level)};
    }
    // Of a conflict that nothing is known of, the chance is the mean over conflicts; its error is that of the
    // common hazard, conflicts being what varies independently.
    const double rate = failures / exposure;
    double variance = 0;
    for (const numeric::FailuresSeen& one : conflicts) {
        const double off = one.failures - rate * one.exposure;
        variance += off * off / (failures * failures);
    }
    const double chance = numeric::fit_gamma_hazard(conflicts).value().holds(days);
    const double factor =
        std::exp(numeric::normal_reach(settings_.level) * std::sqrt(std::max(variance, 1 / failures)));
    const double hazard = -std::log(chance);
    return Holds{chance, {std::exp(-hazard * factor), std::exp(-hazard / factor)}};
}

tl::expected<Holds, NoForecast> FittedModels::by_cox(const Subject& subject, int days) const {
    if (!cox_) return tl::unexpected(no_cox_.value_or(NoForecast::not_fitted));
    if (subject.covariates.size() != covariates_ || !all_known(subject.covariates))
        return tl::unexpected(NoForecast::covariates_not_known);
    std::size_t stratum = 0;
    if (by_kind_) {
        if (!subject.kind || *subject.kind >= cox_->baseline.size())
            return tl::unexpected(NoForecast::covariates_not_known);
        stratum = *subject.kind;
    }
    const auto& steps = cox_->baseline[stratum];
    if (steps.empty() || subject.age + days > curve_.last_seen())
        return tl::unexpected(NoForecast::too_few_at_this_age);
    return held(numeric::predict_conditional(*cox_, subject.covariates, subject.age, subject.age + days,
                                             stratum, settings_.level));
}

tl::expected<Holds, NoForecast> FittedModels::by_lifetime(const Lifetimes& fits, const Subject& subject,
                                                          int days) const {
    if (!fits.best) return tl::unexpected(NoForecast::not_fitted);
    const bool known = subject.covariates.size() == covariates_ && all_known(subject.covariates);
    const auto& fit = known ? fits.best : fits.plain;
    if (!fit) return tl::unexpected(NoForecast::covariates_not_known);
    const auto covariates = fit->coefficients.size() > 1 ? subject.covariates : std::span<const double>();
    return held(
        numeric::predict_conditional(*fit, covariates, subject.age, subject.age + days, settings_.level));
}

}  // namespace truce::analysis
