// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "analysis/durability.h"
#include "analysis/numeric/cox.h"
#include "analysis/numeric/kaplan_meier.h"
#include "scores.h"

namespace truce::validity {

namespace {

using analysis::ForecastModel;
using numeric::Interval;

constexpr std::array<int, 2> horizons{14, 90};

/// Ceasefires of the past, and what hazards they had.
struct Register {
    int conflicts = 30;
    int each = 6;
    double mean_days = 120;
    double shape = 1;         ///< of a Weibull hazard
    double frailty = 0;       ///< the variance of the conflicts' hazards (gamma, mean 1)
    double effect = 0;        ///< of a covariate that is 0 or 1, on the logarithm of the hazard
    bool by_conflict = false; ///< the covariate is the conflict's own
    double watched = 700;     ///< days until watching ends, at most
};

struct DrawnRegister {
    Comparables comparables;
    double hazard_of_first = 1;  ///< of the first conflict, over the mean
};

DrawnRegister draw_register(const Register& how, Random& random) {
    DrawnRegister made;
    made.comparables.covariates = {"mechanism"};
    for (int c = 0; c < how.conflicts; ++c) {
        const double hazard = how.frailty > 0 ? random.gamma(1 / how.frailty) * how.frailty : 1;
        if (c == 0) made.hazard_of_first = hazard;
        const double own = random.below(2) == 0 ? 0 : 1;
        for (int i = 0; i < how.each; ++i) {
            const double covariate = how.by_conflict ? own : (random.below(2) == 0 ? 0.0 : 1.0);
            const double unit = random.exponential() / (hazard * std::exp(how.effect * covariate));
            const double life = how.mean_days * std::pow(unit, 1 / how.shape);
            const double watched = how.watched * random.uniform_open();
            Comparable one;
            one.name = std::to_string(c) + "-" + std::to_string(i);
            one.conflict = "conflict " + std::to_string(c);
            one.at_least = one.at_most = std::min(life, watched);
            one.end = life <= watched ? TruceEnd::collapsed : TruceEnd::still_held;
            one.covariates = {covariate};
            made.comparables.list.push_back(std::move(one));
        }
    }
    return made;
}

analysis::DurabilitySettings settings_of(std::uint64_t seed) {
    analysis::DurabilitySettings settings;
    settings.horizons.assign(horizons.begin(), horizons.end());
    settings.backtest = analysis::DurabilitySettings::Backtest::skip;
    settings.seed = seed;
    return settings;
}

void score_models(const analysis::Durability& found, const std::vector<std::pair<ForecastModel, double>>& truth14,
                  const std::vector<std::pair<ForecastModel, double>>& truth90, Scores& scores) {
    for (const auto& model : found.models) {
        for (std::size_t h = 0; h < horizons.size(); ++h) {
            const auto& truths = h == 0 ? truth14 : truth90;
            const auto truth = std::ranges::find(truths, model.model, &std::pair<ForecastModel, double>::first);
            if (truth == truths.end() || !model.holds[h]) continue;
            scores.holds(std::string(name_of(model.model)) + ", " + std::to_string(horizons[h]) + " days",
                         model.holds[h]->interval, truth->second);
        }
    }
}

std::vector<Wanted> model_figures(const std::vector<ForecastModel>& models, Interval bounds, const std::string& remark) {
    std::vector<Wanted> wanted;
    for (const ForecastModel model : models) {
        for (const int days : horizons)
            wanted.push_back({.what = std::string(name_of(model)) + ", " + std::to_string(days) + " days",
                              .bounds = bounds,
                              .remark = remark});
    }
    return wanted;
}

/// Everything right: a Weibull hazard, one covariate, conflicts alike.
Case weibull_case() {
    const Register how{.shape = 0.8, .effect = -0.7};
    auto wanted = model_figures({ForecastModel::cox, ForecastModel::weibull}, {0.9, 0.985}, {});
    for (const int days : {30, 120, 365})
        wanted.push_back({.what = "Kaplan-Meier, " + std::to_string(days) + " days", .bounds = {0.91, 0.985}, .remark = {}});
    wanted.push_back({.what = "hazard ratio, allowing for conflicts", .bounds = {0.9, 0.98}, .remark = {}});
    wanted.push_back({.what = "median", .bounds = {0.91, 0.99}, .remark = {}});
    return {.name = "comparables of one kind",
            .chapter = "How long will it hold",
            .truth = "180 ceasefires in 30 conflicts with a hazard that falls with age (Weibull, shape 0.8), halved by "
                     "a mechanism; the truce at hand is 20 days old and has one.",
            .wanted = std::move(wanted),
            .draw = [how](Random& random, std::uint64_t seed, Scores& scores) {
                const DrawnRegister drawn = draw_register(how, random);
                analysis::CurrentTruce truce;
                truce.age = 20;
                truce.covariates = {1};
                const auto found = analysis::how_long_may_it_hold(drawn.comparables, truce, settings_of(seed));
                const auto lives = [&](double days, double covariate) {
                    return std::exp(-std::pow(days / how.mean_days, how.shape) * std::exp(how.effect * covariate));
                };
                const double on14 = lives(34, 1) / lives(20, 1);
                const double on90 = lives(110, 1) / lives(20, 1);
                score_models(found, {{ForecastModel::cox, on14}, {ForecastModel::weibull, on14}},
                             {{ForecastModel::cox, on90}, {ForecastModel::weibull, on90}}, scores);
                for (const auto& effect : found.effects)
                    scores.holds("hazard ratio, allowing for conflicts", effect.interval, std::exp(how.effect));
                const auto both = [&](double days) { return (lives(days, 0) + lives(days, 1)) / 2; };
                std::vector<double> stop;
                std::vector<std::uint8_t> failed;
                for (const Comparable& one : drawn.comparables.list) {
                    stop.push_back(one.at_least);
                    failed.push_back(one.end == TruceEnd::collapsed ? 1 : 0);
                }
                const auto curve = numeric::kaplan_meier({.stop = stop, .failed = failed});
                for (const int days : {30, 120, 365})
                    scores.holds("Kaplan-Meier, " + std::to_string(days) + " days", curve.at(days).interval,
                                 both(days));
                double low = 1;
                double high = 1000;
                for (int i = 0; i < 60; ++i) {
                    const double middle = (low + high) / 2;
                    (both(middle) > 0.5 ? low : high) = middle;
                }
                scores.holds("median", curve.quantile_interval(0.5), low);
            }};
}

/// Conflicts whose hazards differ.
Case frailty_case() {
    const Register how{.frailty = 0.5};
    auto wanted = model_figures({ForecastModel::shrunk_hazard}, {0.9, 0.99}, "of the truce's own conflict");
    wanted.push_back({.what = "Kaplan-Meier of the truce's own conflict, 90 days",
                      .bounds = {0, 0.95},
                      .remark = "it tells of all conflicts together: why the answer rests on the shrunk hazard"});
    wanted.push_back({.what = "the answer, 14 days", .bounds = {0.9, 1}, .remark = {}});
    wanted.push_back({.what = "the answer, 90 days", .bounds = {0.9, 1}, .remark = {}});
    return {.name = "conflicts whose hazards differ",
            .chapter = "How long will it hold",
            .truth = "180 ceasefires in 30 conflicts whose hazards vary (gamma, variance a half); the truce at hand "
                     "belongs to one of them and is 20 days old.",
            .wanted = std::move(wanted),
            .draw = [how](Random& random, std::uint64_t seed, Scores& scores) {
                const DrawnRegister drawn = draw_register(how, random);
                analysis::CurrentTruce truce;
                truce.age = 20;
                truce.conflict = "conflict 0";
                const auto found = analysis::how_long_may_it_hold(drawn.comparables, truce, settings_of(seed));
                const auto own = [&](int days) { return std::exp(-drawn.hazard_of_first * days / how.mean_days); };
                score_models(found, {{ForecastModel::shrunk_hazard, own(14)}},
                             {{ForecastModel::shrunk_hazard, own(90)}}, scores);
                for (const auto& model : found.models) {
                    if (model.model == ForecastModel::kaplan_meier && model.holds[1])
                        scores.holds("Kaplan-Meier of the truce's own conflict, 90 days", model.holds[1]->interval,
                                     own(90));
                }
                for (const auto& answer : found.answer)
                    scores.holds("the answer, " + std::to_string(answer.days) + " days", answer.holds.interval,
                                 own(answer.days));
            }};
}

/// What belongs to the conflict must not count once for each of its ceasefires.
Case cluster_case() {
    const Register how{.conflicts = 40, .frailty = 0.5, .by_conflict = true};
    return {.name = "a covariate of conflicts that does nothing",
            .chapter = "How long will it hold",
            .truth = "240 ceasefires in 40 conflicts whose hazards vary; a mark of the conflict that has nothing to do "
                     "with them.",
            .wanted = {{.what = "hazard ratio, allowing for conflicts", .bounds = {0.89, 0.98}, .remark = {}},
                       {.what = "hazard ratio, ceasefires taken as independent",
                        .bounds = {0.5, 0.92},
                        .remark = "too narrow: why conflicts are clusters"}},
            .draw = [how](Random& random, std::uint64_t, Scores& scores) {
                const DrawnRegister drawn = draw_register(how, random);
                std::vector<double> stop;
                std::vector<std::uint8_t> failed;
                std::vector<double> column;
                std::vector<std::uint32_t> conflict;
                for (std::size_t i = 0; i < drawn.comparables.list.size(); ++i) {
                    const Comparable& one = drawn.comparables.list[i];
                    stop.push_back(one.at_least);
                    failed.push_back(one.end == TruceEnd::collapsed ? 1 : 0);
                    column.push_back(one.covariates[0]);
                    conflict.push_back(static_cast<std::uint32_t>(i / static_cast<std::size_t>(how.each)));
                }
                const std::vector<std::span<const double>> columns{column};
                const auto fit = numeric::fit_cox(
                    {.spells = {.stop = stop, .failed = failed}, .covariates = columns, .cluster = conflict});
                if (!fit || !fit->robust) return;
                constexpr double z = 1.959963984540054;
                const auto interval = [&](double error) {
                    return Interval{fit->coefficients[0] - z * error, fit->coefficients[0] + z * error};
                };
                scores.holds("hazard ratio, allowing for conflicts", interval(fit->standard_error(0)), 0);
                scores.holds("hazard ratio, ceasefires taken as independent",
                             interval(std::sqrt(fit->variance(0, 0))), 0);
            }};
}

/// Deaths under the truce going on as they have.
Case own_violence_case() {
    return {.name = "the truce's own violence",
            .chapter = "How long will it hold",
            .truth = "A truce of 120 days with a deadly incident every fourth day, of three dead on average; it fails "
                     "with 40 dead in 30 days. Draws that have failed already are left out.",
            .wanted = {{.what = "own violence, 14 days", .bounds = {0.85, 1}, .remark = {}},
                       {.what = "own violence, 90 days",
                        .bounds = {0.8, 1},
                        .remark = "a hundred and twenty days say little of what comes once in years"}},
            .draw = [](Random& random, std::uint64_t seed, Scores& scores) {
                constexpr int age = 120;
                constexpr int futures = 400;
                const auto day = [&] { return random.below(4) == 0 ? std::ceil(3 * random.exponential()) : 0.0; };
                analysis::FailureDefinition failure;
                failure.deaths = 40;
                const auto window = static_cast<std::size_t>(failure.within.count());
                analysis::OwnViolence violence;
                for (int i = 0; i < age; ++i) violence.deaths.push_back(day());
                const auto found = analysis::own_violence_forecast(violence, failure, horizons, seed);
                if (found.why_not) return;
                std::array<double, horizons.size()> held{};
                for (int i = 0; i < futures; ++i) {
                    std::vector<double> course(violence.deaths.end() - static_cast<std::ptrdiff_t>(window),
                                               violence.deaths.end());
                    double running = 0;
                    for (const double dead : course) running += dead;
                    int lasted = 0;
                    for (; lasted < horizons.back(); ++lasted) {
                        course.push_back(day());
                        running += course.back() - course[course.size() - 1 - window];
                        if (running >= failure.deaths) break;
                    }
                    for (std::size_t h = 0; h < horizons.size(); ++h)
                        held[h] += lasted >= horizons[h] ? 1.0 / futures : 0.0;
                }
                for (std::size_t h = 0; h < horizons.size(); ++h) {
                    if (found.holds[h])
                        scores.holds("own violence, " + std::to_string(horizons[h]) + " days",
                                     found.holds[h]->interval, held[h]);
                }
            }};
}

}  // namespace

std::vector<Case> durability_cases() {
    return {weibull_case(), frailty_case(), cluster_case(), own_violence_case()};
}

}  // namespace truce::validity
