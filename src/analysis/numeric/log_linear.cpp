// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/log_linear.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cassert>
#include <cmath>
#include <compare>
#include <limits>
#include <utility>

#include "analysis/numeric/linear_program.h"
#include "analysis/numeric/normal.h"
#include "analysis/numeric/sum.h"

namespace truce::numeric {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double log_factorial(double n) {
    return boost::math::lgamma(n + 1);
}

bool within(ListSet inner, ListSet outer) {
    return (inner & outer) == inner;
}

/// Replaces each entry by the sum over all sets that hold its set.
void sum_over_supersets(std::vector<double>& values) {
    double* const v = values.data();
    const std::size_t n = values.size();
    for (std::size_t step = 1; step < n; step *= 2) {
        for (std::size_t block = 0; block < n; block += 2 * step) {
            for (std::size_t i = block; i < block + step; ++i) v[i] += v[i + step];
        }
    }
}

/// Replaces each entry by the sum over all sets within its set.
void sum_over_subsets(std::vector<double>& values) {
    double* const v = values.data();
    const std::size_t n = values.size();
    for (std::size_t step = 1; step < n; step *= 2) {
        for (std::size_t block = 0; block < n; block += 2 * step) {
            for (std::size_t i = block; i < block + step; ++i) v[i + step] += v[i];
        }
    }
}

/// The deviance of a Poisson count from what is expected of it.
double unit_deviance(double count, double expected) {
    return 2 * ((count > 0 ? count * std::log(count / expected) : 0) - (count - expected));
}

void enumerate(std::span<const ListSet> candidates, std::vector<ListSet>& chosen,
               std::vector<LogLinearModel>& models) {
    if (candidates.empty()) {
        models.emplace_back(chosen);
        return;
    }
    const ListSet set = candidates.front();
    enumerate(candidates.subspan(1), chosen, models);
    const bool parts_are_in = [&] {
        if (size_of(set) == 2) return true;
        for (ListSet left = set; left != 0; left &= left - 1) {
            if (!std::ranges::count(chosen, set ^ (left & -left))) return false;
        }
        return true;
    }();
    if (!parts_are_in) return;
    chosen.push_back(set);
    enumerate(candidates.subspan(1), chosen, models);
    chosen.pop_back();
}

}  // namespace

LogLinearModel::LogLinearModel(std::span<const ListSet> generators) {
    for (const ListSet generator : generators) {
        for (ListSet part = generator; part != 0; part = (part - 1) & generator) {
            if (size_of(part) >= 2) interactions_.push_back(part);
        }
    }
    std::ranges::sort(interactions_);
    const auto repeated = std::ranges::unique(interactions_);
    interactions_.erase(repeated.begin(), repeated.end());
}

bool LogLinearModel::has(ListSet set) const {
    return std::ranges::binary_search(interactions_, set);
}

LogLinearModel LogLinearModel::with(ListSet set) const {
    auto generators = interactions_;
    generators.push_back(set);
    return LogLinearModel(generators);
}

std::string LogLinearModel::name(int lists) const {
    std::vector<ListSet> largest;
    const auto is_within_another = [&](ListSet set) {
        return std::ranges::any_of(interactions_,
                                   [set](ListSet other) { return other != set && within(set, other); });
    };
    for (const ListSet set : interactions_) {
        if (!is_within_another(set)) largest.push_back(set);
    }
    for (int j = 0; j < lists; ++j) {
        const ListSet alone = ListSet{1} << static_cast<unsigned>(j);
        if (!is_within_another(alone)) largest.push_back(alone);
    }
    std::vector<std::string> names;
    for (const ListSet set : largest) {
        std::string name;
        for (int j = 0; j < lists; ++j) {
            if (((set >> static_cast<unsigned>(j)) & 1U) == 0) continue;
            name += j < 9 ? fmt::format("{}", j + 1) : fmt::format("({})", j + 1);
        }
        names.push_back(std::move(name));
    }
    std::ranges::sort(names, {}, [](const std::string& name) {
        return std::pair(-static_cast<std::ptrdiff_t>(name.size()), name);
    });
    return fmt::format("[{}]", fmt::join(names, ","));
}

