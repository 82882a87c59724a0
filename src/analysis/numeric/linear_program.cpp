// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/linear_program.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>

namespace truce::numeric {

namespace {

constexpr double zero = 1e-9;

/// The simplex tableau of: the largest c x with A x <= b, x >= 0, where b >= 0, so that x = 0 is a start.
class Tableau {
public:
    Tableau(std::size_t constraints, std::size_t variables)
        : cells_(constraints + 1, variables + constraints + 1), basis_(constraints) {
        for (std::size_t i = 0; i < constraints; ++i) {
            basis_[i] = variables + i;
            cells_.at(i, variables + i) = 1;
        }
    }

    void set(std::size_t constraint, std::size_t variable, double value) {
        cells_.at(constraint, variable) = value;
    }
    void bound(std::size_t constraint, double value) { cells_.at(constraint, right()) = value; }
    void reward(std::size_t variable, double value) { cells_.at(objective(), variable) = -value; }

    double maximise() {
        while (const auto entering = improving()) {
            const auto leaving = tightest(*entering);
            if (!leaving) break;  // unbounded: cannot be, every variable is bounded by construction
            pivot(*leaving, *entering);
        }
        return cells_.at(objective(), right());
    }

private:
    [[nodiscard]] std::size_t objective() const { return basis_.size(); }
    [[nodiscard]] std::size_t right() const { return cells_.columns - 1; }

    [[nodiscard]] std::optional<std::size_t> improving() const {
        for (std::size_t j = 0; j < right(); ++j) {
            if (cells_.at(objective(), j) < -zero) return j;
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<std::size_t> tightest(std::size_t entering) const {
        std::optional<std::size_t> best;
        double least = 0;
        for (std::size_t i = 0; i < basis_.size(); ++i) {
            const double slope = cells_.at(i, entering);
            if (slope <= zero) continue;
            const double ratio = cells_.at(i, right()) / slope;
            if (!best || ratio < least - zero || (ratio <= least + zero && basis_[i] < basis_[*best])) {
                best = i;
                least = ratio;
            }
        }
        return best;
    }

    void pivot(std::size_t row, std::size_t column) {
        const double scale = 1 / cells_.at(row, column);
        for (std::size_t j = 0; j < cells_.columns; ++j) cells_.at(row, j) *= scale;
        for (std::size_t i = 0; i < cells_.rows; ++i) {
            const double factor = cells_.at(i, column);
            if (i == row || std::abs(factor) < 1e-14) continue;
            for (std::size_t j = 0; j < cells_.columns; ++j) cells_.at(i, j) -= factor * cells_.at(row, j);
        }
        basis_[row] = column;
    }

    DenseMatrix cells_;
    std::vector<std::size_t> basis_;
};

}  // namespace

bool has_direction_of_recession(const DenseMatrix& a) {
    if (a.rows == 0 || a.columns == 0) return false;
    // d is free, so it is the difference of two variables: one for each sign.
    Tableau program(2 * a.rows, 2 * a.columns);
    for (std::size_t i = 0; i < a.rows; ++i) {
        for (std::size_t j = 0; j < a.columns; ++j) {
            program.set(i, 2 * j, -a.at(i, j));
            program.set(i, 2 * j + 1, a.at(i, j));
            program.set(a.rows + i, 2 * j, a.at(i, j));
            program.set(a.rows + i, 2 * j + 1, -a.at(i, j));
        }
        program.bound(a.rows + i, 1);
    }
    for (std::size_t j = 0; j < a.columns; ++j) {
        double sum = 0;
        for (std::size_t i = 0; i < a.rows; ++i) sum += a.at(i, j);
        program.reward(2 * j, sum);
        program.reward(2 * j + 1, -sum);
    }
    return program.maximise() > 1e-7;
}

NullSpace null_space(DenseMatrix a) {
    std::vector<std::size_t> order(a.columns);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::size_t rank = 0;
    for (; rank < std::min(a.rows, a.columns); ++rank) {
        std::size_t best_row = rank;
        std::size_t best_column = rank;
        for (std::size_t i = rank; i < a.rows; ++i) {
            for (std::size_t j = rank; j < a.columns; ++j) {
                if (std::abs(a.at(i, j)) > std::abs(a.at(best_row, best_column)) + zero) {
                    best_row = i;
                    best_column = j;
                }
            }
        }
        if (std::abs(a.at(best_row, best_column)) <= zero) break;
        if (best_row != rank) {
            for (std::size_t j = 0; j < a.columns; ++j) std::swap(a.at(rank, j), a.at(best_row, j));
        }
        if (best_column != rank) {
            for (std::size_t i = 0; i < a.rows; ++i) std::swap(a.at(i, rank), a.at(i, best_column));
            std::swap(order[rank], order[best_column]);
        }
        const double scale = 1 / a.at(rank, rank);
        for (std::size_t j = rank; j < a.columns; ++j) a.at(rank, j) *= scale;
        for (std::size_t i = 0; i < a.rows; ++i) {
            const double factor = a.at(i, rank);
            if (i == rank || std::abs(factor) < 1e-14) continue;
            for (std::size_t j = rank; j < a.columns; ++j) a.at(i, j) -= factor * a.at(rank, j);
        }
    }
    NullSpace result{.rank = rank, .basis = DenseMatrix(a.columns, a.columns - rank)};
    for (std::size_t free = rank; free < a.columns; ++free) {
        result.basis.at(order[free], free - rank) = 1;
        for (std::size_t i = 0; i < rank; ++i) result.basis.at(order[i], free - rank) = -a.at(i, free);
    }
    return result;
}

}  // namespace truce::numeric
