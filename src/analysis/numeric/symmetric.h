// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace truce::numeric {

/// A symmetric matrix: a matrix of covariances, or of information. Zero at first.
class Symmetric {
public:
    Symmetric() = default;
    explicit Symmetric(std::size_t size) : size_(size), entries_(size * size, 0.0) {}

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] double operator()(std::size_t row, std::size_t column) const {
        assert(row < size_ && column < size_);
        return entries_[row * size_ + column];
    }
    void set(std::size_t row, std::size_t column, double value) {
        assert(row < size_ && column < size_);
        entries_[row * size_ + column] = value;
        entries_[column * size_ + row] = value;
    }
    void add(std::size_t row, std::size_t column, double value) {
        set(row, column, (*this)(row, column) + value);
    }

    /// Of the covariances of estimates: the standard error of one of them.
    [[nodiscard]] double standard_error(std::size_t of) const { return std::sqrt((*this)(of, of)); }
    /// Of the covariances of estimates: the variance of their sum, each multiplied by its weight. Requires:
    /// as many weights as rows.
    [[nodiscard]] double variance_of_sum(std::span<const double> weights) const;
    /// `outer` * this * `outer`: the sandwich, where this is its filling. Requires: equal sizes.
    [[nodiscard]] Symmetric between(const Symmetric& outer) const;
    [[nodiscard]] Symmetric times(double factor) const;

private:
    std::size_t size_ = 0;
    std::vector<double> entries_;
};

/// The Cholesky factor of a symmetric matrix that is positive definite, its rows and columns first scaled to
/// a diagonal of ones, so that columns in different units do no harm.
class Cholesky {
public:
    /// Where a factorisation failed: the first column of which the columns before leave less than
    /// `least_pivot` of its square.
    struct Dependent {
        std::size_t column = 0;
    };
    static constexpr double least_pivot = 1e-11;

    /// Nothing if `matrix` is not (numerically) positive definite; `dependent_column` says where. Requires:
    /// entries finite.
    static std::optional<Cholesky> factor(const Symmetric& matrix);
    /// The first column at which factor() fails; nothing if it does not.
    static std::optional<Dependent> dependent_column(const Symmetric& matrix);

    [[nodiscard]] std::vector<double> solve(std::span<const double> right_side) const;
    [[nodiscard]] Symmetric inverse() const;
    [[nodiscard]] double log_determinant() const;

private:
    std::size_t size_ = 0;
    std::vector<double> scale_;
    std::vector<double> lower_;  ///< row by row
};

}  // namespace truce::numeric
