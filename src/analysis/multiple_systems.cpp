// SPDX-License-Identifier: Apache-2.0
#include "analysis/multiple_systems.h"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cassert>
#include <cmath>
#include <cstddef>

#include "analysis/numeric/capture_bootstrap.h"
#include "analysis/numeric/capture_bounds.h"
#include "analysis/numeric/decomposable.h"
#include "analysis/numeric/effective_size.h"
#include "analysis/numeric/latent_class.h"
#include "analysis/numeric/quantile.h"

namespace truce::analysis {

namespace {

using numeric::Interval;
using numeric::ListCounts;
using numeric::ListSet;
using Warning = MultipleSystemsWarning::Kind;

constexpr int most_lists_enumerated = 5;
constexpr int fewest_linkage_draws = 20;

std::vector<Overlap> overlaps_of(const ListCounts& counts) {
    std::vector<Overlap> overlaps;
    for (int a = 0; a < counts.lists(); ++a) {
        for (int b = a + 1; b < counts.lists(); ++b) {
            const ListSet first = ListSet{1} << static_cast<unsigned>(a);
            const ListSet second = ListSet{1} << static_cast<unsigned>(b);
            overlaps.push_back({.first = a,
                                .second = b,
                                .shared = counts.on_all(first | second),
                                .on_first = counts.on_all(first),
                                .on_second = counts.on_all(second)});
        }
    }
    return overlaps;
}

std::optional<MultipleSystemsRefusal> refusal(const ListCounts& counts, std::span<const Overlap> overlaps,
                                              const EnoughLists& enough) {
    using Reason = MultipleSystemsRefusal::Reason;
    if (counts.total() == 0) return MultipleSystemsRefusal{.reason = Reason::nobody, .overlap = {}};
    if (counts.lists() < enough.lists) {
        return MultipleSystemsRefusal{.reason = Reason::too_few_lists, .overlap = {}};
    }
    const auto thinnest = std::ranges::min_element(overlaps, {}, &Overlap::shared);
    if (thinnest != overlaps.end() && thinnest->shared < enough.shared) {
        return MultipleSystemsRefusal{.reason = Reason::thin_overlap, .overlap = *thinnest};
    }
    if (counts.total() < enough.people) {
        return MultipleSystemsRefusal{.reason = Reason::too_few_people, .overlap = {}};
    }
    return std::nullopt;
}

bool looks_copied(const Overlap& overlap) {
    // A list of which so much is on another tells little of its own. Small lists can be so by chance.
    constexpr double nearly_all = 0.9;
    constexpr std::uint64_t enough_to_tell = 20;
    const auto smaller = std::min(overlap.on_first, overlap.on_second);
    return smaller >= enough_to_tell &&
           static_cast<double>(overlap.shared) >= nearly_all * static_cast<double>(smaller);
}

/// Estimates joined: by their lowest and highest, and by the interval that holds all.
class Joined {
public:
    void add(double low, double high, Interval interval) {
        if (!some_) {
            range_ = {.low = low, .high = high, .interval = interval};
            some_ = true;
            return;
        }
        range_.low = std::min(range_.low, low);
        range_.high = std::max(range_.high, high);
        range_.interval = numeric::hull(range_.interval, interval);
    }
    [[nodiscard]] std::optional<EstimateRange> range() const {
        return some_ ? std::optional(range_) : std::nullopt;
    }

private:
    EstimateRange range_;
    bool some_ = false;
};

class Estimation {
public:
    Estimation(const ListTable& table, std::span<const ListCounts> draws,
               const MultipleSystemsSettings& settings)
        : counts_(table.counts), settings_(settings) {
        assert(std::ranges::all_of(
            draws, [&](const ListCounts& draw) { return draw.lists() == table.counts.lists(); }));
        result_.lists = table.lists;
        result_.documented = counts_.total();
        result_.linkage_draws = static_cast<int>(draws.size());
        for (int j = 0; j < counts_.lists(); ++j) {
            result_.on_list.push_back(counts_.on_all(ListSet{1} << static_cast<unsigned>(j)));
        }
        result_.overlaps = overlaps_of(counts_);
        result_.refused = refusal(counts_, result_.overlaps, settings.enough);
        if (draws.empty()) {
            tables_.push_back(counts_);
        } else {
            tables_.assign(draws.begin(), draws.end());
            // A draw in which nobody is listed says nothing of anybody.
            std::erase_if(tables_, [](const ListCounts& draw) { return draw.total() == 0; });
        }
        const auto seen = static_cast<double>(counts_.total());
        result_.documented_over_draws = {.low = seen, .high = seen};
        for (const ListCounts& draw : tables_) {
            const auto people = static_cast<double>(draw.total());
            result_.documented_over_draws =
                numeric::hull(result_.documented_over_draws, {.low = people, .high = people});
        }
    }

