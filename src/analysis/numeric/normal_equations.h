// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace truce::numeric {

/// The factor of a symmetric positive definite matrix: what solves the normal equations of a Newton step.
///
/// Made for the few parameters of a regression; O(size^3).
class NormalEquations {
public:
    /// Factors `matrix`, row after row, of which only the lower triangle is read. Requires: size * size
    /// numbers.
    NormalEquations(std::span<const double> matrix, std::size_t size);

    /// The first column that is, to within rounding, a combination of those before it (or is not positive);
    /// nothing where the matrix is positive definite.
    [[nodiscard]] std::optional<std::size_t> dependent() const { return dependent_; }

    /// What `matrix` turns into `right`. Requires: nothing dependent.
    [[nodiscard]] std::vector<double> solve(std::span<const double> right) const;

    /// The inverse, row after row. Requires: nothing dependent.
    [[nodiscard]] std::vector<double> inverse() const;

private:
    std::size_t size_;
    std::vector<double> factor_;
    std::optional<std::size_t> dependent_;
};

/// v' M v of a square matrix, row after row.
double quadratic_form(std::span<const double> matrix, std::span<const double> vector);

}  // namespace truce::numeric
