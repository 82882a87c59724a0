// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/symmetric.h"

namespace truce::numeric {

double Symmetric::variance_of_sum(std::span<const double> weights) const {
    assert(weights.size() == size_);
    double sum = 0;
    for (std::size_t i = 0; i < size_; ++i) {
        for (std::size_t j = 0; j < size_; ++j) sum += weights[i] * weights[j] * (*this)(i, j);
    }
    return sum;
}

Symmetric Symmetric::between(const Symmetric& outer) const {
    assert(outer.size_ == size_);
    Symmetric product(size_);
    std::vector<double> left(size_ * size_, 0.0);
    for (std::size_t i = 0; i < size_; ++i) {
        for (std::size_t k = 0; k < size_; ++k) {
            for (std::size_t j = 0; j < size_; ++j) left[i * size_ + j] += outer(i, k) * (*this)(k, j);
        }
    }
    for (std::size_t i = 0; i < size_; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = 0;
            for (std::size_t k = 0; k < size_; ++k) sum += left[i * size_ + k] * outer(k, j);
            product.set(i, j, sum);
        }
    }
    return product;
}

Symmetric Symmetric::times(double factor) const {
    Symmetric product = *this;
    for (double& entry : product.entries_) entry *= factor;
    return product;
}

namespace {

struct Factorised {
    std::vector<double> scale;
    std::vector<double> lower;
    std::optional<std::size_t> failed_at;
};

Factorised factorise(const Symmetric& matrix) {
    const std::size_t n = matrix.size();
    Factorised factorised{
        .scale = std::vector<double>(n, 0.0), .lower = std::vector<double>(n * n, 0.0), .failed_at = {}};
    for (std::size_t i = 0; i < n; ++i) {
        if (!(matrix(i, i) > 0)) {
            factorised.failed_at = i;
            return factorised;
        }
        factorised.scale[i] = 1 / std::sqrt(matrix(i, i));
    }
    auto& lower = factorised.lower;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = matrix(i, j) * factorised.scale[i] * factorised.scale[j];
            for (std::size_t k = 0; k < j; ++k) sum -= lower[i * n + k] * lower[j * n + k];
            if (i != j) {
                lower[i * n + j] = sum / lower[j * n + j];
            } else if (sum > Cholesky::least_pivot) {
                lower[i * n + i] = std::sqrt(sum);
            } else {
                factorised.failed_at = i;
                return factorised;
            }
        }
    }
    return factorised;
}

}  // namespace

std::optional<Cholesky> Cholesky::factor(const Symmetric& matrix) {
    Factorised factorised = factorise(matrix);
    if (factorised.failed_at) return std::nullopt;
    Cholesky cholesky;
    cholesky.size_ = matrix.size();
    cholesky.scale_ = std::move(factorised.scale);
    cholesky.lower_ = std::move(factorised.lower);
    return cholesky;
}

std::optional<Cholesky::Dependent> Cholesky::dependent_column(const Symmetric& matrix) {
    const auto failed_at = factorise(matrix).failed_at;
    return failed_at ? std::optional(Dependent{*failed_at}) : std::nullopt;
}

std::vector<double> Cholesky::solve(std::span<const double> right_side) const {
    assert(right_side.size() == size_);
    std::vector<double> x(size_);
    for (std::size_t i = 0; i < size_; ++i) {
        double sum = right_side[i] * scale_[i];
        for (std::size_t k = 0; k < i; ++k) sum -= lower_[i * size_ + k] * x[k];
        x[i] = sum / lower_[i * size_ + i];
    }
    for (std::size_t i = size_; i-- > 0;) {
        double sum = x[i];
        for (std::size_t k = i + 1; k < size_; ++k) sum -= lower_[k * size_ + i] * x[k];
        x[i] = sum / lower_[i * size_ + i];
    }
    for (std::size_t i = 0; i < size_; ++i) x[i] *= scale_[i];
    return x;
}

Symmetric Cholesky::inverse() const {
    Symmetric inverse(size_);
    std::vector<double> unit(size_, 0.0);
    for (std::size_t j = 0; j < size_; ++j) {
        unit[j] = 1;
        const std::vector<double> column = solve(unit);
        for (std::size_t i = j; i < size_; ++i) inverse.set(i, j, column[i]);
        unit[j] = 0;
    }
    return inverse;
}

double Cholesky::log_determinant() const {
    double sum = 0;
    for (std::size_t i = 0; i < size_; ++i)
        sum += 2 * (std::log(lower_[i * size_ + i]) - std::log(scale_[i]));
    return sum;
}

}  // namespace truce::numeric
