// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/local_level.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <optional>

#include "analysis/numeric/normal.h"
#include "analysis/numeric/symmetric.h"

namespace truce::numeric {

namespace {

/// A random walk from 0, seen with noise of variance 1: the Kalman filter, which turns a series into
/// independent errors of prediction.
class Filter {
public:
    /// `ratio`: the variance of the walk's step over that of the noise.
    explicit Filter(double ratio) : ratio_(ratio) {}

    /// What the filter makes of the variances at the next time; the same for all series.
    struct Step {
        double gain;
        double error_variance;
    };
    Step next() {
        const double error_variance = variance_ + 1;
        const double gain = variance_ / error_variance;
        variance_ = variance_ * (1 - gain) + ratio_;
        return {.gain = gain, .error_variance = error_variance};
    }
    [[nodiscard]] double variance() const { return variance_; }

private:
    double ratio_;
    double variance_ = 0;
};

/// The regression of the series before on a constant and the controls, for one ratio of the variances.
struct Regression {
    std::vector<double> coefficients;
    Symmetric inverse;  ///< of the whitened columns' products: covariances over the noise's variance
    double noise_variance = 0;
    double log_likelihood = 0;          ///< restricted, constants left out
    double level = 0;                   ///< the walk's predicted place after the last time before
    std::vector<double> columns_level;  ///< that of each column, filtered alike
    double level_variance = 0;          ///< over the noise's variance
};

std::optional<Regression> regress(const ControlledSeries& series, double ratio) {
    const std::size_t columns = series.controls.size() + 1;
    Filter filter(ratio);
    std::vector<double> levels(columns, 0.0);
    std::vector<double> white(columns);
    double level = 0;
    Symmetric products(columns);
    std::vector<double> right(columns, 0.0);
    double squares = 0;
    double log_variances = 0;
    for (std::size_t time = 0; time < series.before; ++time) {
        const Filter::Step step = filter.next();
        const double scale = 1 / std::sqrt(step.error_variance);
        log_variances += std::log(step.error_variance);
        const double error = series.series[time] - level;
        level += step.gain * error;
        for (std::size_t j = 0; j < columns; ++j) {
            const double value = j == 0 ? 1 : series.controls[j - 1][time];
            const double column_error = value - levels[j];
            levels[j] += step.gain * column_error;
            white[j] = column_error * scale;
            right[j] += white[j] * error * scale;
            for (std::size_t k = 0; k <= j; ++k) products.add(j, k, white[j] * white[k]);
        }
        squares += error * error * scale * scale;
    }
    const auto factor = Cholesky::factor(products);
    if (!factor) return std::nullopt;
    Regression fit;
    fit.coefficients = factor->solve(right);
    fit.inverse = factor->inverse();
    double left = squares;
    for (std::size_t j = 0; j < columns; ++j) left -= fit.coefficients[j] * right[j];
    const auto degrees = static_cast<double>(series.before - columns);
    fit.noise_variance = std::max(left, 1e-14 * squares) / degrees;
    fit.log_likelihood =
        -(degrees * std::log(fit.noise_variance) + log_variances + factor->log_determinant()) / 2;
    fit.level = level;
    fit.columns_level = levels;
    fit.level_variance = filter.variance();
    return fit;
}

/// The ratio of the variances that makes the series before most likely, by golden section on its logarithm
/// after a coarse search; 0 where no drift is as likely.
double likeliest_ratio(const ControlledSeries& series) {
    const auto at = [&](double log_ratio) {
        const auto fit = regress(series, std::exp(log_ratio));
        return fit ? fit->log_likelihood : -std::numeric_limits<double>::infinity();
    };
    constexpr double lowest = -16;
    constexpr double highest = 8;
    double best = lowest;
    for (double tried = lowest; tried <= highest; tried += 1) {
        if (at(tried) > at(best)) best = tried;
    }
    constexpr double golden = 0.6180339887498949;
    double low = best - 1;
    double high = best + 1;
    constexpr double close = 1e-7;
    while (high - low > close) {
        const double left = high - golden * (high - low);
        const double right = low + golden * (high - low);
        if (at(left) > at(right)) {
            high = right;
        } else {
            low = left;
        }
    }
    const double ratio = std::exp((low + high) / 2);
    const auto still = regress(series, 0);
    return still && still->log_likelihood >= at(std::log(ratio)) ? 0 : ratio;
}

Interval around(double value, double error, Level level) {
    const double reach = normal_reach(level) * error;
    return {value - reach, value + reach};
}

}  // namespace

Interval Counterfactual::interval_of_average(Level level) const {
    return around(average_effect, average_error, level);
}

Interval Counterfactual::interval_of_cumulative(Level level) const {
    return around(cumulative_effect, cumulative_error, level);
}

Result<Counterfactual> counterfactual(const ControlledSeries& series, LevelModel model) {
    assert(series.before <= series.series.size());
    assert(std::ranges::all_of(series.controls,
                               [&](auto control) { return control.size() == series.series.size(); }));
    const std::size_t columns = series.controls.size() + 1;
    constexpr std::size_t spare = 3;
    if (series.before < columns + spare) {
        return tl::unexpected(
            Error{fmt::format("{} values before are too few to learn {} coefficients and two variances",
                              series.before, columns)});
    }
    const std::size_t after = series.series.size() - series.before;
    if (after == 0) return tl::unexpected(Error{"no value after to compare with"});
    const double ratio = model == LevelModel::fixed ? 0 : regress(series, 1) ? likeliest_ratio(series) : 0;
    const auto fit = regress(series, ratio);
    if (!fit) return tl::unexpected(Error{"the controls determine one another"});

    Counterfactual answer;
    answer.noise = std::sqrt(fit->noise_variance);
    answer.drift = std::sqrt(fit->noise_variance * ratio);
    answer.control_weights.assign(fit->coefficients.begin() + 1, fit->coefficients.end());
    // The walk's place is that of the series less those of the columns, each times its coefficient.
    double place = fit->level;
    for (std::size_t j = 0; j < columns; ++j) place -= fit->coefficients[j] * fit->columns_level[j];
    std::vector<double> sum_of_columns(columns, 0.0);
    std::vector<double> predictor(columns);
    for (std::size_t time = 0; time < after; ++time) {
        double expected = place;
        for (std::size_t j = 0; j < columns; ++j) {
            const double value = j == 0 ? 1 : series.controls[j - 1][series.before + time];
            expected += fit->coefficients[j] * value;
            predictor[j] = value - fit->columns_level[j];
            sum_of_columns[j] += predictor[j];
        }
        const double variance = fit->inverse.variance_of_sum(predictor) + fit->level_variance +
                                ratio * static_cast<double>(time) + 1;
        answer.expected.push_back(expected);
        answer.expected_error.push_back(std::sqrt(variance * fit->noise_variance));
        answer.cumulative_effect += series.series[series.before + time] - expected;
    }
    // Of the sum: the level's error is shared by all times, a step of the walk by all times from it on.
    const auto times = static_cast<double>(after);
    const double steps = (times - 1) * times * (2 * times - 1) / 6;
    const double variance = fit->inverse.variance_of_sum(sum_of_columns) +
                            times * times * fit->level_variance + ratio * steps + times;
    answer.cumulative_error = std::sqrt(variance * fit->noise_variance);
    answer.average_effect = answer.cumulative_effect / times;
    answer.average_error = answer.cumulative_error / times;
    return answer;
}

}  // namespace truce::numeric
