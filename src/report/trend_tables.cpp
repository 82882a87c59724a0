// SPDX-License-Identifier: Apache-2.0
#include "report/trend_tables.h"

#include <array>
#include <cmath>
#include <string_view>

#include "report/html_wording.h"
#include "report/table_writer.h"
#include "report/trend_wording.h"

namespace truce::report {
namespace {

constexpr int ratio_decimals = 6;

/// Which row of the table of trends it is.
struct RowName {
    std::string_view group;    ///< focus, area, party, areas_together
    std::string_view name;     ///< the area's or the party's
    std::string_view outcome;  ///< incidents, deaths, civilian_deaths
    std::string_view reading;  ///< pre_truce_window_set_apart or _included
    std::string_view method;   ///< rate_ratio, exact_rate_ratio, model_average, model_first_day, pooled
};

std::optional<double> finite(double value) {
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

class TrendRows {
public:
    TrendRows(const Sink& sink, TableForm form) : writer_(form, sink) {
        constexpr std::array<std::string_view, 17> names{"group",
                                                         "name",
                                                         "outcome",
                                                         "reading",
                                                         "method",
                                                         "count_before",
                                                         "days_before",
                                                         "count_after",
                                                         "days_after",
                                                         "ratio",
                                                         "low",
                                                         "high",
                                                         "p",
                                                         "q",
                                                         "change",
                                                         "why_not",
                                                         "reporting_change_that_erases_it"};
        writer_.header(names);
    }

    /// The figures that stand in a row, as far as there are any.
    struct Figures {
        std::optional<double> ratio{};
        std::optional<numeric::Interval> interval{};
        std::optional<double> p{};
        std::optional<double> q{};
        std::string_view change{};
        std::string_view why_not{};
        std::optional<double> erases{};
    };

    void add(const RowName& row, const analysis::Comparison* windows, const Figures& figures) {
        writer_.word(row.group);
        writer_.text(row.name);
        writer_.word(row.outcome);
        writer_.word(row.reading);
        writer_.word(row.method);
        if (windows != nullptr) {
            writer_.number(windows->before.count);
            writer_.number(windows->before.exposure, ratio_decimals);
            writer_.number(windows->after.count);
            writer_.number(windows->after.exposure, ratio_decimals);
        } else {
            for (int i = 0; i < 4; ++i) writer_.missing();
        }
        writer_.number(figures.ratio, ratio_decimals);
        writer_.number(figures.interval ? finite(figures.interval->low) : std::nullopt, ratio_decimals);
        writer_.number(figures.interval ? finite(figures.interval->high) : std::nullopt, ratio_decimals);
        writer_.number(figures.p, ratio_decimals);
        writer_.number(figures.q, ratio_decimals);
        writer_.word(figures.change);
        writer_.word(figures.why_not);
        writer_.number(figures.erases, ratio_decimals);
        writer_.end_row();
    }

    void comparison(RowName row, const analysis::Comparison& comparison, std::optional<double> q = {}) {
        row.method = "rate_ratio";
        Figures figures{.q = q,
                        .change = name_of(comparison.change),
                        .why_not = comparison.why_not ? name_of(*comparison.why_not) : std::string_view(),
                        .erases = comparison.reporting_change_that_erases_it};
        if (comparison.estimate) {
            figures.ratio = comparison.estimate->ratio;
            figures.interval = comparison.estimate->widened;
            figures.p = comparison.estimate->p;
        }
        add(row, &comparison, figures);
        if (!comparison.estimate || !comparison.estimate->exact) return;
        row.method = "exact_rate_ratio";
        add(row, &comparison,
            {.ratio = comparison.estimate->ratio,
             .interval = comparison.estimate->exact->interval,
             .p = comparison.estimate->exact->p});
    }

    void model(RowName row, const analysis::ModelComparison& model, const analysis::Comparison& windows) {
        row.method = "model_average";
        Figures figures{.change = name_of(model.change),
                        .why_not = model.why_not ? name_of(*model.why_not) : std::string_view(),
                        .erases = model.reporting_change_that_erases_it};
        if (!model.series) {
            add(row, &windows, figures);
            return;
        }
        const auto take = [&figures](const analysis::ModelEffect& effect) {
            figures.ratio = effect.ratio;
            figures.interval = effect.interval;
            figures.p = effect.p;
        };
        take(model.series->average);
        add(row, &windows, figures);
        row.method = "model_first_day";
        figures = {};
        take(model.series->at_start);
        add(row, &windows, figures);
    }

    void outcome(std::string_view name, const analysis::Trend& trend, const analysis::ModelTrend& models) {
        RowName row{.group = "focus",
                    .name = {},
                    .outcome = name,
                    .reading = "pre_truce_window_set_apart",
                    .method = {}};
        comparison(row, trend.set_apart);
        model(row, models.set_apart, trend.set_apart);
        row.reading = "pre_truce_window_included";
        comparison(row, trend.included);
        model(row, models.included, trend.included);
    }

    void groups(std::string_view kind, std::span<const analysis::GroupTrend> groups) {
        for (const auto& group : groups) {
            RowName row{.group = kind,
                        .name = group.name,
                        .outcome = "incidents",
                        .reading = "pre_truce_window_set_apart",
                        .method = {}};
            comparison(row, group.trend.set_apart, group.q);
            if (!group.pooled) continue;
            row.method = "pooled";
            add(row, &group.trend.set_apart,
                {.ratio = group.pooled->ratio, .interval = group.pooled->interval});
        }
    }

    void finish() { writer_.finish(); }

private:
    TableWriter writer_;
};

std::string_view part_name(analysis::FittedDay::Part part) {
    switch (part) {
        case analysis::FittedDay::Part::before:
            return "before";
        case analysis::FittedDay::Part::pre_truce:
            return "pre_truce";
        case analysis::FittedDay::Part::after:
            return "after";
    }
    return {};
}

}  // namespace

void write_trends_csv(const Sink& sink, const Assessment& assessment, TableForm form) {
    TrendRows rows(sink, form);
    const auto& trends = assessment.trends;
    const auto& models = assessment.models;
    rows.outcome("incidents", trends.incidents, models.incidents);
    rows.outcome("deaths", trends.deaths, models.deaths);
    rows.outcome("civilian_deaths", trends.civilian_deaths, models.civilian_deaths);
    if (const auto& across = models.across_areas) {
        rows.add(
            {.group = "areas_together",
             .name = {},
             .outcome = "incidents",
             .reading = "pre_truce_window_set_apart",
             .method = across->errors == analysis::AcrossAreas::Errors::by_area ? "model_errors_by_area"
                                                                                : "model_wild_bootstrap"},
            nullptr,
            {.ratio = across->effect.ratio,
             .interval = across->effect.interval,
             .p = across->effect.p,
             .change = name_of(across->change)});
    }
    rows.groups("area", assessment.trends_by_area);
    rows.groups("party", assessment.trends_by_party);
    rows.finish();
}

void write_trend_days_csv(const Sink& sink, const Assessment& assessment, TableForm form) {
    TableWriter writer(form, sink);
    constexpr std::array<std::string_view, 9> names{
        "outcome",          "day",          "part",         "count", "exposure", "fitted",
        "expected_without", "expected_low", "expected_high"};
    writer.header(names);
    const auto write = [&](std::string_view outcome, const analysis::ModelTrend& model) {
        if (!model.set_apart.series) return;
        for (const auto& day : model.set_apart.series->days) {
            writer.word(outcome);
            writer.word(day_text(day.day));
            writer.word(part_name(day.part));
            for (const double value : {day.count, day.exposure, day.fitted, day.expected_without,
                                       day.without_range.low, day.without_range.high})
                writer.number(finite(value), ratio_decimals);
            writer.end_row();
        }
    };
    write("incidents", assessment.models.incidents);
    write("deaths", assessment.models.deaths);
    write("civilian_deaths", assessment.models.civilian_deaths);
    writer.finish();
}

}  // namespace truce::report