std::vector<LogLinearModel> hierarchical_models(int lists) {
    assert(lists >= 1 && lists <= 5);
    const ListSet all = (ListSet{1} << static_cast<unsigned>(lists)) - 1;
    std::vector<ListSet> candidates;
    for (ListSet set = 1; set < all; ++set) {
        if (size_of(set) >= 2) candidates.push_back(set);
    }
    std::ranges::stable_sort(candidates, {}, size_of);
    std::vector<LogLinearModel> models;
    std::vector<ListSet> chosen;
    enumerate(candidates, chosen, models);
    std::ranges::sort(models, [](const LogLinearModel& a, const LogLinearModel& b) {
        const auto simpler = a.interactions().size() <=> b.interactions().size();
        return std::is_eq(simpler) ? a < b : std::is_lt(simpler);
    });
    return models;
}

double LogLinearFit::standard_error() const {
    return std::sqrt(unseen + unseen * unseen * log_unseen_variance);
}

Interval LogLinearFit::interval(Level level) const {
    const double reach = normal_reach(level) * std::sqrt(log_unseen_variance);
    const auto people = static_cast<double>(seen);
    return {.low = people + unseen * std::exp(-reach), .high = people + unseen * std::exp(reach)};
}

LogLinear::LogLinear(const ListCounts& counts)
    : lists_(counts.lists()),
      cells_(counts.cells().size()),
      total_(counts.total()),
      counts_(cells_),
      margins_(counts.cells().begin(), counts.cells().end()),
      active_(cells_),
      expected_(cells_),
      work_(cells_),
      information_(cells_) {
    for (std::size_t cell = 0; cell < cells_; ++cell) {
        counts_[cell] = static_cast<double>(counts.cells()[cell]);
        constant_ += log_factorial(counts_[cell]);
    }
    for (std::size_t step = 1; step < cells_; step *= 2) {
        for (std::size_t cell = 0; cell < cells_; ++cell) {
            if ((cell & step) == 0) margins_[cell] += margins_[cell | step];
        }
    }
}

LogLinear::Terms LogLinear::prepare(const LogLinearModel& model) {
    Terms terms;
    terms.parameters = 1 + static_cast<std::size_t>(lists_) + model.interactions().size();
    std::ranges::fill(active_, static_cast<unsigned char>(1));
    active_[0] = 0;
    bool empty_overlaps = false;
    terms.sets.push_back(0);
    const auto take = [&](ListSet set) {
        if (margins_[set] > 0) {
            terms.sets.push_back(set);
            return;
        }
        empty_overlaps = true;
        for (ListSet cell = set; cell < cells_; ++cell) {
            if (within(set, cell)) active_[cell] = 0;
        }
    };
    for (int j = 0; j < lists_; ++j) take(ListSet{1} << static_cast<unsigned>(j));
    for (const ListSet set : model.interactions()) take(set);

    // The design has full rank on all combinations but that of no list, so long as none is left out.
    std::vector<ListSet> filled;
    std::vector<ListSet> empty;
    for (ListSet cell = 1; cell < cells_; ++cell) {
        if (active_[cell] != 0) (counts_[cell] > 0 ? filled : empty).push_back(cell);
    }
    if (!empty_overlaps && empty.empty()) {
        terms.estimable = Estimable::yes;
        return terms;
    }
    const auto design = [&](std::span<const ListSet> cells) {
        DenseMatrix rows(cells.size(), terms.sets.size());
        for (std::size_t i = 0; i < cells.size(); ++i) {
            for (std::size_t j = 0; j < terms.sets.size(); ++j) {
                rows.at(i, j) = within(terms.sets[j], cells[i]) ? 1 : 0;
            }
        }
        return rows;
    };
    const Estimable found = empty_overlaps ? Estimable::with_empty_overlaps : Estimable::yes;
    const NullSpace undecided = null_space(design(filled));
    if (undecided.rank == terms.sets.size()) {
        terms.estimable = found;
        return terms;
    }
    // What the filled combinations leave open, the empty ones must close: not at all, or from one side only.
    const DenseMatrix rows = design(empty);
    DenseMatrix moved(rows.rows, undecided.basis.columns);
    for (std::size_t i = 0; i < moved.rows; ++i) {
        for (std::size_t j = 0; j < moved.columns; ++j) {
            for (std::size_t k = 0; k < rows.columns; ++k) {
                moved.at(i, j) += rows.at(i, k) * undecided.basis.at(k, j);
            }
        }
    }
    if (null_space(moved).rank < moved.columns) {
        terms.estimable = Estimable::not_identified;
    } else if (has_direction_of_recession(moved)) {
        terms.estimable = Estimable::no_maximum;
    } else {
        terms.estimable = found;
    }
    return terms;
}

