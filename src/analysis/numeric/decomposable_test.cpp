// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/decomposable.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/numeric/quantile.h"
#include "analysis/numeric/test_list_tables.h"

namespace truce::numeric {
namespace {

std::uint64_t quantile(const GraphAverage& average, double share) {
    return discrete_quantile(average.unseen, {.value = share});
}

/// The definition, term by term, for one graph and one number of unseen: Madigan and York's (1997) equation.
double log_weight(const ListCounts& counts, const DecomposableGraph& graph, double delta, double unseen) {
    const auto cells = static_cast<double>(counts.cells().size());
    const double n = static_cast<double>(counts.total()) + unseen;
    const auto term = [&](ListSet set) {
        const double prior = delta * cells / static_cast<double>(1U << static_cast<unsigned>(size_of(set)));
        double sum = 0;
        for (ListSet part = set;; part = (part - 1) & set) {
            double people = part == 0 ? unseen : 0;
            for (ListSet cell = 1; cell < counts.cells().size(); ++cell) {
                if ((cell & set) == part) people += static_cast<double>(counts.on_just(cell));
            }
            sum += std::lgamma(people + prior) - std::lgamma(prior);
            if (part == 0) return sum;
        }
    };
    double sum = std::lgamma(n + 1) - std::lgamma(unseen + 1) - std::log(n);
    const double pieces =
        static_cast<double>(graph.cliques.size()) - static_cast<double>(graph.separators.size());
    sum += pieces * (std::lgamma(cells * delta) - std::lgamma(n + cells * delta));
    for (const ListSet clique : graph.cliques) sum += term(clique);
    for (const ListSet separator : graph.separators) sum -= term(separator);
    return sum;
}

TEST(DecomposableGraphs, AreAsManyAsPublished) {
    EXPECT_EQ(decomposable_graphs(2).size(), 2U);
    EXPECT_EQ(decomposable_graphs(3).size(), 8U);
    EXPECT_EQ(decomposable_graphs(4).size(), 61U);
    EXPECT_EQ(decomposable_graphs(5).size(), 822U);
}

TEST(DecomposableGraphs, NameTheSeparatorOfTwoCliques) {
    const auto graphs = decomposable_graphs(3);
    const auto chain =
        std::ranges::find(graphs, std::vector<ListSet>{0b011, 0b101}, &DecomposableGraph::cliques);
    ASSERT_NE(chain, graphs.end());
    EXPECT_EQ(chain->separators, (std::vector<ListSet>{0b001}));
    EXPECT_EQ(chain->name(3), "[12,13]");
}

// METHODS M6.
TEST(AverageOverGraphs, GivesDgasAnswerForKosovo) {
    const auto average = average_over_graphs(kosovo(), {.most_unseen = 22000});
    EXPECT_EQ(4400 + quantile(average, 0.5), 12595U);
    EXPECT_EQ(4400 + quantile(average, 0.025), 9827U);
    EXPECT_EQ(4400 + quantile(average, 0.975), 16544U);
    EXPECT_EQ(4400 + (std::ranges::max_element(average.unseen) - average.unseen.begin()), 12267);
    EXPECT_EQ(average.graphs[0].graph.name(4), "[123,134]");
    EXPECT_NEAR(average.graphs[0].probability, .985513, 1e-6);
}

TEST(AverageOverGraphs, FindsNobodyMissingInKosovoUnderAHeavyPrior) {
    const auto average = average_over_graphs(kosovo(), {.prior_weight = 0.5, .most_unseen = 22000});
    EXPECT_EQ(std::ranges::max_element(average.unseen) - average.unseen.begin(), 0);
}

// METHODS M7.
TEST(AverageOverGraphs, GivesMadiganAndYorksAnswerForSpinaBifida) {
    const auto average = average_over_graphs(
        spina_bifida(),
        {.prior_weight = 1, .fewest_unseen = 1, .most_unseen = 300, .log_prior = GammaPoisson{13.14, 55.17}});
    const std::uint64_t first = 626 + 1;
    EXPECT_EQ(first + quantile(average, 0.5), 731U);
    EXPECT_EQ(first + quantile(average, 0.025), 682U);
    EXPECT_EQ(first + quantile(average, 0.975), 797U);
    // Madigan and York's loss is relative and squared: its Bayes estimate is E(1 / N) / E(1 / N^2).
    double inverse = 0;
    double square = 0;
    for (std::size_t i = 0; i < average.unseen.size(); ++i) {
        const double n = static_cast<double>(first + i);
        inverse += average.unseen[i] / n;
        square += average.unseen[i] / (n * n);
    }
    EXPECT_NEAR(inverse / square, 731.0966, 731.0966e-4);
    EXPECT_NEAR(average.graphs[0].probability, .373767, 1e-4 * .373767);
    EXPECT_NEAR(average.graphs[1].probability, .309895, 1e-4 * .309895);
    EXPECT_NEAR(average.graphs[2].probability, .281810, 1e-4 * .281810);
    EXPECT_NEAR(average.graphs[3].probability, .034527, 1e-4 * .034527);
}

TEST(AverageOverGraphs, AgreesWithTheDefinitionToOneInABillion) {
    const auto counts = modern_slavery();
    const std::uint64_t most = 150;
    const auto average = average_over_graphs(counts, {.most_unseen = most});
    const auto graphs = decomposable_graphs(5);
    std::vector<double> weights;
    for (const auto& graph : graphs) {
        for (std::uint64_t unseen = 0; unseen <= most; unseen += 1) {
            weights.push_back(log_weight(counts, graph, 1.0 / 32, static_cast<double>(unseen)));
        }
    }
    const double top = *std::ranges::max_element(weights);
    double total = 0;
    std::vector<double> unseen(most + 1);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        total += std::exp(weights[i] - top);
        unseen[i % (most + 1)] += std::exp(weights[i] - top);
    }
    double worst = 0;
    for (std::size_t i = 0; i < unseen.size(); ++i) {
        worst = std::max(worst, std::abs(unseen[i] / total - average.unseen[i]));
    }
    EXPECT_LT(worst, 1e-9);
    for (const auto& one : average.graphs) {
        const auto place = std::ranges::find(graphs, one.graph) - graphs.begin();
        double sum = 0;
        for (std::size_t i = 0; i <= most; ++i) {
            sum += std::exp(weights[static_cast<std::size_t>(place) * (most + 1) + i] - top);
        }
        EXPECT_NEAR(one.probability, sum / total, 1e-9);
    }
}

TEST(AverageOverGraphs, GivesProbabilities) {
    const auto average = average_over_graphs(spina_bifida(), {.most_unseen = 3000});
    EXPECT_NEAR(std::accumulate(average.unseen.begin(), average.unseen.end(), 0.0), 1, 1e-12);
}

}  // namespace
}  // namespace truce::numeric