    MultipleSystems run() {
        if (counts_.total() == 0) return result_;
        rank();
        const bool estimate = !result_.refused && !tables_.empty();
        if (estimate) {
            latent_class();
            if (counts_.lists() <= most_lists_enumerated) graphs();
            log_linear();
            chosen_model();
        }
        chao();
        independence();
        if (estimate) {
            result_.range = joined_.range();
            if (!result_.range) {
                result_.refused = {.reason = MultipleSystemsRefusal::Reason::no_estimate, .overlap = {}};
            }
        }
        warn();
        return result_;
    }

private:
    [[nodiscard]] double tail() const { return (1 - settings_.level.value) / 2; }

    void report(MultipleSystemsMethod method, const EstimateRange& range) {
        result_.methods.push_back(
            {.method = method, .low = range.low, .high = range.high, .interval = range.interval});
    }
    void report_in_range(MultipleSystemsMethod method, const EstimateRange& range) {
        report(method, range);
        joined_.add(range.low, range.high, range.interval);
    }

    void rank() {
        if (counts_.lists() < 2) return;
        result_.stepwise = numeric::stepwise(counts_);
        if (counts_.lists() > most_lists_enumerated) return;
        result_.models_tried = numeric::hierarchical_models(counts_.lists()).size();
        result_.models = numeric::rank_models(counts_);
        result_.in_window = in_window(result_.models);
    }

    [[nodiscard]] std::size_t in_window(std::span<const numeric::RankedModel> models) const {
        const auto beyond = std::ranges::find_if(models, [&](const numeric::RankedModel& one) {
            return one.weight < settings_.window * models.front().weight;
        });
        return static_cast<std::size_t>(beyond - models.begin());
    }

    /// The posterior over the chains of all tables together.
    void latent_class() {
        std::vector<double> all;
        double effective = 0;
        double reduction = 1;
        // With linkage draws a few draws of each will do: it is their sum that is looked at.
        const int draws =
            std::max(200, settings_.draws * settings_.chains / static_cast<int>(tables_.size() * 2));
        const bool one_table = tables_.size() == 1;
        const int chains = one_table ? settings_.chains : 2;
        std::uint64_t stream = 0;
        for (const ListCounts& table : tables_) {
            std::vector<std::vector<double>> of_table;
            for (int chain = 0; chain < chains; ++chain) {
                auto drawn =
                    numeric::draw_latent_classes(table, {.burn_in = settings_.burn_in,
                                                         .draws = one_table ? settings_.draws : draws,
                                                         .seed = settings_.seed,
                                                         .stream = stream++});
                effective += numeric::effective_size(drawn.population);
                all.insert(all.end(), drawn.population.begin(), drawn.population.end());
                of_table.push_back(std::move(drawn.population));
            }
            reduction = std::max(reduction, numeric::potential_scale_reduction(of_table));
        }
        std::ranges::sort(all);
        const double median = numeric::sample_quantile(all, {.value = 0.5});
        report_in_range(MultipleSystemsMethod::latent_class,
                        {.low = median,
                         .high = median,
                         .interval = {.low = numeric::sample_quantile(all, {.value = tail()}),
                                      .high = numeric::sample_quantile(all, {.value = 1 - tail()})}});
        result_.effective_draws = effective;
        result_.scale_reduction = reduction;
    }

    /// The posterior over graphs, mixed over the tables with equal weight.
    void graphs() {
        constexpr std::uint64_t most_unseen = 5;  // times the people seen
        std::vector<double> population;           // the probability of each number of dead
        for (const ListCounts& table : tables_) {
            const auto average =
                numeric::average_over_graphs(table, {.most_unseen = most_unseen * table.total()});
            population.resize(std::max(population.size(), table.total() + average.unseen.size()));
            for (std::size_t i = 0; i < average.unseen.size(); ++i) {
                population[table.total() + i] += average.unseen[i];
            }
        }
        const auto quantile = [&](double share) {
            return static_cast<double>(numeric::discrete_quantile(population, {.value = share}));
        };
        report_in_range(MultipleSystemsMethod::graphs,
                        {.low = quantile(0.5),
                         .high = quantile(0.5),
                         .interval = {.low = quantile(tail()), .high = quantile(1 - tail())}});
    }

    void log_linear() {
        if (counts_.lists() > most_lists_enumerated) return;
        Joined models;
        for (const ListCounts& table : tables_) {
            const auto ranked = numeric::rank_models(table);
            for (const auto& one : std::span(ranked).first(in_window(ranked))) {
                const double population = one.fit.population();
                models.add(population, population, one.fit.interval(settings_.level));
            }
        }
        if (const auto range = models.range()) report_in_range(MultipleSystemsMethod::log_linear, *range);
    }

    void chosen_model() {
        constexpr int most_lists_by_bic = 4;
        Joined chosen;
        const int replicates = std::max(
            40, settings_.bootstrap_replicates / static_cast<int>(std::max<std::size_t>(1, tables_.size())));
        std::uint64_t seed = settings_.seed;
        for (const ListCounts& table : tables_) {
            const auto bootstrap = numeric::bootstrap_with_choice(
                table, {.choice = counts_.lists() <= most_lists_by_bic ? numeric::ModelChoice::lowest_bic
                                                                       : numeric::ModelChoice::stepwise,
                        .replicates = replicates,
                        .seed = ++seed,
                        .level = settings_.level});
            if (bootstrap) chosen.add(bootstrap->population, bootstrap->population, bootstrap->interval);
        }
        if (const auto range = chosen.range()) report_in_range(MultipleSystemsMethod::chosen_model, *range);
    }

