// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/count_regression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

#include "analysis/numeric/count_kernels.h"
#include "analysis/numeric/sum.h"

namespace truce::numeric {

namespace {

using kernels::block_rows;
using kernels::CountBlock;
using kernels::CountPoint;
using kernels::CountSums;
using kernels::row_step;

constexpr double infinity = std::numeric_limits<double>::infinity();
/// Beyond this the two families cannot be told apart.
constexpr double largest_theta = 1e5;
constexpr double smallest_theta = 1e-8;
/// Twice the log-likelihood that a last Newton step may be worth.
constexpr double negligible_gain = 1e-9;
/// A coefficient whose standard error exceeds this, in units of the predictor, is not determined.
constexpr double unbounded_error = 20;
constexpr int most_passes = 200;

/// How often each count occurs.
class DistinctCounts {
public:
    explicit DistinctCounts(std::span<const double> counts) {
        constexpr double few = 65536;
        const double largest = counts.empty() ? 0 : *std::ranges::max_element(counts);
        if (largest < few) {
            std::vector<std::size_t> frequency(static_cast<std::size_t>(largest) + 1, 0);
            for (const double count : counts) ++frequency[static_cast<std::size_t>(count)];
            for (std::size_t value = 0; value < frequency.size(); ++value) {
                if (frequency[value] > 0)
                    values_.emplace_back(static_cast<double>(value), static_cast<double>(frequency[value]));
            }
        } else {
            std::vector<double> sorted(counts.begin(), counts.end());
            std::ranges::sort(sorted);
            for (const double value : sorted) {
                if (values_.empty() || values_.back().first < value) values_.emplace_back(value, 0.0);
                values_.back().second += 1;
            }
        }
    }

    /// Of what depends on the counts and theta alone: the sum over all rows, and its derivatives by theta.
    struct Rising {
        double log = 0;  ///< of ln(1 + j / theta) over j from 0 to y - 1
        double first = 0;
        double second = 0;
    };
    [[nodiscard]] Rising rising(double theta) const {
        // The sum over a row's j runs through those of all smaller counts: each j is taken once, for all rows
        // beyond it.
        double beyond = 0;
        for (const auto& [value, frequency] : values_) beyond += frequency;
        Rising sum;
        double from = 0;
        for (const auto& [value, frequency] : values_) {
            add_range(theta, from, value, beyond, sum);
            from = value;
            beyond -= frequency;
        }
        return sum;
    }

    [[nodiscard]] double log_factorials() const {
        CompensatedSum sum;
        for (const auto& [value, frequency] : values_) sum.add(frequency * boost::math::lgamma(value + 1));
        return sum.value();
    }
    [[nodiscard]] double total() const {
        CompensatedSum sum;
        for (const auto& [value, frequency] : values_) sum.add(frequency * value);
        return sum.value();
    }
    /// What the sums of CountSums::log_likelihood would be if each count were its own mean.
    [[nodiscard]] double saturated(double theta) const {
        CompensatedSum sum;
        for (const auto& [value, frequency] : values_) {
            const double log_value = value > 0 ? value * std::log(value) : 0;
            sum.add(frequency * (std::isinf(theta)
                                     ? log_value - value
                                     : log_value - (value + theta) * std::log1p(value / theta)));
        }
        return sum.value();
    }

private:
    static void add_range(double theta, double from, double to, double times, Rising& sum) {
        constexpr double worth_a_loop = 64;
        if (to - from <= worth_a_loop) {
            for (double j = from; j < to; ++j) {
                const double inverse = 1 / (theta + j);
                sum.log += times * std::log1p(j / theta);
                sum.first += times * inverse;
                sum.second -= times * inverse * inverse;
            }
            return;
        }
        using boost::math::digamma;
        using boost::math::lgamma;
        using boost::math::trigamma;
        sum.log += times * (lgamma(theta + to) - lgamma(theta + from) - (to - from) * std::log(theta));
        sum.first += times * (digamma(theta + to) - digamma(theta + from));
        sum.second += times * (trigamma(theta + to) - trigamma(theta + from));
    }

    std::vector<std::pair<double, double>> values_;  ///< and frequencies, rising
};

/// What one pass over the rows adds up to.
struct Pass {
    explicit Pass(std::size_t columns) : gradient(columns, 0.0), packed(columns * (columns + 1) / 2, 0.0) {}

    std::vector<double> gradient;
    std::vector<double> packed;
    CountSums sums{};

