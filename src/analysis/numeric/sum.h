// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

namespace truce::numeric {

/// A sum whose rounding error does not grow with the number of terms. The order of the terms can still change
/// its last bit: add in a fixed order.
///
/// Neumaier (1974), ZAMM 54: 39.
class CompensatedSum {
public:
    void add(double term) {
        const double next = sum_ + term;
        lost_ += std::abs(sum_) >= std::abs(term) ? (sum_ - next) + term : (term - next) + sum_;
        sum_ = next;
    }
    [[nodiscard]] double value() const { return sum_ + lost_; }

private:
    double sum_ = 0;
    double lost_ = 0;
};

}  // namespace truce::numeric
