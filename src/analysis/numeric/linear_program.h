// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace truce::numeric {

/// A dense matrix, row by row. Requires: `values` holds rows * columns numbers.
struct DenseMatrix {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<double> values;

    DenseMatrix() = default;
    DenseMatrix(std::size_t of_rows, std::size_t of_columns)
        : rows(of_rows), columns(of_columns), values(of_rows * of_columns) {}
    double& at(std::size_t row, std::size_t column) { return values[row * columns + column]; }
    [[nodiscard]] double at(std::size_t row, std::size_t column) const {
        return values[row * columns + column];
    }
};

/// Whether some d makes no entry of A d negative and at least one positive.
///
/// Decided by linear programming: the largest sum of A d with 0 <= A d <= 1, by the simplex method with
/// Bland's rule, which cannot cycle. A sum above 1e-7 counts as positive: entries are expected to be of the
/// order of 1. False for a matrix without rows or columns.
///
/// Bland (1977), Math. Oper. Res. 2: 103.
bool has_direction_of_recession(const DenseMatrix& a);

/// A basis of the vectors d with A d = 0, as the columns of the answer; and the rank of A.
struct NullSpace {
    std::size_t rank = 0;
    DenseMatrix basis;  ///< A.columns rows, A.columns - rank columns
};

/// The null space of A by elimination with full pivoting; a pivot below 1e-9 counts as 0, for entries of the
/// order of 1.
NullSpace null_space(DenseMatrix a);

}  // namespace truce::numeric