    [[nodiscard]] Symmetric information() const {
        Symmetric matrix(gradient.size());
        std::size_t at = 0;
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            for (std::size_t j = 0; j <= i; ++j) matrix.set(i, j, packed[at++]);
        }
        return matrix;
    }
};

/// The rows in blocks; the last one is filled up with rows that add nothing.
class Blocks {
public:
    explicit Blocks(const CountData& data) : data_(data), columns_(data.columns.size()) {
        const std::size_t left = data.rows() % block_rows;
        last_rows_ = left;
        padded_rows_ = (left + row_step - 1) / row_step * row_step;
        last_.assign(padded_rows_ * (columns_.size() + 1), 0.0);
        // So small a mean that a count of 0 adds nothing to any sum.
        last_offset_.assign(padded_rows_, -700.0);
        const std::size_t start = data.rows() - left;
        for (std::size_t row = 0; row < left; ++row) {
            last_[row] = data.counts[start + row];
            last_offset_[row] = data.offset.empty() ? 0 : data.offset[start + row];
            for (std::size_t j = 0; j < columns_.size(); ++j)
                last_[(j + 1) * padded_rows_ + row] = data.columns[j][start + row];
        }
    }

    /// Calls `work(block, first row, number of rows that are real)` for each block in turn.
    template <class Work>
    void for_each(Work&& work) {
        const std::size_t whole = data_.rows() - last_rows_;
        for (std::size_t start = 0; start < whole; start += block_rows) {
            for (std::size_t j = 0; j < columns_.size(); ++j) columns_[j] = data_.columns[j].data() + start;
            work(CountBlock{.counts = data_.counts.data() + start,
                            .columns = columns_.data(),
                            .column_count = columns_.size(),
                            .offset = data_.offset.empty() ? nullptr : data_.offset.data() + start,
                            .rows = block_rows},
                 start, block_rows);
        }
        if (last_rows_ == 0) return;
        for (std::size_t j = 0; j < columns_.size(); ++j) columns_[j] = last_.data() + (j + 1) * padded_rows_;
        work(CountBlock{.counts = last_.data(),
                        .columns = columns_.data(),
                        .column_count = columns_.size(),
                        .offset = last_offset_.data(),
                        .rows = padded_rows_},
             whole, last_rows_);
    }

private:
    const CountData& data_;
    std::vector<const double*> columns_;
    std::vector<double> last_;
    std::vector<double> last_offset_;
    std::size_t last_rows_ = 0;
    std::size_t padded_rows_ = 0;
};

struct Parameters {
    std::vector<double> coefficients;
    double theta = infinity;
};

/// Where a fit stands: the parameters, the sums there, and the log-likelihood without its constants.
struct Standing {
    Parameters at;
    Pass pass;
    double log_likelihood = -infinity;
};

Error not_determined() {
    return {"the counts do not determine a coefficient: in some group of rows nothing was counted"};
}

class Fitter {
public:
    explicit Fitter(const CountData& data) : data_(data), blocks_(data), distinct_(data.counts) {}

    Result<CountFit> poisson() {
        auto standing = start();
        if (standing) standing = climb(std::move(*standing), negligible_gain);
        if (!standing) return tl::unexpected(standing.error());
        return finish(standing->at, dispersion(*standing));
    }

    Result<CountFit> by_rule() {
        // First close enough for the dispersion; all the way only where the choice hangs on it.
        constexpr double roughly = 1;
        constexpr double clearly_more = 1.1;
        auto standing = start();
        if (standing) standing = climb(std::move(*standing), roughly);
        if (standing && dispersion(*standing) < clearly_more)
            standing = climb(look(standing->at, CountPoint::Information::observed), negligible_gain);
        if (!standing) return tl::unexpected(standing.error());
        const double phi = dispersion(*standing);
        const CountSums& sums = standing->pass.sums;
        const auto as_poisson = [&]() -> Result<CountFit> {
            auto all_the_way = climb(look(standing->at, CountPoint::Information::observed), negligible_gain);
            if (!all_the_way) return tl::unexpected(all_the_way.error());
            return finish(all_the_way->at, phi);
        };
        if (phi < 1 || sums.squares <= 0) return as_poisson();

        Parameters first = standing->at;
        first.theta = std::clamp(sums.squared_means / sums.squares, 1e-3, 1e3);
        auto negative_binomial =
            climb(look(std::move(first), CountPoint::Information::observed), negligible_gain);
        if (!negative_binomial) return tl::unexpected(negative_binomial.error());
        if (negative_binomial->at.theta > largest_theta) return as_poisson();
        return finish(negative_binomial->at, phi);
    }

private:
    [[nodiscard]] double degrees() const { return static_cast<double>(data_.rows() - data_.columns.size()); }
    [[nodiscard]] double dispersion(const Standing& poisson) const {
        return poisson.pass.sums.pearson / degrees();
    }

