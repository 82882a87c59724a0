// SPDX-License-Identifier: Apache-2.0
#include "scores.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace truce::validity {

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::coverage:
            return "coverage";
        case Kind::false_alarm:
            return "false alarm";
        case Kind::power:
            return "power";
        case Kind::warning:
            return "warning";
        case Kind::mean:
            return "mean";
    }
    return "";
}

void Score::add(double value) {
    ++number_;
    sum_ += value;
    squares_ += value * value;
}

double Score::mean() const {
    return number_ == 0 ? 0 : sum_ / static_cast<double>(number_);
}

numeric::Interval Score::range(Kind kind, double z) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto n = static_cast<double>(number_);
    if (kind != Kind::mean) {
        if (number_ == 0) return {0, 1};
        const double share = mean();
        const double middle = (share + z * z / (2 * n)) / (1 + z * z / n);
        const double half = z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
        return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
    }
    if (number_ < 2) return {-infinity, infinity};
    const double variance = std::max(0.0, squares_ - sum_ * sum_ / n) / (n - 1);
    const double half = z * std::sqrt(variance / n);
    return {mean() - half, mean() + half};
}

Score& Scores::find(std::string_view what) {
    const auto found = std::ranges::find(wanted_, what, &Wanted::what);
    assert(found != wanted_.end());
    return scores_[static_cast<std::size_t>(found - wanted_.begin())];
}

void Scores::trial(std::string_view what, bool hit) {
    find(what).add(hit ? 1 : 0);
}

void Scores::value(std::string_view what, double value) {
    find(what).add(value);
}

}  // namespace truce::validity
