// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/normal_equations.h"

#include <cassert>
#include <cmath>

namespace truce::numeric {

NormalEquations::NormalEquations(std::span<const double> matrix, std::size_t size)
    : size_(size), factor_(matrix.begin(), matrix.end()) {
    assert(matrix.size() == size * size);
    // A pivot this small beside its diagonal is what rounding leaves of nothing.
    constexpr double least_share = 1e-11;
    for (std::size_t j = 0; j < size; ++j) {
        double pivot = factor_[j * size + j];
        const double diagonal = pivot;
        for (std::size_t k = 0; k < j; ++k) pivot -= factor_[j * size + k] * factor_[j * size + k];
        if (!(pivot > least_share * diagonal) || !(diagonal > 0) || !std::isfinite(pivot)) {
            dependent_ = j;
            return;
        }
        const double root = std::sqrt(pivot);
        factor_[j * size + j] = root;
        for (std::size_t i = j + 1; i < size; ++i) {
            double sum = factor_[i * size + j];
            for (std::size_t k = 0; k < j; ++k) sum -= factor_[i * size + k] * factor_[j * size + k];
            factor_[i * size + j] = sum / root;
        }
    }
}

std::vector<double> NormalEquations::solve(std::span<const double> right) const {
    assert(!dependent_ && right.size() == size_);
    std::vector<double> x(right.begin(), right.end());
    for (std::size_t i = 0; i < size_; ++i) {
        for (std::size_t k = 0; k < i; ++k) x[i] -= factor_[i * size_ + k] * x[k];
        x[i] /= factor_[i * size_ + i];
    }
    for (std::size_t i = size_; i-- > 0;) {
        for (std::size_t k = i + 1; k < size_; ++k) x[i] -= factor_[k * size_ + i] * x[k];
        x[i] /= factor_[i * size_ + i];
    }
    return x;
}

std::vector<double> NormalEquations::inverse() const {
    std::vector<double> inverse(size_ * size_);
    std::vector<double> unit(size_, 0.0);
    for (std::size_t j = 0; j < size_; ++j) {
        unit[j] = 1;
        const std::vector<double> column = solve(unit);
        unit[j] = 0;
        for (std::size_t i = 0; i < size_; ++i) inverse[i * size_ + j] = column[i];
    }
    return inverse;
}

double quadratic_form(std::span<const double> matrix, std::span<const double> vector) {
    const std::size_t size = vector.size();
    assert(matrix.size() == size * size);
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size; ++j) sum += vector[i] * matrix[i * size + j] * vector[j];
    }
    return sum;
}

}  // namespace truce::numeric