    Pass pass(const Parameters& at, CountPoint::Information information, double* fitted) {
        Pass sums(data_.columns.size());
        sums.sums.gradient = sums.gradient.data();
        sums.sums.information = sums.packed.data();
        const CountPoint point{
            .coefficients = at.coefficients.data(), .theta = at.theta, .information = information};
        std::array<double, block_rows> last{};
        blocks_.for_each([&](const CountBlock& block, std::size_t start, std::size_t rows) {
            const bool whole = rows == block.rows;
            double* means = fitted == nullptr ? nullptr : whole ? fitted + start : last.data();
            kernels_.add(block, point, sums.sums, means);
            if (means != nullptr && !whole) std::copy_n(last.begin(), rows, fitted + start);
        });
        ++passes_;
        return sums;
    }

    Standing look(Parameters at, CountPoint::Information information) {
        Standing standing{.at = std::move(at), .pass = Pass(0)};
        standing.pass = pass(standing.at, information, nullptr);
        standing.log_likelihood = standing.pass.sums.log_likelihood;
        if (!std::isinf(standing.at.theta))
            standing.log_likelihood += distinct_.rising(standing.at.theta).log;
        if (!std::isfinite(standing.log_likelihood)) standing.log_likelihood = -infinity;
        return standing;
    }

    /// A first guess by least squares on the logarithms.
    Result<Standing> start() {
        if (data_.rows() <= data_.columns.size()) {
            return tl::unexpected(Error{
                fmt::format("{} rows are too few for {} coefficients", data_.rows(), data_.columns.size())});
        }
        if (distinct_.total() <= 0) return tl::unexpected(Error{"nothing was counted"});
        const double mean = distinct_.total() / static_cast<double>(data_.rows());
        Pass sums(data_.columns.size());
        blocks_.for_each([&](const CountBlock& block, std::size_t, std::size_t) {
            kernels_.start(block, mean, sums.gradient.data(), sums.packed.data());
        });
        ++passes_;
        const Symmetric information = sums.information();
        const auto factor = Cholesky::factor(information);
        if (!factor) {
            const std::size_t column = Cholesky::dependent_column(information)->column;
            return tl::unexpected(
                Error{fmt::format("column {} is a combination of the columns before it", column + 1)});
        }
        size_.resize(data_.columns.size());
        const double weights = distinct_.total();
        for (std::size_t j = 0; j < size_.size(); ++j) size_[j] = std::sqrt(information(j, j) / weights);
        return look({.coefficients = factor->solve(sums.gradient), .theta = infinity},
                    CountPoint::Information::observed);
    }

    /// The derivatives of the log-likelihood by ln theta.
    struct ThetaSlope {
        double first = 0;
        double second = 0;
    };
    [[nodiscard]] ThetaSlope theta_slope(const Standing& standing) const {
        const double theta = standing.at.theta;
        const CountSums& sums = standing.pass.sums;
        const auto rising = distinct_.rising(theta);
        const double first = rising.first - sums.log_ratio + sums.theta_score;
        const double second = rising.second + sums.theta_second;
        return {.first = theta * first, .second = theta * theta * second + theta * first};
    }

