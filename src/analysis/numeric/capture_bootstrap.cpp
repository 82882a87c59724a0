// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/capture_bootstrap.h"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "analysis/numeric/log_linear.h"
#include "base/random.h"

namespace truce::numeric {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double normal_distribution(double z) {
    return boost::math::erfc(-z / std::numbers::sqrt2) / 2;
}

double normal_quantile(double p) {
    return -std::numbers::sqrt2 * boost::math::erfc_inv(2 * p);
}

/// The estimate by the model that is chosen for some counts; infinite where there is none.
class Estimate {
public:
    Estimate(ModelChoice choice, int lists) : choice_(choice) {
        if (choice == ModelChoice::lowest_bic) models_ = hierarchical_models(lists);
    }

    double operator()(const ListCounts& counts) const {
        switch (choice_) {
            case ModelChoice::stepwise: {
                const auto chosen = stepwise(counts);
                return chosen ? chosen->fit.population() : infinity;
            }
            case ModelChoice::lowest_bic: {
                LogLinear fitting(counts);
                double bic = infinity;
                double population = infinity;
                for (const LogLinearModel& model : models_) {
                    const LogLinearFit fit = fitting.fit(model);
                    if (!fit.exists() || fit.bic >= bic) continue;
                    bic = fit.bic;
                    population = fit.population();
                }
                return population;
            }
        }
        return infinity;
    }

private:
    ModelChoice choice_;
    std::vector<LogLinearModel> models_;
};

/// The skewness of the estimates without one person, over six: how fast the standard error changes.
double acceleration(const ListCounts& counts, const Estimate& estimate) {
    struct Without {
        double people = 0;
        double population = 0;
    };
    std::vector<Without> without;
    double sum = 0;
    for (ListSet set = 1; set < counts.cells().size(); ++set) {
        if (counts.on_just(set) == 0) continue;
        ListCounts fewer = counts;
        fewer.remove(set, 1);
        const double population = estimate(fewer);
        if (!std::isfinite(population)) return 0;
        const auto people = static_cast<double>(counts.on_just(set));
        without.push_back({.people = people, .population = population});
        sum += people * population;
    }
    const double mean = sum / static_cast<double>(counts.total());
    double squares = 0;
    double cubes = 0;
    for (const Without& one : without) {
        const double distance = mean - one.population;
        squares += one.people * distance * distance;
        cubes += one.people * distance * distance * distance;
    }
    return squares > 0 ? cubes / (6 * std::pow(squares, 1.5)) : 0;
}

}  // namespace

std::optional<Bootstrap> bootstrap_with_choice(const ListCounts& counts, const BootstrapSettings& settings) {
    assert(settings.replicates >= 40);
    const Estimate estimate(settings.choice, counts.lists());
    Bootstrap result{.population = counts.total() > 0 ? estimate(counts) : infinity, .interval = {}};
    if (!std::isfinite(result.population)) return std::nullopt;

    std::vector<double> weights(counts.cells().begin(), counts.cells().end());
    std::vector<std::uint64_t> drawn(weights.size());
    std::vector<double> populations;
    int below = 0;
    for (int i = 0; i < settings.replicates; ++i) {
        Random random(settings.seed, static_cast<std::uint64_t>(i));
        random.multinomial(counts.total(), weights, drawn);
        ListCounts replicate(counts.lists());
        for (ListSet set = 1; set < drawn.size(); ++set) replicate.add(set, drawn[set]);
        const double population = estimate(replicate);
        populations.push_back(population);
        if (population < result.population) ++below;
        if (!std::isfinite(population)) ++result.without_estimate;
    }
    std::ranges::sort(populations);

    const auto replicates = static_cast<double>(settings.replicates);
    const double share =
        std::clamp(static_cast<double>(below) / replicates, 0.5 / replicates, 1 - 0.5 / replicates);
    const double bias = normal_quantile(share);
    const double rate = acceleration(counts, estimate);
    const auto corrected = [&](double p) {
        const double z = bias + normal_quantile(p);
        const double place = normal_distribution(bias + z / std::max(1 - rate * z, 1e-3));
        const auto rank = std::ceil(place * replicates) - 1;
        return populations[static_cast<std::size_t>(std::clamp(rank, 0.0, replicates - 1))];
    };
    const double tail = (1 - settings.level.value) / 2;
    result.interval = {.low = corrected(tail), .high = corrected(1 - tail)};
    return result;
}

}  // namespace truce::numeric
