// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/decomposable.h"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/gamma.hpp>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <utility>

#include "analysis/numeric/log_linear.h"
#include "analysis/numeric/sum.h"

namespace truce::numeric {

namespace {

/// Weights below this share of the largest are counted as 0. There are at most some 1e8, and e^-46 is 1e-20:
/// all of them together are below the rounding of the sum.
constexpr double negligible = -46;

/// How many numbers of unseen are judged at once. What is read of every table for them stays near the
/// processor.
constexpr std::size_t stretch = 512;

ListSet bit(int list) {
    return ListSet{1} << static_cast<unsigned>(list);
}

/// Whom each list is joined to.
using Neighbours = std::array<ListSet, 5>;

/// Lists in an order in which each one's earlier neighbours are joined to one another, as maximum cardinality
/// search finds it where there is one; and what they are. Nothing where the graph is not decomposable.
///
/// Tarjan, Yannakakis (1984), SIAM J. Comput. 13: 566.
bool decompose(const Neighbours& neighbours, int lists, DecomposableGraph& graph) {
    ListSet numbered = 0;
    ListSet clique = 0;
    for (int step = 0; step < lists; ++step) {
        int next = -1;
        for (int j = 0; j < lists; ++j) {
            if ((numbered & bit(j)) != 0) continue;
            if (next < 0 || size_of(neighbours[static_cast<std::size_t>(j)] & numbered) >
                                size_of(neighbours[static_cast<std::size_t>(next)] & numbered)) {
                next = j;
            }
        }
        const ListSet earlier = neighbours[static_cast<std::size_t>(next)] & numbered;
        for (int j = 0; j < lists; ++j) {
            if ((earlier & bit(j)) == 0) continue;
            const ListSet others = earlier & ~bit(j);
            if ((neighbours[static_cast<std::size_t>(j)] & others) != others) return false;
        }
        // A list joined to less than the whole clique so far begins another clique.
        if (step > 0 && earlier != clique) {
            graph.cliques.push_back(clique);
            if (earlier != 0) graph.separators.push_back(earlier);
        }
        clique = earlier | bit(next);
        numbered |= bit(next);
    }
    graph.cliques.push_back(clique);
    std::ranges::sort(graph.cliques);
    std::ranges::sort(graph.separators);
    return true;
}

/// ln gamma(first + i) for i = 0, 1, ...: exact at both ends of each stretch, logarithms added in between.
std::vector<double> log_gammas(double first, std::size_t number) {
    // Stirling's series; five terms are exact to the last bit from 16 on.
    constexpr double series_from = 16;
    std::vector<double> values(number);
    for (std::size_t i = 0; i < number; ++i) {
        const double x = first + static_cast<double>(i);
        if (x < series_from) {
            values[i] = boost::math::lgamma(x);
            continue;
        }
        const double r = 1 / (x * x);
        values[i] = (x - 0.5) * std::log(x) - x + 0.5 * std::log(2 * std::numbers::pi) +
                    (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r / 1188)))) / x;
    }
    return values;
}

/// How many people are on none of the lists of a set, for every set; those on no list at all not counted.
std::vector<std::uint64_t> on_none(const ListCounts& counts) {
    std::vector<std::uint64_t> none(counts.cells().size());
    for (ListSet set = 0; set < none.size(); ++set) {
        for (ListSet cell = 1; cell < none.size(); ++cell) {
            if ((cell & set) == 0) none[set] += counts.on_just(cell);
        }
    }
    return none;
}

/// The logarithms of the graphs' weights as a function of the number of unseen.
class Weights {
public:
    Weights(const ListCounts& counts, const GraphAverageSettings& settings)
        : counts_(counts),
          fewest_(settings.fewest_unseen),
          number_(static_cast<std::size_t>(settings.most_unseen - settings.fewest_unseen) + 1),
          combinations_(static_cast<double>(counts.cells().size())),
          delta_(settings.prior_weight > 0 ? settings.prior_weight : 1 / combinations_),
          none_(on_none(counts)) {
        tabulate();
        shared_.resize(number_);
        const auto population = log_gammas(combinations_ * delta_ + unseen(0) + seen(), number_);
        const auto factorial_all = log_gammas(unseen(0) + seen() + 1, number_);
        const auto factorial_unseen = log_gammas(unseen(0) + 1, number_);
        log_gamma_prior_ = boost::math::lgamma(combinations_ * delta_);
        population_ = population;
        for (std::size_t i = 0; i < number_; ++i) {
            shared_[i] = factorial_all[i] - factorial_unseen[i] + settings.log_prior(unseen(i) + seen());
        }
        shared_excess_ = excess(shared_.data(), 1);
        population_excess_ = excess(population_.data(), -1);
        empty_excess_.resize(constants_.size());
        for (ListSet set = 1; set < constants_.size(); ++set)
            empty_excess_[set] = excess(empty_cell(set), -1);
    }