    /// Newton's steps until one is worth less than `enough`. That last one is taken without looking at where
    /// it leads: the answer's sums are those before it.
    Result<Standing> climb(Standing standing, double enough) {
        while (true) {
            if (passes_ > most_passes) return tl::unexpected(Error{"the fit does not converge"});
            const auto factor = Cholesky::factor(standing.pass.information());
            if (!factor) return tl::unexpected(not_determined());
            const std::vector<double> step = factor->solve(standing.pass.gradient);
            double worth = 0;
            for (std::size_t j = 0; j < step.size(); ++j) worth += step[j] * standing.pass.gradient[j];
            Parameters next = standing.at;
            for (std::size_t j = 0; j < step.size(); ++j) next.coefficients[j] += step[j];
            if (!std::isinf(standing.at.theta)) {
                const ThetaSlope slope = theta_slope(standing);
                // Where the likelihood is not curved downwards in ln theta, one e-fold uphill.
                const double log_step = slope.second < 0 ? std::clamp(-slope.first / slope.second, -2.0, 2.0)
                                                         : std::copysign(1.0, slope.first);
                worth += std::abs(log_step * slope.first);
                next.theta = std::max(smallest_theta, standing.at.theta * std::exp(log_step));
                if (next.theta > 2 * largest_theta) {
                    standing.at.theta = next.theta;
                    return standing;
                }
            }
            if (worth < enough) {
                standing.at = std::move(next);
                return standing;
            }
            Standing tried = look(next, CountPoint::Information::observed);
            const double slack = 1e-10 * (1 + std::abs(standing.log_likelihood));
            for (int halving = 0; tried.log_likelihood < standing.log_likelihood - slack; ++halving) {
                constexpr int most_halvings = 40;
                if (halving == most_halvings) return tl::unexpected(Error{"the fit does not converge"});
                for (std::size_t j = 0; j < step.size(); ++j)
                    next.coefficients[j] = (next.coefficients[j] + standing.at.coefficients[j]) / 2;
                if (!std::isinf(next.theta)) next.theta = std::sqrt(next.theta * standing.at.theta);
                tried = look(next, CountPoint::Information::observed);
            }
            standing = std::move(tried);
        }
    }

    Result<CountFit> finish(const Parameters& at, double poisson_pearson) {
        CountFit fit;
        fit.family = std::isinf(at.theta) ? CountFamily::poisson : CountFamily::negative_binomial;
        fit.coefficients = at.coefficients;
        fit.theta = at.theta;
        fit.fitted.resize(data_.rows());
        const Pass last = pass(at, CountPoint::Information::expected, fit.fitted.data());
        const CountSums& sums = last.sums;
        const auto factor = Cholesky::factor(last.information());
        if (!factor) return tl::unexpected(not_determined());
        fit.covariance = factor->inverse();
        for (std::size_t j = 0; j < size_.size(); ++j) {
            if (fit.covariance.standard_error(j) * size_[j] > unbounded_error)
                return tl::unexpected(not_determined());
        }
        fit.log_likelihood = sums.log_likelihood - distinct_.log_factorials();
        fit.deviance = 2 * (distinct_.saturated(at.theta) - sums.log_likelihood);
        fit.pearson = sums.pearson / degrees();
        fit.poisson_pearson = poisson_pearson;
        if (fit.family == CountFamily::negative_binomial) {
            const auto rising = distinct_.rising(at.theta);
            fit.log_likelihood += rising.log;
            const double information = -(rising.second + sums.theta_second);
            fit.theta_error = information > 0 ? 1 / std::sqrt(information) : infinity;
        }
        fit.passes = passes_;
        return fit;
    }

    const CountData& data_;
    const kernels::CountKernels& kernels_ = kernels::best_count_kernels();
    Blocks blocks_;
    DistinctCounts distinct_;
    std::vector<double> size_;  ///< of each column: the root of its mean square
    int passes_ = 0;
};

void check([[maybe_unused]] const CountData& data) {
    assert(std::ranges::all_of(data.columns, [&](auto column) { return column.size() == data.rows(); }));
    assert(data.offset.empty() || data.offset.size() == data.rows());
    assert(std::ranges::all_of(data.counts, [](double count) { return count >= 0 && count < 0x1p53; }));
}

/// The derivative of the log-likelihood by a row's predictor.
double score_of(const CountData& data, const CountFit& fit, std::size_t row) {
    const double mu = fit.fitted[row];
    const double residual = data.counts[row] - mu;
    return fit.family == CountFamily::poisson ? residual : residual / (1 + mu / fit.theta);
}

/// The rows' scores, row by row, all coefficients of a row together.
std::vector<double> row_scores(const CountData& data, const CountFit& fit) {
    const std::size_t columns = data.columns.size();
    std::vector<double> scores(data.rows() * columns);
    for (std::size_t row = 0; row < data.rows(); ++row) {
        const double score = score_of(data, fit, row);
        for (std::size_t j = 0; j < columns; ++j) scores[row * columns + j] = score * data.columns[j][row];
    }
    return scores;
}

/// The sum of a * b' + b * a' over pairs of rows, added to `sum` by halves.
void add_product(std::span<const double> a, std::span<const double> b, double weight,
                 std::vector<double>& sum) {
    const std::size_t n = a.size();
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) sum[i * n + j] += weight * (a[i] * b[j] + a[j] * b[i]) / 2;
    }
}

