// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/numeric/forecast_scores.h"
#include "analysis/numeric/interval.h"
#include "analysis/numeric/kaplan_meier.h"
#include "analysis/numeric/lifetime.h"
#include "analysis/numeric/survival_scores.h"
#include "model/comparable.h"

namespace truce::analysis {

/// What counts as the failure of a truce. It travels with every figure.
struct FailureDefinition {
    /// Ends of comparables that are failures; the others are not: they end the watching (or compete).
    std::vector<TruceEnd> ends{TruceEnd::collapsed, TruceEnd::ended};
    /// Of the truce at hand: so many deaths within so many days.
    double deaths = 25;
    std::chrono::days within{30};

    [[nodiscard]] bool counts(TruceEnd end) const;
};

/// What has been killing people under the truce at hand.
struct OwnViolence {
    std::vector<double> deaths;  ///< best figure of each whole day since it began, in order
    /// What was counted is a selection and says nothing of rates.
    enum class Counted : std::uint8_t { all_reported, selection } counted = Counted::all_reported;
};

/// The truce at hand.
struct CurrentTruce {
    std::string name;
    std::string conflict;  ///< as the comparables name it; empty where they do not know it
    std::string kind;      ///< as the comparables name it
    double age = 0;        ///< in days; it has held so long
    /// The day on which it ended, where it has: then nothing is forecast.
    std::optional<sys_days> ended{};
    /// One for each name in Comparables::covariates, NaN where it is not known; empty: nothing is known.
    std::vector<double> covariates{};
    std::optional<OwnViolence> violence{};
};

struct DurabilitySettings {
    FailureDefinition failure;
    std::vector<int> horizons{3, 7, 14, 30, 90};  ///< days, rising
    std::uint32_t least_failures = 20;
    std::uint32_t least_failures_per_covariate = 10;
    /// No forecast is surer than this share and its complement.
    double least_chance = 0.02;
    /// Days that are known only within bounds are drawn so often.
    std::uint32_t draws = 10;
    numeric::Level level{0.95};
    std::uint64_t seed = 0;
    enum class Backtest : std::uint8_t { run, skip } backtest = Backtest::run;
};

/// A way to forecast. The answer rests on several, and their spread is part of it.
enum class ForecastModel : std::uint8_t {
    kaplan_meier,   ///< the share of comparables as old that held on
    shrunk_hazard,  ///< their hazard at this age, each conflict's own drawn towards that of all
    cox,            ///< proportional hazards with the covariates, by kind
    weibull,        ///< log T linear in the covariates
    log_normal,
    cure,          ///< only where the curve ends in a plateau
    daily_hazard,  ///< by the day, with the violence of the week before
    own_violence,  ///< the deaths under the truce itself, going on as they have
};
inline constexpr std::size_t forecast_model_count = 8;
[[nodiscard]] std::string_view name_of(ForecastModel model);

/// Why something cannot be estimated.
enum class NoForecast : std::uint8_t {
    no_comparables,
    too_few_failures,     ///< fewer than DurabilitySettings::least_failures
    too_few_at_this_age,  ///< fewer than ten comparables were watched past the truce's age
    too_few_per_covariate,
    covariates_not_known,  ///< of the truce at hand
    no_plateau,
    no_violence_known,  ///< nobody counted deaths under the truce
    selection_only,     ///< what was counted is a selection
    too_early,          ///< fewer than fourteen days of the truce
    failed_already,     ///< by the definition of failure
    ended_already,        ///< the truce at hand is over
    not_fitted,         ///< no maximum was reached, or a coefficient has no end
};
[[nodiscard]] std::string_view name_of(NoForecast reason);

/// The chance of holding for some days more, having held until now.
struct Holds {
    double chance = 1;
    numeric::Interval interval;
};

struct ModelForecast {
    ForecastModel model = ForecastModel::kaplan_meier;
    std::vector<std::optional<Holds>> holds;  ///< one for each horizon
    std::optional<NoForecast> why_not;        ///< when there is none for any horizon
};

/// The answer for one horizon: base rate and own violence together, and what the models say apart.
struct HorizonForecast {
    int days = 0;
    Holds holds;                    ///< clipped
    numeric::Interval over_models;  ///< from the model that is least sure of it to the one that is surest
};

/// What one covariate does to the hazard.
struct CovariateEffect {
    std::string name;
    double hazard_ratio = 1;
    numeric::Interval interval;  ///< allowing for conflicts
    double p = 1;
    double p_proportional = 1;  ///< small: the effect changes with age
};

/// The share of comparables ended in one way by each horizon, counted from their beginning.
struct EndShares {
    TruceEnd end = TruceEnd::collapsed;
    std::uint32_t number = 0;
    std::vector<numeric::Estimated> by_horizon;
};

/// One point of the survival curve, for showing.
struct CurvePoint {
    double days = 0;
    double holds = 1;
    numeric::Interval interval{1, 1};
    std::uint32_t at_risk = 0;
};

/// How good a model's forecasts were at one horizon, in the backtest.
struct HorizonScore {
    ForecastModel model = ForecastModel::kaplan_meier;
    int days = 0;
    std::uint32_t forecasts = 0;
    std::uint32_t known = 0;     ///< of them, with a known outcome
    std::uint32_t failures = 0;  ///< of those
    double brier = 0;
    double skill = 0;  ///< 1 - Brier / Brier of kaplan_meier: above 0 it is better than the plain curve
    double log_score = 0;
    std::optional<double> spiegelhalter_z;
    std::optional<numeric::CalibrationLine> line;
};

/// How well a model told those that failed soon from those that held.
struct ModelConcordance {
    ForecastModel model = ForecastModel::kaplan_meier;
    double harrell = 0.5;
    double uno = 0.5;
};

/// One forecast of the backtest, as it would have been issued.
struct PastForecast {
    std::string truce;
    std::string conflict;
    std::optional<sys_days> issued;  ///< nothing where the comparables have no days
    ForecastModel model = ForecastModel::kaplan_meier;
    int days = 0;
    double fails = 0;
    bool failed = false;
    double weight = 0;  ///< 0: not known, see numeric::Forecast
};

/// What forecasts would have been worth: each truce forecast at its beginning from those of other conflicts
/// that had begun before, as they stood on that day.
struct Backtest {
    std::uint32_t truces = 0;
    std::uint32_t conflicts = 0;
    /// Rolling in time; else only by conflict, because the comparables have no days.
    enum class Origin : std::uint8_t { rolling, by_conflict_only } origin = Origin::rolling;
    std::vector<HorizonScore> scores;
    std::vector<ModelConcordance> concordance;
    int reliability_days = 30;
    std::vector<numeric::ReliabilityBin> reliability;  ///< of shrunk_hazard, chances of failing
    std::vector<PastForecast> forecasts;
};

/// What a reader must be told beside the answer, when it holds.
enum class DurabilityWarning : std::uint8_t {
    definitions_differ,     ///< the comparables' failures and the truce's own are not defined alike
    duration_dependence,    ///< those that held long are a selection: hazards fall with age
    informative_censoring,  ///< ends other than failure are frequent, and not independent of it
    renewals,               ///< truces that follow one another in days are counted apart
    ends_not_known,         ///< of many comparables it is not known whether they ended
    days_drawn,             ///< of many the days are known only within bounds
    few_at_this_age,        ///< fewer than fifty comparables were watched past the truce's age
    hazards_not_proportional,
    models_disagree,        ///< by more than 0.2 at some horizon
    not_better_than_base,   ///< in the backtest no model beats the plain curve
    not_calibrated,         ///< in the backtest the forecasts' z is beyond 2
    publishing_changes_it,  ///< parties who read a forecast may act on it
};
[[nodiscard]] std::string_view name_of(DurabilityWarning warning);

/// How long it may hold.
struct Durability {
    FailureDefinition failure;
    std::optional<CurrentTruce> truce;
    std::vector<int> horizons;