    void chao() {
        if (const auto bound = numeric::chao_bound(counts_, settings_.level)) {
            report(MultipleSystemsMethod::chao,
                   {.low = bound->population, .high = bound->population, .interval = bound->interval});
        }
    }

    void independence() {
        if (counts_.lists() < 2) return;
        if (counts_.lists() == 2) {
            const auto estimate = numeric::chapman(counts_, {.first = 0, .second = 1}, settings_.level);
            report(MultipleSystemsMethod::independence,
                   {.low = estimate.population, .high = estimate.population, .interval = estimate.interval});
            return;
        }
        const auto fit = numeric::LogLinear(counts_).fit({});
        if (!fit.exists()) return;
        report(
            MultipleSystemsMethod::independence,
            {.low = fit.population(), .high = fit.population(), .interval = fit.interval(settings_.level)});
        independence_p_ =
            fit.degrees > 0 ? boost::math::gamma_q(fit.degrees / 2, std::max(0.0, fit.deviance) / 2) : 1;
    }

    void warn_of(Warning kind, std::optional<Overlap> overlap = {}) {
        result_.warnings.push_back({.kind = kind, .overlap = overlap});
    }

    void warn() {
        for (const Overlap& overlap : result_.overlaps) {
            if (overlap.shared < 3 * settings_.enough.shared) warn_of(Warning::thin_overlap, overlap);
        }
        for (const Overlap& overlap : result_.overlaps) {
            if (looks_copied(overlap)) warn_of(Warning::copied_list, overlap);
        }
        if (settings_.population == PopulationIs::open) warn_of(Warning::open_population);
        constexpr double surprising = 0.05;
        if (independence_p_ < surprising) warn_of(Warning::heterogeneity);
        if (models_disagree()) warn_of(Warning::models_disagree);
        constexpr double mixed = 1.05;
        constexpr double enough_draws = 400;
        if (result_.effective_draws > 0 &&
            (result_.scale_reduction > mixed || result_.effective_draws < enough_draws)) {
            warn_of(Warning::not_mixed);
        }
        if (result_.linkage_draws == 0) {
            warn_of(Warning::links_taken_as_certain);
        } else if (result_.linkage_draws < fewest_linkage_draws) {
            warn_of(Warning::few_linkage_draws);
        }
    }

    [[nodiscard]] bool models_disagree() const {
        constexpr double much = 1.25;
        if (result_.in_window < 2) return false;
        const auto window = std::span(result_.models).first(result_.in_window);
        const auto [least, most] = std::ranges::minmax(
            window, {}, [](const numeric::RankedModel& one) { return one.fit.population(); });
        return most.fit.population() > much * least.fit.population();
    }

    const ListCounts& counts_;
    const MultipleSystemsSettings& settings_;
    std::vector<ListCounts> tables_;
    MultipleSystems result_;
    Joined joined_;
    double independence_p_ = 1;
};

}  // namespace

MultipleSystems estimate_undocumented(const ListTable& table, std::span<const ListCounts> linkage_draws,
                                      const MultipleSystemsSettings& settings) {
    assert(table.lists.size() == static_cast<std::size_t>(table.counts.lists()));
    return Estimation(table, linkage_draws, settings).run();
}

std::string_view name_of(MultipleSystemsMethod method) {
    switch (method) {
        case MultipleSystemsMethod::latent_class:
            return "latent_class";
        case MultipleSystemsMethod::graphs:
            return "graphs";
        case MultipleSystemsMethod::log_linear:
            return "log_linear";
        case MultipleSystemsMethod::chosen_model:
            return "chosen_model";
        case MultipleSystemsMethod::chao:
            return "chao";
        case MultipleSystemsMethod::independence:
            return "independence";
    }
    return {};
}

std::string_view name_of(MultipleSystemsWarning::Kind kind) {
    switch (kind) {
        case Warning::thin_overlap:
            return "thin_overlap";
        case Warning::copied_list:
            return "copied_list";
        case Warning::open_population:
            return "open_population";
        case Warning::heterogeneity:
            return "heterogeneity";
        case Warning::models_disagree:
            return "models_disagree";
        case Warning::not_mixed:
            return "not_mixed";
        case Warning::links_taken_as_certain:
            return "links_taken_as_certain";
        case Warning::few_linkage_draws:
            return "few_linkage_draws";
    }
    return {};
}

std::string_view name_of(MultipleSystemsRefusal::Reason reason) {
    using Reason = MultipleSystemsRefusal::Reason;
    switch (reason) {
        case Reason::nobody:
            return "nobody";
        case Reason::too_few_lists:
            return "too_few_lists";
        case Reason::thin_overlap:
            return "thin_overlap";
        case Reason::too_few_people:
            return "too_few_people";
        case Reason::no_estimate:
            return "no_estimate";
    }
    return {};
}

}  // namespace truce::analysis