Estimable LogLinear::estimable(const LogLinearModel& model) {
    return prepare(model).estimable;
}

void LogLinear::expect(const Terms& terms) {
    std::ranges::fill(expected_, 0);
    for (std::size_t j = 0; j < terms.sets.size(); ++j) expected_[terms.sets[j]] = parameters_[j];
    sum_over_subsets(expected_);
    for (std::size_t cell = 0; cell < cells_; ++cell) {
        expected_[cell] = active_[cell] != 0 ? std::exp(expected_[cell]) : 0;
    }
}

double LogLinear::log_likelihood() const {
    double sum = 0;
    for (std::size_t cell = 0; cell < cells_; ++cell) {
        if (active_[cell] == 0) continue;
        if (counts_[cell] > 0) sum += counts_[cell] * std::log(expected_[cell]);
        sum -= expected_[cell];
    }
    return sum;
}

bool LogLinear::factorise(const Terms& terms) {
    information_ = expected_;
    sum_over_supersets(information_);
    const std::size_t p = terms.sets.size();
    factor_.resize(p * p);
    double* const l = factor_.data();
    const double* const sums = information_.data();
    const ListSet* const sets = terms.sets.data();
    for (std::size_t i = 0; i < p; ++i) {
        double* const row = l + i * p;
        for (std::size_t j = 0; j <= i; ++j) {
            const double* const other = l + j * p;
            double value = sums[sets[i] | sets[j]];
            for (std::size_t k = 0; k < j; ++k) value -= row[k] * other[k];
            if (i != j) {
                row[j] = value * other[j];
            } else {
                if (!(value > 0)) return false;
                row[i] = 1 / std::sqrt(value);  // the diagonal is kept as its inverse
            }
        }
    }
    return true;
}

void LogLinear::solve_newton(const Terms& terms, const std::vector<double>& margins) {
    const std::size_t p = terms.sets.size();
    step_.resize(p);
    const double* const l = factor_.data();
    double* const x = step_.data();
    for (std::size_t i = 0; i < p; ++i) {
        double value = margins[terms.sets[i]];
        for (std::size_t k = 0; k < i; ++k) value -= l[i * p + k] * x[k];
        x[i] = value * l[i * p + i];
    }
    for (std::size_t i = p; i-- > 0;) {
        double value = x[i];
        for (std::size_t k = i + 1; k < p; ++k) value -= l[k * p + i] * x[k];
        x[i] = value * l[i * p + i];
    }
}