    std::uint32_t comparables = 0;  ///< used
    std::uint32_t failures = 0;     ///< of them
    std::uint32_t conflicts = 0;
    std::uint32_t ends_not_known = 0;  ///< left out
    std::uint32_t drawn = 0;           ///< of those used, with a duration known only within bounds
    std::array<std::uint32_t, truce_end_count> ends{};

    /// Why there is no answer from comparables; the answer is then empty.
    std::optional<NoForecast> why_not;
    std::vector<CurvePoint> curve;
    std::optional<double> median;
    numeric::Interval median_interval;
    numeric::Estimated mean_of_year;  ///< days held of the first 365
    std::vector<EndShares> end_shares;
    std::vector<ModelForecast> models;
    std::vector<HorizonForecast> answer;  ///< empty without a truce at hand
    /// The shrunk hazard with those whose end is not known taken as having held to the end of the register.
    std::vector<std::optional<Holds>> unknown_ends_held;
    std::vector<CovariateEffect> effects;
    /// What e times as much violence in a week multiplies the hazard of the next day by; nothing without
    /// days.
    std::optional<numeric::Interval> violence_ratio;
    std::optional<double> weibull_shape;  ///< below 1: the hazard falls with age
    numeric::Interval weibull_shape_interval;
    std::optional<numeric::CureFit> cure;
    std::optional<Backtest> backtest;
    std::vector<DurabilityWarning> warnings;  ///< in the order of the enumeration
};

/// Says how long a truce may hold, from what became of comparable ones and from the violence under it.
///
/// Without a truce at hand: forecasts are for one that begins. For a truce that has ended there are none, only what became of the
/// comparables. The base rate is the shrunk hazard over the
/// ages from the truce's own to the horizon: the failures and days of each conflict at these ages, drawn
/// towards those of all (numeric::believed_hazard). With own violence, both are pooled on the scale of
/// log(-log) with the disagreement between them added to the error (numeric::pool). Ends that are not
/// failures are taken as the end of watching; `end_shares` tells them apart. Days known only within bounds
/// are drawn uniformly and the answers averaged, their spread added to the intervals.
///
/// Requires: horizons rising and positive; a covariate for each name. Deterministic for a seed.
/// Cost: a few milliseconds for each thousand comparables and draw; the backtest some milliseconds for each
/// conflict and year.
///
/// Clayton, Sticher (2021), International Studies Quarterly 65: 670 (ceasefires as survival times).
[[nodiscard]] Durability how_long_may_it_hold(const Comparables& comparables,
                                              const std::optional<CurrentTruce>& truce,
                                              const DurabilitySettings& settings);

/// The chance that deaths under the truce, going on as they have, stay below the definition of failure for
/// each of so many days more: days are drawn in blocks of a week from those seen (Bayesian bootstrap), so
/// that fighting that clusters stays clustered.
///
/// The interval is over what the true mixture of weeks may be. It knows nothing of what has not happened yet:
/// a truce under which no one has died gives a chance of 1, for which the rule of three sets the lower end.
[[nodiscard]] ModelForecast own_violence_forecast(const OwnViolence& violence,
                                                  const FailureDefinition& failure,
                                                  std::span<const int> horizons, std::uint64_t seed,
                                                  numeric::Level level = {});

}  // namespace truce::analysis
