// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/interrupted_series.h"
#include "analysis/trend.h"
#include "analysis/trend_warnings.h"
#include "courses.h"
#include "scores.h"

namespace truce::validity {

namespace {

using analysis::Change;
using analysis::TrendWarning;
using numeric::Interval;

const Interval seldom{0, 0.06};
const Interval mostly{0.9, 1};
const Interval anything{0, 1};
const std::string wide_on_purpose = "wide on purpose: it takes the largest of several measured dispersions";

bool called(Change change) {
    return change == Change::fell || change == Change::rose;
}

struct Answer {
    analysis::Trend trend;
    analysis::ModelTrend model;
    std::vector<TrendWarning> warnings;

    [[nodiscard]] bool warns(TrendWarning warning) const {
        return std::ranges::find(warnings, warning) != warnings.end();
    }
};

Answer answer_of(const Course& course, Random& random, std::uint64_t seed) {
    const auto observations = observed(course, random);
    const auto settings = comparison_settings();
    Answer answer{.trend = analysis::did_violence_fall(observations, settings), .model = {}, .warnings = {}};
    answer.model = analysis::model_trend(observations, settings, answer.trend, seed);
    answer.warnings = analysis::warnings_of(answer.trend, answer.model, settings);
    return answer;
}

/// What is measured of every course of which the truth is one ratio.
void score_ratio(const Answer& answer, double truth, Scores& scores) {
    if (const auto& estimate = answer.trend.set_apart.estimate) {
        scores.holds("rate ratio, exact", estimate->exact.value().interval, truth);
        scores.holds("rate ratio, widened", estimate->widened, truth);
    }
    if (const auto& series = answer.model.set_apart.series) {
        const auto newey_west = [](const analysis::ModelEffect& effect) {
            constexpr double z = 1.959963984540054;
            return Interval{effect.ratio * std::exp(-z * effect.robust_error),
                            effect.ratio * std::exp(z * effect.robust_error)};
        };
        scores.holds("time series, first day", series->at_start.interval, truth);
        scores.holds("time series, whole truce", series->average.interval, truth);
        scores.holds("Newey-West alone, whole truce", newey_west(series->average), truth);
    }
}

/// `others`: where the intervals that allow for dispersion are to lie.
std::vector<Wanted> ratio_figures(Interval exact, std::string why_exact, Interval others = {0.91, 0.98},
                                  const std::string& remark = {}) {
    return {{.what = "rate ratio, exact", .bounds = exact, .remark = std::move(why_exact)},
            {.what = "rate ratio, widened",
             .bounds = {others.low, 1},
             .remark = remark.empty() ? wide_on_purpose : remark},
            {.what = "time series, first day", .bounds = others, .remark = remark},
            {.what = "time series, whole truce", .bounds = others, .remark = remark},
            {.what = "Newey-West alone, whole truce",
             .bounds = {others.low - 0.05, 0.98},
             .remark = "too narrow with few weeks under the truce; the time series therefore takes the larger "
                       "of this error and the model's"}};
}

void score_false_alarms(const Answer& answer, Scores& scores) {
    scores.trial("windows call a change", called(answer.trend.set_apart.change));
    scores.trial("time series calls a change", called(answer.model.set_apart.change));
    scores.trial("waves are warned of",
                 answer.warns(TrendWarning::self_excited) || answer.warns(TrendWarning::weeks_differ));
    if (answer.model.changes) {
        scores.trial("a single change is found", answer.model.changes->single.has_value());
        scores.trial("the follower raises an alarm", !answer.model.changes->alarms.empty());
    }
    if (const auto& placebo = answer.trend.placebo) {
        scores.trial("the ratio is beyond every placebo date's", placebo->as_low == 0 || placebo->as_high == 0);
    }
}

std::vector<Wanted> false_alarm_figures(Interval waves, Interval followed) {
    return {
        {.what = "windows call a change", .kind = Kind::false_alarm, .bounds = seldom, .remark = {}},
        {.what = "time series calls a change", .kind = Kind::false_alarm, .bounds = {0, 0.09}, .remark = {}},
        {.what = "waves are warned of",
         .kind = Kind::false_alarm,
         .bounds = waves,
         .remark = "three lengths of stretches, each at 5%; an alarm is false only where days do not vary"},
        {.what = "a single change is found", .kind = Kind::false_alarm, .bounds = {0, 0.1}, .remark = {}},
        {.what = "the follower raises an alarm",
         .kind = Kind::false_alarm,
         .bounds = followed,
         .remark = "over 60 days, each a chance of an alarm"},
        {.what = "the ratio is beyond every placebo date's",
         .kind = Kind::false_alarm,
         .bounds = {0, 0.3},
         .remark = "a rank among dates whose windows overlap, not a test"}};
}

std::vector<Wanted> joined(std::vector<Wanted> a, const std::vector<Wanted>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

std::vector<Case> ratio_cases() {
    const std::string clustered = "takes incidents for independent, which they are not here";
    std::vector<Case> cases;
    const auto add = [&](std::string name, std::string truth, const Course& course, std::vector<Wanted> wanted,
                         bool with_alarms) {
        cases.push_back({.name = std::move(name),
                         .chapter = "Did violence fall",
                         .truth = std::move(truth),
                         .wanted = std::move(wanted),
                         .draw = [course, with_alarms](Random& random, std::uint64_t seed, Scores& scores) {
                             const Answer answer = answer_of(course, random, seed);
                             score_ratio(answer, course.ratio, scores);
                             if (with_alarms) {
                                 score_false_alarms(answer, scores);
                             } else {
                                 scores.trial("windows say it fell",
                                              answer.trend.set_apart.change == Change::fell);
                                 scores.trial("time series says it fell",
                                              answer.model.set_apart.change == Change::fell);
                                 scores.trial("a single change is found within two weeks of the truce",
                                              answer.model.changes && answer.model.changes->single &&
                                                  !answer.warns(TrendWarning::changed_elsewhere));
                                 if (answer.model.changes && answer.model.changes->single_range) {
                                     const auto range = *answer.model.changes->single_range;
                                     scores.trial("day of the change", range.first <= entry && entry < range.end);
                                 }
                             }
                         }});
    };
    const auto with_power = [](std::vector<Wanted> wanted, Interval windows, Interval model, Interval change) {
        return joined(
            std::move(wanted),
            {{.what = "windows say it fell", .kind = Kind::power, .bounds = windows, .remark = {}},
             {.what = "time series says it fell",
              .kind = Kind::power,
              .bounds = model,
              .remark = "the trend before, carried on, costs power"},
             {.what = "a single change is found within two weeks of the truce",
              .kind = Kind::power,
              .bounds = change,
              .remark = {}},
             {.what = "day of the change",
              .bounds = {0.85, 1},
              .remark = "where a change is found; by equal prior chances of all days"}});
    };
    add("halved", "Independent incidents, two a day; half as many under the truce, of which 60 days are seen.",
        {.ratio = 0.5},
        with_power(ratio_figures({0.93, 0.99}, "exact tests are conservative"), mostly, {0.2, 1}, {0.5, 1}),
        false);
    add("halved, days that vary",
        "As before, with days that vary twice as much as independent incidents would let them (negative "
        "binomial).",
        {.ratio = 0.5, .dispersion = 2},
        with_power(ratio_figures({0.7, 0.92}, clustered), {0.8, 1}, {0.1, 1}, {0.2, 1}), false);
    add("no effect", "Independent incidents, two a day, before and under the truce alike.", {},
        joined(ratio_figures({0.93, 0.99}, "exact tests are conservative"),
               false_alarm_figures({0, 0.15}, {0, 0.1})),
        true);
    add("no effect, days that vary", "The same, days varying twice as much (negative binomial).",
        {.dispersion = 2},
        joined(ratio_figures({0.7, 0.92}, clustered), false_alarm_figures(anything, {0, 0.25})), true);
    return cases;
}

/// Incidents that call forth others: the intervals are known to be too narrow, and it must be said.
Case excited_case() {
    return {.name = "no effect, incidents that call forth others",
            .chapter = "Did violence fall",
            .truth = "Two incidents a day of which half are called forth by another, a week before on average, as "
                     "in Iraq (Lewis et al. 2012). The truce changes nothing.",
            .wanted = joined(
                ratio_figures({0.5, 0.85}, "takes incidents for independent, which they are not here", {0.75, 0.95},
                              "too narrow: five months do not hold enough waves to measure them by; hence the "
                              "warning"),
                {{.what = "windows call a change",
                  .kind = Kind::false_alarm,
                  .bounds = {0, 0.2},
                  .remark = "fighting that feeds on itself for weeks looks like a change; hence the warning"},
                 {.what = "time series calls a change",
                  .kind = Kind::false_alarm,
                  .bounds = {0, 0.3},
                  .remark = "as above"},
                 {.what = "waves are seen",
                  .kind = Kind::warning,
                  .bounds = {0.8, 1},
                  .remark = "in all draws, by either warning of them"},
                 {.what = "warned where the widened interval missed",
                  .kind = Kind::warning,
                  .bounds = mostly,
                  .remark = "that incidents call forth others, that weeks differ, or that earlier dates have ratios as extreme"},
                 {.what = "warned where the time series missed",
                  .kind = Kind::warning,
                  .bounds = mostly,
                  .remark = "as above"}}),
            .draw = [](Random& random, std::uint64_t seed, Scores& scores) {
                const Course course{.called_forth = 0.5};
                const Answer answer = answer_of(course, random, seed);
                score_ratio(answer, 1, scores);
                scores.trial("windows call a change", called(answer.trend.set_apart.change));
                scores.trial("time series calls a change", called(answer.model.set_apart.change));
                const bool waves =
                    answer.warns(TrendWarning::self_excited) || answer.warns(TrendWarning::weeks_differ);
                const bool warned = waves || answer.warns(TrendWarning::placebo_as_extreme);
                scores.trial("waves are seen", waves);
                if (answer.trend.set_apart.estimate && !answer.trend.set_apart.estimate->widened.contains(1))
                    scores.trial("warned where the widened interval missed", warned);
                if (answer.model.set_apart.series && !answer.model.set_apart.series->average.interval.contains(1))
                    scores.trial("warned where the time series missed", warned);
            }};
}

/// A fall of reporting is no fall of violence, and the sensitivity must hold the true change of reporting.
Case reporting_case() {
    return {.name = "reporting falls, violence does not",
            .chapter = "Did violence fall",
            .truth = "Three incidents a day throughout; under the truce 60% as many are reported as before.",
            .wanted = {{.what = "windows say it fell",
                        .kind = Kind::false_alarm,
                        .bounds = anything,
                        .remark = "reported violence did fall; nothing in the accounts tells why"},
                       {.what = "the reporting change that erases it holds the true one",
                        .kind = Kind::warning,
                        .bounds = {0.94, 1},
                        .remark = "where it fell: the figure printed beside it is at least the true 0.6, so that a "
                                  "reader who knows the reporting is not misled"}},
            .draw = [](Random& random, std::uint64_t seed, Scores& scores) {
                const Course course{.per_day = 3, .reported_after = 0.6};
                const Answer answer = answer_of(course, random, seed);
                const auto& comparison = answer.trend.set_apart;
                scores.trial("windows say it fell", comparison.change == Change::fell);
                if (comparison.change == Change::fell)
                    scores.trial("the reporting change that erases it holds the true one",
                                 comparison.reporting_change_that_erases_it.value() >= course.reported_after);
            }};
}

Case flare_case() {
    return {.name = "a flare before the truce",
            .chapter = "Did violence fall",
            .truth = "Two incidents a day, two and a half times as many in the fourteen days before the truce, two "
                     "under it: no effect.",
            .wanted = {{.what = "window set apart calls a change", .kind = Kind::false_alarm, .bounds = seldom, .remark = {}},
                       {.what = "window counted as before calls a change",
                        .kind = Kind::false_alarm,
                        .bounds = anything,
                        .remark = "what setting it apart is for"},
                       {.what = "warned of the flare", .kind = Kind::warning, .bounds = mostly, .remark = {}}},
            .draw = [](Random& random, std::uint64_t seed, Scores& scores) {
                const Answer answer = answer_of({.flare = 2.5}, random, seed);
                scores.trial("window set apart calls a change", called(answer.trend.set_apart.change));
                scores.trial("window counted as before calls a change", called(answer.trend.included.change));
                scores.trial("warned of the flare", answer.warns(TrendWarning::flare_before_truce));
            }};
}

Case decline_case() {
    return {.name = "a decline that the truce did not bring",
            .chapter = "Did violence fall",
            .truth = "Three incidents a day at the truce's start, falling by 1% a day before it and under it alike.",
            .wanted = {{.what = "windows say it fell",
                        .kind = Kind::false_alarm,
                        .bounds = anything,
                        .remark = "it did, and the truce did not bring it: what the time series is for"},
                       {.what = "time series calls a change", .kind = Kind::false_alarm, .bounds = {0, 0.09}, .remark = {}},
                       {.what = "time series, whole truce", .bounds = {0.91, 0.98}, .remark = {}},
                       {.what = "warned where the windows say it fell",
                        .kind = Kind::warning,
                        .bounds = mostly,
                        .remark = "that the model's word is another, that the rate changed elsewhere, or that earlier "
                                  "dates have ratios as extreme"}},
            .draw = [](Random& random, std::uint64_t seed, Scores& scores) {
                const Answer answer = answer_of({.per_day = 3, .decline = 0.01, .days_before = 300}, random, seed);
                const bool fell = answer.trend.set_apart.change == Change::fell;
                scores.trial("windows say it fell", fell);
                scores.trial("time series calls a change", called(answer.model.set_apart.change));
                if (answer.model.set_apart.series)
                    scores.holds("time series, whole truce", answer.model.set_apart.series->average.interval, 1);
                if (fell)
                    scores.trial("warned where the windows say it fell",
                                 answer.warns(TrendWarning::model_disagrees) ||
                                     answer.warns(TrendWarning::changed_elsewhere) ||
                                     answer.warns(TrendWarning::placebo_as_extreme));
            }};
}

/// Areas with levels of their own, an effect that varies between them, and days that vary.
std::vector<analysis::Group> areas_of(int number, double mean_effect, double spread, Random& random) {
    std::vector<analysis::Group> areas;
    for (int i = 0; i < number; ++i) {
        const Course course{.per_day = 0.4 + random.gamma(2) / 2,
                            .ratio = mean_effect * std::exp(spread * random.normal()),
                            .dispersion = 1.3,
                            .days_before = 150};
        areas.push_back({.name = "area " + std::to_string(i), .observations = observed(course, random)});
    }
    return areas;
}

std::vector<Case> area_cases() {
    std::vector<Case> cases;
    const auto across = [](std::string name, int number, std::string what, Interval bounds, std::string remark) {
        return Case{
            .name = std::move(name),
            .chapter = "Did violence fall",
            .truth = std::to_string(number) +
                     " areas with levels of their own, days that vary by 1.3, and effects about 0.6 that vary "
                     "between areas by a quarter.",
            .wanted = {{.what = what, .bounds = bounds, .remark = std::move(remark)},
                       {.what = "model's own error", .bounds = {0.4, 0.97}, .remark = "takes the effect for one and the same everywhere"}},
            .draw = [number, what](Random& random, std::uint64_t seed, Scores& scores) {
                constexpr double effect = 0.6;
                constexpr double spread = 0.25;
                constexpr double z = 1.959963984540054;
                const auto areas = areas_of(number, effect, spread, random);
                const auto found = analysis::effect_across_areas(areas, comparison_settings(), seed);
                if (!found) return;
                // Areas weigh by what they count: the common ratio is the mean of the areas' own ratios, which
                // for a log-normal spread is a little above their median.
                const double truth = effect * std::exp(spread * spread / 2);
                scores.holds(what, found->effect.interval, truth);
                scores.holds("model's own error",
                             {found->effect.ratio * std::exp(-z * found->effect.model_error),
                              found->effect.ratio * std::exp(z * found->effect.model_error)},
                             truth);
            }};
    };
    cases.push_back(across("effect over 12 areas", 12, "wild bootstrap by area", {0.9, 0.99}, {}));
    cases.push_back(across("effect over 36 areas", 36, "cluster-robust by area", {0.9, 0.98}, {}));
    cases.push_back(
        {.name = "twenty areas side by side",
         .chapter = "Did violence fall",
         .truth = "Twenty areas; in half of them violence fell to 0.4, in the others nothing changed.",
         .wanted = {{.what = "share of calls that are false", .kind = Kind::mean, .bounds = {0, 0.06}, .remark = {}},
                    {.what = "share of falls that are called", .kind = Kind::mean, .bounds = {0.2, 1}, .remark = {}},
                    {.what = "partial pooling",
                     .bounds = {0.9, 0.99},
                     .remark = "over all areas; the truth here is two points and not normal"}},
         .draw = [](Random& random, std::uint64_t, Scores& scores) {
             std::vector<analysis::Group> areas;
             std::vector<double> truth;
             for (int i = 0; i < 20; ++i) {
                 truth.push_back(i % 2 == 0 ? 0.4 : 1.0);
                 areas.push_back({.name = std::to_string(i),
                                  .observations = observed({.per_day = 0.3 + random.gamma(1),
                                                            .ratio = truth.back(),
                                                            .days_before = 150},
                                                           random)});
             }
             const auto trends = analysis::trends_by_group(areas, comparison_settings());
             double calls = 0;
             double wrong = 0;
             double right = 0;
             for (std::size_t i = 0; i < trends.size(); ++i) {
                 const Change change = trends[i].trend.set_apart.change;
                 if (called(change)) {
                     ++calls;
                     (truth[i] < 1 && change == Change::fell ? right : wrong) += 1;
                 }
                 if (trends[i].pooled) scores.holds("partial pooling", trends[i].pooled->interval, truth[i]);
             }
             scores.value("share of calls that are false", calls > 0 ? wrong / calls : 0);
             scores.value("share of falls that are called", right / 10);
         }});
    return cases;
}

}  // namespace

std::vector<Case> trend_cases() {
    auto cases = ratio_cases();
    cases.push_back(excited_case());
    cases.push_back(reporting_case());
    cases.push_back(flare_case());
    cases.push_back(decline_case());
    for (Case& one : area_cases()) cases.push_back(std::move(one));
    return cases;
}

}  // namespace truce::validity