/// Newton's method from the least-squares fit to the logarithms of the counts, each raised a little. Gives
/// the log likelihood, up to the constant.
double LogLinear::maximise(const Terms& terms) {
    constexpr double raised = 0.1;
    constexpr int most_steps = 100;
    constexpr double enough = 1e-12;
    for (std::size_t cell = 0; cell < cells_; ++cell) {
        expected_[cell] = active_[cell] != 0 ? counts_[cell] + raised : 0;
        work_[cell] = active_[cell] != 0 ? expected_[cell] * std::log(expected_[cell]) : 0;
    }
    sum_over_supersets(work_);
    parameters_.assign(terms.sets.size(), 0);
    if (!factorise(terms)) return -infinity;
    solve_newton(terms, work_);
    parameters_ = step_;
    expect(terms);
    double likelihood = log_likelihood();
    for (int i = 0; i < most_steps; ++i) {
        for (std::size_t cell = 0; cell < cells_; ++cell) {
            work_[cell] = active_[cell] != 0 ? counts_[cell] - expected_[cell] : 0;
        }
        sum_over_supersets(work_);
        if (!factorise(terms)) return -infinity;
        solve_newton(terms, work_);
        double decrement = 0;
        for (std::size_t j = 0; j < terms.sets.size(); ++j) decrement += step_[j] * work_[terms.sets[j]];
        const std::vector<double> from = parameters_;
        double size = 1;
        for (int halvings = 0; halvings < 50; ++halvings, size /= 2) {
            for (std::size_t j = 0; j < from.size(); ++j) parameters_[j] = from[j] + size * step_[j];
            expect(terms);
            const double next = log_likelihood();
            if (next >= likelihood - 1e-9 * (1 + std::abs(likelihood))) {
                likelihood = next;
                break;
            }
        }
        // Convergence is quadratic: what is left after a step of this decrement is of its square's order.
        if (decrement < enough * (1 + std::abs(likelihood))) break;
    }
    return likelihood;
}

double LogLinear::unseen_variance(const Terms& terms) {
    if (!factorise(terms)) return infinity;
    // The intercept is the first parameter: its variance is the squared length of the first column of the
    // factor's inverse.
    const std::size_t p = terms.sets.size();
    std::vector<double> column(p);
    double variance = 0;
    for (std::size_t i = 0; i < p; ++i) {
        double value = i == 0 ? 1 : 0;
        for (std::size_t k = 0; k < i; ++k) value -= factor_[i * p + k] * column[k];
        column[i] = value * factor_[i * p + i];
        variance += column[i] * column[i];
    }
    return variance;
}

LogLinearFit LogLinear::fit(const LogLinearModel& model) {
    const Terms terms = prepare(model);
    LogLinearFit fit{.estimable = terms.estimable, .seen = total_};
    fit.degrees = static_cast<double>(cells_ - 1) - static_cast<double>(terms.parameters);
    if (!fit.exists()) return fit;
    const double likelihood = maximise(terms);
    if (!std::isfinite(likelihood)) {
        fit.estimable = Estimable::no_maximum;
        return fit;
    }
    CompensatedSum deviance;
    for (std::size_t cell = 1; cell < cells_; ++cell) {
        if (active_[cell] != 0) deviance.add(unit_deviance(counts_[cell], expected_[cell]));
    }
    fit.unseen = std::exp(parameters_[0]);
    fit.log_unseen_variance = unseen_variance(terms);
    fit.deviance = deviance.value();
    fit.bic = -2 * (likelihood - constant_) +
              static_cast<double>(terms.parameters) * std::log(static_cast<double>(total_));
    return fit;
}

double LogLinear::expected_on_all(ListSet set) const {
    double sum = 0;
    for (ListSet cell = 1; cell < cells_; ++cell) {
        if (within(set, cell)) sum += expected_[cell];
    }
    return sum;
}

/// The multinomial log likelihood of so many unseen, the parameters at their best, up to a constant.
double LogLinear::profile_likelihood(const Terms& terms, double unseen) {
    counts_[0] = unseen;
    const double population = static_cast<double>(total_) + unseen;
    maximise(terms);
    double sum = log_factorial(population) - log_factorial(unseen);
    for (std::size_t cell = 0; cell < cells_; ++cell) {
        if (counts_[cell] > 0) sum += counts_[cell] * std::log(expected_[cell] / population);
    }
    counts_[0] = 0;
    return sum;
}

