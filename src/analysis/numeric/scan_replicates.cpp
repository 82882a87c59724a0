// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "analysis/numeric/scan.h"
#include "base/random.h"

namespace truce::numeric {

namespace {

/// Draws places by their weights, each draw at the same cost.
///
/// Walker (1977), ACM TOMS 3: 253; the table as Vose (1991), IEEE TSE 17: 972, makes it.
class WeightedPlaces {
public:
    /// Requires: at least one weight, none negative, the sum positive.
    explicit WeightedPlaces(std::span<const double> weights) : stay_(weights.size()), other_(weights.size()) {
        const double mean =
            std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(weights.size());
        std::vector<std::uint32_t> small;
        std::vector<std::uint32_t> large;
        for (std::uint32_t i = 0; i < weights.size(); ++i) {
            stay_[i] = weights[i] / mean;
            other_[i] = i;
            (stay_[i] < 1 ? small : large).push_back(i);
        }
        while (!small.empty() && !large.empty()) {
            const std::uint32_t less = small.back();
            const std::uint32_t more = large.back();
            small.pop_back();
            other_[less] = more;
            stay_[more] -= 1 - stay_[less];
            if (stay_[more] < 1) {
                large.pop_back();
                small.push_back(more);
            }
        }
        // What is left is 1 but for rounding; a place of no weight never is.
        for (const std::uint32_t i : large) stay_[i] = 1;
        for (const std::uint32_t i : small) stay_[i] = weights[i] > 0 ? 1 : 0;
        heaviest_ = static_cast<std::uint32_t>(std::ranges::max_element(weights) - weights.begin());
        for (const std::uint32_t i : small) {
            if (!(weights[i] > 0)) other_[i] = heaviest_;
        }
    }

