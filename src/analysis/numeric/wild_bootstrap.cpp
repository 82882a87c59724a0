// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/wild_bootstrap.h"

#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "base/random.h"

namespace truce::numeric {

namespace {

constexpr std::uint32_t few_groups = 12;

/// The weight of one group in one replicate: mean 0, variance 1.
double random_weight(Random& random, std::uint32_t groups) {
    if (groups >= few_groups) return (random() & 1U) != 0 ? 1 : -1;
    // Two groups have but four sign patterns; six values make enough for a p-value.
    static const std::array webb{-std::sqrt(1.5), -1.0, -std::sqrt(0.5), std::sqrt(0.5), 1.0, std::sqrt(1.5)};
    return webb[random.below(webb.size())];
}

/// One coefficient under test, and what every value of it shares.
class Tester {
public:
    Tester(const CountData& data, const RowGroups& groups, std::size_t column, const WildSettings& settings,
           const CountFit& fit)
        : data_(data), groups_(groups), column_(column), estimate_(fit.coefficients[column]) {
        error_ = cluster_robust(data, fit, groups).standard_error(column);
        weights_.resize(std::size_t{settings.replications} * groups.count);
        for (std::uint32_t replicate = 0; replicate < settings.replications; ++replicate) {
            Random random(settings.seed, replicate);
            for (std::uint32_t group = 0; group < groups.count; ++group)
                weights_[std::size_t{replicate} * groups.count + group] = random_weight(random, groups.count);
        }
        replications_ = settings.replications;
    }

    [[nodiscard]] double estimate() const { return estimate_; }
    [[nodiscard]] double error() const { return error_; }

    /// The p-value of the hypothesis that the coefficient is `value`.
    [[nodiscard]] Result<double> p_of(double value) const {
        auto restricted = fit_with(value);
        if (!restricted) return tl::unexpected(restricted.error());
        const std::size_t columns = data_.columns.size();
        const std::vector<double> scores = group_scores(data_, *restricted, groups_);
        const std::vector<Symmetric> information = group_information(*restricted);
        Symmetric all(columns);
        for (const Symmetric& group : information) {
            for (std::size_t i = 0; i < columns; ++i) {
                for (std::size_t j = 0; j <= i; ++j) all.add(i, j, group(i, j));
            }
        }
        const auto factor = Cholesky::factor(all);
        if (!factor) return tl::unexpected(Error{"the coefficient is not determined"});
        const Symmetric inverse = factor->inverse();

        // How far one Newton step from each group's score moves the coefficient, and how far the step that
        // all groups' scores make together moves the group's own share of it.
        std::vector<double> move(groups_.count, 0.0);
        std::vector<double> steps(groups_.count * columns, 0.0);
        std::vector<double> shares(groups_.count * columns, 0.0);
        for (std::uint32_t group = 0; group < groups_.count; ++group) {
            for (std::size_t i = 0; i < columns; ++i) {
                for (std::size_t j = 0; j < columns; ++j) {
                    steps[group * columns + i] += inverse(i, j) * scores[group * columns + j];
                    shares[group * columns + i] += information[group](i, j) * inverse(j, column_);
                }
            }
            move[group] = steps[group * columns + column_];
        }

        const double few = groups_.count / (groups_.count - 1.0);
        const double seen = std::abs((estimate_ - value) / error_);
        std::uint32_t as_far = 0;
        std::vector<double> step(columns);
        for (std::uint32_t replicate = 0; replicate < replications_; ++replicate) {
            const std::span weights =
                std::span(weights_).subspan(std::size_t{replicate} * groups_.count, groups_.count);
            std::fill(step.begin(), step.end(), 0.0);
            for (std::uint32_t group = 0; group < groups_.count; ++group) {
                for (std::size_t j = 0; j < columns; ++j)
                    step[j] += weights[group] * steps[group * columns + j];
            }
            double squares = 0;
            for (std::uint32_t group = 0; group < groups_.count; ++group) {
                double left = weights[group] * move[group];
                for (std::size_t j = 0; j < columns; ++j) left -= shares[group * columns + j] * step[j];
                squares += left * left;
            }
            const double t = squares > 0 ? std::abs(step[column_]) / std::sqrt(few * squares)
                                         : std::numeric_limits<double>::infinity();
            constexpr double slack = 1 - 1e-9;
            if (t >= seen * slack) ++as_far;
        }
        return (1.0 + as_far) / (1.0 + replications_);
    }

private:
    /// The model with the coefficient held at `value`, as a fit of the full model.
    [[nodiscard]] Result<CountFit> fit_with(double value) const {
        std::vector<double> offset(data_.offset.begin(), data_.offset.end());
        offset.resize(data_.rows(), 0.0);
        for (std::size_t row = 0; row < data_.rows(); ++row)
            offset[row] += value * data_.columns[column_][row];
        CountData held{.counts = data_.counts, .columns = data_.columns, .offset = offset};
        held.columns.erase(held.columns.begin() + static_cast<std::ptrdiff_t>(column_));
        auto fit = fit_counts(held);
        if (fit)
            fit->coefficients.insert(fit->coefficients.begin() + static_cast<std::ptrdiff_t>(column_), value);
        return fit;
    }

