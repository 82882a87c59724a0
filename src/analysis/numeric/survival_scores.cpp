// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/survival_scores.h"

#include <algorithm>
#include <cassert>

#include "analysis/numeric/order.h"

namespace truce::numeric {

namespace {

/// How many scores of each rank have been added so far (a Fenwick tree).
class RankCounts {
public:
    explicit RankCounts(std::size_t ranks) : sums_(ranks + 1, 0), counts_(ranks, 0) {}

    void add(std::size_t rank) {
        ++counts_[rank];
        ++all_;
        for (std::size_t i = rank + 1; i < sums_.size(); i += i & (~i + 1)) ++sums_[i];
    }
    [[nodiscard]] std::uint64_t below(std::size_t rank) const {
        std::uint64_t sum = 0;
        for (std::size_t i = rank; i > 0; i -= i & (~i + 1)) sum += sums_[i];
        return sum;
    }
    [[nodiscard]] std::uint64_t equal(std::size_t rank) const { return counts_[rank]; }
    [[nodiscard]] std::uint64_t above(std::size_t rank) const { return all_ - below(rank) - equal(rank); }

private:
    std::vector<std::uint64_t> sums_;
    std::vector<std::uint64_t> counts_;
    std::uint64_t all_ = 0;
};

/// Each value's rank among the distinct values, from 0 on, and how many there are.
struct Ranks {
    std::vector<std::uint32_t> rank;
    std::size_t distinct = 0;
};
Ranks ranks_of(std::span<const double> values) {
    Ranks ranks;
    ranks.rank.resize(values.size());
    const auto order = sorted_by(in_given_order(values.size()), values);
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i > 0 && values[order[i]] != values[order[i - 1]]) ++ranks.distinct;
        ranks.rank[order[i]] = static_cast<std::uint32_t>(ranks.distinct);
    }
    if (!values.empty()) ++ranks.distinct;
    return ranks;
}

/// Counts pairs from the last time to the first; each failure's pairs weigh `weight(time)`.
template <class Weight>
Concordance concordance(std::span<const double> score, const Spells& spells, Weight weight) {
    spells.check();
    assert(score.size() == spells.size() && spells.start.empty());
    const Ranks ranks = ranks_of(score);
    const auto order = sorted_by(in_given_order(spells.size()), spells.stop);
    RankCounts later(ranks.distinct);
    Concordance pairs;
    std::vector<std::uint32_t> failed_ranks;
    for (std::size_t end = order.size(); end > 0;) {
        const double time = spells.stop[order[end - 1]];
        std::size_t first = end;
        while (first > 0 && spells.stop[order[first - 1]] == time) --first;
        failed_ranks.clear();
        for (std::size_t i = first; i < end; ++i) {
            if (spells.failed[order[i]] != 0) {
                failed_ranks.push_back(ranks.rank[order[i]]);
            } else {
                later.add(ranks.rank[order[i]]);  // it outlived those that failed at its last time
            }
        }
        if (!failed_ranks.empty()) {
            const double w = weight(time);
            for (const std::uint32_t rank : failed_ranks) {
                pairs.concordant += w * static_cast<double>(later.below(rank));
                pairs.discordant += w * static_cast<double>(later.above(rank));
                pairs.tied_score += w * static_cast<double>(later.equal(rank));
            }
            const auto failures = static_cast<double>(failed_ranks.size());
            std::ranges::sort(failed_ranks);
            double both = 0;
            for (std::size_t i = 0; i < failed_ranks.size();) {
                std::size_t same = i;
                while (same < failed_ranks.size() && failed_ranks[same] == failed_ranks[i]) ++same;
                const auto number = static_cast<double>(same - i);
                both += number * (number - 1) / 2;
                i = same;
            }
            pairs.tied_both += w * both;
            pairs.tied_time += w * (failures * (failures - 1) / 2 - both);
            for (const std::uint32_t rank : failed_ranks) later.add(rank);
        }
        end = first;
    }
    return pairs;
}

}  // namespace

CensoringCurve::CensoringCurve(const Spells& spells) {
    spells.check();
    const auto order = sorted_by(in_given_order(spells.size()), spells.stop);
    double survival = 1;
    for (std::size_t i = 0; i < order.size();) {
        const double time = spells.stop[order[i]];
        std::size_t end = i;
        std::size_t failed = 0;
        for (; end < order.size() && spells.stop[order[end]] == time; ++end)
            failed += spells.failed[order[end]];
        const auto censored = static_cast<double>(end - i - failed);
        if (censored > 0) {
            const auto at_risk = static_cast<double>(order.size() - i - failed);
            survival *= (at_risk - censored) / at_risk;
            times_.push_back(time);
            survival_.push_back(survival);
        }
        i = end;
    }
}

double CensoringCurve::before(double time) const {
    const auto here = std::ranges::lower_bound(times_, time);
    return here == times_.begin() ? 1 : survival_[static_cast<std::size_t>(here - times_.begin()) - 1];
}

double CensoringCurve::at(double time) const {
    const auto after = std::ranges::upper_bound(times_, time);
    return after == times_.begin() ? 1 : survival_[static_cast<std::size_t>(after - times_.begin()) - 1];
}

std::vector<Forecast> forecasts_at(double time, std::span<const double> predicted, const Spells& spells,
                                   const CensoringCurve& censoring) {
    spells.check();
    assert(predicted.size() == spells.size());
    const double at_time = censoring.at(time);
    std::vector<Forecast> forecasts;
    forecasts.reserve(spells.size());
    for (std::size_t i = 0; i < spells.size(); ++i) {
        Forecast one{.chance = 1 - predicted[i], .happened = false, .weight = 0};
        if (spells.stop[i] > time) {
            one.weight = at_time > 0 ? 1 / at_time : 0;
        } else if (spells.failed[i] != 0) {
            const double under_observation = censoring.before(spells.stop[i]);
            one.happened = true;
            one.weight = under_observation > 0 ? 1 / under_observation : 0;
        }
        forecasts.push_back(one);
    }
    return forecasts;
}

Concordance harrell_concordance(std::span<const double> score, const Spells& spells) {
    return concordance(score, spells, [](double) { return 1.0; });
}

Concordance uno_concordance(std::span<const double> score, const Spells& spells, double until) {
    const CensoringCurve censoring(spells);
    return concordance(score, spells, [&](double time) {
        const double g = censoring.before(time);
        return time < until && g > 0 ? 1 / (g * g) : 0.0;
    });
}

}  // namespace truce::numeric
