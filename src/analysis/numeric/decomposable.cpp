// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/decomposable.h"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/gamma.hpp>
#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <numeric>
#include <utility>

#include "analysis/numeric/lanes.h"
#include "analysis/numeric/log_linear.h"
#include "analysis/numeric/sum.h"

namespace truce::numeric {

namespace {

/// Weights below this share of the largest are counted as 0. There are some 1e8, and e^-41 is 2e-18: all of
/// them together are below 1e-9 of the largest alone.
constexpr double negligible = -41;

/// How many numbers of unseen are judged at once: few enough that log gamma is nearly straight over them, so
/// that what it bends by has an exponential far from the ends of what a double holds.
constexpr std::size_t stretch = 128;

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

/// How many unconnected parts a graph has.
double pieces_of(const DecomposableGraph& graph) {
    return static_cast<double>(graph.cliques.size()) - static_cast<double>(graph.separators.size());
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
        // Two places are read at once, and the end of the last stretch: every table has two places more than
        // are asked for.
        shared_.resize(number_ + 2);
        const auto population = log_gammas(combinations_ * delta_ + unseen(0) + seen(), number_ + 2);
        const auto factorial_all = log_gammas(unseen(0) + seen() + 1, number_ + 2);
        const auto factorial_unseen = log_gammas(unseen(0) + 1, number_ + 2);
        log_gamma_prior_ = boost::math::lgamma(combinations_ * delta_);
        population_ = population;
        for (std::size_t i = 0; i < shared_.size(); ++i) {
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
    /// One past the last place of a stretch: the first of the next.
    [[nodiscard]] std::size_t end_of(std::size_t s) const { return std::min(number_, (s + 1) * stretch); }

    /// The weight of one graph at one place.
    [[nodiscard]] double of(const DecomposableGraph& graph, std::size_t place) const {
        return terms_of(graph).at(place)[0];
    }

    /// A bound on how far the weights of a graph rise within stretch `s` above the larger of those at its
    /// ends: terms are bounded by their chords, and log gamma, being convex, lies below its own.
    [[nodiscard]] double rise(const DecomposableGraph& graph, std::size_t s) const {
        double rise = shared_excess_[s] + pieces_of(graph) * population_excess_[s];
        for (const ListSet separator : graph.separators) rise += empty_excess_[separator][s];
        return rise;
    }

    /// What each term bends by within one stretch, as factors: e^(term - chord).
    ///
    /// A graph's weight is then its chord, which is a geometric series, times its terms' factors, and no
    /// exponential is left to be taken for each graph and place.
    class Bends {
    public:
        explicit Bends(const Weights& weights) : weights_(weights) {
            cliques_.resize(weights.constants_.size());
            separators_.resize(weights.constants_.size());
            shared_.resize(static_cast<std::size_t>(weights.counts_.lists()) + 1);
        }

        void enter(std::size_t s) {
            first_ = weights_.first_of(s);
            end_ = weights_.end_of(s);
            for (ListSet set = 1; set < cliques_.size(); ++set) {
                const Chord chord = chord_of(weights_.empty_cell(set));
                for (std::size_t i = 0; i < pairs; ++i) {
                    cliques_[set][i] = exponential(chord.bend(i));
                    separators_[set][i] = 1.0 / cliques_[set][i];
                }
            }
            const Chord shared = chord_of(weights_.shared_.data());
            const Chord population = chord_of(weights_.population_.data());
            for (std::size_t pieces = 1; pieces < shared_.size(); ++pieces) {
                for (std::size_t i = 0; i < pairs; ++i) {
                    shared_[pieces][i] =
                        exponential(shared.bend(i) - static_cast<double>(pieces) * population.bend(i));
                }
            }
        }

        /// Adds e^(weight - top) of one graph at each place of the stretch to `sums`, the logarithms at both
        /// ends being given; gives what was added in all. Requires: one more place in `sums` than there are.
        double add(const DecomposableGraph& graph, double top, double at_first, double at_end,
                   std::vector<double>& sums) const {
            // So steep that the series would begin below the smallest double: term by term then.
            constexpr double least = -690;
            if (std::min(at_first, at_end) < least) return add_each(graph, top, sums);
            const double slope = (at_end - at_first) / static_cast<double>(end_ - first_);
            const Lanes both = {0, slope};
            Lanes chord = exponential(at_first + both);
            const Lanes growth = exponential(Lanes{2 * slope, 2 * slope});
            const Lanes* const shared = shared_[static_cast<std::size_t>(pieces_of(graph))].data();
            const Lanes* factors[10] = {};  // a plain array: no bounds are checked in the innermost loop
            std::size_t factor_count = 0;
            for (const ListSet clique : graph.cliques) factors[factor_count++] = cliques_[clique].data();
            for (const ListSet separator : graph.separators)
                factors[factor_count++] = separators_[separator].data();
            Lanes total{};
            double* const out = sums.data() + first_;
            const std::size_t places = end_ - first_;
            for (std::size_t i = 0; i * lanes < places; ++i) {
                Lanes weight = chord * shared[i];
                for (std::size_t f = 0; f < factor_count; ++f) weight *= factors[f][i];
                if (i * lanes + 1 == places) weight[1] = 0;
                chord *= growth;
                total += weight;
                weight += load_lanes(out + i * lanes);
                std::memcpy(out + i * lanes, &weight, sizeof weight);
            }
            return total[0] + total[1];
        }

    private:
        double add_each(const DecomposableGraph& graph, double top, std::vector<double>& sums) const {
            double total = 0;
            for (std::size_t i = first_; i < end_; ++i) {
                const double weight = std::exp(weights_.of(graph, i) - top);
                sums[i] += weight;
                total += weight;
            }
            return total;
        }

        static constexpr std::size_t pairs = stretch / lanes;
        using Bend = std::array<Lanes, pairs>;

        /// A term over the stretch, and the straight line between its ends.
        struct Chord {
            const double* values = nullptr;
            double slope = 0;
            std::size_t places = 0;
            [[nodiscard]] Lanes bend(std::size_t pair) const {
                const std::size_t i = std::min(pair * lanes, places - 1);  // past the end nobody looks
                const auto at = static_cast<double>(i);
                const Lanes line = {values[0] + slope * at, values[0] + slope * (at + 1)};
                return load_lanes(values + i) - line;
            }
        };
        [[nodiscard]] Chord chord_of(const double* values) const {
            return {.values = values + first_,
                    .slope = (values[end_] - values[first_]) / static_cast<double>(end_ - first_),
                    .places = end_ - first_};
        }

        const Weights& weights_;
        std::size_t first_ = 0;
        std::size_t end_ = 0;
        std::vector<Bend> cliques_;
        std::vector<Bend> separators_;
        std::vector<Bend> shared_;  ///< by the number of pieces: with the population's term
    };

private:
    /// Where the tables of one graph's terms begin.
    struct Terms {
        const double* shared = nullptr;
        const double* population = nullptr;
        double pieces = 0;
        double constant = 0;
        std::array<const double*, 5> cliques{};
        std::array<const double*, 5> separators{};
        std::size_t clique_count = 0;
        std::size_t separator_count = 0;

        /// The weights at a place and the one after it.
        [[nodiscard]] Lanes at(std::size_t place) const {
            Lanes weight = load_lanes(shared + place) - pieces * load_lanes(population + place) + constant;
            for (std::size_t c = 0; c < clique_count; ++c) weight += load_lanes(cliques[c] + place);
            for (std::size_t c = 0; c < separator_count; ++c) weight -= load_lanes(separators[c] + place);
            return weight;
        }
    };

    [[nodiscard]] Terms terms_of(const DecomposableGraph& graph) const {
        Terms terms;
        terms.shared = shared_.data();
        terms.population = population_.data();
        terms.pieces = pieces_of(graph);
        terms.constant = terms.pieces * log_gamma_prior_;
        for (const ListSet clique : graph.cliques) {
            terms.constant += constants_[clique];
            terms.cliques[terms.clique_count++] = empty_cell(clique);
        }
        for (const ListSet separator : graph.separators) {
            terms.constant -= constants_[separator];
            terms.separators[terms.separator_count++] = empty_cell(separator);
        }
        return terms;
    }

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
            const std::size_t end = end_of(s);
            const double slope = (values[end] - values[first]) / static_cast<double>(end - first);
            double most = 0;
            double chord = values[first];
            for (std::size_t i = first; i < end; ++i, chord += slope) {
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
                table =
                    log_gammas(prior + unseen(0), number_ + 2 + static_cast<std::size_t>(counts_.total()));
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
    std::vector<double> ends(graphs.size() * (stretches + 1));
    double top = -std::numeric_limits<double>::infinity();
    for (std::size_t g = 0; g < graphs.size(); ++g) {
        for (std::size_t s = 0; s <= stretches; ++s) {
            double& end = ends[g * (stretches + 1) + s];
            end = weights.of(graphs[g], s < stretches ? weights.first_of(s) : weights.number());
            if (s < stretches) top = std::max(top, end);
        }
    }

    GraphAverage average;
    average.unseen.assign(weights.number() + 1, 0);
    std::vector<CompensatedSum> of_graph(graphs.size());
    Weights::Bends bends(weights);
    for (std::size_t s = 0; s < stretches; ++s) {
        bool entered = false;
        for (std::size_t g = 0; g < graphs.size(); ++g) {
            const double first = ends[g * (stretches + 1) + s] - top;
            const double end = ends[g * (stretches + 1) + s + 1] - top;
            if (std::max(first, end) + weights.rise(graphs[g], s) < negligible) continue;
            if (!entered) bends.enter(s);
            entered = true;
            of_graph[g].add(bends.add(graphs[g], top, first, end, average.unseen));
        }
    }
    average.unseen.pop_back();
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