Symmetric symmetric_of(const std::vector<double>& lower, std::size_t n) {
    Symmetric matrix(n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) matrix.set(i, j, lower[i * n + j]);
    }
    return matrix;
}

}  // namespace

Result<CountFit> fit_poisson(const CountData& data) {
    check(data);
    return Fitter(data).poisson();
}

Result<CountFit> fit_counts(const CountData& data) {
    check(data);
    return Fitter(data).by_rule();
}

Symmetric hc0(const CountData& data, const CountFit& fit) {
    const std::size_t n = data.columns.size();
    const std::vector<double> scores = row_scores(data, fit);
    std::vector<double> filling(n * n, 0.0);
    for (std::size_t row = 0; row < data.rows(); ++row) {
        const std::span score = std::span(scores).subspan(row * n, n);
        add_product(score, score, 1, filling);
    }
    return symmetric_of(filling, n).between(fit.covariance);
}

Symmetric newey_west(const CountData& data, const CountFit& fit, std::span<const std::int64_t> times,
                     std::int64_t lag) {
    assert(times.size() == data.rows() && lag >= 0);
    const std::size_t n = data.columns.size();
    const std::vector<double> scores = row_scores(data, fit);
    std::vector<double> filling(n * n, 0.0);
    for (std::size_t row = 0; row < data.rows(); ++row) {
        const std::span score = std::span(scores).subspan(row * n, n);
        add_product(score, score, 1, filling);
        for (std::size_t earlier = row; earlier-- > 0;) {
            const std::int64_t apart = times[row] - times[earlier];
            assert(apart > 0);
            if (apart > lag) break;
            const double weight = 1 - static_cast<double>(apart) / static_cast<double>(lag + 1);
            add_product(score, std::span(scores).subspan(earlier * n, n), 2 * weight, filling);
        }
    }
    return symmetric_of(filling, n).between(fit.covariance);
}

std::int64_t newey_west_lag(std::size_t rows) {
    return static_cast<std::int64_t>(std::ceil(4 * std::pow(static_cast<double>(rows) / 100, 2.0 / 9)));
}

std::vector<double> group_scores(const CountData& data, const CountFit& fit, const RowGroups& groups) {
    assert(groups.of_row.size() == data.rows());
    const std::size_t columns = data.columns.size();
    std::vector<double> by_column(groups.count * columns, 0.0);
    std::array<double, block_rows> score{};
    for (std::size_t start = 0; start < data.rows(); start += block_rows) {
        const std::size_t rows = std::min(block_rows, data.rows() - start);
        for (std::size_t row = 0; row < rows; ++row) score[row] = score_of(data, fit, start + row);
        const std::uint32_t* group = groups.of_row.data() + start;
        for (std::size_t j = 0; j < columns; ++j) {
            double* sums = by_column.data() + j * groups.count;
            const double* x = data.columns[j].data() + start;
            for (std::size_t row = 0; row < rows; ++row) sums[group[row]] += score[row] * x[row];
        }
    }
    std::vector<double> by_group(by_column.size());
    for (std::size_t group = 0; group < groups.count; ++group) {
        for (std::size_t j = 0; j < columns; ++j)
            by_group[group * columns + j] = by_column[j * groups.count + group];
    }
    return by_group;
}

Symmetric cluster_robust(const CountData& data, const CountFit& fit, const RowGroups& groups) {
    assert(groups.count >= 2);
    assert(std::ranges::all_of(groups.of_row, [&](std::uint32_t group) { return group < groups.count; }));
    const std::size_t n = data.columns.size();
    const std::vector<double> scores = group_scores(data, fit, groups);
    std::vector<double> filling(n * n, 0.0);
    for (std::size_t group = 0; group < groups.count; ++group) {
        const std::span score = std::span(scores).subspan(group * n, n);
        add_product(score, score, 1, filling);
    }
    const auto rows = static_cast<double>(data.rows());
    const double few = groups.count / (groups.count - 1.0) * (rows - 1) / (rows - static_cast<double>(n));
    return symmetric_of(filling, n).between(fit.covariance).times(few);
}

}  // namespace truce::numeric