    std::uint32_t draw(Random& random) const {
        const auto place = static_cast<std::uint32_t>(random.below(stay_.size()));
        return random.uniform() < stay_[place] ? place : other_[place];
    }

private:
    std::vector<double> stay_;
    std::vector<std::uint32_t> other_;
    std::uint32_t heaviest_ = 0;
};

Random stream_of(std::uint64_t seed, std::uint64_t replicate) {
    return Random(seed, replicate + 1);
}

std::vector<double> whole_base(const ScanTable& table) {
    std::vector<double> base;
    for (std::size_t site = 0; site < table.sites(); ++site) {
        base.insert(base.end(), table.base(site).begin(), table.base(site).end());
    }
    return base;
}

Replicate dealt_out_anew(const ScanTable& table, std::uint64_t seed) {
    auto bins = std::make_shared<std::vector<std::uint32_t>>();
    for (std::size_t site = 0; site < table.sites(); ++site) {
        for (std::uint32_t bin = 0; bin < table.bins(); ++bin) {
            bins->insert(bins->end(), table.cases(site)[bin], bin);
        }
    }
    // Shared by the copies of the function: it is only read.
    return
        [&table, seed, all_bins = std::shared_ptr<const std::vector<std::uint32_t>>(bins)](std::uint64_t r) {
            Random random = stream_of(seed, r);
            std::vector<std::uint32_t> of_cases = *all_bins;
            random.shuffle(std::span(of_cases));
            std::vector<std::uint32_t> cases(table.sites() * table.bins(), 0);
            std::size_t next = 0;
            for (std::size_t site = 0; site < table.sites(); ++site) {
                const auto at_site = table.cases(site);
                const auto left = std::accumulate(at_site.begin(), at_site.end(), std::size_t{0});
                for (std::size_t i = 0; i < left; ++i) ++cases[site * table.bins() + of_cases[next++]];
            }
            return cases;
        };
}

/// As many cases as `how_many` says, each by itself.
template <class HowMany>
Replicate spread_by_base(const ScanTable& table, std::uint64_t seed, HowMany how_many) {
    auto places = std::make_shared<const WeightedPlaces>(whole_base(table));
    return [places, seed, how_many, size = table.sites() * table.bins()](std::uint64_t r) {
        Random random = stream_of(seed, r);
        std::vector<std::uint32_t> cases(size, 0);
        for (std::uint64_t left = how_many(random); left > 0; --left) ++cases[places->draw(random)];
        return cases;
    };
}

Replicate any_of_the_trials(const ScanTable& table, std::uint64_t seed) {
    auto trials = std::make_shared<std::vector<std::uint32_t>>();
    for (std::uint32_t place = 0; const double base : whole_base(table)) {
        trials->insert(trials->end(), static_cast<std::size_t>(base), place++);
    }
    return [all = table.all_cases(), seed, size = table.sites() * table.bins(),
            all_trials = std::shared_ptr<const std::vector<std::uint32_t>>(trials)](std::uint64_t r) {
        Random random = stream_of(seed, r);
        std::vector<std::uint32_t> left = *all_trials;
        std::vector<std::uint32_t> cases(size, 0);
        for (std::size_t i = 0; i < all; ++i) {
            std::swap(left[i], left[i + random.below(left.size() - i)]);
            ++cases[left[i]];
        }
        return cases;
    };
}

}  // namespace

Replicate single_cases(const ScanTable& table, std::uint64_t seed) {
    switch (table.model()) {
        case ScanModel::space_time_permutation:
            return dealt_out_anew(table, seed);
        case ScanModel::poisson:
            return spread_by_base(table, seed, [all = table.all_cases()](Random&) { return all; });
        case ScanModel::expectation_based_poisson:
            return spread_by_base(table, seed, [mean = table.statistic().all_base()](Random& random) {
                return random.poisson(mean);
            });
        case ScanModel::bernoulli:
            return any_of_the_trials(table, seed);
    }
    return {};
}

namespace {

std::uint32_t size_of(const CaseCluster& cluster) {
    std::uint32_t size = 0;
    for (const CaseCluster::Cases& cases : cluster.cases) size += cases.count;
    return size;
}

struct Span {
    std::uint32_t first;
    std::uint32_t last;
};

Span span_of(const CaseCluster& cluster) {
    const auto [first, last] = std::ranges::minmax(cluster.cases, {}, &CaseCluster::Cases::bin);
    return {first.bin, last.bin};
}

/// Every cluster begins when another did.
Replicate moved_in_time(const ScanTable& table, std::vector<CaseCluster> clusters, std::uint64_t seed) {
    std::vector<std::uint32_t> starts;
    starts.reserve(clusters.size());
    for (const CaseCluster& cluster : clusters) starts.push_back(span_of(cluster).first);
    auto given = std::make_shared<const std::vector<CaseCluster>>(std::move(clusters));
    return [given, all_starts = std::move(starts), seed, sites = table.sites(),
            bins = static_cast<std::uint32_t>(table.bins())](std::uint64_t r) {
        Random random = stream_of(seed, r);
        std::vector<std::uint32_t> dealt = all_starts;
        random.shuffle(std::span(dealt));
        std::vector<std::uint32_t> cases(sites * bins, 0);
        for (std::size_t i = 0; i < given->size(); ++i) {
            const Span span = span_of((*given)[i]);
            const std::uint32_t start = std::min(dealt[i], bins - 1 - (span.last - span.first));
            for (const CaseCluster::Cases& some : (*given)[i].cases) {
                cases[some.site * std::size_t{bins} + start + (some.bin - span.first)] += some.count;
            }
        }
        return cases;
    };
}

}  // namespace

Replicate clustered_cases(const ScanTable& table, std::vector<CaseCluster> clusters, std::uint64_t seed) {
    assert(table.model() != ScanModel::bernoulli);
    if (table.model() == ScanModel::space_time_permutation) {
        return moved_in_time(table, std::move(clusters), seed);
    }
    std::vector<std::uint32_t> sizes;
    sizes.reserve(clusters.size());
    for (const CaseCluster& cluster : clusters) sizes.push_back(size_of(cluster));
    auto places = std::make_shared<const WeightedPlaces>(whole_base(table));
    const bool fixed = table.model() == ScanModel::poisson;
    const double mean_size =
        static_cast<double>(table.all_cases()) / static_cast<double>(std::max<std::size_t>(sizes.size(), 1));
    return [places, all_sizes = std::move(sizes), seed, fixed, size = table.sites() * table.bins(),
            clusters_expected = table.statistic().all_base() / mean_size](std::uint64_t r) {
        Random random = stream_of(seed, r);
        std::vector<std::uint32_t> cases(size, 0);
        if (fixed) {
            for (const std::uint32_t cluster : all_sizes) cases[places->draw(random)] += cluster;
            return cases;
        }
        for (std::uint64_t left = random.poisson(clusters_expected); left > 0; --left) {
            cases[places->draw(random)] += all_sizes[random.below(all_sizes.size())];
        }
        return cases;
    };
}

}  // namespace truce::numeric
