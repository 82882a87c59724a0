// SPDX-License-Identifier: Apache-2.0
#include "analysis/durability.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <set>

#include "analysis/daily_hazard.h"
#include "analysis/durability_models.h"
#include "analysis/durability_spells.h"
#include "analysis/numeric/competing_risks.h"
#include "analysis/numeric/gamma_hazard.h"
#include "analysis/numeric/normal.h"
#include "analysis/numeric/pooling.h"
#include "analysis/numeric/quantile.h"
#include "base/random.h"

namespace truce::analysis {

namespace {

using numeric::Interval;

constexpr std::array<std::string_view, forecast_model_count> model_names{
    "kaplan_meier", "shrunk_hazard", "cox", "weibull", "log_normal", "cure", "daily_hazard", "own_violence"};
constexpr std::array<std::string_view, 12> reason_names{"no_comparables",
                                                        "too_few_failures",
                                                        "too_few_at_this_age",
                                                        "too_few_per_covariate",
                                                        "covariates_not_known",
                                                        "no_plateau",
                                                        "no_violence_known",
                                                        "selection_only",
                                                        "too_early",
                                                        "failed_already",
                                                        "ended_already",
                                                        "not_fitted"};
constexpr std::array<std::string_view, 12> warning_names{
    "definitions_differ", "duration_dependence",  "informative_censoring", "renewals",
    "ends_not_known",     "days_drawn",           "few_at_this_age",       "hazards_not_proportional",
    "models_disagree",    "not_better_than_base", "not_calibrated",        "publishing_changes_it"};

/// log(-log) of a chance, kept away from its poles.
double on_scale(double chance) {
    return std::log(-std::log(std::clamp(chance, 1e-12, 1 - 1e-12)));
}
double from_scale(double value) {
    return std::exp(-std::exp(value));
}

/// A forecast on that scale, the error by the width of its interval.
numeric::Noisy noisy(const Holds& holds, double reach) {
    const double error = (on_scale(holds.interval.low) - on_scale(holds.interval.high)) / (2 * reach);
    return {on_scale(holds.chance), std::max(error * error, 1e-8)};
}
Holds from_noisy(numeric::Noisy one, double reach) {
    const double error = reach * std::sqrt(one.variance);
    return {from_scale(one.value), {from_scale(one.value + error), from_scale(one.value - error)}};
}

/// One forecast of several draws (Rubin 1987): the mean, with the variance within draws and that between
/// them.
Holds over_draws(const std::vector<Holds>& draws, double reach) {
    if (draws.size() == 1) return draws.front();
    double mean = 0;
    double within = 0;
    for (const Holds& one : draws) {
        mean += noisy(one, reach).value / static_cast<double>(draws.size());
        within += noisy(one, reach).variance / static_cast<double>(draws.size());
    }
    double between = 0;
    for (const Holds& one : draws) {
        const double off = noisy(one, reach).value - mean;
        between += off * off / static_cast<double>(draws.size() - 1);
    }
    const double variance = within + (1 + 1 / static_cast<double>(draws.size())) * between;
    return from_noisy({mean, variance}, reach);
}

bool is_drawn(const Comparable& one) {
    return one.at_least < one.at_most || (one.began && one.began->first != one.began->last);
}

/// The truce at hand as the models see it.
Subject subject_of(const std::optional<CurrentTruce>& truce, const Numbering& numbering) {
    Subject subject;
    if (!truce) return subject;
    subject.age = truce->age;
    if (const auto found = numbering.conflicts.find(truce->conflict);
        !truce->conflict.empty() && found != numbering.conflicts.end())
        subject.conflict = found->second;
    if (const auto found = numbering.kinds.find(truce->kind); found != numbering.kinds.end())
        subject.kind = found->second;
    subject.covariates = truce->covariates;
    return subject;
}

/// How many truces began within two days of the end of another of their conflict.
std::size_t renewals_in(const SpellTable& table) {
    std::map<std::uint32_t, std::vector<std::uint32_t>> by_conflict;
    for (std::uint32_t row = 0; row < table.size(); ++row) {
        if (table.began[row] && table.end[row] != static_cast<std::uint8_t>(TruceEnd::still_held))
            by_conflict[table.conflict[row]].push_back(row);
    }
    std::size_t renewals = 0;
    for (auto& [conflict, rows] : by_conflict) {
        std::multiset<std::int64_t> ends;
        for (const std::uint32_t row : rows) {
            ends.insert(table.began[row]->time_since_epoch().count() +
                        static_cast<std::int64_t>(table.lasted[row]));
        }
        for (const std::uint32_t row : rows) {
            const std::int64_t began = table.began[row]->time_since_epoch().count();
            const std::int64_t own_end = began + static_cast<std::int64_t>(table.lasted[row]);
            for (auto end = ends.lower_bound(began - 2); end != ends.end() && *end <= began + 2; ++end) {
                if (*end == own_end && ends.count(own_end) == 1) continue;
                ++renewals;
                break;
            }
        }
    }
    return renewals;
}

std::vector<EndShares> end_shares(const SpellTable& table, std::span<const int> horizons,
                                  numeric::Level level) {
    // Those that held, and those of which it is not known, are seen until then and no longer.
    std::vector<std::uint8_t> cause;
    for (const std::uint8_t end : table.end) {
        const bool ended = end != static_cast<std::uint8_t>(TruceEnd::still_held) &&
                           end != static_cast<std::uint8_t>(TruceEnd::not_known);
        cause.push_back(ended ? end : 0);
    }
    const numeric::Spells spells = table.spells();
    const auto risks = numeric::aalen_johansen({.start = spells.start, .stop = spells.stop, .cause = cause},
                                               truce_end_count - 1);
    std::vector<EndShares> shares;
    for (std::uint8_t end = 1; end < truce_end_count - 1; ++end) {
        const auto number = std::ranges::count(cause, end);
        if (number == 0) continue;
        EndShares one{.end = static_cast<TruceEnd>(end),
                      .number = static_cast<std::uint32_t>(number),
                      .by_horizon = {}};
        for (const int days : horizons) one.by_horizon.push_back(risks.at(end, days, level));
        shares.push_back(std::move(one));
    }
    return shares;
}

/// Points for a figure: the curve's own steps, at most so many.
std::vector<CurvePoint> points_of(const numeric::SurvivalCurve& curve, numeric::Level level) {
    constexpr std::size_t most = 400;
    std::vector<CurvePoint> points{{.days = 0, .holds = 1, .interval = {1, 1}, .at_risk = curve.spells}};
    std::size_t failures = 0;
    const std::size_t each = std::max<std::size_t>(1, curve.failures / most);
    for (const numeric::SurvivalStep& step : curve.steps) {
        if (step.failures == 0) continue;
        failures += step.failures;
        if (failures < each) continue;
        failures = 0;
        const numeric::Estimated at = curve.at(step.time, level);
        points.push_back({step.time, at.value, at.interval, step.at_risk});
    }
    return points;
}

/// What one draw of the comparables gives.
struct Draw {
    SpellTable table;
    FittedModels models;
    Draw(const Comparables& comparables, const Numbering& numbering, const DurabilitySettings& settings,
         UnknownEnds unknown, std::uint64_t number)
        : table(draw_spells(comparables, numbering, settings.failure, unknown, settings.seed, number)),
          models(table, comparables.covariates.size(), settings) {}
    Draw(const Draw&) = delete;
    Draw& operator=(const Draw&) = delete;
};

std::vector<CovariateEffect> effects_of(const FittedModels& models, const Comparables& comparables,
                                        double reach) {
    std::vector<CovariateEffect> effects;
    if (!models.cox()) return effects;
    const auto test = models.proportionality();
    for (std::size_t c = 0; c < comparables.covariates.size(); ++c) {
        const double b = models.cox()->coefficients[c];
        const double error = models.cox()->standard_error(c);
        effects.push_back({.name = comparables.covariates[c],
                           .hazard_ratio = std::exp(b),
                           .interval = {std::exp(b - reach * error), std::exp(b + reach * error)},
                           .p = std::erfc(std::abs(b / error) / std::sqrt(2.0)),
                           .p_proportional = test ? test->covariates[c].p : 1.0});
    }
    return effects;
}

/// The hazard by the day, with the violence of the truce's last week; also what violence does to it.
ModelForecast by_day(const Comparables& comparables, const std::optional<CurrentTruce>& truce,
                     const DurabilitySettings& settings, Durability& answer) {
    ModelForecast forecast{.model = ForecastModel::daily_hazard, .holds = {}, .why_not = {}};
    forecast.holds.resize(settings.horizons.size());
    const auto hazard = fit_daily_hazard(comparables.days);
    if (!hazard) {
        forecast.why_not = NoForecast::not_fitted;
        return forecast;
    }
    answer.violence_ratio = hazard->violence_ratio(settings.level);
    if (!truce || !truce->violence || truce->violence->deaths.empty()) {
        forecast.why_not = NoForecast::no_violence_known;
        return forecast;
    }
    if (truce->violence->counted == OwnViolence::Counted::selection) {
        forecast.why_not = NoForecast::selection_only;
        return forecast;
    }
    const std::vector<double>& deaths = truce->violence->deaths;
    double week = 0;
    for (std::size_t back = 1; back <= DailyHazard::week && back <= deaths.size(); ++back)
        week += deaths[deaths.size() - back];
    for (std::size_t h = 0; h < settings.horizons.size(); ++h)
        forecast.holds[h] = hazard->holds(truce->age, week, settings.horizons[h], settings.level);
    return forecast;
}

/// A chance with its interval, no surer than allowed.
Holds clipped(Holds holds, double least) {
    const auto clip = [least](double chance) { return std::clamp(chance, least, 1 - least); };
    return {clip(holds.chance), {clip(holds.interval.low), clip(holds.interval.high)}};
}

const ModelForecast* forecast_of(const std::vector<ModelForecast>& models, ForecastModel model) {
    const auto found = std::ranges::find(models, model, &ModelForecast::model);
    return found == models.end() ? nullptr : &*found;
}

std::vector<HorizonForecast> answer_of(const std::vector<ModelForecast>& models,
                                       const DurabilitySettings& settings) {
    const double reach = numeric::normal_reach(settings.level);
    const ModelForecast* const base = forecast_of(models, ForecastModel::shrunk_hazard);
    const ModelForecast* const own = forecast_of(models, ForecastModel::own_violence);
    std::vector<HorizonForecast> answer;
    double before = 1;
    for (std::size_t h = 0; h < settings.horizons.size(); ++h) {
        if (base == nullptr || !base->holds[h]) continue;
        Holds holds = *base->holds[h];
        if (own != nullptr && own->holds[h]) {
            const std::array both{noisy(holds, reach), noisy(*own->holds[h], reach)};
            holds = from_noisy(numeric::pool(both).mean, reach);
        }
        // Holding longer is never likelier: each horizon is estimated on its own, and errors cross.
        holds.chance = std::min(holds.chance, before);
        holds.interval.low = std::min(holds.interval.low, holds.chance);
        before = holds.chance;
        Interval over{1, 0};
        for (const ModelForecast& model : models) {
            if (!model.holds[h]) continue;
            over.low = std::min(over.low, model.holds[h]->chance);
            over.high = std::max(over.high, model.holds[h]->chance);
        }
        const Holds sure = clipped(holds, settings.least_chance);
        over.low =
            std::clamp(std::min(over.low, sure.chance), settings.least_chance, 1 - settings.least_chance);
        over.high =
            std::clamp(std::max(over.high, sure.chance), settings.least_chance, 1 - settings.least_chance);
        answer.push_back({.days = settings.horizons[h], .holds = sure, .over_models = over});
    }
    return answer;
}

std::vector<DurabilityWarning> warnings_of(const Durability& answer, const SpellTable& table,
                                           const numeric::SurvivalCurve& curve) {
    std::vector<DurabilityWarning> warnings;
    const auto warn = [&](DurabilityWarning warning, bool holds) {
        if (holds) warnings.push_back(warning);
    };
    const auto number = [&](TruceEnd end) { return answer.ends.at(static_cast<std::size_t>(end)); };
    const ModelForecast* const own = forecast_of(answer.models, ForecastModel::own_violence);
    const double used = answer.comparables;
    warn(DurabilityWarning::definitions_differ, own != nullptr && !own->why_not);
    warn(DurabilityWarning::duration_dependence,
         answer.weibull_shape && answer.weibull_shape_interval.high < 1);
    warn(
        DurabilityWarning::informative_censoring,
        number(TruceEnd::expired) + number(TruceEnd::extended) + number(TruceEnd::superseded) >= 0.05 * used);
    warn(DurabilityWarning::renewals, static_cast<double>(renewals_in(table)) >= 0.05 * used);
    warn(DurabilityWarning::ends_not_known, answer.ends_not_known >= 0.05 * (used + answer.ends_not_known));
    warn(DurabilityWarning::days_drawn, answer.drawn >= 0.05 * used);
    warn(DurabilityWarning::few_at_this_age, answer.truce && !answer.truce->ended && curve.at_risk_after(answer.truce->age) < 50);
    warn(DurabilityWarning::hazards_not_proportional,
         std::ranges::any_of(answer.effects,
                             [](const CovariateEffect& effect) { return effect.p_proportional < 0.05; }));
    warn(DurabilityWarning::models_disagree,
         std::ranges::any_of(answer.answer, [](const HorizonForecast& one) {
             return one.over_models.high - one.over_models.low > 0.2;
         }));
    if (answer.backtest) {
        const auto& scores = answer.backtest->scores;
        warn(DurabilityWarning::not_better_than_base,
             std::ranges::none_of(scores, [](const HorizonScore& score) {
                 return score.model != ForecastModel::kaplan_meier && score.skill > 0;
             }));
        warn(DurabilityWarning::not_calibrated, std::ranges::any_of(scores, [](const HorizonScore& score) {
                 return score.model == ForecastModel::shrunk_hazard && score.spiegelhalter_z &&
                        std::abs(*score.spiegelhalter_z) > 2;
             }));
    }
    warn(DurabilityWarning::publishing_changes_it, !answer.answer.empty());
    return warnings;
}

}  // namespace

bool FailureDefinition::counts(TruceEnd end) const {
    return std::ranges::find(ends, end) != ends.end();
}

std::string_view name_of(ForecastModel model) {
    return model_names.at(static_cast<std::size_t>(model));
}
std::string_view name_of(NoForecast reason) {
    return reason_names.at(static_cast<std::size_t>(reason));
}
std::string_view name_of(DurabilityWarning warning) {
    return warning_names.at(static_cast<std::size_t>(warning));
}

ModelForecast own_violence_forecast(const OwnViolence& violence, const FailureDefinition& failure,
                                    std::span<const int> horizons, std::uint64_t seed, numeric::Level level) {
    constexpr std::size_t block = 7;
    constexpr std::size_t least_days = 14;
    constexpr std::size_t mixtures = 200;
    constexpr std::size_t futures = 50;
    ModelForecast forecast{.model = ForecastModel::own_violence, .holds = {}, .why_not = {}};
    forecast.holds.resize(horizons.size());
    const std::vector<double>& deaths = violence.deaths;
    const std::size_t n = deaths.size();
    const auto within = static_cast<std::size_t>(failure.within.count());
    const auto refuse = [&](NoForecast reason) {
        forecast.why_not = reason;
        return forecast;
    };
    if (violence.counted == OwnViolence::Counted::selection) return refuse(NoForecast::selection_only);
    if (n < least_days) return refuse(NoForecast::too_early);
    double sum = 0;
    for (std::size_t day = 0; day < n; ++day) {
        sum += deaths[day] - (day >= within ? deaths[day - within] : 0.0);
        if (sum >= failure.deaths) return refuse(NoForecast::failed_already);
    }

    const auto longest = static_cast<std::size_t>(horizons.back());
    const std::size_t starts = n - block + 1;
    std::vector<std::vector<double>> held(horizons.size(), std::vector<double>(mixtures, 0.0));
    std::vector<double> cumulative(starts);
    std::vector<double> course;
    for (std::size_t mixture = 0; mixture < mixtures; ++mixture) {
        Random random(seed, mixture);
        double weights = 0;
        for (double& weight : cumulative) weight = weights += random.exponential();
        for (std::size_t future = 0; future < futures; ++future) {
            course.assign(deaths.end() - static_cast<std::ptrdiff_t>(std::min(n, within)), deaths.end());
            const std::size_t now = course.size();
            while (course.size() < now + longest) {
                const auto drawn = std::ranges::upper_bound(cumulative, random.uniform() * weights);
                const auto start = std::min(static_cast<std::size_t>(drawn - cumulative.begin()), starts - 1);
                for (std::size_t day = 0; day < block; ++day) course.push_back(deaths[start + day]);
            }
            double running = 0;
            std::size_t failed_on = longest + 1;  // days from now
            for (std::size_t day = 0; day < now + longest; ++day) {
                running += course[day] - (day >= within ? course[day - within] : 0.0);
                if (day >= now && running >= failure.deaths) {
                    failed_on = day - now + 1;
                    break;
                }
            }
            for (std::size_t h = 0; h < horizons.size(); ++h) {
                if (failed_on > static_cast<std::size_t>(horizons[h])) held[h][mixture] += 1.0 / futures;
            }
        }
    }
    // Whatever the weeks seen were like: that so many days passed without a failure allows no more than this.
    const numeric::GammaHazard no_failure{.failures = 0.5, .exposure = static_cast<double>(n)};
    const double tail = (1 - level.value) / 2;
    for (std::size_t h = 0; h < horizons.size(); ++h) {
        double mean = 0;
        for (const double share : held[h]) mean += share / static_cast<double>(mixtures);
        std::ranges::sort(held[h]);
        Holds holds{
            mean, {numeric::sample_quantile(held[h], {tail}), numeric::sample_quantile(held[h], {1 - tail})}};
        const Holds most{no_failure.holds(horizons[h]), no_failure.holds_interval(horizons[h], level)};
        if (holds.chance > most.chance) {
            holds.chance = most.chance;
            holds.interval = {std::min(holds.interval.low, most.interval.low),
                              std::max(holds.chance, most.interval.high)};
        }
        forecast.holds[h] = holds;
    }
    return forecast;
}

Durability how_long_may_it_hold(const Comparables& comparables, const std::optional<CurrentTruce>& truce,
                                const DurabilitySettings& settings) {
    assert(!settings.horizons.empty() && settings.horizons.front() > 0);
    assert(std::ranges::is_sorted(settings.horizons));
    assert(std::ranges::all_of(comparables.list, [&](const Comparable& one) {
        return one.covariates.size() == comparables.covariates.size();
    }));
    const double reach = numeric::normal_reach(settings.level);
    Durability answer;
    answer.failure = settings.failure;
    answer.truce = truce;
    answer.horizons = settings.horizons;
    for (const Comparable& one : comparables.list) {
        ++answer.ends.at(static_cast<std::size_t>(one.end));
        if (one.end == TruceEnd::not_known) {
            ++answer.ends_not_known;
        } else {
            answer.drawn += is_drawn(one) ? 1U : 0U;
        }
    }
    const bool over = truce && truce->ended;
    std::optional<ModelForecast> own;
    if (truce && !over) {
        own = truce->violence
                  ? own_violence_forecast(*truce->violence, settings.failure, settings.horizons,
                                          settings.seed, settings.level)
                  : ModelForecast{.model = ForecastModel::own_violence,
                                  .holds = std::vector<std::optional<Holds>>(settings.horizons.size()),
                                  .why_not = NoForecast::no_violence_known};
    }
    if (over) answer.why_not = NoForecast::ended_already;
    if (comparables.list.empty()) {
        if (!over) answer.why_not = NoForecast::no_comparables;
        if (own) answer.models.push_back(std::move(*own));
        return answer;
    }

    const Numbering numbering(comparables);
    const Draw first(comparables, numbering, settings, UnknownEnds::left_out, 0);
    const numeric::SurvivalCurve& curve = first.models.curve();
    answer.comparables = static_cast<std::uint32_t>(first.table.size());
    answer.failures = first.table.failures;
    answer.conflicts = static_cast<std::uint32_t>(
        std::set<std::uint32_t>(first.table.conflict.begin(), first.table.conflict.end()).size());
    answer.curve = points_of(curve, settings.level);
    answer.median = curve.quantile(0.5);
    answer.median_interval = curve.quantile_interval(0.5, settings.level);
    answer.mean_of_year = curve.restricted_mean(365, settings.level);
    answer.end_shares = end_shares(first.table, settings.horizons, settings.level);
    if (answer.failures < settings.least_failures) {
        if (!over) answer.why_not = NoForecast::too_few_failures;
        if (own) answer.models.push_back(std::move(*own));
        answer.warnings = warnings_of(answer, first.table, curve);
        return answer;
    }
    answer.effects = effects_of(first.models, comparables, reach);
    answer.cure = first.models.cure();
    if (const auto& weibull = first.models.weibull()) {
        const double error = weibull->standard_error(weibull->coefficients.size());
        answer.weibull_shape = 1 / weibull->scale;
        answer.weibull_shape_interval = {*answer.weibull_shape * std::exp(-reach * error),
                                         *answer.weibull_shape * std::exp(reach * error)};
    }

    if (settings.backtest == DurabilitySettings::Backtest::run)
        answer.backtest = backtest(first.table, comparables.covariates.size(), settings);
    if (over) {
        answer.warnings = warnings_of(answer, first.table, curve);
        return answer;
    }

    // Each model in each draw; one draw where every day is known.
    const Subject subject = subject_of(truce, numbering);
    const std::uint32_t draws = answer.drawn > 0 ? std::max(1U, settings.draws) : 1;
    constexpr std::size_t fitted = static_cast<std::size_t>(ForecastModel::cure) + 1;
    std::array<std::vector<std::vector<Holds>>, fitted> said;
    std::array<std::optional<NoForecast>, fitted> silent;
    for (auto& of_model : said) of_model.resize(settings.horizons.size());
    for (std::uint32_t number = 0; number < draws; ++number) {
        std::optional<Draw> again;
        if (number > 0) again.emplace(comparables, numbering, settings, UnknownEnds::left_out, number);
        const FittedModels& models = again ? again->models : first.models;
        for (std::size_t m = 0; m < said.size(); ++m) {
            for (std::size_t h = 0; h < settings.horizons.size(); ++h) {
                const auto holds = models.holds(static_cast<ForecastModel>(m), subject, settings.horizons[h]);
                if (holds) {
                    said.at(m)[h].push_back(*holds);
                } else if (!silent.at(m)) {
                    silent.at(m) = holds.error();
                }
            }
        }
    }
    for (std::size_t m = 0; m < said.size(); ++m) {
        const auto model = static_cast<ForecastModel>(m);
        if (model == ForecastModel::cox && comparables.covariates.empty()) continue;
        ModelForecast forecast{.model = model, .holds = {}, .why_not = {}};
        bool any = false;
        for (const std::vector<Holds>& of_horizon : said.at(m)) {
            const bool all_draws = of_horizon.size() == draws;
            forecast.holds.push_back(all_draws ? std::optional(over_draws(of_horizon, reach)) : std::nullopt);
            any = any || all_draws;
        }
        if (!any) forecast.why_not = silent.at(m);
        answer.models.push_back(std::move(forecast));
    }
    if (!comparables.days.empty()) answer.models.push_back(by_day(comparables, truce, settings, answer));
    if (own) answer.models.push_back(std::move(*own));
    const ModelForecast& base = *forecast_of(answer.models, ForecastModel::shrunk_hazard);
    if (base.why_not) answer.why_not = base.why_not;
    answer.answer = answer_of(answer.models, settings);
    if (answer.ends_not_known > 0 && comparables.observed_until) {
        const Draw held(comparables, numbering, settings, UnknownEnds::held, 0);
        for (const int days : settings.horizons) {
            const auto holds = held.models.holds(ForecastModel::shrunk_hazard, subject, days);
            answer.unknown_ends_held.push_back(holds ? std::optional(*holds) : std::nullopt);
        }
    }
    answer.warnings = warnings_of(answer, first.table, curve);
    return answer;
}

}  // namespace truce::analysis