    [[nodiscard]] std::size_t number() const { return number_; }
    [[nodiscard]] std::size_t stretches() const { return (number_ + stretch - 1) / stretch; }
    [[nodiscard]] std::size_t first_of(std::size_t s) const { return s * stretch; }
    [[nodiscard]] std::size_t last_of(std::size_t s) const {
        return std::min(number_, (s + 1) * stretch) - 1;
    }

    /// The weight of one graph at one place.
    [[nodiscard]] double of(const DecomposableGraph& graph, std::size_t place) const {
        double weight = 0;
        of(graph, place, std::span(&weight, 1));
        return weight;
    }

    /// A bound on how far the weights of a graph rise within stretch `s` above the larger of those at its
    /// ends: terms are bounded by their chords, and log gamma, being convex, lies below its own.
    [[nodiscard]] double rise(const DecomposableGraph& graph, std::size_t s) const {
        const double pieces =
            static_cast<double>(graph.cliques.size()) - static_cast<double>(graph.separators.size());
        double rise = shared_excess_[s] + pieces * population_excess_[s];
        for (const ListSet separator : graph.separators) rise += empty_excess_[separator][s];
        return rise;
    }

    /// The weights of one graph from the place `first` on.
    void of(const DecomposableGraph& graph, std::size_t first, std::span<double> weights) const {
        const std::size_t n = weights.size();
        double* const out = weights.data();
        const double pieces =
            static_cast<double>(graph.cliques.size()) - static_cast<double>(graph.separators.size());
        double constant = pieces * log_gamma_prior_;
        for (const ListSet clique : graph.cliques) constant += constants_[clique];
        for (const ListSet separator : graph.separators) constant -= constants_[separator];
        const double* const shared = shared_.data() + first;
        const double* const population = population_.data() + first;
        for (std::size_t i = 0; i < n; ++i) out[i] = shared[i] - pieces * population[i] + constant;
        for (const ListSet clique : graph.cliques) {
            const double* const empty = empty_cell(clique) + first;
            for (std::size_t i = 0; i < n; ++i) out[i] += empty[i];
        }
        for (const ListSet separator : graph.separators) {
            const double* const empty = empty_cell(separator) + first;
            for (std::size_t i = 0; i < n; ++i) out[i] -= empty[i];
        }
    }

private:
    [[nodiscard]] double seen() const { return static_cast<double>(counts_.total()); }
    [[nodiscard]] double unseen(std::size_t place) const {
        return static_cast<double>(fewest_) + static_cast<double>(place);
    }
    [[nodiscard]] double prior_in_margin(ListSet set) const {
        return delta_ * combinations_ / static_cast<double>(ListSet{1} << size_of(set));
    }
    /// ln gamma of the count of a set's margin that is on none of its lists, from `fewest_` unseen on.
    [[nodiscard]] const double* empty_cell(ListSet set) const {
        return by_size_[static_cast<std::size_t>(size_of(set))].data() + none_[set];
    }

    /// For each stretch, how far sign * values rises above its chord.
    [[nodiscard]] std::vector<double> excess(const double* values, double sign) const {
        std::vector<double> rises(stretches());
        for (std::size_t s = 0; s < rises.size(); ++s) {
            const std::size_t first = first_of(s);
            const std::size_t last = last_of(s);
            const double slope =
                last > first ? (values[last] - values[first]) / static_cast<double>(last - first) : 0;
            double most = 0;
            double chord = values[first];
            for (std::size_t i = first; i <= last; ++i, chord += slope) {
                const double above = sign * (values[i] - chord);
                most = above > most ? above : most;
            }
            rises[s] = most;
        }
        return rises;
    }

    void tabulate() {
        const auto lists = static_cast<std::size_t>(counts_.lists());
        by_size_.resize(lists + 1);
        constants_.resize(counts_.cells().size());
        for (ListSet set = 1; set < constants_.size(); ++set) {
            const double prior = prior_in_margin(set);
            const ListSet cells = ListSet{1} << size_of(set);
            constants_[set] = -static_cast<double>(cells) * boost::math::lgamma(prior);
            // Every cell of the margin but the one that holds the unseen.
            for (ListSet part = set; part != 0; part = (part - 1) & set) {
                std::uint64_t people = 0;
                for (ListSet cell = 1; cell < constants_.size(); ++cell) {
                    if ((cell & set) == part) people += counts_.on_just(cell);
                }
                constants_[set] += boost::math::lgamma(static_cast<double>(people) + prior);
            }
            auto& table = by_size_[static_cast<std::size_t>(size_of(set))];
            if (table.empty()) {
                table = log_gammas(prior + unseen(0), number_ + static_cast<std::size_t>(counts_.total()));
            }
        }
    }