std::optional<LogLinear::Profile> LogLinear::profile(const LogLinearModel& model, Level level) {
    const LogLinearFit start = fit(model);
    if (!start.exists()) return std::nullopt;
    const Terms terms = prepare(model);
    active_[0] = 1;
    const auto likelihood = [&](double unseen) { return profile_likelihood(terms, unseen); };
    // The likelihood has one peak in the logarithm of the unseen: golden section about the Poisson estimate.
    const double golden = (std::sqrt(5.0) - 1) / 2;
    double low = std::log(start.unseen + 1e-3) - 3;
    double high = low + 6;
    const auto at_log = [&](double x) { return likelihood(std::exp(x)); };
    double left = high - golden * (high - low);
    double right = low + golden * (high - low);
    double at_left = at_log(left);
    double at_right = at_log(right);
    while (high - low > 1e-8) {
        if (at_left > at_right) {
            high = right;
            right = left;
            at_right = at_left;
            left = high - golden * (high - low);
            at_left = at_log(left);
        } else {
            low = left;
            left = right;
            at_left = at_right;
            right = low + golden * (high - low);
            at_right = at_log(right);
        }
    }
    const double peak = (low + high) / 2;
    const double reach = normal_reach(level);
    const double wanted = at_log(peak) - reach * reach / 2;
    const auto cross = [&](double inside, double outside) {
        for (int i = 0; i < 60; ++i) {
            const double middle = (inside + outside) / 2;
            (at_log(middle) > wanted ? inside : outside) = middle;
        }
        return std::exp((inside + outside) / 2);
    };
    const auto seen = static_cast<double>(total_);
    Profile result{.population = seen + std::exp(peak), .interval = {.low = seen, .high = infinity}};
    const double least = std::log(1e-6);
    if (at_log(least) < wanted) result.interval.low = seen + cross(peak, least);
    const double most = std::log(1e4 * (seen + 1));
    if (at_log(most) < wanted) result.interval.high = seen + cross(peak, most);
    active_[0] = 0;
    return result;
}

std::optional<Stepwise> stepwise(const ListCounts& counts, double threshold) {
    LogLinear fitting(counts);
    Stepwise result;
    result.fit = fitting.fit(result.model);
    if (!result.fit.exists()) return std::nullopt;
    const auto lists = static_cast<unsigned>(counts.lists());
    for (;;) {
        struct Candidate {
            double p = 1;
            ListSet pair = 0;
        };
        std::vector<Candidate> candidates;
        for (unsigned a = 0; a < lists; ++a) {
            for (unsigned b = a + 1; b < lists; ++b) {
                const ListSet pair = (ListSet{1} << a) | (ListSet{1} << b);
                if (result.model.has(pair)) continue;
                const auto seen = static_cast<double>(counts.on_all(pair));
                const double expected = fitting.expected_on_all(pair);
                const double at_most = boost::math::gamma_q(seen + 1, expected);
                const double at_least = seen > 0 ? boost::math::gamma_p(seen, expected) : 1;
                const double p = std::min(at_most, at_least);
                if (p < threshold) candidates.push_back({.p = p, .pair = pair});
            }
        }
        std::ranges::stable_sort(candidates, {}, &Candidate::p);
        const auto next = std::ranges::find_if(candidates, [&](const Candidate& candidate) {
            const Estimable larger = fitting.estimable(result.model.with(candidate.pair));
            return larger == Estimable::yes || larger == Estimable::with_empty_overlaps;
        });
        if (next == candidates.end()) return result;
        result.model = result.model.with(next->pair);
        result.added.push_back(next->pair);
        result.fit = fitting.fit(result.model);
    }
}

std::vector<RankedModel> rank_models(const ListCounts& counts) {
    LogLinear fitting(counts);
    std::vector<RankedModel> ranked;
    for (auto& model : hierarchical_models(counts.lists())) {
        const LogLinearFit fit = fitting.fit(model);
        if (fit.exists()) ranked.push_back({.model = std::move(model), .fit = fit});
    }
    std::ranges::stable_sort(ranked, {}, [](const RankedModel& one) { return one.fit.bic; });
    CompensatedSum total;
    for (RankedModel& one : ranked) {
        one.weight = std::exp((ranked.front().fit.bic - one.fit.bic) / 2);
        total.add(one.weight);
    }
    for (RankedModel& one : ranked) one.weight /= total.value();
    return ranked;
}

}  // namespace truce::numeric