    [[nodiscard]] std::vector<Symmetric> group_information(const CountFit& fit) const {
        const std::size_t columns = data_.columns.size();
        std::vector<Symmetric> information(groups_.count, Symmetric(columns));
        for (std::size_t row = 0; row < data_.rows(); ++row) {
            const double mu = fit.fitted[row];
            const double weight = fit.family == CountFamily::poisson ? mu : mu / (1 + mu / fit.theta);
            Symmetric& group = information[groups_.of_row[row]];
            for (std::size_t i = 0; i < columns; ++i) {
                const double weighted = weight * data_.columns[i][row];
                if (weighted == 0) continue;  // the columns that tell groups apart are 0 almost everywhere
                for (std::size_t j = 0; j <= i; ++j) group.add(i, j, weighted * data_.columns[j][row]);
            }
        }
        return information;
    }

    const CountData& data_;
    const RowGroups& groups_;
    std::size_t column_;
    double estimate_;
    double error_ = 0;
    std::uint32_t replications_ = 0;
    std::vector<double> weights_;
};

/// The value at which p falls below `level`, on one side of the estimate; infinite if it is nowhere near.
double end_of_interval(const Tester& tester, double direction, double least_p) {
    constexpr double far = 64;
    double inside = tester.estimate();
    double outside = inside;
    double reach = 2 * tester.error();
    while (true) {
        outside = tester.estimate() + direction * reach;
        const auto p = tester.p_of(outside);
        if (!p || reach > far * tester.error()) return direction * std::numeric_limits<double>::infinity();
        if (*p < least_p) break;
        inside = outside;
        reach *= 2;
    }
    const double close = 1e-3 * tester.error();
    while (std::abs(outside - inside) > close) {
        const double middle = inside + (outside - inside) / 2;
        const auto p = tester.p_of(middle);
        if (!p) return direction * std::numeric_limits<double>::infinity();
        (*p < least_p ? outside : inside) = middle;
    }
    return outside;
}

}  // namespace

Result<WildInterval> wild_cluster_interval(const CountData& data, const RowGroups& groups, std::size_t column,
                                           const WildSettings& settings) {
    assert(groups.count >= 2 && column < data.columns.size() && settings.replications > 0);
    const auto fit = fit_counts(data);
    if (!fit) return tl::unexpected(fit.error());
    const Tester tester(data, groups, column, settings, *fit);
    const auto p = tester.p_of(0);
    if (!p) return tl::unexpected(p.error());
    const double least_p = 1 - settings.level.value;
    return WildInterval{
        .interval = {end_of_interval(tester, -1, least_p), end_of_interval(tester, 1, least_p)}, .p = *p};
}

}  // namespace truce::numeric