    const ListCounts& counts_;
    std::uint64_t fewest_;
    std::size_t number_;
    double combinations_;
    double delta_;
    std::vector<std::uint64_t> none_;
    std::vector<double> shared_;      ///< the multinomial coefficient and the prior
    std::vector<double> population_;  ///< ln gamma of the population and the whole prior weight
    double log_gamma_prior_ = 0;
    std::vector<double> constants_;             ///< by set: what does not change with the unseen
    std::vector<std::vector<double>> by_size_;  ///< by a set's size: ln gamma(prior + i), shared by all such
    std::vector<double> shared_excess_;         ///< of `shared_`, by stretch
    std::vector<double> population_excess_;     ///< of -`population_`, by stretch
    std::vector<std::vector<double>> empty_excess_;  ///< by set: of its -empty_cell, by stretch
};

}  // namespace

std::string DecomposableGraph::name(int lists) const {
    return LogLinearModel(cliques).name(lists);
}

std::vector<DecomposableGraph> decomposable_graphs(int lists) {
    assert(lists >= 1 && lists <= 5);
    std::vector<std::pair<int, int>> pairs;
    for (int a = 0; a < lists; ++a) {
        for (int b = a + 1; b < lists; ++b) pairs.emplace_back(a, b);
    }
    std::vector<DecomposableGraph> graphs;
    for (std::uint32_t edges = 0; edges < std::uint32_t{1} << pairs.size(); ++edges) {
        Neighbours neighbours{};
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            if (((edges >> i) & 1U) == 0) continue;
            neighbours[static_cast<std::size_t>(pairs[i].first)] |= bit(pairs[i].second);
            neighbours[static_cast<std::size_t>(pairs[i].second)] |= bit(pairs[i].first);
        }
        DecomposableGraph graph;
        if (decompose(neighbours, lists, graph)) graphs.push_back(std::move(graph));
    }
    return graphs;
}

double log_prior_by_scale(double population) {
    return -std::log(population);
}

double GammaPoisson::operator()(double population) const {
    return population * std::log(rate) - (population + shape) * std::log1p(rate) +
           boost::math::lgamma(population + shape) - boost::math::lgamma(population + 1) -
           boost::math::lgamma(shape);
}

GraphAverage average_over_graphs(const ListCounts& counts, const GraphAverageSettings& settings) {
    assert(counts.lists() >= 2 && counts.lists() <= 5);
    assert(settings.fewest_unseen <= settings.most_unseen && settings.prior_weight >= 0);
    assert(settings.fewest_unseen + counts.total() > 0);
    const auto graphs = decomposable_graphs(counts.lists());
    const Weights weights(counts, settings);

    // First the ends of every stretch, and from them a bound for what lies between; then those stretches that
    // may hold more than what is negligible.
    const std::size_t stretches = weights.stretches();
    std::vector<double> bound(graphs.size() * stretches);
    double top = -std::numeric_limits<double>::infinity();
    for (std::size_t g = 0; g < graphs.size(); ++g) {
        for (std::size_t s = 0; s < stretches; ++s) {
            const double ends = std::max(weights.of(graphs[g], weights.first_of(s)),
                                         weights.of(graphs[g], weights.last_of(s)));
            bound[g * stretches + s] = ends + weights.rise(graphs[g], s);
            top = std::max(top, ends);
        }
    }

    GraphAverage average;
    average.unseen.assign(weights.number(), 0);
    std::vector<CompensatedSum> of_graph(graphs.size());
    std::array<double, stretch> buffer{};
    for (std::size_t s = 0; s < stretches; ++s) {
        const std::size_t first = weights.first_of(s);
        const auto values = std::span(buffer).first(weights.last_of(s) + 1 - first);
        for (std::size_t g = 0; g < graphs.size(); ++g) {
            if (bound[g * stretches + s] - top < negligible) continue;
            weights.of(graphs[g], first, values);
            double sum = 0;
            for (std::size_t i = 0; i < values.size(); ++i) {
                if (values[i] - top < negligible) continue;
                const double weight = std::exp(values[i] - top);
                average.unseen[first + i] += weight;
                sum += weight;
            }
            of_graph[g].add(sum);
        }
    }
    CompensatedSum total;
    for (const CompensatedSum& sum : of_graph) total.add(sum.value());
    for (double& probability : average.unseen) probability /= total.value();
    for (std::size_t g = 0; g < graphs.size(); ++g) {
        average.graphs.push_back({.graph = graphs[g], .probability = of_graph[g].value() / total.value()});
    }
    std::ranges::stable_sort(average.graphs, std::ranges::greater{}, &GraphAverage::Graph::probability);
    return average;
}

}  // namespace truce::numeric
