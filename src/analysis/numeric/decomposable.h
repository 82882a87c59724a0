// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "analysis/numeric/list_counts.h"

namespace truce::numeric {

/// A decomposable graph of lists: two lists that are joined depend on one another.
///
/// Its cliques hang together as a tree, in which neighbours share a separator. A separator that is shared
/// twice is here twice; those of unconnected parts, which are empty, are left out.
struct DecomposableGraph {
    std::vector<ListSet> cliques;     ///< in rising order
    std::vector<ListSet> separators;  ///< in rising order

    /// "[123,14]", as LogLinearModel::name writes it.
    [[nodiscard]] std::string name(int lists) const;
    friend bool operator==(const DecomposableGraph&, const DecomposableGraph&) = default;
};

/// Every decomposable graph, by its edges: 2, 8, 61 and 822 for two, three, four and five lists. Requires: 1
/// to 5 lists.
std::vector<DecomposableGraph> decomposable_graphs(int lists);

/// The logarithm of the prior of a population of N, up to a constant.
using LogPrior = std::function<double(double population)>;

/// 1 / N, as if the logarithm of N could be anything.
double log_prior_by_scale(double population);

/// A Poisson population whose mean is gamma, by shape and rate: negative binomial.
struct GammaPoisson {
    double shape = 1;
    double rate = 1;
    double operator()(double population) const;
};

struct GraphAverageSettings {
    /// The prior weight of each combination of lists in the hyper-Dirichlet law; 0: one over their number,
    /// so that the prior weighs as much as one person.
    double prior_weight = 0;
    /// From how many unseen to how many.
    std::uint64_t fewest_unseen = 0;
    std::uint64_t most_unseen = 0;
    LogPrior log_prior = log_prior_by_scale;
};

/// What the counts say of the population under all decomposable graphs together.
struct GraphAverage {
    /// The probability of each number of unseen, the first standing for `fewest_unseen`; they add up to 1.
    std::vector<double> unseen;
    struct Graph {
        DecomposableGraph graph;
        double probability = 0;
    };
    std::vector<Graph> graphs;  ///< the most probable first; ties by the graphs' own order
};

/// Averages over decomposable graphs and over the number of unseen, each graph with equal prior probability
/// and a hyper-Dirichlet law of the combinations' shares.
///
/// Probabilities are right to about 1e-9 (the rounding of log gamma at large arguments). A number of unseen
/// and a graph whose joint weight is below e^-60 of the largest are counted as 0. The prior weight decides
/// much where lists overlap little: at 1/2 or more, the most probable number of unseen can be 0.
///
/// Cost: O(graphs * (most_unseen - fewest_unseen)), some 20 ms for five lists and 100,000. Requires: 2 to 5
/// lists; fewest_unseen <= most_unseen; prior_weight >= 0.
///
/// Madigan, York (1997), Biometrika 84: 19.
GraphAverage average_over_graphs(const ListCounts& counts, const GraphAverageSettings& settings);

}  // namespace truce::numeric
